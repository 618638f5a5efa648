"""An OpenAI-compatible server on this machine that says what a test tells it to, byte for byte, so
that it can keep the protocol or break it anywhere."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
"""The head of an answer that ends when the connection does."""


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Connection:
    """What a script sends through; `over` is set when the test is."""

    def __init__(self, asked: Asked, link: socket.socket, over: threading.Event) -> None:
        self.asked = asked
        self.over = over
        self._link = link

    def send(self, data: bytes) -> None:
        self._link.sendall(data)

    def say(self, text: str) -> None:
        """One event that carries these words of the model."""
        event = json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": None}]})
        self.send(f"data: {event}\n\n".encode())


Script = Callable[[Connection], None]


class ModelServer:
    """`url` is its base address, `asked` is what it was asked, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []


@contextmanager
def serving_model(*scripts: Script) -> Iterator[ModelServer]:
    """A server that follows one script a connection, the last one again for what comes after."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = ModelServer(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        threads: list[threading.Thread] = []

        def serve(link: socket.socket) -> None:
            # who asked may be gone, as they may hang up at any time
            with link, suppress(OSError):
                asked = _read(link)
                if asked is not None:
                    server.asked.append(asked)
                    script = scripts[min(len(server.asked), len(scripts)) - 1]
                    script(Connection(asked, link, over))

        def accept() -> None:
            while not over.is_set():
                link, _ = listener.accept()
                thread = threading.Thread(target=serve, args=(link,))
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            over.set()
            # wakes `accept`, which then sees that it is over
            with socket.create_connection(listener.getsockname()):
                accepting.join()
            for thread in threads:
                thread.join()


def _read(link: socket.socket) -> Asked | None:
    with link.makefile("rb") as stream:
        first = stream.readline().decode().split()
        if not first:
            return None
        headers = {}
        while line := stream.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        return Asked(first[1], headers, json.loads(body or b"{}"))


def plainly(
    body: bytes, *, status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> Script:
    """An answer in one piece."""
    told = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())

    def script(connection: Connection) -> None:
        connection.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return script


def streaming(*events: bytes, head: bytes = STREAM) -> Script:
    """These events, then the end of the connection."""

    def script(connection: Connection) -> None:
        connection.send(head + b"".join(b"data: " + event + b"\n\n" for event in events))

    return script


def writing(text: str, *, size: int = 7, is_ended: bool = True) -> Script:
    """The model writes this, a few letters an event."""

    def script(connection: Connection) -> None:
        connection.send(STREAM)
        for at in range(0, len(text), size):
            connection.say(text[at : at + size])
        if is_ended:
            connection.send(b"data: [DONE]\n\n")

    return script


def drafts_as_text(*drafts: tuple[str, Sequence[str]]) -> str:
    """What a model writes that keeps to the form."""
    return json.dumps({"claims": [{"text": text, "cites": list(cites)} for text, cites in drafts]})
