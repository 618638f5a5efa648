"""A step of the desk in a process of its own that is killed at one of its writes."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from curbside.articles import Move
from curbside.records import Standing, Status
from curbside.wiring.desk import Desk
from curbside.wiring.people import People
from curbside.wiring.watch import watch
from desk_library import AT, LATER, TEXTS, a_desk, a_document, a_page_of, act, done

STEPS = ("submit", "take up", "accept", "edit", "reject", "comment", "sign", "watch", "person")
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
    if step == "submit":
        done(desk.submit(a_page_of(desk.store, "pmid:1", slug="another"), act(otto)))
        return
    if step == "person":
        People(desk.store).add("New", "new@example.org", ann.roles, by="terminal", at=AT)
        return
    if step == "watch":
        retracted = Standing(Status.RETRACTED, by=("pmid:99",))
        desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=LATER)
        watch(desk, at=LATER)
        return
    name = {"take up": "waiting", "watch": "approved"}.get(step, "reviewed")
    article = done(desk.article(name))
    if step == "take up":
        done(desk.move(name, Move.TAKE_UP, act(bea, article)))
    elif step == "accept":
        shown = desk.view(name).claims[0].shown
        done(desk.accept(name, "C1", act(bea, shown=shown)))
    elif step == "edit":
        done(desk.edit(name, "C1", WORDS, act(bea, article)))
    elif step == "reject":
        done(desk.reject(name, "C2", act(bea, article)))
    elif step == "comment":
        desk.comment(name, act(bea))
    else:
        done(desk.sign(name, act(bea, article)))
