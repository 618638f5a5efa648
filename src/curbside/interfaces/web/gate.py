"""Work that needs a processor, at a bounded pace: so much at once, so much waiting, no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

RETRY_AFTER_S: Final = 1
_FOR_NEW: Final = 4
"""One part in so many of the places to wait are for work that leads to more."""


class OverloadedError(Exception):
    """So much work is waiting that more would only wait in vain; `RETRY_AFTER_S` says when to come
    again."""


class Gate:
    """Runs functions in threads.

    Args:
        workers: functions that run at once.
        waiting: functions that may wait; one more is refused.
    """

    def __init__(self, *, workers: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="curbside")
        self._most = workers + waiting
        self._first = workers + waiting // _FOR_NEW
        self.taken = 0

    async def run_first(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """As `run`, for work that leads to more: refused earlier, so that what was begun is not
        refused half-way."""
        if not self.has_room_for_new:
            raise OverloadedError
        return await self.run(work, *args, **kwargs)

    @property
    def has_room_for_new(self) -> bool:
        """Whether `run_first` would take anything now."""
        return self.taken < self._first

    async def run(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """The result of `work`, run in a thread.

        Raises:
            OverloadedError: too much is waiting already; nothing was run.
        """
        if self.taken >= self._most:
            raise OverloadedError
        self.taken += 1
        # counted until it ends, not until nobody waits for it any more: a reader who goes away
        # does not stop the thread
        future = self._pool.submit(work, *args, **kwargs)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _told(loop, self._done))
        return await asyncio.wrap_future(future)

    def _done(self) -> None:
        self.taken -= 1

    def close(self) -> None:
        """Wait for what runs; what waits is not begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _told(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(tell)
