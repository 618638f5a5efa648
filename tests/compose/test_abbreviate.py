"""What an abbreviation of a claim stands for, and where the page says so."""

from __future__ import annotations

from builders import a_claim, a_question
from curbside.compose.abbreviate import Meanings, introduce, meanings_of, wordings_of
from curbside.records import Concept, Question, Role, Vocabulary, VocabularyEntry

NOTHING = Vocabulary()


def explained(text: str, document: str, *, question: Question, vocabulary: Vocabulary) -> Meanings:
    wordings = wordings_of(question, vocabulary)
    return meanings_of(text, document, asked=question.text, wordings=wordings)


def test_a_document_says_first_what_its_abbreviations_mean() -> None:
    document = "Prostate-specific antigen (PSA) rose. In psoriatic arthritis too. PSA fell later."
    assert explained("PSA fell later.", document, question=a_question(), vocabulary=NOTHING) == (
        ("PSA", "Prostate-specific antigen"),
    )


def test_what_the_question_and_the_vocabulary_say_comes_before_the_glossary() -> None:
    asked = a_question(
        concepts=(
            Concept(Role.CONDITION, "coeliac disease", "CD", ("coeliac disease", "CD"), True),
        )
    )
    entry = VocabularyEntry("bone mass density", Role.FACTOR, ("bone mass density", "BMD"))
    assert explained(
        "In CD, BMD and BMI fell.",
        "In CD, BMD and BMI fell.",
        question=asked,
        vocabulary=Vocabulary(entries=(entry,)),
    ) == (("CD", "coeliac disease"), ("BMD", "bone mass density"), ("BMI", "body mass index"))


def test_what_nothing_explains_has_no_meaning_unless_the_question_uses_it() -> None:
    asked = a_question(text="Is XELQ better than FOLQ in gout?")
    text = "Vomiting was rarer with XELQ than with ZOLQ."
    assert explained(text, text, question=asked, vocabulary=NOTHING) == (("ZOLQ", None),)
    assert explained(text, text, question=a_question(), vocabulary=NOTHING) == (
        ("XELQ", None),
        ("ZOLQ", None),
    )


def test_an_abbreviation_is_expanded_where_a_reader_meets_it_first() -> None:
    claims = (
        a_claim("C1", text="The BMI fell."),
        a_claim("C2", text="BMI and INR rose.", remark="2 sources say this."),
        a_claim("C3", text="The international normalised ratio (INR) fell; INR again."),
        a_claim("C4", text="INR fell."),
    )
    meanings = {
        "C1": (("BMI", "body mass index"),),
        "C2": (("BMI", "body mass index"), ("INR", "international normalised ratio")),
        "C4": (("INR", "international normalised ratio"),),
    }
    told = introduce(claims, meanings, first=("C3", "C9"))
    assert [(c.claim_id, c.remark) for c in told] == [
        ("C1", "BMI: body mass index"),
        ("C2", "2 sources say this."),
        ("C3", None),
        ("C4", None),
    ]


def test_a_source_that_means_another_thing_by_the_same_letters_says_so() -> None:
    claims = (a_claim("C1", text="PD is common."), a_claim("C2", text="PD failed."))
    meanings = {
        "C1": (("PD", "Parkinson disease"),),
        "C2": (("PD", "peritoneal dialysis"),),
    }
    assert [c.remark for c in introduce(claims, meanings, first=())] == [
        "PD: Parkinson disease",
        "PD: peritoneal dialysis",
    ]


def test_another_spelling_of_the_same_meaning_is_told_once() -> None:
    claims = (a_claim("C1", text="TNF rose."), a_claim("C2", text="TNF fell."))
    meanings = {
        "C1": (("TNF", "tumour necrosis factor"),),
        "C2": (("TNF", "Tumor necrosis factors"),),
    }
    assert [c.remark for c in introduce(claims, meanings, first=())] == [
        "TNF: tumour necrosis factor",
        None,
    ]


def test_a_synonym_that_shares_letters_is_no_meaning() -> None:
    entry = VocabularyEntry(
        "transaminases",
        Role.FACTOR,
        ("transaminases", "abnormal-transaminase index", "ALT", "alanine aminotransferase"),
    )
    assert explained(
        "ALT rose.", "ALT rose.", question=a_question(), vocabulary=Vocabulary((entry,))
    ) == (("ALT", "alanine aminotransferase"),)


def test_a_word_of_the_question_does_not_hide_what_the_vocabulary_says_of_it() -> None:
    asked = a_question(concepts=(Concept(Role.OTHER, "bmd", "BMD", ("bmd",)),))
    entry = VocabularyEntry("bone mass density", Role.FACTOR, ("bone mass density", "BMD"))
    assert explained("BMD fell.", "BMD fell.", question=asked, vocabulary=Vocabulary((entry,))) == (
        ("BMD", "bone mass density"),
    )
