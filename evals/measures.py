"""Measures over questions, each with a seeded bootstrap interval over the questions."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.items import Item, Said, is_right

ROUNDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A value over `n` questions; `low` and `high` bound it in 95 % of bootstrap samples, None
    where no interval is worked out."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


def bootstrap_interval(
    values: Sequence[float], *, seed: int, rounds: int = ROUNDS
) -> tuple[float, float]:
    """The 95 % percentile interval of the mean over samples of the questions, with replacement.

    Raises ValueError where there are no values. The same seed gives the same interval.
    """
    if not values:
        raise ValueError("expected at least one value")
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    means = sorted(
        math.fsum(draw.choices(values, k=len(values))) / len(values) for _ in range(rounds)
    )
    return means[int(0.025 * rounds)], means[int(0.975 * rounds) - 1]


def mean(values: Sequence[float], *, seed: int) -> Figure:
    """The mean with its interval; ValueError as there."""
    low, high = bootstrap_interval(values, seed=seed)
    return Figure(math.fsum(values) / len(values), len(values), low, high)


def first_is_right(said: Said, item: Item) -> float:
    """P@1 over all questions: 0 where nothing was shown."""
    return float(bool(said.sentences) and is_right(said.sentences[0], item))


def right_of_three(said: Said, item: Item) -> float:
    """P@3: the share of right ones among the first three shown; 0 where nothing was shown.

    A bottom line of one or two sentences is judged by those, as to say less is no fault.
    """
    shown = said.sentences[:3]
    return sum(is_right(each, item) for each in shown) / len(shown) if shown else 0.0


def any_is_right(said: Said, item: Item) -> float:
    """Whether one of the first three is right."""
    return float(any(is_right(each, item) for each in said.sentences[:3]))


def roc_auc(positive: Sequence[float], negative: Sequence[float], *, seed: int) -> Figure:
    """The chance that an answerable question scores above one that is not; ties count half.

    Raises ValueError where either is empty.
    """
    if not positive or not negative:
        raise ValueError("expected scores of both kinds")
    above, below = np.array(positive), np.array(negative)
    pick = np.random.default_rng(seed)
    samples = sorted(
        _auc(pick.choice(above, len(above)), pick.choice(below, len(below)))
        for _ in range(ROUNDS // 5)
    )
    low, high = samples[int(0.025 * len(samples))], samples[int(0.975 * len(samples)) - 1]
    return Figure(_auc(above, below), len(above) + len(below), low, high)


def _auc(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    ordered = np.sort(below)
    less = np.searchsorted(ordered, above, side="left")
    upto = np.searchsorted(ordered, above, side="right")
    return float((less + upto).mean() / 2 / len(ordered))


def precision_at_coverage(
    scores: Sequence[float], right: Sequence[float], *, coverage: float
) -> float:
    """The share of right first sentences among the `coverage` best scored questions.

    Of questions that tie at the border as many count as there is room for, each with the mean of
    those that tie: no order decides.

    >>> precision_at_coverage([0.9, 0.8, 0.1, 0.0], [1, 0, 1, 0], coverage=0.5)
    0.5
    >>> precision_at_coverage([1.0, 1.0, 1.0, 1.0], [1, 0, 0, 0], coverage=0.5)
    0.25
    """
    room = round(coverage * len(scores))
    if not room:
        raise ValueError("expected room for at least one question")
    border = sorted(scores, reverse=True)[room - 1]
    above = [hit for score, hit in zip(scores, right, strict=True) if score > border]
    tied = [hit for score, hit in zip(scores, right, strict=True) if score == border]
    return (math.fsum(above) + (room - len(above)) * math.fsum(tied) / len(tied)) / room


def percentile(values: Sequence[float], percent: int) -> float:
    """By the nearest rank: p95 of 20 values is the 19th smallest."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]
