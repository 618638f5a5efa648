"""A step of the desk in a process of its own that is killed at one of its writes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from curbside.articles import Move
from curbside.records import Standing, Status
from curbside.review.moves import Refusal
from curbside.wiring.desk import Desk
from curbside.wiring.people import People
from curbside.wiring.watch import watch
from desk_library import AT, LATER, TEXTS, a_desk, a_document, a_page_of, act, done

STEPS = (
    *("submit", "take up", "accept", "accept together", "edit", "reject", "comment", "sign"),
    *("watch", "person", "redeem"),
)
INVITED = "an invitation of Bea's"
WORDS = "Of 120 adults who stopped, 61% had a flare."


@dataclass(frozen=True, slots=True)
class Killing:
    """`step` is made on a copy of a library; its process dies just before its write number `at`
    (from 1), or at the end of the transaction where it writes less often: "commit" is just before
    that, "checkpoint" just after. None lets it live."""

    home: Path
    step: str
    at: int | str | None


def run(killing: Killing) -> int:
    """Make the step; returns how many writes there were, where it lives."""
    desk = a_desk(killing.home / "library.sqlite", killing.home)
    writes = 0

    def before(*arguments: Any) -> None:
        nonlocal writes
        statement = arguments[2]
        if statement.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            writes += 1
            if writes == killing.at:
                _die()

    event.listen(desk.store._engine, "before_cursor_execute", before)
    if killing.at == "commit":
        event.listen(desk.store._engine, "commit", lambda _: _die() if writes else None)
    if killing.at == "checkpoint":
        desk.store.told = lambda _: _die()
    _step(desk, killing.step)
    desk.close()
    return writes


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _step(desk: Desk, step: str) -> None:
    people = {person.name: person for person in People(desk.store).all()}
    otto, ann, bea = people["Otto"], people["Ann"], people["Bea"]
    name = {"take up": "waiting"}.get(step, "reviewed")
    article, claims = done(desk.article(name)), desk.view(name).claims
    chosen = [(each.claim.claim_id, each.shown) for each in claims]
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: desk.submit(a_page_of(desk.store, "pmid:1", slug="another"), act(otto)),
        "take up": lambda: desk.move(name, Move.TAKE_UP, act(bea, article)),
        "accept": lambda: desk.accept(name, "C1", act(bea, shown=claims[0].shown)),
        "accept together": lambda: desk.accept_together(name, chosen, act(bea)),
        "edit": lambda: desk.edit(name, "C1", WORDS, act(bea, article)),
        "reject": lambda: desk.reject(name, "C2", act(bea, article)),
        "comment": lambda: desk.comment(name, act(bea)),
        "sign": lambda: desk.sign(name, act(bea, article)),
        "watch": lambda: _watch(desk),
        "person": lambda: People(desk.store).add(
            "New", "new@example.org", ann.roles, by="terminal", at=AT
        ),
        "redeem": lambda: People(desk.store).redeem(INVITED, "another long password", at=AT),
    }
    assert not isinstance(steps[step](), Refusal)


def _watch(desk: Desk) -> object:
    retracted = Standing(Status.RETRACTED, by=("pmid:99",))
    desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=LATER)
    return watch(desk, at=LATER)
