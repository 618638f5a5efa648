"""A list of PMIDs, or a RIS or NBIB file: its records are fetched, and kept up to date."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from curbside.errors import FeedError
from curbside.ingest.feeds.eutils import PAGE, fetch_page, fetch_plan
from curbside.ingest.feeds.feed import Cursor, PmidList, Step
from curbside.ingest.feeds.fetch import Fetcher
from curbside.ingest.read import read_path
from curbside.records import Document

_ASKED_AGAIN: Final = timedelta(days=30)
"""A record is asked for again after this, as it may have been revised or retracted since."""
_SIZE_MAX: Final = 64 << 20
_REFERENCES: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:TY {1,2}- |PMID- )")
_LINE: Final = re.compile(r"(?:PMID:?\s*)?(\d{1,8})", re.IGNORECASE)


def list_plan(feed: PmidList, cursor: Cursor, *, at: str) -> list[str]:
    """What the next run takes and asks."""
    digest, is_source, pmids = _read(feed)
    is_changed_source = is_source and cursor.get("sha256") != digest
    takes = [str(feed.path)] if is_changed_source else []
    due = _due(pmids, {} if is_changed_source else cursor, at)
    return takes + fetch_plan(feed.access, due)


def list_steps(
    feed: PmidList, cursor: Cursor, *, at: str, folder: Path, fetcher: Fetcher
) -> Iterator[Step]:
    """Take the file itself where it holds references, then fetch the records of its PMIDs.

    PubMed's own record comes after the reference, which says less. A record is fetched where it
    is new in the list, where a file of references changed, and thirty days after the last time.

    Raises:
        FeedError: the file cannot be read or names no PMID, or a page cannot be had.
    """
    digest, is_source, pmids = _read(feed)
    is_changed_source = is_source and cursor.get("sha256") != digest
    due = _due(pmids, {} if is_changed_source else cursor, at)
    asked = {p: day for p, day in _asked(cursor).items() if p in set(pmids) - set(due)}
    cursor = {"sha256": digest, "asked": dict(asked)}
    takes = (feed.path,) if is_changed_source else ()
    yield Step(takes, cursor, f"{len(due):,} records due")
    for start in range(0, len(due), PAGE):
        page = due[start : start + PAGE]
        # named by day and ids: what a run that was cut off today has fetched is not asked for again
        name = hashlib.sha256(f"{digest} {','.join(page)}".encode()).hexdigest()[:16]
        path = folder / at[:10] / f"{name}.xml"
        notes = fetch_page(feed.access, page, path, fetcher)
        asked |= dict.fromkeys(page, at[:10])
        cursor = {"sha256": digest, "asked": dict(asked)}
        said = f"{start + len(page):,} of {len(due):,} records"
        yield Step((path,), cursor, said, notes)


def _due(pmids: tuple[str, ...], cursor: Cursor, at: str) -> list[str]:
    """The PMIDs to ask for, in the order of the file."""
    asked = _asked(cursor)
    latest = date.fromisoformat(at[:10]) - _ASKED_AGAIN
    return [
        pmid for pmid in pmids if pmid not in asked or date.fromisoformat(asked[pmid]) <= latest
    ]


def _asked(cursor: Cursor) -> dict[str, str]:
    asked = cursor.get("asked")
    return {str(k): str(v) for k, v in asked.items()} if isinstance(asked, dict) else {}


def _read(feed: PmidList) -> tuple[str, bool, tuple[str, ...]]:
    """The sha256 of the file, whether it is a source itself, and the PMIDs it names, each once."""
    try:
        data = feed.path.read_bytes() if feed.path.stat().st_size <= _SIZE_MAX else None
    except OSError as error:
        raise FeedError(f"{feed.path}: cannot be read: {error.strerror or error}") from error
    if data is None:
        raise FeedError(f"{feed.path}: expected a list of at most {_SIZE_MAX >> 20} MiB")
    is_source = bool(_REFERENCES.match(data))
    pmids = _of_references(feed.path) if is_source else _of_lines(feed.path, data)
    if not pmids:
        raise FeedError(f"{feed.path}: expected PMIDs, one a line, or RIS or NBIB; found none")
    return hashlib.sha256(data).hexdigest(), is_source, tuple(dict.fromkeys(pmids))


def _of_references(path: Path) -> list[str]:
    return [
        each.source.pmid
        for each in read_path(path, retrieved_at=None)
        if isinstance(each, Document) and each.source.pmid
    ]


def _of_lines(path: Path, data: bytes) -> list[str]:
    pmids = []
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            raise FeedError(f"{path}, line {number}: expected a PMID; found {text[:60]!r}")
        pmids.append(found[1].lstrip("0"))
    return [pmid for pmid in pmids if pmid]
