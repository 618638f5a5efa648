"""Makes every passage findable by its meaning while a server has nothing else to do.

Nobody asks for it and nobody waits for it: it has the lowest priority, stops for whoever asks a
question, keeps what it made batch by batch, and goes on from there after a restart.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread, get_native_id
from typing import TYPE_CHECKING, Final

import numpy as np

from curbside.errors import LibraryError
from curbside.index.bundled import known_codes
from curbside.index.segments import open_index
from curbside.protocols import Embedder
from curbside.wiring.opened import INDEX_FOLDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curbside.wiring.pages import Pages

_LOOKED_AFTER_S: Final = 1.0
_AGAIN_AFTER_S: Final = 60.0
"""How long it waits after a failure: a disk that is full does not become empty at once."""
_PAUSE_S: Final = 0.05
_GROWTH: Final = 2
"""The library is opened again each time that so many times as many passages are found by meaning:
what was made is of use before the end, and a page is not made again often."""
_LOWEST: Final = 19


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many of the passages can be found by their meaning; `failed` says why no more are made
    now, None where nothing went wrong."""

    embedded: int
    passages: int
    failed: str | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to make."""
        return self.embedded >= self.passages


class _Stopped(Exception):  # noqa: N818  (never leaves a round)
    """The server ends, or the library is another than when the round began."""


class BackgroundEmbedding:
    """Embeds what is pending in the library of some pages.

    Args:
        pages: opened again when what was made is worth it.
        is_busy: whether anybody waits for an answer; asked before every text.
        told: called with how far it has come when it begins, each time the library is opened
            again, and when something fails.
    """

    def __init__(
        self,
        pages: Pages,
        *,
        is_busy: Callable[[], bool],
        told: Callable[[Embedded], None] = lambda _: None,
    ) -> None:
        self._pages = pages
        self._is_busy = is_busy
        self._told = told
        self._ending = Event()
        self._thread: Thread | None = None
        self._made: int | None = None
        self._failed: str | None = None

    @property
    def now(self) -> Embedded:
        """How far it has come."""
        opened = self._pages.opened
        embedded = max(opened.embedded, self._made or 0)
        return Embedded(min(embedded, opened.passages), opened.passages, self._failed)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = Thread(target=self._live, name="curbside-embedding")
        self._thread.start()

    def close(self) -> None:
        """Stop after the text that is being read; what was kept stays, the last few seconds of
        work are done again at the next start."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def round(self) -> None:
        """Embed what is pending now; nothing where the library is being written or is whole.

        Raises:
            LibraryError: the index cannot be read or written.
            OSError: there is no room for codes.
        """
        pages = self._pages
        if pages.opened.embedded >= pages.opened.passages or not pages.is_current:
            return
        encoder = pages.encoder
        # one of its own: what the pages have open stays as it was when they opened it
        index = open_index(
            pages.home / INDEX_FOLDER,
            codes=known_codes(encoder.identity),
            encoder=encoder.identity,
        )
        before = shown = index.embedded()
        self._tell()

        def kept(done: int) -> None:
            nonlocal shown
            self._made = before + done
            if not pages.is_current:
                raise _Stopped
            if self._made >= _GROWTH * shown and pages.reopen():
                shown = self._made
                self._tell()

        with suppress(_Stopped):
            index.embed_pending(_Patient(encoder, self._is_busy, self._ending), progress=kept)
        pages.reopen()
        self._made = None
        self._tell()

    def _live(self) -> None:
        _be_nice()
        wait = 0.0
        while not self._ending.wait(wait):
            wait = _LOOKED_AFTER_S
            try:
                self.round()
                self._failed = None
            except (LibraryError, OSError) as error:
                wait = _AGAIN_AFTER_S
                # once: it is tried again and again
                if self._failed != str(error):
                    self._failed = str(error)
                    self._tell()

    def _tell(self) -> None:
        self._told(self.now)


class _Patient:
    """An `Embedder` that reads one text after another and lets everybody else go first."""

    def __init__(self, encoder: Embedder, is_busy: Callable[[], bool], ending: Event) -> None:
        self._encoder = encoder
        self._is_busy = is_busy
        self._ending = ending

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder does. Raises _Stopped where the server ends meanwhile."""
        return np.concatenate([self._one(text) for text in texts])

    def _one(self, text: str) -> NDArray[np.float32]:
        while self._is_busy() and not self._ending.wait(_PAUSE_S):
            pass
        if self._ending.is_set():
            raise _Stopped
        return self._encoder.embed([text])


def _be_nice() -> None:
    """Give this thread the lowest priority, where a system has one for threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), _LOWEST)
