"""What is made for whoever waits for it: its stages can be heard, and it is given up once nobody
waits any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from starlette.requests import Request

from curbside.interfaces.web.gate import Gate
from curbside.interfaces.web.shelf import Made
from curbside.pipeline import Reached, Stage

_T = TypeVar("_T")

Listen: TypeAlias = Callable[[Stage, int], None]
"""Hears each stage in the event loop, those before it began to listen included."""


class GivenUpError(Exception):
    """Nobody waits any more for what is being made."""


class GoneError(Exception):
    """Who asked has gone away; nothing that is answered arrives."""


@dataclass(slots=True, eq=False)
class _Listener:
    """Who listens, and how many stages they have heard."""

    listen: Listen
    heard: int = 0


class Work:
    """One thing that is made in a thread of a gate.

    Args:
        gate: where it is made.
        make: makes it, and tells its stages; a stage that is told when nobody waits ends it.
        done: called when it is made, has failed or was given up.
    """

    def __init__(
        self,
        gate: Gate,
        make: Callable[[Reached], Made | None],
        *,
        done: Callable[[Work], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._nobody_waits = threading.Event()
        self._waiting = 0
        self._told: list[tuple[Stage, int]] = []
        self._listeners: list[_Listener] = []
        self._task = asyncio.create_task(gate.run(make, self._reached))
        self._task.add_done_callback(lambda _: done(self))

    @property
    def is_given_up(self) -> bool:
        """Whether it ends without a result, so that who comes now must begin again."""
        return self._nobody_waits.is_set()

    async def result(self, listen: Listen | None = None) -> Made | None:
        """Wait for it. Raises what making it raises."""
        self._waiting += 1
        listener = None if listen is None else _Listener(listen)
        if listener is not None:
            self._listeners.append(listener)
            self._tell()
        try:
            # shielded, as a reader who goes away takes nothing from the others
            return await asyncio.shield(self._task)
        finally:
            self._waiting -= 1
            if listener is not None:
                self._listeners.remove(listener)
            if not self._waiting and not self._task.done():
                self._nobody_waits.set()
                # what has not begun never does; what runs ends at its next stage
                self._task.cancel()

    def _reached(self, stage: Stage, count: int) -> None:
        """In the thread that makes it."""
        if self._nobody_waits.is_set():
            raise GivenUpError
        self._told.append((stage, count))
        # the loop is woken only for who listens: each time, the thread that works must wait
        if self._listeners and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            told = self._told[listener.heard :]
            listener.heard += len(told)
            for stage, count in told:
                listener.listen(stage, count)


async def while_here(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """The result of `work`, which is cancelled when who asked goes away.

    Raises:
        GoneError: they did.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(gone(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise GoneError
    finally:
        leaving.cancel()
        working.cancel()


async def gone(request: Request) -> None:
    """Wait until who asked goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
