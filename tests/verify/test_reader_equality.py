"""The reader gate: every way in which a wording may say something else is caught."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import an_answer
from curbside.compose.readers import read_for
from curbside.records import Claim, Lane, PlainTerm, Reader, Wording
from curbside.text.plain import glossary, lexicon_of
from curbside.verify.reader_equality import reading_faults, wording_faults

TERMS = (
    PlainTerm("cohort", "a group", ("cohort",), (("cohort", "group"),), "ours"),
    PlainTerm(
        "associated", "linked", ("associated",), (("associated with", "linked with"),), "ours"
    ),
)
LEXICON = lexicon_of(TERMS)


def a_claim(text: str) -> Claim:
    return Claim("C1", text, Lane.RESEARCH, "Heading", ("E1", "E2"))


def faults(text: str, *parts: str, cites: tuple[str, ...] = ("E1", "E2")) -> tuple[str, ...]:
    return wording_faults(a_claim(text), Wording("C1", cites, parts), lexicon=LEXICON)


FOUND = (
    "In a cohort of 131 patients, gout was not associated with more stones (12% versus 13%), but"
    " pain may rise."
)
PLAIN = (
    "This is about a group of 131 patients.",
    "Gout was not linked with more stones (12% versus 13%).",
    "But pain may rise.",
    "Out of 100: 12 and 13.",
)


def test_swaps_openings_and_cuts_change_nothing() -> None:
    assert faults(FOUND, *PLAIN) == ()
    assert faults(FOUND, FOUND) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("131", "113"),
        ("12% versus 13%", "13% versus 12%"),
        ("12%", "12"),
        (" not", ""),
        ("may rise", "rises"),
        ("may rise", "will rise"),
        ("may rise", "should rise"),
        ("more", "fewer"),
        ("rise", "fall"),
        ("Gout was", "Gout and fever were"),
        (" of 131 patients", ""),
        ("pain", "fever"),
        ("But pain may rise.", "But pain may rise. It does not harm."),
        ("12 and 13", "12 and 14"),
        ("Out of 100: 12 and 13.", "Out of 100: 12."),
        ("Out of 100: 12 and 13.", "Out of 100: 12 and 13 people die."),
    ],
)
def test_a_changed_wording_is_caught(old: str, new: str) -> None:
    parts = tuple(part.replace(old, new) for part in PLAIN)
    assert parts != PLAIN
    assert faults(FOUND, *parts) != ()


def test_a_sentence_that_is_left_out_moved_or_doubled_is_caught() -> None:
    first, second, third, last = PLAIN
    assert faults(FOUND, first, third, last) != ()
    assert faults(FOUND, second, first, third, last) != ()
    assert faults(FOUND, first, second, second, third, last) != ()
    assert faults(FOUND) == ("says nothing of the claim",)


def test_other_citations_are_caught() -> None:
    told = ("cites E1 where the claim cites E1, E2",)
    assert faults(FOUND, *PLAIN, cites=("E1",)) == told
    assert faults(FOUND, FOUND, cites=("E2", "E1")) != ()


def test_a_denial_may_not_come_to_rule_another_value() -> None:
    text = "Pain did not fall in 12 patients; fever fell in 3."
    assert faults(text, "Pain did not fall in 12 patients.", "Fever fell in 3.") == ()
    assert faults(text, "Pain did not fall in 12 patients and fever fell in 3.") != ()


def test_a_denial_may_not_lose_the_word_that_it_denies() -> None:
    text = "Age, not sex, was linked with gout."
    assert faults(text, text) == ()
    assert faults(text, "Age, not.", "Sex, was linked with gout.") != ()


def test_an_abbreviation_may_not_become_a_word() -> None:
    text = "In ALL it was linked with gout."
    assert faults(text, "This is about ALL it was linked with gout.") == ()
    assert faults(text, "In all it was linked with gout.") != ()


def test_a_page_must_word_every_claim_once_and_in_order() -> None:
    answer = an_answer()
    lexicon = lexicon_of(glossary())

    def holds(claim: Claim, wording: Wording) -> bool:
        return not wording_faults(claim, wording, lexicon=lexicon)

    reading = read_for(answer, Reader.PATIENT, lexicon=lexicon, names=(), holds=holds)
    drawn = replace(answer, reading=reading)
    assert reading_faults(drawn, lexicon=lexicon) == ()
    for wordings in (
        reading.wordings[1:],
        (*reading.wordings, reading.wordings[0]),
        tuple(reversed(reading.wordings)),
    ):
        broken = replace(answer, reading=replace(reading, wordings=wordings))
        assert "page" in {where for where, _ in reading_faults(broken, lexicon=lexicon)}
