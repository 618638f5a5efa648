"""The whole path on one page: a question goes in, a page that can be checked comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curbside.protocols import Library, Retriever
from curbside.records import Vocabulary


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What an answer says about the library it came from.

    `searched` says in words what was searched how ("lexical search of 262 passages").
    `checked_to` is the ISO date up to which the evidence was brought in.
    """

    fingerprint: str
    documents: int
    passages: int
    searched: tuple[str, ...]
    models: tuple[str, ...]
    checked_to: str


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts of one open library; `wiring` puts them together.

    `word_frequencies` maps a word to the number of passages that hold it (for spelling).
    """

    library: Library
    retriever: Retriever
    vocabulary: Vocabulary
    word_frequencies: Mapping[str, int]
    facts: LibraryFacts
