"""Asking a server politely: paced, patient, within limits; what it gave is checked and whole."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2

from curbside import __version__
from curbside.errors import FeedError
from curbside.ingest.feeds.answers import Check, Unexpected
from curbside.ingest.feeds.cursor import write_whole
from curbside.ingest.xml import shorten

_T = TypeVar("_T")

__all__ = ["AbsentError", "Clock", "Fetcher", "Pace", "Request", "masked"]

_URL_MAX: Final = 2_000
"""Characters of an address; what is longer is sent as the body of a POST. NCBI asks for that
above some hundred ids."""
_SECRETS: Final = frozenset({"api_key"})
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which the same question may be asked again; 4xx say that the question is wrong."""
_ABSENT: Final = frozenset({404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REDIRECTS_MAX: Final = 5
_ATTEMPTS: Final = 5
_BACKOFF_S: Final = 1.0
_BACKOFF_MAX_S: Final = 60.0
_RETRY_AFTER_MAX_S: Final = 600.0
"""A server that asks for a longer pause than this is left alone until the next run."""
_TIMEOUT_S: Final = 60.0
_ANSWER_TIME_S: Final = 600.0
"""For a whole answer: one that comes byte by byte is never silent and never ends."""
_ANSWER_MAX: Final = 256 << 20
_FILE_MAX: Final = 4 << 30
_VALIDATORS: Final = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


class AbsentError(FeedError):
    """The server has no such thing (404, 410)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that no test has to wait for either.

    `now` is the time in seconds since 1970, `monotonic` never goes back, `chance` is drawn from
    [0, 1).
    """

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a server: an address and its parameters.

    `may_post` says that the server takes them as the body of a POST too, where they are many.
    """

    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    may_post: bool = False

    @property
    def address(self) -> str:
        """The whole address, as a GET asks it."""
        query = _encoded(self.parameters)
        return f"{self.url}?{query}" if query else self.url

    @property
    def is_post(self) -> bool:
        """Whether it is too long for an address."""
        return self.may_post and len(self.address) > _URL_MAX


def masked(request: Request) -> str:
    """The request for people to read, with no secret in it."""
    shown = tuple((k, "***" if k in _SECRETS else v) for k, v in request.parameters)
    plain = replace(request, parameters=shown)
    if request.is_post:
        return f"POST {request.url} with {_encoded(shown)}"
    return f"GET {plain.address}"


@dataclass(slots=True)
class Pace:
    """When each server was asked last: feeds that ask the same one share its patience."""

    clock: Clock
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str, interval_s: float) -> None:
        """Wait until this server may be asked again, `interval_s` after the last time."""
        now = self.clock.monotonic()
        due = self._next.get(host, now)
        if due > now:
            self.clock.sleep(due - now)
        self._next[host] = max(now, due) + interval_s


class Fetcher:
    """Asks for one feed.

    Args:
        contact: an address that the servers' people may write to; None to name none.
        tool: what asks, as the servers' people see it.
        interval_s: the least time between two requests to one server.
        cache: the folder that keeps answers with their validators; None keeps none.
        pace: shared by all feeds of a run, with time and chance.
        timeout_s: how long a server may be silent.
        attempts: how often a request is made before it is given up.
    """

    def __init__(
        self,
        *,
        contact: str | None,
        interval_s: float,
        cache: Path | None,
        pace: Pace,
        tool: str = "curbside",
        timeout_s: float = _TIMEOUT_S,
        attempts: int = _ATTEMPTS,
        answer_max: int = _ANSWER_MAX,
    ) -> None:
        about = "; ".join(part for part in (tool, contact) if part)
        self._client = httpx2.Client(
            headers={"User-Agent": f"curbside/{__version__} ({about})"},
            timeout=timeout_s,
            follow_redirects=False,
        )
        self._interval_s = interval_s
        self._cache = cache
        self._pace = pace
        self._clock = pace.clock
        self._attempts = attempts
        self._answer_max = answer_max

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def fetch(self, request: Request, check: Check) -> bytes:
        """Ask, and give the answer once it has passed the check.

        An answer kept from before is asked for with its validators, and taken where the server
        says that it still holds.

        Raises:
            FeedError: no such answer after all attempts; it names the request, masked, and why.
        """

        def once() -> bytes:
            kept = self._kept(request)
            with self._ask(request, kept.validators if kept else {}) as response:
                if response.status_code == httpx2.codes.NOT_MODIFIED and kept:
                    return kept.data
                chunks = _limited(response.iter_bytes(), self._answer_max)
                data = b"".join(self._in_time(chunks))
                check(data)
                self._keep(request, response, data)
                return data

        return self._patiently(request, once)

    def download(self, request: Request, to: Path, *, md5: str) -> None:
        """Fetch a file with this MD5 checksum, whole or not at all.

        Raises FeedError as `fetch` does, and where the checksum is another.
        """
        part = to.with_name(f".{to.name}.part")

        def once() -> None:
            digest = hashlib.md5(usedforsecurity=False)
            with self._ask(request, {}) as response, part.open("wb") as stream:
                # raw: the file is packed itself and stays so
                for chunk in _limited(response.iter_raw(), _FILE_MAX):
                    digest.update(chunk)
                    stream.write(chunk)
            if digest.hexdigest() != md5:
                reason = f"expected the MD5 checksum {md5}, found {digest.hexdigest()}"
                raise Unexpected(reason, is_passing=True)
            part.replace(to)

        try:
            self._patiently(request, once)
        finally:
            part.unlink(missing_ok=True)

    def _patiently(self, request: Request, once: Callable[[], _T]) -> _T:
        for attempt in range(1, self._attempts + 1):
            self._pace.wait(urlsplit(request.url).netloc, self._interval_s)
            try:
                return once()
            except (Unexpected, _Refused, httpx2.TransportError, httpx2.DecodingError) as error:
                fault = _fault_of(error)
            except OSError as error:
                raise FeedError(f"{masked(request)}: cannot be kept: {error}") from error
            self._give_up_unless_passing(request, fault)
            if attempt < self._attempts:
                pause_s = self._backoff_s(attempt) if fault.pause_s is None else fault.pause_s
                self._clock.sleep(pause_s)
        raise FeedError(f"{masked(request)}: {fault.reason}; given up after {attempt} attempts")

    def _give_up_unless_passing(self, request: Request, fault: _Fault) -> None:
        what = f"{masked(request)}: {fault.reason}"
        if fault.status in _ABSENT:
            raise AbsentError(what)
        if not fault.is_passing:
            raise FeedError(what)
        if fault.pause_s is not None and fault.pause_s > _RETRY_AFTER_MAX_S:
            raise FeedError(f"{what}; the server asks for {fault.pause_s:,.0f} s, sync again then")

    def _backoff_s(self, attempt: int) -> float:
        """Twice as long each time; spread, so that many clients do not come back at once."""
        longest = min(_BACKOFF_MAX_S, _BACKOFF_S * 2.0 ** (attempt - 1))
        return longest * (0.5 + self._clock.chance() / 2)

    @contextmanager
    def _ask(self, request: Request, validators: Mapping[str, str]) -> Iterator[httpx2.Response]:
        """One request, redirects of the same server followed; no other answer than 200 or 304."""
        url = httpx2.URL(request.url if request.is_post else request.address)
        for _ in range(_REDIRECTS_MAX + 1):
            with self._send(url, request, validators) as response:
                if response.status_code not in _REDIRECTS:
                    self._accept(response, validators)
                    yield response
                    return
                url = _redirected(url, response)
        raise Unexpected(f"redirected more than {_REDIRECTS_MAX} times", is_passing=False)

    @contextmanager
    def _send(
        self, url: httpx2.URL, request: Request, validators: Mapping[str, str]
    ) -> Iterator[httpx2.Response]:
        headers = dict(validators)
        if request.is_post:
            data = dict(request.parameters)
            with self._client.stream("POST", url, data=data, headers=headers) as response:
                yield response
        else:
            with self._client.stream("GET", url, headers=headers) as response:
                yield response

    def _in_time(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        end = self._clock.monotonic() + _ANSWER_TIME_S
        for chunk in chunks:
            if self._clock.monotonic() > end:
                reason = f"expected an answer within {_ANSWER_TIME_S:.0f} s, found it still coming"
                raise Unexpected(reason, is_passing=True)
            yield chunk

    def _accept(self, response: httpx2.Response, validators: Mapping[str, str]) -> None:
        status = response.status_code
        if status == httpx2.codes.OK or (status == httpx2.codes.NOT_MODIFIED and validators):
            return
        raise _Refused(
            f"the server answered {status} {response.reason_phrase}".rstrip(),
            status=status,
            pause_s=_pause_s(response.headers.get("Retry-After"), self._clock.now()),
        )

    def _kept(self, request: Request) -> _Kept | None:
        """What was kept of this request; None where there is nothing, or not all of it."""
        if self._cache is None or request.is_post:
            return None
        path = self._cache / _name_of(request)
        try:
            about = json.loads(path.with_suffix(".json").read_bytes())
            data = path.with_suffix(".body").read_bytes()
            if hashlib.sha256(data).hexdigest() != about["sha256"]:
                return None
            return _Kept(data, {str(k): str(v) for k, v in about["validators"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # a cache may be deleted, cut off or of another version: ask without it
            return None

    def _keep(self, request: Request, response: httpx2.Response, data: bytes) -> None:
        if self._cache is None or request.is_post:
            return
        validators = {
            condition: response.headers[validator]
            for validator, condition in _VALIDATORS.items()
            if validator in response.headers
        }
        if not validators or "no-store" in response.headers.get("Cache-Control", ""):
            return
        path = self._cache / _name_of(request)
        about = {
            "request": masked(request),
            "sha256": hashlib.sha256(data).hexdigest(),
            "validators": validators,
        }
        write_whole(path.with_suffix(".body"), data)
        write_whole(path.with_suffix(".json"), json.dumps(about, indent=1).encode())


@dataclass(frozen=True, slots=True)
class _Kept:
    data: bytes
    validators: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a request failed, whether it may pass, and the pause that the server asks for."""

    reason: str
    is_passing: bool
    status: int | None = None
    pause_s: float | None = None


class _Refused(Exception):  # noqa: N818  (never leaves the fetcher)
    """The server answered with a status that is no answer."""

    def __init__(self, reason: str, *, status: int, pause_s: float | None) -> None:
        super().__init__(reason)
        self.status = status
        self.pause_s = pause_s


def _encoded(parameters: tuple[tuple[str, str], ...]) -> str:
    # commas and slashes may stand in a query (RFC 3986, 3.4) and are read more easily so
    return urlencode(parameters, safe=",/*")


def _fault_of(error: Exception) -> _Fault:
    if isinstance(error, Unexpected):
        return _Fault(str(error), error.is_passing)
    if isinstance(error, _Refused):
        return _Fault(str(error), error.status in _PASSING, error.status, error.pause_s)
    # refused, cut off, too slow, too short: httpx2 counts the bytes that were promised
    return _Fault(f"{type(error).__name__}: {str(error) or 'no answer in time'}", is_passing=True)


def _name_of(request: Request) -> str:
    """The file that keeps the answer. The secret is no part of it: another key, same answer."""
    return hashlib.sha256(masked(request).encode()).hexdigest()[:32]


def _redirected(url: httpx2.URL, response: httpx2.Response) -> httpx2.URL:
    location = response.headers.get("Location", "")
    try:
        target = url.join(location)
    except httpx2.InvalidURL:
        target = httpx2.URL("")
    is_upgrade = url.scheme == "http" and target.scheme == "https"
    if target.host != url.host or not (target.scheme == url.scheme or is_upgrade):
        raise Unexpected(
            f"redirected to {shorten(location)!r}, which is another server or not https",
            is_passing=False,
        )
    return target


def _pause_s(retry_after: str | None, now: float) -> float | None:
    """How long a server asks to be left alone: in seconds, or until a date (RFC 9110, 10.2.3)."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _limited(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Unexpected(f"expected at most {most:,} bytes, found more", is_passing=False)
        yield chunk
