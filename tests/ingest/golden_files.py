"""The golden inputs: one folder an oddity, whose first comment says why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curbside.ingest.read import Rejected, read_path
from curbside.records import Document, Withdrawal

GOLDEN = Path(__file__).parent / "golden"


def golden(folder: str) -> Path:
    """The one input of a golden folder."""
    (path,) = (GOLDEN / folder).iterdir()
    return path


def read(path: Path) -> list[Document | Withdrawal | Rejected]:
    """All that a path gives, retrieved on a fixed day."""
    return list(read_path(path, retrieved_at="2026-11-01"))


def only(path: Path) -> Document:
    """The one document of a path."""
    (document,) = read(path)
    assert isinstance(document, Document), document
    return document


def outline(document: Document) -> Sequence[tuple[str, str, str]]:
    """(label, locator, text) of every section."""
    return [(s.label, s.locator, s.span.of(document.text)) for s in document.sections]
