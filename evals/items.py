"""The nouns of a measurement: what is asked, what a system said, and who may be asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from evals.gold import is_contained, overlaps

_PMID: Final = re.compile(r"(?:pmid|excerpts):(\d+)\b")


class Half(StrEnum):
    """Which half of a set: the one to tune on, or the one to report."""

    TUNE = "tune"
    REPORT = "report"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Item:
    """A question with what answers it.

    `gold` are texts that answer; `sources` names of documents any sentence of which is right (see
    `names_of`); `whole` says that a sentence is right only where all of it stands in a gold text
    (a long answer), else the rule of `gold.overlaps` holds. `without` are names of sources that
    are taken out of the library for this question. `references` are whole answers by experts.
    """

    item_id: str
    question: str
    group: str = ""
    gold: tuple[str, ...] = ()
    sources: frozenset[str] = frozenset()
    whole: bool = False
    without: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    is_answerable: bool = True


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions that are asked of one library: "all", "within" or "bundled"."""

    name: str
    library: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence that a system showed; `names` are those of its source."""

    text: str
    names: frozenset[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a system answered: sentences best first (none: no answer), how sure it was of the
    first (comparable within a system only), and how long it took."""

    sentences: tuple[Shown, ...]
    score: float
    ms: float


class System(Protocol):
    """Who is asked."""

    @property
    def name(self) -> str:
        """What the table calls it."""
        ...

    def ask(self, question: str, *, without: frozenset[str] = frozenset()) -> Said:
        """Answer from the library less the sources named; the same question, the same answer."""
        ...


def names_of(doc_id: str, title: str) -> frozenset[str]:
    """What a document is called here: its id, its PMID, and for a question with its answer the
    collection's number with the question, as one number may stand for several questions.

    >>> sorted(names_of("excerpts:123", "A title"))
    ['excerpts:123', 'pmid:123']
    >>> sorted(names_of("file:qa:0001-2:ab12cd34", "What is gout ?"))
    ['file:qa:0001-2:ab12cd34', 'qid:0001-2 what is gout ?']
    """
    names = {doc_id}
    if found := _PMID.match(doc_id):
        names.add(f"pmid:{found[1]}")
    parts = doc_id.split(":")
    if parts[0] == "file" and len(parts) == 4:
        names.add(qid_name(parts[2], title))
    return frozenset(names)


def qid_name(qid: str, question: str) -> str:
    """The name of a question with its answer."""
    return f"qid:{qid} {' '.join(question.split()).casefold()}"


def is_right(shown: Shown, item: Item) -> bool:
    """Whether a sentence answers: its source is one of those named, or it says what gold says.

    A question never answers, whatever document it stands in.
    """
    if shown.text.rstrip().endswith("?"):
        return False
    if shown.names & item.sources:
        return True
    rule = is_contained if item.whole else overlaps
    return any(rule(shown.text, gold) for gold in item.gold)


def digest(text: str) -> int:
    """A draw that is the same everywhere: the first 8 bytes of the sha256."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def half_of(item_id: str) -> Half:
    """The half of a question whose set has no halves of its own."""
    return Half.REPORT if digest(f"half:{item_id}") % 2 else Half.TUNE


def draw(items: Iterable[Item], *, half: Half, limit: int | None) -> tuple[Item, ...]:
    """At most `limit` of those in a half by `half_of`, in the order of their digests."""
    wanted = [item for item in items if half in (Half.BOTH, half_of(item.item_id))]
    return first(wanted, limit)


def first(items: Iterable[Item], limit: int | None) -> tuple[Item, ...]:
    """At most `limit` items, in the order of their digests."""
    return tuple(sorted(items, key=lambda item: (digest(item.item_id), item.item_id))[:limit])
