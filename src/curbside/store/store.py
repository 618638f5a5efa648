"""The store: documents in, whole batch by whole batch; the current revision of each out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final

import zstandard
from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from curbside.codec.fingerprint import content_of, fingerprint_of_rows, standing_json
from curbside.codec.records import decode, dumps, loads
from curbside.errors import CodecError, LibraryError
from curbside.records import Document, Kind, Standing, Status
from curbside.store.identity import identifiers
from curbside.store.tables import DOCUMENTS, LIBRARY, REVISIONS

_READ_AHEAD: Final = 200
_GRAVEST_LAST: Final = (
    Status.UNKNOWN,
    Status.CURRENT,
    Status.CORRECTED,
    Status.SUPERSEDED,
    Status.CONCERN,
    Status.RETRACTED,
)
_CURRENT: Final = DOCUMENTS.join(
    REVISIONS,
    (DOCUMENTS.c.doc_id == REVISIONS.c.doc_id) & (DOCUMENTS.c.revision == REVISIONS.c.revision),
)
_DOCUMENT: Final = (
    select(REVISIONS.c.record, DOCUMENTS.c.standing)
    .select_from(_CURRENT)
    .where(DOCUMENTS.c.doc_id == bindparam("doc_id"))
)


@dataclass(frozen=True, slots=True)
class PutCounts:
    """What one batch did: documents that are new here, that changed, and that were known."""

    added: int
    revised: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the store holds; `by_kind` names only the kinds that occur, in the order of `Kind`."""

    documents: int
    digests: int
    sections: int
    by_kind: Mapping[Kind, int]


class Store:
    """Documents with their standing. `open_store` makes one; any number of threads may share it.

    Every method raises LibraryError, which says what to do, where the database fails or holds
    what this version of Curbside cannot read.
    """

    def __init__(
        self, engine: Engine, *, explained: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(is_writer=True)
        self._explained = explained

    def close(self) -> None:
        """Let go of the database; no method may be called after."""
        self._engine.dispose()

    def put(self, documents: Iterable[tuple[Document, Standing]], *, at: str) -> PutCounts:
        """Keep every document as the current revision, or, where anything fails, none of them.

        Putting what is already there changes nothing. A document with a known revision and other
        metadata replaces that revision; `retrieved_at` alone is no change. The standing that is
        kept is that of `graver_standing`.

        Args:
            documents: may be lazy; an exception it raises passes through and nothing is kept.
                A doc_id that comes twice is put twice, in order.
            at: ISO 8601 time of this batch.
        """
        added = revised = unchanged = 0
        with self._write() as connection:
            for document, standing in documents:
                known = connection.execute(
                    select(DOCUMENTS.c.content, DOCUMENTS.c.standing).where(
                        DOCUMENTS.c.doc_id == document.doc_id
                    )
                ).one_or_none()
                content = content_of(document)
                if known is not None:
                    standing = graver_standing(_standing(known.standing), standing)
                    if (known.content, known.standing) == (content, standing_json(standing)):
                        unchanged += 1
                        continue
                _put_one(connection, document, standing, content=content, at=at)
                added, revised = (added + (known is None), revised + (known is not None))
            if added or revised:
                connection.execute(update(LIBRARY).values(fingerprint=None))
        return PutCounts(added, revised, unchanged)

    def remove(self, doc_id: str) -> bool:
        """Forget a document and all its revisions; False where it was not here."""
        with self._write() as connection:
            connection.execute(delete(REVISIONS).where(REVISIONS.c.doc_id == doc_id))
            gone = connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.doc_id == doc_id))
            if gone.rowcount:
                connection.execute(update(LIBRARY).values(fingerprint=None))
        return bool(gone.rowcount)

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """The current revision of a document with its standing; None if it is not here."""
        with self._read() as connection:
            row = connection.execute(_DOCUMENT, {"doc_id": doc_id}).one_or_none()
        return None if row is None else self._decoded(doc_id, row.record, row.standing)

    def revision(self, doc_id: str, revision: str) -> Document | None:
        """A document as it was in a revision, current or earlier; None if that is not here."""
        query = select(REVISIONS.c.record).where(
            REVISIONS.c.doc_id == doc_id, REVISIONS.c.revision == revision
        )
        with self._read() as connection:
            record = connection.scalar(query)
        with self._explained_record(doc_id):
            return None if record is None else _document(record)

    def doc_ids(self) -> tuple[str, ...]:
        """Every doc_id, in code point order."""
        with self._read() as connection:
            return tuple(
                connection.scalars(select(DOCUMENTS.c.doc_id).order_by(DOCUMENTS.c.doc_id))
            )

    def contents(self) -> Mapping[str, str]:
        """`content_of` every document by doc_id, in code point order of doc_id."""
        query = select(DOCUMENTS.c.doc_id, DOCUMENTS.c.content).order_by(DOCUMENTS.c.doc_id)
        with self._read() as connection:
            return {row.doc_id: row.content for row in connection.execute(query)}

    def newest(self) -> str | None:
        """The latest `retrieved_at` of all documents; None where no document has one."""
        with self._read() as connection:
            newest: str | None = connection.scalar(select(func.max(DOCUMENTS.c.retrieved_at)))
        return newest

    def documents(self) -> Iterator[tuple[Document, Standing]]:
        """Yield the current revision of every document, ordered by doc_id.

        Read a page at a time: no lock is held between two documents, so that a writer need not
        wait for a slow reader. A document put meanwhile may or may not be among them.
        """
        page = (
            select(DOCUMENTS.c.doc_id, REVISIONS.c.record, DOCUMENTS.c.standing)
            .select_from(_CURRENT)
            .where(DOCUMENTS.c.doc_id > bindparam("after"))
            .order_by(DOCUMENTS.c.doc_id)
            .limit(_READ_AHEAD)
        )
        after = ""
        while True:
            with self._read() as connection:
                rows = connection.execute(page, {"after": after}).all()
            if not rows:
                return
            for row in rows:
                yield self._decoded(row.doc_id, row.record, row.standing)
            after = rows[-1].doc_id

    def counts(self) -> Counts:
        """How many documents there are of each kind, how many digests, how many sections."""
        digests = func.sum(DOCUMENTS.c.is_digest.cast(DOCUMENTS.c.sections.type))
        query = select(
            DOCUMENTS.c.kind, func.count(), digests, func.sum(DOCUMENTS.c.sections)
        ).group_by(DOCUMENTS.c.kind)
        with self._read() as connection:
            rows = {kind: numbers for kind, *numbers in connection.execute(query)}
        return Counts(
            documents=sum(documents for documents, _, _ in rows.values()),
            digests=sum(digests for _, digests, _ in rows.values()),
            sections=sum(sections for _, _, sections in rows.values()),
            by_kind={kind: rows[kind][0] for kind in Kind if kind in rows},
        )

    def fingerprint(self) -> str:
        """`fingerprint_of` all documents; worked out once after a change and then kept."""
        with self._read() as connection:
            kept = connection.scalar(select(LIBRARY.c.fingerprint))
        if kept is not None:
            return str(kept)
        # a library that may only be read cannot keep it
        with suppress(LibraryError), self._write() as connection:
            value = _fingerprint(connection)
            connection.execute(update(LIBRARY).values(fingerprint=value))
            return value
        with self._read() as connection:
            return _fingerprint(connection)

    def primaries(self) -> Mapping[str, str]:
        """For each digest whose source is in the library itself, that source's doc_id.

        It is a document that is no digest, holds more text than its title, and has the digest's
        DOI, else PMID, else PMCID. Of several the first in order of doc_id counts.
        """
        found: dict[str, str] = {}
        digest, primary = DOCUMENTS.alias("digest"), DOCUMENTS.alias("primary_source")
        with self._read() as connection:
            for name in ("doi", "pmid", "pmcid"):
                pairs = connection.execute(
                    select(digest.c.doc_id, primary.c.doc_id)
                    .join(primary, digest.c[name] == primary.c[name])
                    .where(digest.c.is_digest, ~primary.c.is_digest, primary.c.has_body)
                    .order_by(digest.c.doc_id, primary.c.doc_id)
                )
                for digest_id, primary_id in pairs:
                    found.setdefault(digest_id, primary_id)
        return dict(sorted(found.items()))

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """One transaction, and one writer at a time: the others wait here."""
        with self._explained(), self._writer.begin() as connection:
            # SQLite took its lock at BEGIN IMMEDIATE and knows no FOR UPDATE; PostgreSQL takes it
            connection.execute(select(LIBRARY.c.one).with_for_update())
            yield connection

    def _decoded(self, doc_id: str, record: bytes, standing: str) -> tuple[Document, Standing]:
        with self._explained_record(doc_id):
            return _document(record), _standing(standing)

    @contextmanager
    def _explained_record(self, doc_id: str) -> Iterator[None]:
        try:
            yield
        except (CodecError, zstandard.ZstdError) as error:
            raise LibraryError(
                f"the library's copy of {doc_id} cannot be read ({error}); put back a backup, or"
                " move the library away and add your sources again"
            ) from error


def graver_standing(known: Standing, found: Standing) -> Standing:
    """Which of two standings of one document to keep: the one known, or the one found now.

    The graver, as an old copy of a record that is read late does not know of a retraction, and
    a retracted source that is taken for sound does harm; to lift one, remove the document and
    put it again. Of two that are as grave the known one, as the same statement read again is no
    new check; what it lacks in `by` is added.
    """
    if found.status is not known.status:
        return max(known, found, key=lambda standing: _GRAVEST_LAST.index(standing.status))
    by = tuple(sorted({*known.by, *found.by}))
    return known if len(by) == len(known.by) else replace(found, by=by)


def _put_one(
    connection: Connection, document: Document, standing: Standing, *, content: str, at: str
) -> None:
    ids = identifiers(document)
    record = zstandard.ZstdCompressor().compress(dumps(document))
    doc_id, revision = document.doc_id, document.revision
    connection.execute(
        delete(REVISIONS).where(REVISIONS.c.doc_id == doc_id, REVISIONS.c.revision == revision)
    )
    connection.execute(
        insert(REVISIONS), {"doc_id": doc_id, "revision": revision, "record": record, "put_at": at}
    )
    connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.doc_id == doc_id))
    connection.execute(
        insert(DOCUMENTS),
        {
            "doc_id": doc_id,
            "revision": revision,
            "content": content,
            "standing": standing_json(standing),
            "kind": document.kind.value,
            "sections": len(document.sections),
            "is_digest": document.digest is not None,
            "has_body": ids.has_body,
            "retrieved_at": document.retrieved_at,
            "doi": ids.doi,
            "pmid": ids.pmid,
            "pmcid": ids.pmcid,
        },
    )


def _document(record: bytes) -> Document:
    return loads(Document, zstandard.ZstdDecompressor().decompress(record))


def _standing(text: str) -> Standing:
    try:
        return decode(Standing, json.loads(text))
    except ValueError as error:
        raise CodecError(f"standing: expected JSON; {error}") from error


def _fingerprint(connection: Connection) -> str:
    columns = DOCUMENTS.c
    rows = connection.execute(
        select(columns.doc_id, columns.revision, columns.content, columns.standing).order_by(
            columns.doc_id
        )
    )
    return fingerprint_of_rows((row[0], row[1], row[2], row[3]) for row in rows)
