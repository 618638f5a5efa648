from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Mention, Span
from curbside.text.abbreviations import (
    Abbreviation,
    best_spelt,
    find_abbreviations,
    spelt_share,
)

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
    # what a name is made of beyond initials
    ("Methicillin-resistant S. aureus (MRSA) and poly(ethylene glycol) (PEG).",
     [("MRSA", "Methicillin-resistant S. aureus"), ("PEG", "poly(ethylene glycol)")]),
    ("The Cancer Genome Atlas (TCGA) and people who inject drugs (PWID).",
     [("TCGA", "The Cancer Genome Atlas"), ("PWID", "people who inject drugs")]),
    ("National Institute for Health and Care Excellence (NICE).",
     [("NICE", "National Institute for Health and Care Excellence")]),
    ("Human epidermal growth factor receptor 2 (HER2) and anti-tumour necrosis factor (TNF).",
     [("HER2", "Human epidermal growth factor receptor 2"), ("TNF", "tumour necrosis factor")]),
    ("Huntington 's disease (HD) and cystic fibrosis transmembrane conductance regulator (CFTR).",
     [("HD", "Huntington 's disease"),
      ("CFTR", "cystic fibrosis transmembrane conductance regulator")]),
    # real places where letters fit by chance and nothing is defined
    ("Limitation of passive glenohumeral movements (OR 2.0).", []),
    ("The odds of severe COVID-19 (OR) rose.", []),
    ("Of 95% CI: 5.2 to 6.0) to 6.7 days (95% CI, 1 to 2).", []),
    ("Reinfarction was 1.3% versus 1.4% (RR, 0.9).", []),
    ("Capecitabine has been effectively combined with irinotecan (CAPIRI).", []),
    ("Mitochondria have their own DNA (mtDNA).", []),
    ("We saw the interplay between six well-known RBPs (TTP).", []),
    ("The AIMS65 score was superior in predicting inpatient mortality (AUROC, 0.8).", []),
    ("Those with cytokeratin positive cells (CK) died.", []),
    ("Dryness was mild in grade I, 8/19 moderate (grade II).", []),
    ("It fell in candidates with peripheral (PTCL) or cutaneous (CTCL) disease.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_definitions_are_found_as_a_reader_finds_them(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(found.short.text, found.long.text) for found in find_abbreviations(text)] == expected


def test_the_term_that_spells_an_abbreviation_best_is_its_meaning() -> None:
    terms = ("liver test", "abnormal-transaminase index", "alanine aminotransferase", "ALT")
    assert best_spelt("ALT", terms) == "alanine aminotransferase"
    assert best_spelt("ALT", terms[:2]) is None
    assert best_spelt("BMD", ("bone marrow disease", "bone mineral density")) == (
        "bone marrow disease"
    )


@pytest.mark.parametrize(
    ("short", "long", "share"),
    [
        ("MS", "multiple sclerosis", 1.0),
        ("AST", "aspartate aminotransferase", 1.0),
        ("IgG", "immunoglobulin G", 1.0),
        ("RCTs", "randomised controlled trial", 1.0),
        ("NICE", "National Institute for Health and Care Excellence", 0.8),
        ("CFTR", "cystic fibrosis transmembrane conductance regulator", 0.8),
        ("ALT", "abnormal-transaminase index", 0.5),
        ("TNF-α", "tumour necrosis factor-alpha", 1.0),
        ("TC", "the coacervation temperature", 0.0),
        ("MD", "most that died", 0.0),
        ("XY", "liver test", 0.0),
    ],
)
def test_the_share_of_words_that_spell_is_counted(short: str, long: str, share: float) -> None:
    assert spelt_share(short, long) == share


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
