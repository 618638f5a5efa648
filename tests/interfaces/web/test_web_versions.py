"""A page that the review desk has is shown as the desk has it, at once and in every version."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.articles import Move, State
from curbside.records import Standing, Status
from curbside.wiring.config import settings_at
from curbside.wiring.desk import Desk, desk_over
from curbside.wiring.watch import watch_changes
from desk_library import TEXTS, Staff, a_document, a_page_of, act, approved, done, fill
from web_client import NOW, served

SLUG = "flares-after-stopping"
CAUTION = (
    '<p class="banner" role="note"><strong><span aria-hidden="true">⚠ </span>Caution.</strong>'
)


def _desk(home: Path, site_pages: object) -> Desk:
    return desk_over(site_pages.store, home, settings_at(home))  # type: ignore[attr-defined]


def test_approval_and_its_end_are_seen_at_once(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        desk = _desk(tmp_path, site.pages)
        fill(desk.store, *TEXTS)
        staff = Staff(desk)
        page = a_page_of(desk.store, "pmid:1", "pmid:2")
        assert client.get(f"/q/{SLUG}").status_code == 404
        approved(desk, staff, page)
        site.pages.refresh()
        text = client.get(f"/q/{SLUG}").text
        assert "<dd>Approved, version 1</dd>" in text
        assert CAUTION not in text
        assert client.get(f"/q/{SLUG}.json").json()["status"]["state"] == "Approved"

        article = desk.article(SLUG)
        done(desk.move(SLUG, Move.WITHDRAW, act(staff.editor, article, reason="A mistake.")))
        site.pages.refresh()
        text = client.get(f"/q/{SLUG}").text
        assert "<dd>Withdrawn, version 1</dd>" in text
        assert f"{CAUTION} This page was withdrawn. Do not rely on it." in text


def test_no_page_is_shown_as_approved_that_rests_on_what_was_retracted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the server's own look comes when the test says so
    monkeypatch.setattr("curbside.interfaces.server.app._LOOKED_AFTER_S", 3_600)
    with served(tmp_path) as (client, site):
        desk = _desk(tmp_path, site.pages)
        fill(desk.store, *TEXTS)
        approved(desk, Staff(desk), a_page_of(desk.store, "pmid:1", "pmid:2"))
        site.pages.refresh()
        assert "<dd>Approved, version 1</dd>" in client.get(f"/q/{SLUG}").text
        kept = watch_changes(site.desk, at=NOW, seen=None)
        assert desk.article(SLUG).state is State.APPROVED  # type: ignore[union-attr]

        retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
        desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=NOW)
        site.pages.refresh()
        # the desk has not noted it, as where nothing can be written
        assert desk.article(SLUG).state is State.APPROVED  # type: ignore[union-attr]
        for address in (f"/q/{SLUG}", f"/q/{SLUG}?version=1", f"/q/{SLUG}?as=patient"):
            text = client.get(address).text
            assert (address, "<dd>Due, version 1</dd>" in text) == (address, True)
            assert CAUTION in text
            assert "retracted by pmid:99 now" in text
        status = client.get(f"/q/{SLUG}.json").json()["status"]
        assert (status["state"], status["due"]) == ("Due", None)
        # and the server notes it by itself
        assert watch_changes(site.desk, at=NOW, seen=kept) != kept
        assert desk.article(SLUG).state is State.DUE  # type: ignore[union-attr]


def test_a_page_in_plainer_words_says_that_these_were_not_signed(tmp_path: Path) -> None:
    told = "What was signed is each statement in its own words"
    with served(tmp_path) as (client, site):
        desk = _desk(tmp_path, site.pages)
        fill(desk.store, *TEXTS)
        done(desk.submit(a_page_of(desk.store, "pmid:1"), act(Staff(desk).author)))
        site.pages.refresh()
        # nobody signed it yet
        assert told not in client.get(f"/q/{SLUG}.txt?as=patient").text
    with served(tmp_path / "signed") as (client, site):
        desk = _desk(tmp_path / "signed", site.pages)
        fill(desk.store, *TEXTS)
        approved(desk, Staff(desk), a_page_of(desk.store, "pmid:1"))
        site.pages.refresh()
        for form in ("", ".txt", ".md"):
            assert told not in " ".join(client.get(f"/q/{SLUG}{form}").text.split())
            assert told in " ".join(client.get(f"/q/{SLUG}{form}?as=patient").text.split())


def test_every_version_stays_with_what_changed(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        desk = _desk(tmp_path, site.pages)
        fill(desk.store, *TEXTS)
        staff = Staff(desk)
        first = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
        assert first.version == 1
        second = a_page_of(desk.store, "pmid:1", "pmid:2")
        done(desk.submit(second, act(staff.author, first, reason="A second study.")))
        site.pages.refresh()

        assert TEXTS[1] in client.get(f"/q/{SLUG}").text
        old = client.get(f"/q/{SLUG}?version=1").text
        assert TEXTS[0] in old
        assert TEXTS[1] not in old
        assert f'<a href="/q/{SLUG}">The page as it is now</a>' in old
        for name in ("3", "0", "-1", "x", "12345678"):
            assert client.get(f"/q/{SLUG}?version={name}").status_code == 404

        listed = client.get(f"/q/{SLUG}/versions").text
        assert "A second study." in listed
        assert f"<ins>{TEXTS[1]}</ins>" in listed


def test_a_page_that_no_desk_has_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        (own, *_) = site.pages.own_pages
        assert "was not submitted for review yet" in client.get(f"/q/{own.slug}/versions").text
        assert client.get("/q/no-such-page/versions").status_code == 404
