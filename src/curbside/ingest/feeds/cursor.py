"""Files that are written whole or not at all, and the cursor of a feed, which is one of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from curbside.errors import FeedError
from curbside.ingest.feeds.feed import Cursor

_NAME: Final = "cursor.json"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or a crash, never leaves half of it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_cursor(folder: Path) -> Cursor:
    """Where the feed of this folder stands; empty where it never ran.

    Raises:
        FeedError: the file is no cursor; deleting it makes the feed begin anew.
    """
    path = folder / _NAME
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from error
    if not isinstance(data, dict):
        raise _broken(path, type(data).__name__)
    return data


def write_cursor(folder: Path, cursor: Cursor) -> None:
    """Keep where the feed of this folder stands. Raises OSError."""
    text = json.dumps(cursor, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(folder / _NAME, text.encode())


def _broken(path: Path, found: str) -> FeedError:
    return FeedError(
        f"{path}: expected where the feed stands, as JSON; found {found}; delete it to begin anew"
    )
