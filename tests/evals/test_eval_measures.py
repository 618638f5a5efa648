"""Measures, worked out by hand."""

from __future__ import annotations

import pytest

from evals.items import Item, Said, Shown
from evals.measures import (
    Figure,
    any_is_right,
    first_is_right,
    mean,
    percentile,
    precision_at_coverage,
    right_of_three,
    roc_auc,
)

ITEM = Item("i", "q", sources=frozenset({"right"}))
RIGHT = Shown("It does.", frozenset({"right"}))
WRONG = Shown("It does not.", frozenset({"wrong"}))


def said(*sentences: Shown) -> Said:
    return Said(sentences, 1.0, 5.0)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ((), (0, 0, 0)),
        ((RIGHT,), (1, 1, 1)),
        ((WRONG, RIGHT), (0, 0.5, 1)),
        ((RIGHT, WRONG, WRONG, RIGHT), (1, 1 / 3, 1)),
        ((WRONG, WRONG, WRONG, RIGHT), (0, 0, 0)),
    ],
)
def test_the_first_and_the_first_three_are_judged(
    shown: tuple[Shown, ...], expected: tuple[float, float, float]
) -> None:
    one = said(*shown)
    assert (first_is_right(one, ITEM), right_of_three(one, ITEM), any_is_right(one, ITEM)) == (
        expected
    )


def test_a_mean_counts_its_questions() -> None:
    assert mean([1.0, 1.0], seed=1) == Figure(1.0, 2, 1.0, 1.0)
    told = mean([0.0, 1.0] * 50, seed=1)
    assert told.value == 0.5
    assert told.low is not None
    assert told.high is not None
    assert 0.39 < told.low < 0.42
    assert 0.58 < told.high < 0.61


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    # pairs: 3 > 1, 3 > 2, 2 > 1, 2 = 2
    assert roc_auc([3.0, 2.0], [1.0, 2.0], seed=1).value == 3.5 / 4
    assert roc_auc([1.0] * 9, [1.0] * 9, seed=1) == Figure(0.5, 18, 0.5, 0.5)
    with pytest.raises(ValueError, match="both kinds"):
        roc_auc([], [1.0], seed=1)


def test_precision_is_of_the_best_scored_and_no_order_decides_a_tie() -> None:
    assert precision_at_coverage([4, 3, 2, 1], [1, 0, 1, 1], coverage=0.5) == 0.5
    assert precision_at_coverage([1, 2, 3, 4], [1, 1, 0, 1], coverage=0.5) == 0.5
    # one above the border is right; of three that tie, two right, one more counts
    assert precision_at_coverage([9, 1, 1, 1], [1, 1, 1, 0], coverage=0.5) == (1 + 2 / 3) / 2


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentile([float(n) for n in range(20, 0, -1)], 95) == 19.0
    assert percentile([7.0], 50) == 7.0
