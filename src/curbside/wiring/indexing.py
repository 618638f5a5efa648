"""Keeps the index of a library in step with its store, and knows when it is not.

The store is the truth. The index notes up to which batch of the store it was made; what later
batches changed is put in or taken out. A run that is killed leaves the index of an earlier batch,
and the next one does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from curbside.codec.fingerprint import fingerprint_of
from curbside.errors import LibraryError
from curbside.index.bundled import known_codes
from curbside.index.lexical import IndexedPassage, indexed_passages
from curbside.index.manifest import BUNDLED_ENCODER
from curbside.index.segments import Index, open_index
from curbside.ingest.topics import Topic
from curbside.records import EncoderIdentity
from curbside.store import Batch, Store
from curbside.store.rows import document_of_row
from curbside.wiring.bundled import documents_of
from curbside.wiring.workers import spread

_AT_ONCE: Final = 200
"""Documents that a process indexes at once."""
_COMMITTED: Final = 50_000
"""Documents after which what was indexed is committed: a killed run loses no more of its work."""
_SMALL: Final = 20_000
"""Passages of which an index is made again in a few seconds."""
_MOST_DEAD: Final = 0.05
"""Share of passages that may be taken out of a large index before it is made again."""


@dataclass(frozen=True, slots=True)
class Note:
    """What an index was made from: the number of a batch with its chain, and the fingerprint of
    the bundled topics."""

    batch: int
    chain: str
    topics: str


_NOTHING: Final = Note(0, "", "")


def in_step(
    folder: Path,
    store: Store,
    topics: tuple[Topic, ...],
    *,
    encoder: EncoderIdentity = BUNDLED_ENCODER,
    progress: Callable[[int], None] = lambda _: None,
) -> Index:
    """Open the index in `folder` as the store stands now, changing it only where it must.

    Args:
        folder: of the index; if it was removed it is built again.
        store: the documents.
        topics: the bundled ones; their documents are put into the store where it has others.
        encoder: what its codes are made with.
        progress: called with the number of documents done after every batch.

    Raises:
        LibraryError: it cannot be read or written.
        BusyError: another process is writing to it.
    """
    # the bundled topics need no embedding: their codes come with the package
    index = open_index(folder, codes=known_codes(encoder), encoder=encoder)
    put_topics(store, topics, noted=note_of(index).topics)
    follow(index, store, topics=topics_fingerprint(topics), progress=progress)
    return index


def put_topics(store: Store, topics: tuple[Topic, ...], *, noted: str = "") -> None:
    """Put the bundled topics into the store, unless it is noted that they are there."""
    if noted != topics_fingerprint(topics):
        for topic in topics:
            store.put(documents_of((topic,)), at=topic.compiled_at, origin="the bundled topics")


def topics_fingerprint(topics: tuple[Topic, ...]) -> str:
    """A name of all that the bundled topics hold."""
    return fingerprint_of(documents_of(topics))


def follow(
    index: Index, store: Store, *, topics: str, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Bring an index up to the last batch of the store; see `in_step`."""
    note, last = note_of(index), store.last_batch()
    if last is None or (note.batch, note.chain, note.topics) == (last.batch, last.chain, topics):
        return
    since = note.batch
    if not is_of(index, store):
        # of another library, or of a backup that was put back: nothing of it can be trusted
        index.start_again()
        since = 0
    _index_changes(index, store, since, {}, progress=progress)
    index.commit(_written(Note(last.batch, last.chain, topics)))
    if _is_worn(index):
        rebuild(index, store, topics=topics, progress=progress)
    index.settle()


def rebuild(
    index: Index, store: Store, *, topics: str, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Make the lexical index again from the store; the old one serves until it is whole."""
    last = store.last_batch()
    index.start_again()
    _index_changes(index, store, 0, {}, progress=progress)
    batch, chain = (last.batch, last.chain) if last else (0, "")
    index.commit(_written(Note(batch, chain, topics)))
    index.settle()


class Follower:
    """Brings an index along while batches are put, a commit for many batches."""

    def __init__(self, index: Index, store: Store, *, topics: str) -> None:
        self._index = index
        self._store = store
        self._topics = topics
        self._batch = note_of(index).batch
        self._waiting = 0

    def take(self, made: Mapping[tuple[str, str], tuple[IndexedPassage, ...]]) -> None:
        """Put in what the batches since the last call changed.

        Args:
            made: passages that are made already, by doc_id and content.
        """
        last = self._store.last_batch()
        if last is None or last.batch == self._batch:
            return
        self._waiting += _index_changes(self._index, self._store, self._batch, made)
        self._batch = last.batch
        if self._waiting >= _COMMITTED:
            self._index.commit(_written(Note(last.batch, last.chain, self._topics)))
            self._waiting = 0

    def finish(self) -> None:
        """Commit what is left."""
        if (last := self._store.last_batch()) and last.batch != note_of(self._index).batch:
            self._index.commit(_written(Note(last.batch, last.chain, self._topics)))
        if _is_worn(self._index):
            rebuild(self._index, self._store, topics=self._topics)
        self._index.settle()


def index_at(
    folder: Path, store: Store, batch: Batch, main: Index, *, progress: Callable[[int], None]
) -> Index:
    """The index of the documents as they were after a batch; made where it is not there yet.

    Args:
        folder: where it lies, of this batch alone.
        store: the documents.
        batch: which one.
        main: the index of the documents as they are now, whose codes are used.
        progress: called with the number of documents done.

    Raises:
        LibraryError: it cannot be read or written.
    """
    index = open_index(folder, codes=main.codes(), encoder=main.encoder)
    note = Note(batch.batch, batch.chain, note_of(main).topics)
    if note_of(index) == note:
        return index
    index.start_again()
    for done, document in enumerate(store.at(batch.batch).searched(), start=1):
        index.put(document.doc_id, indexed_passages(document))
        if done % _AT_ONCE == 0:
            progress(done)
    index.commit(_written(note))
    index.settle()
    return index


def is_of(index: Index, store: Store) -> bool:
    """Whether an index was made from a batch of this very store."""
    note = note_of(index)
    batch = store.batch(note.batch)
    return note.batch == 0 or (batch is not None and batch.chain == note.chain)


def note_of(index: Index) -> Note:
    """What an index was made from. Raises LibraryError for a note that is none."""
    if not index.made_from:
        return _NOTHING
    try:
        data = json.loads(index.made_from)
        return Note(int(data["batch"]), str(data["chain"]), str(data["topics"]))
    except (ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"the note of what the index was made from cannot be read ({error!r}); run"
            " `curbside library rebuild`"
        ) from error


def _written(note: Note) -> str:
    return json.dumps(asdict(note), sort_keys=True)


def _is_worn(index: Index) -> bool:
    """Whether what was taken out weighs on the ranking: in a small index it never may."""
    dead, passages = index.dead(), index.passages()
    return dead > (0 if passages <= _SMALL else _MOST_DEAD * passages)


def _index_changes(
    index: Index,
    store: Store,
    since: int,
    made: Mapping[tuple[str, str], tuple[IndexedPassage, ...]],
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Put in and take out what the batches since changed; returns how many documents."""
    done = 0

    def unmade() -> Iterator[list[tuple[str, bytes]]]:
        nonlocal done
        contents: dict[str, str] = {}
        for doc_id, content in store.changed_since(since):
            if content is None:
                index.remove(doc_id)
                done += 1
            elif (passages := made.get((doc_id, content))) is not None:
                index.put(doc_id, passages)
                done += 1
            else:
                contents[doc_id] = content
            if len(contents) == _AT_ONCE:
                yield list(store.records(contents))
                contents = {}
        if contents:
            yield list(store.records(contents))

    for part in spread(_made, unmade()):
        for doc_id, passages in part:
            index.put(doc_id, passages)
        done += len(part)
        progress(done)
    return done


def _made(records: list[tuple[str, bytes]]) -> list[tuple[str, tuple[IndexedPassage, ...]]]:
    return [(doc_id, indexed_passages(document_of_row(record, None))) for doc_id, record in records]
