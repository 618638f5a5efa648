"""Behind the answers of a server every passage becomes findable by its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from curbside.errors import LibraryError
from curbside.index.segments import Index
from curbside.protocols import Embedder
from curbside.store import open_store
from curbside.wiring.config import settings_at
from curbside.wiring.embedding import BackgroundEmbedding, Embedded, _Patient, _Stopped
from curbside.wiring.library import add_paths, library_summary
from curbside.wiring.pages import Pages
from index_builders import WordEncoder
from library_builders import NOT_CHECKED, digests, document

AT = "2026-01-01T00:00:00Z"
QUOKKA = "Colchicine prevents quokka flares."


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    home = tmp_path / "home"
    file = digests(tmp_path / "a.jsonl", gout=QUOKKA, warts="Zinc did not clear warts.")
    add_paths(home, [file], at=AT, progress=lambda _: None, embedded=0)
    opened = Pages(settings_at(home), now=lambda: AT)
    yield opened
    opened.close()


def idle() -> bool:
    return False


def test_what_is_pending_is_embedded_and_the_pages_search_it(pages: Pages) -> None:
    told: list[Embedded] = []
    whole = pages.opened.passages
    before = pages.fingerprint
    assert pages.opened.embedded == whole - 2
    embedding = BackgroundEmbedding(pages, is_busy=idle, told=told.append)
    embedding.round()
    assert told == [Embedded(whole - 2, whole), Embedded(whole, whole)]
    assert [each.is_done for each in told] == [False, True]
    assert (pages.opened.embedded, embedding.now) == (whole, Embedded(whole, whole))
    assert pages.fingerprint != before
    assert pages.engine.facts.searched[1] == f"dense search of {whole:,} passages"
    # nothing is left: nothing is opened and nobody is told
    opened = pages.opened
    embedding.round()
    assert pages.opened is opened
    assert len(told) == 2


def test_it_waits_while_anybody_waits_for_an_answer(pages: Pages) -> None:
    asked: list[int] = []

    def is_busy() -> bool:
        asked.append(pages.opened.embedded)
        return len(asked) < 3

    BackgroundEmbedding(pages, is_busy=is_busy).round()
    # twice for the first text until it is idle, then once a text
    assert len(asked) == 4
    assert library_summary(pages.home).embedded == library_summary(pages.home).passages


def test_a_server_that_ends_keeps_what_was_made_and_goes_on_at_the_next_start(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curbside.index.segments._BATCH", 1)
    whole = pages.opened.passages
    embedding = BackgroundEmbedding(pages, is_busy=idle)
    ends = iter([False, True])

    def is_busy() -> bool:
        if next(ends):
            embedding._ending.set()
        return False

    embedding._is_busy = is_busy
    embedding.round()
    assert library_summary(pages.home).embedded == whole - 1
    BackgroundEmbedding(pages, is_busy=idle).round()
    assert library_summary(pages.home).embedded == whole


def test_a_library_that_is_being_written_is_left_alone(pages: Pages) -> None:
    whole = pages.opened.passages
    store = open_store(pages.home / "library.sqlite")
    store.put([(document("pmid:1"), NOT_CHECKED)], at=AT)
    embedding = BackgroundEmbedding(pages, is_busy=idle)
    assert not pages.is_current
    embedding.round()
    assert pages.opened.embedded == whole - 2
    pages.refresh()
    with pages.writing:
        assert not pages.reopen()
    embedding.round()
    assert pages.opened.embedded == pages.opened.passages == whole + 1
    store.close()


def test_a_round_ends_where_the_library_changes_meanwhile(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curbside.index.segments._BATCH", 1)
    store = open_store(pages.home / "library.sqlite")
    asked: list[None] = []

    def is_busy() -> bool:
        asked.append(None)
        store.put([(document("pmid:1"), NOT_CHECKED)], at=AT)
        return False

    BackgroundEmbedding(pages, is_busy=is_busy).round()
    assert len(asked) == 1
    store.close()


def test_it_lives_in_a_thread_until_it_is_closed(pages: Pages) -> None:
    done = Event()
    whole = pages.opened.passages
    embedding = BackgroundEmbedding(
        pages, is_busy=idle, told=lambda now: done.set() if now.is_done else None
    )
    embedding.start()
    assert done.wait(60)
    embedding.close()
    assert pages.opened.embedded == whole


def test_one_that_was_never_begun_is_closed_at_once(pages: Pages) -> None:
    BackgroundEmbedding(pages, is_busy=idle).close()


def test_what_cannot_be_written_is_told_once(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(
        index: Index, embedder: Embedder, *, progress: Callable[[int], None] = lambda _: None
    ) -> int:
        raise LibraryError("the disk is full")

    monkeypatch.setattr(Index, "embed_pending", full)
    monkeypatch.setattr("curbside.wiring.embedding._AGAIN_AFTER_S", 0.0)
    monkeypatch.setattr("curbside.wiring.embedding._LOOKED_AFTER_S", 0.0)
    told: list[Embedded] = []
    rounds = Event()

    def is_told(now: Embedded) -> None:
        told.append(now)
        if len(told) > 5:
            rounds.set()

    embedding = BackgroundEmbedding(pages, is_busy=idle, told=is_told)
    embedding.start()
    assert rounds.wait(60)
    embedding.close()
    # each round tells where it stands; the failure itself was new but once
    failures = [now.failed for now in told]
    assert failures[:2] == [None, "the disk is full"]
    assert embedding.now.failed == "the disk is full"


def test_vectors_that_are_made_one_by_one_are_those_of_the_encoder() -> None:
    texts = ["Gout hurts.", "Urate fell."]
    patient = _Patient(WordEncoder(), idle, Event())
    assert np.array_equal(patient.embed(texts), WordEncoder().embed(texts))
    ending = Event()
    ending.set()
    with pytest.raises(_Stopped):
        _Patient(WordEncoder(), idle, ending).embed(texts)
