"""What a page of print says of its publication: DOI, year, who issued it, what kind it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from curbside.records import Kind
from curbside.text.rules import Columns, Row, load_rules

_DOI: Final = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;:)\]])")
_YEAR: Final = re.compile(r"\b((?:19|20)\d\d)\b")
# "JAMA. 2019;322(4):349"
_ISSUE: Final = re.compile(r"\b((?:19|20)\d\d)\s*;\s*\d+\s*[(:]")
_PUBLISHED: Final = re.compile(
    r"(?:published|issued|approved|©|copyright)\b\D{0,30}"
    r"((?:19|20)\d\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """What is said; None where it is not."""

    kind: Kind
    doi: str | None = None
    year: int | None = None
    organisation: str | None = None
    journal: str | None = None
    jurisdiction: str | None = None
    authors: tuple[str, ...] = ()


def printed_on(front: str, *, title: str, about: Mapping[str, str]) -> Printed:
    """Read the first page of a publication.

    Args:
        front: its text.
        title: of the publication.
        about: what the file says of itself ("Author", "CreationDate").
    """
    doi = _DOI.search(front)
    issuer = _issuer(f"{title}\n{about.get('Author', '')}\n{front}")
    return Printed(
        kind=_kind(title, front),
        doi=doi[1] if doi else None,
        year=_year(front, about),
        organisation=str(issuer["name"]) if issuer else None,
        jurisdiction=str(issuer["jurisdiction"]) if issuer and issuer.get("jurisdiction") else None,
    )


def _kind(title: str, front: str) -> Kind:
    """By the title, else by the first words of the page: a page that mentions a guideline is
    none."""
    for row in _rules()["kind"]:
        where = title if row["place"] == "title" else front
        if re.search(str(row["pattern"]), where, re.IGNORECASE):
            return Kind(str(row["kind"]))
    return Kind.ARTICLE


def _issuer(text: str) -> Row | None:
    found = [
        (match.start(), row)
        for row in _rules()["issuer"]
        if (match := re.search(str(row["pattern"]), text))
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _year(front: str, about: Mapping[str, str]) -> int | None:
    for pattern in (_ISSUE, _PUBLISHED):
        if found := pattern.search(front):
            return int(found[1])
    made = _YEAR.search(about.get("CreationDate", "")[2:6])
    return int(made[1]) if made else None


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.ingest.data",
        "publication.toml",
        tables={
            "kind": Columns(("place", "pattern", "kind")),
            "issuer": Columns(("pattern", "name"), ("jurisdiction",)),
        },
    )
