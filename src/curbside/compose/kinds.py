"""What a page of each kind of question shows, in which order, and what it must own up to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.records import QuestionKind
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings


@dataclass(frozen=True, slots=True)
class Plan:
    """`answers` are the aspects that answer by themselves, so may stand in the bottom line;
    `aspects` those shown, most telling first, and `takes_all` whether every other follows them;
    `is_strict` whether the bottom line stays empty where nothing answers;
    `expects` those whose absence is said; `speaks` what a sentence of no listed aspect holds."""

    answers: tuple[str, ...]
    aspects: tuple[str, ...]
    takes_all: bool
    is_strict: bool
    expects: tuple[str, ...]
    speaks: re.Pattern[str]


@cache
def plan_of(kind: QuestionKind) -> Plan:
    """The plan of a kind (data/kinds.toml). Raises DataError where the file has none."""
    for row in _rules()["kind"]:
        if row["name"] == kind.value:
            return Plan(
                strings(row, "answers"),
                strings(row, "aspects"),
                bool(row["all"]),
                bool(row["strict"]),
                strings(row, "expects"),
                re.compile(str(row["speaks"])),
            )
    raise DataError(f"kinds.toml: expected a row for the kind {kind.value!r}")


def asks_to_compare(query: str) -> bool:
    """Whether a question compares ("Is A as good as B?")."""
    return bool(_comparison()[0].search(fold(query)))


def tells_comparison(text: str) -> bool:
    """Whether a sentence sets one thing against another.

    >>> tells_comparison("Pain fell in both groups."), tells_comparison("Half were men.")
    (True, False)
    """
    return bool(_comparison()[1].search(fold(text)))


@cache
def _comparison() -> tuple[re.Pattern[str], re.Pattern[str]]:
    (row,) = _rules()["comparison"]
    return re.compile(str(row["asks"])), re.compile(str(row["tells"]))


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.compose.data",
        "kinds.toml",
        tables={
            "kind": Columns(("name", "answers", "aspects", "all", "strict", "expects", "speaks")),
            "comparison": Columns(("asks", "tells")),
        },
    )
