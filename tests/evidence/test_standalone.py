"""Whether a sentence reads by itself, on sentences read in articles and made up after them."""

from __future__ import annotations

import pytest

from curbside.evidence.standalone import asks_for_methods, body_of, is_dangling, is_only_method

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
ONLY_METHOD = (
    "We searched MEDLINE and Embase from 1990.",
    "METHODS: Patients were randomised to iron or placebo.",
    "The primary outcome was pain at 6 months.",
    "Data were analysed with logistic regression.",
    "Informed consent was obtained.",
    # plans, whatever words they share with a finding
    "The primary outcome will be the mean difference in improvement.",
    "This trial aims at investigating whether iron reduces mortality.",
    "The sample size of 7800 gives 80% power to detect a 50% difference.",
    "The researchers wanted to find out whether iron lowers mortality.",
    # pointers
    "The lower rows of Table 2 show the risk of death.",
    "Causes of death are shown in the supplementary material.",
    # what an article does, or will
    "A randomised, open-label study compared iron with zinc in 225 adults at first relapse.",
    "Outcomes assessed included death and stroke.",
    "The study is expected to close in May.",
    "The link of iron and relapse is discussed.",
    "To study whether iron is associated with more severe disease.",
    # people
    "Participants had a mean age of 54 years.",
    "Enrolment was stopped early.",
)
FINDING = (
    "Patients were randomised; mortality was lower with iron.",
    "Mortality was lower with iron (Table 2).",
    "The primary outcome was reduced by 30% with iron.",
    "Most patients will be cured by surgery.",
    "Iron should be given before surgery.",
    "Fever fell in 12 of 40 adults.",
    "A study compared iron with zinc and found fewer deaths.",
    "Relapse is discussed by few patients.",
    "To reduce deaths, iron should be given.",
)


@pytest.mark.parametrize("sentence", DANGLING)
def test_an_opening_that_points_back_dangles(sentence: str) -> None:
    assert is_dangling(sentence)


@pytest.mark.parametrize("sentence", STANDING)
def test_an_opening_that_points_nowhere_does_not_dangle(sentence: str) -> None:
    assert not is_dangling(sentence)


@pytest.mark.parametrize("sentence", ONLY_METHOD)
def test_what_was_done_or_planned_is_no_finding(sentence: str) -> None:
    assert is_only_method(sentence)


@pytest.mark.parametrize("sentence", FINDING)
def test_what_was_found_is_kept_whatever_else_it_tells(sentence: str) -> None:
    assert not is_only_method(sentence)


def test_the_label_of_a_section_is_no_part_of_its_sentence() -> None:
    assert body_of("CONCLUSIONS: Iron helps.") == "Iron helps."
    assert body_of("Results and discussion: Iron helps.") == "Iron helps."
    assert body_of("RESULTS Iron helps.") == "Iron helps."
    assert body_of("Iron: a review of its uses.") == "Iron: a review of its uses."


def test_a_question_about_methods_wants_methods() -> None:
    assert asks_for_methods("How was pain measured in the iron trial?")
    assert asks_for_methods("Which study design was used?")
    assert not asks_for_methods("Does iron lower pain?")


@pytest.mark.parametrize(
    ("sentence", "is_method"),
    [
        ("OBJECTIVES To carry out a survey of appendix samples.", True),
        ("PATIENTS AND METHODS: Gene profiles of 80 tumours were higher in men.", True),
        ("SAMPLE 32,441 appendix samples were positive.", True),
        ("METHODS AND RESULTS: Pain fell in the treated group.", False),
        ("RESULTS Of the 32,441 samples 16 were positive, which is a higher share.", False),
        ("DESIGN matters less than dose, and the risk was lower.", False),
    ],
)
def test_what_stands_under_a_label_of_the_methods_is_method(
    sentence: str, *, is_method: bool
) -> None:
    assert is_only_method(sentence) is is_method
