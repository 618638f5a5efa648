"""What anybody enters, and what any source says, makes this machine ask nobody.

Every address that is ever asked stands in the settings (`wiring.addresses`). A reader, a reviewer,
an administrator at the desk and a document can name any address: it is text. And who is asked
cannot send the asking on to another.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from starlette.testclient import TestClient

from builders import a_question
from curbside.articles import DeskRole
from curbside.errors import FeedError, GeneratorError
from curbside.ingest.feeds.fetch import Fetcher, Pace, Request
from curbside.interfaces.web import Site
from curbside.interfaces.web.tries import Tries
from curbside.models.chat import ChatModel
from curbside.wiring.provider import NotIdentified, Provider, Purpose
from desk_client import PASSWORD, Browser, Table, at_desk, engaged
from feed_server import Patience, Reply, serving
from identity_provider import SECRET, identity_provider
from web_client import NOW, served

URLS = (
    *("http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/", "http://10.0.0.1/"),
    *("http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://2852039166/"),
    *("https://rebinding.example.org/", "http://evil.example.org/redirect", "//evil.example.org/"),
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://evil.example.org/"),
    *("dict://127.0.0.1:11211/", "ldap://evil.example.org/", "data:text/html,x"),
)

NOT_SIGNED_IN = ("/desk/first", "/desk/invitation", "/desk/sign-in")


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every name that is looked up and every place that is connected to, from here on; none of it
    is let through."""
    asked: list[str] = []

    def refused(*args: Any, **_: Any) -> Any:
        asked.append(str(args))
        raise OSError("nobody is asked here")

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:
            refused(address)

        def connect_ex(self, address: Any) -> int:
            return int(refused(address))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", Watched)
        for name in ("getaddrinfo", "gethostbyname", "create_connection"):
            patch.setattr(socket, name, refused)
        yield asked


class Forms(HTMLParser):
    """The forms of a page: where each leads, what it holds, and which fields are a person's."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, list[str]], list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.found.append((method, unescape(given["action"]), {}, []))
        if not self.found or "name" not in given:
            return
        _, _, held, entered = self.found[-1]
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "hidden":
            held.setdefault(given["name"], []).append(given.get("value", ""))
        elif kind in ("checkbox", "radio"):
            if kind == "checkbox" or given["name"] not in held:
                held.setdefault(given["name"], []).append(given.get("value", "on"))
        elif kind == "select":
            held.setdefault(given["name"], []).append("")
        elif kind != "file":
            entered.append(given["name"])


@pytest.fixture(scope="module")
def site_with_forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Site]]:
    with served(tmp_path_factory.mktemp("forms")) as (client, site):
        site.tries = site.remarks = Tries(most=100_000)
        yield client, site


def test_no_field_of_any_form_makes_this_machine_ask_an_address(
    site_with_forms: tuple[TestClient, Site],
) -> None:
    client, site = site_with_forms
    everyone = tuple(role for role in DeskRole if role is not DeskRole.DESK)
    kim, ann = engaged(site, "Kim", *everyone), engaged(site, "Ann", DeskRole.REVIEWER)
    tried: set[str] = set()
    urls = cycle(URLS)
    # a field gets another address each time
    for number in range(2):
        table = Table(client, site)
        browser = at_desk(client, kim.email)
        browser.send(table.url, f"{table.url}/move", reason="so")
        pages = [
            "/", "/library", "/library/add", f"/q/{table.slug}", "/desk/first?token=x",
            "/desk/invitation?token=x", "/desk/sign-in", table.url, f"{table.url}/claims/C1",
            f"{table.url}/sign", "/desk/account", "/desk/people", f"/desk/people/{ann.person_id}",
        ]  # fmt: skip
        with watched() as asked:
            for page in pages:
                who = (
                    Browser(client)
                    if page.startswith(("/desk/first", "/desk/in", "/desk/sign"))
                    else browser
                )
                for method, action, held, entered in Forms(who.get(page).text).found:
                    if action.endswith("sign-out"):
                        continue
                    name = re.sub(r"\d+", "N", action)
                    if number and name in tried and method == "get":
                        # looking for it goes one way whatever it is
                        continue
                    tried.add(name)
                    data = held | {field: [next(urls)] for field in entered}
                    if action.endswith("/sign"):
                        data["password"] = [PASSWORD]
                    send = who.client.post if method == "post" else who.client.get
                    response = send(action, **{"data" if method == "post" else "params": data})
                    assert response.status_code < 500, (action, data, response.text)
        assert asked == []
    assert len(tried) > 15, tried


SOURCES = {
    "a.ris": "TY  - JOUR\nTI  - Gout {}\nAB  - Colchicine lowered flares in 20 adults.\nUR  - {}\n"
    "L1  - {}\nER  -\n",
    "a.html": "<!doctype html><base href='{}'><title>Gout</title><link rel=stylesheet href='{}'>"
    "<img src='{}'><iframe src='{}'></iframe><p>Colchicine lowered flares in 20 adults.</p>",
    "a.xml": '<!DOCTYPE article SYSTEM "{}" [<!ENTITY x SYSTEM "{}"><!ENTITY % y SYSTEM "{}"> %y;]>'
    "<article><front><article-meta><title-group><article-title>Gout &x;</article-title>"
    "</title-group></article-meta></front></article>",
    "a.md": "# Gout\n\n![x]({}) [y]({})\n\nColchicine lowered flares in 20 adults.\n",
    "a.jsonl": '{{"title": "Gout", "abstract": "Colchicine lowered flares.", "url": "{}"}}\n',
}


def test_no_source_that_is_handed_in_makes_this_machine_ask_an_address(
    site_with_forms: tuple[TestClient, Site],
) -> None:
    client, site = site_with_forms
    assert site.intake is not None
    url = "http://127.0.0.1:9/x"
    files = [("files", (name, text.replace("{}", url).encode())) for name, text in SOURCES.items()]
    with watched() as asked:
        sent = client.post("/library/add", data={"what": "files"}, files=files)
        site.intake._thread.submit(lambda: None).result(120)
        job = site.intake.job(sent.headers["location"].rpartition("/")[2])
    assert job is not None
    assert (job.is_over, job.failed) == (True, None)
    assert asked == []


@pytest.mark.enable_socket
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_who_is_asked_cannot_send_the_asking_on(status: int) -> None:
    pytest_socket.enable_socket()
    with serving(lambda _: Reply(b"{}")) as trap, identity_provider() as there:
        # another name of this machine, which none of them was told to ask
        elsewhere = trap.url.replace("127.0.0.1", "localhost")
        for place in (elsewhere, "http://169.254.169.254/", "file:///etc/passwd", "gopher://x/"):
            sent_on = Reply(status=status, headers={"Location": place})
            with serving(lambda _, reply=sent_on: reply) as server:
                clock = Patience()
                fetcher = Fetcher(
                    contact=None, interval_s=0, cache=None, pace=Pace(clock.clock), attempts=1
                )
                with pytest.raises(FeedError, match="another server or not https"):
                    fetcher.fetch(Request(f"{server.url}/"), lambda _: None)
                fetcher.close()
                model = ChatModel(url=f"{server.url}/v1", model="m", timeout_s=5)
                with pytest.raises(GeneratorError, match="redirected elsewhere"):
                    list(model.generate(a_question(), ()))
                provider = Provider(there.settings(issuer=server.url), SECRET)
                found = provider.begin("b", Purpose.SIGN_IN, at=NOW)
                assert found == NotIdentified(f"it answered {status} where 200 was expected")
                assert len(server.asked) == 3
        assert trap.asked == []


@pytest.mark.enable_socket
def test_what_a_provider_publishes_is_not_even_looked_up_where_nobody_named_its_host() -> None:
    pytest_socket.enable_socket()
    with identity_provider() as there:
        looked_up: list[str] = []
        usual = socket.getaddrinfo

        def noted(host: str, *args: Any, **kwargs: Any) -> Any:
            looked_up.append(host)
            return usual(host, *args, **kwargs)

        for url in URLS:
            there.published = {"jwks_uri": url}
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(socket, "getaddrinfo", noted)
                found = Provider(there.settings(), SECRET).begin("b", Purpose.SIGN_IN, at=NOW)
            assert isinstance(found, NotIdentified), url
        assert set(looked_up) == {"127.0.0.1"}


PATHS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%252f..%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..%00/etc/passwd",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "~/curbside.toml",
    "..%2fcurbside.toml",
    "..%2f..%2ftrail%2fkey.pem",
    "..%2flibrary.sqlite",
)


def test_no_address_leads_to_a_file_of_this_machine(
    site_with_forms: tuple[TestClient, Site], tmp_path: Path
) -> None:
    client, site = site_with_forms
    home = site.pages.home
    (home / "curbside.toml").write_text("# a secret of the settings\n")
    person = engaged(site, "Path", DeskRole.READER)
    browser = at_desk(client, person.email)
    places = (
        "/static/x/{}", "/policies/{}", "/q/{}", "/q/{}/method",
        "/q/x/passage/{}", "/library/document/{}", "/library/document/pmid:1/{}", "/library/add/{}",
        "/desk/articles/{}", "/desk/articles/{}/history", "/desk/articles/x/claims/{}", "/{}",
    )  # fmt: skip
    for place in places:
        for path in PATHS:
            response = browser.get(place.replace("{}", path))
            told = (place, path, response.status_code)
            assert response.status_code in (303, 400, 404, 405), told
            for content in (b"root:", b"a secret of", b"PRIVATE KEY", b"SQLite format"):
                assert content not in response.content, told
    (home / "curbside.toml").unlink()


HANDED_IN = (
    *("../../../escaped.ris", "..\\..\\escaped.ris", "/tmp/escaped.ris", "C:\\escaped.ris"),
    *("....//escaped.ris", "a/../../escaped.ris", "~root/escaped.ris", "escaped.ris\x00.png"),
    *("..%2fescaped.ris", ".escaped.ris", "-rf escaped.ris", "con.ris", "a" * 300 + ".ris"),
)


def test_what_is_handed_in_stays_in_its_own_folder_whatever_it_is_called(
    site_with_forms: tuple[TestClient, Site],
) -> None:
    client, site = site_with_forms
    home, intake = site.pages.home, site.intake
    assert intake is not None
    before = {path.parent for path in home.parent.rglob("*") if "incoming" not in path.parts}
    outside = {path for path in home.parent.rglob("*") if home not in path.parents}
    files = [("files", (name, b"\x00 no source")) for name in HANDED_IN]
    sent = client.post("/library/add", data={"what": "files"}, files=files)
    name = sent.headers["location"].rpartition("/")[2]
    intake._thread.submit(lambda: None).result(60)
    kept = sorted((home / "quarantine" / name).iterdir())
    assert len(kept) == len(HANDED_IN)
    assert all(re.fullmatch(r"\d{3}-[A-Za-z0-9_][A-Za-z0-9._-]*", path.name) for path in kept)
    assert all(path.is_file() and not path.is_symlink() for path in kept)
    assert {path for path in home.parent.rglob("*") if home not in path.parents} == outside
    folders = {path.parent for path in home.parent.rglob("*") if "incoming" not in path.parts}
    assert folders - before <= {home / "quarantine", home / "quarantine" / name}
