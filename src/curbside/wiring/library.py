"""A person's library: sources go in, and the store and the index are left in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from curbside.errors import LibraryError, SourceError
from curbside.index.segments import Index
from curbside.ingest.digest import standing_of_digest
from curbside.ingest.pubmed import standing_of
from curbside.ingest.read import read_path
from curbside.ingest.rejected import Rejected
from curbside.models.minilm import MiniLM
from curbside.records import Document, Kind, Standing, Withdrawal
from curbside.store import PutCounts, Store
from curbside.wiring.config import settings_at
from curbside.wiring.opened import has_library, open_library, opened, store_of

_BATCH: Final = 500

EMBEDDED_PER_RUN: Final = 2_000
"""Passages that one run embeds, about half a minute on two cores; the next run goes on."""


class AddStep(StrEnum):
    """What is being done to the sources now."""

    READING = "reading"
    INDEXING = "indexing"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class AddProgress:
    """`done` documents (passages, in embedding) in this step; `path` is the path being read."""

    step: AddStep
    done: int
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class AddReport:
    """What came of adding, and what the library holds now.

    `embedded` is how many of the `passages` can be found by meaning; all are found by words.
    """

    added: int
    revised: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    documents: int
    passages: int
    embedded: int


@dataclass(frozen=True, slots=True)
class LibrarySummary:
    """What a library holds; `checked_to` is the ISO date of its newest record, None if unknown."""

    path: Path
    documents: int
    passages: int
    by_kind: Mapping[Kind, int]
    digests: int
    embedded: int
    fingerprint: str
    checked_to: str | None


def add_paths(
    home: Path,
    paths: Sequence[Path],
    *,
    at: str,
    progress: Callable[[AddProgress], None],
) -> AddReport:
    """Read sources into the library of `home`, which is made where there is none.

    Safe to run again: what is there is left alone, and what a killed run left undone is done.
    What is new is found by its words at once; at most `EMBEDDED_PER_RUN` passages a run become
    findable by their meaning.

    Args:
        home: the folder of the library.
        paths: files and folders, in the order they are read.
        at: ISO 8601 time; its date is the day the documents were retrieved.
        progress: called after every batch.

    Returns:
        What changed, and every record that was not taken, with the reason.

    Raises:
        SourceError: a path does not exist; nothing was read then.
        InputError: the settings in `home` are not understood.
        LibraryError: the library cannot be written; the text says what to do.
    """
    for path in paths:
        if not path.exists():
            raise SourceError(str(path), expected="a file or folder that exists")

    def indexing(documents: int) -> None:
        progress(AddProgress(AddStep.INDEXING, documents))

    rejected: list[Rejected] = []
    with closing(store_of(home, settings_at(home).database)) as store:
        counts = _put_all(store, paths, rejected, at=at, progress=progress)
        library = opened(home, store, progress=indexing)
        _embed(library.index, limit=EMBEDDED_PER_RUN, progress=progress)
    return AddReport(
        added=counts.added,
        revised=counts.revised,
        unchanged=counts.unchanged,
        rejected=tuple(rejected),
        documents=library.documents,
        passages=library.passages,
        embedded=library.embedded,
    )


def embed_all(home: Path, *, progress: Callable[[AddProgress], None]) -> int:
    """Make every passage of the library of `home` findable by its meaning.

    Safe to stop and run again. Returns how many passages were done now.

    Raises:
        InputError: the settings in `home` are not understood.
        LibraryError: there is no library, or it cannot be read or written.
    """
    settings = settings_at(home)
    if not has_library(settings):
        raise LibraryError(f"{home}: expected a library; make one with `curbside add`")
    with closing(store_of(home, settings.database)) as store:
        return _embed(opened(home, store).index, limit=None, progress=progress)


def library_summary(home: Path) -> LibrarySummary:
    """What the library of `home` holds; without one, what the bundled topics hold.

    Raises:
        InputError: the settings in `home` are not understood.
        LibraryError: the library cannot be read; the text says what to do.
    """
    library = open_library(settings_at(home))
    return LibrarySummary(
        path=home,
        documents=library.documents,
        passages=library.passages,
        by_kind=library.by_kind,
        digests=library.digests,
        embedded=library.embedded,
        fingerprint=library.fingerprint,
        checked_to=library.checked_to,
    )


def _put_all(
    store: Store,
    paths: Sequence[Path],
    rejected: list[Rejected],
    *,
    at: str,
    progress: Callable[[AddProgress], None],
) -> PutCounts:
    total = PutCounts(0, 0, 0)
    for path in paths:
        sources = _accepted(read_path(path, retrieved_at=at[:10]), rejected)
        while batch := list(islice(sources, _BATCH)):
            counts = store.put(batch, at=at)
            total = PutCounts(
                total.added + counts.added,
                total.revised + counts.revised,
                total.unchanged + counts.unchanged,
            )
            done = total.added + total.revised + total.unchanged
            progress(AddProgress(AddStep.READING, done, path))
    return total


def _accepted(
    records: Iterable[Document | Withdrawal | Rejected], rejected: list[Rejected]
) -> Iterator[tuple[Document, Standing]]:
    for record in records:
        if isinstance(record, Rejected):
            rejected.append(record)
            continue
        if isinstance(record, Withdrawal):
            rejected.append(Rejected(record.doc_id, None, record.reason))
            continue
        yield record, standing_of_digest(record) if record.digest else standing_of(record)


def _embed(index: Index, *, limit: int | None, progress: Callable[[AddProgress], None]) -> int:
    if index.embedded() >= index.passages():
        return 0
    # a second thread gives the same vectors, nearly twice as fast
    return index.embed_pending(
        MiniLM(threads=2),
        limit=limit,
        progress=lambda made: progress(AddProgress(AddStep.EMBEDDING, made)),
    )
