"""A backup that is made while others write is of one moment, and gives all of it back."""

from __future__ import annotations

import io
import json
import random
import tarfile
import threading
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from curbside.articles import State
from curbside.errors import DeskError, InputError, LibraryError
from curbside.store import Asked, Feedback, Store, Token, open_store
from curbside.store.tables import TOKENS
from curbside.wiring.audit import faults_of_desk
from curbside.wiring.backup import _as_toml, back_up, read_manifest, restore
from curbside.wiring.config import Settings, settings_at
from curbside.wiring.desk import Desk, open_desk
from curbside.wiring.maintenance import verify_library
from curbside.wiring.people import People, SignedIn
from desk_library import AT, CURRENT, LATER, TEXTS, Staff, a_document, a_page_of, approved, fill

PASSWORD = "correct horse battery staple"


def quiet(_: str, __: int) -> None:
    """Says nothing."""


def made_home(home: Path) -> Settings:
    """A library with an approved page, a question that was asked, a remark and a session."""
    home.mkdir()
    settings = settings_at(home)
    with closing(open_desk(settings)) as desk:
        fill(desk.store, *TEXTS)
        approved(desk, Staff(desk), a_page_of(desk.store, "pmid:1", "pmid:2"))
        desk.store.asked.keep(Asked("gout", "Gout?", "gout"), at=AT)
        desk.store.asked.say(Feedback("gout", "v", "C1", "wrong", "No.", AT))
        with desk.store.writing_desk() as writing:
            writing.add_token(Token("d" * 64, "p1", "session", AT, LATER))
    return settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return made_home(tmp_path_factory.mktemp("backup") / "home")


@pytest.fixture(scope="module")
def file(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("file") / "all.tar.zst"
    back_up(settings, file, at=AT, with_key=True, progress=quiet)
    return file


def told_of(desk: Desk) -> object:
    """All that a desk holds: articles, versions, people, trail."""
    with desk.store.reading_desk() as reading:
        articles = reading.articles()
        return (
            articles,
            [reading.versions(each.article_id) for each in articles],
            [reading.decisions(each.article_id) for each in articles],
            [reading.signatures(each.article_id) for each in articles],
            reading.people(),
            list(reading.entries()),
        )


def restored(file: Path, home: Path, *, replace: bool = False) -> Settings:
    restore(settings_at(home), file, at=LATER, replace=replace, progress=quiet)
    return settings_at(home)


def names_in(file: Path) -> list[str]:
    with (
        zstandard.ZstdDecompressor().stream_reader(file.open("rb")) as stream,
        tarfile.open(fileobj=io.BufferedReader(stream), mode="r|") as tar,
    ):
        return [member.name for member in tar]


def test_what_is_restored_is_what_was_backed_up(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    again = restored(file, tmp_path / "elsewhere")
    assert again.home is not None
    with closing(open_desk(settings)) as old, closing(open_desk(again)) as new:
        assert new.store.fingerprint() == old.store.fingerprint()
        assert list(new.store.batches()) == list(old.store.batches())
        assert told_of(new) == told_of(old)
        assert [each.state for each in new.articles()] == [State.APPROVED]
        assert new.store.asked.recent(9) == old.store.asked.recent(9) != []
        assert new.store.asked.said("gout") == old.store.asked.said("gout") != []
        assert new.checkpoints.read() == old.checkpoints.read() != ()
        assert list(faults_of_desk(new.store, new.checkpoints)) == []
    assert list(verify_library(again.home, progress=quiet)) == []
    assert not (again.home / ".restore").exists()


def test_sessions_end_with_the_server_they_were_begun_at(file: Path, tmp_path: Path) -> None:
    place = _database_of(restored(file, tmp_path / "home"))
    with closing(open_store(place)) as store, store._engine.connect() as connection:
        assert connection.execute(TOKENS.select()).all() == []


def test_a_remark_after_a_restore_has_a_number_of_its_own(file: Path, tmp_path: Path) -> None:
    with closing(open_store(_database_of(restored(file, tmp_path / "home")))) as store:
        assert store.asked.say(Feedback("gout", "v", "", "unclear", "", AT)) == 2


def _database_of(settings: Settings) -> Path:
    assert settings.home is not None
    return settings.home / "library.sqlite"


def test_a_backup_is_of_one_moment_while_a_writer_adds(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home")
    place = _database_of(settings)
    states: dict[int, str] = {}
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with closing(open_store(place)) as store:
            number = 100
            while not stop.is_set() and number < 400:
                store.put([(a_document(number, TEXTS[0]), CURRENT)], at=AT, origin="a writer")
                last = store.last_batch()
                states[last.batch if last else 0] = store.fingerprint()
                begun.set()
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    try:
        backups = [
            back_up(settings, tmp_path / f"{n}.tar.zst", at=AT, with_key=False, progress=quiet)
            for n in range(3)
        ]
    finally:
        stop.set()
        writer.join(60)
    assert {each.held.batch for each in backups} <= states.keys()
    assert [each.held.fingerprint for each in backups] == [
        states[each.held.batch] for each in backups
    ]
    again = restored(tmp_path / "2.tar.zst", tmp_path / "again")
    with closing(open_store(_database_of(again))) as store:
        assert store.fingerprint() == backups[2].held.fingerprint


def test_a_copy_that_writers_disturb_again_and_again_is_made_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curbside.store.store._PAGES_AT_ONCE", 1)
    with closing(open_store(tmp_path / "a.sqlite")) as store:
        fill(store, *TEXTS * 20)
        with closing(open_store(tmp_path / "a.sqlite")) as other:
            made = _disturbed(store, other, tmp_path / "copy.sqlite", monkeypatch)
        assert made > 3
        with closing(open_store(tmp_path / "copy.sqlite")) as copy:
            assert copy.fingerprint() == store.fingerprint()


def _disturbed(store: Store, other: Store, target: Path, patch: pytest.MonkeyPatch) -> int:
    """Copies a store while another process writes after each of its steps; how often it did."""
    from curbside.store import store as module

    writes = 0
    follow = module._beginnings()

    def told(status: int, remaining: int, total: int) -> None:
        nonlocal writes
        writes += 1
        other.put([(a_document(500 + writes, TEXTS[1]), CURRENT)], at=AT)
        follow(status, remaining, total)

    patch.setattr(module, "_beginnings", lambda: told)
    assert store.copy_to(target)
    return writes


def test_a_home_that_is_not_empty_is_refused_and_left_as_it_is(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"expected an empty folder, found notes\.txt"):
        restored(file, home)
    assert [path.name for path in home.iterdir()] == ["notes.txt"]


def test_what_was_there_is_moved_aside_where_that_is_said(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    old = made_home(home)
    with closing(open_store(_database_of(old))) as store:
        fill(store, "Something else.")
        before = store.fingerprint()
    again = restored(file, home, replace=True)
    with closing(open_store(_database_of(again))) as store:
        assert store.fingerprint() == read_manifest(file).held.fingerprint
    with closing(open_store(home / "replaced-2026-06-02T120000Z" / "library.sqlite")) as store:
        assert store.fingerprint() == before


def test_every_byte_of_a_backup_counts(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    choose = random.Random(1)
    places = [*range(8), *range(len(whole) - 44, len(whole))]
    places += [choose.randrange(len(whole)) for _ in range(100)]
    bad = tmp_path / "bad.tar.zst"
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << choose.randrange(8)
        bad.write_bytes(changed)
        with pytest.raises(LibraryError, match="cut off or changed; nothing was written"):
            restored(bad, tmp_path / "home")
    for length in [*range(0, 60, 7), *(choose.randrange(len(whole)) for _ in range(20))]:
        bad.write_bytes(whole[:length])
        with pytest.raises(LibraryError, match="cut off or changed"):
            restored(bad, tmp_path / "home")
    bad.write_bytes(whole + b"\0")
    with pytest.raises(LibraryError, match="cut off or changed"):
        restored(bad, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_part_that_is_not_the_manifests_is_refused_even_where_the_seal_was_made_anew(
    file: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.tar.zst"
    _sealed_anew(file, bad, "checkpoints.jsonl", lambda data: data.replace(b"2026", b"2027"))
    with pytest.raises(LibraryError, match="its parts are not those of its manifest"):
        restored(bad, tmp_path / "home")
    _sealed_anew(file, bad, "manifest.json", lambda data: data.replace(b"backup-1", b"backup-9"))
    with pytest.raises(LibraryError, match="expected a backup of the form curbside-backup-1"):
        restored(bad, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def _sealed_anew(file: Path, target: Path, name: str, change: object) -> None:
    """The backup with one member changed, as one would who can write such files."""
    from hashlib import sha256

    from curbside.wiring.backup import _SEAL

    made = io.BytesIO()
    with (
        zstandard.ZstdDecompressor().stream_reader(file.open("rb")) as stream,
        tarfile.open(fileobj=io.BufferedReader(stream), mode="r|") as tar,
        tarfile.open(fileobj=made, mode="w") as out,
    ):
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name == name:
                data = change(data)  # type: ignore[operator]
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    packed = zstandard.ZstdCompressor(write_checksum=True).compress(made.getvalue())
    target.write_bytes(packed + _SEAL + sha256(packed).digest())


def test_a_restore_that_does_not_verify_leaves_nothing(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home")
    with closing(open_store(_database_of(settings))) as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE trail SET person = 'p9' WHERE sequence = 5")
    file = tmp_path / "all.tar.zst"
    back_up(settings, file, at=AT, with_key=False, progress=quiet)
    with pytest.raises(LibraryError, match="nothing was kept: entry 5: it was changed"):
        restored(file, tmp_path / "again")
    assert list((tmp_path / "again").iterdir()) == []


def test_secrets_and_places_are_left_out_of_the_settings(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home")
    assert settings.home is not None
    (settings.home / "curbside.toml").write_text(
        'database = "sqlite:///' + str(settings.home / "library.sqlite") + '"\n'
        '[desk]\nreview_days = 90\ncheckpoints = "trail/checkpoints.jsonl"\n'
        "# api_key = OLDSECRET\n"
        '[feeds.gout]\nkind = "pubmed-search"\nquery = "gout \\"flares\\""\n'
        'email = "a@example.org"\napi_key = "NEWSECRET"\n'
    )
    file = tmp_path / "all.tar.zst"
    made = back_up(settings_at(settings.home), file, at=AT, with_key=False, progress=quiet)
    assert made.left_out == ("database", "desk.checkpoints", "feeds.gout.api_key")
    again = restored(file, tmp_path / "again")
    assert again.home is not None
    text = (again.home / "curbside.toml").read_text()
    assert "SECRET" not in text
    assert tomllib.loads(text) == {
        "desk": {"review_days": 90},
        "feeds": {
            "gout": {"kind": "pubmed-search", "query": 'gout "flares"', "email": "a@example.org"}
        },
    }


def test_the_key_goes_along_only_where_that_is_said(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    assert "key.pem" in names_in(file)
    assert file.stat().st_mode & 0o077 == 0
    without = tmp_path / "without.tar.zst"
    back_up(settings, without, at=AT, with_key=False, progress=quiet)
    assert "key.pem" not in names_in(without)
    again = restored(without, tmp_path / "home")
    with closing(open_desk(again)) as desk, desk.store.reading_desk() as reading:
        last = reading.last_entry()
        assert last is not None
        # not with a new key, which nobody would trust
        with pytest.raises(DeskError, match="put it back from where it is kept"):
            desk.checkpoints.add(last, at=LATER)


def test_the_settings_that_a_folder_has_stay_and_those_of_the_backup_lie_beside_them(
    tmp_path: Path,
) -> None:
    settings = made_home(tmp_path / "home")
    assert settings.home is not None
    (settings.home / "curbside.toml").write_text("[desk]\nreview_days = 90\n")
    file = tmp_path / "all.tar.zst"
    back_up(settings, file, at=AT, with_key=False, progress=quiet)
    home = tmp_path / "again"
    home.mkdir()
    (home / "curbside.toml").write_text("[desk]\nreview_days = 30\n")
    assert restored(file, home).desk.policy.review_days == 30
    beside = tomllib.loads((home / "curbside.restored.toml").read_text())
    assert beside == {"desk": {"review_days": 90}}


def test_people_sign_in_after_a_restore_as_before(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home")
    with closing(open_desk(settings)) as desk:
        people = People(desk.store)
        ann = people.of_email("ann@example.org")
        people.set_password(ann.person_id, PASSWORD, by="console", at=AT)
    file = tmp_path / "all.tar.zst"
    back_up(settings, file, at=AT, with_key=False, progress=quiet)
    with closing(open_desk(restored(file, tmp_path / "again"))) as desk:
        found = People(desk.store).sign_in("ann@example.org", PASSWORD, at=LATER)
    assert isinstance(found, SignedIn)
    assert found.person == ann


def test_without_a_library_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="expected a library; make one with `curbside add`"):
        back_up(settings_at(tmp_path), tmp_path / "f", at=AT, with_key=False, progress=quiet)


def test_a_backup_that_cannot_be_written_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        back_up(settings, tmp_path / "no" / "f", at=AT, with_key=False, progress=quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_goes_from_a_file_to_postgresql_and_back(
    file: Path, tmp_path: Path, empty_postgresql: str
) -> None:
    home = tmp_path / "server"
    home.mkdir()
    (home / "curbside.toml").write_text(f"database = {json.dumps(empty_postgresql)}\n")
    in_postgresql = restored(file, home)
    with closing(open_store(empty_postgresql)) as store:
        assert store.fingerprint() == read_manifest(file).held.fingerprint
        assert store.asked.say(Feedback("gout", "v", "", "unclear", "", AT)) == 2
    with pytest.raises(LibraryError, match="expected an empty library"):
        restored(file, home, replace=True)
    back = tmp_path / "back.tar.zst"
    made = back_up(in_postgresql, back, at=AT, with_key=True, progress=quiet)
    assert made.held.trail == read_manifest(file).held.trail
    again = restored(back, tmp_path / "again")
    with closing(open_desk(again)) as new, closing(open_desk(in_postgresql)) as old:
        assert told_of(new) == told_of(old)


KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-(2**40), 2**40)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
TABLES = st.recursive(
    st.dictionaries(KEYS, VALUES, max_size=4),
    lambda inner: st.dictionaries(KEYS, VALUES | inner, max_size=4),
    max_leaves=6,
)


@given(TABLES)
def test_settings_are_written_as_toml_that_says_the_same(table: dict[str, object]) -> None:
    assert tomllib.loads(_as_toml(table)) == table
