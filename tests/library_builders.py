"""Documents for the tests of store and wiring: name only what matters to the test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from curbside.records import (
    Digest,
    Document,
    Kind,
    Section,
    Source,
    Span,
    Standing,
    Status,
)
from curbside.text.excerpts import Excerpt, document_of_excerpts

NOT_CHECKED = Standing(Status.UNKNOWN)
DIGEST = Digest(verification="read", certainty_basis="ours", licence_note="our words")


def document(
    doc_id: str = "pmid:1",
    *,
    text: str = "Statins in adults.\n\nStatins lowered cholesterol in adults.",
    title: str = "Statins in adults.",
    kind: Kind = Kind.TRIAL,
    revision: str = "r1",
    source: Source | None = None,
    digest: Digest | None = None,
    retrieved_at: str | None = None,
) -> Document:
    """A document of one section over its whole text."""
    return Document(
        doc_id=doc_id,
        title=title,
        text=text,
        kind=kind,
        sections=(Section("ABSTRACT", Span(0, len(text)), "abstract"),),
        source=source or Source(),
        revision=revision,
        digest=digest,
        retrieved_at=retrieved_at,
    )


def excerpts(*texts: str, pmid: str = "5") -> Document:
    """The document of excerpts of an abstract."""
    passages = [Excerpt("ABSTRACT", "abstract", text) for text in texts]
    return document_of_excerpts(pmid, passages, retrieved_at=None)


def unchecked(*documents: Document) -> Sequence[tuple[Document, Standing]]:
    """The documents, none of which was ever checked for a retraction."""
    return [(each, NOT_CHECKED) for each in documents]


def digests(path: Path, **statements: str) -> Path:
    """A file with one digest of one statement for each name."""
    rows = [
        {
            "id": name,
            "kind": "cohort",
            "title": f"About {name}",
            "statements": [{"text": text, "locator": "page 1"}],
            "verification": "read in full",
            "licence_note": "our words",
            "certainty_basis": "ours",
        }
        for name, text in statements.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
