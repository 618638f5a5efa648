"""Misspelt words: the nearest known word, where there is exactly one worth taking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

_SHORTEST, _MIDDLE, _LONG = 5, 7, 8
_USUAL = 3  # passages


@dataclass(frozen=True, slots=True)
class Known:
    """The words a typed word may be read as, the preferred ones apart.

    `preferred` are concept words (a topic's vocabulary, drugs); `drugs` the drug names among
    them; `common` are the package's other words; `frequencies` the words of the library with
    the number of passages that hold them.
    """

    preferred: frozenset[str]
    drugs: frozenset[str]
    common: frozenset[str]
    frequencies: Mapping[str, int]

    def holds(self, word: str) -> bool:
        """Whether a word is known as it stands."""
        return word in self.preferred or word in self.common or word in self.frequencies


def correct(word: str, known: Known) -> str | None:
    """The known word that a misspelt one stands for.

    Args:
        word: lower case, not known itself.
        known: what it may be read as.

    Returns:
        The nearest concept word within one edit (two from eight letters on; an exchange of
        neighbours is one), the first in the alphabet where several are as near; else, for a
        word of seven letters or more, the one word of the package or of three passages or more
        that is one edit away: without a dictionary, a wider net turns rare words into common
        ones ("infarction" into "infection"). None where nothing is near, the word is short, or
        two drugs are equally near: a drug is never guessed.
    """
    if len(word) < _SHORTEST or not word.isalpha():
        return None
    most = 2 if len(word) >= _LONG else 1
    near = _nearest(word, known.preferred, most)
    if near:
        best = [w for w in near if near[w] == min(near.values())]
        if sum(w in known.drugs for w in best) > 1:
            return None
        return min(best)
    if len(word) < _MIDDLE:
        return None
    usual = (w for w, n in known.frequencies.items() if n >= _USUAL)
    near = _nearest(word, (*sorted(known.common), *usual), 1)
    return min(near, key=lambda w: (-known.frequencies.get(w, 0), w)) if near else None


def _nearest(word: str, candidates: Iterable[str], most: int) -> dict[str, int]:
    found = {}
    for candidate in candidates:
        # a changed first letter is rarely a slip, and makes other words of short ones
        if abs(len(candidate) - len(word)) > most or candidate[:1] != word[:1]:
            continue
        distance = DamerauLevenshtein.distance(word, candidate, score_cutoff=most)
        if distance <= most:
            found[candidate] = distance
    return found
