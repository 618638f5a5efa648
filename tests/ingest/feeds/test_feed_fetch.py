"""Asking politely: what is retried, what is not, and what comes of servers that misbehave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from curbside import __version__
from curbside.errors import FeedError
from curbside.ingest.feeds.answers import json_with, xml_with_root
from curbside.ingest.feeds.fetch import AbsentError, Fetcher, Pace, Request, masked
from feed_server import Asked, Patience, Reply, Server, articles, in_turn, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

GOOD = articles(1)
IS_SET = xml_with_root("PubmedArticleSet")


@contextmanager
def asking(
    *replies: Reply,
    patience: Patience | None = None,
    cache: Path | None = None,
    interval_s: float = 0.0,
    **limits: float,
) -> Iterator[tuple[Server, Fetcher]]:
    """A server that gives these replies in turn, and a fetcher that asks it."""
    with serving(in_turn(*replies)) as server:
        fetcher = Fetcher(
            contact="me@example.org",
            interval_s=interval_s,
            cache=cache,
            pace=Pace((patience or Patience()).clock),
            **limits,
        )
        with closing(fetcher):
            yield server, fetcher


def test_an_answer_comes_back_as_it_was_given_and_the_server_knows_who_asks() -> None:
    with asking(Reply(GOOD)) as (server, fetcher):
        assert fetcher.fetch(Request(f"{server.url}a", (("q", "é,b"),)), IS_SET) == GOOD
        (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("GET", "/a", {"q": "é,b"})
    assert asked.headers["User-Agent"] == f"curbside/{__version__} (curbside; me@example.org)"


@pytest.mark.parametrize(
    ("said", "pause"),
    [("7", 7.0), ("Sun, 15 Jun 2025 15:07:10 GMT", 30.0), ("Sun, 15 Jun 2025 15:00:00 GMT", 0.0)],
)
def test_a_server_that_asks_for_a_pause_gets_it(said: str, pause: float) -> None:
    patience = Patience()
    busy = Reply(b"slow down", 429, {"Retry-After": said})
    with asking(busy, Reply(GOOD), patience=patience) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD
    assert patience.slept == [pause]


def test_a_pause_of_hours_ends_the_run_and_says_so() -> None:
    patience = Patience()
    busy = Reply(b"", 503, {"Retry-After": "7200"})
    with (
        asking(busy, patience=patience) as (server, fetcher),
        pytest.raises(FeedError, match=r"the server asks for 7,200 s, sync again then"),
    ):
        fetcher.fetch(Request(server.url), IS_SET)
    assert patience.slept == []


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, [0.5, 1.0]), (0.5, [0.75, 1.5])])
def test_faults_of_the_server_are_waited_out_twice_as_long_each_time(
    chance: float, pauses: list[float]
) -> None:
    patience = Patience(chance=chance)
    replies = (Reply(b"", 500), Reply(b"", 502, {"Retry-After": "soon"}), Reply(GOOD))
    with asking(*replies, patience=patience) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD
    assert patience.slept == pauses


def test_a_server_that_stays_broken_is_given_up_after_five_attempts() -> None:
    with asking(*[Reply(b"", 500)] * 5) as (server, fetcher):
        with pytest.raises(FeedError, match=r"answered 500 .*; given up after 5 attempts"):
            fetcher.fetch(Request(server.url), IS_SET)
        assert len(server.asked) == 5


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(Reply(GOOD[:60], length=len(GOOD)), id="the connection is cut"),
        pytest.param(Reply(GOOD, length=60), id="a wrong length is promised"),
        pytest.param(Reply(GOOD[:60]), id="the document is cut off"),
        pytest.param(Reply(b""), id="nothing is said"),
        pytest.param(Reply(b'{"error": "API rate limit exceeded"}'), id="busy inside a 200"),
        pytest.param(
            Reply(b"<eFetchResult><ERROR>Search Backend failed</ERROR></eFetchResult>"),
            id="an error of Entrez that passes",
        ),
        pytest.param(Reply(b"junk", headers={"Content-Encoding": "gzip"}), id="broken packing"),
    ],
)
def test_an_answer_that_is_not_whole_is_asked_for_again(bad: Reply) -> None:
    with asking(bad, Reply(GOOD)) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD
        assert len(server.asked) == 2


def test_a_silent_server_is_not_waited_for() -> None:
    silent = Reply(is_silent=True)
    with asking(silent, Reply(GOOD), timeout_s=0.1) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            Reply(b"<!DOCTYPE html><html><title>Log in</title></html>"),
            r"found a web page \(HTML\) titled 'Log in'; is there a proxy",
        ),
        (Reply(b"<eSearchResult/>"), r"expected <PubmedArticleSet>, found XML with the root"),
        (
            Reply(b"<eFetchResult><ERROR>Empty id list</ERROR></eFetchResult>"),
            r"Entrez says: Empty id list",
        ),
        (Reply(b"Id list is empty"), r"found b'Id list is empty'"),
        (Reply(b"", 400), r"answered 400 Bad Request$"),
        (Reply(b"", 403), r"answered 403 Forbidden$"),
    ],
)
def test_what_will_not_get_better_is_asked_once(bad: Reply, message: str) -> None:
    with asking(bad) as (server, fetcher):
        with pytest.raises(FeedError, match=message):
            fetcher.fetch(Request(server.url), IS_SET)
        assert len(server.asked) == 1


def test_what_is_not_there_is_told_from_other_faults() -> None:
    with asking(Reply(b"", 404)) as (server, fetcher), pytest.raises(AbsentError):
        fetcher.fetch(Request(server.url), IS_SET)


def test_a_word_of_error_inside_an_abstract_is_no_error() -> None:
    data = articles(1).replace(b"Allopurinol", b"&lt;ERROR&gt; in 3 doses")
    with asking(Reply(data)) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == data


def test_json_without_the_key_is_refused_with_what_it_says() -> None:
    with (
        asking(Reply(b'{"errCode": 404, "errMsg": "no such field"}')) as (server, fetcher),
        pytest.raises(FeedError, match="expected JSON with 'resultList', found no such field"),
    ):
        fetcher.fetch(Request(server.url), json_with("resultList"))


def test_more_than_the_limit_is_not_read() -> None:
    with (
        asking(Reply(GOOD), answer_max=100) as (server, fetcher),
        pytest.raises(FeedError, match="at most 100 bytes, found more"),
    ):
        fetcher.fetch(Request(server.url), IS_SET)


def test_an_answer_that_trickles_without_end_is_cut_off_and_asked_for_again() -> None:
    patience = Patience()
    times = iter([0.0, 0.0, 601.0])
    patience.clock = replace(patience.clock, monotonic=lambda: next(times, 700.0))
    with asking(Reply(GOOD), Reply(GOOD), patience=patience) as (server, fetcher):
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD
        assert len(server.asked) == 2


def test_requests_to_one_server_keep_their_distance() -> None:
    patience = Patience()
    with asking(*[Reply(GOOD)] * 3, patience=patience, interval_s=0.5) as (server, fetcher):
        for name in "abc":
            fetcher.fetch(Request(f"{server.url}{name}"), IS_SET)
    assert patience.slept == [0.5, 0.5]


def test_a_long_question_goes_into_the_body() -> None:
    words = "gout OR " * 400
    with asking(Reply(GOOD)) as (server, fetcher):
        fetcher.fetch(Request(f"{server.url}a", (("term", words),), may_post=True), IS_SET)
        (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/a", {"term": words})


def test_a_key_is_never_shown() -> None:
    given = (("db", "pubmed"), ("api_key", "SECRET"))
    assert masked(Request("https://a.org/x", given)) == "GET https://a.org/x?db=pubmed&api_key=***"
    with asking(Reply(b"", 400)) as (server, fetcher):
        with pytest.raises(FeedError) as raised:
            fetcher.fetch(Request(server.url, given), IS_SET)
        assert server.asked[0].query["api_key"] == "SECRET"
    assert "SECRET" not in str(raised.value)


def test_an_answer_that_still_holds_is_not_sent_again(tmp_path: Path) -> None:
    first = Reply(GOOD, headers={"ETag": '"v1"', "Last-Modified": "Sun, 15 Jun 2025 15:00:00 GMT"})
    with asking(first, Reply(status=304), cache=tmp_path) as (server, fetcher):
        request = Request(server.url, (("api_key", "SECRET"),))
        assert [fetcher.fetch(request, IS_SET) for _ in "ab"] == [GOOD, GOOD]
        again = server.asked[1].headers
    assert again["If-None-Match"] == '"v1"'
    assert again["If-Modified-Since"] == "Sun, 15 Jun 2025 15:00:00 GMT"
    assert not any(b"SECRET" in path.read_bytes() for path in tmp_path.iterdir())


def test_an_answer_that_changed_replaces_the_one_that_was_kept(tmp_path: Path) -> None:
    old, new = Reply(GOOD, headers={"ETag": "1"}), Reply(articles(2), headers={"ETag": "2"})
    with asking(old, new, Reply(status=304), cache=tmp_path) as (server, fetcher):
        found = [fetcher.fetch(Request(server.url), IS_SET) for _ in range(3)]
        assert found == [GOOD, articles(2), articles(2)]
        assert server.asked[2].headers["If-None-Match"] == "2"


def test_a_damaged_cache_is_not_used(tmp_path: Path) -> None:
    with asking(*[Reply(GOOD, headers={"ETag": "1"})] * 2, cache=tmp_path) as (server, fetcher):
        fetcher.fetch(Request(server.url), IS_SET)
        (body,) = tmp_path.glob("*.body")
        body.write_bytes(GOOD[:50])
        assert fetcher.fetch(Request(server.url), IS_SET) == GOOD
        assert "If-None-Match" not in server.asked[1].headers


def test_a_redirect_of_the_same_server_is_followed() -> None:
    with asking(Reply(status=301, headers={"Location": "/b?q=1"}), Reply(GOOD)) as (
        server,
        fetcher,
    ):
        assert fetcher.fetch(Request(f"{server.url}a"), IS_SET) == GOOD
        assert [asked.path for asked in server.asked] == ["/a", "/b"]


@pytest.mark.parametrize("target", ["http://elsewhere.example/", "ftp://127.0.0.1/", "http://["])
def test_a_redirect_elsewhere_is_refused(target: str) -> None:
    with (
        asking(Reply(status=302, headers={"Location": target})) as (server, fetcher),
        pytest.raises(FeedError, match="another server or not https"),
    ):
        fetcher.fetch(Request(server.url), IS_SET)


def test_a_circle_of_redirects_ends() -> None:
    turn = Reply(status=302, headers={"Location": "/"})
    with (
        asking(*[turn] * 6) as (server, fetcher),
        pytest.raises(FeedError, match="redirected more than 5 times"),
    ):
        fetcher.fetch(Request(server.url), IS_SET)


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def respond(asked: Asked) -> Reply:
        return Reply(GOOD)

    with serving(respond) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        monkeypatch.setenv("http_proxy", server.url)
        pace = Pace(Patience().clock)
        with closing(Fetcher(contact=None, interval_s=0, cache=None, pace=pace)) as fetcher:
            assert fetcher.fetch(Request("http://pubmed.example/a"), IS_SET) == GOOD
        assert [asked.path for asked in server.asked] == ["http://pubmed.example/a"]


def test_a_file_of_another_checksum_is_fetched_again_and_half_a_file_is_never_seen(
    tmp_path: Path,
) -> None:
    md5 = hashlib.md5(GOOD).hexdigest()
    to = tmp_path / "a.xml.gz"
    with asking(Reply(GOOD[:-1]), Reply(GOOD)) as (server, fetcher):
        fetcher.download(Request(server.url), to, md5=md5)
    assert to.read_bytes() == GOOD
    to.unlink()
    with (
        asking(*[Reply(GOOD[:50], length=len(GOOD))] * 5) as (server, fetcher),
        pytest.raises(FeedError, match="given up after 5 attempts"),
    ):
        fetcher.download(Request(server.url), to, md5=md5)
    assert list(tmp_path.iterdir()) == []
