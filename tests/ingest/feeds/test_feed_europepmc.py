"""A search of Europe PMC goes from page to page, and on where it stood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from curbside.errors import FeedError
from curbside.ingest.feeds.europepmc import europepmc_plan, europepmc_steps
from curbside.ingest.feeds.feed import Cursor, EuropePmcSearch, Step
from curbside.ingest.feeds.fetch import Fetcher, Pace
from feed_server import Asked, Patience, Reply, Server, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AT = "2026-03-10T08:00:00Z"
ARTICLE = b"<article><front><article-meta/></front></article>"


class EuropePmc:
    """Pages of the search, found by their marks, and the full texts that are there."""

    def __init__(self, *pages: list[dict[str, str]], texts: Mapping[str, bytes] | None = None):
        self.pages = pages
        self.texts = dict(texts or {})
        self.asked: list[Asked] = []

    def page(self, number: int) -> bytes:
        data: dict[str, object] = {
            "version": "6.9",
            "hitCount": sum(map(len, self.pages)),
            "nextCursorMark": f"mark{min(number + 1, len(self.pages))}",
            "request": {"cursorMark": f"mark{number}" if number else "*"},
            "resultList": {"result": self.pages[number] if number < len(self.pages) else []},
        }
        return json.dumps(data).encode()

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        if asked.path == "/search":
            mark = asked.query["cursorMark"]
            return Reply(self.page(0 if mark == "*" else int(mark.removeprefix("mark"))))
        text = self.texts.get(asked.path.split("/")[1])
        return Reply(text) if text is not None else Reply(status=404)


def steps(
    server: Server, folder: Path, cursor: Cursor | None = None, *, at: str = AT, **keys: object
) -> list[Step]:
    feed = EuropePmcSearch("e", "gout", base_url=server.url, **keys)  # type: ignore[arg-type]
    pace = Pace(Patience().clock)
    with closing(Fetcher(contact=None, interval_s=0, cache=None, pace=pace)) as fetcher:
        return list(europepmc_steps(feed, cursor or {}, at=at, folder=folder, fetcher=fetcher))


def record(number: int, **more: str) -> dict[str, str]:
    return {"id": str(number), "source": "MED", "title": f"Trial {number}", **more}


def test_every_page_is_asked_for_and_kept_as_it_came(tmp_path: Path) -> None:
    service = EuropePmc([record(1), record(2)], [record(3)])
    with serving(service) as server:
        _, *pages = steps(server, tmp_path, email="me@example.org")
    assert dict(service.asked[0].query) == {
        "query": "gout",
        "resultType": "core",
        "format": "json",
        "pageSize": "200",
        "cursorMark": "*",
        "email": "me@example.org",
    }
    assert [asked.query["cursorMark"] for asked in service.asked] == ["*", "mark1", "mark2"]
    assert [path.read_bytes() for step in pages for path in step.paths] == [
        service.page(number) for number in range(3)
    ]
    assert [step.said for step in pages] == ["2 of 3 records", "3 of 3 records", "3 of 3 records"]
    assert pages[-1].cursor == {"query": "gout", "to": "2026-03-10"}


def test_a_later_round_asks_for_what_was_updated_since(tmp_path: Path) -> None:
    service = EuropePmc([])
    with serving(service) as server:
        steps(server, tmp_path, {"query": "gout", "to": "2026-03-05"})
    assert service.asked[0].query["query"] == (
        "(gout) AND (UPDATE_DATE:[2026-03-03 TO 2026-03-10])"
    )


def test_a_round_that_was_cut_off_goes_on_at_its_mark(tmp_path: Path) -> None:
    service = EuropePmc([record(1)], [record(2)], [record(3)])
    with serving(service) as server:
        whole = steps(server, tmp_path / "whole")
        service.asked.clear()
        rest = steps(server, tmp_path / "cut", whole[1].cursor, at="2026-04-01T00:00:00Z")
    assert [asked.query["cursorMark"] for asked in service.asked] == ["mark1", "mark2", "mark3"]
    assert [step.cursor for step in rest[1:]] == [step.cursor for step in whole[2:]]


def test_open_full_texts_are_fetched_and_an_absent_one_is_noted(tmp_path: Path) -> None:
    service = EuropePmc(
        [
            record(1, pmcid="PMC1", isOpenAccess="Y"),
            record(2, pmcid="PMC2", isOpenAccess="Y"),
            record(3, pmcid="PMC3", isOpenAccess="N"),
            record(4, pmcid="../x", isOpenAccess="Y"),
        ],
        texts={"PMC1": ARTICLE},
    )
    with serving(service) as server:
        _, page, _ = steps(server, tmp_path, full_text=True)
    assert [path.name for path in page.paths] == ["0000000.json", "PMC1.xml"]
    assert page.paths[1].read_bytes() == ARTICLE
    assert page.notes == ("Europe PMC has no full text of PMC2",)
    asked = [each.path for each in service.asked if each.path != "/search"]
    assert asked == ["/PMC1/fullTextXML", "/PMC2/fullTextXML"]


def test_a_web_page_in_place_of_an_answer_is_an_error(tmp_path: Path) -> None:
    with (
        serving(lambda _: Reply(b"<html><title>Busy</title></html>")) as server,
        pytest.raises(FeedError, match=r"expected JSON, found a web page \(HTML\) titled 'Busy'"),
    ):
        steps(server, tmp_path)


def test_the_plan_is_the_first_request_and_what_follows() -> None:
    plan = europepmc_plan(EuropePmcSearch("e", "gout AND trial", full_text=True), {}, at=AT)
    base = "https://www.ebi.ac.uk/europepmc/webservices/rest/"
    assert plan == [
        f"GET {base}search?query=gout+AND+trial&resultType=core&format=json&pageSize=200"
        "&cursorMark=*",
        "then the pages that follow",
        f"and GET {base}PMCID/fullTextXML for each that is open",
    ]
