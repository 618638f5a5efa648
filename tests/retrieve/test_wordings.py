"""Where a text uses a wording of a concept."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Role, Vocabulary, VocabularyEntry
from curbside.retrieve.keys import key_of, singular
from curbside.retrieve.lexicon import spellings
from curbside.retrieve.wordings import find_wordings, table_of

TABLE = table_of(
    Vocabulary(
        (
            VocabularyEntry("graft-versus-host disease", Role.CONDITION, ("GvHD",)),
            VocabularyEntry("auto-immune gastritis", Role.CONDITION, ("autoimmune gastritis",)),
        )
    )
)


def found(text: str) -> list[tuple[str, str]]:
    return [(f.span.of(text), f.meaning.name) for f in find_wordings(text, TABLE)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Graft versus host diseases",
            [("Graft versus host diseases", "graft-versus-host disease")],
        ),
        ("auto immune gastritis", [("auto immune gastritis", "auto-immune gastritis")]),
        ("autoimmune gastritis", [("autoimmune gastritis", "auto-immune gastritis")]),
        # the longest wording at a place, and none inside a compound that says something else
        ("treatment withdrawal", [("treatment withdrawal", "discontinuing")]),
        ("relapse-free", []),
        ("5-ASA", [("5-ASA", "aminosalicylate")]),
        ("ASA or asa", [("ASA", "aspirin")]),
        ("haemorrhage, hemorrhages", [("haemorrhage", "bleeding"), ("hemorrhages", "bleeding")]),
        ("", []),
    ],
)  # fmt: skip
def test_a_wording_is_found_however_it_is_joined(text: str, names: list[tuple[str, str]]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("word", "alone"),
    [
        ("diseases", "disease"), ("biopsies", "biopsy"), ("crohn's", "crohn"), ("virus", "virus"),
        ("diagnosis", "diagnosis"), ("abscesses", "abscess"), ("gas", "gas"), ("loss", "loss"),
    ],
)  # fmt: skip
def test_a_plural_loses_its_ending(word: str, alone: str) -> None:
    assert singular(word) == alone


def test_a_wording_has_its_british_and_american_spelling() -> None:
    assert spellings("oesophageal tumour") == ("oesophageal tumour", "esophageal tumor")
    assert spellings("hypoglycemia") == ("hypoglycemia", "hypoglycaemia")
    assert spellings("chemotherapy") == ("chemotherapy",)


@given(st.text(max_size=80))
def test_what_is_found_stands_in_order_and_apart(text: str) -> None:
    spans = [f.span for f in find_wordings(text, TABLE)]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.of(text) for span in spans)


@given(
    st.sampled_from(["stopping", "heart attack", "azathioprine"]), st.sampled_from(["-", " ", "  "])
)
def test_spaces_and_hyphens_do_not_change_a_key(words: str, gap: str) -> None:
    assert key_of(words.replace(" ", gap)) == key_of(words)
