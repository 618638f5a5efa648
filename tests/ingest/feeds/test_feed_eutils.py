"""A search of PubMed asks for what changed, and goes on where it stood."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from curbside.errors import FeedError
from curbside.ingest.feeds.eutils import interval_s, search_plan, search_steps
from curbside.ingest.feeds.feed import Cursor, EntrezAccess, PubMedSearch, Step
from curbside.ingest.feeds.fetch import Fetcher, Pace
from feed_server import Asked, Patience, PubMed, Reply, Server, articles, search_answer, serving
from shared_data import needs_shared, shared

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AT = "2026-03-10T08:00:00Z"
LATER = "2026-03-20T08:00:00Z"
GOUT = PubMedSearch("gout", "gout", EntrezAccess("me@example.org"))


def steps(
    server: Server,
    folder: Path,
    cursor: Cursor | None = None,
    *,
    at: str = AT,
    feed: PubMedSearch = GOUT,
) -> list[Step]:
    feed = replace(feed, access=replace(feed.access, base_url=server.url))
    pace = Pace(Patience().clock)
    with closing(Fetcher(contact=None, interval_s=0, cache=None, pace=pace)) as fetcher:
        return list(search_steps(feed, cursor or {}, at=at, folder=folder, fetcher=fetcher))


def test_a_key_allows_ten_requests_a_second_and_none_three() -> None:
    assert interval_s(EntrezAccess("a@b.org")) == pytest.approx(1 / 3)
    assert interval_s(EntrezAccess("a@b.org", api_key="x")) == 0.1


def test_the_first_round_asks_for_all_and_fetches_pages_of_200(tmp_path: Path) -> None:
    pubmed = PubMed(*range(1, 451))
    with serving(pubmed) as server:
        begun, *pages, ended = steps(server, tmp_path)
    assert dict(pubmed.searched[0]) == {
        "db": "pubmed",
        "term": "gout",
        "retmax": "9999",
        "retmode": "xml",
        "tool": "curbside",
        "email": "me@example.org",
    }
    assert [len(ids) for ids in pubmed.fetched] == [200, 200, 50]
    assert begun.paths == ()
    assert [step.said for step in pages] == [
        "200 of 450 records",
        "400 of 450 records",
        "450 of 450 records",
    ]
    assert [path.read_bytes() for step in pages for path in step.paths] == [
        articles(*range(1, 201)),
        articles(*range(201, 401)),
        articles(*range(401, 451)),
    ]
    assert ended == Step((), {"query": "gout", "to": "2026-03-10"}, "450 records")


def test_a_later_round_asks_only_for_what_changed_since(tmp_path: Path) -> None:
    pubmed = PubMed(7)
    with serving(pubmed) as server:
        found = steps(server, tmp_path, {"query": "gout", "to": "2026-03-10"}, at=LATER)
    asked = pubmed.searched[0]
    assert (asked["datetype"], asked["mindate"], asked["maxdate"]) == (
        "mdat",
        "2026/03/08",
        "2026/03/20",
    )
    assert found[-1].cursor == {"query": "gout", "to": "2026-03-20"}


def test_another_query_begins_anew(tmp_path: Path) -> None:
    pubmed = PubMed(7)
    with serving(pubmed) as server:
        steps(server, tmp_path, {"query": "other", "to": "2026-03-10"})
    assert "mindate" not in pubmed.searched[0]


def test_a_round_that_was_cut_off_asks_only_what_is_missing(tmp_path: Path) -> None:
    pubmed = PubMed(*range(1, 451))
    with serving(pubmed) as server:
        whole = steps(server, tmp_path / "whole")
        pubmed.searched.clear()
        pubmed.fetched.clear()
        # the cursor after the first page, as the next process reads it, days later
        rest = steps(server, tmp_path / "cut", whole[1].cursor, at=LATER)
    assert pubmed.searched == []
    assert pubmed.fetched == [list(range(201, 401)), list(range(401, 451))]
    assert [step.cursor for step in rest] == [step.cursor for step in whole[2:]]


def test_a_page_that_is_on_disk_is_not_asked_for_again(tmp_path: Path) -> None:
    pubmed = PubMed(*range(1, 451))
    with serving(pubmed) as server:
        first = steps(server, tmp_path)
        pubmed.fetched.clear()
        again = steps(server, tmp_path, first[0].cursor)
    assert pubmed.fetched == []
    assert [step.paths for step in again] == [step.paths for step in first[1:]]


def test_nothing_found_is_a_round_without_records(tmp_path: Path) -> None:
    more = "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
    with serving(lambda _: Reply(search_answer([], more=more))) as server:
        assert steps(server, tmp_path)[-1] == Step(
            (), {"query": "gout", "to": "2026-03-10"}, "0 records"
        )


def test_at_most_so_many_records_are_taken_and_that_is_said(tmp_path: Path) -> None:
    pubmed = PubMed(5, 4, 3, 2, 1)
    with serving(pubmed) as server:
        begun, *_ = steps(server, tmp_path, feed=replace(GOUT, max_records=2))
    assert pubmed.fetched == [[5, 4]]
    assert begun.notes == ("5 records found, the newest 2 are taken (max_records)",)


def test_more_than_pubmed_gives_is_asked_for_by_the_days_of_entering(tmp_path: Path) -> None:
    days = {pmid: f"{1990 + pmid // 4_000}/05/17" for pmid in range(1, 25_001)}
    pubmed = PubMed(*days, entered=days)
    with serving(pubmed) as server:
        begun, *_ = steps(server, tmp_path, feed=replace(GOUT, query="gout OR urate"))
    found = begun.cursor["round"]["ids"]  # type: ignore[index, call-overload]
    assert sorted(map(int, found)) == list(days)
    terms = [asked["term"] for asked in pubmed.searched]
    assert terms[0] == "gout OR urate"
    assert terms[1].startswith('(gout OR urate) AND ("')


def test_a_day_of_more_than_pubmed_gives_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    days = dict.fromkeys(range(1, 10_001), "1999/01/01")
    with (
        serving(PubMed(*days, entered=days)) as server,
        pytest.raises(FeedError, match=r"more than 9,999 records of one day.*make the query narr"),
    ):
        steps(server, tmp_path)


def test_a_record_that_pubmed_does_not_give_is_named(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Reply:
        is_search = asked.path.endswith("esearch.fcgi")
        return Reply(search_answer([1, 2, 3]) if is_search else articles(1, 3))

    with serving(respond) as server:
        _, page, _ = steps(server, tmp_path)
    assert page.notes == ("PubMed gave no record for PMID 2",)


def test_what_pubmed_does_not_know_is_told_and_an_error_where_nothing_was_found(
    tmp_path: Path,
) -> None:
    more = "<ErrorList><PhraseNotFound>gowt</PhraseNotFound></ErrorList>"
    with (
        serving(lambda _: Reply(search_answer([], more=more))) as server,
        pytest.raises(FeedError, match="nothing found; PubMed does not know 'gowt'"),
    ):
        steps(server, tmp_path)


def test_the_plan_of_a_round_that_was_cut_off_is_its_very_requests() -> None:
    access = replace(GOUT.access, api_key="SECRET")
    begun = {"name": "r", "to": "2026-03-10", "ids": ["1", "2", "3"], "done": 1}
    cursor: Cursor = {"query": "gout", "to": None, "round": begun}  # type: ignore[dict-item]
    assert search_plan(replace(GOUT, access=access), cursor, at=AT) == [
        "GET https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?db=pubmed&id=2,3"
        "&retmode=xml&tool=curbside&email=me%40example.org&api_key=***"
    ]


def test_the_plan_of_a_new_round_asks_since_the_last() -> None:
    plan = search_plan(GOUT, {"query": "gout", "to": date(2026, 3, 1).isoformat()}, at=AT)
    assert plan[0] == (
        "GET https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi?db=pubmed&term=gout"
        "&retmax=9999&datetype=mdat&mindate=2026/02/27&maxdate=2026/03/10&retmode=xml"
        "&tool=curbside&email=me%40example.org"
    )


@pytest.mark.data
@needs_shared
@pytest.mark.parametrize(
    ("name", "pmids"),
    [
        ("biopython_pubmed1.xml", ["12091962", "9997"]),
        ("biopython_pubmed2.xml", ["11748933", "11700088"]),
    ],
)
def test_real_answers_of_pubmed_are_taken_as_they_came(
    name: str, pmids: list[str], tmp_path: Path
) -> None:
    data = shared("data", "pubmed_xml", name).read_bytes()

    def respond(asked: Asked) -> Reply:
        is_search = asked.path.endswith("esearch.fcgi")
        return Reply(search_answer([int(each) for each in pmids]) if is_search else data)

    with serving(respond) as server:
        _, page, _ = steps(server, tmp_path)
    assert page.notes == ()
    assert page.paths[0].read_bytes() == data


@pytest.mark.data
@needs_shared
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("biopython_pubmed3.html", r"found a web page \(HTML\) titled 'PmFetch response'"),
        ("biopython_esummary1.xml", r"found XML with the root <eSummaryResult>"),
        ("biopython_efetch_pmc.xml", r"expected <PubmedArticleSet>, found"),
        ("biopython_pubmed_result1.txt", r"expected <PubmedArticleSet>, found"),
    ],
)
def test_real_answers_of_another_kind_are_refused(name: str, message: str, tmp_path: Path) -> None:
    data = shared("data", "pubmed_xml", name).read_bytes()

    def respond(asked: Asked) -> Reply:
        is_search = asked.path.endswith("esearch.fcgi")
        return Reply(search_answer([1]) if is_search else data)

    with serving(respond) as server, pytest.raises(FeedError, match=message):
        steps(server, tmp_path)


@pytest.mark.data
@needs_shared
def test_real_searches_that_are_cut_short_are_noticed(tmp_path: Path) -> None:
    data = shared("data", "pubmed_xml", "biopython_esearch1.xml").read_bytes()
    with (
        serving(lambda _: Reply(data)) as server,
        pytest.raises(FeedError, match="expected 63 ids, found 20"),
    ):
        steps(server, tmp_path)


@pytest.mark.data
@needs_shared
def test_a_real_answer_that_knows_no_word_of_the_query_is_an_error(tmp_path: Path) -> None:
    data = shared("data", "pubmed_xml", "biopython_esearch8.xml").read_bytes()
    with (
        serving(lambda _: Reply(data)) as server,
        pytest.raises(FeedError, match=r"nothing found; PubMed does not know 'abcXYZ'$"),
    ):
        steps(server, tmp_path)
