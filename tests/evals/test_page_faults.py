"""The counters of what makes a page hard to read, on pages whose faults are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import a_claim, a_question, an_answer
from curbside.records import Answer, Claim, Lane, LaneOfClaims, SectionOfClaims
from evals.page_faults import PageFaults, claims_in_order, page_faults, share_of_faults


def a_page(*claims: Claim, bottom_line: tuple[str, ...] = ()) -> Answer:
    """A page of these claims, under one heading of each lane."""
    lanes = tuple(
        LaneOfClaims(
            lane,
            (SectionOfClaims("Findings", tuple(c.claim_id for c in claims if c.lane is lane)),),
            None,
        )
        for lane in Lane
        if any(c.lane is lane for c in claims)
    )
    return an_answer(
        question=a_question(text="Does X help gout?", title="Does X help gout?"),
        claims=claims,
        lanes=lanes,
        bottom_line=bottom_line,
    )


def texts(*said: str) -> tuple[Claim, ...]:
    return tuple(a_claim(f"C{n}", text=text) for n, text in enumerate(said, 1))


def test_a_page_without_faults_counts_none() -> None:
    page = a_page(*texts("Iron lowered pain in 40 adults.", "Half of all women slept better."))
    assert page_faults(page) == PageFaults(2, (), (), (), (), False)


@pytest.mark.parametrize(
    "text",
    [
        "This lowered pain.",
        "However, pain fell.",
        "Both groups improved.",
        "In contrast, pain rose.",
        "RESULTS: They recovered.",
        "Of these, 12 died.",
        "It fell by half.",
        "The latter failed.",
        "Finally, pain fell.",
        "In these patients pain fell.",
    ],
)
def test_an_opening_that_points_back_dangles(text: str) -> None:
    assert page_faults(a_page(*texts(text))).dangling == ("C1",)


@pytest.mark.parametrize(
    "text",
    [
        "It is likely that iron helps.",
        "Thiamine helped.",
        "Both iron and zinc helped.",
        "In contrast to iron, zinc failed.",
        "Iron helped; this was seen in both groups.",
    ],
)
def test_an_opening_that_stands_alone_does_not(text: str) -> None:
    assert page_faults(a_page(*texts(text))).dangling == ()


def test_an_abbreviation_counts_in_every_claim_until_it_is_expanded() -> None:
    page = a_page(
        *texts("ALT rose.", "ALT fell.", "Alanine aminotransferase (ALT) stayed.", "ALT fell more.")
    )
    assert page_faults(page).unexpanded == ("C1", "C2")


def test_a_remark_expands_and_what_it_says_of_factors_does_not() -> None:
    page = a_page(
        a_claim("C1", text="IgG rose.", remark="Across all sources here: IgG: inconsistent."),
        a_claim("C2", text="ALT rose.", remark="2 sources say this. ALT: alanine aminotransferase"),
        a_claim("C3", text="IFN helped against ALT.", remark="IFN: interferon"),
    )
    assert page_faults(page).unexpanded == ("C1",)


def test_words_units_and_what_the_question_defines_need_no_expansion() -> None:
    page = a_page(*texts("HIV and DNA at 5 mmol/L or 3 mL in the UK in type II.", "XQ helped."))
    assert page_faults(page).unexpanded == ("C2",)
    asked = a_question(text="Does xenon quinine (XQ) help?", title="Does it help?")
    assert page_faults(replace(page, question=asked)).unexpanded == ()
    used = a_question(text="Does XQ help?", title="Does it help?")
    assert page_faults(replace(page, question=used)).unexpanded == ()


def test_the_bottom_line_is_read_first() -> None:
    page = a_page(*texts("ALT fell.", "Alanine aminotransferase (ALT) rose."), bottom_line=("C2",))
    assert [claim.claim_id for claim in claims_in_order(page)] == ["C2", "C1"]
    assert page_faults(page).unexpanded == ()


def test_a_claim_repeats_where_an_earlier_one_of_its_lane_shares_seven_tenths() -> None:
    # seven stems of ten are shared by the second, six by the third
    first = "Iron zinc copper lowered pain fever cough itching"
    again = "Iron zinc copper lowered pain fever cough nausea vomiting"
    page = a_page(
        a_claim("C1", text=first),
        a_claim("C2", text=first + " nausea"),
        a_claim("C3", text="Iron zinc copper lowered"),
        a_claim("C4", text=first, lane=Lane.GUIDELINE),
        a_claim("C5", text=again),
    )
    # the guideline lane stands first and has its own memory; C5 shares 8 of 9 with C2
    assert page_faults(page).repeated == ("C2", "C5")


def test_a_sentence_about_methods_alone_is_one_without_a_finding() -> None:
    page = a_page(
        *texts(
            "We searched MEDLINE and Embase.",
            "Patients were randomised to iron or placebo.",
            "Patients were randomised, and mortality was lower with iron.",
        )
    )
    assert page_faults(page).methods_only == ("C1", "C2")


def test_a_bottom_line_is_long_over_three_sentences() -> None:
    three = texts("Iron helps. Zinc does not.", "Copper may.")
    assert not page_faults(a_page(*three, bottom_line=("C1", "C2"))).long_bottom_line
    four = texts("Iron helps. Zinc does not.", "Copper may. Tin is untested.")
    assert page_faults(a_page(*four, bottom_line=("C1", "C2"))).long_bottom_line


def test_shares_are_of_the_claims_and_of_the_pages_that_answer() -> None:
    faulty = a_page(
        *texts("This fell. Iron rose. Zinc fell. Tin rose.", "XQ fell.", "Iron fell."),
        bottom_line=("C1",),
    )
    sound = a_page(*texts("Zinc rose."), bottom_line=("C1",))
    silent = a_page()
    assert share_of_faults([faulty, sound, silent]) == {
        "dangling": 0.25,
        "unexpanded": 0.25,
        "near_duplicates": 0.0,
        "methods_only": 0.0,
        "long_bottom_line": 0.5,
    }
    assert set(share_of_faults([silent]).values()) == {0.0}
