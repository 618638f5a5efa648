"""What a page of each kind of question shows, in which order, and what it must own up to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.records import QuestionKind
from curbside.text.rules import Columns, Row, load_rules, strings


@dataclass(frozen=True, slots=True)
class Plan:
    """`aspects` lead the page, most telling first; `takes_all` says whether every other belongs to
    the kind as well; `expects` are those whose absence is said."""

    aspects: tuple[str, ...]
    takes_all: bool
    expects: tuple[str, ...]


@cache
def plan_of(kind: QuestionKind) -> Plan:
    """The plan of a kind (data/kinds.toml). Raises DataError where the file has none."""
    for row in _rules()["kind"]:
        if row["name"] == kind.value:
            return Plan(strings(row, "aspects"), bool(row["all"]), strings(row, "expects"))
    raise DataError(f"kinds.toml: expected a row for the kind {kind.value!r}")


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.compose.data",
        "kinds.toml",
        tables={"kind": Columns(("name", "aspects", "all", "expects"))},
    )
