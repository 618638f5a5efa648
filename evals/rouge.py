"""How much of a reference a text repeats: ROUGE-2 and ROUGE-SU4.

Written here, as the kept package for it is none (last release 2022) and gives no SU4; the tests
hold ROUGE-2 to that package's figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")
_GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares between 0 and 1; `f` is their harmonic mean."""

    precision: float
    recall: float
    f: float


def rouge_2(text: str, references: Sequence[str]) -> Overlap:
    """Overlap of word pairs with the reference that agrees best (highest F).

    Words are runs of Latin letters and digits, lower case, not stemmed. Zero where either side
    has no pair. Raises ValueError without a reference.

    Source:
        Lin, ROUGE: a package for automatic evaluation of summaries, ACL workshop 2004.
    """
    return _best(_bigrams(_words(text)), [_bigrams(_words(r)) for r in references])


def rouge_su4(text: str, references: Sequence[str]) -> Overlap:
    """The same over words and pairs of words at most four words apart (Lin 2004, ROUGE-SU4)."""
    return _best(_skips(_words(text)), [_skips(_words(r)) for r in references])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _bigrams(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(pairwise(words))


def _skips(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    # at most four words stand between the two
    pairs = (
        (word, other) for at, word in enumerate(words) for other in words[at + 1 : at + 2 + _GAP]
    )
    return Counter([*pairs, *((word,) for word in words)])


def _best(
    mine: Counter[tuple[str, ...]], references: Sequence[Counter[tuple[str, ...]]]
) -> Overlap:
    if not references:
        raise ValueError("expected at least one reference")
    return max((_overlap(mine, theirs) for theirs in references), key=lambda o: (o.f, o.recall))


def _overlap(mine: Counter[tuple[str, ...]], theirs: Counter[tuple[str, ...]]) -> Overlap:
    shared = (mine & theirs).total()
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = shared / mine.total(), shared / theirs.total()
    return Overlap(precision, recall, 2 * precision * recall / (precision + recall))
