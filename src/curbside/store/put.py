"""One batch into the tables: what each statement of a source does to what is known."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Column, Connection, Select, delete, exists, func, insert, select, update
from sqlalchemy import Row as SqlRow

from curbside.codec.fingerprint import chain_of, standing_json
from curbside.codec.records import decode, dumps, loads
from curbside.errors import CodecError
from curbside.records import Notice, Standing, Withdrawal
from curbside.store.among import among, insert_rows
from curbside.store.rows import Row, document_of_row, row_of
from curbside.store.tables import BATCHES, CHANGES, DOCUMENTS, GONE, LIBRARY, NOTICES, RECORDS
from curbside.store.works import (
    Kept,
    graver_standing,
    joint_standing,
    names_of,
    preferred_of,
    works_of,
)
from curbside.text.excerpts import is_of_excerpts, merge_excerpts

BY_HAND: Final = "removed by hand"


@dataclass(frozen=True, slots=True)
class Removal:
    """A person takes a document out, with every record of it."""

    doc_id: str


Item: TypeAlias = Row | Withdrawal | Removal | Notice


@dataclass(frozen=True, slots=True)
class PutCounts:
    """What a batch did, by what was put: documents that are new here, that changed, that were
    known, that were taken out; `stale` is what an older or withdrawn record said, and was left.
    """

    added: int = 0
    revised: int = 0
    unchanged: int = 0
    removed: int = 0
    stale: int = 0

    def __add__(self, other: PutCounts) -> PutCounts:
        return PutCounts(
            self.added + other.added,
            self.revised + other.revised,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.stale + other.stale,
        )


class _Gone(NamedTuple):
    """A row of GONE."""

    doc_id: str
    version: int | None
    place: int | None
    reason: str


_KEPT: Final = select(*(DOCUMENTS.c[name] for name in Kept._fields))


class _Batch:
    """What a batch makes of the documents it names, worked out before anything is written."""

    def __init__(self, connection: Connection, items: Sequence[Item], place: int | None) -> None:
        self._place = place
        doc_ids = {item.doc_id for item in items if not isinstance(item, Notice)}
        self.before: dict[str, Kept] = {}
        for kept in _kept_with(connection, DOCUMENTS.c.doc_id, doc_ids):
            self.before[kept.doc_id] = kept
        self.after = dict(self.before)
        query = select(*(GONE.c[name] for name in _Gone._fields))
        self.gone = {
            row.doc_id: _Gone._make(row) for row in _with(connection, query, GONE.c.doc_id, doc_ids)
        }
        self.left: dict[str, _Gone] = {}
        self.forgotten: set[str] = set()
        self.records: dict[tuple[str, str], Row] = {}
        self.own_notices: dict[str, tuple[Notice, ...]] = {}
        self.notices: list[Notice] = []
        self.outcomes: list[tuple[str, str]] = []
        self._excerpts = _known_excerpts(connection, self.before.values())
        for item in items:
            if isinstance(item, Row):
                self.outcomes.append((item.doc_id, self._put(item)))
            elif isinstance(item, Notice):
                self.notices.append(item)
            elif isinstance(item, Withdrawal):
                self.outcomes.append((item.doc_id, self._withdraw(item)))
            else:
                self.outcomes.append((item.doc_id, self._remove(item.doc_id)))

    def _put(self, row: Row) -> str:
        doc_id, place = row.doc_id, self._place
        known, gone = self.after.get(doc_id), self.gone.get(doc_id)
        if gone is not None and _is_taken_back(row, place, gone):
            return "stale"
        stated = row.stated
        if known is not None:
            if _is_older(row, place, known):
                if place is None:
                    graver = _graver(known.stated, row.stated)
                    self.after[doc_id] = known._replace(stated=graver)
                return "stale"
            if not _replaces_standing(row, place, known):
                stated = _graver(known.stated, stated)
            if is_of_excerpts(doc_id):
                row = self._together(known, row)
        is_same = known is not None and known.content == row.content
        self.after[doc_id] = Kept(
            doc_id,
            row.revision,
            row.content,
            stated,
            known.standing if known else stated,
            row.kind,
            row.sections,
            row.length,
            row.is_digest,
            row.has_body,
            known.retrieved_at if known is not None and is_same else row.retrieved_at,
            row.revised,
            row.version,
            known.place if known is not None and place is None else place,
            row.doi,
            row.pmid,
            row.pmcid,
            row.updated_in,
            known.preferred if known else None,
        )
        if is_same:
            return "unchanged"
        self.records[doc_id, row.content] = row
        if row.notices or known is not None:
            self.own_notices[doc_id] = row.notices
        return "added" if known is None else "revised"

    def _together(self, known: Kept, row: Row) -> Row:
        """The row of a document of excerpts with those that are known, in this batch or before."""
        held = self.records.get((known.doc_id, known.content))
        record = held.record if held else self._excerpts[known.doc_id]
        more = document_of_row(row.record, row.retrieved_at)
        both = merge_excerpts(document_of_row(record, None), more)
        return row_of(both, _said(row.stated), row.notices)

    def _withdraw(self, item: Withdrawal) -> str:
        doc_id, place = item.doc_id, self._place
        said = item.version or ""
        version = int(said) if said.isdecimal() else None
        known, gone = self.after.get(doc_id), self.gone.get(doc_id)
        if place is not None and (gone is None or gone.place is None or gone.place <= place):
            self.left[doc_id] = self.gone[doc_id] = _Gone(doc_id, version, place, item.reason)
        elif gone is None:
            self.left[doc_id] = self.gone[doc_id] = _Gone(doc_id, None, None, item.reason)
        if known is None:
            return "unchanged"
        is_later = place is None or known.place is None or place >= known.place
        if is_later and (version is None or (known.version or 1) <= version):
            del self.after[doc_id]
            self.own_notices[doc_id] = ()
            return "removed"
        return "stale"

    def _remove(self, doc_id: str) -> str:
        if doc_id not in self.after:
            return "unchanged"
        gone = self.gone.get(doc_id) or _Gone(doc_id, None, None, "")
        self.left[doc_id] = self.gone[doc_id] = gone._replace(reason=BY_HAND)
        self.forgotten.add(doc_id)
        self.records = {key: row for key, row in self.records.items() if key[0] != doc_id}
        del self.after[doc_id]
        self.own_notices[doc_id] = ()
        return "removed"


def put_batch(
    connection: Connection, items: Sequence[Item], *, at: str, origin: str, place: int | None
) -> PutCounts:
    """Write one batch in the transaction of `connection`; see `Store.put`."""
    batch = _Batch(connection, items, place)
    names = _write_notices(connection, batch)
    for doc_id in batch.before.keys() | batch.after.keys():
        old, new = batch.before.get(doc_id), batch.after.get(doc_id)
        if old is None or new is None or _names_work(old) != _names_work(new):
            names.update(name for kept in (old, new) if kept for name in names_of(kept))
    before, after = _with_their_works(connection, batch, names)
    _settle(connection, after, names)
    _write(connection, batch, before, after)
    _note_batch(connection, before, after, at=at, origin=origin)
    return _counts(batch, before, after)


def _known_excerpts(connection: Connection, known: Iterable[Kept]) -> dict[str, bytes]:
    """The current record of each document of excerpts among the known."""
    content = {kept.doc_id: kept.content for kept in known if is_of_excerpts(kept.doc_id)}
    query = select(RECORDS.c.doc_id, RECORDS.c.content, RECORDS.c.record)
    return {
        row.doc_id: row.record
        for row in _with(connection, query, RECORDS.c.doc_id, content)
        if row.content == content[row.doc_id]
    }


def _is_taken_back(row: Row, place: int | None, gone: _Gone) -> bool:
    if gone.place is None:
        return False
    return (place is None or place <= gone.place) and (
        gone.version is None or (row.version or 1) <= gone.version
    )


def _is_older(row: Row, place: int | None, known: Kept) -> bool:
    """Whether a source says what it has said better since."""
    version, known_version = row.version or 1, known.version or 1
    if version != known_version:
        return version < known_version
    if place is not None and known.place is not None:
        return place < known.place
    if known.revised is None:
        return False
    # a copy that does not say of when it is replaces none that does
    return row.revised is None or row.revised < known.revised


def _replaces_standing(row: Row, place: int | None, known: Kept) -> bool:
    """Whether a record is surely newer than the one known, so that what it no longer says of
    itself no longer holds."""
    if place is not None and known.place is not None:
        return True
    return bool(row.revised and known.revised and row.revised > known.revised)


def _names_work(kept: Kept) -> tuple[object, ...]:
    """All of a document that its work and its rank in it hang on."""
    return (
        kept.stated,
        kept.doi,
        kept.pmid,
        kept.pmcid,
        kept.updated_in,
        kept.is_digest,
        kept.has_body,
        kept.length,
    )


def _graver(known: str, found: str) -> str:
    return known if known == found else standing_json(graver_standing(_said(known), _said(found)))


def _said(text: str) -> Standing:
    try:
        return decode(Standing, json.loads(text))
    except ValueError as error:
        raise CodecError(f"standing: expected JSON; {error}") from error


# notices


def _write_notices(connection: Connection, batch: _Batch) -> set[str]:
    """Keep what registers and documents say of works; returns the names of those works."""
    register, target = NOTICES.c.register, NOTICES.c.target
    known = sorted(batch.own_notices.keys() & batch.before.keys())
    names: set[str] = set()
    if known and connection.scalar(select(exists().where(target != ""))):
        names.update(row.target for row in _with(connection, select(target), register, known))
        connection.execute(delete(NOTICES).where(among(connection, register, known)))
    notices = [
        replace(notice, register=doc_id)
        for doc_id, own in batch.own_notices.items()
        for notice in own
        if doc_id in batch.after
    ]
    rows = {
        (name, notice.register, notice.status.value): dumps(notice).decode()
        for notice in (*batch.notices, *notices)
        for name in notice.work
    }
    for name, by, status in rows:
        at = (target == name) & (register == by) & (NOTICES.c.status == status)
        connection.execute(delete(NOTICES).where(at))
    if rows:
        columns = ("target", "register", "status", "notice")
        connection.execute(
            insert(NOTICES),
            [dict(zip(columns, (*key, text), strict=True)) for key, text in rows.items()],
        )
    return names | {name for name, _, _ in rows}


def _notices_about(connection: Connection, names: set[str]) -> Mapping[str, list[Standing]]:
    about: dict[str, list[Standing]] = defaultdict(list)
    if connection.scalar(select(exists().where(NOTICES.c.target != ""))):
        query = select(NOTICES.c.target, NOTICES.c.notice)
        for row in _with(connection, query, NOTICES.c.target, names):
            notice = loads(Notice, row.notice.encode())
            about[row.target].append(Standing(notice.status, notice.by, notice.checked_at))
    return about


# works


def _with_their_works(
    connection: Connection, batch: _Batch, names: set[str]
) -> tuple[dict[str, Kept], dict[str, Kept]]:
    """The documents of the batch and all of the same works, before it and after; `names` grows
    by theirs."""
    before, after = dict(batch.before), dict(batch.after)
    fresh = names
    while fresh:
        found: set[str] = set()
        for kept in _named(connection, fresh):
            if kept.doc_id not in before:
                before[kept.doc_id] = after[kept.doc_id] = kept
            found.update(names_of(kept))
            found.update(filter(None, (kept.updated_in,)))
        fresh = found - names
        names |= fresh
    return before, after


def _named(connection: Connection, names: set[str]) -> Iterator[Kept]:
    """Every document with one of the names, or that became one of them."""
    yield from _kept_with(connection, DOCUMENTS.c.doc_id, names)
    yield from _kept_with(connection, DOCUMENTS.c.updated_in, names)
    for field in ("doi", "pmid", "pmcid"):
        start = f"{field}:"
        values = {name.removeprefix(start) for name in names if name.startswith(start)}
        yield from _kept_with(connection, DOCUMENTS.c[field], values)


def _settle(connection: Connection, after: dict[str, Kept], names: set[str]) -> None:
    """Give every document of the named works the standing of its work, and say which of the work
    is searched."""
    about = _notices_about(connection, names)
    named = _told_or_shared(after, names, about.keys())
    searched: dict[str, Kept] = {}
    preprints: list[list[str]] = []
    for work in works_of(named):
        members = [after[doc_id] for doc_id in work]
        standing = _joint(members, about)
        preferred = preferred_of(members, None)
        for kept in members:
            doc_id = kept.doc_id
            after[doc_id] = kept._replace(standing=standing, preferred=preferred[doc_id])
            best = after[preferred[doc_id] or doc_id]
            if best.has_body and not best.is_digest:
                searched |= dict.fromkeys(names_of(kept), best)
        if any(kept.updated_in for kept in members):
            preprints.append(work)
    for work in preprints:
        members = [after[doc_id] for doc_id in work]
        published = next(filter(None, (searched.get(n.updated_in or "") for n in members)), None)
        if published is not None and published.doc_id not in work:
            for doc_id in work:
                after[doc_id] = after[doc_id]._replace(preferred=published.doc_id)


def _told_or_shared(after: dict[str, Kept], names: set[str], told: Collection[str]) -> list[Kept]:
    """The named documents of which something else is said, or something else is of the work.

    The others, which are nearly all, stand as they state themselves, and that is set here.
    """
    names_by = {doc_id: names_of(kept) for doc_id, kept in after.items()}
    bearers = Counter(chain.from_iterable(names_by.values()))
    updated = {kept.updated_in for kept in after.values() if kept.updated_in}
    named: list[Kept] = []
    for doc_id, own in names_by.items():
        kept = after[doc_id]
        if names.isdisjoint(own):
            continue
        if kept.updated_in or any(n in told or n in updated or bearers[n] > 1 for n in own):
            named.append(kept)
        elif kept.standing != kept.stated or kept.preferred is not None:
            after[doc_id] = kept._replace(standing=kept.stated, preferred=None)
    return named


def _joint(members: Sequence[Kept], about: Mapping[str, list[Standing]]) -> str:
    said = [
        standing
        for name in dict.fromkeys(name for kept in members for name in names_of(kept))
        for standing in about.get(name, ())
    ]
    if len({kept.stated for kept in members}) == 1 and not said:
        return members[0].stated
    return standing_json(joint_standing([*(_said(kept.stated) for kept in members), *said]))


# writing


def _write(
    connection: Connection,
    batch: _Batch,
    before: Mapping[str, Kept],
    after: Mapping[str, Kept],
) -> None:
    changed = [
        doc_id
        for doc_id in sorted(before.keys() | after.keys())
        if before.get(doc_id) != after.get(doc_id)
    ]
    if old := [doc_id for doc_id in changed if doc_id in before]:
        connection.execute(delete(DOCUMENTS).where(among(connection, DOCUMENTS.c.doc_id, old)))
    rows = [after[doc_id] for doc_id in changed if doc_id in after]
    insert_rows(connection, DOCUMENTS, Kept._fields, rows)
    if batch.forgotten:
        forgotten = among(connection, RECORDS.c.doc_id, batch.forgotten)
        connection.execute(delete(RECORDS).where(forgotten))
    _write_records(connection, batch)
    if batch.left:
        connection.execute(delete(GONE).where(among(connection, GONE.c.doc_id, batch.left)))
        connection.execute(insert(GONE), [gone._asdict() for gone in batch.left.values()])


def _write_records(connection: Connection, batch: _Batch) -> None:
    query = select(RECORDS.c.doc_id, RECORDS.c.content)
    doc_ids = {doc_id for doc_id, _ in batch.records}
    known = {tuple(row) for row in _with(connection, query, RECORDS.c.doc_id, doc_ids)}
    number = _last_batch(connection)[0] + 1
    rows = [
        (
            row.doc_id,
            row.content,
            row.revision,
            row.kind,
            row.is_digest,
            row.record,
            row.retrieved_at,
            number,
        )
        for key, row in sorted(batch.records.items())
        if key not in known
    ]
    insert_rows(connection, RECORDS, [column.name for column in RECORDS.columns], rows)


def _note_batch(
    connection: Connection,
    before: Mapping[str, Kept],
    after: Mapping[str, Kept],
    *,
    at: str,
    origin: str,
) -> None:
    last, chained = _last_batch(connection)
    number = last + 1
    changes = [
        (doc_id, number, *(_shown(after.get(doc_id)) or (None, None, None)))
        for doc_id in sorted(before.keys() | after.keys())
        if _shown(after.get(doc_id)) != _shown(before.get(doc_id))
    ]
    if not changes:
        return
    insert_rows(connection, CHANGES, [column.name for column in CHANGES.columns], changes)
    added = sum(doc_id not in before for doc_id in after)
    removed = sum(doc_id not in after for doc_id in before)
    connection.execute(
        insert(BATCHES),
        {
            "batch": number,
            "at": at,
            "origin": origin,
            "added": added,
            "revised": len(changes) - added - removed,
            "removed": removed,
            "chain": chain_of(
                chained,
                batch=number,
                at=at,
                origin=origin,
                changes=(
                    (doc_id, content or "", standing or "")
                    for doc_id, _, content, standing, _ in changes
                ),
            ),
        },
    )
    connection.execute(update(LIBRARY).values(fingerprint=None))


def _shown(kept: Kept | None) -> tuple[str, str, str | None] | None:
    return (kept.content, kept.standing, kept.preferred) if kept else None


def _last_batch(connection: Connection) -> tuple[int, str]:
    newest = select(func.max(BATCHES.c.batch)).scalar_subquery()
    row = connection.execute(
        select(BATCHES.c.batch, BATCHES.c.chain).where(BATCHES.c.batch == newest)
    ).one_or_none()
    return (row.batch, row.chain) if row else (0, "")


def _counts(batch: _Batch, before: Mapping[str, Kept], after: Mapping[str, Kept]) -> PutCounts:
    counts = dict.fromkeys(("added", "revised", "unchanged", "removed", "stale"), 0)
    last: dict[str, str] = {}
    for doc_id, outcome in batch.outcomes:
        counts[outcome] += 1
        last[doc_id] = outcome
    for doc_id, outcome in last.items():
        old, new = before.get(doc_id), after.get(doc_id)
        # the record is known, what is said of it is new
        if outcome in ("unchanged", "stale") and old and new and old.standing != new.standing:
            counts[outcome] -= 1
            counts["revised"] += 1
    return PutCounts(**counts)


def _kept_with(
    connection: Connection, column: Column[str], values: Iterable[str]
) -> Iterator[Kept]:
    for row in _with(connection, _KEPT, column, values):
        yield Kept._make(row)


def _with(
    connection: Connection,
    query: Select[Any],  # the rows are of whatever it selects
    column: Column[str],
    values: Iterable[str],
) -> Iterator[SqlRow[Any]]:
    """The rows of a query whose column has one of the values."""
    if listed := list(values):
        yield from connection.execute(query.where(among(connection, column, listed)))
