"""`curbside bench`: every figure we quote, made again by one command."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Annotated, Final

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure: every figure we quote, here.")

_AT: Final = "2000-01-01T00:00:00+00:00"
"""A time to stamp measured answers with: it is the same on every run."""
_TITLES: Final = 20


@bench.command()
def ask(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="Times each question is asked, warm.")] = 10,
    cold: Annotated[int, typer.Option(min=0, help="Whole processes started; 0 for none.")] = 3,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Time whole answers: warm, by retrieval alone, and as cold processes; peak memory.

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
    whole = measure(
        [lambda q=text: answer(q, engine=engine, at=_AT) for text in questions],  # type: ignore[misc]  # a default binds the loop's value
        rounds=rounds,
    )
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
        "retrieval_p50_ms": round(retrieval.p50_ms, 1),
        "retrieval_p95_ms": round(retrieval.p95_ms, 1),
        "warm_peak_mb": round(peak_mb(), 1),
    }
    if cold:
        arguments = ["ask", questions[0], "--at", _AT]
        named = ["--home", str(home)] if home else []
        seconds, peak = measure_cold([*arguments, *named], runs=cold)
        figures |= {"cold_s": round(seconds, 3), "cold_peak_mb": round(peak, 1)}
    if as_json:
        typer.echo(json.dumps(figures, indent=2, ensure_ascii=False))
        return
    for name, value in figures.items():
        typer.echo(f"{name:<18}{value}")
