"""`curbside chat`: one question after another, each keeping what the one before was about."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import typer

from curbside.errors import CurbsideError
from curbside.interfaces.terminal import AsReader, Home, settings_of
from curbside.records import Reader

if TYPE_CHECKING:
    from curbside.records import Answer

_WIDEST: Final = 100
_NARROWEST: Final = 40


def chat(*, reader: AsReader = Reader.CLINICIAN, home: Home = None) -> None:
    """Ask one question after another; each keeps what the one before was about."""
    from curbside.interfaces.conversation import Talk, reply
    from curbside.interfaces.render.view import clean
    from curbside.pipeline import answer, read_as
    from curbside.wiring.engine import open_engine

    engine = open_engine(settings_of(home))

    def ask(text: str, before: Answer | None, forget: Sequence[str]) -> Answer:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        found = answer(text, engine=engine, at=at, earlier=before, forget=forget)
        return read_as(found, reader, vocabulary=engine.vocabulary)

    facts = engine.facts
    typer.echo(
        f"Curbside, {facts.documents:,} documents, evidence checked to {facts.checked_to}."
        " Ask a question; /help lists the commands."
    )
    talk = Talk()
    for line in _lines():
        try:
            told, talk, is_over = reply(line, talk, ask=ask)
        except CurbsideError as error:
            # one question that cannot be read is no end of a conversation
            typer.echo(f"error: {clean(str(error))}")
            continue
        typer.echo(_wrapped(told))
        if is_over:
            return


def _wrapped(told: str) -> str:
    """Lines for the terminal that reads them; whole where nobody does."""
    if not sys.stdout.isatty():
        return told
    width = max(_NARROWEST, min(_WIDEST, get_terminal_size().columns))
    lines: list[str] = []
    for line in told.splitlines():
        if len(line) <= width or line.startswith("http"):
            lines.append(line if line.strip("=") else line[:width])
            continue
        indent = " " * (len(line) - len(line.lstrip(" |-")))
        lines += wrap(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _lines() -> Iterator[str]:
    """The lines that a person types, or that are piped in, to the end or to Ctrl-C."""
    while True:
        try:
            yield input("\n> ")
        except (EOFError, KeyboardInterrupt):
            typer.echo("")
            return
        except UnicodeDecodeError:
            typer.echo("error: expected text in UTF-8")
