"""`curbside library`: what is in it, is it whole, its history, and its way elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curbside.interfaces.terminal import (
    FAILED,
    Home,
    as_json_text,
    complain,
    embed_passages,
    home_of,
    settings_of,
    work_progress,
)

if TYPE_CHECKING:
    from curbside.codec.records import Json

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]

library = typer.Typer(
    help="Say what is in the library; check it, make its index again, take it elsewhere.",
    rich_markup_mode=None,
)


@library.callback(invoke_without_command=True)
def summary(context: typer.Context, *, as_json: AsJson = False, home: Home = None) -> None:
    """Say what is in the library; check it, make its index again, take it elsewhere."""
    if context.invoked_subcommand is not None:
        context.obj = home
        return
    from curbside.wiring.library import library_summary

    summary = library_summary(home_of(home), settings=settings_of(home))
    told: dict[str, Json] = {
        "path": str(summary.path),
        "documents": summary.documents,
        "passages": summary.passages,
        "by_kind": {kind.value: count for kind, count in sorted(summary.by_kind.items())},
        "digests": summary.digests,
        "embedded": summary.embedded,
        "fingerprint": summary.fingerprint,
        "checked_to": summary.checked_to,
    }
    if as_json:
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    typer.echo(f"Library      {summary.path}")
    typer.echo(f"Documents    {summary.documents:,} ({summary.digests:,} of them summaries)")
    for kind, count in sorted(summary.by_kind.items()):
        typer.echo(f"  {kind.value:<20}{count:>9,}")
    typer.echo(f"Passages     {summary.passages:,} ({summary.embedded:,} found by meaning too)")
    typer.echo(f"Checked to   {summary.checked_to or 'not known'}")
    typer.echo(f"Fingerprint  {summary.fingerprint}")


@library.command()
def verify(context: typer.Context, *, home: Home = None) -> None:
    """Check every record, the chain of all batches, and every file and passage of the index."""
    from curbside.wiring.maintenance import verify_library

    folder, settings = home_of(home or context.obj), settings_of(home or context.obj)
    with work_progress() as progress:
        faults = list(verify_library(folder, settings=settings, progress=progress))
    for fault in faults:
        complain(fault)
    if faults:
        raise typer.Exit(FAILED)
    typer.echo(f"{folder}: whole")


@library.command()
def rebuild(context: typer.Context, *, home: Home = None) -> None:
    """Make the index again from the documents. It is searched as it was until that is done.

    Where another encoder is set than the vectors were made with, they are all made again too.
    """
    from curbside.wiring.maintenance import rebuild_library

    folder, settings = home_of(home or context.obj), settings_of(home or context.obj)
    with work_progress() as progress:
        index, had_others = rebuild_library(
            folder, settings=settings, progress=lambda done: progress("documents", done)
        )
    if had_others:
        typer.echo(f"{index.passages():,} passages indexed; their vectors are of another encoder")
        embed_passages(folder, settings)
        return
    typer.echo(f"{index.passages():,} passages indexed, {index.embedded():,} found by meaning too")
    if index.embedded() < index.passages():
        typer.echo("`curbside embed` makes the others findable by meaning")


@library.command(name="export")
def export_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write, NAME.jsonl.zst.")],
    *,
    home: Home = None,
) -> None:
    """Write all documents with their history to one file (JSON Lines, zstd)."""
    from curbside.wiring.maintenance import export_library

    with work_progress() as progress:
        rows = export_library(
            home_of(home or context.obj), file, progress=lambda done: progress("rows", done)
        )
    typer.echo(f"{rows:,} rows written to {file}")


@library.command(name="import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `curbside library export` wrote.")],
    *,
    home: Home = None,
) -> None:
    """Make a new library of an exported one, whole or not at all."""
    from curbside.wiring.maintenance import import_library, rebuild_library

    folder, settings = home_of(home or context.obj), settings_of(home or context.obj)
    with work_progress() as progress:
        rows = import_library(folder, file, progress=lambda done: progress("rows", done))
        rebuild_library(
            folder, settings=settings, progress=lambda done: progress("documents", done)
        )
    typer.echo(f"{rows:,} rows read from {file}")
    typer.echo("`curbside embed` makes every passage findable by meaning too")


@library.command()
def history(
    context: typer.Context,
    doc_id: Annotated[
        str | None,
        typer.Argument(help="Only what changed this document, pmid:123.", show_default=False),
    ] = None,
    *,
    most: Annotated[int, typer.Option("--most", min=1, help="At most so many batches.")] = 20,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """List the batches that made the library, the newest first."""
    from dataclasses import asdict

    from curbside.wiring.maintenance import history_of

    batches = history_of(home_of(home or context.obj), doc_id, most=most)
    if as_json:
        told: list[Json] = [dict(asdict(batch)) for batch in batches]
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for batch in batches:
        typer.echo(
            f"{batch.batch:>6}  {batch.at:<20}  {batch.added:,} added, {batch.revised:,} revised,"
            f" {batch.removed:,} removed  {batch.origin}"
        )
