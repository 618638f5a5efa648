"""The references as RIS, which every reference manager imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from curbside.interfaces.export.csl import spaced
from curbside.interfaces.export.works import Group, Person, Work, page_note, passage_note

_TYPES: Final = {
    "article-journal": "JOUR",
    "report": "RPRT",
    "pamphlet": "PAMP",
    "webpage": "ELEC",
    "document": "GEN",
}


def ris(works: tuple[Work, ...]) -> str:
    """RIS records in the order of the page, a blank line between them.

    `N1` holds what must be known of a source and then each passage that the page quotes of it;
    `AN` the PMID and `C2` the PMCID, as EndNote and Zotero write them.
    """
    return "\n".join("".join(_lines(work)) for work in works)


def _lines(work: Work) -> Iterator[str]:
    first, last = _split(work.pages)
    is_article = work.type == "article-journal"
    fields: tuple[tuple[str, str | int | None], ...] = (
        ("TY", _TYPES[work.type]),
        ("ID", work.key),
        ("M3", work.genre),
        *(("AU", _name(name)) for name in work.authors),
        ("AU", "et al." if work.has_more_authors else None),
        ("TI", work.title),
        ("T2", work.journal),
        ("PB", None if is_article else work.organisation),
        ("PY", work.year),
        ("VL", work.volume),
        ("IS", work.issue),
        ("SP", first),
        ("EP", last),
        ("DO", work.doi),
        ("AN", work.pmid),
        ("C2", work.pmcid),
        ("UR", work.url),
        ("N1", page_note(work)),
        *(("N1", passage_note(passage)) for passage in work.passages),
    )
    for tag, value in fields:
        if value is not None:
            yield f"{tag}  - {value}\n"
    yield "ER  - \n"


def _name(name: Person | Group) -> str:
    if isinstance(name, Group):
        return name.name
    family = f"{name.particle} {name.family}".strip()
    return ", ".join(part for part in (family, spaced(name.given), name.suffix) if part)


def _split(pages: str | None) -> tuple[str | None, str | None]:
    """ "141-147" as its ends; any other form of pages stays whole."""
    if pages is None:
        return None, None
    first, hyphen, last = pages.partition("-")
    is_range = hyphen and first.isalnum() and last.isalnum()
    return (first, last) if is_range else (pages, None)
