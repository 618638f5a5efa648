"""Whether a sentence reads by itself, on sentences read in articles and made up after them."""

from __future__ import annotations

import pytest

from curbside.answer.standalone import body_of, is_dangling

DANGLING = (
    "These patients recovered.",
    "However, pain fell.",
    "RESULTS: In both groups pain fell.",
    "Both groups improved.",
    "It was well tolerated.",
    "In contrast, zinc failed.",
    "Of these, 12 died.",
    "The latter failed.",
    "Neither group relapsed.",
    "Most were women.",
    "Conclusions - This shows benefit.",
    "In recent years, however, this view was left.",
    "According to that report, fewer died.",
)
STANDING = (
    "Most adults recover.",
    "Iron lowered fever.",
    "In contrast to zinc, iron helped.",
    "Thiamine helped.",
    "Of 40 adults, 12 died.",
    "Both iron and zinc helped.",
    "RESULTS: Iron lowered fever.",
    "Same-day discharge was safe.",
    "In recent years, however, iron was left.",
    "According to the guideline, fewer died.",
)


@pytest.mark.parametrize("sentence", DANGLING)
def test_an_opening_that_points_back_dangles(sentence: str) -> None:
    assert is_dangling(sentence)


@pytest.mark.parametrize("sentence", STANDING)
def test_an_opening_that_points_nowhere_does_not_dangle(sentence: str) -> None:
    assert not is_dangling(sentence)


def test_the_label_of_a_section_is_no_part_of_its_sentence() -> None:
    assert body_of("CONCLUSIONS: Iron helps.") == "Iron helps."
    assert body_of("Results and discussion: Iron helps.") == "Iron helps."
    assert body_of("RESULTS Iron helps.") == "Iron helps."
    assert body_of("Iron: a review of its uses.") == "Iron: a review of its uses."
