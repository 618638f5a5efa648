from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.text.normalise import fold, slugify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Non–Small‑Cell—Cancer −5", "non-small-cell-cancer -5"),
        ("Crohn’s “flare” ‘up’", "crohn's \"flare\" 'up'"),
        ("5\u00a0mg\u2009daily\u202fnow", "5 mg daily now"),
        ("≥ 3 ± 1 µg · 2·5\nLine", "≥ 3 ± 1 µg · 2·5\nline"),
        ("ΣΑΣ ς", "σασ σ"),
        ("İ stays", "İ stays"),
        ("", ""),
    ],
)
def test_folding_writes_letters_dashes_quotes_and_spaces_one_way(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_folding_keeps_the_place_of_every_character(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(text) == "".join(fold(char) for char in text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("What predicts relapse after stopping methotrexate?",
         "what-predicts-relapse-after-stopping-methotrexate"),
        ("Crohn's disease: is TNF-α raised?", "crohns-disease-is-tnf-alpha-raised"),
        ("Sjögren – naïve/treated (5%)", "sjogren-naive-treated-5"),
        ("word " * 20, "word-" * 15 + "word"),
        ("x" * 100, "x" * 80),
    ],
)  # fmt: skip
def test_a_title_becomes_a_page_name_of_plain_letters(title: str, expected: str) -> None:
    assert slugify(title) == expected


def test_a_title_without_a_plain_letter_gets_a_name_that_is_its_own() -> None:
    assert slugify("肝炎") != slugify("肺炎")
    assert len(slugify("肝炎")) == 12


@given(st.text(max_size=200))
def test_a_page_name_is_short_plain_and_never_empty(title: str) -> None:
    slug = slugify(title)
    assert 1 <= len(slug) <= 80
    assert all(
        part.isascii() and part.isalnum() and part == part.lower() for part in slug.split("-")
    )
