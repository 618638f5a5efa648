"""How hard a text is to read: syllables, Flesch-Kincaid grade, SMOG grade.

Syllables are counted by rule, as no dictionary holds the words of medicine; the words that the
rule gets wrong stand in `data/syllables.toml`. How often it is right is measured against a
pronouncing dictionary (docs/evaluation.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings

_WORD: Final = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*%?")
_VOWELS: Final = re.compile(r"[aeiouy]+")
# two vowels side by side that are spoken apart
_APART: Final = re.compile(
    r"(?<![tscg])ia(?!ns?$|l)|(?<=[bdmnprv])ia(?=[nl])|(?<![tscgxn])io|iu|[^p]eo(?=[^u])|ao|"
    r"(?<![gq])ua|uou|(?<![gq])ui(?=t[yi]|n[gt])|(?<=cr)ea(?=t[ie])|(?<=r)ea(?=[cd]m?[it])|eu[ms]$|"
    r"ie(?=t[yi]|nt|nc)(?<![tc]ie)|[abdgjn]o?yi|ei(?=ng|n[sf]|t[yi])|oi(?=ng)|oe(?=ff|x)|ii|uu|"
    r"(?<!q)ue(?=n[ct])|yi(?=ng)|(?<=oc)ia(?=t)|(?<=oc)ie"
)
# an e that is not spoken: at the end ("dose", "doses" apart), and inside a compound ("lifelong")
_SILENT_E: Final = re.compile(
    r"(?<![aeiouy])(?<![^aeiouylrw]l)e$|(?<![aeiouy])(?<![sxzcg])(?<!ch)(?<!sh)(?<![^aeiouylrw]l)es$|"
    r"(?<![aeiouytd])(?<![^aeiouylrw]l)ed$"
)
_SILENT_INSIDE: Final = re.compile(
    r"(?<=[^aeiouyl])e(?=(?:ly|ments?|ful|fully|fulness|less|ness|thing|body|times?|time|side|work|"
    r"lines?|long|where|ty|meal)$)|(?<=[aeiouy]l)e(?=ly$|ments?$|less$|ness$)|(?<=ever)y(?=one)"
)
_SPOKEN_M: Final = re.compile(r"(?:s|th)ms?$")
# a figure, two capitals or no vowel: an abbreviation, a figure, a symbol or a combination of them
_NO_WORD: Final = re.compile(r"\d|[A-Z]\w?[A-Z]|^[^aeiouyAEIOUY]+$|^mg/|^IU/")
_POLYSYLLABIC: Final = 3
_SMOG_SENTENCES: Final = 30


@dataclass(frozen=True, slots=True)
class Readability:
    """The counts behind the grades; grades are school years in the United States."""

    sentences: int
    words: int
    syllables: int
    polysyllables: int

    @property
    def flesch_kincaid(self) -> float | None:
        """Flesch-Kincaid grade level; None where there is no word.

        Source:
            Kincaid et al., Naval Technical Training Command, Research Branch Report 8-75, 1975.
            0.39 words a sentence + 11.8 syllables a word - 15.59.
        """
        if not (self.words and self.sentences):
            return None
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def smog(self) -> float | None:
        """SMOG grade; None where there is no sentence. Made for 30 sentences or more: with fewer
        the number of long words is scaled up.

        Source:
            McLaughlin, Journal of Reading 1969;12:639-646.
            3.1291 + 1.0430 times the root of the words of three or more syllables in 30 sentences.
        """
        if not self.sentences:
            return None
        return 3.1291 + 1.0430 * math.sqrt(self.polysyllables * _SMOG_SENTENCES / self.sentences)


def readability(sentences: Sequence[str], *, names: Collection[str] = ()) -> Readability:
    """Count a text that is already cut into sentences.

    Args:
        sentences: one or more words each; one without a word is not counted.
        names: words or runs of words that are left out of the count wherever they stand, longest
            first, whole words only, in any case.

    Returns:
        The counts, by Flesch's own directions: abbreviations, figures, symbols and combinations
        of them are words of one syllable; a contraction or a word with hyphens is one word.
    """
    left_out = _pattern(frozenset(map(fold, names)))
    counted = words = syllables = polysyllables = 0
    for sentence in sentences:
        printed = left_out.sub(" ", sentence) if left_out else sentence
        counts = [count_syllables(word) for word in _WORD.findall(printed)]
        if counts:
            counted += 1
            words += len(counts)
            syllables += sum(counts)
            polysyllables += sum(count >= _POLYSYLLABIC for count in counts)
    return Readability(counted, words, syllables, polysyllables)


@lru_cache(maxsize=16384)
def count_syllables(word: str) -> int:
    """The syllables of a word as it is spoken; one for abbreviations, figures and symbols.

    >>> [count_syllables(word) for word in ("the", "apple", "remission", "HLA", "follow-up")]
    [1, 2, 3, 1, 3]
    """
    if _NO_WORD.search(word):
        return 1
    folded = fold(word)
    known = _exceptions().get(folded)
    if known is not None:
        return known
    return sum(map(_piece_syllables, re.split(r"[^\w]+", folded.replace("’", "").replace("'", ""))))


def _piece_syllables(piece: str) -> int:
    known = _exceptions().get(piece)
    return _word_syllables(piece) if known is None else known


def _word_syllables(word: str) -> int:
    count = len(_VOWELS.findall(word)) + len(_APART.findall(word))
    count -= len(_SILENT_INSIDE.findall(word)) + bool(_SILENT_E.search(word))
    return max(1, count + bool(_SPOKEN_M.search(word)))


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    longest = sorted((name for name in names if name.strip()), key=lambda name: (-len(name), name))
    if not longest:
        return None
    spelt = "|".join(r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", n))) for n in longest)
    return re.compile(rf"(?<![\w-])(?:{spelt})(?![\w-])", re.IGNORECASE)


@cache
def _exceptions() -> dict[str, int]:
    rows = load_rules(
        "curbside.text.data", "syllables.toml", tables={"words": Columns(("syllables", "texts"))}
    )["words"]
    return {text: int(str(row["syllables"])) for row in rows for text in strings(row, "texts")}
