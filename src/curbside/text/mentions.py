"""Where a text mentions a concept: any of its terms, as whole words, inflection aside."""

from __future__ import annotations

import re
from functools import lru_cache

from curbside.records import Span
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems

# the regular English endings only: "relapse" finds relapsed and relapsers
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
    folded = sorted({fold(term) for term in terms}, key=lambda term: (-len(term), term))
    return "|".join(r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", term))) for term in folded)


def find_mention(text: str, terms: tuple[str, ...]) -> Span | None:
    """The first mention of a concept in `text`, or None."""
    match = term_pattern(terms).search(fold(text))
    return Span(*match.span()) if match else None


@lru_cache(maxsize=65536)
def mentions(text: str, terms: tuple[str, ...]) -> bool:
    """Whether `text` mentions the concept: a term as it stands, or all stems of one term.

    The second reading lets "infection of the surgical site" speak of "surgical site infection";
    it holds for terms of two words and more.
    """
    if term_pattern(terms).search(fold(text)):
        return True
    stems = frozenset(content_stems(text))
    return any(len(wanted) > 1 and wanted <= stems for wanted in _stem_sets(terms))


@lru_cache(maxsize=4096)
def _stem_sets(terms: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(content_stems(term)) for term in terms)
