"""One index: passages by words (tantivy) and by meaning (dense codes), kept in step.

A new document is found by its words at once. Its codes follow (`embed_pending`), the beginnings
of documents first; how many passages have codes is counted, so that an answer can say so. Codes
lie in parts that are never changed; a manifest says which of them count.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from curbside.errors import BusyError, LibraryError
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
from curbside.index.lexical import IndexedPassage, LexicalIndex, indexed_passages
from curbside.index.manifest import (
    BUNDLED_ENCODER,
    EMPTY,
    REBUILD,
    Manifest,
    Part,
    Pending,
    read_manifest,
    write_manifest,
)
from curbside.index.turns import turn
from curbside.protocols import Embedder
from curbside.records import Document, EncoderIdentity, Hit, Question

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DENSE: Final = "dense"
_LEXICAL: Final = "lexical"
_BATCH: Final = 128


class Index:
    """Passages of a set of documents.

    Args:
        folder: where the index lies; None keeps it in memory.
        codes: parts of codes that are known already, searched beside those of the folder.
        encoder: what the codes are made with, here and in `codes`.

    Raises:
        LibraryError: the index cannot be read, or its codes were made with another encoder; says
            what to do.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        codes: Sequence[DenseCodes] = (),
        encoder: EncoderIdentity = BUNDLED_ENCODER,
    ) -> None:
        self._folder = folder
        self._encoder = encoder
        self._known = [part for part in codes if len(part)]
        self._manifest, self._parts = _read_parts(folder, encoder) if folder else (EMPTY, [])
        self._lexical = self._open_lexical()
        self._next: tuple[str, LexicalIndex] | None = None
        if pending := self._manifest.pending:
            # whoever wrote it was killed: what it was about to commit is there, or it is not
            is_done = self._lexical.opstamp() > pending.opstamp
            made_from = pending.made_from if is_done else self._manifest.made_from
            self._manifest = replace(self._manifest, made_from=made_from, pending=None)
        self._embedded = (
            self._manifest.embedded if self._manifest.passages == self.passages() else None
        )

    @property
    def made_from(self) -> str:
        """What was noted of the sources at the last `commit`; "" for an index with nothing in."""
        return self._manifest.made_from

    @property
    def encoder(self) -> EncoderIdentity:
        """What its codes are made with."""
        return self._encoder

    def add(self, documents: Iterable[Document]) -> None:
        """Put documents in, in place of any earlier revision."""
        for document in documents:
            self.put(document.doc_id, indexed_passages(document))

    def put(self, doc_id: str, passages: Iterable[IndexedPassage]) -> None:
        """Put the passages of a document in, in place of those of any earlier revision."""
        self._writing().put(doc_id, passages)

    def remove(self, doc_id: str) -> None:
        """Take a document out."""
        self._writing().remove(doc_id)

    def start_again(self) -> None:
        """Forget all passages at the next `commit`; until then they are found. Codes are kept."""
        name = f"{_LEXICAL}-{self._manifest.written + 1:06d}"
        if self._folder is None:
            self._next = (name, LexicalIndex(None))
            return
        # a run that was killed may have left one of this name
        _remove_folder(self._folder / name)
        self._next = (name, LexicalIndex(self._folder / name))

    def commit(self, made_from: str = "") -> None:
        """Make changes visible, whole; a run that is killed before leaves the old state.

        Args:
            made_from: what to note of the sources, for `made_from`.
        """
        with self._turn():
            self._commit(made_from)

    def _commit(self, made_from: str) -> None:
        there = self._catch_up()
        if self._next is None and there.lexical not in ("", self._manifest.lexical):
            raise BusyError(
                "another process made the index again meanwhile; run the same command again"
            )
        manifest = replace(self._manifest, made_from=made_from, pending=None)
        if self._next is None and self._manifest.lexical:
            pending = Pending(made_from, self._lexical.opstamp())
            self._write(replace(self._manifest, pending=pending))
        else:
            manifest = self._name_lexical(manifest)
        self._lexical.commit()
        self._embedded = None
        self._write(replace(manifest, passages=self.passages(), embedded=None))
        self._remove_unnamed()

    def settle(self) -> None:
        """Note how many passages can be found by meaning, so that the next one to open the index
        need not count."""
        if self._manifest.embedded is None:
            with self._turn():
                there = self._catch_up()
                if self._is_as(there):
                    self._write(replace(there, embedded=self.embedded()))

    def dead(self) -> int:
        """Passages that were taken out and still weigh in the ranking."""
        return self._lexical.dead()

    def texts(self) -> Iterator[tuple[str, str]]:
        """The passage_id and the text of every passage, in no order."""
        for stored in self._lexical.stored():
            yield stored.passage.passage_id, stored.passage.text

    def faults(self) -> list[str]:
        """What is wrong with the files of the index, a line each."""
        return self._lexical.faults()

    def passages(self) -> int:
        """How many passages can be found by their words."""
        return self._lexical.passages()

    def embedded(self) -> int:
        """How many of them can be found by their meaning."""
        if self._embedded is None:
            keys = {key for part in self.codes() for key in _names(part.keys)}
            self._embedded = self._lexical.count_keys(keys)
        return self._embedded

    def document_frequency(self, word: str) -> int:
        """How many passages hold a word as it is spelt, in upper or lower case."""
        return self._lexical.document_frequency(word)

    def stem_frequency(self, stem: str) -> int:
        """How many passages hold a stem, in their title or text."""
        return self._lexical.stem_frequency(stem)

    def word_frequencies(self) -> Mapping[str, int]:
        """Every word (folded) with the number of passages that hold it; cheap to ask for a word,
        read whole when gone through."""
        return self._lexical.word_frequencies()

    def search_lexical(self, question: Question, *, k: int) -> list[Hit]:
        """The best passages by BM25; see `LexicalIndex.search`."""
        return self._lexical.search(question, k=k)

    def search_dense(self, vector: NDArray[np.float32], *, k: int) -> list[Hit]:
        """The best `k` passages by cosine, ties by passage_id.

        Args:
            vector: of the query, of unit length.
            k: how many; fewer come where fewer passages have codes.
        """
        parts = self.codes()
        scores = cosines(parts, vector)
        most = k
        while k > 0 and len(scores):
            best = {
                key: float(scores[row])
                for row, key in _rows_of(parts, best_rows(scores, min(most, len(scores))))
            }
            found = self._lexical.with_keys(best)
            # rows of passages that are gone give no hit: look further down
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
        known = {key for part in self.codes() for key in _names(part.keys)}
        # no texts here: those of a whole library may not fit into memory
        places = (
            (item.passage.span.start, item.passage.passage_id, item.key)
            for item in self._lexical.stored()
            if item.key not in known
        )
        first = sorted(places) if limit is None else nsmallest(limit, places)
        keys = list(dict.fromkeys(key for _, _, key in first))
        for at in range(0, len(keys), _BATCH):
            batch = keys[at : at + _BATCH]
            texts = {item.key: item.embedded for item in self._lexical.stored(batch)}
            self._keep(codes_of(batch, embedder.embed([texts[key] for key in batch])))
            progress(at + len(batch))
        return len(keys)

    def codes(self) -> list[DenseCodes]:
        """The parts of codes that are searched."""
        return [*self._known, *self._parts]

    def _keep(self, codes: DenseCodes) -> None:
        """Add a part of codes of which none is known. The last parts are joined while they are of
        like size, so that there are few of them and no row is written often."""
        more = self._lexical.count_keys(_names(codes.keys))
        with self._turn():
            there = self._catch_up()
            parts = [*self._parts, codes]
            noted = list(there.dense)
            while len(parts) > 1 and len(parts[-2]) < 2 * len(parts[-1]):
                parts[-2:] = [join_codes(parts[-2:])]
            del noted[len(parts) - 1 :]
            written = there.written + 1
            if self._folder is not None:
                name = f"{written:06d}"
                sums = write_codes(self._folder / _DENSE, name, parts[-1])
                noted.append(Part(name, len(parts[-1]), sums))
                # from the file from here on: memory holds no more than is searched
                parts[-1] = read_codes(self._folder / _DENSE, name)
            self._parts = parts
            # counted anew only where another process made codes too
            self._embedded = None if self._embedded is None else self._embedded + more
            self._write(
                replace(
                    there,
                    embedded=self.embedded() if self._is_as(there) else None,
                    written=written,
                    dense=tuple(noted),
                    encoder=self._encoder,
                    dimension=codes.codes.shape[1],
                )
            )
            self._remove_unlisted(there)

    def _turn(self) -> AbstractContextManager[None]:
        """Held while the manifest is read, changed and written."""
        return nullcontext() if self._folder is None else turn(self._folder)

    def _catch_up(self) -> Manifest:
        """The manifest as it is now, with the codes that other processes made since."""
        if self._folder is None:
            return self._manifest
        there, parts = _read_parts(self._folder, self._encoder, known=(self._manifest, self._parts))
        if there.dense != self._manifest.dense:
            self._parts = parts
            self._embedded = None
        self._manifest = replace(
            self._manifest,
            written=max(there.written, self._manifest.written),
            dense=there.dense,
            encoder=there.encoder,
            dimension=there.dimension,
        )
        return replace(there, written=self._manifest.written)

    def _is_as(self, there: Manifest) -> bool:
        """Whether a manifest is of the passages that are open here."""
        return there.lexical == self._manifest.lexical and there.passages == self.passages()

    def _remove_unlisted(self, before: Manifest) -> None:
        """Remove the files of codes that the manifest no longer names."""
        if self._folder is None:
            return
        kept = {file for part in self._manifest.dense for file in part.sums}
        for file in sorted({file for part in before.dense for file in part.sums} - kept):
            # another process may still read an old part; its mapping outlives the name
            (self._folder / _DENSE / file).unlink(missing_ok=True)

    def _open_lexical(self) -> LexicalIndex:
        if self._folder is None or not self._manifest.lexical:
            return LexicalIndex(None)
        while True:
            folder = self._folder / self._manifest.lexical
            # an index that is made again has another folder, and the old one is removed
            if folder.is_dir() or (newer := read_manifest(self._folder)) == self._manifest:
                return LexicalIndex(folder)
            self._manifest = newer

    def _writing(self) -> LexicalIndex:
        if self._next is None and not self._manifest.lexical:
            self.start_again()
        return self._next[1] if self._next else self._lexical

    def _name_lexical(self, manifest: Manifest) -> Manifest:
        """What comes next in the place of the lexical index there is; the manifest that says so
        is written once it is whole."""
        if self._next is None:
            self.start_again()
        assert self._next is not None  # noqa: S101
        name, self._lexical = self._next
        self._next = None
        return replace(manifest, lexical=name, written=manifest.written + 1)

    def _write(self, manifest: Manifest) -> None:
        self._manifest = manifest
        if self._folder is not None:
            write_manifest(self._folder, manifest)

    def _remove_unnamed(self) -> None:
        """Remove the folders of lexical indexes that the manifest no longer names."""
        if self._folder is not None:
            for folder in self._folder.glob(f"{_LEXICAL}*"):
                if folder.name != self._manifest.lexical:
                    _remove_folder(folder)


def _remove_folder(folder: Path) -> None:
    # some systems keep what another process still reads; the next commit tries again
    shutil.rmtree(folder, ignore_errors=True)


def open_index(
    folder: Path,
    *,
    codes: Sequence[DenseCodes] = (),
    encoder: EncoderIdentity = BUNDLED_ENCODER,
) -> Index:
    """Open the index in a folder, made where there is none.

    Args:
        folder: where it lies.
        codes: parts of codes that are known already, such as those that ship with the package.
        encoder: what codes are made with.

    Raises:
        LibraryError: it cannot be read, or its codes were made with another encoder; says what
            to do.
    """
    return Index(folder, codes=codes, encoder=encoder)


def memory_index(documents: Iterable[Document], *, codes: DenseCodes) -> Index:
    """An index of a few documents in memory, with codes made ahead of time."""
    index = Index(None, codes=(codes,))
    index.add(documents)
    index.commit()
    return index


def forget_other_codes(folder: Path, encoder: EncoderIdentity) -> bool:
    """Take the codes out of an index that another encoder made; whether there were any.

    Raises:
        LibraryError: the index cannot be read or written.
    """
    if _is_of(read_manifest(folder), encoder):
        return False
    with turn(folder):
        there = read_manifest(folder)
        without = replace(there, embedded=None, dense=(), encoder=None, dimension=None)
        write_manifest(folder, without)
        shutil.rmtree(folder / _DENSE, ignore_errors=True)
    return True


def _is_of(manifest: Manifest, encoder: EncoderIdentity) -> bool:
    return not manifest.dense or manifest.encoder == encoder


def _read_parts(
    folder: Path,
    encoder: EncoderIdentity,
    *,
    known: tuple[Manifest, list[DenseCodes]] = (EMPTY, []),
) -> tuple[Manifest, list[DenseCodes]]:
    """The manifest and its parts of codes; `known` are those that were read before."""
    while True:
        manifest = read_manifest(folder)
        if not _is_of(manifest, encoder):
            made_with = manifest.encoder.name if manifest.encoder else "an encoder not named"
            raise LibraryError(
                f"the dense codes in {folder} were made with {made_with}, and the encoder that is"
                f" set is {encoder.name}; run `curbside library rebuild`, which makes the codes"
                " again, or set the encoder that they were made with"
            )
        if manifest.dense == known[0].dense:
            return manifest, known[1]
        try:
            parts = [
                read_codes(folder / _DENSE, part.name, sums=part.sums) for part in manifest.dense
            ]
        except LibraryError:
            # another process may have joined parts since the manifest was read
            if read_manifest(folder) == manifest:
                raise
            continue
        found = {part.codes.shape[1] for part in parts}
        if manifest.dimension is not None and found - {manifest.dimension}:
            raise LibraryError(
                f"the dense codes in {folder} have {sorted(found)} dimensions, not the"
                f" {manifest.dimension} of their manifest; {REBUILD}"
            )
        return manifest, parts


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
