"""The libraries and systems of one run, each opened once, when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from curbside.records import Passage
from evals.items import System
from evals.libraries import (
    ALL,
    WITHIN,
    Asked,
    make_home,
    open_bundled,
    open_home,
    shared_folder,
)
from evals.peers import Bm25, Cosine, PassageBm25
from evals.product import Curbside
from evals.sets.within import write_pubmedqa

_INDEX: Final = "index"


class Workshop:
    """Opens what a run needs.

    Args:
        cache: where libraries are made and found again.
        home: a library of all shared files; None makes one in `cache`.
        tell: is given a line on what is done.
    """

    def __init__(self, cache: Path, *, home: Path | None, tell: Callable[[str], None]) -> None:
        self.shared = shared_folder()
        self._cache = cache
        self._home = home
        self._tell = tell
        self._open: dict[str, Asked] = {}
        self._words: dict[str, PassageBm25] = {}
        self._systems: dict[tuple[str, str], System] = {}

    def library(self, name: str) -> Asked:
        """The library "all", "within", "train" (all with the abstracts of "within") or
        "bundled"."""
        if name not in self._open:
            self._open[name] = self._opened(name)
        return self._open[name]

    def systems(self, library: str, names: Sequence[str]) -> list[System]:
        """The systems of those names over a library.

        Raises ValueError for a name that no system has.
        """
        return [self._system(library, name.strip()) for name in names]

    def passages(self, library: str) -> Callable[[str], list[tuple[Passage, float]]]:
        """What the cosine peer finds for a question, before it chooses sentences."""
        peer = self._system(library, "cosine")
        assert isinstance(peer, Cosine)  # noqa: S101 - as made below
        return peer.passages

    def told(self) -> dict[str, str]:
        """What was asked, for the record of a run."""
        return {
            name: f"{asked.engine.facts.documents} documents,"
            f" {'; '.join(asked.engine.facts.searched)}"
            for name, asked in self._open.items()
        }

    def _system(self, library: str, name: str) -> System:
        key = library, name
        if key not in self._systems:
            self._systems[key] = self._made(library, name)
        return self._systems[key]

    def _made(self, library: str, name: str) -> System:
        asked = self.library(library)
        if name == "curbside":
            return Curbside(asked.engine)
        if name not in {"bm25", "cosine"}:
            raise ValueError(f"no such system: {name}; there are curbside, bm25, cosine")
        if library not in self._words:
            self._words[library] = PassageBm25(asked.documents())
        words = self._words[library]
        return Bm25(words) if name == "bm25" else Cosine(words, asked)

    def _opened(self, name: str) -> Asked:
        if name == "bundled":
            return open_bundled()
        if name == "all" and self._home is not None:
            return open_home(self._home)
        if self.shared is None:
            raise ValueError("the shared data folder is absent; name one in CURBSIDE_SHARED")
        files = [self.shared / file for file in (WITHIN if name == "within" else ALL)]
        self._cache.mkdir(parents=True, exist_ok=True)
        if name in ("within", "train"):
            files.append(write_pubmedqa(self.shared, self._cache / "pubmedqa_abstracts.jsonl"))
        home = self._cache / name
        others = [each / _INDEX for each in (self._home, self._cache / "all") if each is not None]
        make_home(
            home,
            files,
            vectors=[each for each in others if each != home / _INDEX],
            progress=self._tell,
        )
        return open_home(home)
