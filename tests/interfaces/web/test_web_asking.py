"""The stages of an answer are told as they are done, and who goes away gives it up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from curbside.interfaces.server.app import Serving, make_app, open_site
from curbside.interfaces.web import Site
from curbside.wiring import pages
from curbside.wiring.config import settings_at
from founding import QUESTION
from slow_answers import Slow
from web_client import HOSTS, NOW, served

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
GOUT = "How is gout treated?"


def lines(text: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_page_that_is_there_is_led_to_at_once(client: TestClient) -> None:
    client.get(f"/q/{SLUG}")
    response = client.get("/ask/stages", params={"q": QUESTION})
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["cache-control"] == "no-store"
    assert lines(response.text) == [
        {"stage": f"Understood as “{QUESTION}”"},
        {"address": f"/q/{SLUG}"},
    ]


def test_a_new_question_tells_what_was_found_chosen_and_checked(client: TestClient) -> None:
    asked = "What is the dose of azathioprine after a relapse of autoimmune hepatitis?"
    *stages, last = lines(client.get("/ask/stages", params={"q": asked, "as": "student"}).text)
    page = client.get(last["address"].partition("?")[0] + ".json").json()
    found, chosen, checked = (int(line["stage"].partition(" ")[0]) for line in stages[1:])
    assert stages[0] == {"stage": f"Understood as “{page['title']}”"}
    assert [line["stage"].partition(" ")[2] for line in stages[1:]] == [
        "passages found",
        "sentences speak of it",
        "statements stand in their passages, word and figure",
    ]
    assert checked == len(page["claims"])
    assert found >= chosen >= checked > 1
    assert last["address"].endswith("as=student")
    # it stands ready there
    assert client.get(last["address"]).status_code == 200


def test_what_is_not_understood_is_told_where_it_is_asked_without_stages(
    client: TestClient,
) -> None:
    assert lines(client.get("/ask/stages", params={"q": " "}).text) == [{"address": "/ask?q=+"}]
    assert client.get("/ask?q=+").status_code == 400


def test_stages_of_too_much_are_refused_as_a_question_is(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, workers=1, waiting=0)) as (client, site):
        site.gate.taken += 1
        response = client.get("/ask/stages", params={"q": GOUT})
        site.gate.taken -= 1
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(pages, "answer", slow.answer)
    yield slow
    slow.go_on.set()


class Reader:
    """Who sends one request and may go away."""

    def __init__(self, app: ASGIApp, path: str, query: str) -> None:
        self.got: list[Message] = []
        self._leaves = asyncio.Event()
        self._is_sent = False
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1")],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8765),
            "root_path": "",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }
        self.task = asyncio.create_task(_ended(app(scope, self._receive, self._send)))

    def leave(self) -> None:
        self._leaves.set()

    async def _receive(self) -> Message:
        if not self._is_sent:
            self._is_sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.got.append(message)


async def _ended(life: Awaitable[None]) -> None:
    await life


def run(folder: Path, told: Callable[[Site, ASGIApp], Awaitable[None]]) -> None:
    """Run a story with a site that works out one thing at a time."""
    serving = Serving(HOSTS, workers=1)

    async def story() -> None:
        site = open_site(settings_at(folder), serving, now=lambda: NOW)
        await told(site, make_app(site, serving, now=lambda: NOW))
        site.gate.close()
        site.pages.close()

    asyncio.run(story())


@pytest.mark.parametrize("path", ["/ask", "/ask/stages"])
def test_who_goes_away_ends_the_work_at_its_next_stage(
    tmp_path: Path, slow: Slow, path: str
) -> None:
    async def told(site: Site, app: ASGIApp) -> None:
        reader = Reader(app, path, "q=How+is+gout+treated%3F")
        await asyncio.to_thread(slow.begun.wait, 30)
        reader.leave()
        await reader.task
        while site.making:
            await asyncio.sleep(0)
        slow.go_on.set()
        while site.gate.taken:
            await asyncio.sleep(0)
        assert slow.ended == ["GivenUpError"]

    run(tmp_path, told)


def test_what_has_not_begun_never_does(tmp_path: Path, slow: Slow) -> None:
    async def told(site: Site, app: ASGIApp) -> None:
        first = Reader(app, "/ask", "q=How+is+gout+treated%3F")
        await asyncio.to_thread(slow.begun.wait, 30)
        second = Reader(app, "/ask", "q=How+is+asthma+treated%3F")
        while site.gate.taken < 2:
            await asyncio.sleep(0)
        second.leave()
        await second.task
        while site.gate.taken > 1:
            await asyncio.sleep(0)
        slow.go_on.set()
        await first.task
        assert (first.got[0]["status"], slow.ended) == (303, ["made"])
        assert site.pages.asked("how-is-asthma-treated") is None

    run(tmp_path, told)


def test_who_still_waits_gets_what_another_gave_up(tmp_path: Path, slow: Slow) -> None:
    async def told(site: Site, app: ASGIApp) -> None:
        first = Reader(app, "/ask", "q=How+is+gout+treated%3F")
        await asyncio.to_thread(slow.begun.wait, 30)
        second = Reader(app, "/ask/stages", "q=How+is+gout+treated%3F")
        while len(second.got) < 2:
            await asyncio.sleep(0)
        first.leave()
        await first.task
        slow.go_on.set()
        await second.task
        said = lines(b"".join(each.get("body", b"") for each in second.got).decode())
        assert said[0] == {"stage": f"Understood as “{GOUT}”"}
        assert said[-1] == {"address": "/q/how-is-gout-treated"}
        assert slow.ended == ["made"]

    run(tmp_path, told)


def test_who_asks_again_after_giving_up_has_it_made_again(tmp_path: Path, slow: Slow) -> None:
    async def told(_: Site, app: ASGIApp) -> None:
        first = Reader(app, "/ask", "q=How+is+gout+treated%3F")
        await asyncio.to_thread(slow.begun.wait, 30)
        first.leave()
        await first.task
        again = Reader(app, "/ask", "q=How+is+gout+treated%3F")
        slow.go_on.set()
        await again.task
        assert again.got[0]["status"] == 303
        assert slow.ended == ["GivenUpError", "made"]

    run(tmp_path, told)
