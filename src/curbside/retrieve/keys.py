"""Keys on which a wording and a text meet: lower case, singular, without spaces and hyphens."""

from __future__ import annotations

import re

PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
"""A word or number of a folded text."""

GAP = re.compile(r"[\s-]+")
"""What between two pieces says nothing; other marks keep their place in a key."""


def key_of(folded: str) -> str:
    """The key of a folded wording; other marks than spaces and hyphens keep their place.

    >>> key_of("auto-immune liver diseases") == key_of("autoimmune liver disease")
    True
    """
    if folded.isalpha():
        # most wordings are one word
        return singular(folded)
    return GAP.sub("", PIECE.sub(lambda match: singular(match.group()), folded))


def singular(word: str) -> str:
    """A lower-case word without its plural or possessive ending."""
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
