"""Recommendations come out as units, and nothing else does."""

from __future__ import annotations

import pytest

from curbside.ingest.recommendations import recommendations_in, with_recommendations
from curbside.records import Recommendation
from library_builders import document


@pytest.mark.parametrize(
    ("paragraph", "printed"),
    [
        ("We suggest rest (1B).", [(None, "1", "B")]),
        ("We recommend rest (GRADE 2C).", [(None, "2", "C")]),
        (
            "Patients should rest (strong recommendation, low quality of evidence).",
            [(None, "strong recommendation", "low quality of evidence")],
        ),
        ("It is recommended to rest. (B recommendation)", [(None, "B recommendation", None)]),
        ("Rest should be offered [Grade A].", [(None, "Grade A", None)]),
        (
            "Rest is recommended (Class IIa, Level of Evidence B).",
            [(None, "Class IIa", "Level of Evidence B")],
        ),
        ("Rest should be tried [LoE 2, strong consensus].", [(None, "strong consensus", "LoE 2")]),
        ("Recommendation 3. We suggest rest.", [("3", None, None)]),
        ("1.2.4 Offer rest to adults. [2019]", [("1.2.4", None, None)]),
        (
            "Recommendation 2a: Rest should be advised (conditional, very low certainty).",
            [("2a", "conditional", "very low certainty")],
        ),
        ("We suggest rest (1B). We suggest ice (2C).", [(None, "1", "B"), (None, "2", "C")]),
    ],
)
def test_a_graded_or_numbered_statement_is_a_recommendation(
    paragraph: str, printed: list[tuple[str | None, str | None, str | None]]
) -> None:
    found = [recommendation for _, recommendation in recommendations_in(paragraph)]
    assert found == [Recommendation(*each) for each in printed]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Rest is recommended by many.",
        "Rest helped in 12 of 40 (B).",
        "In 2009, the panel issued an A recommendation.",
        "Grade A: The panel recommends the service (A recommendation).",
        "The panel also recommended rest (1B).",
        "Recommendation 3 was withdrawn.",
        "Pain fell (p < 0.05; strong effect, low dose).",
    ],
)
def test_what_tells_of_recommendations_is_none(paragraph: str) -> None:
    assert list(recommendations_in(paragraph)) == []


def test_a_heading_that_runs_in_is_no_part_of_the_statement() -> None:
    text = "CONCLUSIONS AND RECOMMENDATION The panel recommends rest. (A recommendation)"
    ((span, _),) = recommendations_in(text)
    assert span.of(text) == "The panel recommends rest. (A recommendation)"


def test_only_a_guideline_has_recommendations() -> None:
    trial = document(text="We suggest rest (1B).")
    assert with_recommendations(trial) is trial
