"""The words that ship with the package: drugs, outcomes, processes, groups, question words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.records import QuestionKind, Role
from curbside.text.rules import Columns, Row, load_rules, strings

_PACKAGE = "curbside.retrieve.data"


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug by its generic name; `brands` in order of preference, `abbreviations` in capitals."""

    generic: str
    drug_class: str
    brands: tuple[str, ...]
    abbreviations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A concept of the package's own lists; `opposite` as in a vocabulary entry."""

    role: Role
    name: str
    terms: tuple[str, ...]
    opposite: str | None = None


@cache
def drugs() -> tuple[Drug, ...]:
    """Every drug of the table, in file order."""
    found = []
    for row in _classes():
        for written in strings(row, "drugs"):
            match = re.fullmatch(r"([^=;]+)=([^=;]+)(?:;([^=;]+))?", written)
            if not match:
                raise DataError(f"drugs.toml: expected generic=Brand,Brand;ABBR, found {written!r}")
            found.append(
                Drug(
                    match[1],
                    str(row["name"]),
                    tuple(match[2].split(",")),
                    tuple(match[3].split(",")) if match[3] else (),
                )
            )
    names = [drug.generic for drug in found]
    if len(names) != len(set(names)):
        raise DataError("drugs.toml: a drug stands twice")
    return tuple(found)


@cache
def drug_classes() -> dict[str, tuple[str, ...]]:
    """The wordings of each class of drugs, by its name."""
    return {str(row["name"]): strings(row, "terms") for row in _classes()}


@cache
def _classes() -> tuple[Row, ...]:
    return load_rules(
        _PACKAGE, "drugs.toml", tables={"class": Columns(("name", "terms", "drugs"))}
    )["class"]


@cache
def words() -> tuple[Word, ...]:
    """Outcomes, processes and groups."""
    found = []
    for name, table, role in (
        ("outcomes.toml", "outcome", Role.OUTCOME),
        ("processes.toml", "process", Role.PROCESS),
        ("populations.toml", "population", Role.POPULATION),
    ):
        rules = load_rules(
            _PACKAGE, name, tables={table: Columns(("name", "terms"), ("opposite",))}
        )
        for row in rules[table]:
            opposite = str(row["opposite"]) if "opposite" in row else None
            found.append(Word(role, str(row["name"]), strings(row, "terms"), opposite))
    return tuple(found)


@cache
def question_words() -> frozenset[str]:
    """Words that ask, and name no concept; lower case."""
    rules = load_rules(_PACKAGE, "question_words.toml", tables={"words": Columns(("words",))})
    return frozenset(word for row in rules["words"] for word in strings(row, "words"))


@cache
def kind_cues() -> tuple[tuple[QuestionKind, re.Pattern[str]], ...]:
    """How each kind of question is worded, in the order in which they are tried."""
    rules = load_rules(_PACKAGE, "question_kinds.toml", tables={"kind": Columns(("name", "cues"))})
    return tuple(
        (QuestionKind(str(row["name"])), re.compile(rf"\b(?:{'|'.join(strings(row, 'cues'))})"))
        for row in rules["kind"]
    )
