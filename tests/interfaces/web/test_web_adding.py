"""Sources are added through the browser, by the same readers as everything else."""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic

import pytest
from starlette.testclient import TestClient

from curbside.interfaces.server.app import Serving
from curbside.interfaces.web import Site
from curbside.wiring.intake import Job, safe_name
from feed_server import PubMed, serving
from web_client import HOSTS, served

RIS = b"""TY  - JOUR
TI  - Colchicine and gout flares in adults
AB  - Colchicine lowered the rate of gout flares in 200 adults over six months.
DO  - 10.1234/gout.1
PY  - 2024
ER  -
"""


def _over(site: Site, location: str) -> Job:
    """The job once it is over; it is waited for and not slept for."""
    assert site.intake is not None
    name = location.rpartition("/")[2]
    site.intake._thread.submit(lambda: None).result(60)
    job = site.intake.job(name)
    assert job is not None
    assert job.is_over
    return job


def _hand_in(client: TestClient, *files: tuple[str, bytes]) -> str:
    response = client.post(
        "/library/add",
        data={"what": "files"},
        files=[("files", (name, content)) for name, content in files],
    )
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def test_an_uploaded_source_is_in_the_library_and_answers(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        question = {"q": "Does colchicine lower the rate of gout flares?"}
        before = client.get("/ask", params=question).headers["location"]
        assert "No answer here" in client.get(before).text
        location = _hand_in(client, ("gout.ris", RIS))
        job = _over(site, location)
        assert (job.changed.added, job.rejected, job.failed) == (1, (), None)
        assert "<h1>Done</h1>" in client.get(location).text
        # the page is made anew, of the library as it is now
        after = client.get(before).text
        assert "Colchicine lowered the rate of gout flares in 200 adults over six months." in after
        text = client.get("/library", params={"q": "colchicine"}).text
        address = text.partition('<p><a href="')[2].partition('"')[0]
        assert "10.1234/gout.1" in address
        page = client.get(address).text
        assert "<h1>Colchicine and gout flares in adults</h1>" in page
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_file_of_which_nothing_can_be_read_is_named_and_set_aside(tmp_path: Path) -> None:
    with served(tmp_path) as (client, site):
        location = _hand_in(client, ("../../bad name.bin", b"\x00\x01\x02" * 50), ("a.ris", RIS))
        job = _over(site, location)
        assert job.changed.added == 1
        assert [each.path for each in job.rejected] == ["bad-name.bin"]
        assert job.quarantined == ("bad-name.bin",)
        page = client.get(location).text
        assert "<strong>bad-name.bin</strong>" in page
        assert str(tmp_path) not in page
    (kept,) = (tmp_path / "quarantine").rglob("*.bin")
    assert kept.read_bytes() == b"\x00\x01\x02" * 50


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\a.xml", "a.xml"),
        (".hidden", "hidden"),
        ("...", "file"),
        ("", "file"),
        ("a\x00b.xml", "a-b.xml"),
        ("a/..", "file"),
        ("ü" * 300 + ".xml", "xml"),
        ("x" * 300 + ".xml", "x" * 76 + ".xml"),
        ("a;rm -rf ~.xml", "a-rm--rf-.xml"),
    ],
)
def test_the_name_of_a_file_leads_nowhere(name: str, kept: str) -> None:
    assert safe_name(name) == kept
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", kept)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"what": "files"},
        {"what": "nothing"},
        {"what": "inbox"},
        {"what": "pmids", "pmids": "1"},
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(
    client: TestClient, data: dict[str, str]
) -> None:
    response = client.post("/library/add", data=data)
    assert response.status_code == 400
    assert 'role="alert"><strong>Not taken:</strong> expected' in response.text


def test_what_is_no_form_is_refused(client: TestClient) -> None:
    for headers, content in (
        ({"Content-Type": "multipart/form-data"}, b"x"),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b\r\nnothing"),
        ({"Content-Type": "application/json"}, b"{}"),
    ):
        response = client.post("/library/add", headers=headers, content=content)
        assert response.status_code == 400


def test_the_inbox_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "gout.ris").write_bytes(RIS)
    with served(tmp_path) as (client, site):
        response = client.post("/library/add", data={"what": "inbox"})
        assert _over(site, response.headers["location"]).changed.added == 1
    assert (tmp_path / "inbox" / "gout.ris").exists()


def test_pmids_are_offered_only_where_a_feed_asks_pubmed(tmp_path: Path) -> None:
    (tmp_path / "curbside.toml").write_text(
        '[feeds.gout]\nkind = "pubmed-search"\nquery = "gout"\nemail = "a@example.org"\n'
    )
    with served(tmp_path) as (client, _):
        assert 'name="pmids"' in client.get("/library/add").text
        for wrong in ("12 x", "0", "1234567890", ""):
            response = client.post("/library/add", data={"what": "pmids", "pmids": wrong})
            assert response.status_code == 400, wrong


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_pmids_are_fetched_as_the_feeds_of_the_library_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    pubmed = PubMed(12, 13)
    with serving(pubmed) as server:
        (tmp_path / "curbside.toml").write_text(
            '[feeds.gout]\nkind = "pubmed-search"\nquery = "gout"\nemail = "a@example.org"\n'
            f'base_url = "{server.url}"\n'
        )
        with served(tmp_path) as (client, site):
            response = client.post("/library/add", data={"what": "pmids", "pmids": "12, 13\n12"})
            job = _over(site, response.headers["location"])
            assert (job.changed.added, job.failed) == (2, None)
            assert client.get("/library/document/pmid:13").status_code == 200
    assert pubmed.fetched == [[12, 13]]
    # nothing of the one time that was asked is left
    assert list((tmp_path / "incoming").iterdir()) == []
    assert list((tmp_path / "feeds").iterdir()) == []


def test_no_pmids_are_offered_without_such_a_feed(client: TestClient) -> None:
    assert 'name="pmids"' not in client.get("/library/add").text


def test_what_a_stopped_server_left_is_read_when_it_starts_again(tmp_path: Path) -> None:
    left = tmp_path / "incoming" / "abc123"
    left.mkdir(parents=True)
    (left / "001-gout.ris").write_bytes(RIS)
    with served(tmp_path) as (client, site):
        assert _over(site, "/library/add/abc123").changed.added == 1
        assert "gout.ris" in client.get("/library/add").text
    assert not left.exists()


def test_where_others_can_reach_it_nothing_is_added(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, is_public=True)) as (client, _):
        assert client.get("/library/add").status_code == 403
        assert client.post("/library/add", data={"what": "inbox"}).status_code == 403
        assert "add sources" not in client.get("/library").text


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, body=10_000)) as (client, site):
        response = client.post(
            "/library/add", data={"what": "files"}, files=[("files", ("a.ris", b"a" * 20_000))]
        )
        assert response.status_code == 413
        assert site.intake is not None
        assert site.intake.jobs() == []


def test_a_body_whose_length_is_not_said_is_cut_off(tmp_path: Path) -> None:
    begun = monotonic()
    with served(tmp_path, Serving(HOSTS, body=10_000)) as (client, _):
        parts = (b"a" * 1_000 for _ in range(100))
        response = client.post(
            "/library/add",
            content=parts,
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert response.status_code == 413
    assert monotonic() - begun < 60
