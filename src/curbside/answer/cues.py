"""What a question asks for and what a sentence tells, by their words: features, never a filter."""

from __future__ import annotations

import re
from functools import cache

from curbside.text.rules import Columns, Row, load_rules


def question_cues(folded: str) -> tuple[float, ...]:
    """1.0 for each cue of data/cues.toml that a folded question has, else 0.0, in file order."""
    return tuple(float(bool(pattern.search(folded))) for pattern in _patterns("question"))


def sentence_cues(folded: str) -> tuple[float, ...]:
    """The same of a folded sentence."""
    return tuple(float(bool(pattern.search(folded))) for pattern in _patterns("sentence"))


@cache
def cue_names(table: str) -> tuple[str, ...]:
    """The names of the cues of "question" or "sentence", in file order."""
    return tuple(str(row["name"]) for row in _rules()[table])


@cache
def _patterns(table: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(str(row["pattern"])) for row in _rules()[table])


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    columns = Columns(("name", "pattern"))
    return load_rules(
        "curbside.answer.data", "cues.toml", tables={"question": columns, "sentence": columns}
    )
