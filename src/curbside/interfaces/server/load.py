"""How a server behaves under load: the figures behind `curbside bench load`.

Requests are sent when their time has come, whether or not those before were answered, and each is
timed from when it should have been sent: a server that is slow for a while is not asked less.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from curbside.errors import InputError
from curbside.interfaces.timing import Latency, summarise

_CONNECTIONS: Final = 256
_OF_A_BROWSER: Final = 6
"""Connections that a browser opens to one server."""
_FILE: Final = re.compile(rb'(?:href|src)="(/static/[^"]+)"')
_TIMEOUT_S: Final = 30.0
_REFUSED: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Load:
    """What came of sending `sent` requests in `seconds`.

    `served` ended in a page, `refused` in 429 or 503, `failed` in anything else. The times are
    those of what was served, in milliseconds; None where nothing was.
    """

    sent: int
    seconds: float
    served: int
    refused: int
    failed: int
    p50_ms: float | None
    p95_ms: float | None

    @property
    def served_per_s(self) -> float:
        """Pages a second."""
        return self.served / self.seconds


@dataclass(frozen=True, slots=True)
class Opening:
    """How a page opens for who was never here: the bytes of it and of the files that it loads, as
    they are sent; when its first byte is here, and when all of it is."""

    size: int
    files: int
    first_byte: Latency
    whole: Latency


@contextmanager
def server(home: Path) -> Iterator[str]:
    """A server of its own process over the library of `home`; gives its address.

    Raises InputError, with what it said, where it does not start.
    """
    command = [sys.executable, "-m", "curbside", "serve", "--port", "0", "--home", str(home)]
    # this very program
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("Curbside serves "):
                raise InputError(f"expected a server; it said {line.strip()!r}")
            yield line.split()[2].rstrip("/")
        finally:
            process.terminate()


def each_once(address: str, paths: Iterable[str], *, at_once: int) -> Load:
    """Send every request once, `at_once` at a time."""
    return asyncio.run(_each_once(address, iter(paths), at_once))


def opening(address: str, path: str, *, times: int) -> Opening:
    """Open a page again and again as a browser with nothing kept does: on new connections, and the
    files that it names once it is here."""
    return asyncio.run(_opening(address, path, times))


def at_rate(address: str, paths: Iterator[str], *, rate: float, seconds: float) -> Load:
    """Send `rate` requests a second for some seconds; a redirect is followed."""
    return asyncio.run(_at_rate(address, paths, rate, seconds))


def at_capacity(address: str, paths: Iterator[str], *, at_once: int, seconds: float) -> Load:
    """Send the next request as soon as one is answered, `at_once` at a time."""
    return asyncio.run(_at_capacity(address, paths, at_once, seconds))


async def _at_rate(address: str, paths: Iterator[str], rate: float, seconds: float) -> Load:
    outcomes: list[tuple[int, float]] = []
    async with _Client(address) as client:
        begun = perf_counter()
        tasks = []
        for number in range(round(rate * seconds)):
            due = begun + number / rate
            if (wait := due - perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(_send(client, next(paths), due, outcomes)))
        await asyncio.gather(*tasks)
    return _summed(outcomes, perf_counter() - begun)


async def _at_capacity(address: str, paths: Iterator[str], at_once: int, seconds: float) -> Load:
    outcomes: list[tuple[int, float]] = []
    async with _Client(address) as client:
        begun = perf_counter()

        async def keep_on() -> None:
            while (now := perf_counter()) - begun < seconds:
                await _send(client, next(paths), now, outcomes)

        await asyncio.gather(*(keep_on() for _ in range(at_once)))
    return _summed(outcomes, perf_counter() - begun)


async def _each_once(address: str, paths: Iterator[str], at_once: int) -> Load:
    outcomes: list[tuple[int, float]] = []
    async with _Client(address) as client:
        begun = perf_counter()

        async def go_on() -> None:
            for path in paths:
                await _send(client, path, perf_counter(), outcomes)

        await asyncio.gather(*(go_on() for _ in range(at_once)))
    return _summed(outcomes, perf_counter() - begun)


async def _opening(address: str, path: str, times: int) -> Opening:
    first: list[float] = []
    whole: list[float] = []
    sizes: list[int] = []
    for _ in range(times):
        async with _Client(address, connections=_OF_A_BROWSER) as client:
            begun = perf_counter()
            page = await client.fetch(path)
            if page.status != 200:
                raise InputError(f"expected a page at {path}; found status {page.status}")
            named = dict.fromkeys(name.decode() for name in _FILE.findall(_unpacked(page)))
            files = await asyncio.gather(*(client.fetch(name) for name in named))
            whole.append((perf_counter() - begun) * 1000)
        first.append((page.begun_at - begun) * 1000)
        sizes = [len(each.body) for each in (page, *files)]
    return Opening(sum(sizes), len(sizes), summarise(first), summarise(whole))


def _unpacked(reply: _Reply) -> bytes:
    return gzip.decompress(reply.body) if reply.headers.get("content-encoding") else reply.body


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer to one request; `begun_at` is when its first byte was here."""

    status: int
    headers: dict[str, str]
    body: bytes
    begun_at: float


class _Client:
    """The least that asks and reads: what a client does beyond it is taken from the server, which
    has the same cores."""

    def __init__(self, address: str, *, connections: int = _CONNECTIONS) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(connections)

    async def get(self, path: str) -> int:
        """The status at the end of a path, redirects followed; the body is read as it comes."""
        while (reply := await self.fetch(path)).status == 303:
            path = reply.headers["location"]
        return reply.status

    async def fetch(self, path: str) -> _Reply:
        """What is answered to one request."""
        async with self._room:
            if (idle := self._kept()) is not None:
                try:
                    return await self._ask(path, *idle)
                except (ConnectionError, asyncio.IncompleteReadError) as error:
                    idle[1].close()
                    if isinstance(error, asyncio.IncompleteReadError) and error.partial:
                        raise
                    # a server may close a connection that is idle just when it is used again;
                    # nothing was answered, and to read is safe to ask again (RFC 9112, 9.3.1)
            return await self._ask(path, *await asyncio.open_connection(self._host, self._port))

    async def __aenter__(self) -> _Client:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for _, writer in self._idle:
            writer.close()
        closing = (writer.wait_closed() for _, writer in self._idle)
        await asyncio.gather(*closing, return_exceptions=True)

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection that was used before and is still open."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _ask(
        self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> _Reply:
        request = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        begun_at = perf_counter()
        first, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self._idle.append((reader, writer))
        return _Reply(int(first.split()[1]), headers, body, begun_at)


async def _send(client: _Client, path: str, due: float, outcomes: list[tuple[int, float]]) -> None:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            status = await client.get(path)
    except (OSError, EOFError, TimeoutError, ValueError):
        # nothing, or no whole answer, came back
        status = 0
    outcomes.append((status, (perf_counter() - due) * 1000))


def _summed(outcomes: list[tuple[int, float]], seconds: float) -> Load:
    statuses = Counter(status for status, _ in outcomes)
    times = [ms for status, ms in outcomes if status == 200]
    told = summarise(times) if times else None
    refused = sum(statuses[status] for status in _REFUSED)
    return Load(
        sent=len(outcomes),
        seconds=seconds,
        served=statuses[200],
        refused=refused,
        failed=len(outcomes) - statuses[200] - refused,
        p50_ms=told.p50_ms if told else None,
        p95_ms=told.p95_ms if told else None,
    )
