"""Whether a store holds what it says: every record, every change and the chain over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import Final

import zstandard
from sqlalchemy import Connection, func, select, text

from curbside.codec.fingerprint import chain_of, fingerprint_of_rows
from curbside.errors import CodecError
from curbside.store.put import BY_HAND
from curbside.store.rows import document_of_row
from curbside.store.snapshot import standing_of_json
from curbside.store.tables import BATCHES, CHANGES, DOCUMENTS, GONE, LIBRARY, RECORDS

_READ_AHEAD: Final = 2_000


def faults_of(connection: Connection, *, progress: Callable[[int], None]) -> Iterator[str]:
    """What is wrong, a line each; nothing for a store that is whole.

    Args:
        connection: all is read in its one transaction.
        progress: called with the number of records read.
    """
    yield from _of_database(connection)
    yield from _of_records(connection, progress)
    yield from _of_documents(connection)
    yield from _of_changes(connection)
    yield from _of_chain(connection)


def _of_database(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for line in connection.scalars(text("PRAGMA integrity_check")):
            if line != "ok":
                yield f"the database is damaged: {line}"


def _of_records(connection: Connection, progress: Callable[[int], None]) -> Iterator[str]:
    columns = RECORDS.c
    query = select(columns.doc_id, columns.content, columns.revision, columns.record)
    rows = connection.execution_options(yield_per=_READ_AHEAD).execute(query)
    for number, row in enumerate(rows, start=1):
        where = f"{row.doc_id}, record {row.content[:12]}"
        try:
            data = zstandard.ZstdDecompressor().decompress(row.record)
            document = document_of_row(row.record, None)
        except (CodecError, zstandard.ZstdError) as error:
            yield f"{where}: it cannot be read ({error})"
            continue
        if sha256(data).hexdigest() != row.content:
            yield f"{where}: it was changed: its hash is another"
        elif (document.doc_id, document.revision) != (row.doc_id, row.revision):
            yield f"{where}: it is of {document.doc_id}, revision {document.revision}"
        if number % _READ_AHEAD == 0:
            progress(number)


def _of_documents(connection: Connection) -> Iterator[str]:
    """Each document has its record, and is what its last change made of it."""
    last = (
        select(CHANGES.c.doc_id, func.max(CHANGES.c.batch).label("batch"))
        .group_by(CHANGES.c.doc_id)
        .subquery()
    )
    is_last = (CHANGES.c.doc_id == last.c.doc_id) & (CHANGES.c.batch == last.c.batch)
    is_record = (RECORDS.c.doc_id == DOCUMENTS.c.doc_id) & (
        RECORDS.c.content == DOCUMENTS.c.content
    )
    now, then, record = DOCUMENTS.c, CHANGES.c, RECORDS.c
    query = (
        select(
            now.doc_id,
            now.content,
            now.standing,
            now.preferred,
            then.content.label("made"),
            then.standing.label("stood"),
            then.preferred.label("chosen"),
            record.revision,
            now.revision.label("said"),
        )
        .join_from(DOCUMENTS, last, last.c.doc_id == now.doc_id, isouter=True)
        .join(CHANGES, is_last, isouter=True)
        .join(RECORDS, is_record, isouter=True)
    )
    for row in connection.execution_options(yield_per=_READ_AHEAD).execute(query):
        if row.revision is None:
            yield f"{row.doc_id}: its record is lost"
        elif row.revision != row.said:
            yield f"{row.doc_id}: it is revision {row.revision}, the library says {row.said}"
        if (row.content, row.standing, row.preferred) != (row.made, row.stood, row.chosen):
            yield f"{row.doc_id}: it is not what its last batch made of it"
        try:
            standing_of_json(row.standing)
        except CodecError as error:
            yield f"{row.doc_id}: {error}"


def _of_changes(connection: Connection) -> Iterator[str]:
    """Nothing that history tells of is lost, but for what a person removed."""
    lost = (
        select(CHANGES.c.doc_id, CHANGES.c.content)
        .join_from(
            CHANGES,
            RECORDS,
            (RECORDS.c.doc_id == CHANGES.c.doc_id) & (RECORDS.c.content == CHANGES.c.content),
            isouter=True,
        )
        .join(GONE, (GONE.c.doc_id == CHANGES.c.doc_id) & (GONE.c.reason == BY_HAND), isouter=True)
        .where(CHANGES.c.content.is_not(None), RECORDS.c.doc_id.is_(None), GONE.c.doc_id.is_(None))
        .distinct()
    )
    for row in connection.execute(lost):
        yield f"{row.doc_id}: an earlier record of it, {row.content[:12]}, is lost"
    last = (
        select(CHANGES.c.doc_id, func.max(CHANGES.c.batch).label("batch"))
        .group_by(CHANGES.c.doc_id)
        .subquery()
    )
    gone = (
        select(last.c.doc_id)
        .join(CHANGES, (CHANGES.c.doc_id == last.c.doc_id) & (CHANGES.c.batch == last.c.batch))
        .join(DOCUMENTS, DOCUMENTS.c.doc_id == last.c.doc_id, isouter=True)
        .where(CHANGES.c.content.is_not(None), DOCUMENTS.c.doc_id.is_(None))
    )
    for doc_id in connection.scalars(gone):
        yield f"{doc_id}: it is lost; no batch took it out"


def _of_chain(connection: Connection) -> Iterator[str]:
    chain, expected = "", 1
    batches = connection.execute(select(BATCHES).order_by(BATCHES.c.batch)).all()
    changes = connection.execution_options(yield_per=_READ_AHEAD).execute(
        select(CHANGES.c.batch, CHANGES.c.doc_id, CHANGES.c.content, CHANGES.c.standing).order_by(
            CHANGES.c.batch, CHANGES.c.doc_id
        )
    )
    by_batch = groupby(changes, key=lambda row: row.batch)
    for batch in batches:
        number, rows = next(by_batch, (None, iter(())))
        if (batch.batch, number) != (expected, expected):
            yield f"batch {expected}: it is lost, or what it changed is"
            return
        chain = chain_of(
            chain,
            batch=batch.batch,
            at=batch.at,
            origin=batch.origin,
            changes=((r.doc_id, r.content or "", r.standing or "") for r in rows),
        )
        if chain != batch.chain:
            yield f"batch {batch.batch}: its history was changed: the chain of hashes breaks here"
            return
        expected += 1
    if next(by_batch, None) is not None:
        yield f"batch {expected}: it is lost, though not what it changed"
    kept = connection.scalar(select(LIBRARY.c.fingerprint))
    if kept is not None and kept != _fingerprint(connection):
        yield "the fingerprint that is kept is not that of the documents"


def _fingerprint(connection: Connection) -> str:
    columns = DOCUMENTS.c
    query = select(columns.doc_id, columns.revision, columns.content, columns.standing)
    rows = connection.execution_options(yield_per=_READ_AHEAD).execute(
        query.order_by(columns.doc_id)
    )
    return fingerprint_of_rows((row[0], row[1], row[2], row[3]) for row in rows)
