"""The forms in which a page leaves Curbside. Light, so that `--help` need load nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ExportForm(StrEnum):
    """What a page can become: the page itself, a document, or its list of references."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    PDF = "pdf"
    DOCX = "docx"
    RIS = "ris"
    NBIB = "nbib"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


class Style(StrEnum):
    """The styles of the reference lists of documents."""

    NLM = "nlm"
    AMA = "ama"
    BMJ = "bmj"
    APA = "apa"


BY_SUFFIX: Final[Mapping[str, ExportForm]] = {
    ".txt": ExportForm.TEXT,
    ".md": ExportForm.MARKDOWN,
    ".html": ExportForm.HTML,
    ".htm": ExportForm.HTML,
    ".json": ExportForm.JSON,
    ".pdf": ExportForm.PDF,
    ".docx": ExportForm.DOCX,
    ".ris": ExportForm.RIS,
    ".nbib": ExportForm.NBIB,
    ".bib": ExportForm.BIBTEX,
}
"""What the end of a file's name asks for."""

BINARY: Final = frozenset({ExportForm.PDF, ExportForm.DOCX})
"""Forms that no terminal shows."""
