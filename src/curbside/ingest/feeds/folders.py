"""A watched folder: every file that is new or changed since it was last looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from curbside.errors import FeedError
from curbside.ingest.feeds.feed import Cursor, Json, Step, WatchedFolder
from curbside.ingest.read import files_of

_AT_ONCE: Final = 200
"""Files a step, so that a run that is cut off does little twice."""


def folder_plan(feed: WatchedFolder, cursor: Cursor) -> list[str]:
    """The files that the next run takes."""
    _, changed = _changed(feed, cursor)
    return [str(path) for path, _ in changed]


def folder_steps(feed: WatchedFolder, cursor: Cursor) -> Iterator[Step]:
    """Give the files whose bytes are new since the last run, in the order of their names.

    A file that was touched and holds what it held is left alone. A file that is gone is forgotten;
    what it brought stays in the library.

    Raises:
        FeedError: the folder is not there or cannot be read.
    """
    known, changed = _changed(feed, cursor)
    for start in range(0, len(changed), _AT_ONCE):
        part = changed[start : start + _AT_ONCE]
        known |= {str(path.relative_to(feed.path)): seen for path, seen in part}
        said = f"{min(start + _AT_ONCE, len(changed)):,} of {len(changed):,} files"
        yield Step(tuple(path for path, _ in part), {"files": dict(known)}, said)
    if not changed:
        yield Step((), {"files": dict(known)}, "no new file")


def _changed(
    feed: WatchedFolder, cursor: Cursor
) -> tuple[dict[str, Json], Sequence[tuple[Path, Json]]]:
    """What is known of the files that are still there as they were, and the others."""
    if not feed.path.is_dir():
        raise FeedError(f"{feed.path}: expected a folder that exists")
    files = cursor.get("files")
    before = files if isinstance(files, dict) else {}
    known: dict[str, Json] = {}
    changed: list[tuple[Path, Json]] = []
    try:
        for path in files_of(feed.path):
            name = str(path.relative_to(feed.path))
            seen = _seen(path, before.get(name))
            if _digest(seen) == _digest(before.get(name)):
                known[name] = seen
            else:
                changed.append((path, seen))
    except OSError as error:
        raise FeedError(f"{feed.path}: cannot be read: {error}") from error
    return known, changed


def _seen(path: Path, before: Json) -> Json:
    """Size, time of change and sha256 of a file; read again only where one of the first changed."""
    state = path.stat()
    if isinstance(before, list) and before[:2] == [state.st_size, state.st_mtime_ns]:
        return before
    if not path.is_file():
        return [state.st_size, state.st_mtime_ns, "no file"]
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return [state.st_size, state.st_mtime_ns, digest]


def _digest(seen: Json) -> Json:
    return seen[2] if isinstance(seen, list) else None
