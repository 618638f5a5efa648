"""`ask --generator`: what leaves this machine is shown, what comes back is shown once checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from curbside.errors import InputError
from curbside.interfaces.terminal import complain

if TYPE_CHECKING:
    from curbside.models.chat import Request
    from curbside.pipeline import Engine
    from curbside.records import Answer, Claim
    from curbside.wiring.config import Settings


def with_generator(engine: Engine, settings: Settings) -> Engine:
    """The engine with the language model that is configured.

    Raises InputError where none is.
    """
    from curbside.wiring.generator import Screened, chat_model

    model = chat_model(settings, os.environ, sending=_announce)
    return replace(engine, generator=Screened(model))


def rehearse(
    text: str,
    *,
    engine: Engine,
    settings: Settings,
    at: str,
    earlier: Answer | None,
    forget: Sequence[str],
) -> None:
    """Print what `ask --generator` would send, to the last character, and send nothing.

    Raises InputError where no language model is configured.
    """
    from curbside.pipeline import answer
    from curbside.wiring.generator import Rehearsal, Screened, chat_model

    rehearsal = Rehearsal(chat_model(settings, os.environ, sending=lambda _: None))
    page = answer(
        text,
        engine=replace(engine, generator=Screened(rehearsal)),
        at=at,
        earlier=earlier,
        forget=forget,
    )
    if rehearsal.request is not None:
        has_key = settings.generator is not None and settings.generator.api_key_env is not None
        typer.echo(rehearsal.request.shown(has_key=has_key).encode(), nl=False)
    elif not page.claims:
        complain("nothing would be sent: the library has no answer to reword")
    else:
        complain(dict(page.provenance.options)["wording"])


def teller() -> Callable[[Claim], None]:
    """Shows each checked sentence as it comes, where a person watches."""
    return _show if sys.stderr.isatty() else lambda _: None


def refuse_alone(*, dry_run: bool, generator: bool) -> None:
    """Say that `--dry-run` is nothing without `--generator`."""
    if dry_run and not generator:
        raise InputError("--dry-run shows what --generator would send; give both")


def _announce(request: Request) -> None:
    parts = urlsplit(request.url)
    complain(
        f"sending the question and {request.passages} passages ({len(request.data):,} bytes) to"
        f" {parts.netloc}; --dry-run shows them"
    )


def _show(claim: Claim) -> None:
    from curbside.interfaces.render.view import clean

    typer.echo(f"checked: {clean(claim.text)}", err=True)
