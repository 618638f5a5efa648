"""`curbside backup` and `curbside restore`: library and review desk as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curbside.interfaces.desk_door import now
from curbside.interfaces.terminal import Home, complain, settings_of, work_progress


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, NAME.tar.zst.")],
    *,
    with_key: Annotated[
        bool,
        typer.Option(
            "--with-key",
            help="With the private key that signs checkpoints; else keep trail/key.pem elsewhere.",
        ),
    ] = False,
    home: Home = None,
) -> None:
    """Write library, review desk and settings to one file, while the server runs."""
    from curbside.wiring.backup import back_up

    with work_progress() as progress:
        made = back_up(settings_of(home), file, at=now(), with_key=with_key, progress=progress)
    held = made.held
    typer.echo(
        f"{file}: {held.rows:,} rows up to batch {held.batch}, {held.articles:,} articles,"
        f" {held.entries:,} entries of the trail"
    )
    typer.echo(f"Fingerprint  {held.fingerprint}")
    if made.left_out:
        typer.echo(f"Left out, to be set again by hand: {', '.join(made.left_out)}")


def restore(
    file: Annotated[Path, typer.Argument(help="What `curbside backup` wrote.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move what is in the home aside; nothing is deleted.")
    ] = False,
    home: Home = None,
) -> None:
    """Make library and review desk of a backup, whole or not at all, and verify both."""
    from curbside.wiring import backup as backups
    from curbside.wiring.checkpoints import FOLDER, KEY

    settings = settings_of(home)
    with work_progress() as progress:
        made = backups.restore(settings, file, at=now(), replace=replace, progress=progress)
    held = made.manifest.held
    typer.echo(
        f"{settings.home}: whole, as it was on {made.manifest.at}: batch {held.batch},"
        f" {held.articles:,} articles, {held.entries:,} entries of the trail"
    )
    typer.echo(f"Fingerprint  {held.fingerprint}")
    if made.replaced is not None:
        typer.echo(f"What was there before is in {made.replaced}")
    if made.manifest.left_out:
        complain(f"set again by hand in curbside.toml: {', '.join(made.manifest.left_out)}")
    if held.entries and not made.has_key:
        complain(
            f"put {FOLDER}/{KEY} back from where it is kept: without it nothing that is done at the"
            " desk is signed, and the backup does not hold it"
        )
    typer.echo("`curbside embed` makes every passage findable by meaning too")
