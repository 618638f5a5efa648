"""Other processes that do the same work beside this one, so that every core is used.

Not `multiprocessing`: its workers outlive a parent that is killed, and start the caller's script
anew. These read their tasks from a pipe and end with it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from queue import SimpleQueue
from struct import Struct
from typing import IO, Final, TypeVar

from curbside.errors import LibraryError

_LENGTH: Final = Struct("<Q")
_MOST: Final = 4
_AHEAD: Final = 16

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


def spread(
    function: Callable[[TaskT], ResultT],
    tasks: Iterable[TaskT],
    *,
    processes: int | None = None,
    inline: int = 2,
) -> Iterator[ResultT]:
    """The results of `function` of every task, in the order of the tasks.

    At most `_AHEAD` tasks a process are read ahead: enough to go on with while the caller is busy
    with what came before, few enough for memory to stay bounded.

    Args:
        function: of a module, so that another process finds it by its name.
        tasks: read by the caller's thread, one at a time.
        processes: how many; None for as many as there are cores, at most four: one process writes
            what they make.
        inline: tasks done here before others are asked, as starting a process takes as long as many
            tasks.

    Raises:
        LibraryError: a process died, for want of memory perhaps. What `function` raises comes
            through as it is.
    """
    rest = iter(tasks)
    for task in islice(rest, inline):
        yield function(task)
    first = next(rest, None)
    if first is None:
        return
    count = processes or min(_MOST, os.cpu_count() or 1)
    idle: SimpleQueue[_Worker] = SimpleQueue()
    workers: list[_Worker] = []
    threads = ThreadPoolExecutor(count)

    def done(task: TaskT) -> ResultT:
        worker = idle.get()
        try:
            return worker.ask(task)  # type: ignore[return-value]  # what `function` returned
        finally:
            idle.put(worker)

    waiting: deque[Future[ResultT]] = deque()
    try:
        for _ in range(count):
            workers.append(_Worker(function))
            idle.put(workers[-1])
        for task in chain((first,), rest):
            waiting.append(threads.submit(done, task))
            if len(waiting) > _AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # a thread that waits for a worker wakes when it is gone
        for worker in workers:
            worker.close()
        threads.shutdown(cancel_futures=True)


class _Worker:
    """A process that applies one function to what it is sent."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (this interpreter, this module)
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send(function)

    def ask(self, task: object) -> object:
        """The result for one task. Raises what the function raised."""
        self._send(task)
        assert self._process.stdout is not None  # noqa: S101
        try:
            is_result, value = _read(self._process.stdout)
        except EOFError as error:
            raise self._died() from error
        if not is_result:
            raise value
        return value

    def close(self) -> None:
        """End the process; what it is doing is lost."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # what was not sent yet is of no use to a process that is gone
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None  # noqa: S101
        try:
            _write(self._process.stdin, value)
        except BrokenPipeError as error:
            raise self._died() from error

    def _died(self) -> LibraryError:
        code = self._process.wait()
        return LibraryError(
            f"a process that read sources died (exit code {code}), perhaps for want of memory;"
            " run the same command again, it goes on where it stopped"
        )


def _read(stream: IO[bytes]) -> tuple[bool, BaseException]:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # type: ignore[no-any-return]  # noqa: S301  (from our own process)


def _write(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _serve(tasks: IO[bytes], results: IO[bytes]) -> None:
    """Apply the function that comes first to everything that comes after, until the end."""
    # records hold no cycles, and looking for them takes a tenth of the time
    gc.disable()
    try:
        function: Callable[[object], object] = _read(tasks)  # type: ignore[assignment]
        while True:
            task = _read(tasks)
            try:
                answer = (True, function(task))
            except Exception as error:  # noqa: BLE001  (the other side raises it)
                answer = (False, error)
            _write(results, answer)
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    # a person's Ctrl-C reaches every process; the one that asks decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # what a library prints must not come between
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, answers)
