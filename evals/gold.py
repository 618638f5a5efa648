"""When a sentence is right: the rule by which words are held against gold texts.

Both are read as words: NFKC, case folded, runs of letters and digits. A sentence is right if it
and the gold text share a run of words that is at least half of either one, and at least four words
long where both have four.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_SHARE: Final = 0.5
_LEAST: Final = 4


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared.

    >>> words("IL-6 (5 µg) fell.")
    ('il', '6', '5', 'μg', 'fell')
    """
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def overlaps(sentence: str, gold: str) -> bool:
    """Whether the longest common run of words is at least half of the sentence or of the gold.

    False where either has no word.

    >>> overlaps("We found that zinc shortens a common cold.", "Zinc shortens a common cold")
    True
    >>> overlaps("Zinc shortens a cold.", "In adults with a cold, copper did nothing at all")
    False
    """
    mine, theirs = words(sentence), words(gold)
    if not mine or not theirs:
        return False
    shorter = min(len(mine), len(theirs))
    needed = max(-(-shorter // 2), min(_LEAST, shorter))
    if len(set(mine) & set(theirs)) * 2 < needed:
        # a run repeats few words; this spares most of the work below
        return False
    found = SequenceMatcher(None, mine, theirs, autojunk=False).find_longest_match()
    return found.size >= needed and found.size >= _SHARE * shorter


def is_contained(sentence: str, gold: str) -> bool:
    """Whether all words of the sentence stand in the gold text, one after another.

    >>> is_contained("Rest and drink.", "Stay at home, rest, and drink a lot.")
    True
    >>> is_contained("", "anything")
    False
    """
    mine = words(sentence)
    return bool(mine) and f" {' '.join(mine)} " in f" {' '.join(words(gold))} "
