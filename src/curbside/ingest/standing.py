"""What a source's own record says of its standing: retracted, in doubt, superseded, corrected."""

from __future__ import annotations

import re
from functools import cache

from curbside.records import Document, Notice, Standing, Status
from curbside.text.rules import Columns, Row, load_rules

_SCHEMES = ("doi", "pmid", "pmcid", "guideline")


def standing_of(document: Document) -> Standing:
    """The standing that a document's links, publication types and title state.

    The gravest decides; `by` holds the targets of its links, sorted, and `checked_at` is the day
    that the record was retrieved. UNKNOWN, with no day, where the record says nothing: silence
    of a record that may be old is no clean bill.
    """
    found = {
        *_of_links(document),
        *_of_types(document),
        *_of_title(document),
    }
    for status in _gravest_first():
        if status in found:
            by = {
                link.target
                for link in document.source.links
                if _rules("relation").get(link.relation) is status
            }
            return Standing(status, tuple(sorted(by)), document.retrieved_at)
    return Standing(Status.UNKNOWN)


def notices_of(document: Document) -> tuple[Notice, ...]:
    """What a document's own metadata state of other works: the notice of a retraction, of a
    correction or of a concern, or a newer edition.

    Works that are named without a DOI, PMID or PMCID, or in words alone, are left out.
    """
    statuses = _rules("notice")
    return tuple(
        Notice(
            work=(name,),
            status=statuses[link.relation],
            register=document.doc_id,
            by=(document.doc_id,),
            stated=document.published,
            checked_at=document.retrieved_at,
        )
        for link in dict.fromkeys(document.source.links)
        if link.relation in statuses and (name := _name(link.target)) is not None
    )


def _name(target: str) -> str | None:
    scheme, _, rest = target.partition(":")
    if scheme not in _SCHEMES or not rest or rest != "".join(rest.split()):
        return None
    return f"doi:{rest.lower()}" if scheme == "doi" else target


def _of_links(document: Document) -> set[Status]:
    statuses = _rules("relation")
    return {statuses[x.relation] for x in document.source.links if x.relation in statuses}


def _of_types(document: Document) -> set[Status]:
    statuses = _rules("publication_type")
    return {statuses[x] for x in document.source.publication_types if x in statuses}


def status_of_title(title: str) -> Status | None:
    """What a publisher put before a title ("RETRACTED: …"); None where it is nothing."""
    found = (
        status
        for pattern, status in _rules("title").items()
        if re.match(pattern, title, re.IGNORECASE)
    )
    return next(found, None)


def _of_title(document: Document) -> set[Status]:
    status = status_of_title(document.title)
    return {status} if status else set()


@cache
def _gravest_first() -> tuple[Status, ...]:
    return tuple(dict.fromkeys(_rules("relation").values()))


@cache
def _rules(table: str) -> dict[str, Status]:
    key = "pattern" if table == "title" else "name"
    return {str(row[key]): Status(str(row["status"])) for row in _rows()[table]}


@cache
def _rows() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.ingest.data",
        "standing.toml",
        tables={
            "relation": Columns(("name", "status")),
            "notice": Columns(("name", "status")),
            "publication_type": Columns(("name", "status")),
            "title": Columns(("pattern", "status")),
        },
    )
