"""What the commands of the review desk share: the open desk, who is at the terminal, the time."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from curbside.interfaces.terminal import home_of, settings_of

if TYPE_CHECKING:
    from curbside.articles import Person
    from curbside.wiring.desk import Desk


@contextmanager
def at_desk(home: Path | None) -> Iterator[Desk]:
    """The review desk of the library that is meant, open; see `open_desk`."""
    from curbside.wiring.desk import open_desk

    home_of(home)
    desk = open_desk(settings_of(home))
    try:
        yield desk
    finally:
        desk.close()


def now() -> str:
    """The time, as every record has it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def at_terminal() -> str:
    """Who the trail says did what is done here: whoever may run commands on this machine may
    change its accounts, and is named as such."""
    return f"terminal: {getpass.getuser()}"


def signed_in(desk: Desk, email: str) -> Person:
    """The person of an account, asked for their password: people act as themselves here too."""
    from curbside.errors import InputError
    from curbside.wiring.people import NotSignedIn, People

    password = typer.prompt(f"Password of {email}", hide_input=True, err=True)
    people = People(desk.store)
    found = people.sign_in(email, password, at=now())
    if isinstance(found, NotSignedIn):
        raise InputError(found.reason + (f" ({found.wait_s} s)" if found.wait_s else ""))
    people.sign_out(found.token)
    return found.person
