"""The documents that ship with the package, as a library in memory."""

from __future__ import annotations

from collections.abc import Iterable

from curbside.ingest.topics import Topic
from curbside.records import Document, Standing


def documents_of(topics: Iterable[Topic]) -> list[tuple[Document, Standing]]:
    """The documents of topics with their standing, in the order of the topics."""
    return [pair for topic in topics for pair in zip(topic.documents, topic.standings, strict=True)]


class BundledLibrary:
    """A `Library` of the documents of topics; of two with one doc_id the later counts."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._pairs = {pair[0].doc_id: pair for pair in documents_of(topics)}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """The document with its standing; None if it is not here."""
        return self._pairs.get(doc_id)

    def documents(self) -> list[Document]:
        """Every document, in order of doc_id."""
        return [document for _, (document, _) in sorted(self._pairs.items())]
