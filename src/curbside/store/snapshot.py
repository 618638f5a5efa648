"""A library as it stands now, or as it stood after one of its batches; both are read alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import zstandard
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Subquery,
    bindparam,
    func,
    or_,
    select,
)

from curbside.codec.fingerprint import fingerprint_of_rows
from curbside.codec.records import decode
from curbside.errors import CodecError, LibraryError
from curbside.records import Document, Kind, Standing, Status
from curbside.store.rows import document_of_row
from curbside.store.tables import CHANGES, DOCUMENTS, RECORDS

_READ_AHEAD: Final = 200
_KEPT: Final = 256
"""Documents kept decoded: a question reads some dozens, and the next often the same ones."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: its number from 1, its time, where it came from, how many documents it added,
    changed and took out, and the chain of hashes up to it."""

    batch: int
    at: str
    origin: str
    added: int
    revised: int
    removed: int
    chain: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the store holds; `by_kind` names only the kinds that occur, in the order of `Kind`."""

    documents: int
    digests: int
    by_kind: Mapping[Kind, int]


class Snapshot:
    """The documents with their standing as they are after a batch.

    Every method raises LibraryError, which says what to do, where the database fails or holds
    what this version of Curbside cannot read.

    Args:
        engine: of the database.
        explained: turns what the driver raises into a LibraryError.
        batch: the number of the batch; None for how they are at each moment.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        explained: Callable[[], AbstractContextManager[None]],
        batch: int | None,
    ) -> None:
        self._engine = engine
        self._explained = explained
        self._table = _now() if batch is None else _then(batch)
        # by what was stored, so that a revised document is another one
        self._kept = lru_cache(maxsize=_KEPT)(document_of_row)
        # made once: a page reads dozens of documents, and to word the same query takes as long as
        # to run it
        self._one = self._records.where(self._table.c.doc_id == bindparam("doc_id"))

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """A document with its standing; None if it is not here."""
        with self._read() as connection:
            row = connection.execute(self._one, {"doc_id": doc_id}).one_or_none()
        if row is None:
            return None
        with explained_record(doc_id):
            document = self._kept(row.record, row.retrieved_at)
        return document, self._standing(doc_id, row.standing)

    def doc_ids(self) -> tuple[str, ...]:
        """Every doc_id, in code point order."""
        doc_id = self._table.c.doc_id
        with self._read() as connection:
            return tuple(connection.scalars(select(doc_id).order_by(doc_id)))

    def documents(self) -> Iterator[tuple[Document, Standing]]:
        """Yield every document, ordered by doc_id.

        Read a page at a time: no lock is held between two documents, so that a writer need not
        wait for a slow reader. A document put meanwhile may or may not be among them.
        """
        for row in self._pages(self._records):
            document = self._decoded(row.doc_id, row.record, row.retrieved_at)
            yield document, self._standing(row.doc_id, row.standing)

    def searched(self) -> Iterator[Document]:
        """As `documents`, those alone that are searched: of several of one work there is one."""
        for row in self._pages(self._records.where(self._table.c.preferred.is_(None))):
            yield self._decoded(row.doc_id, row.record, row.retrieved_at)

    def listed(
        self,
        *,
        after: str = "",
        most: int,
        kind: Kind | None = None,
        status: Status | None = None,
    ) -> list[tuple[Document, Standing]]:
        """At most `most` documents in order of doc_id, those after `after`; of one kind and one
        status where these are named."""
        columns = self._table.c
        query = self._records.where(columns.doc_id > after)
        if kind is not None:
            query = query.where(columns.kind == kind.value)
        if status is not None:
            query = query.where(columns.standing.contains(f'"status": "{status.value}"'))
        with self._read() as connection:
            rows = connection.execute(query.order_by(columns.doc_id).limit(most)).all()
        return [
            (
                self._decoded(row.doc_id, row.record, row.retrieved_at),
                self._standing(row.doc_id, row.standing),
            )
            for row in rows
        ]

    def standing_as(self, statuses: Sequence[Status]) -> Iterator[tuple[Document, Standing]]:
        """As `documents`, those alone whose standing is one of the statuses."""
        standing = self._table.c.standing
        said = or_(*(standing.contains(f'"status": "{status.value}"') for status in statuses))
        for row in self._pages(self._records.where(said)):
            document = self._decoded(row.doc_id, row.record, row.retrieved_at)
            yield document, self._standing(row.doc_id, row.standing)

    def statuses(self) -> Mapping[Status, int]:
        """How many documents have each status, of those that occur, in the order of `Status`."""
        standing = self._table.c.standing
        with self._read() as connection:
            rows = connection.execute(select(standing, func.count()).group_by(standing)).all()
        found = Counter[Status]()
        for text, count in rows:
            found[standing_of_json(text).status] += count
        return {status: found[status] for status in Status if status in found}

    def newest(self) -> str | None:
        """The latest `retrieved_at` of all documents; None where no document has one."""
        with self._read() as connection:
            newest: str | None = connection.scalar(select(func.max(self._table.c.retrieved_at)))
        return newest

    def counts(self) -> Counts:
        """How many documents there are of each kind, and how many digests."""
        kind, digests = self._table.c.kind, func.sum(self._table.c.digests)
        query = select(kind, func.count(), digests).group_by(kind)
        with self._read() as connection:
            rows = {name: numbers for name, *numbers in connection.execute(query)}
        return Counts(
            documents=sum(documents for documents, _ in rows.values()),
            digests=sum(digests for _, digests in rows.values()),
            by_kind={each: rows[each][0] for each in Kind if each in rows},
        )

    def fingerprint(self) -> str:
        """`fingerprint_of` all documents."""
        with self._read() as connection:
            return self._fingerprint(connection)

    def _fingerprint(self, connection: Connection) -> str:
        columns = self._table.c
        query = select(columns.doc_id, columns.revision, columns.content, columns.standing)
        rows = connection.execution_options(yield_per=10_000).execute(
            query.order_by(columns.doc_id)
        )
        return fingerprint_of_rows((row[0], row[1], row[2], row[3]) for row in rows)

    @property
    def _records(self) -> Select[tuple[str, bytes, str, str | None]]:
        columns = self._table.c
        return select(
            columns.doc_id, RECORDS.c.record, columns.standing, columns.retrieved_at
        ).join_from(self._table, RECORDS, _is_record_of(self._table))

    def _pages(self, query: Select[tuple[str, bytes, str, str | None]]) -> Iterator[_RecordRow]:
        doc_id = self._table.c.doc_id
        after = ""
        while True:
            page = query.where(doc_id > after).order_by(doc_id).limit(_READ_AHEAD)
            with self._read() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            for row in rows:
                yield _RecordRow(row.doc_id, row.record, row.standing, row.retrieved_at)
            after = rows[-1].doc_id

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._explained(), self._engine.connect() as connection:
            yield connection

    def _decoded(self, doc_id: str, record: bytes, retrieved_at: str | None) -> Document:
        with explained_record(doc_id):
            return document_of_row(record, retrieved_at)

    def _standing(self, doc_id: str, text: str) -> Standing:
        with explained_record(doc_id):
            return standing_of_json(text)


@dataclass(frozen=True, slots=True)
class _RecordRow:
    doc_id: str
    record: bytes
    standing: str
    retrieved_at: str | None


@contextmanager
def explained_record(doc_id: str) -> Iterator[None]:
    """Say what to do where a record cannot be read."""
    try:
        yield
    except (CodecError, zstandard.ZstdError) as error:
        raise LibraryError(
            f"the library's copy of {doc_id} cannot be read ({error}); put back a backup, or"
            " move the library away and add your sources again"
        ) from error


@lru_cache(maxsize=4096)
def standing_of_json(text: str) -> Standing:
    """What `standing_json` wrote. Raises CodecError."""
    try:
        return decode(Standing, json.loads(text))
    except ValueError as error:
        raise CodecError(f"standing: expected JSON; {error}") from error


def _is_record_of(table: Subquery) -> ColumnElement[bool]:
    return (RECORDS.c.doc_id == table.c.doc_id) & (RECORDS.c.content == table.c.content)


def _now() -> Subquery:
    columns = DOCUMENTS.c
    return select(
        columns.doc_id,
        columns.revision,
        columns.content,
        columns.standing,
        columns.preferred,
        columns.retrieved_at,
        columns.kind,
        columns.is_digest.cast(columns.sections.type).label("digests"),
    ).subquery("documents_now")


def _then(batch: int) -> Subquery:
    """The last change of each document up to a batch, but for those that were taken out."""
    later = CHANGES.alias("later")
    is_last = CHANGES.c.batch == (
        select(func.max(later.c.batch))
        .where((later.c.doc_id == CHANGES.c.doc_id) & (later.c.batch <= batch))
        .scalar_subquery()
    )
    is_its_record = (RECORDS.c.doc_id == CHANGES.c.doc_id) & (
        RECORDS.c.content == CHANGES.c.content
    )
    return (
        select(
            CHANGES.c.doc_id,
            RECORDS.c.revision,
            CHANGES.c.content,
            CHANGES.c.standing,
            CHANGES.c.preferred,
            RECORDS.c.retrieved_at,
            RECORDS.c.kind,
            RECORDS.c.is_digest.cast(CHANGES.c.batch.type).label("digests"),
        )
        .join_from(CHANGES, RECORDS, is_its_record)
        .where(is_last)
        .subquery("documents_then")
    )
