"""How long an answer takes, and how much memory: the figures behind `curbside bench ask`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

_LOOK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Latency:
    """Times in milliseconds; percentiles by the nearest-rank rule."""

    runs: int
    p50_ms: float
    p95_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Cold:
    """Whole processes: the median of their seconds, the least processor time of one, and the
    largest resident set, in MB."""

    seconds: float
    processor_s: float
    peak_mb: float


def measure(
    calls: Sequence[Callable[[], object]],
    *,
    rounds: int,
    warm_up: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Latency:
    """Time every call `rounds` times, in turn, after `warm_up` rounds that do not count.

    `clock` gives seconds; `time.thread_time` counts the processor time of this thread alone,
    which other work on the machine disturbs less. Raises ValueError where there is nothing to time.
    """
    if not calls or rounds < 1:
        raise ValueError("expected at least one call and one round")
    times = []
    for turn in range(warm_up + rounds):
        for call in calls:
            start = clock()
            call()
            if turn >= warm_up:
                times.append((clock() - start) * 1000)
    return summarise(times)


def summarise(times_ms: Sequence[float]) -> Latency:
    """Nearest-rank percentiles: p95 of 20 times is the 19th smallest."""
    if not times_ms:
        raise ValueError("expected at least one time")
    ordered = sorted(times_ms)

    def rank(percent: int) -> float:
        # whole numbers, as 0.95 * 20 is a little more than 19
        return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]

    return Latency(len(ordered), rank(50), rank(95), ordered[-1])


def measure_cold(arguments: Sequence[str], *, runs: int) -> Cold:
    """Run `python -m curbside …` in `runs` new processes.

    As an installed program they find their modules compiled: one more process, which is not
    counted, compiles them into a folder that is removed.

    Raises RuntimeError with the process's own words where one fails.
    """
    seconds = []
    processor = []
    with tempfile.TemporaryDirectory() as compiled:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        for run in range(runs + 1):
            start, used = time.perf_counter(), _processor_s_of_children()
            done = subprocess.run(  # noqa: S603 - our own interpreter and arguments, no shell
                [sys.executable, "-m", "curbside", *arguments],
                capture_output=True,
                text=True,
                check=False,
                env=environment | {"PYTHONPYCACHEPREFIX": compiled},
            )
            if done.returncode:
                raise RuntimeError(f"the cold run failed: {done.stderr.strip()[-400:]}")
            if run:
                seconds.append(time.perf_counter() - start)
                processor.append(_processor_s_of_children() - used)
    return Cold(sorted(seconds)[len(seconds) // 2], min(processor), peak_mb_of_children())


def peak_mb() -> float:
    """The largest resident set of this process so far, in MB."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def peak_mb_of_children() -> float:
    """The same of the largest process that it started and that has ended."""
    return _megabytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


@contextmanager
def own_memory() -> Iterator[list[float]]:
    """What this process and those that it started hold of their own, in MB, five times a second.

    Files mapped into memory do not count: the system takes those pages back when it likes. Where
    there is no /proc (macOS, Windows) the list stays empty.
    """
    seen: list[float] = []
    over = Event()

    def look() -> None:
        while True:
            if held := _own_mb():
                seen.append(held)
            if over.wait(_LOOK_S):
                return

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _own_mb() -> float:
    here = Path("/proc/self")
    if not here.is_dir():
        return 0.0
    children = (child for task in here.glob("task/*/children") for child in _read(task).split())
    folders = (here, *(Path("/proc", child) for child in children))
    return sum(_anonymous_kb(_read(folder / "status")) for folder in folders) / 1024


def _anonymous_kb(status: str) -> int:
    r"""
    >>> _anonymous_kb("VmRSS:    900 kB\nRssAnon:  512 kB\n"), _anonymous_kb("")
    (512, 0)
    """
    return next(
        (int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0
    )


def _read(file: Path) -> str:
    # a process or a thread may end while it is looked at
    try:
        return file.read_text()
    except OSError:
        return ""


def _processor_s_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _megabytes(maxrss: int) -> float:
    # Linux counts in kB, macOS in bytes
    return maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
