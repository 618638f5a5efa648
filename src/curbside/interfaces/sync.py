"""`curbside sync`: bring the library up to date from the feeds that are configured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from curbside.errors import FeedError
from curbside.interfaces.terminal import FAILED, INTERRUPTED, Home, complain, settings_of

if TYPE_CHECKING:
    from curbside.wiring.feeds import FeedProgress, FeedReport
    from curbside.wiring.library import AddProgress

_EXAMPLE: Final = """\
[feeds.gout]
kind = "pubmed-search"
query = "gout AND allopurinol"
email = "you@example.org\""""


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="Feeds; all that are configured without a name.")
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be asked and read.")
    ] = False,
    home: Home = None,
) -> None:
    """Fetch what is new from the feeds in curbside.toml. Safe to interrupt and to run again."""
    settings = settings_of(home)
    if not settings.feeds and not names:
        typer.echo("No feed is configured, so nothing was asked and nothing left this machine.")
        typer.echo(f"Add a table to {settings.home}/curbside.toml, for example\n")
        typer.echo(_EXAMPLE)
        return
    # only here: nothing else in this program loads what reaches for the network
    from curbside.interfaces.render.view import clean
    from curbside.wiring.feeds import plan
    from curbside.wiring.feeds import sync as sync_feeds

    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if dry_run:
        try:
            for name, lines in plan(settings, names or (), at=now, environ=os.environ):
                typer.echo(f"{name}:")
                for line in lines or ["nothing new"]:
                    # a file may be named like an order to the terminal
                    typer.echo(f"  {clean(line)}")
        except FeedError as error:
            complain(str(error))
            raise typer.Exit(FAILED) from None
        return
    failed = False
    try:
        with _progress() as progress:
            reports = sync_feeds(
                settings, names or (), at=now, environ=os.environ, progress=progress
            )
            for report in reports:
                failed |= report.error is not None
                _tell(report)
    except KeyboardInterrupt:
        complain("interrupted; what was fetched is kept, run the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    if failed:
        raise typer.Exit(FAILED)


def _tell(report: FeedReport) -> None:
    changed = report.changed
    taken_back = f", {changed.removed:,} taken back by their source" if changed.removed else ""
    typer.echo(
        f"{report.name}: {changed.added:,} added, {changed.revised:,} revised,"
        f" {changed.unchanged:,} unchanged{taken_back}, {len(report.rejected):,} rejected"
    )
    for note in report.notes:
        complain(f"{report.name}: {note}")
    for rejected in report.rejected:
        complain(f"{report.name}: rejected {rejected.reason}")
    if report.error is not None:
        complain(f"{report.name}: {report.error}")


@contextmanager
def _progress() -> Iterator[Callable[[FeedProgress | AddProgress], None]]:
    """A line on stderr that says how far the feed has come; silent where nobody watches."""
    from rich.console import Console
    from rich.text import Text

    from curbside.interfaces.render.view import clean
    from curbside.wiring.feeds import FeedProgress

    feed = ""
    with Console(stderr=True, highlight=False).status("Asking") as status:

        def show(progress: FeedProgress | AddProgress) -> None:
            nonlocal feed
            if isinstance(progress, FeedProgress):
                feed = f"{progress.name}: {progress.said}"
                words = feed
            else:
                words = f"{feed}; {progress.step.value} {progress.done:,}"
            # Text, as a file's name may hold what rich would read as markup
            status.update(Text(clean(words)))

        yield show
