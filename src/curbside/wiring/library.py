"""A person's library: sources go in, and the store and the index are left in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from curbside.errors import LibraryError, SourceError
from curbside.index.segments import Index
from curbside.ingest.rejected import Rejected
from curbside.ingest.topics import bundled_topics
from curbside.models.onnx_encoder import OnnxEncoder
from curbside.records import Kind, Withdrawal
from curbside.store import PutCounts, Store
from curbside.wiring.config import Settings, settings_at
from curbside.wiring.encoder import encoder_of
from curbside.wiring.indexing import Follower, in_step, topics_fingerprint
from curbside.wiring.opened import INDEX_FOLDER, has_library, open_library, opened, store_of
from curbside.wiring.reading import Portion, Taken, read_all

_BATCH: Final = 2_000
"""Documents that are put as one batch: whole or absent."""


class AddStep(StrEnum):
    """What is being done to the sources now."""

    READING = "reading"
    INDEXING = "indexing"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class AddProgress:
    """`done` documents (passages, in embedding) in this step; `path` is the path being read.

    `share` of the whole step is done, from 0 to 1; None where that is not known.
    """

    step: AddStep
    done: int
    path: Path | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class AddReport:
    """What came of adding, and what the library holds now.

    `changed` counts what became of the records that were read. `embedded` is how many of the
    `passages` can be found by meaning; all are found by words. `known_files` numbered files were
    left out, as they had been read to their end before.
    """

    changed: PutCounts
    rejected: tuple[Rejected, ...]
    documents: int
    passages: int
    embedded: int
    known_files: int = 0


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
    embedded: int | None = None,
    settings: Settings | None = None,
) -> AddReport:
    """Read sources into the library of `home`, which is made where there is none.

    Safe to run again: what is there is left alone, and what a killed run left undone is done.
    What is new is found by its words before any of it is found by its meaning.

    Args:
        home: the folder of the library.
        paths: files and folders, in the order they are read.
        at: ISO 8601 time; its date is the day the documents were retrieved.
        progress: called after every batch.
        embedded: at most so many passages become findable by their meaning now; None for all.
        settings: of that folder; None reads them.

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
    settings = settings or settings_at(home)
    # a second thread gives the same vectors, nearly twice as fast
    encoder = encoder_of(settings, threads=2)
    with closing(store_of(home, settings.database)) as store:
        topics = bundled_topics()
        index = in_step(
            home / INDEX_FOLDER, store, topics, encoder=encoder.identity, progress=indexing
        )
        follower = Follower(index, store, topics=topics_fingerprint(topics))
        changed, known_files = _put_all(store, follower, paths, rejected, at=at, progress=progress)
        follower.finish()
        _embed(index, encoder, limit=embedded, progress=progress)
        return AddReport(
            changed=changed,
            rejected=tuple(rejected),
            documents=store.counts().documents,
            passages=index.passages(),
            embedded=index.embedded(),
            known_files=known_files,
        )


def embed_all(
    home: Path, *, settings: Settings | None = None, progress: Callable[[AddProgress], None]
) -> int:
    """Make every passage of the library of `home` findable by its meaning.

    Safe to stop and run again. Returns how many passages were done now.

    Raises:
        InputError: the settings in `home` are not understood.
        LibraryError: there is no library, or it cannot be read or written.
    """
    settings = settings or settings_at(home)
    encoder = encoder_of(settings, threads=2)
    if not has_library(settings):
        raise LibraryError(f"{home}: expected a library; make one with `curbside add`")
    with closing(store_of(home, settings.database)) as store:
        index = opened(home, store, encoder=encoder.identity).index
        return _embed(index, encoder, limit=None, progress=progress)


def library_summary(home: Path, *, settings: Settings | None = None) -> LibrarySummary:
    """What the library of `home` holds; without one, what the bundled topics hold.

    Raises:
        InputError: the settings in `home` are not understood.
        LibraryError: the library cannot be read; the text says what to do.
    """
    library = open_library(settings or settings_at(home))
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
    follower: Follower,
    paths: Sequence[Path],
    rejected: list[Rejected],
    *,
    at: str,
    progress: Callable[[AddProgress], None],
) -> tuple[PutCounts, int]:
    """Returns what was put, and how many files were left out as they are known."""
    total = PutCounts()
    done = known_files = 0
    held: list[Taken | Withdrawal] = []
    paths_held: dict[Path, None] = {}

    def put(portion: Portion) -> None:
        """Put what is held; `portion` is the last of it."""
        nonlocal total, done
        made = {(i.row.doc_id, i.row.content): i.passages for i in held if isinstance(i, Taken)}
        total += store.put(
            [item.row if isinstance(item, Taken) else item for item in held],
            at=at,
            origin=_named(list(paths_held)),
            place=portion.place,
            file=portion.digest if portion.is_whole else None,
        )
        follower.take(made)
        done += len(held)
        held.clear()
        paths_held.clear()
        progress(AddProgress(AddStep.READING, done, portion.path, portion.share))

    last: Portion | None = None
    for portion in read_all(paths, retrieved_at=at[:10], is_known=store.has_read):
        if held and last is not None and last.place != portion.place:
            put(last)
        rejected += [item for item in portion.items if isinstance(item, Rejected)]
        held += [item for item in portion.items if not isinstance(item, Rejected)]
        known_files += portion.is_known
        paths_held[portion.path] = None
        last = portion
        is_end = portion.is_end and portion.place is not None and not portion.is_known
        if len(held) >= _BATCH or is_end:
            put(portion)
    if last is not None and held:
        put(last)
    return total, known_files


def _named(paths: Sequence[Path]) -> str:
    """Where a batch comes from, for people."""
    first, *others = paths
    return f"{first} … {others[-1]} ({len(paths):,} files)" if others else str(first)


def _embed(
    index: Index,
    encoder: OnnxEncoder,
    *,
    limit: int | None,
    progress: Callable[[AddProgress], None],
) -> int:
    if index.embedded() >= index.passages() or limit == 0:
        return 0
    missing = index.passages() - index.embedded()
    wanted = missing if limit is None else min(limit, missing)
    progress(AddProgress(AddStep.EMBEDDING, 0, share=0.0))
    return index.embed_pending(
        encoder,
        limit=limit,
        progress=lambda made: progress(
            AddProgress(AddStep.EMBEDDING, made, share=min(1.0, made / wanted))
        ),
    )
