"""The questions that have a page, by the name of the page, and what readers say of pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, delete, func, insert, select

from curbside.store.tables import ASKED, FEEDBACK

_Transaction: TypeAlias = Callable[[], AbstractContextManager[Connection]]

KEPT: Final = 100_000
"""Questions that are kept; those that were asked longest ago go first."""
SAID: Final = 20_000
SAID_OF_PAGE: Final = 500
"""Remarks that are kept, in all and of one page. Nobody need sign in to make one, so that there
must be an end; one that is not taken is refused aloud, and none that was taken goes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that has a page named `slug`. `text` asked again gives the page; for a question
    that follows another, `follows` is the name of that page and `forgotten` what is not kept of
    it."""

    slug: str
    title: str
    text: str
    follows: str | None = None
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader says of a page in a version, or of one statement on it (`about`, else "")."""

    slug: str
    version: str
    about: str
    kind: str
    words: str
    at: str


class AskedPages:
    """Questions and feedback of one store; `Store.asked` is one. Any thread may use it."""

    def __init__(self, read: _Transaction, write: _Transaction) -> None:
        self._read = read
        self._write = write

    def get(self, slug: str) -> Asked | None:
        """The question of a page; None where no such page is kept."""
        with self._read() as connection:
            row = connection.execute(_ROWS.where(ASKED.c.slug == slug)).one_or_none()
        return None if row is None else _asked(*row)

    def keep(self, asked: Asked, *, at: str) -> None:
        """Keep a question as the one that was asked last. `at` is an ISO 8601 time."""
        row = {
            "slug": asked.slug,
            "title": asked.title,
            "text": asked.text,
            "follows": asked.follows,
            "forgotten": json.dumps(asked.forgotten, ensure_ascii=False),
            "last_at": at,
        }
        with self._write() as connection:
            connection.execute(delete(ASKED).where(ASKED.c.slug == asked.slug))
            connection.execute(insert(ASKED), row)
            count = connection.scalar(select(func.count()).select_from(ASKED)) or 0
            if count > KEPT:
                oldest = select(ASKED.c.slug).order_by(ASKED.c.last_at, ASKED.c.slug)
                gone = connection.scalars(oldest.limit(count - KEPT)).all()
                connection.execute(delete(ASKED).where(ASKED.c.slug.in_(gone)))

    def forget(self, slug: str) -> bool:
        """Forget a question; False where it was not kept."""
        with self._write() as connection:
            return bool(connection.execute(delete(ASKED).where(ASKED.c.slug == slug)).rowcount)

    def recent(self, most: int) -> Sequence[Asked]:
        """The questions asked last, the newest first."""
        query = _ROWS.order_by(ASKED.c.last_at.desc(), ASKED.c.slug).limit(most)
        with self._read() as connection:
            return [_asked(*row) for row in connection.execute(query)]

    def say(self, feedback: Feedback) -> int | None:
        """Keep what a reader says; its number, None where so much was said that nothing more is
        taken."""
        row = {name: getattr(feedback, name) for name in Feedback.__dataclass_fields__}
        count = select(func.count()).select_from(FEEDBACK)
        with self._write() as connection:
            of_page = connection.scalar(count.where(FEEDBACK.c.slug == feedback.slug)) or 0
            if of_page >= SAID_OF_PAGE or (connection.scalar(count) or 0) >= SAID:
                return None
            key = connection.execute(insert(FEEDBACK), row).inserted_primary_key
            return int(key[0]) if key else 0

    def said(self, slug: str) -> Sequence[Feedback]:
        """What readers said of a page, in the order they said it."""
        columns = [FEEDBACK.c[name] for name in Feedback.__dataclass_fields__]
        query = select(*columns).where(FEEDBACK.c.slug == slug).order_by(FEEDBACK.c.number)
        with self._read() as connection:
            return [Feedback(*row) for row in connection.execute(query)]

    def heard(self, most: int) -> Sequence[Feedback]:
        """What readers said last of any page, the newest first."""
        columns = [FEEDBACK.c[name] for name in Feedback.__dataclass_fields__]
        query = select(*columns).order_by(FEEDBACK.c.number.desc()).limit(most)
        with self._read() as connection:
            return [Feedback(*row) for row in connection.execute(query)]


_ROWS: Final = select(ASKED.c.slug, ASKED.c.title, ASKED.c.text, ASKED.c.follows, ASKED.c.forgotten)


def _asked(slug: str, title: str, text: str, follows: str | None, forgotten: str) -> Asked:
    return Asked(slug, title, text, follows, tuple(json.loads(forgotten)))
