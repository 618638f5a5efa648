"""Which few sentences say what a set of sentences says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curbside.compose.condense import Candidate, choose_sentences, rank_sentences

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


def test_where_several_sources_speak_what_is_so_stands_before_what_a_study_did() -> None:
    told = ("We gave iron for fever.", "Iron is a drug for fever.", "Iron for fever is discussed.")
    apart = [Candidate(text, n, 0) for n, text in enumerate(told)]
    assert rank_sentences("iron fever", apart)[0] == 1
    # in one article every sentence is of that article, so its voice says nothing
    assert rank_sentences("iron fever", one_source(*told))[0] == 0


def test_a_choice_ends_where_the_next_sentence_adds_little_to_the_first() -> None:
    beside = one_source("Iron lowered fever.", "Zinc tasted bad.")
    assert choose_sentences("Does iron lower fever?", beside, most=3) == (0,)
    # two sentences that tell of two things asked about: both
    both = one_source("Iron lowered fever.", "Zinc lowered pain.")
    asked = "Do iron and zinc lower fever and pain?"
    assert choose_sentences(asked, both, most=3) == (0, 1)
    assert choose_sentences(asked, both, most=1) == (0,)
    assert choose_sentences("iron", (), most=3) == ()


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=7), st.integers(0, 7))
def test_a_choice_is_the_start_of_the_ranking(rows: list[list[str]], most: int) -> None:
    candidates = [Candidate(" ".join(row), at % 3, at // 3) for at, row in enumerate(rows)]
    chosen = choose_sentences("iron fever", candidates, most=most)
    assert chosen == rank_sentences("iron fever", candidates)[: len(chosen)]
    assert min(1, most, len(rows)) <= len(chosen) <= most
