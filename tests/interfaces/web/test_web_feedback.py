"""What a reader says of a page reaches the people who answer for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from curbside.interfaces.web.tries import Tries, address_of
from curbside.store import Feedback
from web_client import NOW, served

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"


def test_what_is_said_is_kept_with_the_version_of_the_page(tmp_path: Path) -> None:
    said = {"kind": "wrong", "about": "the second statement", "words": "<script>alert(1)</script>"}
    with served(tmp_path) as (client, site):
        response = client.post(f"/q/{SLUG}/feedback", data=said)
        assert (response.status_code, response.headers["location"]) == (303, f"/q/{SLUG}/thanks")
        (kept,) = site.pages.store.asked.said(SLUG)
        assert len(kept.version) == 64
        assert kept == Feedback(SLUG, kept.version, said["about"], "wrong", said["words"], NOW)
        assert "<h1>Thank you</h1>" in client.get(f"/q/{SLUG}/thanks").text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 400),
        ({"kind": "praise"}, 400),
        ({"kind": "comment"}, 400),
        ({"kind": "wrong", "words": "a" * 2001}, 400),
        ({"kind": "wrong", "words": "a" * 100_000}, 400),
        ({"kind": "wrong", "about": "a" * 2001}, 400),
    ],
)
def test_what_cannot_be_taken_is_refused(
    client: TestClient, data: dict[str, str], status: int
) -> None:
    assert client.post(f"/q/{SLUG}/feedback", data=data).status_code == status


def test_of_a_page_that_is_not_there_nothing_is_taken(client: TestClient) -> None:
    assert client.post("/q/no-such-page/feedback", data={"kind": "wrong"}).status_code == 404
    assert client.post("/q/A/feedback", data={"kind": "wrong"}).status_code == 404
    assert client.get("/q/A/thanks").status_code == 404


def test_nobody_fills_the_desk_with_remarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curbside.store.asked.SAID_OF_PAGE", 3)
    with served(tmp_path) as (client, site):
        site.remarks = Tries(most=4)
        codes = [
            client.post(f"/q/{SLUG}/feedback", data={"kind": "wrong"}).status_code for _ in range(5)
        ]
        assert codes == [303, 303, 303, 503, 429]
        assert len(site.pages.store.asked.said(SLUG)) == 3


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_is_counted_with_all_that_its_owner_has(host: str, counted: str) -> None:
    assert address_of(Request({"type": "http", "headers": [], "client": (host, 1)})) == counted
