"""Whether a number counts something: patients, trials, "five continents"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curbside.text.quantities.numbers import Number
from curbside.text.quantities.sentence import Sentence
from curbside.text.quantities.words import words

_WORD = re.compile(
    r"(?P<gap>\s|-|\s\([^()\[\]]{1,40}\)\s)(?P<word>[a-z][a-z'/-]*)(?P<stop>[,;:.)\]]?)"
)
_NO_NOUN = frozenset(
    [
        "of",
        "in",
        "to",
        "and",
        "or",
        "with",
        "the",
        "a",
        "an",
        "versus",
        "vs",
        "is",
        "than",
        "as",
        "on",
        "by",
        "for",
        "from",
        "at",
        "who",
        "that",
        "which",
        "per",
        "after",
        "before",
        "during",
        "if",
        "when",
        "while",
        "because",
        "but",
        "nor",
        "not",
        "compared",
        "across",
        "among",
        "into",
        "was",
        "has",
        "had",
        "were",
        "have",
        "are",
        "did",
        "does",
        "this",
        "those",
        "these",
        "respectively",
        "times",
        "plus",
        "minus",
        "versus",
    ]
)
_SUBJECT = re.compile(
    r"\s(?:had|have|has|were|was|are|did|underwent|died|developed"
    r"|of\s(?:them|these|those|whom|which)"
    r"|(?:[a-z]+ly\s)?[a-z]{3,}ed)(?![a-z])"
)
_NOT_PLURAL = ("ss", "us", "is", "as", "ous")


def is_counted(sentence: Sentence, number: Number, *, is_compared: bool) -> bool:
    """Whether a noun follows that the number counts, within four words."""
    if number.value != 1 and _SUBJECT.match(sentence.folded, number.end):
        return not is_year(sentence, number)
    following = list(_following(sentence, number.end))
    if not following:
        return False
    first = following[0]
    if number.value == 1:
        return first in words().counted or (is_compared and first not in _NO_NOUN)
    if sentence.folded[number.end] == "-":
        return first in words().counted or first.removesuffix("s") in words().counted
    if is_year(sentence, number):  # "2018 patients", not "the 2018 guidelines"
        return any(_is_plural(w) and w.removesuffix("s") in words().counted for w in following[:2])
    return any(map(_is_plural, following))


def _following(sentence: Sentence, at: int) -> Iterator[str]:
    for _ in range(5):
        match = _WORD.match(sentence.folded, at)
        if match is None or match["word"] in _NO_NOUN:
            return
        yield match["word"]
        if match["stop"]:
            return
        at = match.end("word")


def _is_plural(word: str) -> bool:
    return word in words().plurals or (
        len(word) > 3 and word.endswith("s") and not word.endswith(_NOT_PLURAL)
    )


def is_year(sentence: Sentence, number: Number) -> bool:
    """Whether the digits are those of a calendar year of the last two centuries."""
    return bool(re.fullmatch(r"(?:19|20)\d\d", sentence.folded[number.start : number.end]))
