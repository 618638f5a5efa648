"""A language model behind an OpenAI-compatible endpoint (Ollama, vLLM, llama.cpp, hosted).

The server is trusted with nothing: not to answer, to end, to keep to its protocol, or to be brief.
No error holds words that it sent, as errors are shown on the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from threading import Event
from typing import Final
from urllib.parse import urlsplit

import httpx2

from curbside import __version__
from curbside.codec.drafts import drafts_schema
from curbside.codec.records import Json
from curbside.errors import GeneratorError
from curbside.models.task import Request, drafts_of, messages_of
from curbside.models.within import within
from curbside.records import Drafted, Offered, Question

_RAW_MAX: Final = 1 << 21
"""Bytes of a whole answer: an event of some hundred bytes carries one token."""
_LINE_MAX: Final = 1 << 16
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CONNECT_S: Final = 2.0
"""A host that is there answers at once, however long its model takes to write."""
_UNKNOWN_OPTION: Final = frozenset({400, 422, 500, 501})
"""What servers answer that do not know `response_format`, or this form of it. (500 is that of
llama-cpp-python.)"""


class ChatModel:
    """One model at one endpoint; keeps the protocol `Generator`.

    Args:
        url: the base address, as clients of OpenAI's interface take it ("http://…/v1").
        model: the name by which the server knows it.
        api_key: sent as a bearer token; None sends none.
        timeout_s: for the whole answer, from asking to its end.
        sending: told of every request before it leaves.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        api_key: str | None = None,
        timeout_s: float,
        sending: Callable[[Request], None] = lambda _: None,
    ) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._sending = sending

    @property
    def name(self) -> str:
        """The model and the host that it runs on."""
        return f"{self._model} at {urlsplit(self._url).netloc.rpartition('@')[2]}"

    def request(self, question: Question, offered: Sequence[Offered]) -> Request:
        """What `generate` sends first."""
        return self._requests(question, offered)[0]

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Ask, and yield the drafts as they come; see `Generator`."""
        requests = self._requests(question, offered)
        with closing(within(self._timeout_s, lambda over: self._pieces(requests, over))) as pieces:
            yield from drafts_of(pieces)

    def _requests(self, question: Question, offered: Sequence[Offered]) -> tuple[Request, ...]:
        """The request with the schema as OpenAI has it; for servers that refuse that, as llama.cpp
        has it; and with nothing but what every server knows."""
        ids = tuple(item.evidence_id for item in offered)
        schema = drafts_schema(ids)
        bare: dict[str, Json] = {
            "model": self._model,
            "stream": True,
            "messages": messages_of(question, offered),
        }
        strict: dict[str, Json] = {"name": "claims", "strict": True, "schema": schema}
        forms: tuple[dict[str, Json], ...] = (
            {"type": "json_schema", "json_schema": strict},
            {"type": "json_object", "schema": schema},
        )
        bodies = (*({**bare, "temperature": 0, "response_format": form} for form in forms), bare)
        key = "\nAuthorization: Bearer ***" if self._api_key else ""
        head = f"POST {self._url}\nContent-Type: application/json{key}"
        host = urlsplit(self._url).netloc
        return tuple(Request(host, head, body, len(ids)) for body in bodies)

    def _pieces(self, requests: Sequence[Request], over: Event) -> Iterator[str]:
        headers = {
            "User-Agent": f"curbside/{__version__}",
            "Content-Type": "application/json",
            # what is not packed cannot unpack to more than was counted
            "Accept-Encoding": "identity",
        }
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        # no proxy of the environment: what leaves goes to the host that was named, and to no other
        timeout = httpx2.Timeout(self._timeout_s, connect=min(self._timeout_s, _CONNECT_S))
        client = httpx2.Client(
            headers=headers, timeout=timeout, follow_redirects=False, trust_env=False
        )
        try:
            with client:
                yield from self._ask(client, requests, over)
        except httpx2.ConnectError as error:
            raise GeneratorError(f"it cannot be reached: {error}") from error
        except (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL) as error:
            # not its text, which may hold what the server sent
            raise GeneratorError(f"the connection failed ({type(error).__name__})") from error

    def _ask(
        self, client: httpx2.Client, requests: Sequence[Request], over: Event
    ) -> Iterator[str]:
        *others, last = requests
        for each in others:
            with self._sent(client, each) as response:
                if response.status_code not in _UNKNOWN_OPTION:
                    yield from _content(response, over)
                    return
        with self._sent(client, last) as response:
            yield from _content(response, over)

    def _sent(
        self, client: httpx2.Client, request: Request
    ) -> AbstractContextManager[httpx2.Response]:
        self._sending(request)
        return client.stream("POST", self._url, content=request.data)


def _content(response: httpx2.Response, over: Event) -> Iterator[str]:
    """What the model wrote, from a stream of events or from one JSON object."""
    _accept(response)
    lines = _lines(response, over)
    if not _is_stream(response):
        yield _message(b"\n".join(lines))
        return
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            return
        piece, is_last = _delta(data)
        if piece:
            yield piece
        if is_last:
            return
    raise GeneratorError("the connection ended before the answer did")


def _is_stream(response: httpx2.Response) -> bool:
    return "event-stream" in response.headers.get("Content-Type", "").lower()


def _accept(response: httpx2.Response) -> None:
    status = response.status_code
    if status in _REDIRECTS:
        raise GeneratorError(f"it redirected elsewhere ({status}), which is not followed")
    if status != httpx2.codes.OK:
        # the phrase that belongs to the code, not the one that the server wrote
        told = httpx2.codes.get_reason_phrase(status)
        raise GeneratorError(f"it answered {status} {told}".rstrip())
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise GeneratorError("its answer is packed, which was not asked for")


def _lines(response: httpx2.Response, over: Event) -> Iterator[bytes]:
    held, size = b"", 0
    is_stream = _is_stream(response)
    for chunk in response.iter_raw():
        size += len(chunk)
        if over.is_set():
            return
        if size > _RAW_MAX:
            raise GeneratorError(f"its answer is longer than {_RAW_MAX:,} bytes")
        *whole, held = (held + chunk).split(b"\n")
        if is_stream and any(len(line) > _LINE_MAX for line in (*whole, held)):
            raise GeneratorError(f"a line of its answer is longer than {_LINE_MAX:,} bytes")
        yield from whole
    if held:
        yield held


def _delta(data: bytes) -> tuple[str, bool]:
    choice = _choice(data)
    delta = choice.get("delta") if choice else None
    piece = delta.get("content") if isinstance(delta, dict) else None
    is_last = bool(choice) and choice.get("finish_reason") is not None
    return (piece if isinstance(piece, str) else ""), is_last


def _message(data: bytes) -> str:
    message = _choice(data).get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, str):
        raise GeneratorError("its answer holds no message")
    return content


def _choice(data: bytes) -> dict[str, object]:
    """The first choice of one JSON object of the protocol; empty where it holds none."""
    try:
        held = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GeneratorError("it does not keep to the protocol: expected JSON") from error
    if not isinstance(held, dict):
        raise GeneratorError("it does not keep to the protocol: expected an object")
    if held.get("error") is not None:
        raise GeneratorError("it reported an error")
    choices = held.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}
