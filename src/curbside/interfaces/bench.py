"""`curbside bench`: how fast Curbside is on this machine."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from curbside.interfaces.server.load import Load
    from curbside.interfaces.timing import Latency

bench = typer.Typer(no_args_is_help=True, help="How fast it is on this machine.")

_AT: Final = "2000-01-01T00:00:00+00:00"
"""A time to stamp measured answers with: it is the same on every run."""
_TITLES: Final = 20
_OPENED: Final = 100


@bench.command()
def ask(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="Times each question is asked, warm.")] = 10,
    cold: Annotated[int, typer.Option(min=0, help="Whole processes started; 0 for none.")] = 3,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Time whole answers: warm, by retrieval alone, and as cold processes; peak memory.

    Processor time is told beside the time that passed: other work on the machine disturbs it less.

    The questions are the pages of the library's topics and the titles of twenty of its documents.
    """
    from curbside.interfaces.bench_questions import sample_questions
    from curbside.interfaces.timing import measure, measure_cold, peak_mb
    from curbside.pipeline import RETRIEVED, answer
    from curbside.retrieve.understanding import understand
    from curbside.wiring.config import read_settings, settings_at
    from curbside.wiring.engine import open_engine

    settings = settings_at(home) if home else read_settings(os.environ)
    engine = open_engine(settings)
    questions = sample_questions(engine, titles=_TITLES)
    understood = [
        understand(text, vocabulary=engine.vocabulary, word_frequencies=engine.word_frequencies)
        for text in questions
    ]
    whole_pages = [lambda q=text: answer(q, engine=engine, at=_AT) for text in questions]
    whole = measure(whole_pages, rounds=rounds)
    processor = measure(whole_pages, rounds=rounds, warm_up=0, clock=thread_time)
    retrieval = measure(
        [lambda q=q: engine.retriever.retrieve(q, k=RETRIEVED) for q in understood],  # type: ignore[misc]  # as above
        rounds=rounds,
    )
    figures: dict[str, object] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages",
        "searched": list(engine.facts.searched),
        "questions": len(questions),
        "rounds": rounds,
        "answer_p50_ms": round(whole.p50_ms, 1),
        "answer_p95_ms": round(whole.p95_ms, 1),
        "answer_max_ms": round(whole.max_ms, 1),
        "answer_processor_p50_ms": round(processor.p50_ms, 1),
        "answer_processor_p95_ms": round(processor.p95_ms, 1),
        "retrieval_p50_ms": round(retrieval.p50_ms, 1),
        "retrieval_p95_ms": round(retrieval.p95_ms, 1),
        "warm_peak_mb": round(peak_mb(), 1),
    }
    if cold:
        arguments = ["ask", questions[0], "--at", _AT]
        named = ["--home", str(home)] if home else []
        processes = measure_cold([*arguments, *named], runs=cold)
        figures |= {
            "cold_s": round(processes.seconds, 3),
            "cold_processor_s": round(processes.processor_s, 3),
            "cold_peak_mb": round(processes.peak_mb, 1),
        }
    _tell(figures, as_json=as_json)


@bench.command()
def load(
    *,
    rate: Annotated[float, typer.Option(min=0.1, help="Questions a second.")] = 20,
    seconds: Annotated[float, typer.Option(min=1, help="How long they are asked.")] = 30,
    pages_rate: Annotated[
        float, typer.Option(min=1, help="Pages a second of those that are made already.")
    ] = 300,
    home: Annotated[
        Path | None,
        typer.Option(help="The folder of a library. Default: a new one, which is removed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Ask a server of its own at a steady rate, read made pages, then ask ten times too much.

    Before that a page of the library is opened again and again as by who was never here: its
    weight on the way, when its first byte is here, and when it is whole. The questions are those
    of `bench ask`, over and over; under overload each was never asked before. The server is a
    process of its own on loopback; both share this machine's cores.
    """
    import tempfile
    from itertools import count, cycle
    from urllib.parse import quote

    from curbside.interfaces.bench_questions import sample_questions
    from curbside.interfaces.server.load import at_capacity, at_rate, each_once, opening, server
    from curbside.pipeline import understood
    from curbside.wiring.config import settings_at
    from curbside.wiring.engine import open_engine

    part_s = min(seconds, 30.0)
    with tempfile.TemporaryDirectory() as made, server(home or Path(made)) as address:
        engine = open_engine(settings_at(home or Path(made)))
        questions = sample_questions(engine, titles=_TITLES)
        asked = [f"/ask?q={quote(text, safe='')}" for text in questions]
        # each is asked once before, as the first answers of a process load what later ones have
        each_once(address, asked, at_once=2)
        made_pages = [
            f"/q/{understood(title, engine=engine).slug}" for title in engine.vocabulary.pages
        ]
        opened = opening(address, made_pages[0], times=_OPENED)
        steady = at_rate(address, cycle(asked), rate=rate, seconds=seconds)
        pages = at_rate(address, cycle(made_pages), rate=pages_rate, seconds=part_s)
        fresh = (
            f"/ask?q={quote(f'{questions[n % len(questions)]} case {n}', safe='')}" for n in count()
        )
        alone = at_capacity(address, fresh, at_once=2, seconds=part_s)
        capacity = alone.served_per_s
        over = at_rate(address, fresh, rate=10 * capacity, seconds=part_s)
    figures: dict[str, object] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "opening": (
            f"{opened.size / 1000:.0f} kB in {opened.files} files; first byte"
            f" {_times(opened.first_byte)}; whole {_times(opened.whole)}"
        ),
        "questions": _told(steady),
        "made_pages": _told(pages),
        "never_asked_alone": _told(alone),
        "never_asked_ten_times_too_many": _told(over),
        "share_of_capacity_served_under_overload": round(over.served_per_s / capacity, 2),
    }
    _tell(figures, as_json=as_json)


def _times(latency: Latency) -> str:
    return f"p50 {latency.p50_ms:.0f} ms, p95 {latency.p95_ms:.0f} ms"


def _told(load: Load) -> str:
    """What came of it, on one line."""
    times = "" if load.p50_ms is None else f", p50 {load.p50_ms:.0f} ms, p95 {load.p95_ms:.0f} ms"
    return (
        f"{load.sent:,} sent in {load.seconds:.0f} s: {load.served:,} served"
        f" ({load.served_per_s:.0f}/s), {load.refused:,} refused, {load.failed:,} failed{times}"
    )


def _tell(figures: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, indent=2, ensure_ascii=False))
        return
    for name, value in figures.items():
        typer.echo(f"{name:<24} {value}")
