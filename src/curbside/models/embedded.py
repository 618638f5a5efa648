"""A language model in a file (GGUF), run by llama.cpp on this machine. Nothing leaves it.

It runs in a process of its own: native code that reads a file of weights can crash, cannot be
interrupted, and must not outlive the time it was given.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import IO, Final

from curbside.codec.drafts import drafts_schema
from curbside.codec.records import Json
from curbside.errors import GeneratorError
from curbside.models.task import Request, drafts_of, messages_of
from curbside.models.within import within
from curbside.records import Drafted, Offered, Question

EXTRA: Final = "llama"
"""The extra of this package that installs what runs the model."""
MODULE: Final = "llama_cpp"


class EmbeddedModel:
    """One model in a file; keeps the protocol `Generator`.

    Args:
        path: the file.
        timeout_s: for the whole answer, from starting the process to its end.
        asking: told of every request before the model is given it.
    """

    def __init__(
        self,
        *,
        path: Path,
        timeout_s: float,
        asking: Callable[[Request], None] = lambda _: None,
    ) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._asking = asking

    @property
    def name(self) -> str:
        """The file, and that it runs here."""
        return f"{self._path.stem} on this machine"

    def request(self, question: Question, offered: Sequence[Offered]) -> Request:
        """What `generate` gives the model."""
        ids = tuple(item.evidence_id for item in offered)
        body: dict[str, Json] = {
            "messages": messages_of(question, offered),
            "schema": drafts_schema(ids),
        }
        return Request(f"{self._path.name} on this machine", str(self._path), body, len(ids))

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Ask, and yield the drafts as they come; see `Generator`."""
        request = self.request(question, offered)
        self._asking(request)
        with (
            _process() as process,
            closing(
                within(self._timeout_s, lambda over: self._pieces(process, request, over))
            ) as pieces,
        ):
            yield from drafts_of(pieces)

    def _pieces(
        self, process: subprocess.Popen[bytes], request: Request, over: Event
    ) -> Iterator[str]:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None  # noqa: S101  (both are pipes, see _process)
        assert stdout is not None  # noqa: S101
        # a process that is gone is told of below
        with suppress(BrokenPipeError, ValueError):
            stdin.write(json.dumps({"path": str(self._path), **request.body}).encode() + b"\n")
            stdin.close()
        for told in _told(stdout):
            if over.is_set() or "end" in told:
                return
            if "fault" in told:
                raise GeneratorError(f"llama.cpp could not {told['fault']}")
            yield told["piece"]
        if over.is_set():
            return
        raise GeneratorError(
            f"the process that runs {self._path.name} ended (exit code {process.wait()})"
        )


def _told(stdout: IO[bytes]) -> Iterator[dict[str, str]]:
    # what is closed meanwhile has nothing more to say
    with suppress(ValueError):
        for line in stdout:
            yield json.loads(line)


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "curbside.models.llama_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
