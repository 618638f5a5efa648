"""A claim with its place on the page."""

from __future__ import annotations

from dataclasses import dataclass

from curbside.records import Claim


@dataclass(frozen=True, slots=True)
class Placed:
    """A claim with the rank of its heading; ranks order the headings of a lane. `works` are the
    folded titles of what says it: one article may be two documents (its record, its full text)."""

    claim: Claim
    rank: int
    aspect: str
    relevance: float
    doc_id: str
    factors: frozenset[str]
    works: frozenset[str]
