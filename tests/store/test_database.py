"""A store opens in every state a disk can leave it in, or says what to do."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
import zstandard
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text

from curbside.codec.records import dumps
from curbside.errors import LibraryError
from curbside.store import PutCounts, open_store, tables
from curbside.store.tables import HEAD
from library_builders import NOT_CHECKED, document, excerpts, unchecked


def _filled(path: Path, count: int = 1) -> Path:
    store = open_store(path)
    store.put(unchecked(*(document(f"pmid:{n}") for n in range(count))), at="2026-01-01")
    store.close()
    return path


def _read_everything(path: Path) -> None:
    store = open_store(path)
    list(store.documents())


def test_what_was_put_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    store = open_store(_filled(tmp_path / "library.sqlite"))
    assert store.document("pmid:0") == unchecked(document("pmid:0"))[0]
    store.close()


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    assert _filled(tmp_path / "a" / "b" / "library.sqlite").is_file()


def test_sqlite_keeps_a_rollback_journal_and_waits_for_the_disk(tmp_path: Path) -> None:
    store = open_store(tmp_path / "library.sqlite")
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        # 2 is FULL, https://www.sqlite.org/pragma.html#pragma_synchronous
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_the_newest_migration_is_the_one_the_tables_know() -> None:
    folder = Path(tables.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_the_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    store = open_store(tmp_path / "library.sqlite")
    with store._engine.connect() as connection:
        # Alembic never compares its own table
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.METADATA) == []
    store.close()


def test_an_up_to_date_store_opens_without_alembic(tmp_path: Path) -> None:
    path = _filled(tmp_path / "library.sqlite")
    code = (
        "import sys\nfrom curbside.store import open_store\n"
        "print(open_store(sys.argv[1]).doc_ids(), 'alembic' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert run.stdout == "('pmid:0',) False\n"


def test_two_that_create_the_same_store_at_once_both_succeed(tmp_path: Path) -> None:
    path, done = tmp_path / "library.sqlite", []

    def create(name: str) -> None:
        store = open_store(path)
        done.append(store.put(unchecked(document(name)), at="2026-01-01"))
        store.close()

    threads = [Thread(target=create, args=(f"pmid:{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [PutCounts(added=1)] * 4


def test_of_excerpts_that_come_through_several_connections_at_once_none_is_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.sqlite"
    open_store(path).close()
    texts = [f"Sentence {n}." for n in range(24)]

    def add(mine: list[str]) -> None:
        store = open_store(path)
        for each in mine:
            store.put(unchecked(excerpts(each)), at="2026-01-01")
        store.close()

    threads = [Thread(target=add, args=(texts[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = open_store(path)
    assert store.document("excerpts:5") == (excerpts(*texts), NOT_CHECKED)
    store.close()


def test_a_store_of_a_newer_curbside_says_to_update(tmp_path: Path) -> None:
    path = _filled(tmp_path / "library.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LibraryError) as raised:
        open_store(path)
    assert str(raised.value) == (
        f"library {path}: it was written by a newer Curbside (schema 9999, this one knows up to"
        f" {HEAD}); update Curbside, or name another library"
    )


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"not a database at all " * 100)
    with pytest.raises(LibraryError, match="this is no library of Curbside"):
        open_store(path)
    assert path.read_bytes() == b"not a database at all " * 100


def test_a_damaged_file_says_to_put_back_a_backup(tmp_path: Path) -> None:
    path = _filled(tmp_path / "library.sqlite", count=300)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(LibraryError, match="the file is damaged; put back a backup"):
        _read_everything(path)


def test_a_file_that_was_cut_short_says_to_put_back_a_backup(tmp_path: Path) -> None:
    path = _filled(tmp_path / "library.sqlite", count=300)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(LibraryError, match="the file is damaged; put back a backup"):
        _read_everything(path)


def test_a_folder_in_the_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="it cannot be opened; check that the folder exists"):
        open_store(tmp_path)


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(LibraryError, match="cannot make its folder"):
        open_store(tmp_path / "home" / "library.sqlite")


def test_a_library_that_may_only_be_read_answers_but_takes_nothing(tmp_path: Path) -> None:
    path = _filled(tmp_path / "library.sqlite")
    store = open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert store.doc_ids() == ("pmid:0",)
    # not kept by a writer yet, so it is worked out each time
    assert store.fingerprint() == store.fingerprint()
    with pytest.raises(LibraryError, match="it can be read but not written; allow writing"):
        store.put(unchecked(document("pmid:9")), at="2026-01-02")
    store.close()


def test_a_full_disk_keeps_nothing_of_the_batch_and_says_to_free_space(tmp_path: Path) -> None:
    store = open_store(tmp_path / "library.sqlite")

    def fill_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 20")

    event.listen(store._engine, "connect", fill_up)
    store._engine.dispose()
    many = unchecked(*(document(f"pmid:{n}", text=f"{n} " * 500) for n in range(2000)))
    with pytest.raises(LibraryError, match="the disk is full; free some space and run the same"):
        store.put(many, at="2026-01-01")
    assert store.doc_ids() == ()
    store.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgres://", "no driver for postgres; for PostgreSQL: pip install"),
        ("://", "expected a path or a database URL"),
        (
            "postgresql+psycopg://me:secret@127.0.0.1:1/none",
            r"library postgresql\+psycopg://me:\*\*\*@127.0.0.1:1/none: connection failed",
        ),
    ],
)
def test_a_url_that_leads_nowhere_says_so_and_shows_no_password(url: str, message: str) -> None:
    if "psycopg" in url:
        pytest.importorskip("psycopg")
    with pytest.raises(LibraryError, match=message) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)


def test_a_library_of_the_first_schema_becomes_the_first_batch(tmp_path: Path) -> None:
    """Two documents as version 1 of the schema kept them, one of them with an earlier revision."""
    from alembic.command import upgrade
    from alembic.config import Config

    from curbside.codec.fingerprint import standing_json

    place = tmp_path / "library.sqlite"
    config = Config()
    folder = Path(tables.__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder))
    engine = create_engine(f"sqlite:///{place}")
    old, new = document("pmid:1", text="Old.", revision="r0"), document("pmid:1")
    other = document("pmid:2", retrieved_at="2025-05-05")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0001")
        for each, put_at in ((old, "2025-01-01"), (new, "2025-02-01"), (other, "2025-02-02")):
            data = json.loads(dumps(each))
            for key in ("revised", "version", "jurisdiction"):
                del data["data"][key]
            for section in data["data"]["sections"]:
                del section["recommendation"]
            record = zstandard.compress(json.dumps(data).encode())
            connection.execute(
                text("INSERT INTO revisions VALUES (:doc_id, :revision, :record, :put_at)"),
                {"doc_id": each.doc_id, "revision": each.revision, "record": record,
                 "put_at": put_at},
            )  # fmt: skip
        for each in (new, other):
            connection.execute(
                text(
                    "INSERT INTO documents VALUES (:doc_id, :revision, 'x', :standing, :kind, 1,"
                    " false, true, :seen, NULL, :pmid, NULL)"
                ),
                {"doc_id": each.doc_id, "revision": each.revision, "kind": each.kind.value,
                 "standing": standing_json(NOT_CHECKED), "seen": each.retrieved_at,
                 "pmid": each.doc_id[5:]},
            )  # fmt: skip
    engine.dispose()
    store = open_store(place)
    assert list(store.documents()) == list(unchecked(new, other))
    assert store.revision("pmid:1", "r0") == old
    assert list(store.faults()) == []
    (batch,) = store.batches()
    assert (batch.batch, batch.at, batch.added) == (1, "2025-02-02", 2)
    assert store.put(unchecked(new, other), at="2026-01-01") == PutCounts(unchanged=2)
    store.close()
