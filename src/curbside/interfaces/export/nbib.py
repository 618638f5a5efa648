"""The references as NBIB (MEDLINE), the form in which PubMed hands citations out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from curbside.interfaces.export.csl import spaced
from curbside.interfaces.export.works import Group, Person, Work, page_note, passage_note

# only what NLM calls by the same name; the rest is said in the note
_TYPES: Final = {
    "Guideline": "Guideline",
    "Systematic review": "Systematic Review",
    "Trial": "Clinical Trial",
    "Review": "Review",
}


def nbib(works: tuple[Work, ...]) -> str:
    """MEDLINE records in the order of the page, a blank line between them.

    A work without a PMID has no `PMID` line; `GN` holds what must be known of a source and then
    each passage that the page quotes of it.
    """
    return "\n".join("".join(_lines(work)) for work in works)


def _lines(work: Work) -> Iterator[str]:
    is_article = work.type == "article-journal"
    fields: tuple[tuple[str, str | int | None], ...] = (
        ("PMID", work.pmid),
        ("TI", work.title),
        *(field for name in work.authors for field in _name(name)),
        *((("FAU", "et al."), ("AU", "et al.")) if work.has_more_authors else ()),
        ("JT", work.journal),
        ("TA", work.journal),
        ("PB", None if is_article else work.organisation),
        ("DP", work.year),
        ("VI", work.volume),
        ("IP", work.issue),
        ("PG", work.pages),
        ("LID", f"{work.doi} [doi]" if work.doi else None),
        ("AID", f"{work.doi} [doi]" if work.doi else None),
        ("PMC", work.pmcid),
        ("PT", "Journal Article" if is_article else None),
        ("PT", _TYPES.get(work.genre)),
        ("PT", "Retracted Publication" if work.is_retracted else None),
        ("GN", page_note(work, work.genre)),
        *(("GN", passage_note(passage)) for passage in work.passages),
    )
    for tag, value in fields:
        if value is not None:
            yield f"{tag:<4}- {value}\n"


def _name(name: Person | Group) -> Iterator[tuple[str, str]]:
    if isinstance(name, Group):
        yield "CN", name.name
        return
    family = f"{name.particle} {name.family}".strip()
    given = spaced(name.given).replace(".", "")
    initials = name.given if name.given.isupper() else "".join(w[0] for w in name.given.split())
    yield "FAU", ", ".join(part for part in (family, given, name.suffix) if part)
    yield "AU", " ".join(part for part in (family, initials, name.suffix) if part)
