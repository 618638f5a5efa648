"""Many wordings as one pattern match what they match one after the other, the longest first."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from curbside.text.alternation import any_of

WORDING = st.text("ab c+.(", min_size=1, max_size=6)


def one_after_the_other(wordings: list[str]) -> str:
    longest = sorted(set(wordings), key=lambda wording: (-len(wording), wording))
    return "|".join(re.escape(w).replace(r"\ ", r"\s") for w in longest) or "(?!)"


@given(st.lists(WORDING, max_size=12), st.text("ab c+.(\t", max_size=20))
def test_what_matches_is_what_the_longest_wording_matches(wordings: list[str], text: str) -> None:
    for before, after in (("", ""), ("(?<!b)", r"(?!c)"), ("", "(?:b|bc)?(?![a-z])")):
        mine = re.compile(f"{before}(?:{any_of(wordings)}){after}")
        theirs = re.compile(f"{before}(?:{one_after_the_other(wordings)}){after}")
        assert [m.span() for m in mine.finditer(text)] == [m.span() for m in theirs.finditer(text)]


def test_each_wording_brings_its_own_end() -> None:
    pattern = re.compile(
        any_of(["<", "under", "under or at"], end=lambda w: "(?![a-z])" * w.isalpha())
    )
    found = [m[0] for m in pattern.finditer("<5, under 5, under or at 5, underneath")]
    assert found == ["<", "under", "under or at"]


def test_no_wording_matches_nothing() -> None:
    assert re.search(any_of([]), "any text") is None


def test_wordings_may_be_long_and_grow_out_of_each_other() -> None:
    grown = ["a" * count for count in range(1, 400)]
    pattern = re.compile(any_of([*grown, "b" * 5000]) + "c")
    assert [m[0] for m in pattern.finditer("aaac bbbc " + "b" * 5000 + "c")] == [
        "aaac",
        "b" * 5000 + "c",
    ]
