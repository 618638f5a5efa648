"""Ten thousand tampers with a trail of a hundred thousand rows: each is found.

That is for people: `CURBSIDE_TAMPERS=10000 pytest tests/store/test_trail_tampers.py`; here it is a
shorter trail. Each tamper is made in the table itself, in a transaction that is taken back, and
looked for as `verify` does, in the stretch between the two checkpoints around it: the whole trail
is these stretches one after the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from curbside.articles import Checkpoint, Entry
from curbside.review.trail import digest_of, faults_of_trail, next_entry
from curbside.store import DeskReading, Store, open_store
from curbside.store.tables import TRAIL

TAMPERS = int(os.environ.get("CURBSIDE_TAMPERS", "300"))
ROWS = 10 * TAMPERS
MARKED_EVERY = 100
COLUMNS = ("sequence", "at", "person", "what", "about", "payload", "previous", "digest")


@dataclass(frozen=True, slots=True)
class Trail:
    store: Store
    marks: tuple[Checkpoint, ...]

    def around(self, first: int, last: int) -> tuple[Checkpoint | None, tuple[Checkpoint, ...]]:
        """The last checkpoint before `first`, and those up to the first from `last` on."""
        begin = (first - 1) // MARKED_EVERY
        end = min(-(-last // MARKED_EVERY), len(self.marks))
        return self.marks[begin - 1] if begin else None, self.marks[begin:end]


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trail]:
    store = open_store(tmp_path_factory.mktemp("trail") / "library.sqlite")
    entries: list[Entry] = []
    for number in range(1, ROWS + 1):
        entries.append(
            next_entry(
                entries[-1] if entries else None,
                at=f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}Z",
                by=f"p{number % 50}",
                what=("accept", "sign", "approve")[number % 3],
                about=f"article-{number % 40}",
                payload={"why": f"as read, {number}", "to": "Under Review"},
            )
        )
    with store._engine.begin() as connection:
        connection.execute(insert(TRAIL), [_row(entry) for entry in entries])
    marks = tuple(
        Checkpoint(entry.sequence, entry.digest, entry.at, "k", "s")
        for entry in entries
        if entry.sequence % MARKED_EVERY == 0
    )
    yield Trail(store, marks)
    store.close()


def _row(entry: Entry) -> dict[str, object]:
    values = (
        entry.sequence, entry.at, entry.by, entry.what, entry.about, entry.payload,
        entry.before, entry.digest,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _read(connection: Connection, sequence: int) -> Entry:
    return Entry(*connection.execute(select(TRAIL).where(TRAIL.c.sequence == sequence)).one())


def _put(connection: Connection, entry: Entry) -> None:
    connection.execute(delete(TRAIL).where(TRAIL.c.sequence == entry.sequence))
    connection.execute(insert(TRAIL), _row(entry))


Tamper = Callable[[Connection, Random, int], tuple[int, int]]


def change(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """Another value in any column but the number."""
    column = random.choice(COLUMNS[1:])
    value = f"{getattr(_read(connection, place), FIELDS.get(column, column))}~"
    connection.execute(update(TRAIL).where(TRAIL.c.sequence == place).values({column: value}))
    return place, place


FIELDS = {"person": "by", "previous": "before"}


def reseal(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """Another payload with a digest that fits it."""
    entry = replace(_read(connection, place), payload='{"why":"forged"}')
    _put(connection, replace(entry, digest=digest_of(entry)))
    return place, min(place + 1, ROWS)


def remove(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """One row, or some together."""
    last = min(ROWS, place + random.randrange(3))
    connection.execute(delete(TRAIL).where(TRAIL.c.sequence.between(place, last)))
    return place, last


def remove_and_close_up(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """One row, all after it in the stretch moved up and sealed anew."""
    end = -(-place // MARKED_EVERY) * MARKED_EVERY
    connection.execute(delete(TRAIL).where(TRAIL.c.sequence == place))
    before = _read(connection, place - 1).digest if place > 1 else ""
    for sequence in range(place + 1, end + 1):
        entry = replace(_read(connection, sequence), sequence=sequence - 1, before=before)
        entry = replace(entry, digest=digest_of(entry))
        connection.execute(delete(TRAIL).where(TRAIL.c.sequence == sequence))
        _put(connection, entry)
        before = entry.digest
    return place, end


def put_in(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """A row that fits the one before, in the place of the next."""
    entry = _read(connection, place)
    forged = next_entry(
        entry, at=entry.at, by="p1", what="approve", about="article-1", payload={"why": "forged"}
    )
    _put(connection, forged)
    return place, min(place + 2, ROWS)


def exchange(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """Two rows in each other's place."""
    other = random.choice(
        [n for n in range(max(1, place - 60), min(ROWS, place + 60)) if n != place]
    )
    one, two = _read(connection, place), _read(connection, other)
    _put(connection, replace(two, sequence=place))
    _put(connection, replace(one, sequence=other))
    return min(place, other), max(place, other)


def cut_off(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """Everything from here on. SQLite would take as long as the trail is long to take that back,
    so what is far behind is only looked at as if it were gone."""
    connection.execute(
        delete(TRAIL).where(TRAIL.c.sequence.between(place, place + 2 * MARKED_EVERY))
    )
    return place, min(ROWS, place + MARKED_EVERY)


def rewrite(connection: Connection, random: Random, place: int) -> tuple[int, int]:
    """A forged row, and every row after it in the stretch sealed anew."""
    end = -(-place // MARKED_EVERY) * MARKED_EVERY
    before = _read(connection, place - 1).digest if place > 1 else ""
    for sequence in range(place, end + 1):
        entry = replace(_read(connection, sequence), before=before)
        if sequence == place:
            entry = replace(entry, by="p0", at="2026-01-01T00:00:00Z", what="withdraw")
        entry = replace(entry, digest=digest_of(entry))
        _put(connection, entry)
        before = entry.digest
    return place, end


KINDS: tuple[Tamper, ...] = (
    change, reseal, remove, remove_and_close_up, put_in, exchange, cut_off, rewrite,
)  # fmt: skip


def test_every_tamper_is_found(trail: Trail) -> None:
    random = Random(5)
    unseen = []
    with trail.store._engine.connect() as connection, connection.begin() as whole:
        for number in range(TAMPERS):
            kind = KINDS[number % len(KINDS)]
            # the first and the last rows, and everywhere between
            place = (1, 2, ROWS - 1, ROWS)[number % 4] if number < 64 else random.randint(1, ROWS)
            if kind is put_in and place == ROWS:
                # after the last row there is nothing to take the place of: this is an addition
                place -= 1
            point = connection.begin_nested()
            first, last = kind(connection, random, place)
            start, marks = trail.around(first, last)
            entries = DeskReading(connection).entries(
                after=start.sequence if start else 0,
                until=marks[-1].sequence if marks else None,
            )
            found = faults_of_trail(entries, marks, is_signed=lambda _: True, after=start)
            if next(found, None) is None:
                unseen.append((kind.__name__, place))
            point.rollback()
        whole.rollback()
    assert unseen == []


def test_the_whole_trail_is_whole_and_one_tamper_in_it_is_found_where_it_is(trail: Trail) -> None:
    def faults() -> list[int]:
        with trail.store.reading_desk() as desk:
            found = faults_of_trail(desk.entries(), trail.marks, is_signed=lambda _: True)
            return [fault.sequence for fault in found]

    assert faults() == []
    place = ROWS // 3
    with trail.store._engine.begin() as connection:
        was = _read(connection, place)
        _put(connection, replace(was, by="p99"))
    assert faults()[0] == place
    with trail.store._engine.begin() as connection:
        _put(connection, was)
        connection.execute(delete(TRAIL).where(TRAIL.c.sequence > ROWS - 3))
    assert faults() == [ROWS]
