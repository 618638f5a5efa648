"""Europe PMC: a search for what changed since the last run, and the open full texts of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final, cast

from curbside.errors import FeedError
from curbside.ingest.feeds.answers import json_with, xml_with_root
from curbside.ingest.feeds.cursor import write_whole
from curbside.ingest.feeds.feed import Cursor, EuropePmcSearch, Json, Step
from curbside.ingest.feeds.fetch import AbsentError, Fetcher, Request, masked

INTERVAL_S: Final = 0.2
"""Europe PMC asks for no more than some ten requests a second."""
_PAGE: Final = 200
_BEGINNING: Final = "*"
_OVERLAP: Final = timedelta(days=2)
_SEARCHED: Final = json_with("resultList")
_FULL_TEXT: Final = xml_with_root("article")
_PMCID: Final = re.compile(r"PMC\d{1,9}")


def europepmc_plan(feed: EuropePmcSearch, cursor: Cursor, *, at: str) -> list[str]:
    """What the next run asks first, and what follows."""
    begun = _begun(feed, cursor, at)
    plan = [masked(_searching(feed, begun)), "then the pages that follow"]
    if feed.full_text:
        plan.append(f"and {masked(_full_text(feed, 'PMCID'))} for each that is open")
    return plan


def europepmc_steps(
    feed: EuropePmcSearch, cursor: Cursor, *, at: str, folder: Path, fetcher: Fetcher
) -> Iterator[Step]:
    """Fetch what changed since the last whole run, or go on with the one that was cut off.

    Args:
        feed: the search.
        cursor: where it stands.
        at: ISO 8601 time of this run; it names the files of a new round.
        folder: where the answers are kept.
        fetcher: asks.

    Raises:
        FeedError: a page or a full text cannot be had; steps given before stay valid.
    """
    begun = _begun(feed, cursor, at)
    since = cursor.get("to") if cursor.get("query") == feed.query else None
    yield Step((), {"query": feed.query, "to": since, "round": begun}, "searching")
    while True:
        done = cast(int, begun["done"])
        path = folder / str(begun["name"]) / f"{done:07}.json"
        if not path.exists():
            write_whole(path, fetcher.fetch(_searching(feed, begun), _SEARCHED))
        page = json.loads(path.read_bytes())
        results = _results(page, path)
        texts, notes = _full_texts(feed, results, path.parent, fetcher)
        mark = page.get("nextCursorMark")
        begun = {**begun, "done": done + len(results), "mark": mark}
        said = f"{done + len(results):,} of {page.get('hitCount', 0):,} records"
        if not results or not mark or mark == page.get("request", {}).get("cursorMark"):
            break
        cursor = {"query": feed.query, "to": since, "round": begun}
        yield Step((path, *texts), cursor, said, notes)
    yield Step((path, *texts), {"query": feed.query, "to": begun["to"]}, said, notes)


def _begun(feed: EuropePmcSearch, cursor: Cursor, at: str) -> dict[str, Json]:
    """The round that was cut off, of the search as it is configured now; else a new one."""
    is_same = cursor.get("query") == feed.query
    begun = cursor.get("round")
    if is_same and isinstance(begun, dict):
        return dict(begun)
    to = cursor.get("to")
    is_later = is_same and isinstance(to, str)
    first = date.fromisoformat(str(to)) - _OVERLAP if is_later else None
    return {
        "name": "".join(each for each in at if each.isalnum()),
        "from": first.isoformat() if first else None,
        "to": at[:10],
        "mark": _BEGINNING,
        "done": 0,
    }


def _searching(feed: EuropePmcSearch, begun: Mapping[str, Json]) -> Request:
    query = feed.query
    if begun["from"] is not None:
        query = f"({feed.query}) AND (UPDATE_DATE:[{begun['from']} TO {begun['to']}])"
    given = (
        ("query", query),
        ("resultType", "core"),
        ("format", "json"),
        ("pageSize", str(_PAGE)),
        ("cursorMark", str(begun["mark"])),
    )
    return Request(
        f"{feed.base_url}search", given + ((("email", feed.email),) if feed.email else ())
    )


def _full_text(feed: EuropePmcSearch, pmcid: str) -> Request:
    return Request(f"{feed.base_url}{pmcid}/fullTextXML")


def _results(page: Mapping[str, object], path: Path) -> list[Mapping[str, object]]:
    """The records of an answer."""
    held = page.get("resultList")
    results = held.get("result") if isinstance(held, dict) else None
    if results is None:
        return []
    if not isinstance(results, list) or not all(isinstance(each, dict) for each in results):
        raise FeedError(f"{path}: expected a list of records in resultList.result")
    return results


def _full_texts(
    feed: EuropePmcSearch, results: list[Mapping[str, object]], folder: Path, fetcher: Fetcher
) -> tuple[list[Path], tuple[str, ...]]:
    """The open full texts of records, where the feed wants them, and a note of each absent one."""
    paths, notes = [], []
    for result in results if feed.full_text else ():
        pmcid = str(result.get("pmcid", ""))
        if result.get("isOpenAccess") != "Y" or not _PMCID.fullmatch(pmcid):
            continue
        path = folder / f"{pmcid}.xml"
        try:
            if not path.exists():
                write_whole(path, fetcher.fetch(_full_text(feed, pmcid), _FULL_TEXT))
            paths.append(path)
        except AbsentError:
            notes.append(f"Europe PMC has no full text of {pmcid}")
    return paths, tuple(notes)
