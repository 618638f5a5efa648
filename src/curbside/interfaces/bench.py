"""`curbside bench`: every figure we quote, made again by one command."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from curbside.evaluate.answers import Half
    from curbside.evaluate.latency import Latency
    from curbside.interfaces.server.load import Load

bench = typer.Typer(no_args_is_help=True, help="Measure: every figure we quote, here.")

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
    from curbside.evaluate.latency import measure, measure_cold, peak_mb
    from curbside.evaluate.questions import sample_questions
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
def ingest(
    *,
    records: Annotated[
        int, typer.Option(min=1_000, help="How many records are generated and read.")
    ] = 40_000,
    seed: Annotated[int, typer.Option(help="Of the generated records.")] = 1,
    peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="Read the same files as others do.")
    ] = True,
    verify: Annotated[
        bool, typer.Option("--verify", help="Verify the library, and ask it, afterwards.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option(help="Keep files and library here. Default: a folder that is removed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Time reading PubMed files, beside others' ways, and putting them into a library.

    Generated files of 10,000 records of about 10 kB, packed as PubMed packs them, are read on all
    cores: once as documents alone, once into store and index.
    """
    import tempfile

    from curbside.evaluate.pubmed_files import write_pubmed_files

    with tempfile.TemporaryDirectory() as made:
        place = folder or Path(made)
        files = write_pubmed_files(place / "files", records, seed=seed)
        figures: dict[str, object] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
            "records": records,
            "bytes_a_record": round(sum(size for _, size in files) / records),
        }
        paths = [path for path, _ in files]
        figures |= _read(paths, records, peers=peers)
        figures |= _put(place / "library", paths, records, verify=verify)
    _tell(figures, as_json=as_json)


def _read(paths: list[Path], records: int, *, peers: bool) -> dict[str, object]:
    from curbside.evaluate import reading
    from curbside.evaluate.latency import peak_mb, peak_mb_of_children
    from curbside.wiring.workers import spread

    def rate(reader: Callable[[Path], int]) -> float:
        begun = monotonic()
        count = sum(spread(reader, paths, inline=0))
        if count != records:
            raise RuntimeError(f"{reader.__name__} read {count} of {records} records")
        return count / (monotonic() - begun)

    ours = rate(reading.by_curbside)
    figures: dict[str, object] = {
        "parsed_per_s": round(ours),
        "parse_peak_mb": round(max(peak_mb(), peak_mb_of_children()), 1),
    }
    named = {"iterparse": reading.by_iterparse, "iterparse_whole": reading.by_iterparse_whole}
    if reading.has_pubmed_parser():
        named["pubmed_parser"] = reading.by_pubmed_parser
    for name, reader in named.items() if peers else ():
        theirs = rate(reader)
        figures |= {f"{name}_per_s": round(theirs), f"{name}_ratio": round(ours / theirs, 2)}
    return figures


def _put(home: Path, paths: list[Path], records: int, *, verify: bool) -> dict[str, object]:
    from curbside.evaluate.latency import own_memory, peak_mb
    from curbside.wiring.library import add_paths
    from curbside.wiring.maintenance import verify_library

    begun = monotonic()
    with own_memory() as own:
        report = add_paths(home, paths, at=_AT, progress=lambda _: None, embedded=0)
    seconds = monotonic() - begun
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    figures: dict[str, object] = {
        "put_per_s": round(records / seconds),
        "put_s": round(seconds, 1),
        "put_added": report.changed.added,
        "put_peak_mb": round(peak_mb(), 1),
        "put_own_peak_mb": round(max(own, default=0.0), 1) or None,
        "passages": report.passages,
        "on_disk_mb": round(size / 1e6),
    }
    if verify:
        begun = monotonic()
        figures["faults"] = list(verify_library(home, progress=lambda *_: None))
        figures["verify_s"] = round(monotonic() - begun, 1)
        figures |= _ask(home)
    return figures


def _ask(home: Path) -> dict[str, object]:
    from curbside.evaluate.latency import measure
    from curbside.evaluate.questions import sample_questions
    from curbside.pipeline import answer
    from curbside.wiring.config import settings_at
    from curbside.wiring.engine import open_engine

    begun = monotonic()
    engine = open_engine(settings_at(home))
    opened = monotonic() - begun
    questions = sample_questions(engine, titles=_TITLES)
    times = measure(
        [lambda q=text: answer(q, engine=engine, at=_AT) for text in questions],  # type: ignore[misc]  # a default binds the loop's value
        rounds=3,
    )
    return {
        "open_s": round(opened, 2),
        "answer_p50_ms": round(times.p50_ms, 1),
        "answer_p95_ms": round(times.p95_ms, 1),
    }


@bench.command()
def crash(
    *,
    count: Annotated[int, typer.Option(min=1, help="How many times an ingest is killed.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Of the moments and the records.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Kill ingests at random moments (kill -9) and check that nothing is lost or doubled."""
    from curbside.interfaces.crash import crash as run_crashes

    report = run_crashes(count, seed=seed, progress=lambda done: _progress(done, count))
    _tell(
        {
            "kills": report.kills,
            "came_to_their_end": report.wholes,
            "seconds": round(report.seconds),
            "faults": len(report.faults),
        },
        as_json=as_json,
    )
    for fault in report.faults:
        typer.echo(fault, err=True)
    if report.faults:
        raise typer.Exit(1)


@bench.command()
def coverage(
    questions: Annotated[
        Path, typer.Argument(help="BioASQ questions: JSON Lines with body and documents.")
    ],
    *,
    count: Annotated[int, typer.Option(min=1, help="How many are drawn.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 1,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Count how many questions a library answers, and from how many of the sources judged right."""
    from curbside.evaluate.coverage import coverage as cover
    from curbside.evaluate.coverage import draw, read_judged
    from curbside.wiring.config import read_settings, settings_at
    from curbside.wiring.engine import open_engine

    drawn = draw(read_judged(questions), count=count, seed=seed)
    engine = open_engine(settings_at(home) if home else read_settings(os.environ))
    counts = cover(drawn, engine=engine, at=_AT, progress=lambda done: _progress(done, len(drawn)))
    _tell(
        {
            "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages",
            "questions": counts.questions,
            "answered": counts.answered,
            "cites_a_judged_source": counts.found,
            "bottom_line_sentences": counts.bottom_line,
            "of_a_judged_source": counts.bottom_line_judged,
        },
        as_json=as_json,
    )


@bench.command(name="answer")
def answer_(
    *,
    questions: Annotated[int, typer.Option(min=0, help="Generated questions; 0 for none.")] = 200,
    limit: Annotated[
        int, typer.Option(min=1, help="Questions of each set, head to head; all: 2000.")
    ] = 400,
    words: Annotated[
        int,
        typer.Option(
            min=0, help="Words that every system is cut at; 0 for as many as our choice has."
        ),
    ] = 0,
    half: Annotated[
        str, typer.Option(help="report, development or both halves of the questions.")
    ] = "report",
    data: Annotated[Path, typer.Option(help="The folder that holds bioasq and pubmedqa.")] = Path(
        "../shared/data"
    ),
    seed: Annotated[int, typer.Option(help="Of the questions and of the intervals.")] = 1,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Measure how answers read: counters over generated questions, and head to head.

    Counters: dangling openings, abbreviations never expanded, near-duplicates, sentences about
    methods alone, bottom lines over three sentences. Head to head: our choice of sentences beside
    lead, first-n, LexRank and MMR by ROUGE-2 and ROUGE-SU4, with 95 % bootstrap intervals.
    """
    from curbside.evaluate.answers import Half

    if half not in set(Half):
        raise typer.BadParameter(f"expected one of {', '.join(Half)}, found {half!r}")
    figures: dict[str, object] = {}
    if questions:
        figures |= _count_faults(questions, seed=seed, home=home)
    figures |= _compare(data, Half(half), limit=limit, words=words, seed=seed)
    _tell(figures, as_json=as_json)


@bench.command()
def readers(
    *,
    questions: Annotated[int, typer.Option(min=1, help="Generated questions.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the questions.")] = 1,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Draw pages for every reader, count what differs from the claims, and grade the reading."""
    from dataclasses import asdict

    from curbside.evaluate.questions import generated_questions
    from curbside.evaluate.reader_levels import measure_levels
    from curbside.pipeline import answer
    from curbside.wiring.config import read_settings, settings_at
    from curbside.wiring.engine import open_engine

    engine = open_engine(settings_at(home) if home else read_settings(os.environ))
    asked = generated_questions(engine, count=questions, seed=seed)
    figures: dict[str, object] = {
        "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages"
    }
    for name, texts in (("", asked), ("topic pages: ", engine.vocabulary.pages)):
        pages = [answer(text, engine=engine, at=_AT) for text in texts]
        measured = asdict(measure_levels(pages, vocabulary=engine.vocabulary))
        figures |= {f"{name}{key}": value for key, value in measured.items()}
    _tell(figures, as_json=as_json)


def _count_faults(count: int, *, seed: int, home: Path | None) -> dict[str, object]:
    from curbside.evaluate.page_faults import share_of_faults
    from curbside.evaluate.questions import generated_questions
    from curbside.pipeline import answer
    from curbside.wiring.config import read_settings, settings_at
    from curbside.wiring.engine import open_engine

    engine = open_engine(settings_at(home) if home else read_settings(os.environ))
    asked = generated_questions(engine, count=count, seed=seed)
    pages = [answer(text, engine=engine, at=_AT) for text in asked]
    shares = share_of_faults(pages)
    return {
        "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages",
        "questions": len(asked),
        "answered": sum(1 for page in pages if page.claims),
        "claims": sum(len(page.claims) for page in pages),
        **{name: f"{100 * share:.2f} %" for name, share in shares.items()},
    }


def _compare(data: Path, half: Half, *, limit: int, words: int, seed: int) -> dict[str, object]:
    from curbside.evaluate.answers import SETS, draw, head_to_head, words_chosen

    figures: dict[str, object] = {}
    for name, (read, path) in SETS.items():
        if not (data / path).is_file():
            figures[name] = f"not measured: there is no {data / path}"
            continue
        wanted = draw(read(data / path), half=half, limit=limit)
        lengths = [words or words_chosen(task) for task in wanted]
        mean = sum(lengths) / len(lengths) if lengths else 0
        figures[name] = f"{len(wanted)} questions, {half} half, {mean:.1f} words each on average"
        for system in head_to_head(wanted, words=words or None, seed=seed):
            for measure, figure in system.measures.items():
                told = f"{figure.mean:.4f} [{figure.low:.4f} to {figure.high:.4f}]"
                if system.ahead:
                    lead = system.ahead[measure]
                    told += f", we are {lead.mean:+.4f} [{lead.low:+.4f} to {lead.high:+.4f}]"
                figures[f"{name} {measure} {system.system}"] = told
    return figures


def _progress(done: int, count: int) -> None:
    if done % 50 == 0 or done == count:
        typer.echo(f"{done} of {count}", err=True)


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

    from curbside.evaluate.questions import sample_questions
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
