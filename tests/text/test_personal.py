"""What looks like personal data is seen by its form; figures of medicine are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.text.personal import NHS_NUMBER, find_personal

TITLED = "a name with a title"
NAME = "a person's name"
BORN = "a date of birth"
DATE = "a full date, which may be of birth, admission or death"
RECORD = "a record number"
PHONE = "a telephone number"
AGE = "an age above 89"


@pytest.mark.parametrize(
    ("text", "what", "seen"),
    [
        ("Can Mrs Hill stop warfarin?", TITLED, "Mrs Hill"),
        ("Does Mr. O'Brien need a biopsy?", TITLED, "Mr. O'Brien"),
        ("Should Ms Ann Lee take it?", TITLED, "Ms Ann Lee"),
        ("soll Frau Müller es nehmen?", TITLED, "Frau Müller"),
        ("can mrs hill stop?", TITLED, "mrs hill"),
        ("Dr Smith says stop", TITLED, "Dr Smith"),
        ("my patient John Smith relapsed", NAME, "my patient John Smith"),
        ("Patient: Jane Doe, on warfarin", NAME, "Patient: Jane Doe"),
        ("the patient, named Peter, fell", NAME, "patient, named Peter"),
        ("a woman born 3.4.1950", BORN, "born 3.4.1950"),
        ("DOB: 1950-04-03", BORN, "DOB: 1950-04-03"),
        ("DOB 03/04/50", BORN, "DOB 03/04/50"),
        ("born on April 3, 1950", BORN, "born on April 3, 1950"),
        ("admitted on 12 March 2021", DATE, "12 March 2021"),
        ("seen 03/12/2021", DATE, "03/12/2021"),
        ("call 555-123-4567", PHONE, "555-123-4567"),
        ("call (020) 7946 0958", PHONE, "(020) 7946 0958"),
        ("phone +44 20 7946 0958", PHONE, "phone +44 20 7946 0958"),
        ("at +1 (212) 555-0199", PHONE, "+1 (212) 555-0199"),
        ("mobile 07700 900123", PHONE, "mobile 07700 900123"),
        ("write to jane.doe@example.org", "an e-mail address", "jane.doe@example.org"),
        ("MRN A-12345", RECORD, "MRN A-12345"),
        ("hospital number 00123456", RECORD, "hospital number 00123456"),
        ("record no. 4471823", RECORD, "record no. 4471823"),
        ("with 943 476 5919", NHS_NUMBER, "943 476 5919"),
        ("with 078-05-1120", "a number in the form of a social security number", "078-05-1120"),
        (
            "with AB 12 34 56 C",
            "a number in the form of a national insurance number",
            "AB 12 34 56 C",
        ),
        ("at 12 Baker Street", "an address", "12 Baker Street"),
        ("lives at 5 rue de la Paix", "an address", "lives at 5 rue"),
        ("in SW1A 1AA", "a postcode", "SW1A 1AA"),
        ("in IL 62704", "a postcode", "IL 62704"),
        ("a 93-year-old woman", AGE, "93-year-old"),
        ("a 93 yo man", AGE, "93 yo"),
        ("aged 97, she stopped", AGE, "aged 97"),
        ("she is 101 years old", AGE, "101 years old"),
        ("of 123456789012", "a long number, which may be a record's", "123456789012"),
        ("see https://h.example/p/4", "an address of the web", "https://h.example/p/4"),
        ("from IP address 10.1.2.3", "an address of the internet", "IP address 10.1.2.3"),
    ],
)
def test_what_looks_personal_is_seen_and_named(text: str, what: str, seen: str) -> None:
    assert [(each.what, each.text) for each in find_personal(text)] == [(what, seen)]


@pytest.mark.parametrize(
    "text",
    [
        "What is the dose of azathioprine 50 mg in MS?",
        "Does MR imaging show it, and MR elastography?",
        "61% of 120 patients within 12 months (95% CI 1.3-4.4), p = 0.0001234",
        "ALT above 1,234 IU/L in 2019 and 2020",
        "HLA-DR3, CYP2C19*2, rs12979860, ICD-10 K75.4",
        "NCT01234567, PMID 12345678, doi 10.1002/hep.31065",
        "a 45-year-old woman; a 70 year old man; patients aged 90 years or older",
        "men aged 95 and over, 90-year-olds, adults aged over 90, age 65 to 95",
        "aged 90-95 years, and aged 95% of the time",
        "100 mg a day for 95 days; 10 000 000 copies; 100 000-200 000 units",
        "platelets 150-400 x 10^9/L; 1 in 100 000; blood pressure 120/80",
        "0.5-1.0 mg/kg, 10-20-30 mg, 1000 1500 2000 mg, weeks 12, 24, 52",
        "6-TGN 235-450 pmol, 6-MMP above 5700 pmol per 8 x 10^8",
        "Crohn's, Wilson and Graves disease, Child-Pugh class B",
        "my patient relapsed; my mother has hepatitis; which patient characteristics predict it?",
        "Is it safe to miss Imuran twice?",
        "children born in 2001, born preterm at 28 weeks",
        "chart review of 250 patients, case 12, record linkage, patient number was small: 25",
        "a place in therapy, drive to work, 5 of 10 patients, May 2020",
    ],
)
def test_figures_and_names_of_medicine_are_not_personal(text: str) -> None:
    assert find_personal(text) == ()


def test_a_number_whose_check_digit_is_wrong_is_no_nhs_number() -> None:
    assert NHS_NUMBER in {each.what for each in find_personal("943 476 5919")}
    assert NHS_NUMBER not in {each.what for each in find_personal("943 476 5918")}


def test_what_overlaps_is_told_once_and_in_reading_order() -> None:
    found = find_personal("Mrs Hill, born 3.4.1950, call 555-123-4567")
    assert [each.text for each in found] == ["Mrs Hill", "born 3.4.1950", "555-123-4567"]


@given(st.text(max_size=200))
def test_every_span_holds_what_was_seen_and_none_overlap(text: str) -> None:
    found = find_personal(text)
    assert [each.span.of(text) for each in found] == [each.text for each in found]
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
