"""How a server behaves under load: the figures behind `curbside bench load`.

Requests are sent when their time has come, whether or not those before were answered, and each is
timed from when it should have been sent: a server that is slow for a while is not asked less.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from curbside.errors import InputError
from curbside.evaluate.latency import summarise

_CONNECTIONS: Final = 256
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


def at_rate(address: str, paths: Iterator[str], *, rate: float, seconds: float) -> Load:
    """Send `rate` requests a second for some seconds; a redirect is followed."""
    return asyncio.run(_at_rate(address, paths, rate, seconds))


def at_capacity(address: str, paths: Iterator[str], *, at_once: int, seconds: float) -> Load:
    """Send the next request as soon as one is answered, `at_once` at a time."""
    return asyncio.run(_at_capacity(address, paths, at_once, seconds))


async def _at_rate(address: str, paths: Iterator[str], rate: float, seconds: float) -> Load:
    outcomes: list[tuple[int, float]] = []
    client = _Client(address)
    begun = perf_counter()
    tasks = []
    for number in range(round(rate * seconds)):
        due = begun + number / rate
        if (wait := due - perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(_send(client, next(paths), due, outcomes)))
    await asyncio.gather(*tasks)
    client.close()
    return _summed(outcomes, perf_counter() - begun)


async def _at_capacity(address: str, paths: Iterator[str], at_once: int, seconds: float) -> Load:
    outcomes: list[tuple[int, float]] = []
    client = _Client(address)
    begun = perf_counter()

    async def keep_on() -> None:
        while (now := perf_counter()) - begun < seconds:
            await _send(client, next(paths), now, outcomes)

    await asyncio.gather(*(keep_on() for _ in range(at_once)))
    client.close()
    return _summed(outcomes, perf_counter() - begun)


class _Client:
    """The least that asks and reads: what a client does beyond it is taken from the server, which
    has the same cores."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(_CONNECTIONS)

    async def get(self, path: str) -> int:
        """The status at the end of a path, redirects followed; the body is read as it comes."""
        async with self._room:
            while True:
                status, headers = await self._ask(path)
                if status != 303:
                    return status
                path = headers["location"]

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()

    async def _ask(self, path: str) -> tuple[int, dict[str, str]]:
        while self._idle and self._idle[-1][0].at_eof():
            # the server let go of it
            self._idle.pop()[1].close()
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        request = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: gzip\r\n\r\n"
        writer.write(request.encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        await reader.readexactly(int(headers["content-length"]))
        self._idle.append((reader, writer))
        return int(first.split()[1]), headers


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
