"""PubMed by the E-utilities: a search for what changed since the last run, and its records.

The ids of a round are asked for first and kept in the cursor; the records follow in pages of 200.
So a round that was cut off goes on exactly where it stood, days later too, which NCBI's history
server (WebEnv) does not allow: it forgets after hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, cast

from lxml import etree

from curbside.errors import FeedError
from curbside.ingest.feeds.answers import Check, xml_with_root
from curbside.ingest.feeds.cursor import write_whole
from curbside.ingest.feeds.feed import Cursor, EntrezAccess, Json, PubMedSearch, Step
from curbside.ingest.feeds.fetch import Fetcher, Request, masked
from curbside.ingest.xml import parse_xml

PAGE: Final = 200
"""Records a request, as NCBI advises for ids that are named."""
_SEARCH_MAX: Final = 9_999
"""PubMed gives no more ids of one search, whatever the page (E-utilities, since 2022)."""
_OVERLAP: Final = timedelta(days=2)
"""PubMed dates its changes in another time zone and searches find them a day later."""
_EARLIEST: Final = date(1800, 1, 1)
_SEARCHED: Final = xml_with_root("eSearchResult")
FETCHED: Final[Check] = xml_with_root("PubmedArticleSet")


def interval_s(access: EntrezAccess) -> float:
    """The least time between two requests: 3 a second, 10 with a key."""
    return 0.1 if access.api_key else 1 / 3


@dataclass(frozen=True, slots=True)
class _Window:
    """Records changed since a day (None: all), up to the day `to`; where they are too many for one
    search, those that came into PubMed between two days, both included."""

    since: date | None
    to: date
    entered: tuple[date, date] | None = None


def search_plan(feed: PubMedSearch, cursor: Cursor, *, at: str) -> list[str]:
    """What the next run asks, for people; records of a search that was not made are counted in
    words."""
    begun = _round_of(feed, cursor)
    if begun is not None:
        ids, done = _ids(begun), cast(int, begun["done"])
        return [masked(_fetching(feed.access, page)) for page in _pages(ids[done:])]
    window = _Window(_since(feed, cursor), date.fromisoformat(at[:10]))
    return [
        masked(_searching(feed, window)),
        f"then, for each {PAGE} of the ids that are found:",
        masked(_fetching(feed.access, ("ID", "ID"))),
    ]


def search_steps(
    feed: PubMedSearch, cursor: Cursor, *, at: str, folder: Path, fetcher: Fetcher
) -> Iterator[Step]:
    """Fetch what changed since the last whole run, or go on with the one that was cut off.

    Args:
        feed: the search.
        cursor: where it stands.
        at: ISO 8601 time of this run; it names the files of a new round.
        folder: where the answers are kept.
        fetcher: asks.

    Raises:
        FeedError: a search or a page cannot be had; steps given before stay valid.
    """
    begun = _round_of(feed, cursor)
    notes: tuple[str, ...] = ()
    if begun is None:
        last = date.fromisoformat(at[:10])
        found, notes = _found(feed, _Window(_since(feed, cursor), last), fetcher)
        begun = {
            "name": "".join(c for c in at if c.isalnum()),
            "to": last.isoformat(),
            "ids": list(found),
            "done": 0,
        }
        kept = cursor.get("to") if cursor.get("query") == feed.query else None
        cursor = {"query": feed.query, "to": kept, "round": begun}
        yield Step((), cursor, f"{len(found):,} records to ask for", notes)
    ids = _ids(begun)
    name = str(begun["name"])
    for start in range(cast(int, begun["done"]), len(ids), PAGE):
        page = ids[start : start + PAGE]
        path = folder / name / f"{start:07}.xml"
        notes = fetch_page(feed.access, page, path, fetcher)
        done = start + len(page)
        cursor = {**cursor, "round": {**begun, "done": done}}
        yield Step((path,), cursor, f"{done:,} of {len(ids):,} records", notes)
    yield Step((), {"query": feed.query, "to": begun["to"]}, f"{len(ids):,} records")


def fetch_page(
    access: EntrezAccess, ids: Sequence[str], path: Path, fetcher: Fetcher
) -> tuple[str, ...]:
    """Fetch records to a file, unless a run that was cut off left it there; it is whole if there.

    Returns a note where PubMed gave fewer records than were asked for.
    """
    if not path.exists():
        write_whole(path, fetcher.fetch(_fetching(access, ids), FETCHED))
    root = parse_xml(path.read_bytes(), path=str(path), record=None)
    given = {
        (node.text or "").strip()
        for place in ("PubmedArticle/MedlineCitation/PMID", "PubmedBookArticle/BookDocument/PMID")
        for node in root.iterfind(place)
    }
    missing = [pmid for pmid in ids if pmid not in given]
    return (f"PubMed gave no record for PMID {', '.join(missing)}",) if missing else ()


def fetch_plan(access: EntrezAccess, ids: Sequence[str]) -> list[str]:
    """What is asked to fetch these records, for people."""
    return [masked(_fetching(access, page)) for page in _pages(ids)]


def _pages(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)]


def _round_of(feed: PubMedSearch, cursor: Cursor) -> dict[str, Json] | None:
    """The round that was begun and not ended, of the search as it is configured now."""
    begun = cursor.get("round")
    return begun if isinstance(begun, dict) and cursor.get("query") == feed.query else None


def _ids(begun: dict[str, Json]) -> list[str]:
    return [str(each) for each in cast("list[Json]", begun["ids"])]


def _since(feed: PubMedSearch, cursor: Cursor) -> date | None:
    """The first day to ask about; None for a search that never ran, or that is another now."""
    to = cursor.get("to")
    if not isinstance(to, str) or cursor.get("query") != feed.query:
        return None
    return date.fromisoformat(to) - _OVERLAP


def _found(
    feed: PubMedSearch, window: _Window, fetcher: Fetcher
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of a search, the newest first, each once; and what PubMed remarked."""
    most = feed.max_records
    request = _searching(feed, window)
    root = parse_xml(fetcher.fetch(request, _SEARCHED), path="the answer", record=None)
    count = int(root.findtext("Count") or 0)
    notes = _unknown(root)
    if count == 0 and notes:
        raise FeedError(f"{masked(request)}: nothing found; {'; '.join(notes)}")
    if count:
        notes += _remarks(root)
    if count <= _SEARCH_MAX or (most is not None and most <= _SEARCH_MAX):
        ids = tuple(node.text.strip() for node in root.iterfind("IdList/Id") if node.text)
        if len(ids) != min(count, _SEARCH_MAX):
            raise FeedError(f"{masked(request)}: expected {count} ids, found {len(ids)}")
        if most is not None and count > most:
            notes += (f"{count:,} records found, the newest {most:,} are taken (max_records)",)
        return ids[:most], notes
    # the later half first, as the newest come first
    halves = [_found(feed, half, fetcher) for half in reversed(_halves(window, request))]
    ids = tuple(dict.fromkeys(each for found, _ in halves for each in found))
    return ids[:most], tuple(dict.fromkeys(note for _, said in halves for note in said))


def _halves(window: _Window, request: Request) -> tuple[_Window, _Window]:
    first, last = window.entered or (_EARLIEST, window.to)
    if first >= last:
        raise FeedError(
            f"{masked(request)}: more than {_SEARCH_MAX:,} records of one day, which is more than"
            " PubMed gives; make the query narrower, or use its update files (pubmed-updates)"
        )
    middle = first + (last - first) // 2
    return (
        replace(window, entered=(first, middle)),
        replace(window, entered=(middle + timedelta(days=1), last)),
    )


def _unknown(root: etree._Element) -> tuple[str, ...]:
    """The words and fields of a query that PubMed leaves out, as it does not know them."""
    phrases = [(node.text or "").strip() for node in root.iterfind(".//PhraseNotFound")]
    fields = [(node.text or "").strip() for node in root.iterfind(".//FieldNotFound")]
    notes = [f"PubMed does not know {each!r}" for each in phrases]
    return (*notes, *(f"PubMed has no field {each!r}" for each in fields))


def _remarks(root: etree._Element) -> tuple[str, ...]:
    """What else PubMed says of a query that found something."""
    said = [(node.text or "").strip() for node in root.iterfind("WarningList/OutputMessage")]
    return tuple(f"PubMed says: {each}" for each in said if each)


def _searching(feed: PubMedSearch, window: _Window) -> Request:
    term = feed.query
    if window.entered is not None:
        first, last = (f"{day:%Y/%m/%d}" for day in window.entered)
        term = f'({feed.query}) AND ("{first}"[edat] : "{last}"[edat])'
    dates: tuple[tuple[str, str], ...] = ()
    if window.since is not None:
        first, last = f"{window.since:%Y/%m/%d}", f"{window.to:%Y/%m/%d}"
        dates = (("datetype", "mdat"), ("mindate", first), ("maxdate", last))
    given = (("term", term), ("retmax", str(_SEARCH_MAX)), *dates)
    return _request(feed.access, "esearch.fcgi", *given)


def _fetching(access: EntrezAccess, ids: Sequence[str]) -> Request:
    return _request(access, "efetch.fcgi", ("id", ",".join(ids)))


def _request(access: EntrezAccess, command: str, *parameters: tuple[str, str]) -> Request:
    given = (("db", "pubmed"), *parameters, ("retmode", "xml"))
    given += (("tool", access.tool), ("email", access.email))
    if access.api_key:
        given += (("api_key", access.api_key),)
    return Request(f"{access.base_url}{command}", given, may_post=True)
