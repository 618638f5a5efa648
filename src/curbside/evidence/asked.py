"""Whether a sentence speaks of what is asked about a thing, and not of the thing alone."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules


def speaks_of_what_is_asked(query: str, sentence: str) -> bool:
    """Whether a sentence can answer a question of this wording (data/asked.toml).

    A question whose wording no row knows asks for anything about what it names.

    >>> asked = "What is the prognosis of gout?"
    >>> speaks_of_what_is_asked(asked, "Survival in gout was 90% at five years.")
    True
    >>> speaks_of_what_is_asked(asked, "We report a new gene in gout.")
    False
    """
    folded = fold(sentence)
    return all(pattern.search(folded) for pattern in _answers_to(query))


@lru_cache(maxsize=256)
def _answers_to(query: str) -> tuple[re.Pattern[str], ...]:
    folded = fold(query)
    return tuple(answered for asked, answered in _rows() if asked.search(folded))


@cache
def _rows() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rules = load_rules(
        "curbside.evidence.data",
        "asked.toml",
        tables={"asked": Columns(("name", "asked", "answered"))},
    )
    return tuple(
        (re.compile(str(row["asked"])), re.compile(str(row["answered"]))) for row in rules["asked"]
    )
