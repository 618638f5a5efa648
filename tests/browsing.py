"""A served site and a real browser, for the tests of the pages as a person uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from curbside.interfaces.server.app import Serving, make_app, open_site
from curbside.interfaces.web import Site
from curbside.wiring.config import settings_at
from web_client import HOSTS, NOW

CHROMIUM = Path("/usr/bin/chromium")
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt install chromium"),
]


@contextmanager
def serving_at(home: Path) -> Iterator[tuple[str, Site]]:
    """Where a server of this process serves, on loopback."""
    import pytest_socket
    import uvicorn

    pytest_socket.enable_socket()
    serving = Serving(HOSTS)
    site = open_site(settings_at(home), serving, now=lambda: NOW)
    app = make_app(site, serving, now=lambda: NOW)
    config = uvicorn.Config(app, http="h11", ws="none", log_config=None, port=0)
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", site
    server.should_exit = True
    thread.join(30)
    listening.close()


@contextmanager
def a_browser() -> Iterator[Any]:
    """Debian's Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


class Visit:
    """A reader's window; `requests` is all that it asked for."""

    def __init__(self, chromium: Any, address: str, **options: Any) -> None:
        self.context = chromium.new_context(
            base_url=address,
            viewport=options.pop("viewport", {"width": 1366, "height": 900}),
            **options,
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def violations(visit: Visit) -> list[tuple[str, list[str]]]:
    """What axe finds on the page that is shown."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = axe.run(visit.page, options={"runOnly": tags}).response["violations"]
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]


def go(page: Any) -> None:
    """Press Enter where it leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Any, name: str) -> None:
    """Press Tab until the focus is on what has this name or label, or begins with these words; what
    has the focus is always visible."""
    for _ in range(150):
        page.keyboard.press("Tab")
        told = page.evaluate("[document.activeElement.name, document.activeElement.innerText]")
        if any((each or "").strip().startswith(name) for each in told):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"the keyboard does not reach {name!r} on {page.url}")
