"""`python -m evals`: every figure of quality that we quote, made again by one command."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from curbside import __version__
from evals.items import Half

if TYPE_CHECKING:
    from curbside.pipeline import Engine

app = typer.Typer(no_args_is_help=True, add_completion=False)

_EVERY: Final = "experts,patients,clinicians,unanswerable,within,founding,founding-bundled"
_AT: Final = "2000-01-01T00:00:00+00:00"
_PEERS: Final = "curbside,bm25,cosine"


def _tell(text: str) -> None:
    typer.echo(text, err=True)


@app.callback()
def _start() -> None:
    """Measure how good answers are; docs/evaluation.md says what each figure means."""


@app.command()
def train(
    cache: Annotated[Path, typer.Option(help="Where the library is made and kept.")],
    *,
    threshold: Annotated[float, typer.Option(help="From which a sentence answers.")],
    out: Annotated[Path, typer.Option(help="The weights file.")] = Path(
        "src/curbside/answer/data/weights.json"
    ),
) -> None:
    """Train the selector from public data whose licences allow it (evals/train.py)."""
    from evals.train import gather, training_items, written
    from evals.train import train as fit
    from evals.workshop import Workshop

    workshop = Workshop(cache, home=None, tell=_tell)
    if workshop.shared is None:
        raise typer.BadParameter("the shared data folder is absent; name one in CURBSIDE_SHARED")
    items = training_items(workshop.shared)
    pools = gather(workshop.library("train").engine, items, _tell)
    data = written(fit(pools, threshold=threshold))
    out.write_bytes(data)
    typer.echo(f"{len(items)} questions, {len(pools)} pools, {len(data)} bytes in {out}")


@app.command()
def run(
    *,
    sets: Annotated[str, typer.Option(help="Which sets, with commas between.")] = _EVERY,
    half: Annotated[Half, typer.Option(help="To tune on, to report, or both.")] = Half.REPORT,
    systems: Annotated[str, typer.Option(help="Who is asked.")] = _PEERS,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many questions of each group.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="A library of all shared files. Default: made in --cache.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Where libraries are made and kept. Default: nowhere.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 7,
    before: Annotated[
        Path | None, typer.Option(help="The JSON of an earlier run, printed beside.")
    ] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
    rows: Annotated[Path | None, typer.Option(help="Write every answer here.")] = None,
) -> None:
    """Ask every system the same questions of the same library, and print one table."""
    from evals.run import Run, plain, table
    from evals.sets import SETS
    from evals.summaries import summaries
    from evals.workshop import Workshop

    names = [name.strip() for name in sets.split(",") if name.strip()]
    unknown = sorted(set(names) - SETS.keys())
    if unknown:
        raise typer.BadParameter(f"no such set: {', '.join(unknown)}; there are {', '.join(SETS)}")
    with tempfile.TemporaryDirectory() as made:
        workshop = Workshop(cache or Path(made), home=home, tell=_tell)
        measured = Run(seed)
        for name in names:
            questions = SETS[name](workshop.shared, half, limit)
            if questions is None:
                _tell(f"{name}: left out, as what it is made of is not here")
                continue
            measured.ask(
                questions, workshop.systems(questions.library, systems.split(",")), progress=_tell
            )
        found = measured.figures()
        if {"experts"} <= set(names) and {"curbside", "cosine"} <= set(systems.split(",")):
            _tell("summaries")
            expert_rows = [row for row in measured.rows if row.set_name == "experts"]
            passages = workshop.passages("all")
            found["summaries"] = summaries(expert_rows, passages=passages, seed=seed)
        figures = plain(found)
        about = {
            "version": __version__,
            "python": platform.python_version(),
            "half": half.value,
            "limit": limit,
            "libraries": workshop.told(),
        }
    if before is not None:
        earlier = json.loads(before.read_text(encoding="utf-8"))["figures"]
        for name, of_set in earlier.items():
            if name in figures and "curbside" in of_set:
                figures[name]["curbside-before"] = of_set["curbside"]
    typer.echo(table(figures))
    if json_ is not None:
        told = {"about": about, "figures": figures}
        json_.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if rows is not None:
        lines = (json.dumps(row.plain(), ensure_ascii=False) + "\n" for row in measured.rows)
        rows.write_text("".join(lines), encoding="utf-8")


@app.command()
def read(
    sheet: Annotated[Path, typer.Argument(help="The CSV file to write; its key lies beside it.")],
    *,
    seed: Annotated[int, typer.Option(help="Of the draw.")],
    sets: Annotated[str, typer.Option(help="Drawn from these, together.")] = "experts",
    half: Annotated[Half, typer.Option(help="Drawn from this half.")] = Half.REPORT,
    systems: Annotated[str, typer.Option(help="Whose answers are read.")] = "curbside,cosine",
    count: Annotated[int, typer.Option(min=1, help="How many questions.")] = 100,
    home: Annotated[Path | None, typer.Option(help="As in `run`.")] = None,
    cache: Annotated[Path | None, typer.Option(help="As in `run`.")] = None,
) -> None:
    """Write a sheet for reading answers blind: who gave which is only in the key."""
    from evals.sets import SETS
    from evals.sheets import write_sheet
    from evals.workshop import Workshop

    with tempfile.TemporaryDirectory() as made:
        workshop = Workshop(cache or Path(made), home=home, tell=_tell)
        drawn = [SETS[name](workshop.shared, half, None) for name in sets.split(",")]
        held = [each for each in drawn if each is not None]
        libraries = {each.library for each in held}
        if len(libraries) != 1:
            raise typer.BadParameter("expected sets that are here and ask the same library")
        key = write_sheet(
            [item for each in held for item in each.items],
            workshop.systems(libraries.pop(), systems.split(",")),
            seed=seed,
            count=count,
            sheet=sheet,
        )
    _tell(f"{sheet} is to be read; {key} is not, before it is")


@app.command()
def tally(
    sheets: Annotated[list[Path], typer.Argument(help="The sheet, as each reader filled it in.")],
    *,
    key: Annotated[Path, typer.Option(help="The key that `read` wrote.")],
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 7,
) -> None:
    """Tell the share of each verdict by system, and how far two readers agree."""
    from evals.run import plain, table
    from evals.sheets import tally as count

    shares, agreement = count(sheets, key, seed=seed)
    typer.echo(table(plain({"read": shares})))
    for name, value in agreement.items():
        typer.echo(f"{name:<28} {value:.3f}")


@app.command()
def freeze(*, seed: Annotated[int, typer.Option(help="Of the draw.")] = 13) -> None:
    """Draw the patients' questions anew (`sets/patients.jsonl`); the same seed, the same list."""
    from evals.libraries import shared_folder
    from evals.sets.patients import write_frozen

    shared = shared_folder()
    if shared is None:
        raise typer.BadParameter("the shared data folder is absent; name one in CURBSIDE_SHARED")
    write_frozen(shared, seed=seed)


@app.command()
def retrieval(
    *,
    half: Annotated[Half, typer.Option(help="Of BioASQ's questions.")] = Half.REPORT,
    only: Annotated[str, typer.Option(help="Which collections, with commas between.")] = (
        "bioasq,scifact,nfcorpus"
    ),
    cache: Annotated[
        Path | None, typer.Option(help="Where vectors are kept. Default: nowhere.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="A library whose vectors of the same texts are taken.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 7,
    json_: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
) -> None:
    """nDCG@10 and R@100 of what `ask` reads, with vectors and without, beside BM25 and fusion."""
    from evals.libraries import KeptVectors, codes_in, shared_folder
    from evals.retrieval import collections, figures_of
    from evals.run import plain, table

    shared = shared_folder()
    if shared is None:
        raise typer.BadParameter("the shared data folder is absent; name one in CURBSIDE_SHARED")
    kept = KeptVectors(codes_in([home / "index"] if home else []), folder=cache)
    figures = {}
    for collection in collections(shared, half=half):
        if collection.name in only.split(","):
            _tell(f"{collection.name}: {len(collection.questions)} questions")
            name = f"retrieval/{collection.name}"
            figures[name] = figures_of(collection, encoder=kept, seed=seed)
            kept.keep()
    told = plain(figures)
    typer.echo(table(told))
    if json_ is not None:
        json_.write_text(json.dumps({"figures": told}, indent=1) + "\n", encoding="utf-8")


@app.command()
def pages(
    *,
    questions: Annotated[int, typer.Option(min=1, help="Generated questions.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the questions.")] = 1,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
) -> None:
    """Count what makes pages hard to read, over questions generated from a library.

    Dangling openings, abbreviations never expanded, near-duplicates, sentences about methods
    alone, bottom lines over three sentences.
    """
    from curbside.pipeline import answer
    from evals.generated import generated_questions
    from evals.page_faults import share_of_faults

    engine = _engine(home)
    asked = generated_questions(engine, count=questions, seed=seed)
    made = [answer(text, engine=engine, at=_AT) for text in asked]
    _show(
        {
            "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages",
            "questions": len(asked),
            "answered": sum(1 for page in made if page.claims),
            "claims": sum(len(page.claims) for page in made),
            **{name: f"{100 * share:.2f} %" for name, share in share_of_faults(made).items()},
        }
    )


@app.command()
def readers(
    *,
    questions: Annotated[int, typer.Option(min=1, help="Generated questions.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the questions.")] = 1,
    home: Annotated[Path | None, typer.Option(help="The folder of the library.")] = None,
) -> None:
    """Draw pages for every reader, count what differs from the claims, and grade the reading."""
    from dataclasses import asdict

    from curbside.pipeline import answer
    from evals.generated import generated_questions
    from evals.reader_levels import measure_levels

    engine = _engine(home)
    asked = generated_questions(engine, count=questions, seed=seed)
    figures: dict[str, object] = {
        "library": f"{engine.facts.documents} documents, {engine.facts.passages} passages"
    }
    for name, texts in (("", asked), ("topic pages: ", engine.vocabulary.pages)):
        made = [answer(text, engine=engine, at=_AT) for text in texts]
        measured = asdict(measure_levels(made, vocabulary=engine.vocabulary))
        figures |= {f"{name}{key}": value for key, value in measured.items()}
    _show(figures)


@app.command()
def ingest(
    *,
    records: Annotated[int, typer.Option(min=1_000, help="How many are generated.")] = 40_000,
    seed: Annotated[int, typer.Option(help="Of the generated records.")] = 1,
    peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="Read the same files as others do.")
    ] = True,
    verify: Annotated[bool, typer.Option("--verify", help="Verify and ask it afterwards.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Keep files and library. Default: they are removed.")
    ] = None,
) -> None:
    """Time reading PubMed files, beside others' ways, and putting them into a library."""
    from evals.ingest import ingest_figures

    _show(ingest_figures(records, seed=seed, peers=peers, verify=verify, folder=folder))


@app.command()
def crash(
    *,
    count: Annotated[int, typer.Option(min=1, help="How many times an ingest is killed.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Of the moments and the records.")] = 1,
) -> None:
    """Kill ingests at random moments (kill -9) and check that nothing is lost or doubled."""
    from evals.crash import crash as run_crashes

    def progress(done: int) -> None:
        if done % 50 == 0 or done == count:
            _tell(f"{done} of {count}")

    report = run_crashes(count, seed=seed, progress=progress)
    _show(
        {
            "kills": report.kills,
            "came_to_their_end": report.wholes,
            "seconds": round(report.seconds),
            "faults": len(report.faults),
        }
    )
    for fault in report.faults:
        _tell(fault)
    if report.faults:
        raise typer.Exit(1)


def _engine(home: Path | None) -> Engine:
    from curbside.wiring.config import read_settings, settings_at
    from curbside.wiring.engine import open_engine

    return open_engine(settings_at(home) if home else read_settings(os.environ))


def _show(figures: Mapping[str, object]) -> None:
    for name, value in figures.items():
        typer.echo(f"{name:<24} {value}")


if __name__ == "__main__":
    app()
