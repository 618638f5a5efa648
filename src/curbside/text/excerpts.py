"""Excerpts of one work -> one document, whatever files they came in and whatever their order.

A document of excerpts holds what a user handed in as passages of a record, and does not pretend to
be all of it. Two of one work are not two revisions of it: together they are one document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from curbside.records import Document, Kind, Section, Source, Span

TITLE_LABEL: Final = "EXCERPT OF THE TITLE"
"""Not that of a title, which is no passage: what was handed in as one can be quoted."""

_SCHEME: Final = "excerpts:"
_TITLE: Final = "TITLE"
_GAP: Final = "\n\n"
_PLACED: Final = re.compile(r", characters (\d+)–(\d+)$")


class Excerpt(NamedTuple):
    """A passage of a record: the section it is of, where in it, and its words.

    `text` is one line. `locator` ends in ", characters 7–15" where the place is known.
    """

    label: str
    locator: str
    text: str


def is_of_excerpts(doc_id: str) -> bool:
    """Whether a document is made of excerpts, so that another of its name adds to it."""
    return doc_id.startswith(_SCHEME)


def is_untitled(document: Document) -> bool:
    """Whether a document of excerpts goes by a name of ours, as no excerpt is of its title."""
    return is_of_excerpts(document.doc_id) and not any(
        section.label == TITLE_LABEL for section in document.sections
    )


def document_of_excerpts(
    pmid: str, excerpts: Iterable[Excerpt], *, retrieved_at: str | None
) -> Document:
    """The document of excerpts of a PubMed record; the same for the same excerpts in any order.

    Args:
        pmid: of the record.
        excerpts: any number; those of the title are labelled `TITLE_LABEL`.
        retrieved_at: ISO date that the document carries.

    Returns:
        Each text once, under the first of its places; the title's before the others, then by
        where they begin and end (what has no place stands at the start), then by section and
        text. The first excerpt of the title is the document's title; without one it is
        "Excerpts of PMID …".
    """
    document = Document(
        doc_id=f"{_SCHEME}{pmid}",
        title="",
        text="",
        kind=Kind.ARTICLE,
        sections=(),
        source=Source(pmid=pmid),
        revision="",
        retrieved_at=retrieved_at,
    )
    return _holding(document, excerpts, title=f"Excerpts of PMID {pmid}")


def merge_excerpts(known: Document, more: Document) -> Document:
    """The document of the excerpts of two, which are of one record, as if they had come together.

    `merge_excerpts(a, b)` is `merge_excerpts(b, a)` but for when they were fetched, which is told
    of `more`; with what it holds already a document is merged into itself.
    """
    # a library of before kept the title alone, and not that it was an excerpt
    titles = sorted({each.title for each in (known, more)} - {_unnamed(more)})
    title = titles[0] if titles else _unnamed(more)
    return _holding(more, (*_excerpts_of(known), *_excerpts_of(more)), title=title)


def _unnamed(document: Document) -> str:
    return f"Excerpts of PMID {document.source.pmid}"


def _holding(document: Document, excerpts: Iterable[Excerpt], *, title: str) -> Document:
    first: dict[str, Excerpt] = {}
    for excerpt in sorted(excerpts, key=_order):
        first.setdefault(excerpt.text, excerpt)
    titles = [excerpt.text for excerpt in first.values() if excerpt.label == TITLE_LABEL]
    name = titles[0] if titles else title
    text = name
    sections = [Section(_TITLE, Span(0, len(name)), "Title")]
    for excerpt in first.values():
        start = len(text) + len(_GAP)
        text += _GAP + excerpt.text
        sections.append(Section(excerpt.label, Span(start, len(text)), excerpt.locator))
    return replace(
        document,
        title=name,
        text=text,
        sections=tuple(sections),
        revision=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _order(excerpt: Excerpt) -> tuple[bool, int, int, str, str, str]:
    found = _PLACED.search(excerpt.locator)
    start, end = (int(found[1]), int(found[2])) if found else (0, 0)
    return excerpt.label != TITLE_LABEL, start, end, *excerpt


def _excerpts_of(document: Document) -> list[Excerpt]:
    return [
        Excerpt(section.label, section.locator, section.span.of(document.text))
        for section in document.sections
        if section.label != _TITLE
    ]
