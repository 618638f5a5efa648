"""A claim with its place on the page."""

from __future__ import annotations

from dataclasses import dataclass

from curbside.records import Claim, Question, Selected
from curbside.text.mentions import mentioned


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


def is_of_all(item: Selected, question: Question) -> bool:
    """Whether a sentence stands in a study whose title names all that is asked: there, other names
    ("group A") may mean it. A digest's statement stands alone, so never."""
    terms = tuple(concept.terms for concept in question.concepts)
    return item.document.digest is None and len(mentioned(item.document.title, terms)) == len(terms)
