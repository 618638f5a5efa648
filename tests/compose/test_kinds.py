"""What a page of each kind of question shows."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from curbside.compose.aspects import FINDINGS, PREDICTORS
from curbside.compose.kinds import plan_of
from curbside.records import QuestionKind

# aspects that no pattern names
BUILT_IN = {FINDINGS, PREDICTORS, "no-predictor"}


def named_aspects() -> set[str]:
    text = files("curbside.compose.data").joinpath("aspects.toml").read_text(encoding="utf-8")
    return {row["name"] for row in tomllib.loads(text)["aspect"]} | BUILT_IN


@pytest.mark.parametrize("kind", QuestionKind)
def test_every_kind_has_a_plan_of_aspects_that_exist(kind: QuestionKind) -> None:
    plan = plan_of(kind)
    assert set(plan.aspects) | set(plan.expects) <= named_aspects()
    # what is missed would be shown
    assert plan.takes_all or set(plan.expects) <= set(plan.aspects)
    assert len(set(plan.aspects)) == len(plan.aspects)


def test_a_diagnosis_page_owns_up_to_a_test_that_is_missing() -> None:
    assert plan_of(QuestionKind.DIAGNOSIS).expects == ("diagnosis",)
