"""Claims that can do harm are told by what they say, whatever they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import a_claim, an_answer
from curbside.records import Cell, Lane, Table
from curbside.review.high_risk import (
    high_risk_claims,
    in_order_of_review,
    risks_of,
    signatures_needed,
)

RESEARCH, GUIDELINE, LABEL = Lane.RESEARCH, Lane.GUIDELINE, Lane.LABEL


@pytest.mark.parametrize(
    ("text", "lane", "risks"),
    [
        ("Metformin 500 mg twice daily was given.", RESEARCH, ("dose",)),
        ("Take 10 micrograms.", RESEARCH, ("dose",)),
        ("Treat when LDL is above 190 mg/dL.", RESEARCH, ("threshold",)),
        ("Serum urate was 6 mg/dL on average.", RESEARCH, ()),
        ("Relapse means ALT beyond twice the upper limit of normal.", RESEARCH, ("threshold",)),
        ("Aspirin may be stopped a week before surgery.", RESEARCH, ("stop or start",)),
        ("Stop warfarin at the first bleed.", RESEARCH, ("stop or start",)),
        ("Of 40 adults who stopped statins, 12 had an event.", RESEARCH, ()),
        ("Adults who stopped statins had more events.", GUIDELINE, ("stop or start",)),
        ("Adults who stopped statins had more events.", Lane.PATIENT, ("stop or start",)),
        ("It is contraindicated in asthma.", LABEL, ("stop or start",)),
        ("Valproate is teratogenic.", RESEARCH, ("pregnancy",)),
        ("It passes into milk in breast-feeding mothers.", RESEARCH, ("pregnancy",)),
        ("Children were followed for two years.", RESEARCH, ("children",)),
        ("Neonates had 5 mg/kg daily.", RESEARCH, ("dose", "children")),
        ("Flares were common in men.", RESEARCH, ()),
        ("The starting point was a survey.", RESEARCH, ()),
    ],
)
def test_the_risks_of_a_claim(text: str, lane: Lane, risks: tuple[str, ...]) -> None:
    assert risks_of(a_claim(text=text, lane=lane, heading="Outcome")) == risks


def test_a_heading_can_make_a_claim_high_risk() -> None:
    claim = a_claim(text="Growth was normal.", heading="In children")
    assert risks_of(claim) == ("children",)


def _page(*texts: str):
    claims = tuple(
        a_claim(f"C{n}", text=text, heading="Outcome", lane=RESEARCH)
        for n, text in enumerate(texts, 1)
    )
    return replace(an_answer(), claims=claims, tables=())


def test_high_risk_claims_come_first_and_the_others_as_they_stand() -> None:
    page = _page("Flares came.", "Valproate is teratogenic.", "Most were men.", "10 mg daily.")
    assert [claim.claim_id for claim in in_order_of_review(page)] == ["C2", "C4", "C1", "C3"]
    assert high_risk_claims(page) == {"C2": ("pregnancy",), "C4": ("dose",)}
    assert signatures_needed(page) == 2


def test_a_page_without_risk_needs_one_signature() -> None:
    assert signatures_needed(_page("Flares came.", "Most were men.")) == 1


def test_a_dose_in_a_table_needs_two() -> None:
    table = Table("t", "Doses", ("drug", "dose"), ((Cell("statin"), Cell("40 mg daily")),))
    assert signatures_needed(replace(_page("Flares came."), tables=(table,))) == 2
