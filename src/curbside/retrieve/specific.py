"""Which words of a question name a thing: only these have to be found in the evidence.

"What is the function of PIEZO1?" asks about PIEZO1; a sentence that answers need not say
"function". A word is general where it is listed so (data/general_words.toml) or where many
passages of a library hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from curbside.retrieve.lexicon import general_words
from curbside.text.normalise import fold
from curbside.text.tokens import tokenize

_ENOUGH: Final = 2000
"""Passages: how often a word occurs says nothing in a smaller library."""
_COMMON: Final = 0.004
"""Share of the passages from which a word goes with many subjects. Set by reading the words of
a library of 134,000 passages: "membrane" (.007) and "evaluated" (.018) lie above, "microbiota"
(.0016) and "velocity" (.003) below."""
_EVERYWHERE: Final = ("the", "of", "and", "in")
_SHORTEST: Final = 3


class Specificity:
    """The specific words of one library.

    Args:
        frequencies: words of the library with the number of passages that hold them.
    """

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self._frequencies = frequencies
        # a word that every English passage holds tells how many there are, near enough
        passages = max((frequencies.get(word, 0) for word in _EVERYWHERE), default=0)
        self._most = _COMMON * passages if passages >= _ENOUGH else float("inf")

    def is_specific(self, word: str) -> bool:
        """Whether a word names something by itself."""
        folded = fold(word)
        if is_identifier(word):
            return True
        return folded not in general_words() and self._frequencies.get(folded, 0) <= self._most

    def names(self, wording: str) -> bool:
        """Whether a wording holds a specific word."""
        return any(self.is_specific(word) for word in _words(wording))

    def shortened(self, wording: str) -> tuple[str, ...]:
        """The shorter wordings that mean what a wording means: its specific words alone, and each
        identifier alone; none where every word is specific.

        >>> Specificity({}).shortened("gene ABCG1 encoding"), Specificity({}).shortened("iron")
        (('gene abcg1', 'abcg1'), ())
        """
        words = _words(wording)
        specific = [word for word in words if self.is_specific(word)]
        alone = [word for word in specific if is_identifier(word)]
        if len(words) < 2 or not specific:
            return ()
        shorter = [] if len(specific) == len(words) else [" ".join(specific)]
        return tuple(dict.fromkeys(map(fold, (*shorter, *alone))))


def is_identifier(word: str) -> bool:
    """Whether a word is a code that names one thing: letters with a digit among them.

    >>> is_identifier("CYP2D6"), is_identifier("2018"), is_identifier("iron")
    (True, False, False)
    """
    letters = sum(c.isalpha() for c in word)
    return len(word) > _SHORTEST - 1 and letters > 1 and any(c.isdigit() for c in word)


def _words(wording: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(wording))
