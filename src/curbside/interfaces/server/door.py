"""The door of a server: shut while its library is being opened, and for who comes after it was
told to stop, while those inside are served to the end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from threading import Timer
from time import monotonic
from types import FrameType
from typing import Final

import uvicorn
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curbside.interfaces.server.guard import HEADERS
from curbside.interfaces.server.log import LOG

_OPENING: Final = "the library is being opened"
_CLOSING: Final = "the server is being stopped"
LEFT_S: Final = 2.0
"""Seconds after the limit in which what runs in threads may still end."""
_FAILED: Final = 1


class Door:
    """Wraps an application that is made while the server runs already.

    Args:
        opening: makes the application; called in a thread.
        opened: called once it takes requests.
    """

    def __init__(self, opening: Callable[[], ASGIApp], *, opened: Callable[[], None]) -> None:
        self._opening = opening
        self._opened = opened
        self._app: ASGIApp | None = None
        self._is_closing = False
        self.inside = 0
        """Requests that are being answered."""
        self.error: Exception | None = None
        """Why it could not be opened."""

    @property
    def is_open(self) -> bool:
        """Whether requests are let in."""
        return self._app is not None and not self._is_closing

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closing = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        app = self._app
        if app is None or self._is_closing:
            await self._refusal(str(scope["path"]))(scope, receive, send)
            return
        self.inside += 1
        try:
            await app(scope, receive, send)
        finally:
            self.inside -= 1

    def _refusal(self, path: str) -> Response:
        if path == "/healthz":
            return PlainTextResponse("ok\n", headers=HEADERS)
        reason = _CLOSING if self._is_closing else _OPENING
        headers = {**HEADERS, "Retry-After": "2", "Cache-Control": "no-store"}
        if path == "/readyz":
            told = {"ready": False, "reason": reason}
            return JSONResponse(told, status_code=503, headers=headers)
        text = f"{reason}; load this page again in a moment\n"
        return PlainTextResponse(text, status_code=503, headers=headers)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        inner = _Life(scope)
        entering = asyncio.create_task(self._enter(inner))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._app is None:
            entering.cancel()
        else:
            await inner.told("shutdown")
        await send({"type": "lifespan.shutdown.complete"})

    async def _enter(self, inner: _Life) -> None:
        try:
            app = await asyncio.to_thread(self._opening)
            await inner.begin(app)
        except Exception as error:  # noqa: BLE001  (raised again by who runs the server)
            self.error = error
            return
        self._app = app
        self._opened()


class _Life:
    """The life of the application inside, as ASGI tells it to one."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._in: asyncio.Queue[Message] = asyncio.Queue()
        self._out: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, app: ASGIApp) -> None:
        async def live() -> None:
            await app(dict(self._scope), self._in.get, self._out.put)

        self._task = asyncio.create_task(live())
        await self.told("startup")

    async def told(self, what: str) -> None:
        await self._in.put({"type": f"lifespan.{what}"})
        answer = await self._out.get()
        if answer["type"] == f"lifespan.{what}.failed":
            raise RuntimeError(f"the server could not end its {what}")


class Server(uvicorn.Server):
    """A server that, told to stop, first lets those inside its door be served.

    Args:
        config: of uvicorn.
        door: the application.
        limit_s: seconds after which it stops whoever is inside. A second signal stops it at once.
    """

    def __init__(self, config: uvicorn.Config, door: Door, *, limit_s: float) -> None:
        super().__init__(config)
        self._door = door
        self._limit_s = limit_s
        self._told_by: tuple[int, FrameType | None] | None = None
        self._until = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: the first closes the door, the second ends the server at once."""
        if not self._door.is_open:
            if self._told_by is None and not self.should_exit:
                # nobody is inside yet; what is killed while it is opened is opened the next time
                signal.signal(sig, signal.SIG_DFL)
                signal.raise_signal(sig)
            self._told_by = None
            super().handle_exit(sig, frame)
            return
        self._door.close()
        self._told_by = (sig, frame)
        self._until = monotonic() + self._limit_s
        # a thread cannot be stopped; nothing is lost by ending here, as every write is whole
        last = Timer(self._limit_s + LEFT_S, _end_here)
        last.daemon = True
        last.start()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether the server ends now."""
        if self._door.error is not None:
            return True
        if self._told_by is not None:
            inside = self._door.inside
            if not inside or monotonic() >= self._until:
                if inside:
                    LOG.warning("stopped while %d requests were being answered", inside)
                sig, frame = self._told_by
                self._told_by = None
                super().handle_exit(sig, frame)
        return await super().on_tick(counter)


def _end_here() -> None:
    LOG.error("ended while work was running; it is done again at the next start")
    os._exit(_FAILED)
