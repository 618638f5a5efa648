"""The store: documents in, whole batch by whole batch; the current revision of each out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import IO, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy import Row as SqlRow

from curbside.articles import Entry
from curbside.codec.records import loads
from curbside.errors import LibraryError
from curbside.records import Document, Notice, Standing, Withdrawal
from curbside.store.among import among
from curbside.store.asked import AskedPages
from curbside.store.check import faults_of
from curbside.store.desk import DeskReading, DeskWriting
from curbside.store.put import Item, PutCounts, Removal, put_batch
from curbside.store.rows import Row, document_of_row, row_of
from curbside.store.snapshot import Batch, Snapshot, explained_record
from curbside.store.tables import BATCHES, CHANGES, FILES, LIBRARY, NOTICES, RECORDS
from curbside.store.transfer import WHOLE_FORM, read_all, write_all

_READ_AHEAD: Final = 1000
_PAGES_AT_ONCE: Final = 2_048
"""Of a database that is copied: about 8 MB, between which writers get their turn."""
_BEGINNINGS: Final = 3
"""Times that a copy may begin anew as a writer came between; then writers wait for it."""

Statement: TypeAlias = "tuple[Document, Standing] | Row | Withdrawal | Notice"


@dataclass(frozen=True, slots=True)
class WholeFacts:
    """What was written of a database: how many rows, the fingerprint of its documents, its last
    batch, its articles, and where its trail ends ("" where there is none)."""

    rows: int
    fingerprint: str
    batch: int
    articles: int
    entries: int
    trail: str


class _TooOftenError(Exception):
    """A writer came between again and again."""


class Store(Snapshot):
    """Documents with their standing, as they are now. `open_store` makes one; any number of
    threads may share it.

    Every method raises LibraryError, which says what to do, where the database fails or holds
    what this version of Curbside cannot read.
    """

    def __init__(
        self, engine: Engine, *, explained: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__(engine, explained=explained, batch=None)
        self._writer = engine.execution_options(is_writer=True)
        self._one_at_a_time = Lock()
        self.told: Callable[[Entry], object] = lambda _: None
        self.asked = AskedPages(self._read, self._write)

    def close(self) -> None:
        """Let go of the database; no method may be called after."""
        self._engine.dispose()

    def put(
        self,
        statements: Iterable[Statement],
        *,
        at: str,
        origin: str = "",
        place: int | None = None,
        file: str | None = None,
    ) -> PutCounts:
        """Keep what a source says as one batch or, where anything fails, nothing of it.

        Saying again what is known changes nothing; `retrieved_at` alone is no change. Of two
        records of one document the newer counts: by their versions, then by the place of the
        numbered files they come from, then by the days they were revised, then by which is put
        last; an older one is left. Excerpts of one work are no two records of it: they are put
        together, and none replaces another. What a numbered file takes back no earlier file gives
        again.

        A document's standing is the gravest that it or another document of the same work or a
        notice states. What a record says of itself holds until one that is surely newer no longer
        says it.

        Args:
            statements: read to its end first; an exception it raises passes through and nothing
                is kept. A doc_id that comes twice is put twice, in order.
            at: ISO 8601 time of this batch.
            origin: where it comes from, for people.
            place: of the file in a source that numbers its files, the higher the later.
            file: the digest of a file that has been read to its end with this batch.
        """
        items: list[Item] = [
            row_of(*each) if type(each) is tuple else each  # type: ignore[misc]
            for each in statements
        ]
        with self._write() as connection:
            counts = put_batch(connection, items, at=at, origin=origin, place=place)
            if file is not None:
                connection.execute(delete(FILES).where(FILES.c.digest == file))
                connection.execute(insert(FILES), {"digest": file, "name": origin, "at": at})
        return counts

    def remove(self, doc_id: str, *, at: str) -> bool:
        """Forget a document and all its records; False where it was not here.

        What it said of other works goes with it. A file that held it is read anew when it is
        added again.
        """
        with self._write() as connection:
            counts = put_batch(
                connection, [Removal(doc_id)], at=at, origin=f"{doc_id} removed by hand", place=None
            )
            connection.execute(delete(FILES))
        return bool(counts.removed)

    def has_read(self, file: str) -> bool:
        """Whether a numbered file with this digest was read to its end."""
        with self._read() as connection:
            return bool(
                connection.scalar(
                    select(func.count()).select_from(FILES).where(FILES.c.digest == file)
                )
            )

    def revision(self, doc_id: str, revision: str) -> Document | None:
        """A document as it was in a revision, current or earlier; None if that is not here.

        Of several records with one text the last is meant.
        """
        query = (
            select(RECORDS.c.record, RECORDS.c.retrieved_at)
            .where(RECORDS.c.doc_id == doc_id, RECORDS.c.revision == revision)
            .order_by(RECORDS.c.batch.desc(), RECORDS.c.content)
            .limit(1)
        )
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        with explained_record(doc_id):
            return None if row is None else document_of_row(row.record, row.retrieved_at)

    def fingerprint(self) -> str:
        """`fingerprint_of` all documents; worked out once after a change and then kept."""
        with self._read() as connection:
            kept = connection.scalar(select(LIBRARY.c.fingerprint))
        if kept is not None:
            return str(kept)
        # a library that may only be read cannot keep it
        with suppress(LibraryError), self._write() as connection:
            value = self._fingerprint(connection)
            connection.execute(update(LIBRARY).values(fingerprint=value))
            return value
        with self._read() as connection:
            return self._fingerprint(connection)

    def last_batch(self) -> Batch | None:
        """The newest batch; None where nothing was ever put."""
        return next(self.batches(), None)

    def batches(self) -> Iterator[Batch]:
        """Every batch that changed something, the newest first."""
        columns = [BATCHES.c[name] for name in Batch.__dataclass_fields__]
        before: int | None = None
        while True:
            page = select(*columns).order_by(BATCHES.c.batch.desc()).limit(_READ_AHEAD)
            if before is not None:
                page = page.where(BATCHES.c.batch < before)
            with self._read() as connection:
                rows = connection.execute(page).all()
            for row in rows:
                yield Batch(*row)
            if len(rows) < _READ_AHEAD:
                return
            before = rows[-1].batch

    def batches_of(self, doc_id: str) -> Sequence[Batch]:
        """The batches that changed a document, the newest first."""
        columns = [BATCHES.c[name] for name in Batch.__dataclass_fields__]
        query = (
            select(*columns)
            .join(CHANGES, CHANGES.c.batch == BATCHES.c.batch)
            .where(CHANGES.c.doc_id == doc_id)
            .order_by(BATCHES.c.batch.desc())
        )
        with self._read() as connection:
            return [Batch(*row) for row in connection.execute(query)]

    def batch(self, number: int) -> Batch | None:
        """A batch by its number; None where there is none."""
        columns = [BATCHES.c[name] for name in Batch.__dataclass_fields__]
        with self._read() as connection:
            row = connection.execute(
                select(*columns).where(BATCHES.c.batch == number)
            ).one_or_none()
        return None if row is None else Batch(*row)

    def changed_since(self, batch: int) -> Iterator[tuple[str, str | None]]:
        """Every document of which later batches changed what is searched, ordered by doc_id.

        Each comes with the `content` of the record that is searched now, None where it is no
        longer searched. A change of the standing alone is none of these.
        """
        changes = select(CHANGES.c.doc_id, CHANGES.c.content, CHANGES.c.preferred)
        doc_id = CHANGES.c.doc_id
        changed = (select(doc_id).distinct().where(CHANGES.c.batch > batch).order_by(doc_id)).limit(
            _READ_AHEAD
        )
        after = ""
        while True:
            with self._read() as connection:
                page = connection.scalars(changed.where(doc_id > after)).all()
                of_page = among(connection, doc_id, page)
                new = {row[0]: row for row in connection.execute(_last(changes, of_page))}
                old = {row[0]: row for row in connection.execute(_last(changes, of_page, batch))}
            for name in page:
                was, now = _searched(old.get(name)), _searched(new.get(name))
                if was != now:
                    yield name, now
            if len(page) < _READ_AHEAD:
                return
            after = page[-1]

    def touched_since(self, batch: int) -> int:
        """How many documents later batches changed or took out."""
        query = select(func.count(CHANGES.c.doc_id.distinct())).where(CHANGES.c.batch > batch)
        with self._read() as connection:
            return int(connection.scalar(query) or 0)

    def records(self, contents: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """The compressed records of documents by doc_id, of those that are here."""
        columns = RECORDS.c
        query = select(columns.doc_id, columns.content, columns.record)
        names = iter(contents)
        while part := list(islice(names, _READ_AHEAD)):
            with self._read() as connection:
                of_part = among(connection, columns.doc_id, part)
                rows = connection.execute(query.where(of_part)).all()
            for row in rows:
                if contents[row.doc_id] == row.content:
                    yield row.doc_id, row.record

    def at(self, batch: int) -> Snapshot:
        """The documents as they were after a batch.

        Raises:
            LibraryError: there is no such batch.
        """
        with self._read() as connection:
            newest = connection.scalar(select(func.max(BATCHES.c.batch))) or 0
        if not 0 <= batch <= newest:
            raise LibraryError(f"there is no batch {batch}; the newest is {newest}")
        return Snapshot(self._engine, explained=self._explained, batch=batch)

    def notices(self) -> Iterator[tuple[str, Notice]]:
        """What registers and other documents say of works, with the name they are known by
        there, in order of the name."""
        columns = NOTICES.c
        query = select(columns.target, columns.notice).order_by(
            columns.target, columns.register, columns.status
        )
        with self._read() as connection:
            rows = connection.execution_options(yield_per=_READ_AHEAD).execute(query)
            for name, text in rows:
                with explained_record(name):
                    yield name, loads(Notice, text.encode())

    def faults(self, *, progress: Callable[[int], None] = lambda _: None) -> Iterator[str]:
        """What is wrong with what is kept, a line each; see `faults_of`."""
        with self._read() as connection:
            yield from faults_of(connection, progress=progress)

    def write_to(self, out: IO[bytes], *, progress: Callable[[int], None] = lambda _: None) -> int:
        """Write the library as one file; returns how many rows. See `write_all`."""
        with self._still() as connection:
            return write_all(connection, out, progress=progress)

    def read_from(
        self, packed: IO[bytes], *, name: str, progress: Callable[[int], None] = lambda _: None
    ) -> int:
        """Take what `write_to` wrote, whole or nothing of it; returns how many rows.

        Raises:
            LibraryError: this library is not empty; the file is damaged or of another version.
        """
        with self._write() as connection:
            return read_all(connection, packed, name=name, progress=progress)

    def copy_to(self, file: Path) -> bool:
        """Copy the database as it is at one moment while others write to it.

        Returns:
            False, with nothing copied, where it is no file (PostgreSQL): there a transaction sees
            one moment, and `write_whole` stops no writer.
        """
        if self._engine.dialect.name != "sqlite":
            return False
        with self._explained(), closing(self._engine.raw_connection()) as proxied:
            source = proxied.driver_connection
            # the engine of SQLite is made for this driver
            assert isinstance(source, sqlite3.Connection)  # noqa: S101
            with closing(sqlite3.connect(file)) as target:
                try:
                    source.backup(target, pages=_PAGES_AT_ONCE, progress=_beginnings())
                except _TooOftenError:
                    source.backup(target)
        return True

    def write_whole(
        self, out: IO[bytes], *, progress: Callable[[int], None] = lambda _: None
    ) -> WholeFacts:
        """Write library and desk as they are at one moment, without sessions; see `write_all`."""
        with self._still() as connection:
            desk = DeskReading(connection)
            last = desk.last_entry()
            return WholeFacts(
                rows=write_all(connection, out, progress=progress, form=WHOLE_FORM),
                fingerprint=self._fingerprint(connection),
                batch=connection.scalar(select(func.max(BATCHES.c.batch))) or 0,
                articles=len(desk.articles()),
                entries=last.sequence if last else 0,
                trail=last.digest if last else "",
            )

    def read_whole(
        self, packed: IO[bytes], *, name: str, progress: Callable[[int], None] = lambda _: None
    ) -> int:
        """Take what `write_whole` wrote, whole or nothing of it; returns how many rows.

        Raises:
            LibraryError: this database is not empty; the file is damaged or of another version.
        """
        with self._write() as connection:
            return read_all(connection, packed, name=name, progress=progress, form=WHOLE_FORM)

    @contextmanager
    def reading_desk(self) -> Iterator[DeskReading]:
        """The review desk as it stands now, in one transaction."""
        with self._read() as connection:
            yield DeskReading(connection)

    @contextmanager
    def writing_desk(self) -> Iterator[DeskWriting]:
        """The review desk in one transaction that is kept where nothing is raised. One writer at
        a time, to the documents too: what is read here still holds when it is written.

        Once it is kept, `told` is given the newest entry that was added to the trail."""
        with self._write() as connection:
            desk = DeskWriting(connection)
            yield desk
        # after the transaction: what was not kept should not be told of
        if desk.added is not None:
            self.told(desk.added)

    @contextmanager
    def _still(self) -> Iterator[Connection]:
        """One transaction that sees one moment, however many queries are made in it."""
        with self._read() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction, and one writer at a time: the others wait here."""
        # threads of this process wait without a connection, so that readers keep finding one
        with self._one_at_a_time, self._explained(), self._writer.begin() as connection:
            # SQLite took its lock at BEGIN IMMEDIATE and knows no FOR UPDATE; PostgreSQL takes it
            connection.execute(select(LIBRARY.c.one).with_for_update())
            yield connection


def _beginnings() -> Callable[[int, int, int], None]:
    """Follows a copy; raises _TooOftenError where it began anew too often."""
    left: int | None = None
    begun = 0

    def told(_status: int, remaining: int, _total: int) -> None:
        nonlocal left, begun
        begun += left is None or remaining > left
        left = remaining
        if begun > _BEGINNINGS:
            raise _TooOftenError

    return told


def _last(
    changes: Select[tuple[str, str | None, str | None]],
    of_documents: ColumnElement[bool],
    batch: int | None = None,
) -> Select[tuple[str, str | None, str | None]]:
    """The last change of each of the documents, up to a batch."""
    last = select(CHANGES.c.doc_id, func.max(CHANGES.c.batch)).where(of_documents)
    if batch is not None:
        last = last.where(CHANGES.c.batch <= batch)
    pair = tuple_(CHANGES.c.doc_id, CHANGES.c.batch)
    return changes.where(pair.in_(last.group_by(CHANGES.c.doc_id)))


def _searched(change: SqlRow[tuple[str, str | None, str | None]] | None) -> str | None:
    return change.content if change is not None and change.preferred is None else None
