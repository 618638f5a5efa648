"""PubMed's numbered files, of a local folder or of its server: in order, checked, none left out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from curbside.errors import FeedError
from curbside.ingest.feeds.answers import Unexpected
from curbside.ingest.feeds.feed import Cursor, PubMedUpdates, Step
from curbside.ingest.feeds.fetch import Fetcher, Request, masked
from curbside.ingest.pubmed_files import place_of

INTERVAL_S: Final = 1 / 3
_FOLDERS: Final = ("baseline/", "updatefiles/")
_LINK: Final = re.compile(r"""href=["']?(pubmed\d\dn\d{4,5}\.xml\.gz(?:\.md5)?)["'\s>]""", re.I)
_MD5: Final = re.compile(r"\b([0-9a-f]{32})\b", re.IGNORECASE)
_YEAR: Final = 100_000
"""The places of a year, as `place_of` counts them."""


def updates_plan(feed: PubMedUpdates, cursor: Cursor) -> list[str]:
    """What the next run reads, or asks."""
    if feed.folder is not None:
        files = _in_folder(feed.folder)
        return [str(files[place]) for place in _wanted(feed, cursor, frozenset(files))]
    return [
        *(masked(_listing(feed, folder)) for folder in _FOLDERS),
        f"then every file after {_words(_taken(cursor)) or 'none'} with its .md5, in order",
    ]


def updates_steps(
    feed: PubMedUpdates, cursor: Cursor, *, folder: Path, fetcher: Fetcher
) -> Iterator[Step]:
    """Give the files that were not taken yet, one a step, in the order of their numbers.

    A year's baseline replaces what earlier years brought, so only the newest year that begins
    with the first number is read. Every file is checked against its MD5 checksum.

    Raises:
        FeedError: a number is missing, a checksum is missing or is another, a file cannot be had.
    """
    files: Mapping[int, Path | str]
    files = _in_folder(feed.folder) if feed.folder else _on_server(feed, fetcher)
    wanted = _wanted(feed, cursor, frozenset(files))
    if not wanted:
        yield Step((), cursor, "no new file")
    for count, place in enumerate(wanted, start=1):
        file = files[place]
        if isinstance(file, Path):
            path = _checked(file)
        else:
            path = _downloaded(feed.base_url + file, folder / file.rpartition("/")[2], fetcher)
        said = f"{count:,} of {len(wanted):,} files ({path.name})"
        yield Step((path,), {"place": place}, said, is_strict=True)


def _wanted(feed: PubMedUpdates, cursor: Cursor, places: frozenset[int]) -> list[int]:
    """The places to take, in order. FeedError where one is missing between them."""
    taken = _taken(cursor)
    if not places:
        return []
    newest = max(places) // _YEAR * _YEAR
    begun = [place - 1 for place in places if place % _YEAR == 1]
    if taken is None:
        first = (max(begun, default=newest) if feed.start == 1 else newest) + feed.start
    else:
        first = max([taken, *begun]) + 1
    base = first // _YEAR * _YEAR
    wanted = sorted(place for place in places if first <= place < base + _YEAR)
    for expected, place in enumerate(wanted, start=first):
        if place != expected:
            raise FeedError(
                f"expected the file {_words(expected)}, found {_words(place)}: files build on the"
                " ones before, so none may be left out; fetch it, or name another number to start"
                " with (start)"
            )
    if not wanted and max(places) > (taken or 0):
        raise FeedError(
            f"expected the file {_words(first)} to begin with, found {_words(min(places))} and"
            " later; fetch the baseline, or name another number to start with (start)"
        )
    return wanted


def _taken(cursor: Cursor) -> int | None:
    place = cursor.get("place")
    return place if isinstance(place, int) else None


def _words(place: int | None) -> str | None:
    return None if place is None else f"pubmed{place // _YEAR:02}n{place % _YEAR:04}.xml.gz"


def _in_folder(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        raise FeedError(f"{folder}: expected a folder that exists")
    try:
        files = sorted(folder.rglob("pubmed*.xml.gz"))
    except OSError as error:
        raise FeedError(f"{folder}: cannot be read: {error}") from error
    return {place: path for path in files if (place := place_of(path)) is not None}


def _checked(path: Path) -> Path:
    """The path, once its bytes are those of the checksum beside it."""
    beside = path.with_name(f"{path.name}.md5")
    try:
        said = _MD5.search(beside.read_text("ascii", "replace"))
        with path.open("rb") as stream:
            found = hashlib.file_digest(
                stream, lambda: hashlib.md5(usedforsecurity=False)
            ).hexdigest()
    except FileNotFoundError as error:
        raise FeedError(f"{error.filename}: expected the file; fetch it from PubMed") from error
    except OSError as error:
        raise FeedError(f"{path}: cannot be read: {error}") from error
    if said is None or said[1].lower() != found:
        named = said[1].lower() if said else "none"
        raise FeedError(
            f"{path}: expected the MD5 checksum {named} of {beside.name}, found {found}; it was"
            " not received whole, fetch it again"
        )
    return path


def _on_server(feed: PubMedUpdates, fetcher: Fetcher) -> dict[int, str]:
    """The files that the server lists, as addresses below its own."""
    files = {}
    for folder in _FOLDERS:
        page = fetcher.fetch(_listing(feed, folder), _is_listing)
        for name in _LINK.findall(page.decode("utf-8", "replace")):
            place = place_of(Path(name))
            if place is not None:
                files[place] = f"{folder}{name}"
    return files


def _listing(feed: PubMedUpdates, folder: str) -> Request:
    return Request(f"{feed.base_url}{folder}")


def _is_listing(data: bytes) -> None:
    if not _LINK.search(data.decode("utf-8", "replace")):
        raise Unexpected("expected a listing of PubMed's files, found none", is_passing=False)


def _downloaded(url: str, to: Path, fetcher: Fetcher) -> Path:
    """Fetch a file and its checksum, unless an earlier run did."""
    beside = to.with_name(f"{to.name}.md5")
    if to.exists() and beside.exists():
        return _checked(to)
    data = fetcher.fetch(Request(f"{url}.md5"), _is_md5)
    said = _MD5.search(data.decode("ascii", "replace"))
    assert said is not None, "it was checked"  # noqa: S101
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        fetcher.download(Request(url), to, md5=said[1].lower())
        beside.write_bytes(data)
    except OSError as error:
        raise FeedError(f"{to}: cannot be written: {error}") from error
    return to


def _is_md5(data: bytes) -> None:
    if not _MD5.search(data[:1000].decode("ascii", "replace")):
        raise Unexpected("expected an MD5 checksum, found none", is_passing=False)
