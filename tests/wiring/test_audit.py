"""Whatever is changed in the database behind the desk's back is found, and where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from curbside.articles import DeskRole
from curbside.errors import DeskError, InputError
from curbside.wiring.audit import checkpoint_now, entries_of, faults_of_desk
from curbside.wiring.desk import Desk
from curbside.wiring.people import People
from desk_library import AT, TEXTS, Staff, a_desk, a_page_of, act, approved, fill


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = a_desk(tmp_path / "library.sqlite", tmp_path)
    fill(opened.store, *TEXTS)
    staff = Staff(opened)
    article = approved(opened, staff, a_page_of(opened.store, "pmid:1", "pmid:2"))
    opened.comment(article.article_id, act(staff.bea, reason="Well done."))
    yield opened
    opened.close()


def faults(desk: Desk) -> list[str]:
    return list(faults_of_desk(desk.store, desk.checkpoints))


def tamper(desk: Desk, sql: str) -> None:
    with desk.store._engine.begin() as connection:
        assert connection.execute(text(sql)).rowcount


def test_a_desk_that_nobody_touched_is_whole(desk: Desk) -> None:
    assert faults(desk) == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE trail SET person = 'p9' WHERE sequence = 5", "entry 5: it was changed"),
        ("DELETE FROM trail WHERE sequence = 5", "entry 5: 5 is missing; the next is 6"),
        ("DELETE FROM trail WHERE sequence > 12", "entry 16: an entry that a signed checkpoint"),
        ("DELETE FROM trail", "entry 16: an entry that a signed checkpoint names is lost"),
        (
            "UPDATE signatures SET record = replace(record, 'Ann', 'Bea')",
            "entry 16: the signature that is kept is not the one it tells of",
        ),
        ("DELETE FROM signatures", "entry 16: the signature that it tells of is lost"),
        (
            "UPDATE decisions SET sequence = 99 WHERE sequence = 15",
            "entry 99: the decision that is kept is not the one it tells of",
        ),
        ("DELETE FROM comments", "entry 17: the comment that it tells of is lost"),
        (
            "UPDATE articles SET record = replace(record, 'Approved', 'Due')",
            "article flares-after-stopping is not what the trail says",
        ),
        ("DELETE FROM articles", "article flares-after-stopping is not what the trail says"),
        (
            "UPDATE people SET record = replace(record, 'reviewer', 'editor')"
            " WHERE person_id = 'p3'",
            "person p3 is not what the trail says",
        ),
        (
            "UPDATE people SET password = 'another' WHERE person_id = 'p3'",
            "person p3 has another password than the trail says",
        ),
        (
            "UPDATE people SET subject = 'another' WHERE person_id = 'p3'",
            "person p3 has another identity than the trail says",
        ),
        (
            "UPDATE versions SET content = 'f'",
            "entry 12: version 1 of flares-after-stopping is not what was put",
        ),
        ("DELETE FROM versions", "entry 12: version 1 of flares-after-stopping is lost"),
    ],
)
def test_a_row_that_was_changed_or_taken_out_is_named(desk: Desk, sql: str, told: str) -> None:
    tamper(desk, sql)
    found = faults(desk)
    assert [fault for fault in found if told in fault], found


def test_another_answer_under_the_same_content_is_found(desk: Desk) -> None:
    import zstandard

    with desk.store._engine.begin() as connection:
        packed = connection.scalar(text("SELECT answer FROM versions"))
        words = (
            zstandard.ZstdDecompressor().decompress(packed).replace(b"61 percent", b"16 percent")
        )
        connection.execute(
            text("UPDATE versions SET answer = :a"), {"a": zstandard.compress(words)}
        )
    assert faults(desk) == ["entry 12: version 1 of flares-after-stopping is not what was put"]


def test_a_checkpoint_is_made_of_a_whole_trail_alone(desk: Desk) -> None:
    made = checkpoint_now(desk.store, desk.checkpoints, at=AT)
    assert (made.sequence, made in desk.checkpoints.read()) == (17, True)
    tamper(desk, "UPDATE trail SET at = 'x' WHERE sequence = 7")
    with pytest.raises(DeskError, match="is not signed: entry 7"):
        checkpoint_now(desk.store, desk.checkpoints, at=AT)


def test_a_forged_checkpoint_and_another_key_are_not_trusted(desk: Desk) -> None:
    file = desk.checkpoints.file
    file.write_text(file.read_text().replace('"sequence": 16', '"sequence": 15'))
    assert faults(desk) == ["entry 15: a checkpoint here is not signed by its key"]
    other = "00" * 32
    found = list(faults_of_desk(desk.store, desk.checkpoints, key=other))
    assert found == [
        f"entry {number}: a checkpoint here is not signed by its key" for number in (15, 17)
    ]


def test_without_an_entry_there_is_nothing_to_sign(tmp_path: Path) -> None:
    empty = a_desk(tmp_path / "other.sqlite", tmp_path / "other")
    assert faults(empty) == []
    with pytest.raises(InputError, match="nothing was done at this desk yet"):
        checkpoint_now(empty.store, empty.checkpoints, at=AT)
    empty.close()


def test_the_newest_entries_come_first(desk: Desk) -> None:
    assert [entry.what for entry in entries_of(desk.store, None, most=2)] == ["comment", "approve"]
    about = entries_of(desk.store, "flares-after-stopping", most=9)
    assert [entry.what for entry in about][-1] == "submit"


def test_an_end_that_was_cut_off_is_found_whatever_came_last(desk: Desk) -> None:
    """The newest entry, a remark, has no line among the checkpoints; the head has it."""
    tamper(desk, "DELETE FROM trail WHERE sequence = 17")
    tamper(desk, "DELETE FROM comments")
    assert faults(desk) == [
        "entry 17: an entry that a signed checkpoint names is lost: the trail ends at 16"
    ]


def test_work_goes_on_without_the_private_key_and_nothing_is_signed(desk: Desk) -> None:
    (desk.checkpoints.keys / "key.pem").unlink()
    People(desk.store).add("New", "new@example.org", (DeskRole.READER,), by="terminal", at=AT)
    assert max(mark.sequence for mark in desk.checkpoints.read()) == 17
    assert faults(desk) == []
    with pytest.raises(DeskError, match="put it back from where it is kept"):
        checkpoint_now(desk.store, desk.checkpoints, at=AT)
