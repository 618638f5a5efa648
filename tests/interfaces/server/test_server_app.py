"""What stands before every page: who may ask, how much, and what is told of it."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from curbside.errors import LibraryError
from curbside.interfaces.server.app import Serving
from curbside.interfaces.web.gate import Gate, OverloadedError
from curbside.wiring.embedding import BackgroundEmbedding
from curbside.wiring.library import add_paths, library_summary
from founding import QUESTION
from library_builders import digests
from web_client import HOSTS, NOW, served

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served(tmp_path_factory.mktemp("server")) as (client, _):
        yield client


@pytest.mark.parametrize("address", ["/", "/nowhere", "/healthz", "/robots.txt", "/ask?q="])
def test_every_response_tells_the_browser_to_load_nothing_from_elsewhere(
    client: TestClient, address: str
) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1"])
def test_a_name_that_is_not_this_server_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/ask", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_what_only_reads_takes_no_other_method(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405


def test_too_much_is_refused_whether_its_length_is_said_or_not(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, body=1000)) as (client, _):
        assert client.post("/ask", content=b"a" * 1001).status_code == 413
        assert client.post("/ask", headers={"Content-Length": "-1"}).status_code == 413
        parts = (b"a" * 100 for _ in range(20))
        # /ask takes no body and so reads none: refused as a method, not as too large
        assert client.post("/ask", content=parts).status_code == 405


def test_how_much_is_found_by_meaning_is_told_and_grows_by_itself(tmp_path: Path) -> None:
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    home = tmp_path / "home"
    add_paths(home, [file], at=NOW, progress=lambda _: None, embedded=0)
    go_on = threading.Event()
    with served(home) as (client, site):
        whole = site.pages.opened.passages
        while (told := client.get("/readyz").json())["embedded"] < whole:
            go_on.wait(0.05)
        assert told["passages"] == whole
        assert f"curbside_passages_embedded {whole:g}\n" in client.get("/metrics").text
        assert "found by meaning so far" not in client.get("/library").text
    assert library_summary(home).embedded == whole


def test_what_is_not_found_by_meaning_yet_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BackgroundEmbedding, "start", lambda _: None)
    file = digests(tmp_path / "a.jsonl", gout="Colchicine prevents quokka flares.")
    home = tmp_path / "home"
    add_paths(home, [file], at=NOW, progress=lambda _: None, embedded=0)
    with served(home) as (client, site):
        whole = site.pages.opened.passages
        told = client.get("/readyz").json()
        assert (told["embedded"], told["passages"]) == (whole - 1, whole)
        assert (
            f"{whole:,} passages, {whole - 1:,} of them found by meaning so far, all by their"
            " words" in client.get("/library").text
        )


def test_a_form_is_held_to_less_than_an_upload(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, form=1000)) as (client, _):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for path in ("/q/x/feedback", "/desk/sign-in"):
            assert client.post(path, content=b"&" * 1001, headers=form).status_code == 413
            parts = (b"&" * 100 for _ in range(20))
            assert client.post(path, content=parts, headers=form).status_code == 413
        response = client.post("/library/add", data={"what": "pmids", "pmids": "1 " * 1001})
        assert response.status_code == 400


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("cross-site", "navigate", "document", 303),
        ("none", "navigate", "document", 303),
        ("same-origin", "cors", "empty", 303),
        ("cross-site", "no-cors", "image", 403),
        ("same-site", "cors", "empty", 403),
        ("cross-site", "navigate", "iframe", 403),
    ],
)
def test_a_page_of_another_site_makes_no_reader_ask(
    client: TestClient, site: str, mode: str, dest: str, status: int
) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    asked = client.get("/ask", params={"q": QUESTION}, headers=headers)
    assert asked.status_code == status


def test_health_and_readiness_are_told_apart(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        assert client.get("/healthz").text == "ok\n"
        ready = client.get("/readyz").json()
        assert ready["ready"] is True
        assert ready["fingerprint"] == site.pages.fingerprint

        def broken() -> None:
            raise LibraryError("the disk is gone; put it back")

        site.pages.store.last_batch = broken  # type: ignore[method-assign,assignment]
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_the_log_has_a_line_a_request_and_no_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="curbside.server"):
        address = client.get("/ask", params={"q": QUESTION}).headers["location"]
        client.get(address)
    lines = [json.loads(record.message) for record in caplog.records]
    assert [(line["route"], line["status"], line["at"]) for line in lines] == [
        ("/ask", 303, NOW),
        ("/q/{name}", 200, NOW),
    ]
    assert "relapse" not in caplog.text


def test_metrics_count_requests_by_pattern(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        client.get("/nowhere")
        client.get("/q/no-such-page")
        client.get("/q/no-such-page")
        text = client.get("/metrics").text
    assert 'curbside_requests_total{route="/q/{name}",method="GET",status="404"} 2\n' in text
    assert 'curbside_request_seconds_count{route="/q/{name}"} 2\n' in text
    assert 'curbside_request_seconds_bucket{route="/q/{name}",le="+Inf"} 2\n' in text
    assert "no-such-page" not in text


def test_made_up_methods_are_counted_as_one(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        for number in range(3):
            client.request(f"MADEUP{number}", "/ask")
        text = client.get("/metrics").text
    assert 'method="other",status="405"} 3\n' in text
    assert "MADEUP" not in text


def test_an_error_of_ours_ends_in_a_line_of_the_log_and_no_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path) as (client, site):

        def broken(most: int) -> None:
            raise ZeroDivisionError("secret words")

        site.pages.recent = broken  # type: ignore[method-assign,assignment]
        response = client.get("/")
    assert response.status_code == 500
    assert "<h1>Something went wrong here</h1>" in response.text
    assert response.headers["content-security-policy"] == CSP
    (line,) = [json.loads(r.message) for r in caplog.records if r.levelname == "ERROR"]
    assert line["error"].startswith("ZeroDivisionError at ")
    assert "secret words" not in caplog.text


def test_where_others_can_reach_it_nobody_sees_what_others_asked(tmp_path: Path) -> None:
    serving = Serving(None, is_public=True)
    with served(tmp_path, serving) as (client, _):
        client.get("/ask", params={"q": "How is gout treated?"})
        assert "gout" not in client.get("/").text
        assert client.get("/", headers={"Host": "anything.example"}).status_code == 200


def test_what_is_too_much_is_refused_with_when_to_come_again(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, workers=1, waiting=0)) as (client, site):
        go_on = threading.Event()
        begun = threading.Event()

        def slow() -> None:
            begun.set()
            go_on.wait(10)

        future = site.gate._pool.submit(slow)
        begun.wait(10)
        site.gate.taken += 1
        response = client.get("/ask", params={"q": "How is gout treated?"})
        assert response.status_code == 503
        assert response.headers["retry-after"] == "1"
        assert "Your question was not asked." in response.text
        assert response.headers["content-security-policy"] == CSP
        # whoever runs it sees what was refused
        refused = 'curbside_requests_total{route="/ask",method="GET",status="503"} 1'
        assert refused in client.get("/metrics").text
        go_on.set()
        future.result()
        site.gate.taken -= 1
        assert client.get("/ask", params={"q": "How is gout treated?"}).status_code == 303
        # what was asked before needs no room
        site.gate.taken += 1
        assert client.get("/ask", params={"q": "How is gout treated?"}).status_code == 303
        site.gate.taken -= 1


def test_what_is_new_is_refused_while_there_is_room_for_what_was_begun() -> None:
    async def told() -> list[str]:
        gate = Gate(workers=1, waiting=4)
        gate.taken = 1
        results = [await gate.run_first(lambda: "new")]
        gate.taken = 2
        with pytest.raises(OverloadedError):
            await gate.run_first(lambda: "new")
        results.append(await gate.run(lambda: "begun"))
        gate.taken = 5
        with pytest.raises(OverloadedError):
            await gate.run(lambda: "begun")
        gate.close()
        return results

    assert asyncio.run(told()) == ["new", "begun"]


def test_the_gate_counts_work_until_it_ends() -> None:
    async def told() -> list[object]:
        gate = Gate(workers=1, waiting=1)
        go_on = threading.Event()
        first = asyncio.create_task(gate.run(go_on.wait, 10))
        second = asyncio.create_task(gate.run(lambda: "second"))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await gate.run(lambda: "third")
        first.cancel()
        await asyncio.sleep(0)
        # nobody waits for the first any more, and it still runs
        taken = gate.taken
        go_on.set()
        result = await second
        await asyncio.sleep(0)
        after = gate.taken
        gate.close()
        return [taken, result, after]

    assert asyncio.run(told()) == [2, "second", 0]
