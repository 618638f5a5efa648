"""Which claims may be accepted with others, from a list, and not each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from curbside.articles import Comment, Decision, Move
from curbside.records import Answer, Claim, Lane, Status
from curbside.text.quantities import find_quantities

MOST: Final = 25
"""Claims that are accepted at once: as many as one reads with their passages in a few minutes."""
_SHAKEN: Final = (Status.RETRACTED, Status.CONCERN, Status.SUPERSEDED)
_SINGLED_OUT: Final = (Move.EDIT, Move.CHANGE_SOURCE, Move.REJECT)


def against_together(
    claim: Claim,
    page: Answer,
    decisions: Sequence[Decision],
    comments: Sequence[Comment],
    *,
    risks: tuple[str, ...],
    since: int,
) -> tuple[str, ...]:
    """Why a claim is looked at by itself; empty where it may be accepted with others.

    Args:
        claim: of the page.
        page: with its sources as they stand now.
        decisions: on the article's claims.
        comments: on the article and its claims.
        risks: of the claim, as `review.high_risk.risks_of` finds them.
        since: the version that was last made of an answer; what was done to a claim since counts.
    """
    sources = {item.doc_id for item in page.evidence if item.evidence_id in claim.cites}
    standing = {each.doc_id: each.standing.status for each in page.references}
    shaken = sorted(doc_id for doc_id in sources if standing.get(doc_id) in _SHAKEN)
    mine = [
        each
        for each in decisions
        if each.claim_id == claim.claim_id and each.version >= since and each.move in _SINGLED_OUT
    ]
    told = any(each.claim_id == claim.claim_id and each.version >= since for each in comments)
    in_conflict = any(
        set(claim.cites) & set(side.cites) for each in page.conflicts for side in each.sides
    )
    found = {
        f"it is high-risk ({', '.join(risks)})": bool(risks),
        "it is advice with a measure in it": _is_measured_advice(claim),
        "it is not word for word what its passage says": not _is_verbatim(claim, page),
        f"it carries a remark ({claim.remark})": claim.remark is not None,
        "its words or its source were changed in review": bool(mine),
        "somebody commented on it": told,
        f"{', '.join(shaken)} does not stand as it did": bool(shaken),
        "sources disagree on it": in_conflict,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _is_measured_advice(claim: Claim) -> bool:
    """Whether a guideline, a label or a leaflet says how much, how long or how often: no high risk
    by the list of those, and yet what somebody will do."""
    is_advice = claim.lane is not Lane.RESEARCH
    return is_advice and any(each.unit is not None for each in find_quantities(claim.text))


def _is_verbatim(claim: Claim, page: Answer) -> bool:
    """Whether a claim says what one of its passages says, in the same words; a summary of a source
    is a passage too, though no quotation."""
    words = " ".join(claim.text.split())
    quotes = (item.quote for item in page.evidence if item.evidence_id in claim.cites)
    return any(words in " ".join(quote.split()) for quote in quotes)
