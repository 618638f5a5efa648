"""`ask --generator`: what leaves this machine is shown, what comes back is shown once checked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import typer

from curbside.errors import InputError
from curbside.interfaces.terminal import complain

if TYPE_CHECKING:
    from curbside.models.task import Request
    from curbside.pipeline import Engine
    from curbside.protocols import Generator
    from curbside.records import Answer, Claim
    from curbside.wiring.config import Settings

_HOW_ON = "ask again without it, or with --send-personal if the model may be given it"


def with_generator(engine: Engine, settings: Settings, *, send_personal: bool) -> Engine:
    """The engine with the language model that is configured.

    Raises InputError where none is.
    """
    from curbside.wiring.generator import configured_model

    is_screened = _is_screened(settings, send_personal=send_personal)

    def announce(request: Request) -> None:
        screen = (
            "; the screen for personal data found none in it, and does not know bare names"
            if is_screened
            else ""
        )
        complain(
            f"giving the question and {request.passages} passages ({len(request.data):,} bytes) to"
            f" {request.to}{screen}; --dry-run shows them"
        )

    model = configured_model(settings, os.environ, sending=announce)
    return replace(engine, generator=_screened(model, is_screened=is_screened))


class Asked(Protocol):
    """A question that waits for the engine that is to answer it."""

    def __call__(self, *, engine: Engine) -> Answer:
        """Its page."""
        ...


def rehearse(asked: Asked, engine: Engine, settings: Settings, *, send_personal: bool) -> None:
    """Print what `ask --generator` would send, to the last character, and send nothing.

    Raises InputError where no language model is configured.
    """
    from curbside.wiring.generator import Rehearsal, configured_model

    rehearsal = Rehearsal(configured_model(settings, os.environ, sending=lambda _: None))
    is_screened = _is_screened(settings, send_personal=send_personal)
    generator = _screened(rehearsal, is_screened=is_screened)
    page = asked(engine=replace(engine, generator=generator))
    if rehearsal.request is not None:
        typer.echo(rehearsal.request.shown().encode(), nl=False)
    elif not page.claims:
        complain("nothing would be sent: the library has no answer to reword")
    else:
        tell_account(page)


def tell_account(page: Answer) -> None:
    """Say on stderr what the language model did, or why it did nothing."""
    account = dict(page.provenance.options).get("wording")
    if account is not None:
        complain(account)


def teller() -> Callable[[Claim], None]:
    """Shows each checked sentence as it comes, where a person watches."""
    return _show if sys.stderr.isatty() else lambda _: None


def refuse_alone(*, generator: bool, dry_run: bool, send_personal: bool) -> None:
    """Say that options of `--generator` are nothing without it."""
    for option, is_given in (("--dry-run", dry_run), ("--send-personal", send_personal)):
        if is_given and not generator:
            raise InputError(f"{option} is about what --generator would send; give both")


def _is_screened(settings: Settings, *, send_personal: bool) -> bool:
    from curbside.wiring.generator import may_leave

    return may_leave(settings) and not send_personal


def _screened(model: Generator, *, is_screened: bool) -> Generator:
    from curbside.wiring.generator import Screened

    return Screened(model, told=complain, how_on=_HOW_ON) if is_screened else model


def _show(claim: Claim) -> None:
    from curbside.interfaces.render.view import clean

    typer.echo(f"checked: {clean(claim.text)}", err=True)
