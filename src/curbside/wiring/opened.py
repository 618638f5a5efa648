"""An open library, for asking and for telling what is in it: a person's, or the bundled topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from curbside.codec.fingerprint import fingerprint_of
from curbside.index.bundled import bundled_codes
from curbside.index.segments import Index, memory_index
from curbside.ingest.topics import Topic, bundled_topics
from curbside.protocols import Library
from curbside.records import Kind
from curbside.wiring.bundled import BundledLibrary, documents_of
from curbside.wiring.config import Settings

if TYPE_CHECKING:
    from curbside.store import Store

STORE_FILE: Final = "library.sqlite"
INDEX_FOLDER: Final = "index"


@dataclass(frozen=True, slots=True)
class Opened:
    """A library with its index.

    `left_out` are digests whose source is in the library itself: the source's own words are
    preferred. `contents` is the fingerprint of all documents with their standing, `checked_to`
    the date of the newest record.
    """

    library: Library
    index: Index
    left_out: frozenset[str]
    documents: int
    by_kind: Mapping[Kind, int]
    digests: int
    contents: str
    checked_to: str

    @property
    def passages(self) -> int:
        """How many passages can be found by their words."""
        return self.index.passages()

    @property
    def embedded(self) -> int:
        """How many of them can be found by their meaning."""
        return self.index.embedded()

    @property
    def fingerprint(self) -> str:
        """The sha256, in hex, of all that an answer can depend on in a library and its index."""
        parts = (self.contents, self.passages, self.embedded, self.checked_to)
        return sha256(" ".join(map(str, parts)).encode()).hexdigest()


def open_library(settings: Settings) -> Opened:
    """Open the library of this person; without one, the bundled topics, with nothing written.

    Raises:
        LibraryError: there is one and it cannot be read, or must be brought up to date and
            cannot be written.
    """
    home = settings.home
    if home is None or not has_library(settings):
        return _open_bundled(bundled_topics())
    return opened(home, store_of(home, settings.database))


def has_library(settings: Settings) -> bool:
    """Whether this person has a library: a store in the home folder, or a database named."""
    home = settings.home
    return home is not None and (bool(settings.database) or (home / STORE_FILE).exists())


def store_of(home: Path, database: str | None) -> Store:
    """Open the store of a library, made where there is none."""
    # here, as loading SQLAlchemy takes half the time that answering from the topics may take
    from curbside.store.database import open_store

    return open_store(database or home / STORE_FILE)


def opened(home: Path, store: Store, *, progress: Callable[[int], None] = lambda _: None) -> Opened:
    """A library whose store is open, with its index brought in step; see `in_step`."""
    from curbside.wiring.indexing import in_step

    topics = bundled_topics()
    index = in_step(home / INDEX_FOLDER, store, topics, progress=progress)
    counts = store.counts()
    compiled = max(topic.compiled_at for topic in topics)
    return Opened(
        library=store,
        index=index,
        left_out=frozenset(store.primaries()),
        documents=counts.documents,
        by_kind=counts.by_kind,
        digests=counts.digests,
        contents=store.fingerprint(),
        checked_to=max(compiled, store.newest() or ""),
    )


def _open_bundled(topics: tuple[Topic, ...]) -> Opened:
    library = BundledLibrary(topics)
    documents = library.documents()
    kinds = Counter(document.kind for document in documents)
    return Opened(
        library=library,
        index=memory_index(documents, codes=bundled_codes()),
        left_out=frozenset(),
        documents=len(documents),
        by_kind={kind: kinds[kind] for kind in Kind if kind in kinds},
        digests=len(documents),
        contents=fingerprint_of(documents_of(topics)),
        checked_to=max(topic.compiled_at for topic in topics),
    )
