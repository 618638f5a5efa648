"""Every source of the founding page, once it is retracted, ends the page's approval."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.articles import Article, Move, State
from curbside.pipeline import answer
from curbside.records import Notice, Reference, Status
from curbside.review.conditions import Act
from curbside.review.content import content_hash
from curbside.review.moves import Refusal
from curbside.review.staleness import What
from curbside.wiring.config import settings_at
from curbside.wiring.desk import Desk, open_desk
from curbside.wiring.engine import open_engine
from curbside.wiring.watch import touch_of, watch
from desk_library import AT, CURRENT, LATER, Staff, a_document, a_page_of, accept_all, act, done
from founding import QUESTION


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory):
    opened = open_desk(settings_at(tmp_path_factory.mktemp("home")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def article(desk: Desk) -> Article:
    """The founding page, submitted at the desk, beside one that rests on nothing of it."""
    staff = Staff(desk)
    home = Path(desk.checkpoints.keys).parent
    page = answer(QUESTION, engine=open_engine(settings_at(home)), at=AT)
    made = done(desk.submit(page, Act(staff.author, AT, reason="asked")))
    assert made.content == content_hash(desk.view(made.article_id).version.answer)
    desk.store.put([(a_document(1, "Other words."), CURRENT)], at=AT)
    done(desk.submit(a_page_of(desk.store, "pmid:1", slug="other"), act(staff.author)))
    return made


def _names(reference: Reference) -> list[str]:
    """What a register may call it."""
    source = reference.source
    pairs = (("doi", source.doi), ("pmid", source.pmid), ("pmcid", source.pmcid))
    return [f"{key}:{value}" for key, value in pairs if value] or [reference.doc_id]


def test_the_page_takes_two_signatures_and_shows_its_risks_first(
    desk: Desk, article: Article
) -> None:
    view = desk.view(article.article_id)
    assert view.needed == 2
    risky = [bool(claim.risks) for claim in view.claims]
    assert risky == sorted(risky, reverse=True)
    assert 0 < sum(risky) < len(risky) / 2


def test_each_source_that_is_retracted_is_found_with_the_claims_that_rest_on_it(
    desk: Desk, article: Article
) -> None:
    page = desk.view(article.article_id).version.answer
    other = desk.article("other")
    assert other is not None
    source_of = {item.evidence_id: item.doc_id for item in page.evidence}
    assert len(page.references) >= 30
    for number, reference in enumerate(page.references):
        names = _names(reference)
        # by each of its names in turn, as registers do not agree on one
        name = names[number % len(names)]
        by = f"pmid:99{number}"
        notice = Notice((name.lower() if name.startswith("doi:") else name,),
                        Status.RETRACTED, "a register", by=(by,), checked_at=AT[:10])  # fmt: skip
        desk.store.put([notice], at=AT)
        touch = touch_of(desk, article, at=AT)
        assert touch is not None
        (reason,) = [
            each
            for each in touch.reasons
            if each.what is What.RETRACTED and each.says.startswith(f"{reference.doc_id} (")
        ]
        expected = tuple(
            claim.claim_id
            for claim in page.claims
            if reference.doc_id in {source_of[each] for each in claim.cites}
        )
        assert reason.claims == expected
        assert by in reason.says
        assert touch_of(desk, other, at=AT) is None


def test_an_approval_of_it_ends_at_the_first_retraction(tmp_path: Path) -> None:
    desk = open_desk(settings_at(tmp_path))
    staff = Staff(desk)
    page = answer(QUESTION, engine=open_engine(settings_at(tmp_path)), at=AT)
    made = done(desk.submit(page, Act(staff.author, AT, reason="asked")))
    name = made.article_id
    made = done(desk.move(name, Move.TAKE_UP, act(staff.ann, made)))
    accept_all(desk, name, staff.ann)
    for person in (staff.ann, staff.bea):
        outcome = desk.sign(name, act(person, made))
        assert not isinstance(outcome, Refusal), outcome
        made = outcome
    assert made.state is State.APPROVED
    assert watch(desk, at=LATER, engine=open_engine(settings_at(tmp_path))).touched == ()
    name_of_first = _names(page.references[0])[0]
    notice = Notice((name_of_first.lower(),), Status.RETRACTED, "a register", by=("pmid:9",))
    desk.store.put([notice], at=LATER)
    ((fallen, _),) = watch(desk, at=LATER).touched
    assert (fallen.state, fallen.version) == (State.DUE, 2)
    desk.close()
