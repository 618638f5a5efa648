"""`sync`: every configured feed is asked, and what it gave is in the library before it moves on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from curbside.errors import FeedError, InputError
from curbside.ingest.feeds import europepmc, eutils, updates
from curbside.ingest.feeds.cursor import read_cursor, write_cursor
from curbside.ingest.feeds.europepmc import europepmc_plan, europepmc_steps
from curbside.ingest.feeds.eutils import search_plan, search_steps
from curbside.ingest.feeds.feed import (
    Cursor,
    EuropePmcSearch,
    Feed,
    PmidList,
    PubMedSearch,
    PubMedUpdates,
    Step,
    WatchedFolder,
)
from curbside.ingest.feeds.fetch import Clock, Fetcher, Pace
from curbside.ingest.feeds.folders import folder_plan, folder_steps
from curbside.ingest.feeds.lists import list_plan, list_steps
from curbside.ingest.feeds.updates import updates_plan, updates_steps
from curbside.ingest.rejected import Rejected
from curbside.store import PutCounts
from curbside.wiring.config import Settings
from curbside.wiring.library import AddProgress, AddReport, add_paths

FEEDS_FOLDER: Final = "feeds"
_STEPS_AT_ONCE: Final = 10
"""Steps (pages of 200 records) that are added together, as each adding opens the library."""


class Add(Protocol):
    """Takes files into the library, as `add_paths` does."""

    def __call__(
        self,
        home: Path,
        paths: Sequence[Path],
        *,
        at: str,
        progress: Callable[[AddProgress], None],
    ) -> AddReport:
        """Read these files into the library of `home`; the files are safe to give again."""
        ...


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What came of one feed. `error` says why it stopped; None where it came to its end."""

    name: str
    changed: PutCounts
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """How far a feed has come, in words ("400 of 1,200 records")."""

    name: str
    said: str


def plan(
    settings: Settings, names: Sequence[str], *, at: str, environ: Mapping[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """What `sync` would ask and read now, feed by feed; nothing is asked. Keys are masked.

    Raises:
        InputError: a name that is no feed, a key that is not in `environ`.
        FeedError: a folder or a list cannot be read.
    """
    home = _home(settings)
    for feed in _chosen(settings, names, environ):
        cursor = read_cursor(home / FEEDS_FOLDER / feed.name)
        yield feed.name, _plan(feed, cursor, at)


def sync(
    settings: Settings,
    names: Sequence[str],
    *,
    at: str,
    environ: Mapping[str, str],
    progress: Callable[[FeedProgress | AddProgress], None],
    clock: Clock | None = None,
    add: Add = add_paths,
) -> Iterator[FeedReport]:
    """Ask every feed, or those that are named, one after the other.

    A feed stands where the library stands: its cursor is written once what it gave is in. So a
    run may be stopped anywhere and the next one goes on, with nothing lost and nothing twice.
    A feed that fails leaves the others alone.

    Args:
        settings: the library and its feeds.
        names: feeds; all of them where there is none.
        at: ISO 8601 time of this run.
        environ: holds the keys that the settings name.
        progress: told of every step of a feed and of adding.
        clock: time and chance, for the pace and the pauses.
        add: takes files into the library.

    Raises:
        InputError: a name that is no feed, a key that is not in `environ`.
        LibraryError: the library cannot be written.
    """
    home = _home(settings)
    pace = Pace(clock or Clock())
    for feed in _chosen(settings, names, environ):
        yield _sync(home, feed, pace, add, at=at, progress=progress)


def _sync(
    home: Path,
    feed: Feed,
    pace: Pace,
    add: Add,
    *,
    at: str,
    progress: Callable[[FeedProgress | AddProgress], None],
) -> FeedReport:
    folder = home / FEEDS_FOLDER / feed.name
    taking = _Taking(home, folder, add, at, progress)
    error = None
    try:
        with closing(_fetcher(feed, folder, pace)) as fetcher:
            try:
                for step in _steps(feed, read_cursor(folder), at, folder, fetcher):
                    progress(FeedProgress(feed.name, step.said))
                    taking.take(step)
            finally:
                # what was given before a fault is good; an interruption only delays what is next
                taking.finish()
    except FeedError as fault:
        error = str(fault)
    except OSError as fault:
        error = f"{folder}: cannot be written: {fault}"
    return FeedReport(
        feed.name,
        taking.changed,
        tuple(taking.rejected),
        tuple(dict.fromkeys(taking.notes)),
        error,
    )


class _Taking:
    """Takes steps into the library some at a time, and moves the cursor after them."""

    def __init__(
        self,
        home: Path,
        folder: Path,
        add: Add,
        at: str,
        progress: Callable[[FeedProgress | AddProgress], None],
    ) -> None:
        self._home = home
        self._folder = folder
        self._add = add
        self._at = at
        self._progress = progress
        self._held: list[Step] = []
        self.changed = PutCounts()
        self.rejected: list[Rejected] = []
        self.notes: list[str] = []

    def take(self, step: Step) -> None:
        self.notes += step.notes
        self._held.append(step)
        if len(self._held) >= _STEPS_AT_ONCE or not step.paths:
            self.finish()

    def finish(self) -> None:
        """Put what is held, then move the cursor; a file that must not be left out stops both."""
        held, self._held = self._held, []
        if not held:
            return
        paths = [path for step in held for path in step.paths]
        if paths:
            report = self._add(self._home, paths, at=self._at, progress=self._progress)
            self.changed += report.changed
            self.rejected += report.rejected
            strict = {str(path) for step in held if step.is_strict for path in step.paths}
            for each in report.rejected:
                if each.record is None and each.path in strict:
                    raise FeedError(f"{each.path}: not taken, so nothing after it: {each.reason}")
        write_cursor(self._folder, held[-1].cursor)


def _home(settings: Settings) -> Path:
    if settings.home is None:
        raise InputError("expected a folder for the library; name one with --home")
    return settings.home


def _chosen(settings: Settings, names: Sequence[str], environ: Mapping[str, str]) -> list[Feed]:
    by_name = {feed.name: feed for feed in settings.feeds}
    unknown = sorted(set(names) - by_name.keys())
    if unknown:
        known = ", ".join(by_name) or "none"
        raise InputError(f"unknown feed {', '.join(unknown)}; configured: {known}")
    return [_with_key(by_name[name], environ) for name in dict.fromkeys(names or by_name)]


def _with_key(feed: Feed, environ: Mapping[str, str]) -> Feed:
    """The feed with the key that its settings name a variable for."""
    if not isinstance(feed, PubMedSearch | PmidList) or feed.access.api_key_env is None:
        return feed
    variable = feed.access.api_key_env
    key = environ.get(variable, "").strip()
    if not key:
        raise InputError(f"feed {feed.name}, api_key_env: {variable} is not set; set it to the key")
    return replace(feed, access=replace(feed.access, api_key=key))


def _fetcher(feed: Feed, folder: Path, pace: Pace) -> Fetcher:
    contact, tool, interval_s = None, "curbside", updates.INTERVAL_S
    if isinstance(feed, PubMedSearch | PmidList):
        contact, tool = feed.access.email, feed.access.tool
        interval_s = eutils.interval_s(feed.access)
    elif isinstance(feed, EuropePmcSearch):
        contact, interval_s = feed.email, europepmc.INTERVAL_S
    return Fetcher(
        contact=contact, tool=tool, interval_s=interval_s, cache=folder / "http", pace=pace
    )


def _plan(feed: Feed, cursor: Cursor, at: str) -> list[str]:
    match feed:
        case PubMedSearch():
            return search_plan(feed, cursor, at=at)
        case EuropePmcSearch():
            return europepmc_plan(feed, cursor, at=at)
        case PubMedUpdates():
            return updates_plan(feed, cursor)
        case WatchedFolder():
            return folder_plan(feed, cursor)
        case PmidList():
            return list_plan(feed, cursor, at=at)


def _steps(feed: Feed, cursor: Cursor, at: str, folder: Path, fetcher: Fetcher) -> Iterator[Step]:
    match feed:
        case PubMedSearch():
            return search_steps(feed, cursor, at=at, folder=folder, fetcher=fetcher)
        case EuropePmcSearch():
            return europepmc_steps(feed, cursor, at=at, folder=folder, fetcher=fetcher)
        case PubMedUpdates():
            return updates_steps(feed, cursor, folder=folder, fetcher=fetcher)
        case WatchedFolder():
            return folder_steps(feed, cursor)
        case PmidList():
            return list_steps(feed, cursor, at=at, folder=folder, fetcher=fetcher)
