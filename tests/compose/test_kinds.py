"""What a page of each kind of question shows."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from curbside.compose.aspects import FINDINGS, PREDICTORS
from curbside.compose.kinds import asks_to_compare, plan_of, tells_comparison
from curbside.records import QuestionKind

# aspects that no pattern names
BUILT_IN = {FINDINGS, PREDICTORS, "no-predictor"}


def named_aspects() -> set[str]:
    text = files("curbside.compose.data").joinpath("aspects.toml").read_text(encoding="utf-8")
    return {row["name"] for row in tomllib.loads(text)["aspect"]} | BUILT_IN


@pytest.mark.parametrize("kind", QuestionKind)
def test_every_kind_has_a_plan_of_aspects_that_exist(kind: QuestionKind) -> None:
    plan = plan_of(kind)
    assert set(plan.answers) | set(plan.aspects) | set(plan.expects) <= named_aspects()
    # what may answer is shown, and what is missed would be shown
    assert plan.takes_all or set(plan.answers) | set(plan.expects) <= set(plan.aspects)
    assert len(set(plan.aspects)) == len(plan.aspects)


def test_a_diagnosis_page_answers_with_tests_or_with_nothing() -> None:
    plan = plan_of(QuestionKind.DIAGNOSIS)
    assert plan.answers == ("diagnosis",)
    assert plan.is_strict
    assert plan.expects == ("diagnosis",)


@pytest.mark.parametrize(
    ("query", "compares"),
    [
        ("Is iron as good as zinc in anaemia?", True),
        ("Iron versus zinc for anaemia", True),
        ("Is iron better tolerated than zinc?", True),
        ("What is the difference between iron and zinc?", True),
        ("Does iron help in anaemia?", False),
    ],
)
def test_a_question_that_compares_is_told_from_one_that_does_not(
    query: str, compares: bool
) -> None:
    assert asks_to_compare(query) is compares


def test_a_sentence_that_sets_things_against_each_other_is_told_from_a_count() -> None:
    assert tells_comparison("Response was 38% and 40% (p = 0.81).")
    assert tells_comparison("Vomiting was more frequent with iron than with zinc.")
    assert tells_comparison("Pain fell from 5 to 3 and from 5 to 4, respectively.")
    assert not tells_comparison("Iron was given to 120 of 237 adults.")
