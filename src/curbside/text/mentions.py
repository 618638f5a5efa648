"""Where a text mentions a concept: any of its terms, as whole words, inflection aside."""

from __future__ import annotations

import re
from functools import lru_cache

from curbside.text.alternation import any_of
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems

# the regular English endings only: "relapse" finds relapsed and relapsers
_LONG_STEM = 5
_GAP = re.compile(r"[\s-]+")
_ENDING = r"(?:'s|s|es|d|ed|r|rs|ers?)?"


@lru_cache(maxsize=4096)
def term_pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all terms of a concept, longest first; match it on `fold`ed text.

    Spaces and hyphens in a term match each other. No term at all gives a pattern that never
    matches.
    """
    if not terms:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![\w-])(?:{alternatives(terms)}){_ENDING}(?!\w)")


def alternatives(terms: tuple[str, ...]) -> str:
    """The terms as one regular-expression alternation, escaped, longest first."""
    return any_of((_GAP.sub(" ", fold(term)) for term in terms), gap=r"[\s-]+")


OUTCOME, OPPOSITE = "\u01c0", "\u01c2"
"""What `mask_outcome` puts in the place of each character of a mention: letters (of click
languages) that no clinical text uses, so that a mention still is a word to a pattern."""


@lru_cache(maxsize=16384)
def mask_outcome(folded: str, terms: tuple[str, ...], opposite: tuple[str, ...]) -> str:
    """Folded text with every mention of an outcome masked, so that one grammar, compiled once,
    serves every outcome; the length stays, so spans do too.

    A mention of the opposite ("relapse-free") is masked first, as it may hold the outcome.
    """
    for mark, wordings in ((OPPOSITE, opposite), (OUTCOME, terms)):
        if wordings:
            folded = _inflected(wordings).sub(lambda m, c=mark: c * len(m.group()), folded)  # type: ignore[misc]  # a default binds the loop's value
    return folded


@lru_cache(maxsize=1024)
def _inflected(terms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{alternatives(terms)})[a-z]{{0,4}}(?!\w)")


def mentions(text: str, terms: tuple[str, ...]) -> bool:
    """Whether `text` mentions the concept: a term as it stands, or its stems close together.

    The second reading lets "infection of the surgical site" speak of "surgical site infection",
    with at most one other content word among them, and "vaccine" of "vaccination"; a short stem
    stands for too many words and is not read so.
    """
    return bool(mentioned(text, (terms,)))


@lru_cache(maxsize=65536)
def mentioned(text: str, concepts: tuple[tuple[str, ...], ...]) -> frozenset[int]:
    """Which of several concepts `text` mentions, by their place; see `mentions`."""
    folded = fold(text)
    return frozenset(
        at
        for at, terms in enumerate(concepts)
        if term_pattern(terms).search(folded) or _by_stems(text, folded, terms)
    )


def _by_stems(text: str, folded: str, terms: tuple[str, ...]) -> bool:
    # most texts hold no trace of most terms: a look for the beginnings saves the stemming
    likely = [
        wanted
        for wanted, beginnings in _stem_sets(terms)
        if all(beginning in folded for beginning in beginnings)
    ]
    if not likely:
        return False
    stems = content_stems(text)
    held = frozenset(stems)
    return any(wanted <= held and _stand_together(wanted, stems) for wanted in likely)


def _stand_together(wanted: frozenset[str], stems: tuple[str, ...]) -> bool:
    width = len(wanted) + 1
    return any(wanted <= set(stems[at : at + width]) for at in range(len(stems)))


@lru_cache(maxsize=4096)
def _stem_sets(
    terms: tuple[str, ...],
) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """The stems of each term, and how every word with such a stem begins."""
    sets = dict.fromkeys(frozenset(content_stems(term)) for term in terms)
    return tuple(
        # a stem may end in a letter that its words do not have ("arthropathi")
        (stems, tuple(sorted(stem[: max(3, len(stem) - 2)] for stem in stems)))
        for stems in sets
        if len(stems) > 1 or any(len(stem) >= _LONG_STEM for stem in stems)
    )
