from __future__ import annotations

import re
import time
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curbside.records import Span
from curbside.text.quantities import (
    Atom,
    Quantity,
    QuantityKind,
    atoms,
    find_quantities,
    same_quantity,
)
from evals.quantities import score
from quantity_labels import labelled_sentences

K = QuantityKind


def only(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, found
    return found[0]


def stated(text: str) -> dict[str, object]:
    """The one quantity of a text, less its place and what it leaves open."""
    quantity = only(text)
    values = {field.name: getattr(quantity, field.name) for field in fields(quantity)}
    return {name: value for name, value in values.items() if value is not None and name != "span"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("61 (47%)", {"kind": K.COUNT_PERCENT, "numerator": 61, "percent": 47}),
        ("8 of 12", {"kind": K.RATIO_OF, "numerator": 8, "denominator": 12}),
        ("8/12", {"kind": K.RATIO_OF, "numerator": 8, "denominator": 12}),
        ("two-thirds", {"kind": K.RATIO_OF, "numerator": 2, "denominator": 3}),
        ("80.36 (SEM 14.24)", {"kind": K.MEAN_SD, "value": 80.36, "spread": 14.24}),
        ("range 1 to 23", {"kind": K.RANGE, "low": 1, "high": 23}),
        ("12.3 ± 4.5 cm", {"kind": K.MEAN_SD, "value": 12.3, "spread": 4.5, "unit": "cm"}),
        ("12 (SD 4)", {"kind": K.MEAN_SD, "value": 12, "spread": 4}),
        (
            "p < .05",
            {"kind": K.P_VALUE, "value": 0.05, "unit": "p", "comparator": "<", "p": "< .05"},
        ),
        ("two years", {"kind": K.DURATION, "value": 24, "unit": "month"}),
        ("one to 3 years", {"kind": K.DURATION, "low": 12, "high": 36, "unit": "month"}),
        ("5-52 weeks", {"kind": K.DURATION, "low": 35, "high": 364, "unit": "day"}),
        (
            "15 (10-21) days",
            {"kind": K.DURATION, "value": 15, "low": 10, "high": 21, "unit": "day"},
        ),
        (
            "18 years or older",
            {"kind": K.DURATION, "value": 216, "unit": "month", "comparator": ">="},
        ),
        ("2 mg/kg/day", {"kind": K.DOSE, "value": 2, "unit": "mg/kg/day"}),
        ("5 to 15 mg/day", {"kind": K.DOSE, "low": 5, "high": 15, "unit": "mg/day"}),
        ("100 mg twice daily", {"kind": K.DOSE, "value": 200, "unit": "mg/day"}),
        ("> 3x ULN", {"kind": K.THRESHOLD, "value": 3, "unit": "ULN", "comparator": ">"}),
        ("<= 12 g/L", {"kind": K.THRESHOLD, "value": 12, "unit": "mg/mL", "comparator": "<="}),
        ("≥ 7%", {"kind": K.THRESHOLD, "value": 7, "unit": "%", "comparator": ">="}),
        (
            "below half the upper limit of normal",
            {"kind": K.THRESHOLD, "value": 0.5, "unit": "ULN", "comparator": "<"},
        ),
        (
            "three times the upper limit of normal",
            {"kind": K.THRESHOLD, "value": 3, "unit": "ULN"},
        ),
        ("at 3 years", {"kind": K.TIME_POINT, "value": 36, "unit": "month"}),
        ("at month 12", {"kind": K.TIME_POINT, "value": 12, "unit": "month"}),
        ("within 52 weeks", {"kind": K.TIME_POINT, "value": 364, "unit": "day"}),
        ("every 3 months", {"kind": K.FREQUENCY, "value": 3, "unit": "every month"}),
        ("weekly", {"kind": K.FREQUENCY, "value": 7, "unit": "every day"}),
        ("twice daily", {"kind": K.FREQUENCY, "value": 0.5, "unit": "every day"}),
        ("Q3W", {"kind": K.FREQUENCY, "value": 21, "unit": "every day"}),
        ("n = 39", {"kind": K.COUNT, "value": 39}),
        ("1,249", {"kind": K.NUMBER, "value": 1249}),
        ("1·28", {"kind": K.NUMBER, "value": 1.28}),
        ("10^9", {"kind": K.NUMBER, "value": 1e9}),
        ("1.5 × 10(-78)", {"kind": K.NUMBER, "value": 1.5e-78}),
        ("thirty-five", {"kind": K.NUMBER, "value": 35}),
        ("three-fold", {"kind": K.MEASURE, "value": 3, "unit": "fold"}),
        ("3 mM", {"kind": K.MEASURE, "value": 0.003, "unit": "mmol/mL"}),
        ("2018", {"kind": K.YEAR, "value": 2018}),
        ("Recommendation 31", {"kind": K.NAME}),
        ("stages II and III", {"kind": K.NAME}),
        ("6-mercaptopurine", {"kind": K.NAME}),
        ("95% CI 72-85%", {"kind": K.INTERVAL, "low": 72, "high": 85, "unit": "%", "level": 95}),
    ],
)
def test_a_quantity_is_read_whole(text: str, expected: dict[str, object]) -> None:
    assert stated(text) == {"text": text, **expected}


def test_an_effect_keeps_its_interval_and_p_value_together() -> None:
    text = "It was higher (HR 3.1 [95% CI 1.2-8.1], p = 0.02)."
    assert only(text) == Quantity(
        K.EFFECT, "HR 3.1 [95% CI 1.2-8.1], p = 0.02", Span(15, 48),
        value=3.1, low=1.2, high=8.1, unit="HR", p="= 0.02", level=95,
    )  # fmt: skip


def test_the_word_or_is_no_odds_ratio_and_a_heart_rate_no_hazard_ratio() -> None:
    kinds = [q.kind for q in find_quantities("Give 5 mg or 10 drops; HR 72 beats/min; OR 1.2.")]
    assert kinds == [K.MEASURE, K.COUNT, K.MEASURE, K.EFFECT]


def test_a_list_shares_the_unit_of_its_last_member() -> None:
    found = find_quantities("Survival at 1, 3 and 5 years.")
    assert [(q.kind, q.text, q.value, q.unit) for q in found] == [
        (K.TIME_POINT, "at 1", 12, "month"),
        (K.TIME_POINT, "3", 36, "month"),
        (K.TIME_POINT, "5 years", 60, "month"),
    ]


def test_a_change_is_two_values_and_no_range() -> None:
    found = find_quantities("It rose from 4% to 9%.")
    assert [(q.kind, q.text) for q in found] == [(K.PERCENT, "4%"), (K.PERCENT, "9%")]


@pytest.mark.parametrize(
    "text",
    [
        "CD4",
        "HLA-DR3",
        "B12",
        "PMC8855400",
        "IL-6",
        "COVID-19",
        "SARS-CoV-2",
        "rs2187668",
        "[12, 13]",
    ],
)
def test_digits_of_an_identifier_are_a_name(text: str) -> None:
    assert stated(f"In {text} we") == {"kind": K.NAME, "text": text}


@pytest.mark.parametrize(
    ("wording", "sign"),
    [
        ("at least", ">="), ("above", ">"), ("no higher than", "<="), ("up to", "<="),
        ("more than", ">"), ("less than", "<"), ("greater than or equal to", ">="), ("≤", "<="),
        ("> or =", ">="), ("a minimum of", ">="),
    ],
)  # fmt: skip
def test_a_comparator_in_words_means_its_sign(wording: str, sign: str) -> None:
    assert only(f"{wording} 5 mg").comparator == sign


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("24 months", "2 years"), ("0.5 g", "500 mg"), ("two", "2"), ("p = 0.050", "P=.05"),
        ("14 days", "two weeks"), ("2 mg/kg daily", "2 mg/kg/day"), ("50 mg bid", "100 mg/day"),
        ("1,000 mL", "1 L"), ("at least 3 mg", "≥ 3 mg"), ("8/12", "8 of 12"), ("1·5", "1.5"),
        ("at 3 years", "36 months"), ("more than 5%", "> 5%"), ("type 1", "Type 1"),
        ("every 12 hours", "twice daily"), ("10 µg/dL", "100 ng/mL"), ("5-10 mg", "5 to 10 mg"),
    ],
)  # fmt: skip
def test_the_same_quantity_in_another_form_is_the_same(one: str, other: str) -> None:
    assert same_quantity(only(one), only(other))
    assert same_quantity(only(other), only(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 mg/kg", "2 mg"), ("3x ULN", "3"), ("5%", "5"), ("> 3", "< 3"), ("> 3", "≥ 3"),
        ("> 3", "3"), ("5 percentage points", "5%"), ("3 mM", "3 mm"), ("2 mg/day", "2 mg/week"),
        ("HR 2.0", "OR 2.0"), ("5-10 mg", "5-12 mg"), ("type 1", "type 2"), ("type 1", "1"),
        ("12 months", "12 weeks"), ("IL-6", "IL-16"), ("8 of 12", "12 of 80"), ("3-fold", "3"),
        ("-0.5", "0.5"), ("every 2 days", "2 days"), ("2018", "2018 mg"),
    ],
)  # fmt: skip
def test_quantities_that_differ_in_value_unit_or_sign_are_not_the_same(
    one: str, other: str
) -> None:
    assert not same_quantity(only(one), only(other))
    assert not same_quantity(only(other), only(one))


def test_a_number_with_two_bounds_that_contradict_is_not_read_with_its_unit() -> None:
    assert stated("up to 90 or more%") == {
        "kind": K.NUMBER,
        "text": "up to 90",
        "value": 90,
        "comparator": "<=",
    }
    assert only("at least 20 or more weeks").unit == "day"


def test_over_some_time_says_how_long_and_over_a_number_more_than_it() -> None:
    found = find_quantities("Given over 2 to 5 minutes, over 6 weeks, to over 40 men.")
    assert [(q.text, q.comparator) for q in found] == [
        ("2 to 5 minutes", None),
        ("6 weeks", None),
        ("over 40", ">"),
    ]


def test_the_atoms_of_an_effect_name_their_roles() -> None:
    assert atoms(only("OR 2.1 (95% CI 1.1 to 4.0; p < .05)")) == (
        Atom(2.1, "OR", None, "value"),
        Atom(1.1, None, None, "low"),
        Atom(4.0, None, None, "high"),
        Atom(0.05, "p", "<", "p"),
    )


def test_the_atoms_of_a_share_are_its_count_and_percent() -> None:
    assert atoms(only("61 (47%)")) == (
        Atom(61, None, None, "numerator"),
        Atom(47, "%", None, "percent"),
    )


@pytest.mark.parametrize("split", ["tuning", "held-out"])
def test_hand_labelled_sentences_are_read_as_labelled(split: str) -> None:
    figures = score(labelled_sentences(split))
    assert figures.precision is not None
    assert figures.recall is not None
    assert figures.precision >= 0.98, figures.extra
    assert figures.recall >= 0.95, figures.missed


_PIECES = st.sampled_from(
    ["1", "2.5", "10^", "-", "(", ")", "%", "95% CI", "p", "OR", "range", "between", "mg", "/",
     "at", "or more", "±", "SD", "every", "twice daily", "half", "×", "ULN", "type", "day", ",",
     "[", "]", "x 10", "of the", "n =", "Q3W", "years", "²", "İ", "٣", "．", "-1", "million"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map(" ".join),
                 st.lists(_PIECES, max_size=14).map("".join)))  # fmt: skip
def test_any_text_is_read_without_overlap_and_no_digit_is_lost(text: str) -> None:
    found = find_quantities(text)
    assert all(quantity.span.of(text) == quantity.text for quantity in found)
    ends = [0, *(quantity.span.end for quantity in found)]
    assert all(end <= q.span.start for end, q in zip(ends, found, strict=False))
    covered = {at for q in found for at in range(q.span.start, q.span.end)}
    assert {at for m in re.finditer(r"\d", text) for at in range(*m.span())} <= covered
    assert all(same_quantity(quantity, quantity) for quantity in found)


@pytest.mark.parametrize(
    "piece",
    ["1", "(", "[1", "1,", "1 ", "1-", ",111", "1.2.", "a", "a-", "A1/", "1 (1 ", "p<", "OR 1 (",
     "1 ± ", "twenty-", "10^", " ", "95% CI ", "1 of the ", "1 mg/", "more than "],
)  # fmt: skip
def test_a_long_run_takes_time_in_proportion_to_its_length(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.process_time()
    find_quantities(text)
    assert time.process_time() - start < 1
