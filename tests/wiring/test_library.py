"""Adding sources leaves store and index in step, whatever happened before."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from curbside.errors import InputError, LibraryError, SourceError
from curbside.index.segments import open_index
from curbside.ingest.rejected import Rejected
from curbside.ingest.topics import bundled_topics
from curbside.records import Document, Question, QuestionKind, Standing
from curbside.store import PutCounts, open_store
from curbside.wiring.config import Settings
from curbside.wiring.engine import open_engine
from curbside.wiring.library import (
    AddProgress,
    AddReport,
    AddStep,
    LibrarySummary,
    add_paths,
    library_summary,
)
from curbside.wiring.opened import open_library
from evals.pubmed_files import write_pubmed_file
from library_builders import digests, document, unchecked

AT = "2026-03-01T08:00:00Z"
LATER = "2027-04-02T08:00:00Z"

BUNDLED = sum(len(topic.documents) for topic in bundled_topics())
BUNDLED_PASSAGES = sum(len(d.sections) for topic in bundled_topics() for d in topic.documents)


def added(home: Path, *paths: Path, at: str = AT, embedded: int | None = None) -> AddReport:
    return add_paths(home, paths, at=at, embedded=embedded, progress=lambda _: None)


def found(home: Path, words: str) -> list[str]:
    """The doc_ids whose passages hold a word, as a library opened anew finds them."""
    question = Question(words, words, "slug", QuestionKind.GENERAL, (), words)
    library = open_library(Settings(home))
    hits = library.index.search_lexical(question, k=10)
    return [hit.passage.doc_id for hit in hits]


def test_excerpts_of_one_work_in_two_files_are_all_found_and_a_title_can_be_quoted(
    tmp_path: Path,
) -> None:
    said = {
        "a": ("title", "Zebrafish colchicine prevents quokka flares."),
        "b": ("abstract", "Wombats were given marmoset serum."),
    }
    for name, (section, text) in said.items():
        row = {"pmid": "5", "section": section, "text": text}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    added(tmp_path / "home", tmp_path / "a.jsonl")
    assert found(tmp_path / "home", "quokka") == ["excerpts:5"]
    report = added(tmp_path / "home", tmp_path / "b.jsonl", at=LATER)
    assert report.changed == PutCounts(revised=1)
    assert report.passages == BUNDLED_PASSAGES + 2
    library = open_library(Settings(tmp_path / "home"))
    question = Question("", "", "slug", QuestionKind.GENERAL, (), "quokka wombats")
    hits = library.index.search_lexical(question, k=10)
    assert {hit.passage.text for hit in hits} == {text for _, text in said.values()}
    again = added(tmp_path / "home", tmp_path / "a.jsonl", at=LATER)
    assert again.changed == PutCounts(unchanged=1)


def test_a_source_that_was_added_is_found_beside_the_bundled_topics(tmp_path: Path) -> None:
    file = digests(tmp_path / "a.jsonl", gout="Zebrafish colchicine prevents quokka flares.")
    report = added(tmp_path / "home", file)
    assert report == AddReport(
        PutCounts(added=1), (), BUNDLED + 1, BUNDLED_PASSAGES + 1, report.embedded
    )
    assert report.embedded == report.passages
    assert found(tmp_path / "home", "quokka") == ["digest:gout"]


def test_adding_the_same_again_on_another_day_changes_nothing(tmp_path: Path) -> None:
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    first = added(tmp_path / "home", file)
    before = library_summary(tmp_path / "home")
    assert added(tmp_path / "home", file, at=LATER) == AddReport(
        PutCounts(unchanged=1), (), first.documents, first.passages, first.embedded
    )
    assert library_summary(tmp_path / "home") == before


def test_a_revised_source_is_found_by_its_new_words_alone(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "a.jsonl"
    added(home, digests(file, gout="Colchicine prevents quokka flares."))
    report = added(home, digests(file, gout="Colchicine prevents wombat flares."), at=LATER)
    assert report.changed == PutCounts(revised=1)
    assert (found(home, "quokka"), found(home, "wombat")) == ([], ["digest:gout"])


def test_words_are_counted_by_the_passages_that_hold_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    added(home, digests(tmp_path / "a.jsonl", a="Quokka quokka 5.", b="A Quokka."))
    added(home, digests(tmp_path / "b.jsonl", c="One quokka more."))
    words = open_engine(Settings(home)).word_frequencies
    assert (words["quokka"], "5" in words) == (3, False)


def test_what_is_no_source_is_rejected_with_the_reason_and_the_rest_is_kept(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    digests(folder / "a.jsonl", gout="Colchicine prevents quokka flares.")
    (folder / "b.pdf").write_bytes(b"%PDF-1.7")
    report = added(tmp_path / "home", folder)
    (rejected,) = report.rejected
    assert isinstance(rejected, Rejected)
    assert rejected.path == str(folder / "b.pdf")
    assert report.changed == PutCounts(added=1)


def test_a_path_that_does_not_exist_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    with pytest.raises(SourceError, match=r"none\.xml: expected a file or folder that exists"):
        added(tmp_path / "home", file, tmp_path / "none.xml")
    assert not (tmp_path / "home").exists()


def test_progress_tells_reading_indexing_and_embedding(tmp_path: Path) -> None:
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    told: list[AddProgress] = []
    add_paths(tmp_path / "home", [file], at=AT, progress=told.append)
    assert told == [
        AddProgress(AddStep.INDEXING, BUNDLED),
        AddProgress(AddStep.READING, 1, file, 1.0),
        AddProgress(AddStep.EMBEDDING, 0, share=0.0),
        AddProgress(AddStep.EMBEDDING, 1, share=1.0),
    ]


def test_an_index_that_was_removed_is_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    added(home, digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares."))
    shutil.rmtree(home / "index")
    assert found(home, "quokka") == ["digest:gout"]


def test_what_a_killed_run_left_in_the_store_alone_is_found_at_the_next_opening(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    added(home, digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares."))
    store = open_store(home / "library.sqlite")
    store.put(unchecked(document("pmid:1", text="Wombats do not get gout.")), at=AT)
    store.remove("digest:gout", at=AT)
    store.close()
    assert found(home, "wombats") == ["pmid:1"]
    assert found(home, "quokka") == []


def _stored(home: Path) -> list[tuple[Document, Standing]]:
    store = open_store(home / "library.sqlite")
    try:
        return list(store.documents())
    finally:
        store.close()


@pytest.mark.parametrize("note", ["{", "[]", "{}", '{"batch":"x","chain":"","topics":""}'])
def test_a_note_of_the_index_that_cannot_be_read_says_what_to_do(tmp_path: Path, note: str) -> None:
    home = tmp_path / "home"
    added(home, digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares."))
    open_index(home / "index").commit(note)
    with pytest.raises(LibraryError, match="curbside library rebuild"):
        library_summary(home)


def test_a_document_of_a_topic_that_an_older_package_left_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    added(home, digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares."))
    current, standing = _stored(home)[0]
    store = open_store(home / "library.sqlite")
    store.put([(replace(current, title="An old title"), standing)], at=AT)
    store.close()
    index = open_index(home / "index")
    index.commit(json.dumps({**json.loads(index.made_from), "topics": "older"}))
    library_summary(home)
    assert _stored(home)[0] == (current, standing)


def test_without_a_library_the_summary_tells_the_bundled_topics_and_writes_nothing(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    summary = library_summary(home)
    kinds = [d.kind for topic in bundled_topics() for d in topic.documents]
    assert summary == LibrarySummary(
        path=home,
        documents=BUNDLED,
        passages=BUNDLED_PASSAGES,
        by_kind={kind: kinds.count(kind) for kind in set(kinds)},
        digests=BUNDLED,
        embedded=BUNDLED_PASSAGES,
        fingerprint=summary.fingerprint,
        checked_to=max(topic.compiled_at for topic in bundled_topics()),
    )
    assert not home.exists()


def test_a_library_of_the_bundled_topics_alone_is_that_of_no_library(tmp_path: Path) -> None:
    home, nothing = tmp_path / "home", tmp_path / "nothing"
    (tmp_path / "empty").mkdir()
    added(home, tmp_path / "empty")
    assert library_summary(home).fingerprint == library_summary(nothing).fingerprint


def test_a_file_in_the_place_of_the_home_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(InputError, match="expected a folder for the library, found a file"):
        library_summary(tmp_path / "home")


def test_a_damaged_library_says_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "library.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(LibraryError, match="this is no library of Curbside"):
        library_summary(home)


def numbered(folder: Path, number: int, pmids: range, **more: int | tuple[int, ...]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"pubmed26n{number:04}.xml.gz"
    write_pubmed_file(path, pmids, **{"seed": 1, **more})  # type: ignore[arg-type]
    return path


def test_numbered_files_are_read_in_their_order_and_once(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    second = numbered(files, 2, range(5, 10), seed=2, deleted=(1,))
    first = numbered(files, 1, range(1, 8))
    report = added(home, second, first)
    assert report.changed == PutCounts(added=9, revised=3, removed=1)
    before = library_summary(home)
    again = added(home, files, at=LATER)
    assert (again.changed, again.known_files, again.rejected) == (PutCounts(), 2, ())
    assert library_summary(home) == before


def test_an_older_file_that_comes_late_changes_nothing_newer(tmp_path: Path) -> None:
    files = tmp_path / "files"
    first = numbered(files, 1, range(1, 8))
    second = numbered(files, 2, range(5, 10), seed=2, deleted=(1,))
    added(tmp_path / "one", first, second)
    added(tmp_path / "two", second)
    report = added(tmp_path / "two", first)
    assert report.changed == PutCounts(added=3, stale=4)
    one, two = (_stored(tmp_path / name) for name in ("one", "two"))
    assert one == two


def test_a_file_that_was_not_received_whole_is_rejected_and_read_once_it_is(
    tmp_path: Path,
) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    path = numbered(files, 1, range(1, 8))
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    (rejected,) = added(home, files).rejected
    assert "the file was not received whole, fetch it again" in rejected.reason
    path.write_bytes(whole)
    assert added(home, files).changed == PutCounts(added=7)


def test_a_file_that_is_cut_off_keeps_what_came_before_and_is_read_again(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    path = numbered(files, 1, range(1, 400))
    path.with_name(f"{path.name}.md5").unlink()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    cut = added(home, files, embedded=0)
    assert 0 < cut.changed.added < 399
    assert "can be unpacked to its end" in cut.rejected[0].reason
    path.write_bytes(whole)
    report = added(home, files, embedded=0)
    assert report.changed.added + report.changed.unchanged == 399
    added(tmp_path / "whole", path, embedded=0)
    assert _stored(home) == _stored(tmp_path / "whole")
