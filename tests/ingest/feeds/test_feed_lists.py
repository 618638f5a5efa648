"""A list's records are fetched, and asked for again when they may have changed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from curbside.errors import FeedError
from curbside.ingest.feeds.feed import Cursor, EntrezAccess, PmidList, Step
from curbside.ingest.feeds.fetch import Fetcher, Pace
from curbside.ingest.feeds.lists import list_plan, list_steps
from feed_server import Patience, PubMed, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AT = "2026-03-10T08:00:00Z"
RIS = """TY  - JOUR
TI  - A trial of gout
AN  - PMID: 12
ER  -
TY  - JOUR
TI  - Without a number
ER  -
"""


def taken(path: Path, cursor: Cursor, pubmed: PubMed, *, at: str = AT) -> list[Step]:
    with serving(pubmed) as server:
        feed = PmidList("list", path, EntrezAccess("me@example.org", base_url=server.url))
        pace = Pace(Patience().clock)
        with closing(Fetcher(contact=None, interval_s=0, cache=None, pace=pace)) as fetcher:
            folder = path.parent / "feed"
            return list(list_steps(feed, cursor, at=at, folder=folder, fetcher=fetcher))


def test_the_records_of_a_list_are_fetched_once_each(tmp_path: Path) -> None:
    file = tmp_path / "pmids.txt"
    file.write_text("# gout\n12\nPMID: 0013  # the larger\n\n12\n", encoding="utf-8")
    pubmed = PubMed(12, 13)
    begun, page = taken(file, {}, pubmed)
    assert begun.paths == ()
    assert pubmed.fetched == [[12, 13]]
    assert page.cursor["asked"] == {"12": "2026-03-10", "13": "2026-03-10"}
    assert page.said == "2 of 2 records"


def test_only_new_records_are_asked_for_until_thirty_days_are_over(tmp_path: Path) -> None:
    file = tmp_path / "pmids.txt"
    file.write_text("12\n")
    pubmed = PubMed(12, 13)
    cursor = taken(file, {}, pubmed)[-1].cursor
    file.write_text("12\n13\n")
    cursor = taken(file, cursor, pubmed, at="2026-03-20T08:00:00Z")[-1].cursor
    assert pubmed.fetched == [[12], [13]]
    taken(file, cursor, pubmed, at="2026-04-08T08:00:00Z")
    assert pubmed.fetched == [[12], [13]]
    taken(file, cursor, pubmed, at="2026-04-09T08:00:00Z")
    assert pubmed.fetched == [[12], [13], [12]]


def test_a_record_that_left_the_list_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "pmids.txt"
    file.write_text("12\n13\n")
    pubmed = PubMed(12, 13)
    cursor = taken(file, {}, pubmed)[-1].cursor
    file.write_text("13\n")
    (step,) = taken(file, cursor, pubmed)
    assert step.cursor["asked"] == {"13": "2026-03-10"}


def test_a_file_of_references_is_taken_itself_and_pubmeds_records_after_it(tmp_path: Path) -> None:
    file = tmp_path / "library.ris"
    file.write_text(RIS)
    pubmed = PubMed(12)
    own, page = taken(file, {}, pubmed)
    assert own.paths == (file,)
    assert pubmed.fetched == [[12]]
    (again,) = taken(file, page.cursor, pubmed)
    assert again.paths == ()
    file.write_text(RIS.replace("A trial", "One trial"))
    own, page = taken(file, page.cursor, pubmed)
    assert own.paths == (file,)
    assert pubmed.fetched == [[12], [12]]


def test_the_plan_names_the_file_and_the_requests(tmp_path: Path) -> None:
    file = tmp_path / "library.ris"
    file.write_text(RIS)
    feed = PmidList("list", file, EntrezAccess("me@example.org"))
    assert list_plan(feed, {}, at=AT) == [
        str(file),
        "GET https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?db=pubmed&id=12"
        "&retmode=xml&tool=curbside&email=me%40example.org",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12\nten\n", r"line 2: expected a PMID; found 'ten'"),
        ("\n# nothing\n", r"expected PMIDs, one a line, or RIS or NBIB; found none"),
        (None, r"cannot be read: No such file"),
    ],
)
def test_a_list_that_is_none_is_an_error(text: str | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "pmids.txt"
    if text is not None:
        file.write_text(text)
    with pytest.raises(FeedError, match=message):
        list_plan(PmidList("list", file, EntrezAccess("me@example.org")), {}, at=AT)
