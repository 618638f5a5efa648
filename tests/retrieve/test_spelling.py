"""Which misspelt words are corrected, into what, and which are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Role, Span, Vocabulary, VocabularyEntry
from curbside.retrieve.spelling import Known, correct_words, nearest
from curbside.text.tokens import tokenize

GOUT = VocabularyEntry("gouty arthritis", Role.CONDITION, ("gouty arthritis", "podagra"))
KNOWN = Known(
    Vocabulary((GOUT,)),
    {"infection": 900, "hospital": 300, "hospitals": 20, "platelet": 2, "existing": 50},
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("azathiprine", ("azathioprine",)),
        ("azathioprnie", ("azathioprine",)),
        ("zaathioprine", ("azathioprine",)),
        ("imurann", ("imuran",)),
        ("podegra", ("podagra",)),
        ("recurrance", ("recurrence",)),
        ("discontinueing", ("discontinuing",)),
        ("predicters", ("predictors",)),
        ("hosptal", ("hospital",)),
        ("hydralizine", ("hydralazine",)),
        # two edits make a brand of a common word, and one edit a question word of a short one
        ("preparing", ()),
        ("media", ()),
        # a word that two passages hold is no better known than the one typed
        ("platelat", ()),
        # an ending is no slip
        ("existingly", ()),
        ("existinx", ()),
        ("qwertzuiop", ()),
    ],
)
def test_a_word_is_read_as_the_nearest_known_one(word: str, meant: tuple[str, ...]) -> None:
    assert nearest(word, KNOWN) == meant


def test_a_known_drug_is_never_read_as_another() -> None:
    for name in ("hydroxyzine", "hydralazine", "prednisone", "prednisolone", "Actonel", "Aczone"):
        assert correct_words(f"dose of {name}", KNOWN).text == f"dose of {name}"


def test_a_word_equally_near_to_two_drugs_is_left_and_told() -> None:
    assert nearest("prednisolne", KNOWN) == ("prednisolone", "prednisone")
    spelt = correct_words("dose of prednisolne", KNOWN)
    assert spelt.text == "dose of prednisolne"
    assert spelt.notes == ("left “prednisolne” as it is: it may mean prednisolone or prednisone",)


@pytest.mark.parametrize("word", ["dysphasia", "dysphagia", "ileum", "ilium", "ureter", "urethra"])
def test_a_real_word_that_looks_like_another_is_known(word: str) -> None:
    assert Known(Vocabulary(), {}).holds(word)


def test_a_beginning_that_turns_the_sense_is_no_slip() -> None:
    known = Known(Vocabulary((VocabularyEntry("h", Role.CONDITION, ("hypertension",)),)), {})
    assert nearest("hypotension", known) == ()
    assert nearest("hypertenshun", known) == ("hypertension",)


def test_capitals_short_words_and_stop_words_stay() -> None:
    spelt = correct_words("WHETHER AZATHIPRINE or gotu or thier", KNOWN)
    assert spelt.text == "WHETHER AZATHIPRINE or gotu or thier"


def test_every_change_is_noted_and_can_be_taken_back() -> None:
    text = "If Imurann is stoped?"
    spelt = correct_words(text, KNOWN)
    assert spelt.text == "If Imuran is stopped?"
    assert spelt.notes == ("read “Imurann” as “Imuran”", "read “stoped” as “stopped”")
    assert spelt.before(Span(3, 9)).of(text) == "Imurann"
    assert spelt.before(Span(13, 20)).of(text) == "stoped"
    assert spelt.before(Span(0, 21)).of(text) == text


@given(
    st.lists(
        st.sampled_from(["imurann", "is", "azathiprine", "(gout)", "recurrance", "x"]), min_size=1
    )
)
def test_any_word_of_the_corrected_text_stood_in_the_typed_one(words: list[str]) -> None:
    text = " ".join(words)
    spelt = correct_words(text, KNOWN)
    typed = [spelt.before(token.span).of(text) for token in tokenize(spelt.text)]
    assert typed == [token.text for token in tokenize(text)]
