"""Words that several renderers put around what a page shows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from curbside.interfaces.render.views import ClaimView, PageView, PassageView, SourceView

MATRIX: Final = "table-factors"
"""The anchor of the table whose columns are sources and whose cells are words."""

CLOSEST: Final = "No direct answer found. Closest evidence"
"""Heads the passages that stand nearest to a question that has no direct answer here."""

WHAT_CLOSEST_IS: Final = (
    "These passages are the nearest that this library holds; none was judged to answer the"
    " question."
)
"""Stands under that heading."""

HOW_TO_ASK: Final = 'This library has statements for each: curbside ask "QUESTION".'
"""Said of the questions that a page offers."""


def lines_under(claim: ClaimView) -> tuple[str, ...]:
    """What stands below a claim, a line each: its marks and remark, its reader's lines."""
    notes = notes_of(claim)
    return (*((notes,) if notes else ()), *claim.under)


def numbers_of(passages: Sequence[PassageView]) -> str:
    """ "[1] [2]": each reference once, in the order of the passages."""
    return " ".join(f"[{number}]" for number in dict.fromkeys(p.source.number for p in passages))


def edition_of(view: PageView) -> str:
    """ ", version 2" after the state of a page that a review desk has; else nothing."""
    return f", version {view.edition}" if view.edition else ""


def words_of(passage: PassageView) -> str:
    """The words of a passage: in quotation marks where they are the source's own."""
    return passage.quote if passage.source.is_digest else f"“{passage.quote}”"


def account_of(passage: PassageView) -> str:
    """Where the words come from and what they speak of, on one line."""
    source = passage.source
    told = [source.type, source.short, passage.place]
    told += ["summary, not the source’s own words"] if source.is_digest else []
    told += [passage.design] if passage.design else []
    told += [f"{name.lower()}: {value}" for name, value in passage.facts]
    told += [f"certainty (our label): {passage.certainty.lower()}"] if passage.certainty else []
    told += [f"issuer’s grade: {passage.strength}"] if passage.strength else []
    return "; ".join((*told, source.standing))


def citation_of(source: SourceView) -> str:
    """Authors, title, where it was published, each ended; a title of ours is called so."""
    title = f"(description) {source.title}" if source.title_is_description else source.title
    return " ".join(ended(part) for part in (source.authors, title, source.line) if part)


def ended(text: str) -> str:
    """`text` as a sentence of its own: what asks or calls out needs no full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def command_of(question: str) -> str:
    """The line of a shell that asks a question."""
    return f"curbside ask {shlex.quote(question)}"


def with_references(claim: ClaimView) -> str:
    """A claim to be copied elsewhere: its words, its numbers, a line for each source.

    The line says what kind of source it is, where it was published, how it stands and whether
    the words are a summary of ours.
    """
    words = f"“{claim.text}”" if claim.is_quoted else claim.text
    sources = dict.fromkeys(passage.source for passage in claim.passages)
    lines = [f"[{source.number}] {reference_line(source)}" for source in sources]
    return "\n".join((f"{words} {numbers_of(claim.passages)}", *lines))


def reference_line(source: SourceView) -> str:
    """A reference on one line: type, citation, addresses, standing, whose words they are."""
    told = [source.standing]
    told += ["our summary; consult the source"] if source.is_digest else []
    told += [f"read in a secondary source: {source.via}"] if source.via else []
    addresses = " ".join(link.url for link in source.links)
    parts = (f"{source.type}. {citation_of(source)}", addresses, f"({'; '.join(told)})")
    return " ".join(part for part in parts if part)


def notes_of(claim: ClaimView) -> str:
    """The marks and the remark of a claim on one line; empty where it has none."""
    remark = (claim.remark,) if claim.remark else ()
    return "; ".join((*(mark.text for mark in claim.marks), *remark))
