"""ROUGE against values worked by hand and those of the package `rouge-score` 0.1.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.rouge import Overlap, rouge_2, rouge_su4

# text, reference, precision, recall, F as that package prints them (no stemming)
PUBLISHED = [
    ("The cat sat on the mat.", "The cat was on the mat.", 0.6, 0.6, 0.6),
    ("Oral L-citrulline reduced the time to complete a cycle ergometer trial.",
     "Oral supplementation with L-citrulline reduced the time taken to complete a cycling trial.",
     0.5454545454545454, 0.46153846153846156, 0.5),
    ("Vomiting was more frequent (5% vs 0%, p = 0.014).",
     "Vomiting was more frequent with XELIRI (5% vs 0%, p = 0.014).",
     0.8888888888888888, 0.7272727272727273, 0.8),
    ("Paracetamol prevented fever.", "Iron helps.", 0.0, 0.0, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reference", "precision", "recall", "f"), PUBLISHED)
def test_rouge_2_is_that_of_the_kept_package(
    text: str, reference: str, precision: float, recall: float, f: float
) -> None:
    found = rouge_2(text, [reference])
    assert (found.precision, found.recall, found.f) == pytest.approx((precision, recall, f))


# Lin 2004, section 5: "police killed the gunman" shares 3, 1 and 2 of 6 skip pairs with these;
# SU adds the words themselves: 3 + 3, 1 + 3 and 2 + 4 of 10
@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("police kill the gunman", 0.6),
        ("the gunman kill police", 0.4),
        ("the gunman police killed", 0.6),
    ],
)
def test_rouge_su4_is_that_of_the_papers_example(text: str, share: float) -> None:
    found = rouge_su4(text, ["police killed the gunman"])
    assert (found.precision, found.recall, found.f) == pytest.approx((share, share, share))


def test_a_skip_pair_spans_four_words_and_no_more() -> None:
    # 6 words: 15 pairs; 7 words: the outermost pair is too far, 20 of 21 pairs stay
    assert rouge_su4("a z", ["a 1 2 3 4 z"]).recall == pytest.approx(3 / (15 + 6))
    assert rouge_su4("a z", ["a 1 2 3 4 5 z"]).recall == pytest.approx(2 / (20 + 7))


def test_the_reference_that_agrees_best_counts() -> None:
    assert rouge_2("iron helps much", ["aspirin", "iron helps", "iron helps much"]) == Overlap(
        1.0, 1.0, 1.0
    )
    assert rouge_2("iron helps much", ["iron helps"]) == Overlap(0.5, 1.0, pytest.approx(2 / 3))


def test_a_text_without_pairs_scores_nothing_and_no_reference_is_an_error() -> None:
    assert rouge_2("", ["a b"]) == Overlap(0.0, 0.0, 0.0)
    assert rouge_2("a", ["a"]) == Overlap(0.0, 0.0, 0.0)
    assert rouge_su4("a", ["a"]) == Overlap(1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="at least one reference"):
        rouge_2("a b", [])


@given(st.lists(st.sampled_from("abcd"), max_size=8), st.lists(st.sampled_from("abcd"), max_size=8))
def test_recall_one_way_is_precision_the_other(one: list[str], other: list[str]) -> None:
    there, back = (
        rouge_su4(" ".join(one), [" ".join(other)]),
        rouge_su4(" ".join(other), [" ".join(one)]),
    )
    assert (there.precision, there.recall, there.f) == (back.recall, back.precision, back.f)
