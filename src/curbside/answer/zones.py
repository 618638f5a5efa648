"""The rhetorical zone of a section: background, method, result, conclusion, discussion, other."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings

_UNKNOWN = "other"
_MIXED = "mixed"  # methods and findings under one label: each sentence shows its own


@lru_cache(maxsize=4096)
def zone_of(label: str) -> str:
    """The zone of a section by its label or locator ("Results > Adverse events").

    The innermost heading that opens with a known word decides; "other" where none does.
    """
    for heading in reversed(fold(label).split(" > ")):
        named = heading.lstrip(" 0123456789.")  # "4. Discussion"
        for zone, words in _zones():
            if named.startswith(words):
                return zone
    return _UNKNOWN


def is_labelled(label: str, locator: str) -> bool:
    """Whether a section's own label or locator says its zone.

    >>> is_labelled("RESULTS", "Abstract > Results"), is_labelled("ABSTRACT", "Abstract")
    (True, False)
    """
    return any(zone_of(name) not in (_UNKNOWN, _MIXED) for name in (label, locator))


def zone_of_sentence(sentence: str, *, label: str, locator: str) -> str:
    """The zone of a sentence: its section's, by label then by locator; where neither is known
    (an unstructured abstract), the one that the sentence's own words show, else "other"."""
    folded = fold(sentence)
    for zone, pattern, is_always in _sentence_cues():
        if is_always and pattern.search(folded):
            return zone
    for name in (label, locator):
        zone = zone_of(name)
        if zone not in (_UNKNOWN, _MIXED):
            return zone
    for zone, pattern, _ in _sentence_cues():
        if pattern.search(folded):
            return zone
    return _UNKNOWN


@cache
def _zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((str(row["name"]), strings(row, "labels")) for row in _rules()["zone"])


@cache
def _sentence_cues() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    return tuple(
        (str(row["zone"]), re.compile(str(row["pattern"])), bool(row.get("always", False)))
        for row in _rules()["sentence"]
    )


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.answer.data",
        "zones.toml",
        tables={
            "zone": Columns(("name", "labels")),
            "sentence": Columns(("zone", "pattern"), ("always",)),
        },
    )
