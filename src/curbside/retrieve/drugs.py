"""Drugs by their generic, brand and short names, with the classes they belong to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.text.rules import Columns, Row, load_rules, strings

_DRUG = re.compile(r"([^=|,]+(?:\|[^=|,]+)*)=([^=|,]+(?:,[^=|,]+)*)")


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug: `names` are generic, the one shown first; `brands` likewise; `classes` are its
    own class and the broader ones."""

    names: tuple[str, ...]
    brands: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of drugs, its wordings and the members' first names."""

    name: str
    terms: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short name of a drug or class; `is_capitals_only` where it also is a word or means
    other things."""

    text: str
    means: str
    is_capitals_only: bool


@cache
def drugs() -> tuple[Drug, ...]:
    """Every drug of the table, in file order.

    Raises:
        DataError: a drug is not written as `name|other name=Brand,Brand`, or stands twice.
    """
    found = tuple(
        _drug(written, row) for row in _rows("class") for written in strings(row, "drugs")
    )
    names = Counter(name for drug in found for name in drug.names)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise DataError(f"drugs.toml: {', '.join(twice)}: expected each drug once")
    return found


@cache
def drug_classes() -> tuple[DrugClass, ...]:
    """Every class, in file order, with all drugs that are in it or in a narrower one."""
    return tuple(
        DrugClass(
            str(row["name"]),
            strings(row, "terms"),
            tuple(drug.names[0] for drug in drugs() if str(row["name"]) in drug.classes),
        )
        for row in _rows("class")
    )


@cache
def abbreviations() -> tuple[Abbreviation, ...]:
    """Every short name, in file order. Raises DataError where it means no drug and no class."""
    known = {drug.names[0] for drug in drugs()} | {group.name for group in drug_classes()}
    for row in _rows("abbreviation"):
        if row["means"] not in known:
            raise DataError(f"drugs.toml: {row['text']} means {row['means']}, which is no drug")
    return tuple(
        Abbreviation(str(row["text"]), str(row["means"]), bool(row.get("capitals", False)))
        for row in _rows("abbreviation")
    )


@cache
def classes_of(name: str) -> frozenset[str]:
    """The classes of the drug with that first name; empty for any other name."""
    return frozenset(c for drug in drugs() if drug.names[0] == name for c in drug.classes)


def _drug(written: str, row: Row) -> Drug:
    match = _DRUG.fullmatch(written)
    if not match:
        raise DataError(f"drugs.toml: expected name|name=Brand,Brand, found {written!r}")
    broader = strings(row, "part_of") if "part_of" in row else ()
    return Drug(
        tuple(match[1].split("|")), tuple(match[2].split(",")), (str(row["name"]), *broader)
    )


def _rows(table: str) -> tuple[Row, ...]:
    return _rules()[table]


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.retrieve.data",
        "drugs.toml",
        tables={
            "class": Columns(("name", "terms", "drugs"), ("part_of",)),
            "abbreviation": Columns(("text", "means"), ("capitals",)),
        },
    )
