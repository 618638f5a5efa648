"""The plain ways of choosing sentences, on cases small enough to work out by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evals.summarisers import (
    rank_by_lead,
    rank_by_lexrank,
    rank_by_mmr,
    rank_by_order,
)


def test_lead_takes_the_first_sentence_of_every_source_then_the_second() -> None:
    assert rank_by_lead(["a", "a", "a", "b", "c", "c"]) == [0, 3, 4, 1, 5, 2]
    assert rank_by_order(["a", "a", "b"]) == [0, 1, 2]


def test_lexrank_ranks_by_the_stationary_share_of_each_sentence() -> None:
    # 0 shares a word with 1 and with 2, 3 stands alone. With p = 0.0375 + 0.85 * (sum of p over
    # its neighbours' degrees): p3 = 0.25, p1 = p2 = 0.0375 + 0.85 * (p0 / 3 + p1 / 2), all sum
    # to 1, so p0 = 0.312 and p1 = p2 = 0.219
    sentences = ["aspirin iron fever", "aspirin pain", "iron dose", "zinc"]
    assert rank_by_lexrank(sentences) == [0, 3, 1, 2]
    assert rank_by_lexrank([]) == []


def test_mmr_takes_what_is_near_the_query_and_not_said_yet() -> None:
    # cosines with the query .737, .737, .381; after the first, its copy is worth
    # .7 * .737 - .3 * 1 = .216 and the last .7 * .381 = .267
    sentences = ["aspirin fever", "aspirin fever", "iron zinc"]
    assert rank_by_mmr("aspirin fever iron", sentences) == [0, 2, 1]
    assert rank_by_mmr("aspirin", []) == []


@given(st.lists(st.sampled_from(["aspirin fever", "iron", "iron zinc", "the of"]), max_size=6))
def test_every_ranking_holds_every_sentence_once(sentences: list[str]) -> None:
    whole = list(range(len(sentences)))
    assert sorted(rank_by_lexrank(sentences)) == whole
    assert sorted(rank_by_mmr("iron", sentences)) == whole
    assert sorted(rank_by_lead(sentences)) == whole
