from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Span
from curbside.text.tokens import Token, content_stems, is_stopword, stem, tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("non–small-cell IL-6", ["non", "small", "cell", "IL", "6"]),
        ("0.5 mg, 1,000 units (p<.05)", ["0.5", "mg", "1,000", "units", "p", ".05"]),
        ("1·5 to 12,500.25", ["1·5", "to", "12,500.25"]),
        ("3.5mg/kg", ["3.5", "mg", "kg"]),
        ("refs 2,3 and 4", ["refs", "2", "3", "and", "4"]),
        ("the patient's CD4+ T-cells don’t", ["the", "patient's", "CD4", "T", "cells", "don’t"]),
        ("β-blocker_x", ["β", "blocker", "x"]),
        ("naï\u0308ve", ["naï\u0308ve"]),
        (" … ", []),
    ],
)
def test_text_falls_into_words_and_numbers(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == expected


def test_a_token_says_where_it_stands_and_what_it_is_matched_by() -> None:
    assert tokenize("Relapses: 2") == (
        Token("Relapses", Span(0, 8), "relaps"),
        Token("2", Span(10, 11), "2"),
    )


@given(st.text())
def test_every_token_stands_at_its_span_in_order(text: str) -> None:
    tokens = tokenize(text)
    assert all(token.span.of(text) == token.text for token in tokens)
    spans = [token.span for token in tokens]
    assert all(left.end <= right.start for left, right in pairwise(spans))


def test_inflections_share_a_stem() -> None:
    assert {stem(word) for word in ("relapse", "Relapsed", "RELAPSING", "relapses")} == {"relaps"}
    assert stem("patient’s") == stem("patient") == "patient"


def test_content_is_what_is_left_without_stop_words_in_order() -> None:
    assert content_stems("Which factors do not predict relapse in the relapsed?") == (
        "factor",
        "not",
        "predict",
        "relaps",
        "relaps",
    )


@pytest.mark.parametrize("word", ["the", "Of", "which", "who", "it", "us", "all"])
def test_a_closed_class_word_is_a_stop_word(word: str) -> None:
    assert is_stopword(word)


@pytest.mark.parametrize("word", ["no", "not", "without", "more", "less", "WHO", "ALL", "US", "5"])
def test_negations_comparisons_and_acronyms_carry_content(word: str) -> None:
    assert not is_stopword(word)
