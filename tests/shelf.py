"""A library in memory and quotes taken from it, for the tests of verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curbside.records import (
    Claim,
    Document,
    Evidence,
    Kind,
    Lane,
    Section,
    Source,
    Span,
    Standing,
    Status,
)

CHECKED = Standing(Status.CURRENT, checked_at="2026-11-01")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A library of the given documents."""

    documents: Mapping[str, tuple[Document, Standing]]

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        return self.documents.get(doc_id)


def shelf(*texts: str, standing: Standing = CHECKED) -> Shelf:
    """Documents "pmid:1", "pmid:2", … of one section each, all of that standing."""
    return Shelf(
        {
            f"pmid:{number}": (a_document(text, doc_id=f"pmid:{number}"), standing)
            for number, text in enumerate(texts, 1)
        }
    )


def a_document(text: str, *, doc_id: str = "pmid:1", revision: str = "r1") -> Document:
    return Document(
        doc_id=doc_id,
        title="A study",
        text=text,
        kind=Kind.COHORT,
        sections=(Section("RESULTS", Span(0, len(text)), "abstract, results"),),
        source=Source(),
        revision=revision,
    )


def quoted(quote: str, *, of: Shelf, doc_id: str = "pmid:1", evidence_id: str = "E1") -> Evidence:
    """The first place of `quote` in a document of the shelf."""
    document, _ = of.documents[doc_id]
    start = document.text.index(quote)
    return Evidence(
        evidence_id=evidence_id,
        doc_id=doc_id,
        revision=document.revision,
        span=Span(start, start + len(quote)),
        quote=quote,
        section="RESULTS",
        locator="abstract, results",
        zone="result",
    )


def said(text: str, *cites: str, is_quoted: bool = False) -> Claim:
    return Claim("C1", text, Lane.RESEARCH, "Outcome", cites or ("E1",), is_quoted)
