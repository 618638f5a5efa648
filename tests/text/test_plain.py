"""Swaps that change nothing but words, and terms where they are used."""

from __future__ import annotations

import pytest

from curbside.errors import DataError
from curbside.ingest.topics import bundled_topics, merge_vocabularies
from curbside.records import PlainTerm
from curbside.text.hundreds import hundreds_of
from curbside.text.plain import (
    find_swaps,
    find_terms,
    frames,
    glossary,
    lexicon_for,
    lexicon_of,
    put,
    swap_fault,
)


def a_term(name: str, *swaps: tuple[str, str], words: tuple[str, ...] = ()) -> PlainTerm:
    return PlainTerm(name, f"what {name} means", words or (name,), swaps, "ours")


def swapped(text: str, *swaps: tuple[str, str]) -> str:
    return put(text, find_swaps(text, lexicon_of([a_term("term", *swaps)])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cohort of men.", "A group of men."),
        ("Cohort of men.", "Group of men."),
        ("A cohort study in the Cohort Office.", "A group study in the Cohort Office."),
        ("An elevation was seen.", "A rise was seen."),
        ("A renal ulcer.", "An open ulcer."),
        ("The cohorts, cohort-wide.", "The cohorts, cohort-wide."),
    ],
)
def test_plain_words_take_the_place_of_whole_words_with_their_article(
    text: str, expected: str
) -> None:
    swaps = (("cohort", "group"), ("elevation", "rise"), ("renal", "open"))
    assert swapped(text, *swaps) == expected


def test_the_longer_wording_is_swapped() -> None:
    swaps = (("cohort", "group"), ("cohort study", "study of a group"))
    assert swapped("A cohort study.", *swaps) == "A study of a group."


@pytest.mark.parametrize(
    ("wording", "plain", "fault"),
    [
        ("monotherapy", "one drug", "the numbers differ"),
        ("two doses", "three doses", "the numbers differ"),
        ("non-adherence", "not taking it", "one of them denies, doubts or demands and the other"),
        ("feasible", "possible", "one of them denies, doubts or demands and the other"),
        ("advised", "told", "one of them denies, doubts or demands and the other"),
        ("elevation", "fall", "the directions differ"),
        ("raised", "high", "the directions differ"),
        ("consistently", "always", "one of them says how much or how often"),
        ("multiple", "many", "one of them says how much or how often"),
        ("notably", "above all", "one of them says how much or how often"),
    ],
)
def test_a_swap_that_says_something_else_is_refused(wording: str, plain: str, fault: str) -> None:
    told = swap_fault(wording, plain)
    assert told is not None
    assert told.startswith(fault)
    with pytest.raises(DataError, match="plain words of 'term'"):
        lexicon_of([a_term("term", (wording, plain))])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the word stands alone
        ("Pain ended after withdrawal of zinc.", "Pain ended after stopping zinc."),
        ("Pain came back after withdrawal.", "Pain came back after stopping."),
        ("No fractures were seen.", "No broken bones were seen."),
        # it is part of something that the phrase would tear apart
        ("Nausea is a withdrawal symptom.", "Nausea is a withdrawal symptom."),
        ("After total withdrawal from zinc.", "After total withdrawal from zinc."),
        ("Gout withdrawal was rare.", "Gout withdrawal was rare."),
        ("Hip fractures were seen.", "Hip fractures were seen."),
        ("Fractures were seen.", "Broken bones were seen."),
        ("The fractures group.", "The fractures group."),
    ],
)
def test_a_phrase_takes_the_place_of_a_word_that_stands_alone(text: str, expected: str) -> None:
    swaps = (
        ("withdrawal", "stopping"),
        ("withdrawal of", "stopping"),
        ("fractures", "broken bones"),
    )
    assert swapped(text, *swaps) == expected


def test_plain_words_may_not_be_swapped_again() -> None:
    with pytest.raises(DataError, match="'group' is swapped itself"):
        lexicon_of([a_term("a", ("cohort", "group")), a_term("b", ("group", "set"))])


def test_terms_are_found_in_order_and_abbreviations_by_their_capitals() -> None:
    odds = a_term("odds ratio", words=("OR", "odds ratio"))
    cohort = a_term("cohort", words=("cohort", "cohorts"))
    lexicon = lexicon_of([odds, cohort])
    assert find_terms("Two Cohorts: men or women (OR 2).", lexicon) == (cohort, odds)
    assert find_terms("A cohort of men or women.", lexicon) == (cohort,)


def test_the_glossary_the_topics_words_and_the_openings_load() -> None:
    lexicon = lexicon_for(merge_vocabularies(bundled_topics()))
    assert len(lexicon.swaps) > 100
    assert all(term.meaning and term.source for term in glossary())
    assert {"lead", "joint", "adjunct", "figures"} <= {frame.where for frame in frames()}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Of 131 patients, 59% relapsed within one year and 73% within two.", ("59", "73")),
        ("In 13 of 24 patients (54%) the disease came back.", ("54",)),
        # not whole, a bound, a range, no people, spelt out, or no sign of its own
        ("It came back in 13.6% of 103 patients.", ()),
        ("It came back in more than 90% of patients.", ()),
        ("It came back in 50% to 90% of patients.", ()),
        ("Pain fell by 30%.", ()),
        ("Eight percent of patients relapsed.", ()),
        ("Stroke was seen in 0 versus 2% of patients.", ()),
    ],
)
def test_only_whole_percentages_of_people_are_said_out_of_a_hundred(
    text: str, numbers: tuple[str, ...]
) -> None:
    assert hundreds_of(text) == numbers
