"""Care of a library: is it whole, make its index again, take it elsewhere, tell its history."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from curbside.errors import InputError, LibraryError
from curbside.index.bundled import known_codes
from curbside.index.passages import split_passages
from curbside.index.segments import Index, forget_other_codes, open_index
from curbside.ingest.registers import read_register
from curbside.ingest.rejected import Rejected
from curbside.ingest.topics import bundled_topics
from curbside.records import Notice, Standing, Status
from curbside.store import Batch, Store
from curbside.store.rows import document_of_row
from curbside.wiring.config import Settings, settings_at
from curbside.wiring.encoder import encoder_of
from curbside.wiring.indexing import note_of, put_topics, rebuild, topics_fingerprint
from curbside.wiring.opened import INDEX_FOLDER, has_library, store_of
from curbside.wiring.workers import spread

_AT_ONCE = 200
_NOTICES = 2_000
_MODULUS = 1 << 256


def verify_library(
    home: Path, *, settings: Settings | None = None, progress: Callable[[str, int], None]
) -> Iterator[str]:
    """Check every record, the chain of all batches, every file of the index, and that the index
    holds just the passages of the documents.

    Args:
        home: the folder of the library.
        settings: of that folder; None reads them.
        progress: called with what is being checked and how much of it is done.

    Yields:
        What is wrong, a line each; nothing for a library that is whole.

    Raises:
        LibraryError: there is no library, or it cannot be read at all.
    """
    settings = settings or settings_at(home)
    encoder = encoder_of(settings).identity
    with closing(_store(settings)) as store:
        is_whole = True
        for fault in store.faults(progress=lambda done: progress("records", done)):
            is_whole = False
            yield fault
        try:
            index = open_index(home / INDEX_FOLDER, codes=known_codes(encoder), encoder=encoder)
            note, last = note_of(index), store.last_batch()
        except LibraryError as error:
            yield str(error)
            return
        damaged = index.faults()
        yield from damaged
        if damaged or not is_whole:
            return
        if last is not None and (note.batch, note.chain) != (last.batch, last.chain):
            yield (
                f"the index is of batch {note.batch}, the library of batch {last.batch}; ask"
                " anything, or run `curbside library rebuild`, to bring it up to date"
            )
            return
        indexed = _sum_of_index(index, progress)
        kept = _sum_of_store(store, progress)
        if indexed != kept:
            yield "the index holds other passages than the library; run `curbside library rebuild`"


def rebuild_library(
    home: Path, *, settings: Settings | None = None, progress: Callable[[int], None]
) -> tuple[Index, bool]:
    """Make the index of a library again from its documents; the old one serves until then.

    Codes that can be read are kept; others must be embedded again, as must those that another
    encoder made than the one that is set.

    Args:
        home: the folder of the library.
        settings: of that folder; None reads them.
        progress: called with the number of documents.

    Returns:
        The index, and whether there were codes of another encoder.

    Raises:
        LibraryError: there is no library, or it cannot be read or written.
    """
    settings = settings or settings_at(home)
    encoder = encoder_of(settings).identity
    with closing(_store(settings)) as store:
        topics = bundled_topics()
        folder = home / INDEX_FOLDER
        had_others = False
        try:
            had_others = forget_other_codes(folder, encoder)
            index = open_index(folder, codes=known_codes(encoder), encoder=encoder)
        except LibraryError:
            _set_aside(folder)
            index = open_index(folder, codes=known_codes(encoder), encoder=encoder)
        put_topics(store, topics)
        rebuild(index, store, topics=topics_fingerprint(topics), progress=progress)
        return index, had_others


def export_library(home: Path, file: Path, *, progress: Callable[[int], None]) -> int:
    """Write the documents of a library with their whole history to one file, whole or not at all.

    Returns:
        How many rows were written.

    Raises:
        InputError: the file cannot be written.
        LibraryError: there is no library, or it cannot be read.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with closing(_store(settings_at(home))) as store:
        try:
            with part.open("wb") as out:
                rows = store.write_to(out, progress=progress)
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        except OSError as error:
            raise InputError(f"{file}: cannot be written; {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
    return rows


def import_library(home: Path, file: Path, *, progress: Callable[[int], None]) -> int:
    """Make a library in `home` of an exported one, whole or not at all.

    Returns:
        How many rows were read.

    Raises:
        InputError: the file cannot be read.
        LibraryError: `home` holds a library already; the file is damaged or of another version.
    """
    try:
        with file.open("rb") as packed, closing(store_of(home, settings_at(home).database)) as into:
            return into.read_from(packed, name=str(file), progress=progress)
    except OSError as error:
        raise InputError(f"{file}: expected a file that may be read; {error.strerror}") from error


def history_of(home: Path, doc_id: str | None, *, most: int | None) -> list[Batch]:
    """The batches of a library, the newest first; of one document those that changed it.

    Raises:
        InputError: no batch ever named the document.
        LibraryError: there is no library, or it cannot be read.
    """
    with closing(_store(settings_at(home))) as store:
        if doc_id is None:
            return list(islice(store.batches(), most))
        batches = store.batches_of(doc_id)
        if not batches:
            raise InputError(f"expected a document of the library, found {doc_id!r}")
        return list(islice(batches, most))


@dataclass(frozen=True, slots=True)
class Affected:
    """A document that is not simply current, with the answers that cite it."""

    doc_id: str
    title: str
    standing: Standing
    answers: tuple[str, ...] = ()


def add_registers(
    home: Path, files: Sequence[Path], *, at: str
) -> tuple[int, int, tuple[Rejected, ...]]:
    """Take what registers say of works, whether they are in the library or not.

    Args:
        home: the folder of the library.
        files: of Retraction Watch or Crossref.
        at: ISO 8601 time; its date is the day on which the registers were asked.

    Returns:
        How many notices there were, how many documents changed their standing, and what was not
        understood.

    Raises:
        LibraryError: there is no library, or it cannot be written.
    """
    rejected: list[Rejected] = []
    notices = 0
    with closing(_store(settings_at(home))) as store:
        before = store.last_batch()
        for file in files:
            read = read_register(file, checked_at=at[:10])
            while part := list(islice(read, _NOTICES)):
                said = [each for each in part if isinstance(each, Notice)]
                rejected += [each for each in part if isinstance(each, Rejected)]
                store.put(said, at=at, origin=str(file))
                notices += len(said)
        changed = store.touched_since(before.batch if before else 0)
    return notices, changed, tuple(rejected)


def affected(home: Path, answers: Mapping[str, Iterable[str]]) -> list[Affected]:
    """The documents that are not simply current, in order of doc_id.

    Those of which nothing is known are not among them; `standing_counts` counts them.

    Args:
        home: the folder of the library.
        answers: for each answer that is to be looked at, by name, the doc_ids that it cites.
    """
    citing: dict[str, list[str]] = {}
    for name, doc_ids in answers.items():
        for doc_id in doc_ids:
            citing.setdefault(doc_id, []).append(name)
    sound = (Status.CURRENT, Status.UNKNOWN)
    with closing(_store(settings_at(home))) as store:
        return [
            Affected(
                document.doc_id, document.title, standing, tuple(citing.get(document.doc_id, ()))
            )
            for document, standing in store.standing_as([s for s in Status if s not in sound])
        ]


def standing_counts(home: Path) -> Mapping[Status, int]:
    """How many documents of the library have each standing."""
    with closing(_store(settings_at(home))) as store:
        return store.statuses()


def _store(settings: Settings) -> Store:
    home = settings.home
    if home is None or not has_library(settings):
        raise LibraryError(f"{home}: expected a library; make one with `curbside add`")
    return store_of(home, settings.database)


def _set_aside(folder: Path) -> None:
    """Keep what cannot be read under another name: its codes may be worth a look."""
    number = 1
    while (target := folder.with_name(f"{folder.name}-damaged-{number}")).exists():
        number += 1
    try:
        folder.rename(target)
    except OSError as error:
        raise LibraryError(f"{folder}: cannot be moved out of the way; {error.strerror}") from error


def _sum_of_index(index: Index, progress: Callable[[str, int], None]) -> int:
    total = 0
    for number, (passage_id, text) in enumerate(index.texts(), start=1):
        total += _hash(passage_id, text)
        if number % (_AT_ONCE * 10) == 0:
            progress("passages of the index", number)
    return total % _MODULUS


def _sum_of_store(store: Store, progress: Callable[[str, int], None]) -> int:
    total = done = 0

    def parts() -> Iterator[list[tuple[str, bytes]]]:
        contents: dict[str, str] = {}
        for doc_id, content in store.changed_since(0):
            if content is not None:
                contents[doc_id] = content
            if len(contents) == _AT_ONCE:
                yield list(store.records(contents))
                contents = {}
        yield list(store.records(contents))

    for part in spread(_sum_of_records, parts()):
        total += part
        done += _AT_ONCE
        progress("passages of the library", done)
    return total % _MODULUS


def _sum_of_records(records: list[tuple[str, bytes]]) -> int:
    return sum(
        _hash(passage.passage_id, passage.text)
        for _, record in records
        for passage in split_passages(document_of_row(record, None))
    )


def _hash(passage_id: str, text: str) -> int:
    """Hashes are added up, so that the order in which passages are found does not matter."""
    return int.from_bytes(sha256(f"{passage_id}\n{text}".encode()).digest(), "big")
