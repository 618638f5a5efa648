"""Which claims are accepted from a list, and which are looked at by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import an_answer
from curbside.articles import Comment, Decision, Move
from curbside.records import Lane, Standing, Status
from curbside.review.together import against_together
from desk_builders import AT, a_page


def decided(move: Move, *, version: int = 2, claim_id: str = "C1") -> Decision:
    return Decision("x", version, claim_id, "0" * 64, move, "p1", AT)


def against(page, *, decisions=(), comments=(), risks=(), **claim):
    own = {"text": page.evidence[0].quote, "is_quoted": True, "remark": None}
    changed = replace(page.claims[0], **(own | claim))
    return against_together(changed, page, decisions, comments, risks=risks, since=2)


PAGE = a_page(("pmid:1", "pmid:2"), cites=((0,), (1,)))


def test_a_quotation_that_nothing_is_said_against_may_be_accepted_with_others() -> None:
    assert against(PAGE) == ()
    # what was done to another claim, or before the page was made anew, is not said against it
    earlier = [decided(Move.REJECT, version=1), decided(Move.EDIT, claim_id="C2")]
    remarks = [Comment("x", 1, "Hm.", "p1", AT, "C1"), Comment("x", 2, "Hm.", "p1", AT)]
    assert against(PAGE, decisions=earlier, comments=remarks) == ()
    assert against(PAGE, decisions=[decided(Move.ACCEPT)]) == ()
    # a part of its passage, and one that is a summary and no quotation
    assert against(PAGE, text="pmid:1 on  flares.", is_quoted=False) == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"risks": ("dose", "children")}, "it is high-risk (dose, children)"),
        (
            {"text": "Passage of pmid:1 on no flares."},
            "it is not word for word what its passage says",
        ),
        ({"text": "Passage of pmid:2 on flares."}, "it is not word for word what its passage says"),
        ({"remark": "second-hand"}, "it carries a remark (second-hand)"),
        (
            {"decisions": [decided(Move.EDIT)]},
            "its words or its source were changed in review",
        ),
        (
            {"decisions": [decided(Move.CHANGE_SOURCE, version=3)]},
            "its words or its source were changed in review",
        ),
        (
            {"comments": [Comment("x", 2, "Look at this.", "p1", AT, "C1")]},
            "somebody commented on it",
        ),
    ],
)
def test_each_thing_against_it_is_told(changes, told: str) -> None:
    assert against(PAGE, **changes) == (told,)


@pytest.mark.parametrize("status", Status)
def test_a_source_that_is_shaken_is_looked_at(status: Status) -> None:
    first, second = PAGE.references
    page = replace(PAGE, references=(replace(first, standing=Standing(status)), second))
    shaken = status in (Status.RETRACTED, Status.CONCERN, Status.SUPERSEDED)
    assert against(page) == (("pmid:1 does not stand as it did",) if shaken else ())


def test_what_sources_disagree_on_is_looked_at() -> None:
    (conflict, *_) = an_answer().conflicts
    side = replace(conflict.sides[0], cites=("E1",))
    page = replace(PAGE, conflicts=(replace(conflict, sides=(side, *conflict.sides[1:])),))
    assert against(page) == ("sources disagree on it",)


@pytest.mark.parametrize(
    ("text", "lane", "is_alone"),
    [
        ("Treat for at least 2 years.", Lane.GUIDELINE, True),
        ("Blood counts at 14 days, then every 3 months.", Lane.LABEL, True),
        ("Have your blood tested every 3 months.", Lane.PATIENT, True),
        ("It was updated in November 2019.", Lane.GUIDELINE, False),
        ("They were treated for at least 2 years.", Lane.RESEARCH, False),
    ],
)
def test_advice_with_a_measure_in_it_is_looked_at(text: str, lane: Lane, is_alone: bool) -> None:
    first, *others = PAGE.evidence
    page = replace(PAGE, evidence=(replace(first, quote=text), *others))
    found = against(page, lane=lane)
    assert found == (("it is advice with a measure in it",) if is_alone else ())


def test_everything_against_it_is_told_at_once() -> None:
    found = against(PAGE, risks=("dose",), text="Other words.", decisions=[decided(Move.EDIT)])
    assert len(found) == 3
