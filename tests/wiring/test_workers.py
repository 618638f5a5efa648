"""Other processes do the work in order, and end with whoever asked them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from curbside.errors import LibraryError

# what another process is asked for must be of a module that it finds: these are of the package
from curbside.ingest.pubmed_files import place_of
from curbside.text.sentences import split_sentences
from curbside.wiring.workers import spread


def test_results_come_in_the_order_of_their_tasks() -> None:
    names = [Path(f"pubmed26n{number:04}.xml.gz") for number in range(200)]
    expected = [2_600_000 + number for number in range(200)]
    assert list(spread(place_of, names, processes=2)) == expected


def test_few_tasks_need_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert list(spread(place_of, [Path("a"), Path("b")])) == [None, None]


def test_tasks_are_read_ahead_only_a_little() -> None:
    taken = 0

    def tasks() -> Iterator[str]:
        nonlocal taken
        for _ in range(1_000):
            taken += 1
            yield "One. Two."

    results = spread(split_sentences, tasks(), processes=1, inline=0)
    next(results)
    assert taken <= 20
    results.close()  # type: ignore[attr-defined]


def test_what_a_function_raises_comes_through() -> None:
    with pytest.raises(AttributeError):
        list(spread(place_of, ["no path"] * 5, processes=1, inline=0))  # type: ignore[list-item]


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(LibraryError, match=r"a process that read sources died \(exit code 7\)"):
        list(spread(os._exit, [7] * 5, processes=1, inline=0))


def test_workers_end_with_the_process_that_asked_them(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys\n"
        "from pathlib import Path\n"
        "from curbside.ingest.pubmed_files import place_of\n"
        "import curbside.wiring.workers as workers\n"
        "made = []\n"
        "start = workers._Worker.__init__\n"
        "def noted(self, function):\n"
        "    start(self, function)\n"
        "    made.append(self._process.pid)\n"
        "workers._Worker.__init__ = noted\n"
        "results = workers.spread(place_of, [Path('a')] * 9, processes=2, inline=0)\n"
        "next(results)\n"
        "print(*made, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert run.returncode == -9
    for pid in map(int, run.stdout.split()):
        for _ in range(2_000_000):
            if not _is_running(pid):
                break
        else:
            pytest.fail(f"process {pid} outlived the one that asked it")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
