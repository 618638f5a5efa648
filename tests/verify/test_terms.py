"""A text as terms, and what may be left out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.verify.terms import TermKind, read


def left_out(text: str) -> list[str]:
    return [read(text).text[unit.start : unit.end] for unit in read(text).units]


def test_values_words_and_cues_are_told_apart() -> None:
    terms = read("Age did not raise the 5-year risk of 12% and may help.").terms
    assert [(term.text, term.kind) for term in terms] == [
        ("age", TermKind.WORD),
        ("not", TermKind.NEGATION),
        ("raise", TermKind.DIRECTION),
        ("5-year", TermKind.VALUE),
        ("risk", TermKind.WORD),
        ("12%", TermKind.VALUE),
        ("may", TermKind.MODALITY),
        ("help", TermKind.WORD),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("61 (47%) relapsed", "61 patients (47 percent) relapsed"),
        ("for 24 months", "for two years"),
        ("5 mg twice daily", "10 mg/day"),
        ("p<.001", "P < 0.001"),
    ],
)
def test_one_value_written_in_two_ways_is_one_term(one: str, other: str) -> None:
    keys = [{t.key for t in read(text).terms if t.kind is TermKind.VALUE} for text in (one, other)]
    assert keys[0] == keys[1] != set()


def test_a_bracket_of_figures_and_a_clause_of_its_own_may_be_left_out() -> None:
    text = "Fever fell (p = 0.02); pain rose."
    assert left_out(text) == ["Fever fell (p = 0.02)", "; pain rose.", "(p = 0.02)"]


@pytest.mark.parametrize(
    "text",
    [
        "Fever fell (in men).",
        "Fever fell (not in men).",
        "Fever fell if zinc was given.",
        "Fever fell after zinc, copper, and iron.",
        "In men, fever fell.",
    ],
)
def test_what_limits_a_statement_may_not_be_left_out(text: str) -> None:
    assert left_out(text) == []


@given(st.text(max_size=120))
def test_every_term_and_unit_lies_inside_the_text(text: str) -> None:
    reading = read(text)
    assert all(0 <= term.start < len(reading.text) for term in reading.terms)
    assert [t.start for t in reading.terms] == sorted(t.start for t in reading.terms)
    assert all(0 <= unit.start < unit.end <= len(reading.text) for unit in reading.units)
