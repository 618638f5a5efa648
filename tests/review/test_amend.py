"""A page with one claim changed is the same page otherwise, and whole."""

from __future__ import annotations

from dataclasses import replace

from builders import an_answer, with_a_leaflet
from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.records import Label, Lane, LaneOfClaims, Verdict
from curbside.review.amend import REVIEW_GATE, claim_of, reworded, with_claim, without_claim
from desk_builders import a_page


def test_other_words_are_no_quotation_and_bear_no_remark() -> None:
    claim = replace(an_answer().claims[0], is_quoted=True, remark="2 sources")
    assert reworded(claim, claim.text) is claim
    assert reworded(claim, "  Other\n words. ") == replace(
        claim, text="Other words.", is_quoted=False, remark=None
    )


def test_a_claim_is_put_in_the_place_of_the_old_with_its_verdicts() -> None:
    page = an_answer()
    claim = reworded(page.claims[0], "Other words.")
    verdicts = (Verdict(claim.claim_id, Label.SUPPORT, "quote", "it stands"),)
    found = with_claim(page, claim, verdicts)
    assert found.claims == (claim, *page.claims[1:])
    assert [v for v in found.verdicts if v.claim_id == claim.claim_id] == list(verdicts)
    others = [v for v in page.verdicts if v.claim_id != claim.claim_id]
    assert [v for v in found.verdicts if v.claim_id != claim.claim_id] == others
    assert answer_from_json(answer_to_json(found)) == found


def test_a_new_source_comes_with_its_passage_and_one_without_use_goes() -> None:
    page = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    other = a_page(["pmid:3"], cites=[[0]])
    evidence = replace(other.evidence[0], evidence_id="E9")
    claim = replace(page.claims[0], cites=("E9",))
    found = with_claim(page, claim, (), evidence=(evidence,), references=other.references)
    assert [(r.number, r.doc_id) for r in found.references] == [(1, "pmid:2"), (2, "pmid:3")]
    assert found.evidence == (*page.evidence, evidence)


def test_a_rejected_claim_stands_among_the_withheld_with_the_reason() -> None:
    page = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    page = replace(page, bottom_line=("C1", "C2"))
    found = without_claim(page, "C1", by="Ann, MD", why="not what it says")
    assert (found.bottom_line, found.claims) == (("C2",), page.claims[1:])
    assert found.lanes[0].sections[0].claims == ("C2",)
    assert found.withheld == (claim_of(page, "C1"),)
    assert found.verdicts == (
        Verdict("C1", Label.NOT_ENOUGH_INFO, REVIEW_GATE, "rejected by Ann, MD: not what it says"),
    )
    assert [(r.number, r.doc_id) for r in found.references] == [(1, "pmid:2")]
    assert answer_from_json(answer_to_json(found)) == found


def test_a_lane_of_which_every_claim_was_rejected_says_so() -> None:
    page = a_page(["pmid:1"], cites=[[0]])
    found = without_claim(page, "C1", by="Ann", why="no")
    assert found.lanes == (
        LaneOfClaims(Lane.RESEARCH, (), "Every statement of this part was rejected in review."),
    )


def test_patient_information_of_which_every_claim_was_rejected_is_no_lane() -> None:
    page = with_a_leaflet(an_answer())
    found = without_claim(page, "C9", by="Ann", why="no")
    assert found.lanes == an_answer().lanes
    assert answer_from_json(answer_to_json(found)) == found


def test_a_claim_that_is_not_there_is_not_taken_out() -> None:
    page = an_answer()
    assert claim_of(page, "C404") is None
    assert without_claim(page, "C404", by="Ann", why="no") == page
