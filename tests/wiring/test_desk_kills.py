"""A desk whose process is killed at any write of any step is as it was before, or after.

Every second write is killed at here; at every one with `CURBSIDE_KILLS` set.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from contextlib import closing
from pathlib import Path

import pytest
from desk_killed import INVITED, STEPS, Killing, run

from curbside.articles import DeskRole, Move
from curbside.codec.records import encode
from curbside.wiring.audit import faults_of_desk
from curbside.wiring.people import People
from desk_library import (
    AT,
    TEXTS,
    Staff,
    a_desk,
    a_page_of,
    accept_all,
    act,
    approved,
    done,
    engaged,
    fill,
)

EACH = 1 if "CURBSIDE_KILLS" in os.environ else 2


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one article that waits, one that was reviewed and one that is approved."""
    home = tmp_path_factory.mktemp("prepared")
    with closing(a_desk(home / "library.sqlite", home)) as desk:
        fill(desk.store, *TEXTS)
        staff = Staff(desk)
        for slug in ("waiting", "reviewed"):
            page = a_page_of(desk.store, "pmid:1", "pmid:3", slug=slug)
            article = done(desk.submit(page, act(staff.author)))
        done(desk.move("reviewed", Move.TAKE_UP, act(staff.ann, article)))
        accept_all(desk, "reviewed", staff.ann)
        approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2", slug="approved"))
        admin = engaged(desk, "Adi", DeskRole.ADMINISTRATOR)
        people, bea = People(desk.store, new_token=lambda: INVITED), staff.bea.person_id
        people.set_password(bea, "correct horse battery", by=bea, at=AT)
        people.invite(bea, by=admin.person_id, at=AT)
    return home


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.ForkServerContext:
    # a server that has everything loaded and forks itself: a process in a few milliseconds
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["desk_killed"])
    return context


def _state(home: Path) -> tuple[object, ...]:
    with closing(a_desk(home / "library.sqlite", home)) as desk:
        assert list(faults_of_desk(desk.store, desk.checkpoints)) == []
        with desk.store.reading_desk() as reading:
            last = reading.last_entry()
            return (
                last.sequence if last else 0,
                [encode(article) for article in reading.articles()],
                [encode(person) for person in reading.people()],
                [
                    (v.article_id, v.version, v.content)
                    for article in reading.articles()
                    for v in reading.versions(article.article_id)
                ],
                list(reading.kept_under_entries()),
            )


def _copy(prepared: Path, to: Path) -> Path:
    shutil.copytree(prepared, to)
    return to


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_is_killed_leaves_no_half_of_itself(
    step: str, prepared: Path, processes: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    before = _state(prepared)
    whole = _copy(prepared, tmp_path / "whole")
    writes = run(Killing(whole, step, None))
    after = _state(whole)
    assert before != after
    kills: list[int | str] = [*range(1, writes + 1, EACH), "commit", "checkpoint"]
    for at in kills:
        home = _copy(prepared, tmp_path / f"killed-{at}")
        child = processes.Process(target=run, args=(Killing(home, step, at),))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL, at
        found = _state(home)
        # once the transaction is kept all of it is: the checkpoint alone comes after
        assert found == (after if at == "checkpoint" else before), at
        if at == "commit":
            # what was begun can be done again
            run(Killing(home, step, None))
            assert _state(home) == after
