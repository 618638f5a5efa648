from __future__ import annotations

import pytest

from curbside.text.measures import Measure, Needs, Scale, measure_named, scale_of, spellings


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("odds ratio", "OR"),
        ("Odds Ratios", "OR"),
        ("AOR", "aOR"),
        ("adjusted hazard ratios", "aHR"),
        ("adjusted RR", "aRR"),
        ("mean difference", "MD"),
        ("change", "change"),
        ("adjusted difference", "adjusted difference"),
    ],
)
def test_a_measure_is_known_by_each_of_its_names(words: str, name: str) -> None:
    found = measure_named(words)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("words", ["", "or", "prevalence", "ratio", "adjusted", "ARR"])
def test_what_names_no_one_measure_is_none(words: str) -> None:
    assert measure_named(words) is None
    assert scale_of(words) is Scale.OTHER


def test_no_effect_lies_at_one_for_a_ratio_and_at_zero_for_a_difference() -> None:
    assert [scale_of(name) for name in ("aOR", "risk difference", "NNT", None)] == [
        Scale.RATIO,
        Scale.DIFFERENCE,
        Scale.OTHER,
        Scale.OTHER,
    ]


def test_a_change_is_never_pooled_as_the_print_does_not_say_against_what() -> None:
    assert scale_of("change") is Scale.OTHER


def test_an_adjusted_form_lives_on_the_scale_of_its_measure_and_knows_its_plain_name() -> None:
    known = spellings()
    for name, adjusted in known.adjustable.items():
        assert adjusted.is_adjusted
        assert adjusted.plain == name
        assert adjusted.scale is scale_of(name)


def test_a_letter_that_means_other_things_needs_its_sign_and_its_words_need_nothing() -> None:
    known = spellings()
    assert known.prints["r"] == Measure("r", Scale.OTHER, Needs.SIGN)
    assert known.words["correlation coefficient"].needs is Needs.NOTHING
