"""What stands before every request: who may ask, how much may be sent, and what every response
says to a browser; each request is counted and logged here, without the question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curbside.interfaces.server.log import LOG, told_of
from curbside.interfaces.server.metrics import Metrics
from curbside.interfaces.web.asking import ASKING

_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    # not "no-referrer", with which a browser calls its own forms' origin "null"
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a request may be: `hosts` are the names that this server goes by (None: any), and
    `body` is the most bytes that a request may send to an address that takes files (`uploads`);
    a form anywhere else is held to `form`."""

    hosts: frozenset[str] | None
    body: int
    form: int
    uploads: frozenset[str]

    def most(self, path: str) -> int:
        """The most bytes that may be sent to an address."""
        return self.body if path in self.uploads else min(self.form, self.body)


class Guard:
    """Wraps the application. A request that is refused never reaches it.

    Args:
        app: the application.
        bounds: what a request may be.
        busy: what a request is told at once for which there is no room; None where there is.
        metrics: where requests are counted.
        now: tells the time.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        bounds: Bounds,
        busy: Callable[[Scope], Response | None],
        metrics: Metrics,
        now: Callable[[], str],
    ) -> None:
        self._app = app
        self._busy = busy
        self._bounds = bounds
        self._metrics = metrics
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        status = 500
        is_begun = False

        async def told(message: Message) -> None:
            nonlocal status, is_begun
            if message["type"] == "http.response.start":
                status, is_begun = message["status"], True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            most = self._bounds.most(scope["path"])
            refusal = self._refusal(Headers(scope=scope), scope["method"], most) or self._busy(
                scope
            )
            if refusal is not None:
                await refusal(scope, receive, told)
            else:
                await self._app(scope, _bounded(receive, most), told)
        except Exception as error:  # noqa: BLE001  (the one place: a request may end in no traceback)
            LOG.error(self._line(scope, 500, begun, error=told_of(error)))
            if not is_begun:
                await PlainTextResponse(
                    "internal error; the log of the server says more\n", status_code=500
                )(scope, receive, told)
        seconds = perf_counter() - begun
        self._metrics.count(_place(scope), _method(scope), status, seconds)
        LOG.info(self._line(scope, status, begun))

    def _refusal(self, headers: Headers, method: str, most: int) -> Response | None:
        host = _name(headers.get("host", ""))
        if self._bounds.hosts is not None and host not in self._bounds.hosts:
            return PlainTextResponse(
                "expected the address that `curbside serve` printed\n", status_code=421
            )
        if method not in _SAFE and _is_from_elsewhere(headers):
            return PlainTextResponse("expected a form of this site\n", status_code=403)
        if method in _SAFE and _is_loaded_elsewhere(headers):
            return PlainTextResponse("expected a link to this site\n", status_code=403)
        length = headers.get("content-length", "0")
        if len(length) > _DIGITS or not length.isdecimal() or int(length) > most:
            return PlainTextResponse(f"expected at most {most:,} bytes\n", status_code=413)
        return None

    def _line(self, scope: Scope, status: int, begun: float, **more: str) -> str:
        return json.dumps(
            {
                "at": self._now(),
                "method": _method(scope),
                # the pattern and not the address, which is the question
                "route": _place(scope),
                "status": status,
                "ms": round((perf_counter() - begun) * 1000, 1),
                **more,
            },
            ensure_ascii=True,
        )


class TooLargeError(Exception):
    """More was sent than may be."""


def _bounded(receive: Receive, most: int) -> Receive:
    """Reads no more than `most` bytes of a body whose length was not said or not true."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError(f"expected at most {most:,} bytes")
        return message

    return bounded


def _is_from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site made a browser send this; what is no browser says neither."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _is_loaded_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site loads this one into itself, as a picture or a frame: with a
    link, which opens it in its own window, a reader comes from elsewhere; so nobody is made to
    ask. https://www.w3.org/TR/fetch-metadata/, by browsers that say it."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    is_opened = headers.get("sec-fetch-mode") == "navigate"
    return not is_opened or headers.get("sec-fetch-dest", "document") != "document"


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _method(scope: Scope) -> str:
    """The method, of those that have a name: a client can make up any number of others."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _place(scope: Scope) -> str:
    """The pattern of the address, which names no question."""
    if scope["path"] in ASKING:
        # told that there is no room before its pattern was looked for
        return str(scope["path"])
    return str(getattr(scope.get("route"), "path", "other"))
