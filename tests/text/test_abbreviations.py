from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Mention, Span
from curbside.text.abbreviations import Abbreviation, find_abbreviations

# sentences from abstracts and pages read for this table; the expectations are made by hand
CASES = [
    ("The incidence of thromboembolism in non-small cell lung cancer (NSCLC) is high.",
     [("NSCLC", "non-small cell lung cancer")]),
    ("We read randomised controlled trials (RCTs; n = 3).",
     [("RCTs", "randomised controlled trials")]),
    ("Tumor necrosis factor-alpha (TNF-α) and interleukin 6 (IL-6) rose.",
     [("TNF-α", "Tumor necrosis factor-alpha"), ("IL-6", "interleukin 6")]),
    ("Primary biliary cholangitis [PBC] is rare.", [("PBC", "Primary biliary cholangitis")]),
    ("ALT (alanine aminotransferase) fell.", [("ALT", "alanine aminotransferase")]),
    ("Acute lymphoblastic leukemia (ALL; also called acute lymphocytic leukemia) is a cancer.",
     [("ALL", "Acute lymphoblastic leukemia")]),
    ("Heat shock protein-70 (HSP70) and body mass index (BMI, kg/m2) were measured.",
     [("HSP70", "Heat shock protein-70"), ("BMI", "body mass index")]),
    ("Positron emission tomography-computed tomography (PET-CT) was used.",
     [("PET-CT", "Positron emission tomography-computed tomography")]),
    ("Mesenchymal stem cells (“MSCs”) migrate.", [("MSCs", "Mesenchymal stem cells")]),
    ("The effect of magnetic resonance imaging. Mean results (MRI) differ.", []),
    ("The mean (SD) was 3 (P < 0.001) in 12 patients (or controls) of group A (Group A).", []),
    ("The oxidised rate (DR) fell.", []),
    ("Nothing is defined here.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_definitions_are_found_as_a_reader_finds_them(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(found.short.text, found.long.text) for found in find_abbreviations(text)] == expected


def test_both_forms_say_where_they_stand() -> None:
    assert find_abbreviations("In heart failure (HF).") == (
        Abbreviation(Mention("HF", Span(18, 20)), Mention("heart failure", Span(3, 16))),
    )


@given(st.text(alphabet=st.sampled_from(list("abAB ()-;.1α")), max_size=80))
def test_every_form_stands_at_its_span(text: str) -> None:
    for found in find_abbreviations(text):
        assert found.short.span.of(text) == found.short.text
        assert found.long.span.of(text) == found.long.text
        assert len(found.long.text) > len(found.short.text)
