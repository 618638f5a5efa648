"""One index: passages by words (tantivy) and by meaning (dense codes), kept in step.

A new document is found by its words at once. Its codes follow (`embed_pending`), the beginnings
of documents first; how many passages have codes is counted, so that an answer can say so. Codes
lie in parts that are never changed; a manifest says which of them count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from curbside.errors import LibraryError
from curbside.index.dense import (
    DENSE_RUN,
    DenseCodes,
    best_rows,
    codes_of,
    cosines,
    join_codes,
    read_codes,
    write_codes,
)
from curbside.index.lexical import LexicalIndex
from curbside.index.manifest import EMPTY, Manifest, Part, read_manifest, write_manifest
from curbside.index.passages import split_passages
from curbside.protocols import Embedder
from curbside.records import Document, Hit, Question

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DENSE: Final = "dense"
_LEXICAL: Final = "lexical"
_BATCH: Final = 128


class Index:
    """Passages of a set of documents.

    Args:
        folder: where the index lies; None keeps it in memory.
        codes: codes that are known already, searched beside those of the folder.

    Raises:
        LibraryError: the index cannot be read; says what to do.
    """

    def __init__(self, folder: Path | None, *, codes: DenseCodes | None = None) -> None:
        self._folder = folder
        self._lexical = LexicalIndex(folder / _LEXICAL if folder else None)
        self._known = [codes] if codes is not None and len(codes) else []
        self._manifest, self._parts = _read_parts(folder) if folder else (EMPTY, [])
        self._embedded: int | None = (
            self._manifest.embedded if self._manifest.passages == self.passages() else None
        )

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
        """Make changes visible, whole; a run that is killed before leaves the old state."""
        self._lexical.commit()
        self._embedded = None
        self._note(self._manifest.written, self._manifest.dense)

    def passages(self) -> int:
        """How many passages can be found by their words."""
        return self._lexical.passages()

    def embedded(self) -> int:
        """How many of them can be found by their meaning."""
        if self._embedded is None:
            keys = {key for part in self._searched() for key in _names(part.keys)}
            self._embedded = self._lexical.count_keys(keys)
        return self._embedded

    def document_frequency(self, word: str) -> int:
        """How many passages hold a word as it is spelt, in upper or lower case."""
        return self._lexical.document_frequency(word)

    def word_frequencies(self) -> Mapping[str, int]:
        """Every word (folded) with the number of passages that hold it; cheap to ask for a word,
        read whole when gone through."""
        return self._lexical.word_frequencies()

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
        """The best `k` passages by cosine, ties by passage_id.

        Args:
            vector: of the query, of unit length.
            k: how many; fewer come where fewer passages have codes.
            excluded: documents that are left out.
        """
        parts = self._searched()
        scores = cosines(parts, vector)
        most = k
        while k > 0 and len(scores):
            best = {
                key: float(scores[row])
                for row, key in _rows_of(parts, best_rows(scores, min(most, len(scores))))
            }
            found = self._lexical.with_keys(best, excluded=excluded)
            # rows of passages that are gone or left out give no hit: look further down
            if len(found) >= k or most >= len(scores):
                hits = [Hit(passage, best[key], DENSE_RUN) for key, passage in found]
                return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]
            most *= 4
        return []

    def embed_pending(
        self,
        embedder: Embedder,
        *,
        limit: int | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Make the codes that are missing; safe to stop and run again.

        The beginning of every document comes before the middle of any, as an abstract says what
        the rest is about.

        Args:
            embedder: makes the vectors.
            limit: at most so many codes now; None for all.
            progress: called with the number done after every batch, once it is written.

        Returns:
            How many codes were made.
        """
        known = {key for part in self._searched() for key in _names(part.keys)}
        # no texts here: those of a whole library may not fit into memory
        places = sorted(
            (item.passage.span.start, item.passage.passage_id, item.key)
            for item in self._lexical.stored()
            if item.key not in known
        )
        keys = list(dict.fromkeys(key for _, _, key in places))[:limit]
        for at in range(0, len(keys), _BATCH):
            batch = keys[at : at + _BATCH]
            texts = {item.key: item.embedded for item in self._lexical.stored(batch)}
            self._keep(codes_of(batch, embedder.embed([texts[key] for key in batch])))
            progress(at + len(batch))
        return len(keys)

    def _searched(self) -> list[DenseCodes]:
        return [*self._known, *self._parts]

    def _keep(self, codes: DenseCodes) -> None:
        """Add a part. The last ones are joined while they are of like size, so that there are few
        parts and no row is written often."""
        parts = [*self._parts, codes]
        noted = list(self._manifest.dense)
        while len(parts) > 1 and len(parts[-2]) < 2 * len(parts[-1]):
            parts[-2:] = [join_codes(parts[-2:])]
        del noted[len(parts) - 1 :]
        self._embedded = None
        self._parts = parts
        written = self._manifest.written + 1
        if self._folder is not None:
            name = f"{written:06d}"
            sums = write_codes(self._folder / _DENSE, name, parts[-1])
            noted.append(Part(name, len(parts[-1]), sums))
            # from the file from here on: memory holds no more than is searched
            self._parts[-1] = read_codes(self._folder / _DENSE, name)
        self._note(written, tuple(noted))

    def _note(self, written: int, dense: tuple[Part, ...]) -> None:
        dropped = {file for part in self._manifest.dense for file in part.sums}
        self._manifest = Manifest(self.passages(), self.embedded(), written, dense)
        if self._folder is None:
            return
        write_manifest(self._folder, self._manifest)
        for file in sorted(dropped - {file for part in dense for file in part.sums}):
            # another process may still read an old part; its mapping outlives the name
            (self._folder / _DENSE / file).unlink(missing_ok=True)


def open_index(folder: Path, *, codes: DenseCodes | None = None) -> Index:
    """Open the index in a folder, made where there is none.

    Args:
        folder: where it lies.
        codes: codes that are known already, such as those that ship with the package.

    Raises:
        LibraryError: it cannot be read; says what to do.
    """
    return Index(folder, codes=codes)


def memory_index(documents: Iterable[Document], *, codes: DenseCodes) -> Index:
    """An index of a few documents in memory, with codes made ahead of time."""
    index = Index(None, codes=codes)
    index.add(documents)
    index.commit()
    return index


def _read_parts(folder: Path) -> tuple[Manifest, list[DenseCodes]]:
    while True:
        manifest = read_manifest(folder)
        try:
            return manifest, [
                read_codes(folder / _DENSE, part.name, sums=part.sums) for part in manifest.dense
            ]
        except LibraryError:
            # another process may have joined parts since the manifest was read
            if read_manifest(folder) == manifest:
                raise


def _names(keys: NDArray[np.bytes_]) -> list[str]:
    return [key.decode() for key in keys.tolist()]


def _rows_of(parts: Sequence[DenseCodes], rows: NDArray[np.intp]) -> list[tuple[int, str]]:
    """Row numbers over all parts, each with its key."""
    pairs = []
    first = 0
    for part in parts:
        inside = rows[(rows >= first) & (rows < first + len(part))]
        names = _names(part.keys[inside - first])
        pairs += list(zip(inside.tolist(), names, strict=True))
        first += len(part)
    return pairs
