"""Runs are fused by their scaled scores, in one order whatever the machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Hit, Passage, Span
from curbside.retrieve.fuse import convex_fusion


def hit(passage_id: str, score: float, run: str = "bm25") -> Hit:
    return Hit(Passage(passage_id, f"pmid:{passage_id}", Span(0, 1), "A", "x"), score, run)


def fused(*runs: list[Hit], weights: tuple[float, ...] = (0.5, 0.5)) -> list[tuple[str, float]]:
    return [(h.passage.passage_id, h.score) for h in convex_fusion(runs, weights=weights)]


def test_a_score_is_the_weighted_sum_of_the_scaled_scores() -> None:
    words = [hit("a", 9), hit("b", 6), hit("c", 3)]
    meaning = [hit("b", 0.75, "dense"), hit("d", 0.5, "dense"), hit("a", 0.25, "dense")]
    assert fused(words, meaning, weights=(0.25, 0.75)) == [
        ("b", 0.25 * 0.5 + 0.75),
        ("d", 0.75 * 0.5),
        ("a", 0.25),
        ("c", 0.0),
    ]


def test_a_fused_hit_says_so_and_keeps_its_passage() -> None:
    (only,) = convex_fusion([[hit("a", 9)], []], weights=(0.5, 0.5))
    assert only == Hit(Passage("a", "pmid:a", Span(0, 1), "A", "x"), 0.5, "fused")


def test_a_run_of_equal_scores_counts_in_full() -> None:
    assert fused([hit("a", 2), hit("b", 2)], []) == [("a", 0.5), ("b", 0.5)]


def test_ties_stand_by_passage_id() -> None:
    assert fused([hit("c", 2), hit("z", 1)], [hit("b", 5), hit("y", 1)]) == [
        ("b", 0.5), ("c", 0.5), ("y", 0.0), ("z", 0.0),
    ]  # fmt: skip


def test_nothing_gives_nothing() -> None:
    assert fused([], []) == []


def test_a_weight_for_each_run_is_needed() -> None:
    with pytest.raises(ValueError, match="expected a weight for each of 1 runs, found 2"):
        convex_fusion([[]], weights=(0.5, 0.5))


RUN = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 50), max_size=8).map(
    lambda scores: [hit(key, score) for key, score in scores.items()]
)


@given(RUN, RUN)
def test_two_runs_of_equal_weight_may_change_places(one: list[Hit], other: list[Hit]) -> None:
    assert fused(one, other) == fused(other, one)


@given(RUN, RUN)
def test_every_passage_is_there_once_best_first(one: list[Hit], other: list[Hit]) -> None:
    pairs = fused(one, other)
    assert sorted(key for key, _ in pairs) == sorted({h.passage.passage_id for h in one + other})
    assert pairs == sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    assert all(0 <= score <= 1 for _, score in pairs)
