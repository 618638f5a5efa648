"""The rule by which a sentence is right."""

from __future__ import annotations

import pytest

from evals.gold import is_contained, overlaps, words
from evals.items import Item, Shown, is_right

GOLD = "Zinc shortened the common cold by two days in adults, but not in children."


def test_words_are_compared_without_case_marks_and_forms() -> None:
    assert words("The “IL‑6” level (5 µg) fell ﬁve-fold.") == (
        *("the", "il", "6", "level", "5", "μg", "fell", "five", "fold"),
    )


@pytest.mark.parametrize(
    "sentence",
    [
        GOLD,
        "zinc shortened the common cold by two days",  # 8 of its 8 words
        "We found that zinc shortened the common cold by two days.",  # 8 of its 11
        # 7 of the 14 words of the gold text, in a sentence of 28
        "Zinc shortened the common cold by two weeks in the cohort of people who were given it"
        " every day for a year, whatever else was done for them at home.",
    ],
)
def test_a_run_of_half_of_either_is_right(sentence: str) -> None:
    assert overlaps(sentence, GOLD)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Zinc shortened the common cold in a trial that we did last winter at two places.",  # 5
        "Two days by cold common the shortened zinc, adults in but children in not.",  # no run
        "The common cold is mild in adults.",  # 3 of 7
        "In adults with colds, zinc did nothing by two days after it was begun at home.",
    ],
)
def test_fewer_words_in_a_row_are_not(sentence: str) -> None:
    assert not overlaps(sentence, GOLD)


def test_two_short_texts_need_four_words_or_all() -> None:
    assert overlaps("Aspirin, heparin", "Aspirin and heparin; aspirin, heparin or none")
    assert not overlaps("Aspirin helps most", "In adults aspirin helps and lowers fever")
    assert not overlaps("in adults with", "found in adults of age")


def test_within_a_long_answer_all_of_the_sentence_must_stand() -> None:
    answer = "Rest. Drink a lot. See a doctor if it lasts for two weeks."
    assert is_contained("See a doctor if it lasts", answer)
    assert not is_contained("See a doctor if it lasts for long", answer)


def test_a_source_makes_right_whatever_the_words_but_a_question_never_answers() -> None:
    item = Item("i", "q?", gold=(GOLD,), sources=frozenset({"pmid:1"}))
    named = frozenset({"excerpts:1", "pmid:1"})
    assert is_right(Shown("Copper is a metal.", named), item)
    assert is_right(Shown(GOLD, frozenset({"pmid:2"})), item)
    assert not is_right(Shown("Copper is a metal.", frozenset({"pmid:2"})), item)
    assert not is_right(Shown("Is copper a metal?", named), item)


def test_a_whole_item_wants_the_sentence_inside_its_gold() -> None:
    half = Shown("Zinc shortened the common cold by two days in dogs.", frozenset())
    assert is_right(half, Item("i", "q?", gold=(GOLD,)))
    assert not is_right(half, Item("i", "q?", gold=(GOLD,), whole=True))
