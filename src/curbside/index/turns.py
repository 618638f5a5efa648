"""Turns: of the processes and threads that change the manifest of an index, one at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from curbside.errors import LibraryError

FILE: Final = "manifest.lock"


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Wait until nobody else has a turn in `folder`, and have it until the block ends.

    A process that is killed loses its turn. Not to be taken by one who has it.

    Raises:
        LibraryError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise LibraryError(
            f"the index in {folder} cannot be written ({error}); free some space or allow "
            "writing, and run the same command again"
        ) from error
    try:
        _wait(place)
        yield
    finally:
        # closing gives the turn back
        os.close(place)


def _wait(place: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        # tried for ten seconds at a time; a turn lasts less than one
        msvcrt.locking(place, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(place, fcntl.LOCK_EX)
