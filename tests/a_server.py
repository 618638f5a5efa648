"""A server of its own process, whose answers wait until the test says so."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SLOW = "How is gout treated?"
WORKING = "working\n"
_PROGRAM = """
import sys
from curbside.interfaces.cli import main
from curbside.wiring import pages

answer = pages.answer

def slow(text, **options):
    if "gout" in text.lower():
        print("working", flush=True)
        sys.stdin.readline()
    return answer(text, **options)

pages.answer = slow
main(sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str


class AServer:
    """A running server; `port` is known once `wait_open` has returned."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.port = 0

    def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def wait_open(self) -> None:
        """Wait until it prints its address."""
        first = self.line()
        assert first.startswith("Curbside serves http://127.0.0.1:"), first
        self.port = int(first.split(":")[2].partition("/")[0])

    def get(self, path: str, *, method: str = "GET", body: str = "", **headers: str) -> Said:
        """What it answers; a name of a header has _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body.encode() or None, headers=named)
            response = connection.getresponse()
            text = response.read().decode()
            return Said(response.status, dict(response.getheaders()), text)
        finally:
            connection.close()

    def go_on(self) -> None:
        """Let an answer that waits be made."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str]:
        """Wait for its end; its exit status and what it wrote on stderr."""
        # not `communicate`, which would close stdin and so let an answer that waits be made
        status = self.process.wait(timeout=60)
        assert self.process.stderr is not None
        return status, self.process.stderr.read()


@contextmanager
def a_server(home: Path, *options: str) -> Iterator[AServer]:
    """A server over the library in `home`, killed at the end if it still runs."""
    words = ["serve", "--port", "0", "--home", str(home), *options]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield AServer(process)
    finally:
        process.kill()
        process.communicate()
