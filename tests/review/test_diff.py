"""What changed in meaning is told apart from what is only worded otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import a_claim, an_answer, an_evidence
from curbside.records import Certainty, FactorVerdict, Standing, Status
from curbside.review.diff import Change, ChangeKind, meaning_diff
from desk_builders import a_page


def _with(text: str, **changes):
    page = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    first = replace(page.claims[0], text=text, **changes)
    return replace(page, claims=(first, *page.claims[1:]))


WAS = "In 120 adults, stopping raised the risk of a flare within 12 months."


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (WAS, []),
        ("In 140 adults, stopping raised the risk of a flare within 12 months.", ["number"]),
        ("In 120 adults, stopping lowered the risk of a flare within 12 months.", ["conclusion"]),
        ("In 120 adults, stopping may have raised the risk of a flare within 12 months.",
         ["conclusion"]),
        ("In 120 adults stopping raised the risk of a flare within 12 months", ["wording"]),
        ("In 140 adults, stopping lowered the risk of a flare within 12 months.",
         ["conclusion", "number"]),
    ],
)  # fmt: skip
def test_the_meaning_of_a_new_wording(now: str, kinds: list[str]) -> None:
    found = meaning_diff(_with(WAS), _with(now))
    assert [change.kind.value for change in found] == kinds
    assert all((c.where, c.before, c.after) == ("claim C1", WAS, now) for c in found)


def test_another_source_under_the_same_words() -> None:
    old = _with(WAS)
    new = _with(WAS, cites=("E2",))
    (found,) = meaning_diff(old, new)
    assert (found.kind, found.where) == (ChangeKind.SOURCE, "claim C1")
    assert found.before == "pmid:1: “Passage of pmid:1 on flares.”"
    assert found.after == "pmid:2: “Passage of pmid:2 on flares.”"


def test_another_certainty_of_the_same_passage() -> None:
    old = a_page(["pmid:1"], cites=[[0]])
    new = replace(old, evidence=(replace(old.evidence[0], certainty=Certainty.VERY_LOW),))
    assert [c.kind for c in meaning_diff(old, new)] == [ChangeKind.CERTAINTY]


def test_another_standing_of_a_source() -> None:
    old = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    retracted = Standing(Status.RETRACTED, by=("pmid:9",))
    new = replace(
        old, references=(replace(old.references[0], standing=retracted), old.references[1])
    )
    assert meaning_diff(old, new) == (
        Change(ChangeKind.STANDING, "pmid:1", "unknown", "retracted by pmid:9"),
    )


def test_a_claim_that_came_and_one_that_went() -> None:
    both = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    one = replace(both, claims=both.claims[:1])
    text = both.claims[1].text
    came = Change(ChangeKind.CONCLUSION, "claim C2", None, text, "C2")
    assert meaning_diff(one, both) == (came,)
    assert meaning_diff(both, one) == (replace(came, before=text, after=None),)


def test_a_claim_is_the_same_under_another_id_and_in_another_place() -> None:
    old = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    first, second = old.claims
    new = replace(old, claims=(replace(second, claim_id="C1"), replace(first, claim_id="C2")))
    assert meaning_diff(old, new) == ()


def test_a_claim_reworded_and_renumbered_at_once_is_still_followed() -> None:
    old = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    moved = replace(old.claims[0], claim_id="C7", text="Statement 1 on flares in men.")
    found = meaning_diff(old, replace(old, claims=(moved, old.claims[1])))
    assert [(c.kind, c.before, c.after, c.claim_id) for c in found] == [
        (ChangeKind.CONCLUSION, "Statement 1 on flares.", "Statement 1 on flares in men.", "C7")
    ]


def test_a_factor_in_another_list_and_a_conflict_are_conclusions() -> None:
    old = an_answer()
    factor = replace(old.factors[0], verdict=FactorVerdict.NOT_ASSOCIATED, direction=None)
    new = replace(old, factors=(factor, *old.factors[1:]), conflicts=())
    found = meaning_diff(old, new)
    assert {c.kind for c in found} == {ChangeKind.CONCLUSION}
    assert [c.where for c in found] == [
        f"factor {factor.name}",
        *(f"conflict {conflict.about}" for conflict in old.conflicts),
    ]


def test_the_same_page_does_not_differ() -> None:
    assert meaning_diff(an_answer(), an_answer()) == ()


def test_the_bottom_line_counts_by_what_it_says() -> None:
    evidence = an_evidence()
    claims = (a_claim("C1", of=evidence), a_claim("C2", of=evidence, text="Flares came back."))
    old = replace(an_answer(), claims=claims, bottom_line=("C1",))
    new = replace(old, bottom_line=("C2",))
    assert [(c.kind, c.where) for c in meaning_diff(old, new)] == [
        (ChangeKind.CONCLUSION, "bottom line")
    ]
