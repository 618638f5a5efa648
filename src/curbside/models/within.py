"""Pieces that arrive within a time, whatever produces them does: waits, trickles or never ends."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import Final

from curbside.errors import GeneratorError

_WAITING: Final = 16  # pieces that may wait; whoever produces more waits itself
_LOOK_S: Final = 0.1


def within(
    timeout_s: float, produce: Callable[[Event], Iterator[str]]
) -> Generator[str, None, None]:
    """Yield what `produce` yields, for at most `timeout_s` seconds from the first piece asked for.

    It is produced in a thread that is left behind when the time is up: a name that does not
    resolve or a server that is silent cannot hold up who waits. `produce` is given an event that
    is set then, and ought to end soon after.

    Raises:
        GeneratorError: the time is up, or what `produce` raised as one.
    """
    inbox: Queue[str | GeneratorError | None] = Queue(_WAITING)
    over = Event()
    thread = Thread(target=_fill, args=(inbox, over, produce), daemon=True)
    end = monotonic() + timeout_s
    thread.start()
    try:
        while True:
            try:
                piece = inbox.get(timeout=max(end - monotonic(), 0))
            except Empty:
                raise GeneratorError(f"no whole answer within {timeout_s:g} s") from None
            if piece is None:
                return
            if isinstance(piece, GeneratorError):
                raise piece
            yield piece
            if monotonic() > end:
                raise GeneratorError(f"no whole answer within {timeout_s:g} s")
    finally:
        over.set()


def _fill(
    inbox: Queue[str | GeneratorError | None],
    over: Event,
    produce: Callable[[Event], Iterator[str]],
) -> None:
    last: GeneratorError | None = None
    try:
        for piece in produce(over):
            _put(inbox, over, piece)
            if over.is_set():
                return
    except GeneratorError as error:
        last = error
    except Exception as error:  # noqa: BLE001  (a thread's exception would end unseen)
        last = GeneratorError(f"an error of this program ({type(error).__name__})")
    _put(inbox, over, last)


def _put(
    inbox: Queue[str | GeneratorError | None], over: Event, piece: str | GeneratorError | None
) -> None:
    while not over.is_set():
        try:
            inbox.put(piece, timeout=_LOOK_S)
        except Full:
            continue
        return
