"""Which few sentences say what a set of sentences says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curbside.compose.condense import Candidate, rank_sentences

WORDS = ("iron", "zinc", "fever", "pain", "copper")


def one_source(*texts: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(text, 0, at) for at, text in enumerate(texts))


def test_what_is_asked_and_central_stands_first_and_what_repeats_it_last() -> None:
    sentences = [
        Candidate(text, 0, 0)
        for text in ("Zinc tasted bad.", "Iron lowered fever.", "Iron lowered fever.", "Iron rose.")
    ]
    # 1 and 2 are the same sentence: the earlier is taken, and its copy has said nothing new
    ranked = rank_sentences("Does iron lower fever?", sentences)
    assert ranked[0] == 1
    assert ranked.index(3) < ranked.index(0)
    assert rank_sentences("Does iron lower fever?", sentences, most=1) == (1,)


def test_of_equal_sentences_the_one_of_the_better_source_and_earlier_place_stands_first() -> None:
    same = "Iron lowered fever."
    assert rank_sentences(
        "fever", [Candidate(same, 1, 0), Candidate(same, 0, 1), Candidate(same, 0, 0)]
    ) == (2, 1, 0)


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert rank_sentences("iron", ()) == ()
    assert rank_sentences("iron", one_source("Iron rose."), most=0) == ()
    # no content word at all: reading order
    assert rank_sentences("", one_source("The of.", "And to.")) == (0, 1)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=7), st.integers(0, 7))
def test_a_shorter_ranking_is_the_start_of_the_whole_one(rows: list[list[str]], most: int) -> None:
    candidates = one_source(*(" ".join(row) for row in rows))
    whole = rank_sentences("iron fever", candidates)
    assert sorted(whole) == list(range(len(rows)))
    assert rank_sentences("iron fever", candidates, most=most) == whole[:most]
