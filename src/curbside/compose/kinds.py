"""What a page of each kind of question shows, in which order, and what it must own up to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.records import QuestionKind
from curbside.text.rules import Columns, load_rules, strings


@dataclass(frozen=True, slots=True)
class Plan:
    """`answers` are the aspects that answer by themselves, so may stand in the bottom line;
    `aspects` those shown, most telling first, and `takes_all` whether every other follows them;
    `expects` those whose absence is said."""

    answers: tuple[str, ...]
    aspects: tuple[str, ...]
    takes_all: bool
    expects: tuple[str, ...]


@cache
def plan_of(kind: QuestionKind) -> Plan:
    """The plan of a kind (data/kinds.toml). Raises DataError where the file has none."""
    rules = load_rules(
        "curbside.compose.data",
        "kinds.toml",
        tables={"kind": Columns(("name", "answers", "aspects", "all", "expects"))},
    )
    for row in rules["kind"]:
        if row["name"] == kind.value:
            return Plan(
                strings(row, "answers"),
                strings(row, "aspects"),
                bool(row["all"]),
                strings(row, "expects"),
            )
    raise DataError(f"kinds.toml: expected a row for the kind {kind.value!r}")
