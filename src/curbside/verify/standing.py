"""Gate 2: a retracted source supports nothing; any other shadow on a source is said aloud."""

from __future__ import annotations

from collections.abc import Sequence

from curbside.protocols import Library
from curbside.records import Claim, Evidence, Label, Standing, Status, Verdict

GATE = "standing"


def standing_gate(claim: Claim, cited: Sequence[Evidence], *, library: Library) -> Verdict:
    """Judge the sources of a claim by their standing in the library now."""
    told: list[str] = []
    for doc_id in dict.fromkeys(evidence.doc_id for evidence in cited):
        found = library.document(doc_id)
        if found is None:
            reason = f"{doc_id} is not in the library"
            return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, reason)
        _, standing = found
        if standing.status is Status.RETRACTED:
            reason = f"{doc_id} is retracted{_by(standing)}"
            return Verdict(claim.claim_id, Label.CONTRADICT, GATE, reason)
        told.append(_words(doc_id, standing))
    if not told:
        return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, "cites no source")
    return Verdict(claim.claim_id, Label.SUPPORT, GATE, "; ".join(told))


def _words(doc_id: str, standing: Standing) -> str:
    checked = f", checked {standing.checked_at}" if standing.checked_at else ", never checked"
    if standing.status is Status.UNKNOWN:
        return f"{doc_id}: standing unknown{checked}"
    return f"{doc_id}: {standing.status.value}{_by(standing)}{checked}"


def _by(standing: Standing) -> str:
    return f" (by {', '.join(standing.by)})" if standing.by else ""
