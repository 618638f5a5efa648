"""`python -m evals crash`: kill an ingest again and again, and see that nothing is lost by it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Final

_AT: Final = "2000-01-01T00:00:00+00:00"
_RUN: Final = (
    "import sys\n"
    "from pathlib import Path\n"
    "from curbside.wiring.library import add_paths\n"
    "print('ready', flush=True)\n"
    "add_paths(Path(sys.argv[1]), [Path(sys.argv[2])], at=sys.argv[3], progress=lambda _: None,"
    " embedded=int(sys.argv[4]))\n"
)
# how many codes there are in the end depends on how often a run was killed; they are no part of
# what is compared
_EMBEDDED: Final = 8


@dataclass(frozen=True, slots=True)
class CrashReport:
    """`kills` were made; after each the library opened and was whole, or `faults` say what was
    wrong; `wholes` times the ingest came to its end, each with the fingerprint of one that was
    never killed, or `faults` say so."""

    kills: int
    wholes: int
    seconds: float
    faults: tuple[str, ...]


def crash(count: int, *, seed: int, progress: Callable[[int], None]) -> CrashReport:
    """Kill `count` ingests of generated PubMed files at random moments, resuming each.

    The files add, revise and take back records, so that reading, the store's batches, the index's
    commits and merges, its being made again and the swap, and the writing of codes are all under
    way at one moment or another.

    Args:
        count: how many kills.
        seed: of the moments and the records.
        progress: called after every kill with how many there were.
    """
    random = Random(seed)  # noqa: S311  (nothing secret)
    begun = monotonic()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        files = _files(Path(place) / "files", seed)
        whole = Path(place) / "whole"
        took = _run_to_end(whole, files)
        expected = _state(whole)
        kills = wholes = 0
        home = Path(place) / "home-0"
        known = 0
        while kills < count:
            if not _is_killed(home, files, after=random.uniform(0, 1.1 * took)):
                wholes += 1
                found = _state(home)
                if found != expected:
                    faults.append(f"after kill {kills}: {found}, expected {expected}")
                faults += _faults(home, kills)
                home, known = Path(place) / f"home-{wholes}", 0
                continue
            kills += 1
            if (home / "library.sqlite").exists():
                faults += _faults(home, kills)
                last = _last_batch(home)
                if last < known:
                    faults.append(f"after kill {kills}: batch {known} is lost, {last} is the last")
                known = last
            progress(kills)
        _run_to_end(home, files)
        if _state(home) != expected:
            faults.append("at the end: another fingerprint than that of an uninterrupted run")
    return CrashReport(kills, wholes + 1, monotonic() - begun, tuple(faults))


def _files(folder: Path, seed: int) -> Path:
    from evals.pubmed_files import write_pubmed_file

    folder.mkdir(parents=True)
    write_pubmed_file(folder / "pubmed26n0001.xml.gz", range(1, 81), seed=seed)
    write_pubmed_file(
        folder / "pubmed26n0002.xml.gz", range(60, 100), seed=seed + 1, deleted=range(1, 12)
    )
    write_pubmed_file(
        folder / "pubmed26n0003.xml.gz", range(8, 30), seed=seed + 2, deleted=range(94, 98)
    )
    return folder


def _process(home: Path, files: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603  (this interpreter, the text above)
        [sys.executable, "-c", _RUN, str(home), str(files), _AT, str(_EMBEDDED)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None  # noqa: S101
    process.stdout.readline()
    return process


def _run_to_end(home: Path, files: Path) -> float:
    """How long the ingest takes, from when everything is loaded."""
    process = _process(home, files)
    begun = monotonic()
    with process:
        if process.wait() != 0:
            raise RuntimeError(f"the ingest ended with {process.returncode}")
    return monotonic() - begun


def _is_killed(home: Path, files: Path, *, after: float) -> bool:
    """Whether the ingest was still going when it was killed `after` so many seconds."""
    process = _process(home, files)
    with process:
        sleep(after)
        process.kill()
        return process.wait() != 0


def _faults(home: Path, kills: int) -> list[str]:
    """What is wrong with a library, once it was opened as a person would open it."""
    from curbside.errors import CurbsideError
    from curbside.wiring.library import library_summary
    from curbside.wiring.maintenance import verify_library

    try:
        library_summary(home)
        found = list(verify_library(home, progress=lambda *_: None))
    except CurbsideError as error:
        found = [f"{type(error).__name__}: {error}"]
    return [f"after kill {kills}: {fault}" for fault in found]


def _state(home: Path) -> tuple[str, int, int, str]:
    """All that an answer can depend on but for the codes: the fingerprint of the documents with
    their standing, the passages, those that weigh in the ranking though removed, the date."""
    from curbside.wiring.config import settings_at
    from curbside.wiring.opened import open_library

    opened = open_library(settings_at(home))
    return opened.contents, opened.passages, opened.index.dead(), opened.checked_to


def _last_batch(home: Path) -> int:
    from curbside.store import open_store

    with closing(open_store(home / "library.sqlite")) as store:
        last = store.last_batch()
    return last.batch if last else 0
