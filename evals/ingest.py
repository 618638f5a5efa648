"""`python -m evals ingest`: how fast PubMed files are read, beside others, and put in a library."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

from curbside.interfaces.bench_questions import sample_questions
from curbside.interfaces.timing import measure, own_memory, peak_mb, peak_mb_of_children
from curbside.pipeline import answer
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from curbside.wiring.library import add_paths
from curbside.wiring.maintenance import verify_library
from curbside.wiring.workers import spread
from evals import pubmed_peers
from evals.pubmed_files import write_pubmed_files

_AT: Final = "2000-01-01T00:00:00+00:00"
_TITLES: Final = 20


def ingest_figures(
    records: int, *, seed: int, peers: bool, verify: bool, folder: Path | None
) -> dict[str, object]:
    """Time reading generated PubMed files, and putting them into a library.

    Files of 10,000 records of about 10 kB, packed as PubMed packs them, are read on all cores:
    once as documents alone, once into store and index.

    Args:
        records: how many are generated.
        seed: of the records.
        peers: whether the same files are read as others do.
        verify: whether the library is verified, and asked, afterwards.
        folder: keeps files and library; None for a folder that is removed.
    """
    with tempfile.TemporaryDirectory() as made:
        place = folder or Path(made)
        files = write_pubmed_files(place / "files", records, seed=seed)
        figures: dict[str, object] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "python": platform.python_version(),
            "records": records,
            "bytes_a_record": round(sum(size for _, size in files) / records),
        }
        paths = [path for path, _ in files]
        figures |= _read(paths, records, peers=peers)
        figures |= _put(place / "library", paths, records, verify=verify)
    return figures


def _read(paths: list[Path], records: int, *, peers: bool) -> dict[str, object]:

    def rate(reader: Callable[[Path], int]) -> float:
        begun = monotonic()
        count = sum(spread(reader, paths, inline=0))
        if count != records:
            raise RuntimeError(f"{reader.__name__} read {count} of {records} records")
        return count / (monotonic() - begun)

    ours = rate(pubmed_peers.by_curbside)
    figures: dict[str, object] = {
        "parsed_per_s": round(ours),
        "parse_peak_mb": round(max(peak_mb(), peak_mb_of_children()), 1),
    }
    named = {
        "iterparse": pubmed_peers.by_iterparse,
        "iterparse_whole": pubmed_peers.by_iterparse_whole,
    }
    if pubmed_peers.has_pubmed_parser():
        named["pubmed_parser"] = pubmed_peers.by_pubmed_parser
    for name, reader in named.items() if peers else ():
        theirs = rate(reader)
        figures |= {f"{name}_per_s": round(theirs), f"{name}_ratio": round(ours / theirs, 2)}
    return figures


def _put(home: Path, paths: list[Path], records: int, *, verify: bool) -> dict[str, object]:

    begun = monotonic()
    with own_memory() as own:
        report = add_paths(home, paths, at=_AT, progress=lambda _: None, embedded=0)
    seconds = monotonic() - begun
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    figures: dict[str, object] = {
        "put_per_s": round(records / seconds),
        "put_s": round(seconds, 1),
        "put_added": report.changed.added,
        "put_peak_mb": round(peak_mb(), 1),
        "put_own_peak_mb": round(max(own, default=0.0), 1) or None,
        "passages": report.passages,
        "on_disk_mb": round(size / 1e6),
    }
    if verify:
        begun = monotonic()
        figures["faults"] = list(verify_library(home, progress=lambda *_: None))
        figures["verify_s"] = round(monotonic() - begun, 1)
        figures |= _ask(home)
    return figures


def _ask(home: Path) -> dict[str, object]:

    begun = monotonic()
    engine = open_engine(settings_at(home))
    opened = monotonic() - begun
    questions = sample_questions(engine, titles=_TITLES)
    times = measure(
        [lambda q=text: answer(q, engine=engine, at=_AT) for text in questions],  # type: ignore[misc]  # a default binds the loop's value
        rounds=3,
    )
    return {
        "open_s": round(opened, 2),
        "answer_p50_ms": round(times.p50_ms, 1),
        "answer_p95_ms": round(times.p95_ms, 1),
    }
