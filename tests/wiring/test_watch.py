"""What came since and would be cited today touches the article, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curbside.articles import Move, State
from curbside.pipeline import answer
from curbside.review.conditions import Act
from curbside.review.staleness import What
from curbside.wiring.config import settings_at
from curbside.wiring.desk import Desk, open_desk
from curbside.wiring.engine import open_engine
from curbside.wiring.watch import watch
from desk_library import AT, CURRENT, LATER, Staff, a_document, act, done

QUESTION = "What predicts relapse of gout after stopping allopurinol?"
OLD = "After stopping allopurinol, relapse of gout was more frequent in men than in women."
NEW = "Older age predicted relapse of gout after stopping allopurinol in 300 adults."
UNRELATED = "Asthma was more frequent in children who lived near a road."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = open_desk(settings_at(home))
    opened.store.put([(a_document(1, OLD), CURRENT)], at=AT)
    yield opened
    opened.close()


def test_new_evidence_is_noted_once_whatever_was_done_meanwhile(desk: Desk, home: Path) -> None:
    staff = Staff(desk)
    page = answer(QUESTION, engine=open_engine(settings_at(home)), at=AT)
    assert [reference.doc_id for reference in page.references] == ["pmid:1"]
    article = done(desk.submit(page, Act(staff.author, AT, reason="asked")))
    name = article.article_id
    engine = open_engine(settings_at(home))
    assert watch(desk, at=LATER, engine=engine).touched == ()
    desk.store.put([(a_document(2, UNRELATED), CURRENT)], at=LATER)
    assert watch(desk, at=LATER, engine=open_engine(settings_at(home))).touched == ()
    desk.store.put([(a_document(3, NEW), CURRENT)], at=LATER)
    # a step between the new document and the watch does not hide it
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    ((article, touch),) = watch(desk, at=LATER, engine=open_engine(settings_at(home))).touched
    assert [(each.what, each.says) for each in touch.reasons] == [(What.NEW, "pmid:3 (Study 3)")]
    assert (article.state, article.notice) == (
        State.UNDER_REVIEW,
        "New evidence: pmid:3 (Study 3).",
    )
    assert watch(desk, at=LATER, engine=open_engine(settings_at(home))).touched == ()
    again = answer(QUESTION, engine=open_engine(settings_at(home)), at=LATER)
    article = done(
        desk.move(name, Move.REQUEST_CHANGES, act(staff.ann, article, reason="there is more"))
    )
    article = done(desk.submit(again, act(staff.author, article, reason="with pmid:3")))
    assert (article.state, article.notice) == (State.SUBMITTED, None)
    assert watch(desk, at=LATER, engine=open_engine(settings_at(home))).touched == ()
