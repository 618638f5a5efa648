from __future__ import annotations

import pytest

from curbside.records import Role, Vocabulary
from curbside.retrieve.specific import Specificity, is_identifier
from curbside.retrieve.understanding import understand

LARGE = {"the": 100_000, "membrane": 700, "microbiota": 160, "protein": 4000}


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("CYP2D6", True), ("IL-6", True), ("p53", False), ("2018", False), ("iron", False)],
)
def test_a_code_of_letters_and_digits_is_an_identifier(word: str, *, is_one: bool) -> None:
    assert is_identifier(word) is is_one


def test_a_word_of_many_passages_is_general_in_a_large_library_only() -> None:
    large = Specificity(LARGE)
    small = Specificity({"the": 200, "protein": 150})
    assert [large.is_specific(w) for w in ("membrane", "microbiota", "protein", "unheard")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert small.is_specific("protein")


def test_a_listed_word_is_general_in_any_library() -> None:
    assert not Specificity({}).is_specific("function")


@pytest.mark.parametrize(
    ("wording", "shorter"),
    [
        ("gene ABCG1 encoding", ("gene abcg1", "abcg1")),
        ("atemoya juice inhibit", ("atemoya juice",)),
        ("gut microbiota profiles altered", ("gut microbiota",)),
        ("membrane protein", ()),
        ("iron", ()),
        ("oxalate stones", ()),
    ],
)
def test_a_wording_is_shortened_to_what_names_the_thing(
    wording: str, shorter: tuple[str, ...]
) -> None:
    assert Specificity(LARGE).shortened(wording) == shorter


def required(text: str) -> list[tuple[str, bool]]:
    question = understand(text, vocabulary=Vocabulary(), word_frequencies=LARGE)
    return [(concept.name, concept.is_required) for concept in question.concepts]


def test_what_only_asks_need_not_be_found_where_a_thing_is_named() -> None:
    assert required("What is the function of PIEZO1?") == [("function", False), ("piezo1", True)]
    assert required("Is atenolol metabolized by CYP2D6?") == [
        ("atenolol", True), ("metabolized", False), ("cyp2d6", True),
    ]  # fmt: skip


def test_general_words_are_all_there_is_to_find_where_no_thing_is_named() -> None:
    assert required("What is the function of the membrane?") == [
        ("function", True), ("membrane", True),
    ]  # fmt: skip


def test_a_short_form_that_the_question_gives_is_another_wording_of_the_long() -> None:
    question = understand(
        "Which mutation is associated with pulmonary arterial hypertension (PAH)?",
        vocabulary=Vocabulary(),
        word_frequencies={},
    )
    (condition,) = question.concepts_of(Role.CONDITION)
    assert condition.name == "pulmonary arterial hypertension"
    assert condition.terms[-1] == "pah"
    assert "pah" not in {concept.name for concept in question.concepts}
