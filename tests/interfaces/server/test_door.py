"""A server that is told to stop serves who is inside, and lets nobody else in."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from a_server import SLOW, WORKING, AServer, Said, a_server
from curbside.errors import LibraryError
from curbside.interfaces.server.door import Door

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def asked(server: AServer) -> tuple[threading.Thread, list[Said | str]]:
    """A reader who waits for a page that is being made."""
    page = "/ask?q=" + SLOW.replace(" ", "+")
    got: list[Said | str] = []

    def read() -> None:
        try:
            got.append(server.get(page))
        except (OSError, http.client.HTTPException) as error:
            got.append(type(error).__name__)

    reader = threading.Thread(target=read)
    reader.start()
    while server.line() != WORKING:
        """The questions that have a page are printed first."""
    return reader, got


def test_who_is_inside_is_served_to_the_end_and_others_are_told_503(tmp_path: Path) -> None:
    with a_server(tmp_path) as server:
        server.wait_open()
        assert json.loads(server.get("/readyz").text)["ready"] is True
        reader, got = asked(server)
        server.process.send_signal(signal.SIGTERM)
        while (ready := server.get("/readyz")).status == 200:
            """The signal is on its way."""
        assert (ready.status, json.loads(ready.text)) == (
            503,
            {"ready": False, "reason": "the server is being stopped"},
        )
        refused = server.get("/")
        assert (refused.status, refused.headers["retry-after"]) == (503, "2")
        assert refused.text == "the server is being stopped; load this page again in a moment\n"
        assert server.get("/healthz").status == 200
        server.go_on()
        reader.join(30)
        (page,) = got
        assert isinstance(page, Said)
        assert (page.status, page.headers["location"]) == (303, "/q/how-is-gout-treated")
        assert server.end() == (-signal.SIGTERM, "")


def test_after_the_limit_who_is_still_inside_is_let_go(tmp_path: Path) -> None:
    with a_server(tmp_path, "--stop-after", "0") as server:
        server.wait_open()
        reader, got = asked(server)
        server.process.send_signal(signal.SIGTERM)
        status, errors = server.end()
        reader.join(30)
    assert status == 1
    told = [json.loads(line)["message"] for line in errors.splitlines()]
    assert told[0] == "stopped while 1 requests were being answered"
    assert told[-1] == "ended while work was running; it is done again at the next start"
    assert len(got) == 1
    assert not isinstance(got[0], Said) or got[0].status >= 500


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with a_server(tmp_path, "--stop-after", "600") as server:
        server.wait_open()
        reader, got = asked(server)
        server.process.send_signal(signal.SIGINT)
        while server.get("/readyz").status == 200:
            """The signal is on its way."""
        server.process.send_signal(signal.SIGINT)
        reader.join(30)
        assert not reader.is_alive()
        # the thread that made the page for the reader may end too
        server.go_on()
        server.end()
    (given_up,) = got
    assert not isinstance(given_up, Said) or given_up.status >= 500


def an_app(seen: list[str]) -> Starlette:
    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("page")

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        seen.append("begun")
        yield
        seen.append("ended")

    return Starlette(routes=[Route("/", page)], lifespan=life)


def test_while_the_library_is_opened_the_server_lives_and_is_not_ready() -> None:
    go_on, is_open = threading.Event(), threading.Event()
    seen: list[str] = []

    def opening() -> ASGIApp:
        go_on.wait(30)
        return an_app(seen)

    with TestClient(Door(opening, opened=is_open.set)) as client:
        assert client.get("/healthz").text == "ok\n"
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["reason"]) == (
            503,
            "the library is being opened",
        )
        assert client.get("/").status_code == 503
        assert client.get("/").headers["x-content-type-options"] == "nosniff"
        assert seen == []
        go_on.set()
        is_open.wait(30)
        assert client.get("/").text == "page"
        assert seen == ["begun"]
    assert seen == ["begun", "ended"]


def test_a_library_that_cannot_be_opened_is_told_to_who_runs_the_server() -> None:
    def opening() -> ASGIApp:
        raise LibraryError("it is damaged")

    door = Door(opening, opened=lambda: None)

    async def live() -> None:
        told: asyncio.Queue[object] = asyncio.Queue()
        asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        await asked.put({"type": "lifespan.startup"})
        life = asyncio.create_task(door({"type": "lifespan"}, asked.get, told.put))  # type: ignore[arg-type]
        assert await told.get() == {"type": "lifespan.startup.complete"}
        while door.error is None:
            await asyncio.sleep(0)
        await asked.put({"type": "lifespan.shutdown"})
        await life

    asyncio.run(live())
    assert str(door.error) == "it is damaged"


def test_a_damaged_library_ends_serve_with_status_3(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no database at all, and long enough to be one")
    with a_server(tmp_path) as server:
        status, errors = server.end()
    assert status == 3
    assert "this is no library of Curbside" in errors
