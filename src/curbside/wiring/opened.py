"""An open library, for asking and for telling what is in it: a person's, or the bundled topics."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from curbside.codec.fingerprint import fingerprint_of
from curbside.errors import BusyError, InputError, LibraryError
from curbside.index.bundled import known_codes
from curbside.index.manifest import BUNDLED_ENCODER
from curbside.index.segments import Index
from curbside.ingest.topics import Topic, bundled_topics
from curbside.protocols import Library
from curbside.records import Document, EncoderIdentity, Kind, Standing
from curbside.wiring.bundled import BundledLibrary, documents_of
from curbside.wiring.config import Settings
from curbside.wiring.encoder import encoder_of

if TYPE_CHECKING:
    from curbside.store import Batch, Snapshot, Store

STORE_FILE: Final = "library.sqlite"
INDEX_FOLDER: Final = "index"
PAST_FOLDER: Final = "index-as-of"
_PAST_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """A library with its index.

    `contents` is the fingerprint of all documents with their standing, `checked_to` the date of
    the newest record.
    """

    library: Library
    index: Index
    documents: int
    by_kind: Mapping[Kind, int]
    digests: int
    contents: str
    checked_to: str

    @property
    def passages(self) -> int:
        """How many passages can be found by their words."""
        return self.index.passages()

    @property
    def embedded(self) -> int:
        """How many of them can be found by their meaning."""
        return self.index.embedded()

    @property
    def fingerprint(self) -> str:
        """The sha256, in hex, of all that an answer can depend on in a library and its index."""
        parts = [self.contents, self.passages, self.index.dead(), self.embedded, self.checked_to]
        encoder = self.index.encoder
        if encoder != BUNDLED_ENCODER:
            parts += [encoder.model_sha256, encoder.tokenizer_sha256, encoder.reading]
        return sha256(" ".join(map(str, parts)).encode()).hexdigest()


def open_library(settings: Settings, *, encoder: EncoderIdentity | None = None) -> Opened:
    """Open the library of this person; without one, the bundled topics, with nothing written.

    While another process writes to it, the library is opened as its index has it: the documents
    of an earlier batch, with the standing that they have now.

    Args:
        settings: say which library.
        encoder: what its codes are made with; None for the encoder of the settings.

    Raises:
        LibraryError: there is one and it cannot be read, or must be brought up to date and
            cannot be written.
    """
    home = settings.home
    encoder = encoder or encoder_of(settings).identity
    if home is None or not has_library(settings):
        return _open_bundled(bundled_topics(), encoder)
    store = store_of(home, settings.database)
    try:
        return opened(home, store, encoder=encoder)
    except BusyError:
        return _opened_as_indexed(home, store, encoder)


def open_library_at(
    settings: Settings,
    as_of: str,
    *,
    encoder: EncoderIdentity,
    progress: Callable[[int], None],
) -> tuple[Opened, Batch]:
    """Open the library of this person as it was.

    Args:
        settings: say which library.
        as_of: the number of a batch, or an ISO 8601 time: the last batch until then is meant.
        encoder: what its codes are made with.
        progress: called with the number of documents, while the index of then is made.

    Returns:
        The library, and the batch after which it was so.

    Raises:
        InputError: `as_of` is neither, or names nothing.
        LibraryError: there is no library, or it cannot be read.
    """
    from curbside.wiring.indexing import index_at

    home = settings.home
    if home is None or not has_library(settings):
        raise LibraryError("expected a library; make one with `curbside add`")
    store = store_of(home, settings.database)
    main = opened(home, store, encoder=encoder)
    batch = _batch_of(store, as_of)
    folder = home / PAST_FOLDER
    index = index_at(folder / str(batch.batch), store, batch, main.index, progress=progress)
    _forget_past(folder, keep=folder / str(batch.batch))
    snapshot = store.at(batch.batch)
    return _opened(snapshot, index, snapshot.fingerprint()), batch


def _batch_of(store: Store, as_of: str) -> Batch:
    if as_of.isdecimal():
        found = store.batch(int(as_of))
        expected = "the number of a batch; `curbside library history` lists them"
    else:
        try:
            time = datetime.fromisoformat(as_of)
        except ValueError as error:
            raise InputError(
                "--as-of: expected the number of a batch or an ISO 8601 time like"
                f' "2026-01-31T12:00:00Z", found {as_of!r}'
            ) from error
        until = (batch for batch in store.batches() if _time(batch.at) <= _in_utc(time))
        found = next(until, None)
        expected = "a time after the first batch; `curbside library history` lists them"
    if found is None:
        raise InputError(f"--as-of: expected {expected}, found {as_of!r}")
    return found


def _time(text: str) -> datetime:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        # what an embedder of the library gave as a time: it was before any that is asked for
        return datetime.min.replace(tzinfo=UTC)


def _in_utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _forget_past(folder: Path, *, keep: Path) -> None:
    """Keep the indexes of the past that were used last: each is as large as the library."""
    others = sorted(
        (each for each in folder.iterdir() if each != keep), key=lambda each: each.stat().st_mtime
    )
    for each in others[: -(_PAST_KEPT - 1)]:
        shutil.rmtree(each, ignore_errors=True)


def has_library(settings: Settings) -> bool:
    """Whether this person has a library: a store in the home folder, or a database named."""
    home = settings.home
    return home is not None and (bool(settings.database) or (home / STORE_FILE).exists())


def store_of(home: Path, database: str | None) -> Store:
    """Open the store of a library, made where there is none."""
    # here, as loading SQLAlchemy takes half the time that answering from the topics may take
    from curbside.store.database import open_store

    return open_store(database or home / STORE_FILE)


def opened(
    home: Path,
    store: Store,
    *,
    encoder: EncoderIdentity = BUNDLED_ENCODER,
    progress: Callable[[int], None] = lambda _: None,
) -> Opened:
    """A library whose store is open, with its index brought in step; see `in_step`."""
    from curbside.wiring.indexing import in_step

    index = in_step(
        home / INDEX_FOLDER, store, bundled_topics(), encoder=encoder, progress=progress
    )
    return _opened(store, index, store.fingerprint())


def _opened(documents: Snapshot, index: Index, contents: str) -> Opened:
    counts = documents.counts()
    compiled = max(topic.compiled_at for topic in bundled_topics())
    return Opened(
        library=documents,
        index=index,
        documents=counts.documents,
        by_kind=counts.by_kind,
        digests=counts.digests,
        contents=contents,
        checked_to=max(compiled, documents.newest() or ""),
    )


def _opened_as_indexed(home: Path, store: Store, encoder: EncoderIdentity) -> Opened:
    from curbside.index.segments import open_index
    from curbside.wiring.indexing import is_of, note_of

    index = open_index(home / INDEX_FOLDER, codes=known_codes(encoder), encoder=encoder)
    note = note_of(index)
    if not note.batch or not is_of(index, store):
        raise BusyError("the library is being made by another process; wait until that ends")
    snapshot = store.at(note.batch)
    opened = _opened(snapshot, index, note.chain)
    return replace(opened, library=_AsIndexed(snapshot, store))


class _AsIndexed:
    """The documents of an earlier batch with the standing that they have now: what was retracted
    meanwhile is not quoted."""

    def __init__(self, then: Snapshot, now: Store) -> None:
        self._then = then
        self._now = now

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """The document with its standing; None if it was not here or is not here now."""
        then, now = self._then.document(doc_id), self._now.document(doc_id)
        return (then[0], now[1]) if then and now else None


def _open_bundled(topics: tuple[Topic, ...], encoder: EncoderIdentity) -> Opened:
    library = BundledLibrary(topics)
    documents = library.documents()
    kinds = Counter(document.kind for document in documents)
    # with another encoder they are searched by words alone: codes are made only to be kept
    index = Index(None, codes=known_codes(encoder), encoder=encoder)
    index.add(documents)
    index.commit()
    return Opened(
        library=library,
        index=index,
        documents=len(documents),
        by_kind={kind: kinds[kind] for kind in Kind if kind in kinds},
        digests=len(documents),
        contents=fingerprint_of(documents_of(topics)),
        checked_to=max(topic.compiled_at for topic in topics),
    )
