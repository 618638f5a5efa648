"""Questions and what is said of their pages are kept, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curbside.store import Asked, Feedback, Store, asked, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "library.sqlite")
    yield store
    store.close()


def test_the_name_of_a_page_leads_back_to_its_question(store: Store) -> None:
    kept = Asked("and-the-dose-gout", "And the dose (gout)?", "And the dose?", "gout", ("tea",))
    store.asked.keep(kept, at="2026-01-01T00:00:00Z")
    assert store.asked.get("and-the-dose-gout") == kept
    assert store.asked.get("another") is None


def test_what_was_asked_last_comes_first(store: Store) -> None:
    for second, slug in enumerate("abca"):
        store.asked.keep(Asked(slug, slug, slug), at=f"2026-01-01T00:00:0{second}Z")
    assert [each.slug for each in store.asked.recent(2)] == ["a", "c"]


def test_what_was_asked_longest_ago_is_forgotten_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "KEPT", 2)
    for second, slug in enumerate("abc"):
        store.asked.keep(Asked(slug, slug, slug), at=f"2026-01-01T00:00:0{second}Z")
    assert [each.slug for each in store.asked.recent(9)] == ["c", "b"]


def test_a_question_can_be_forgotten(store: Store) -> None:
    store.asked.keep(Asked("a", "a", "a"), at="2026-01-01T00:00:00Z")
    assert (store.asked.forget("a"), store.asked.forget("a")) == (True, False)
    assert store.asked.get("a") is None


def test_what_readers_say_is_kept_in_order(store: Store) -> None:
    said = [
        Feedback("gout", "v1", "", "wrong", "the dose", "2026-01-01T00:00:00Z"),
        Feedback("gout", "v1", "claim-2", "unclear", "", "2026-01-01T00:00:00Z"),
    ]
    assert [store.asked.say(each) for each in said] == [1, 2]
    assert store.asked.said("gout") == said
    assert store.asked.said("tea") == []


def test_what_is_asked_does_not_change_the_library(store: Store) -> None:
    before = store.fingerprint()
    store.asked.keep(Asked("a", "a", "a"), at="2026-01-01T00:00:00Z")
    assert (store.fingerprint(), store.last_batch()) == (before, None)
