"""A PubMed citation as its record states it, field by field, and the document that it makes.

Two readers fill these fields: `pubmed` from a parsed tree, for any record, and `pubmed_plain` from
the bytes, for records in the usual form. What the fields mean is decided here, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

from curbside.errors import SourceError
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Kind, Link, Source
from curbside.text.rules import Columns, load_rules

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_ABSENT: Final = "[Not Available]."
# the one RefType family of the DTD whose "and" is written small: "CorrectedandRepublishedIn"
_SMALL_AND = re.compile(r"(?<=ed)and(?=[A-Z])")


class Date(NamedTuple):
    """As printed: `year` may be a MedlineDate ("1998 Dec-1999 Jan"), `month` a name or a number."""

    year: str
    month: str = ""
    day: str = ""


class AbstractPart(NamedTuple):
    """One AbstractText: `place` is "Abstract" or which other abstract it belongs to."""

    place: str
    label: str
    category: str
    text: str


class Comment(NamedTuple):
    """One CommentsCorrections: another record, by PMID where it has one, else as cited."""

    ref_type: str
    pmid: str
    source: str


class Citation(NamedTuple):
    """What a record states; text has its white space collapsed, "" and () mean: not there.

    `titles` and `journals` are in order of preference, `dates` too, of issue before electronic.
    """

    pmid: str
    version: str
    revised: Date | None
    titles: tuple[str, ...]
    abstract: tuple[AbstractPart, ...]
    authors: tuple[str, ...]
    groups: tuple[str, ...]
    journals: tuple[str, ...]
    publisher: str
    dates: tuple[Date, ...]
    volume: str
    issue: str
    pages: str
    doi: str
    pmcid: str
    copyright: str
    types: tuple[str, ...]
    mesh: tuple[str, ...]
    comments: tuple[Comment, ...]


def document_of(
    citation: Citation, *, path: str, record: str, retrieved_at: str | None
) -> Document:
    """The document that a citation makes. Raises SourceError without a title and an abstract."""
    title = next((t for t in citation.titles if t and t != _ABSENT), "")
    pieces = [Piece("TITLE", "Title", (title,))]
    pieces += [_piece(part) for part in citation.abstract]
    text, sections = assemble(pieces, gap="\n")
    if not sections:
        raise SourceError(path, record=record, expected="a title or an abstract", found="neither")
    published = _published(citation.dates)
    kind = _kind(citation.types)
    # who issues a guideline signs it as a group
    group = citation.groups[0] if citation.groups and kind is Kind.GUIDELINE else None
    source = Source(
        authors=citation.authors,
        journal=next((name for name in citation.journals if name), None),
        organisation=citation.publisher or group,
        year=int(published[:4]) if published else None,
        volume=citation.volume or None,
        issue=citation.issue or None,
        pages=citation.pages or None,
        doi=citation.doi or None,
        pmid=citation.pmid,
        pmcid=citation.pmcid or None,
        licence=citation.copyright or None,
        publication_types=citation.types,
        mesh=citation.mesh,
        links=tuple(_link(comment) for comment in citation.comments),
    )
    return Document(
        doc_id=f"pmid:{citation.pmid}",
        title=title,
        text=text,
        kind=kind,
        sections=sections,
        source=source,
        revision=revision_of(text),
        published=published,
        revised=_iso(citation.revised) if citation.revised else None,
        version=citation.version or None,
        retrieved_at=retrieved_at,
    )


def _piece(part: AbstractPart) -> Piece:
    category = "" if part.category == "UNASSIGNED" else part.category
    label = " ".join((part.label or category or "ABSTRACT").split())
    return Piece(label, _locator(part.place, label, category), (part.text,))


@lru_cache(maxsize=1024)
def _locator(place: str, label: str, category: str) -> str:
    """ "Abstract > RESULTS"; with NLM's category where the label is of the authors' own making
    ("Abstract > Results (WHAT WE FOUND)")."""
    if label == "ABSTRACT":
        return place
    if not category or category.rstrip("S") in label.upper():
        return f"{place} > {label}"
    return f"{place} > {category.capitalize()} ({label})"


def _link(comment: Comment) -> Link:
    target = f"pmid:{comment.pmid}" if comment.pmid else comment.source
    return Link(_kebab(comment.ref_type or "related"), target)


@lru_cache(maxsize=128)
def _kebab(ref_type: str) -> str:
    """
    >>> _kebab("RetractionIn"), _kebab("CorrectedandRepublishedIn")
    ('retraction-in', 'corrected-and-republished-in')
    """
    spelt = _SMALL_AND.sub("And", ref_type)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", spelt).lower()


def _published(dates: tuple[Date, ...]) -> str | None:
    """The first date that names a year, as far as it is known ("2018", "2018-05", "2018-05-03");
    of a MedlineDate ("1998 Dec-1999 Jan") the first year."""
    return next((iso for date in dates if (iso := _iso(date))), None)


@lru_cache(maxsize=65536)
def _iso(date: Date) -> str | None:
    year = _YEAR.search(date.year)
    return "-".join((year[0], *_month_and_day(date))) if year else None


def _month_and_day(date: Date) -> Iterator[str]:
    month = date.month.lower()
    named = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else 0
    number = int(month) if month.isdecimal() else named
    if not 1 <= number <= 12:
        return
    yield f"{number:02}"
    if date.day.isdecimal() and 1 <= int(date.day) <= 31:
        yield f"{int(date.day):02}"


@lru_cache(maxsize=4096)
def _kind(types: tuple[str, ...]) -> Kind:
    return next((kind for name, kind in _kinds() if name in types), Kind.ARTICLE)


@cache
def _kinds() -> tuple[tuple[str, Kind], ...]:
    rules = load_rules(
        "curbside.ingest.data",
        "publication_types.toml",
        tables={"type": Columns(("name", "kind"))},
    )
    return tuple((str(row["name"]), Kind(str(row["kind"]))) for row in rules["type"])
