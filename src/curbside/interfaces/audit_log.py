"""`curbside audit-log`: is the trail whole, what does it say, sign where it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curbside.interfaces.desk_door import at_desk, now
from curbside.interfaces.terminal import FAILED, Home, as_json_text, complain

if TYPE_CHECKING:
    from curbside.codec.records import Json

audit_log = typer.Typer(
    help="Verify, read and sign the trail of everything that was done at the review desk.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@audit_log.command()
def verify(
    *,
    checkpoints: Annotated[
        Path | None,
        typer.Option(
            "--checkpoints",
            help="Hold the trail against a copy of the checkpoints that was kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="The public key to trust, in hex. Default: the desk's own.",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Find any entry that was changed, taken out, put in, moved or cut off, and say where."""
    from dataclasses import replace

    from curbside.wiring.audit import faults_of_desk

    with at_desk(home) as desk:
        kept = desk.checkpoints
        if checkpoints is not None:
            kept = replace(kept, file=checkpoints)
        faults = list(faults_of_desk(desk.store, kept, key=key))
        marks = kept.read()
        with desk.store.reading_desk() as reading:
            last = reading.last_entry()
    for fault in faults:
        complain(fault)
    if faults:
        raise typer.Exit(FAILED)
    length = last.sequence if last else 0
    covered = max((mark.sequence for mark in marks), default=0)
    typer.echo(f"whole: {length:,} entries, {len(marks):,} checkpoints, up to entry {covered:,}")
    if covered < length:
        typer.echo(
            f"of the end after entry {covered:,} only the chain knows; `curbside audit-log"
            " checkpoint` signs it"
        )


@audit_log.command()
def show(
    about: Annotated[
        str | None,
        typer.Argument(help="Only what is about this article or person.", show_default=False),
    ] = None,
    *,
    most: Annotated[int, typer.Option("--most", min=1, help="At most so many entries.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all they hold.")] = False,
    home: Home = None,
) -> None:
    """List the entries of the trail, the newest first."""
    import json

    from curbside.codec.records import encode
    from curbside.interfaces.render.view import clean
    from curbside.wiring.audit import entries_of

    with at_desk(home) as desk:
        entries = entries_of(desk.store, about, most=most)
        with desk.store.reading_desk() as reading:
            names = {person.person_id: person.name for person in reading.people()}
    if as_json:
        told: list[Json] = []
        for entry in entries:
            data = encode(entry)
            # `encode` returns an object for a record
            assert isinstance(data, dict)  # noqa: S101
            told.append(data | {"payload": json.loads(entry.payload)})
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for entry in entries:
        payload = json.loads(entry.payload)
        why = payload.get("why") if isinstance(payload, dict) else None
        by = names.get(entry.by, entry.by)
        line = (
            f"{entry.sequence:>6}  {entry.at:<20}  {clean(by):<20}  {entry.what:<16} {entry.about}"
        )
        typer.echo(f"{line}  {clean(why)}" if why else line)


@audit_log.command()
def checkpoint(*, home: Home = None) -> None:
    """Sign where the trail ends now, and print that to be kept elsewhere."""
    import json

    from curbside.codec.records import encode
    from curbside.wiring.audit import checkpoint_now

    with at_desk(home) as desk:
        made = checkpoint_now(desk.store, desk.checkpoints, at=now())
    typer.echo(json.dumps(encode(made)))
