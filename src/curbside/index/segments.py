"""One index: passages by words (tantivy) and by meaning (dense codes), kept in step.

A new document is found by its words at once. Its codes follow (`embed_pending`), abstracts and
short documents first; how many passages have codes is counted, so that an answer can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curbside.index.dense import (
    DENSE_RUN,
    DenseCodes,
    quantise,
    read_codes,
    text_key,
    write_codes,
)
from curbside.index.lexical import LexicalIndex, embedded_text
from curbside.index.passages import split_passages
from curbside.protocols import Embedder
from curbside.records import Document, Hit, Question

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CODES = "dense.codes"
_LEXICAL = "lexical"
_BATCH = 256


class Index:
    """Passages of a set of documents.

    Args:
        folder: where the index lies; None keeps it in memory.
        codes: codes by `text_key` that are known already.
    """

    def __init__(self, folder: Path | None, *, codes: DenseCodes | None = None) -> None:
        self._folder = folder
        self._lexical = LexicalIndex(folder / _LEXICAL if folder else None)
        self._codes = codes or DenseCodes((), np.zeros((0, 1), dtype=np.int8))

    def add(self, documents: Iterable[Document]) -> int:
        """Put documents in, in place of any earlier revision; returns how many passages."""
        added = 0
        for document in documents:
            self._lexical.remove(document.doc_id)
            passages = split_passages(document)
            self._lexical.add(document, passages)
            added += len(passages)
        return added

    def remove(self, doc_ids: Iterable[str]) -> None:
        """Take documents out."""
        for doc_id in doc_ids:
            self._lexical.remove(doc_id)

    def commit(self) -> None:
        """Make changes visible, whole."""
        self._lexical.commit()

    def passages(self) -> int:
        """How many passages can be found by their words."""
        return self._lexical.passages()

    def embedded(self) -> int:
        """How many vectors can be searched."""
        return len(self._codes.keys)

    def document_frequency(self, word: str) -> int:
        """How many passages hold a word."""
        return self._lexical.document_frequency(word)

    def search_lexical(
        self, question: Question, *, k: int, excluded: frozenset[str] = frozenset()
    ) -> list[Hit]:
        """The best passages by BM25; see `LexicalIndex.search`."""
        return self._lexical.search(question, k=k, excluded=excluded)

    def search_dense(
        self,
        vector: NDArray[np.float32],
        *,
        k: int,
        excluded: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        """The best passages by cosine.

        Args:
            vector: of the query; codes of passages that are gone are passed over.
            k: how many.
            excluded: documents that are left out.
        """
        found = self._codes.search(vector, k=k + len(excluded))
        hits = [
            Hit(passage, score, DENSE_RUN)
            for key, score in found
            for passage in self._lexical.by_key(key)
            if passage.doc_id not in excluded
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]

    def embed_pending(
        self,
        documents: Iterable[Document],
        embedder: Embedder,
        *,
        limit: int | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Make the codes that are missing; safe to stop and run again.

        Args:
            documents: whose passages should have codes.
            embedder: makes the vectors.
            limit: at most so many passages now; None for all.
            progress: called with the number done after every batch, once it is written.

        Returns:
            How many codes were made.
        """
        codes = dict(zip(self._codes.keys, self._codes.codes, strict=True))
        done = 0
        for batch in _batches(_missing(documents, codes), limit):
            vectors = quantise(embedder.embed([text for _, text in batch]))
            codes.update(zip((key for key, _ in batch), vectors, strict=True))
            done += len(batch)
            self._keep(codes)
            progress(done)
        return done

    def _keep(self, codes: Mapping[str, NDArray[np.int8]]) -> None:
        if self._folder is not None:
            write_codes(self._folder / _CODES, codes)
        keys = tuple(sorted(codes))
        self._codes = DenseCodes(keys, np.stack([codes[key] for key in keys]))


def open_index(folder: Path) -> Index:
    """Open the index in a folder, made where there is none.

    Raises:
        LibraryError: it cannot be read; says what to do.
    """
    codes = read_codes(folder / _CODES) if (folder / _CODES).is_file() else None
    return Index(folder, codes=codes)


def memory_index(documents: Iterable[Document], *, codes: DenseCodes) -> Index:
    """An index of a few documents in memory, with codes made ahead of time."""
    index = Index(None, codes=codes)
    index.add(documents)
    index.commit()
    return index


def _missing(
    documents: Iterable[Document], codes: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    seen = set(codes)
    for document in documents:
        for passage in split_passages(document):
            text = embedded_text(document, passage)
            key = text_key(text)
            if key not in seen:
                seen.add(key)
                yield key, text


def _batches(
    pairs: Iterator[tuple[str, str]], limit: int | None
) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    for number, pair in enumerate(pairs):
        if limit is not None and number >= limit:
            break
        batch.append(pair)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
