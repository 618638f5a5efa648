"""The review desk in the tables: read in one transaction, written in one transaction.

Nothing here decides anything. Who writes has the one lock of the library, so what was read before
in the same transaction still holds when it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

import zstandard
from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, or_, select, update
from sqlalchemy import Row as SqlRow

from curbside.articles import (
    Article,
    Comment,
    Decision,
    Entry,
    Move,
    Person,
    Signature,
    SourceNow,
    Version,
)
from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.codec.records import decode, encode, loads
from curbside.errors import CodecError, LibraryError
from curbside.records import Answer, Document, Notice, Standing
from curbside.store.among import among
from curbside.store.rows import document_of_row
from curbside.store.snapshot import explained_record, standing_of_json
from curbside.store.tables import (
    ARTICLES,
    BATCHES,
    CHANGES,
    COMMENTS,
    DECISIONS,
    DOCUMENTS,
    NOTICES,
    PEOPLE,
    RECORDS,
    SIGNATURES,
    TOKENS,
    TRAIL,
    VERSION_SOURCES,
    VERSIONS,
)
from curbside.store.works import joint_standing

_READ_AHEAD: Final = 2_000
LET_IN: Final = "let in anew"
CONFIRMED_ACCOUNT: Final = "account confirmed"
"""Entries of the trail on whose account it is."""

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Account:
    """A person with what their signing in hangs on; `password` is a hash."""

    person: Person
    password: str | None
    subject: str | None
    failures: int
    failed_at: str | None


@dataclass(frozen=True, slots=True)
class Token:
    """What a session or a one-time token stands for; `digest` is the sha256 of what is held."""

    digest: str
    person_id: str
    purpose: str
    created_at: str
    expires_at: str


class DeskReading:
    """The desk as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # articles

    def article(self, article_id: str) -> Article | None:
        """An article as it stands; None if there is none."""
        text = self._connection.scalar(
            select(ARTICLES.c.record).where(ARTICLES.c.article_id == article_id)
        )
        return None if text is None else _record(Article, text)

    def articles(self) -> list[Article]:
        """Every article, in order of its id."""
        query = select(ARTICLES.c.record).order_by(ARTICLES.c.article_id)
        return [_record(Article, text) for text in self._connection.scalars(query)]

    def version(self, article_id: str, version: int) -> Version | None:
        """One version with its answer; None if there is none."""
        row = self._connection.execute(
            select(VERSIONS).where(
                VERSIONS.c.article_id == article_id, VERSIONS.c.version == version
            )
        ).one_or_none()
        return None if row is None else _version(row)

    def resting_on(self, name: str) -> set[str]:
        """The articles (ids) whose newest version rests on a work, by any of its names."""
        newest = (
            select(VERSIONS.c.article_id, func.max(VERSIONS.c.version).label("version"))
            .group_by(VERSIONS.c.article_id)
            .subquery()
        )
        is_newest = (newest.c.article_id == VERSION_SOURCES.c.article_id) & (
            newest.c.version == VERSION_SOURCES.c.version
        )
        query = (
            select(VERSION_SOURCES.c.article_id)
            .join(newest, is_newest)
            .where(VERSION_SOURCES.c.name == name)
        )
        return set(self._connection.scalars(query))

    def versions(self, article_id: str) -> list[Version]:
        """Every version of an article, the oldest first."""
        query = (
            select(VERSIONS).where(VERSIONS.c.article_id == article_id).order_by(VERSIONS.c.version)
        )
        return [_version(row) for row in self._connection.execute(query)]

    def composed(self, article_id: str) -> int:
        """The last version that was made of an answer, and not by changing the one before."""
        moves = (Move.SUBMIT.value, Move.REVISE.value)
        return int(
            self._connection.scalar(
                select(func.max(VERSIONS.c.version)).where(
                    VERSIONS.c.article_id == article_id, VERSIONS.c.move.in_(moves)
                )
            )
            or 0
        )

    def decisions(self, article_id: str) -> list[Decision]:
        """What was decided of its claims, in order."""
        return self._of_article(DECISIONS, Decision, article_id)

    def signatures(self, article_id: str, *, after: int = 0) -> list[Signature]:
        """The signatures under any version of it, in order; those whose entry in the trail comes
        after `after`."""
        return self._of_article(SIGNATURES, Signature, article_id, after=after)

    def comments(self, article_id: str) -> list[Comment]:
        """What was said of it, in order."""
        return self._of_article(COMMENTS, Comment, article_id)

    def _of_article(
        self, table: Table, cls: type[RecordT], article_id: str, *, after: int = 0
    ) -> list[RecordT]:
        query = (
            select(table.c.record)
            .where(table.c.article_id == article_id, table.c.sequence > after)
            .order_by(table.c.sequence)
        )
        return [_record(cls, text) for text in self._connection.scalars(query)]

    # people

    def person(self, person_id: str) -> Person | None:
        """A person; None if there is none."""
        account = self.account(person_id)
        return account.person if account else None

    def account(self, person_id: str) -> Account | None:
        """An account by its id; None if there is none."""
        return self._account(PEOPLE.c.person_id == person_id)

    def account_of_email(self, email: str) -> Account | None:
        """An account by its address, in any case; None if there is none."""
        return self._account(PEOPLE.c.email == email.strip().lower())

    def account_of_subject(self, subject: str) -> Account | None:
        """An account by who an identity provider says it is; None if there is none."""
        return self._account(PEOPLE.c.subject == subject)

    def people(self) -> list[Person]:
        """Everyone with an account, in order of name, then id."""
        found = [
            _record(Person, text) for text in self._connection.scalars(select(PEOPLE.c.record))
        ]
        return sorted(found, key=lambda person: (person.name, person.person_id))

    def let_in(self, person_id: str) -> Entry | None:
        """The entry that gave a person's account, which had a way in, another; None where none did,
        or a second administrator confirmed it since."""
        last = self.last_of(LET_IN, CONFIRMED_ACCOUNT, about=person_id)
        return last if last is not None and last.what == LET_IN else None

    def token(self, digest: str) -> Token | None:
        """A token by its digest; None if there is none."""
        row = self._connection.execute(
            select(TOKENS).where(TOKENS.c.digest == digest)
        ).one_or_none()
        return None if row is None else Token(*row)

    def _account(self, where: ColumnElement[bool]) -> Account | None:
        columns = PEOPLE.c
        row = self._connection.execute(
            select(
                columns.record,
                columns.password,
                columns.subject,
                columns.failures,
                columns.failed_at,
            ).where(where)
        ).one_or_none()
        return None if row is None else Account(_record(Person, row[0]), *row[1:])

    # the trail

    def last_entry(self) -> Entry | None:
        """The newest entry; None where there is none."""
        row = self._connection.execute(
            select(TRAIL).order_by(TRAIL.c.sequence.desc()).limit(1)
        ).one_or_none()
        return None if row is None else Entry(*row)

    def entries(self, *, after: int = 0, until: int | None = None) -> Iterator[Entry]:
        """The entries in order of their numbers, from the one after `after`, up to `until`."""
        query = select(TRAIL).where(TRAIL.c.sequence > after).order_by(TRAIL.c.sequence)
        if until is not None:
            query = query.where(TRAIL.c.sequence <= until)
        rows = self._connection.execution_options(yield_per=_READ_AHEAD).execute(query)
        return (Entry(*row) for row in rows)

    def entries_about(self, about: str) -> list[Entry]:
        """The entries about an article or a person, the oldest first."""
        query = select(TRAIL).where(TRAIL.c.about == about).order_by(TRAIL.c.sequence)
        return [Entry(*row) for row in self._connection.execute(query)]

    def last_of(self, *what: str, about: str | None = None) -> Entry | None:
        """The newest entry of one of these kinds, about anything or about one thing; None where
        there is none."""
        query = select(TRAIL).where(TRAIL.c.what.in_(what))
        if about is not None:
            query = query.where(TRAIL.c.about == about)
        row = self._connection.execute(
            query.order_by(TRAIL.c.sequence.desc()).limit(1)
        ).one_or_none()
        return None if row is None else Entry(*row)

    def kept_under_entries(self) -> Iterator[tuple[int, str, str]]:
        """Every decision, signature and remark, by the number of its entry: what it is, as in the
        entry's payload, and its record as JSON."""
        for name, table in (
            ("decision", DECISIONS),
            ("signature", SIGNATURES),
            ("comment", COMMENTS),
        ):
            query = select(table.c.sequence, table.c.record).order_by(table.c.sequence)
            for sequence, record in self._connection.execute(query):
                yield sequence, name, record

    # the library, in the same transaction

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """A document with its standing; None if it is not here."""
        is_its_record = (RECORDS.c.doc_id == DOCUMENTS.c.doc_id) & (
            RECORDS.c.content == DOCUMENTS.c.content
        )
        row = self._connection.execute(
            select(RECORDS.c.record, DOCUMENTS.c.standing, DOCUMENTS.c.retrieved_at)
            .join_from(DOCUMENTS, RECORDS, is_its_record)
            .where(DOCUMENTS.c.doc_id == doc_id)
        ).one_or_none()
        if row is None:
            return None
        with explained_record(doc_id):
            return document_of_row(row.record, row.retrieved_at), standing_of_json(row.standing)

    def batch(self) -> int:
        """The number of the library's last batch; 0 where there is none."""
        return int(self._connection.scalar(select(func.max(BATCHES.c.batch))) or 0)

    def changed_since(self, batch: int) -> set[str]:
        """The doc_ids that later batches changed."""
        query = select(CHANGES.c.doc_id).distinct().where(CHANGES.c.batch > batch)
        return set(self._connection.scalars(query))

    def sources_now(self, names: Iterable[str]) -> dict[str, SourceNow]:
        """How works stand now: documents by their doc_id; by another name ("doi:…", "pmid:…",
        "pmcid:…") what documents and registers say of the work, without a revision. A name of
        which nothing is known is left out."""
        listed = list(dict.fromkeys(names))
        columns = DOCUMENTS.c
        rows = self._connection.execute(
            select(columns.doc_id, columns.revision, columns.standing).where(
                among(self._connection, columns.doc_id, listed)
            )
        )
        found = {
            row.doc_id: SourceNow(row.revision, standing_of_json(row.standing)) for row in rows
        }
        said = self._said_of([name for name in listed if name not in found])
        return found | {
            name: SourceNow(None, joint_standing(standings)) for name, standings in said.items()
        }

    def _said_of(self, names: Sequence[str]) -> dict[str, list[Standing]]:
        said: dict[str, list[Standing]] = {}
        query = select(NOTICES.c.target, NOTICES.c.notice).where(
            among(self._connection, NOTICES.c.target, names)
        )
        for row in self._connection.execute(query):
            notice = loads(Notice, row.notice.encode())
            standing = Standing(notice.status, notice.by, notice.checked_at)
            said.setdefault(row.target, []).append(standing)
        for field in ("doi", "pmid", "pmcid"):
            start = f"{field}:"
            values = [name.removeprefix(start) for name in names if name.startswith(start)]
            column = DOCUMENTS.c[field]
            rows = self._connection.execute(
                select(column, DOCUMENTS.c.standing).where(among(self._connection, column, values))
            )
            for value, text in rows:
                said.setdefault(start + value, []).append(standing_of_json(text))
        return said


class DeskWriting(DeskReading):
    """The desk in a transaction that writes; nothing of it is kept where anything fails. `added` is
    the newest entry that it added to the trail; None where it added none."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.added: Entry | None = None

    def keep_article(self, article: Article) -> None:
        """Put an article as it stands, new or in the place of what it was.

        Raises:
            LibraryError: its step is not the next one: another wrote in between, which the lock
                does not allow.
        """
        known = ARTICLES.c.article_id == article.article_id
        step = self._connection.scalar(select(ARTICLES.c.step).where(known))
        if (step or 0) > article.step:
            raise LibraryError(f"{article.article_id}: it is at step {step}; look at it again")
        self._connection.execute(delete(ARTICLES).where(known))
        self._connection.execute(
            insert(ARTICLES),
            {
                "article_id": article.article_id,
                "step": article.step,
                "record": _json(article),
            },
        )

    def add_version(self, version: Version, *, names: Iterable[str]) -> None:
        """Add a version; `names` are those of every work it rests on."""
        text = json.dumps(answer_to_json(version.answer), ensure_ascii=False, separators=(",", ":"))
        self._connection.execute(
            insert(VERSIONS),
            {
                "article_id": version.article_id,
                "version": version.version,
                "move": version.move.value,
                "content": version.content,
                "person": version.by,
                "at": version.at,
                "why": version.why,
                "batch": version.batch,
                "answer": zstandard.ZstdCompressor().compress(text.encode()),
            },
        )
        rows = [
            {"article_id": version.article_id, "version": version.version, "name": name}
            for name in sorted(set(names))
        ]
        if rows:
            self._connection.execute(insert(VERSION_SOURCES), rows)

    def add_decision(self, sequence: int, decision: Decision) -> None:
        """Add a decision under the number of its entry."""
        self._add(DECISIONS, sequence, decision.article_id, decision)

    def add_signature(self, sequence: int, signature: Signature) -> None:
        """Add a signature under the number of its entry."""
        self._add(SIGNATURES, sequence, signature.article_id, signature)

    def add_comment(self, sequence: int, comment: Comment) -> None:
        """Add a remark under the number of its entry."""
        self._add(COMMENTS, sequence, comment.article_id, comment)

    def _add(self, table: Table, sequence: int, article_id: str, record: object) -> None:
        self._connection.execute(
            insert(table),
            {"sequence": sequence, "article_id": article_id, "record": _json(record)},
        )

    def keep_person(self, person: Person) -> None:
        """Put a person, new or in the place of what was known; how they sign in is left."""
        email = person.email.strip().lower()
        known = PEOPLE.c.person_id == person.person_id
        changed = self._connection.execute(
            update(PEOPLE).where(known).values(email=email, record=_json(person))
        )
        if not changed.rowcount:
            self._connection.execute(
                insert(PEOPLE),
                {
                    "person_id": person.person_id,
                    "email": email,
                    "record": _json(person),
                    "failures": 0,
                },
            )

    def keep_sign_in(
        self,
        person_id: str,
        *,
        password: str | None,
        subject: str | None,
        failures: int,
        failed_at: str | None,
    ) -> None:
        """Put how a person signs in."""
        self._connection.execute(
            update(PEOPLE)
            .where(PEOPLE.c.person_id == person_id)
            .values(password=password, subject=subject, failures=failures, failed_at=failed_at)
        )

    def add_token(self, token: Token) -> None:
        """Add a session or a one-time token."""
        self._connection.execute(
            insert(TOKENS),
            {
                "digest": token.digest,
                "person_id": token.person_id,
                "purpose": token.purpose,
                "created_at": token.created_at,
                "expires_at": token.expires_at,
            },
        )

    def remove_tokens(
        self,
        *,
        digest: str | None = None,
        person_id: str | None = None,
        purpose: str | None = None,
        expired_at: str = "",
    ) -> None:
        """Take out the token of that digest, all of that person (those for a purpose, where it is
        said), and all that expired by then."""
        of_person = TOKENS.c.person_id == person_id
        if purpose is not None:
            of_person &= TOKENS.c.purpose == purpose
        self._connection.execute(
            delete(TOKENS).where(
                or_(
                    TOKENS.c.digest == digest,
                    of_person,
                    TOKENS.c.expires_at <= expired_at,
                )
            )
        )

    def append(self, entry: Entry) -> None:
        """Add an entry to the trail."""
        self.added = entry
        self._connection.execute(
            insert(TRAIL),
            {
                "sequence": entry.sequence,
                "at": entry.at,
                "person": entry.by,
                "what": entry.what,
                "about": entry.about,
                "payload": entry.payload,
                "previous": entry.before,
                "digest": entry.digest,
            },
        )


def _json(record: object) -> str:
    return json.dumps(encode(record), ensure_ascii=False, separators=(",", ":"))


def _record(cls: type[RecordT], text: str) -> RecordT:
    try:
        return decode(cls, json.loads(text))
    except (ValueError, CodecError) as error:
        raise LibraryError(
            f"the desk's copy of a {cls.__name__.lower()} cannot be read ({error}); put back a"
            " backup of the database"
        ) from error


def _version(row: SqlRow[Any]) -> Version:  # of VERSIONS
    try:
        answer = _answer(row.answer)
    except (ValueError, CodecError, zstandard.ZstdError) as error:
        raise LibraryError(
            f"version {row.version} of {row.article_id} cannot be read ({error}); put back a"
            " backup of the database"
        ) from error
    return Version(
        article_id=row.article_id,
        version=row.version,
        move=Move(row.move),
        answer=answer,
        content=row.content,
        by=row.person,
        at=row.at,
        why=row.why,
        batch=row.batch,
    )


@lru_cache(maxsize=64)
def _answer(packed: bytes) -> Answer:
    return answer_from_json(json.loads(zstandard.ZstdDecompressor().decompress(packed)))
