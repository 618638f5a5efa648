"""Many at once on one article: one wins, the others see why, and nobody signs unseen text.

A thousand races are for people: `CURBSIDE_RACES=1000 pytest tests/wiring/test_desk_races.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from curbside.articles import Article, DeskRole, Move, Person, State
from curbside.records import Notice, Status
from curbside.review.conditions import Condition
from curbside.review.moves import Refusal
from curbside.wiring.audit import faults_of_desk
from curbside.wiring.desk import Desk
from curbside.wiring.watch import refresh
from desk_library import (
    AT,
    TEXTS,
    Staff,
    a_desk,
    a_page_of,
    accept_all,
    act,
    done,
    engaged,
)

RACES = int(os.environ.get("CURBSIDE_RACES", "8"))
CLIENTS = 16


@pytest.fixture(scope="module")
def clients() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        yield pool


def at_once(pool: ThreadPoolExecutor, acts: Sequence[Callable[[], object]]) -> list[object]:
    """What comes of acts that all begin at the same moment."""
    start = Barrier(len(acts))

    def begin(do: Callable[[], object]) -> object:
        start.wait()
        return do()

    return list(pool.map(begin, acts))


def test_of_sixteen_that_approve_at_once_one_does_and_the_others_are_told_who(
    desk: Desk, clients: ThreadPoolExecutor, place: str | Path, tmp_path: Path
) -> None:
    staff = Staff(desk)
    # each with connections of their own, as processes on several machines have
    desks = [a_desk(place, tmp_path) for _ in range(CLIENTS)]
    reviewers = [engaged(desk, f"Reviewer {n}", DeskRole.REVIEWER) for n in range(CLIENTS)]
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accept_all(desk, name, staff.ann)
    for race in range(RACES):
        shown = article

        def approve(own: Desk, person: Person, shown: Article = shown) -> object:
            return own.sign(name, act(person, shown))

        pairs = zip(desks, reviewers, strict=True)
        outcomes = at_once(clients, [partial(approve, own, person) for own, person in pairs])
        (winner,) = [each for each in outcomes if isinstance(each, Article)]
        refusals = [each for each in outcomes if isinstance(each, Refusal)]
        assert (winner.state, len(refusals)) == (State.APPROVED, CLIENTS - 1)
        assert {each.condition for each in refusals} == {Condition.CURRENT}
        assert all(winner.last in each.reason for each in refusals)
        (signature,) = desk.view(name).review.signatures
        assert winner.last.startswith(signature.name)
        article = done(desk.move(name, Move.REVOKE, act(staff.editor, winner, reason=f"{race}")))
        article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    assert list(faults_of_desk(desk.store, desk.checkpoints)) == []
    with desk.store.reading_desk() as reading:
        assert len(reading.signatures(name)) == RACES
    for own in desks:
        own.close()


WORDS = ("Of 120 adults who stopped, 61% had a flare.", TEXTS[0])


def test_no_text_is_approved_that_the_person_was_not_shown(
    desk: Desk, clients: ThreadPoolExecutor
) -> None:
    """While one signs, another edits, rejects or re-submits, or a source's standing changes."""
    random = Random(2026)
    staff = Staff(desk)
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    won = lost = 0
    for race in range(RACES):
        if article.state is not State.UNDER_REVIEW:
            article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
        if len(desk.view(name).claims) < 2:
            article = done(
                desk.move(name, Move.REQUEST_CHANGES, act(staff.ann, article, reason="again"))
            )
            again = a_page_of(desk.store, "pmid:1", "pmid:2")
            article = done(desk.submit(again, act(staff.author, article, reason=f"again {race}")))
            article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
        # whoever edits signs no more, so each race has its own reviewer; both accept the other's
        fresh = engaged(desk, f"Fresh {race}", DeskRole.REVIEWER)
        accept_all(desk, name, fresh)
        shown = article
        text = next(w for w in WORDS if w != desk.view(name).claims[0].claim.text)
        change = random.choice(
            (
                lambda shown=shown, text=text: desk.edit(
                    name, "C1", text, act(staff.bea, shown, reason="clearer")
                ),
                lambda shown=shown: desk.reject(name, "C2", act(staff.bea, shown)),
                lambda race=race: desk.store.put([a_notice(race)], at=AT),
            )
        )
        signed, changed = at_once(
            clients, [lambda shown=shown, by=fresh: desk.sign(name, act(by, shown)), change]
        )
        article = done(desk.article(name))
        if isinstance(signed, Article):
            won += 1
            # what stands as approved is what was shown, and no change came in beside it
            assert (article.state, article.content) == (State.APPROVED, shown.content)
            assert not isinstance(changed, Article)
            (signature,) = desk.view(name).review.signatures
            assert (signature.content, signature.by) == (shown.content, fresh.person_id)
        else:
            lost += 1
            assert isinstance(signed, Refusal)
            assert signed.condition in (Condition.CURRENT, Condition.SHOWN)
            assert article.state is not State.APPROVED
        article = refresh(desk, name, at=AT) or article
        if article.state is State.APPROVED:
            article = done(desk.move(name, Move.REVOKE, act(staff.editor, article, reason="next")))
    assert won + lost == RACES
    assert list(faults_of_desk(desk.store, desk.checkpoints)) == []


def a_notice(number: int) -> Notice:
    """A register says something else of a source each time."""
    status = (Status.CONCERN, Status.CORRECTED)[number % 2]
    return Notice(("pmid:1",), status, "a register", by=(f"pmid:9{number}",), checked_at=AT[:10])
