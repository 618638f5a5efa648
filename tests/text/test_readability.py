"""Syllables and grades, against published figures and a pronouncing dictionary."""

from __future__ import annotations

import pytest

from curbside.text.readability import Readability, count_syllables, readability


@pytest.mark.parametrize(
    ("sentence", "words", "syllables", "grade"),
    [
        # the examples of the encyclopaedia articles on the two Flesch formulas
        (
            "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.",
            *(13, 24, 11.3),
        ),
        ("The cat sat on the mat.", 6, 6, -1.4),
        (
            "This sentence, taken as a reading passage unto itself, is being used to prove a"
            " point.",
            *(16, 24, 8.4),
        ),
    ],
)
def test_published_sentences_have_their_published_counts_and_grades(
    sentence: str, words: int, syllables: int, grade: float
) -> None:
    counted = readability([sentence])
    assert (counted.words, counted.syllables) == (words, syllables)
    assert counted.flesch_kincaid is not None
    assert abs(counted.flesch_kincaid - grade) < 0.06


@pytest.mark.parametrize(
    ("polysyllables", "grade"),
    # the conversion table of Harold McGraw for 30 sentences, first and last count of each row
    [
        *((1, 4), (2, 5), (6, 6), (7, 6), (12, 7), (13, 7), (20, 8), (21, 8), (30, 9), (31, 9)),
        *((42, 10), (43, 10), (56, 11), (57, 11), (72, 12), (73, 12), (90, 13), (91, 13)),
    ],
)
def test_smog_agrees_with_the_published_table_to_one_grade(polysyllables: int, grade: int) -> None:
    counted = Readability(30, 300, 600, polysyllables)
    assert counted.smog is not None
    assert abs(counted.smog - grade) <= 1


def test_smog_is_the_published_formula() -> None:
    # 49 long words in 30 sentences: 3.1291 + 1.0430 * 7; in 15 sentences twice as many count
    assert Readability(30, 300, 600, 49).smog == pytest.approx(10.4301)
    assert Readability(15, 300, 600, 49).smog == pytest.approx(3.1291 + 1.0430 * 98**0.5)


def test_nothing_has_no_grade() -> None:
    assert readability([]) == Readability(0, 0, 0, 0)
    assert readability(["", "59% (12 of 16)"]).flesch_kincaid is not None
    assert readability([""]).flesch_kincaid is None
    assert readability([""]).smog is None


@pytest.mark.parametrize(
    ("word", "syllables"),
    # as the CMU Pronouncing Dictionary prints them, where it holds the word; else Merriam-Webster's
    [
        *(
            ("a", 1),
            ("people", 2),
            ("patients", 2),
            ("disease", 2),
            ("treated", 2),
            ("treatment", 2),
        ),
        *(("remission", 3), ("relapse", 2), ("relapsed", 2), ("biopsy", 3), ("medicine", 3)),
        *(("association", 5), ("associated", 5), ("criteria", 4), ("bacteria", 4), ("anemia", 4)),
        *(("dose", 1), ("doses", 2), ("caused", 1), ("tested", 2), ("table", 2), ("tables", 2)),
        *(("settled", 2), ("lifelong", 2), ("baseline", 2), ("safety", 2), ("guideline", 2)),
        *(("being", 2), ("reviewing", 3), ("diabetes", 4), ("period", 3), ("ratio", 3)),
        *(("hospital", 3), ("infection", 3), ("immune", 2), ("question", 2), ("science", 2)),
        *(("liver", 2), ("enzymes", 2), ("years", 1), ("rhythm", 2), ("organism", 4)),
        *(("follow-up", 3), ("side-effects", 3)),
        # by Flesch's directions
        *(("HLA", 1), ("HbA1c", 1), ("59%", 1), ("mg/kg/day", 1), ("0.5", 1)),
    ],
)
def test_syllables_are_those_of_a_dictionary(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_names_are_left_out_of_the_count() -> None:
    text = ["Azathioprine helped 59% of people with autoimmune hepatitis."]
    assert readability(text).words == 8
    left = readability(text, names=["azathioprine", "Autoimmune hepatitis"])
    assert (left.words, left.syllables) == (5, 6)
