"""What the server says on stderr: one line of JSON each, and never what people asked or sent."""

from __future__ import annotations

import errno
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Final

LOG: Final = logging.getLogger("curbside.server")

_FRAMES: Final = 6


class Lines(logging.Formatter):
    """A record as a line of JSON. Of what other libraries log only the first line of the pattern
    is told, as the rest can hold what a request held."""

    def __init__(self, now: Callable[[], str]) -> None:
        super().__init__()
        self._now = now

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        if record.name == LOG.name:
            message = record.getMessage()
            if message.startswith("{"):
                return message
        else:
            message = f"{record.name}: {str(record.msg).partition(chr(10))[0]}"
        line = {"at": self._now(), "level": record.levelname.lower(), "message": message}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = told_of(error)
        return json.dumps(line, ensure_ascii=True)


def log_to_stderr(*, is_chatty: bool, now: Callable[[], str]) -> None:
    """Send what is logged anywhere in this process to stderr: warnings and errors, and with
    `is_chatty` a line a request too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(now))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    LOG.setLevel(logging.INFO if is_chatty else logging.WARNING)
    threading.excepthook = _told_of_thread


def told_of(error: BaseException) -> str:
    """What went wrong and where, without the values that an error's text speaks of."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.name}:{frame.lineno}" for frame in frames[-_FRAMES:]]
    return f"{' from '.join(_causes(error))} at {' > '.join(places)}"


def _causes(error: BaseException) -> Iterator[str]:
    """Each error with the name of its code, the last first."""
    cause: BaseException | None = error
    while cause is not None:
        name = getattr(cause, "sqlite_errorname", None)
        if name is None and isinstance(cause, OSError) and cause.errno is not None:
            name = errno.errorcode.get(cause.errno)
        yield f"{type(cause).__name__} {name}" if name else type(cause).__name__
        cause = cause.__cause__


def _told_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        LOG.error("a thread ended in an error: %s", told_of(arguments.exc_value))
