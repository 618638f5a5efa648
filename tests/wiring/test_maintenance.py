"""A library can be checked, made whole, taken elsewhere, and tells what was retracted."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from curbside.errors import InputError, LibraryError
from curbside.interfaces.cli import main
from curbside.records import Standing, Status
from curbside.store import open_store
from curbside.wiring.library import add_paths, library_summary
from curbside.wiring.maintenance import (
    Affected,
    add_registers,
    affected,
    export_library,
    history_of,
    import_library,
    rebuild_library,
    verify_library,
)
from evals.pubmed_files import write_pubmed_file
from founding import QUESTION

AT = "2026-03-01T08:00:00Z"
LATER = "2026-04-01T08:00:00Z"
NOTICE = "10.1234/n"


def add(home: Path, *paths: Path, at: str = AT) -> None:
    add_paths(home, paths, at=at, progress=lambda _: None)


def faults(home: Path) -> list[str]:
    return list(verify_library(home, progress=lambda *_: None))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of forty generated records, of which five were revised and three taken back."""
    folder = tmp_path_factory.mktemp("made")
    files = folder / "files"
    files.mkdir()
    write_pubmed_file(files / "pubmed26n0001.xml.gz", range(1, 41), seed=1)
    write_pubmed_file(files / "pubmed26n0002.xml.gz", range(3, 8), seed=2, deleted=(30, 31, 32))
    add(folder / "home", files)
    return folder / "home"


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def test_a_library_is_whole(home: Path) -> None:
    assert faults(home) == []
    last, first = history_of(home, None, most=2)
    assert (first.added, first.origin[-20:]) == (40, "pubmed26n0001.xml.gz")
    assert (last.added, last.revised, last.removed) == (0, 5, 3)
    assert [batch.batch for batch in history_of(home, "pmid:30", most=None)] == [
        last.batch,
        first.batch,
    ]
    with pytest.raises(InputError, match="expected a document of the library, found 'pmid:404'"):
        history_of(home, "pmid:404", most=None)


def change(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "library.sqlite") as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE records SET record = x'00' WHERE doc_id = 'pmid:5'", "it cannot be read"),
        ("DELETE FROM records WHERE doc_id = 'pmid:9'", "pmid:9: its record is lost"),
        ("DELETE FROM documents WHERE doc_id = 'pmid:9'", "pmid:9: it is lost; no batch took"),
        (
            'UPDATE documents SET standing = \'{"by": [], "checked_at": null, "status":'
            " \"current\"}' WHERE doc_id = 'pmid:9'",
            "pmid:9: it is not what its last batch made of it",
        ),
        ("UPDATE changes SET standing = NULL WHERE doc_id = 'pmid:9'", "its history was changed"),
        ("UPDATE batches SET origin = 'elsewhere' WHERE batch = 1", "the chain of hashes breaks"),
        ("DELETE FROM batches WHERE batch = 2", "batch 2: it is lost"),
        ("UPDATE library SET fingerprint = 'x'", "the fingerprint that is kept is not that"),
    ],
)
def test_whatever_is_altered_is_found(home: Path, statement: str, fault: str) -> None:
    change(home, statement)
    assert any(fault in found for found in faults(home)), faults(home)


def index_files(home: Path) -> Iterator[Path]:
    yield from (file for file in (home / "index").rglob("*") if file.suffix in (".store", ".term"))


def test_a_damaged_index_is_found_and_made_again(home: Path) -> None:
    before = library_summary(home)
    for file in index_files(home):
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)
        file.write_bytes(b"damaged" + file.read_bytes()[7:])
    assert any("its checksum is another" in fault for fault in faults(home))
    rebuild_library(home, progress=lambda _: None)
    assert faults(home) == []
    assert library_summary(home) == before


def test_an_index_that_cannot_be_opened_is_set_aside_and_made_again(home: Path) -> None:
    before = library_summary(home)
    (home / "index" / "manifest.json").write_text("{")
    assert any("manifest.json cannot be read" in fault for fault in faults(home))
    rebuild_library(home, progress=lambda _: None)
    after = library_summary(home)
    assert (after.documents, after.passages) == (before.documents, before.passages)
    assert (home / "index-damaged-1").is_dir()


def test_passages_that_are_not_those_of_the_documents_are_found(home: Path) -> None:
    from curbside.index.segments import open_index

    index = open_index(home / "index")
    index.remove("pmid:9")
    index.commit(index.made_from)
    assert faults(home) == [
        "the index holds other passages than the library; run `curbside library rebuild`"
    ]


def test_an_exported_library_is_the_same_elsewhere(home: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "all.jsonl.zst", tmp_path / "other"
    written = export_library(home, file, progress=lambda _: None)
    assert import_library(other, file, progress=lambda _: None) == written
    rebuild_library(other, progress=lambda _: None)
    assert faults(other) == []
    here, there = library_summary(home), library_summary(other)
    assert (here.documents, here.passages) == (there.documents, there.passages)
    assert history_of(home, None, most=None) == history_of(other, None, most=None)
    with pytest.raises(LibraryError, match="expected an empty library"):
        import_library(other, file, progress=lambda _: None)


@pytest.mark.parametrize("cut", [40, -20])
def test_an_export_that_is_cut_or_changed_is_imported_not_at_all(
    home: Path, tmp_path: Path, cut: int
) -> None:
    file, other = tmp_path / "all.jsonl.zst", tmp_path / "other"
    export_library(home, file, progress=lambda _: None)
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(LibraryError, match=r"nothing was imported|another file"):
        import_library(other, file, progress=lambda _: None)
    store = open_store(other / "library.sqlite")
    assert store.doc_ids() == ()
    store.close()


def test_without_a_library_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="expected a library"):
        faults(tmp_path)


def test_a_register_reaches_the_documents_it_names(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "crossref.jsonl"
    file.write_text(
        json.dumps(
            {
                "DOI": "10.1009/invented.1984.9",
                "updated-by": [{"type": "retraction", "DOI": NOTICE}],
            }
        )
    )
    before = {each.doc_id for each in affected(home, {})}
    assert add_registers(home, [file], at=LATER) == (1, 1, ())
    (new,) = [each for each in affected(home, {"a.json": ["pmid:9"]}) if each.doc_id not in before]
    assert new == Affected(
        "pmid:9",
        new.title,
        Standing(Status.RETRACTED, (f"doi:{NOTICE}",), "2026-04-01"),
        ("a.json",),
    )
    assert faults(home) == [
        f"the index is of batch {history_of(home, None, most=2)[1].batch}, the library of batch"
        f" {history_of(home, None, most=1)[0].batch}; ask anything, or run"
        " `curbside library rebuild`, to bring it up to date"
    ]


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(words)
    return int(caught.value.code or 0)


def test_a_retraction_makes_the_check_of_a_stored_answer_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer is made from the bundled topics, then a register retracts what it cites."""
    home, file = tmp_path / "home", tmp_path / "answer.json"
    (tmp_path / "empty").mkdir()
    add(home, tmp_path / "empty")
    words = ("ask", QUESTION, "--at", AT, "--home", str(home), "-o", str(file))
    assert run(*words) == 0
    assert run("check", str(file), "--home", str(home)) == 0
    cited = {each["doi"] for each in json.loads(file.read_text())["references"] if each["doi"]}
    doi = sorted(cited)[0]
    register = tmp_path / "crossref.json"
    register.write_text(
        json.dumps({"message": {"DOI": doi, "updated-by": [{"type": "retraction", "DOI": NOTICE}]}})
    )
    standing = ("standing", "--register", str(register), "--answer", str(file))
    capsys.readouterr()
    assert run(*standing, "--home", str(home)) == 1
    assert f"cited in {file}" in capsys.readouterr().out
    assert run("check", str(file), "--home", str(home)) == 1
    assert "retracted" in capsys.readouterr().out
    # asked again, the page does without
    assert run(*words) == 0
    page = json.loads(file.read_text())
    assert [each for each in page["references"] if each["doi"] == doi and not each["digest"]] == []


def test_an_answer_is_the_same_on_the_library_as_it_was(tmp_path: Path) -> None:
    home, then, now = tmp_path / "home", tmp_path / "then.json", tmp_path / "now.json"
    (tmp_path / "empty").mkdir()
    add(home, tmp_path / "empty")
    ask = ("ask", QUESTION, "--at", AT, "--home", str(home))
    assert run(*ask, "-o", str(then)) == 0
    batch = history_of(home, None, most=1)[0].batch
    files = tmp_path / "files"
    files.mkdir()
    write_pubmed_file(files / "pubmed26n0001.xml.gz", range(1, 41), seed=1)
    add(home, files, at="2027-04-01T00:00:00Z")
    assert run(*ask, "--as-of", str(batch), "-o", str(now)) == 0
    assert now.read_bytes() == then.read_bytes()
    assert run(*ask, "--as-of", "2027-03-31", "-o", str(now)) == 0
    assert now.read_bytes() == then.read_bytes()
    assert run(*ask, "--as-of", "999") == 2
    assert run(*ask, "--as-of", "1999-01-01") == 2
    assert run(*ask, "--as-of", "yesterday") == 2


def test_while_another_process_writes_the_library_answers_as_it_was(
    home: Path, tmp_path: Path
) -> None:
    from curbside.index.segments import open_index
    from curbside.wiring.config import Settings
    from curbside.wiring.opened import open_library

    store = open_store(home / "library.sqlite")
    writer = open_index(home / "index")
    writer.remove("pmid:9")  # takes the lock
    store.remove("pmid:10", at=LATER)
    opened = open_library(Settings(home))
    assert opened.passages == writer.passages()
    assert opened.library.document("pmid:9") is not None
    assert opened.library.document("pmid:10") is None
    writer.commit(writer.made_from)
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_library_that_may_only_be_read_says_so(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pubmed26n0003.xml.gz"
    write_pubmed_file(file, range(50, 60), seed=1)
    for each in (home, *home.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)
    with pytest.raises(LibraryError, match="allow writing"):
        add(home, file)
