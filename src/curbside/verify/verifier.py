"""The gates in their order; one verdict each, every one kept."""

from __future__ import annotations

from collections.abc import Sequence

from curbside.protocols import Library
from curbside.records import Claim, Evidence, Label, Standing, Status, Verdict
from curbside.verify.restatement import Fault, Mark, find_fault

GATES = ("quote", "standing", "quantities", "polarity", "scope")
_GATE_OF = {
    Mark.VALUE: "quantities",
    Mark.NEGATION: "polarity",
    Mark.DIRECTION: "polarity",
    Mark.MODALITY: "scope",
    Mark.QUALIFIER: "scope",
    Mark.WORD: "scope",
}


def verify_claim(
    claim: Claim, evidence: Sequence[Evidence], *, library: Library
) -> tuple[Verdict, ...]:
    """Judge a claim by what it cites and nothing else.

    Args:
        claim: one statement.
        evidence: all evidence there is; only what the claim cites is used.
        library: the documents as they stand now.

    Returns:
        One verdict a gate, in the order of `GATES`. SUPPORT means that the gate found nothing
        against the claim.
    """
    by_id = {item.evidence_id: item for item in evidence}
    unknown = [cite for cite in claim.cites if cite not in by_id]
    if unknown or not claim.cites:
        reason = f"cites {unknown}, not in the evidence" if unknown else "cites nothing"
        return tuple(Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, gate, reason) for gate in GATES)
    cited = [by_id[cite] for cite in claim.cites]
    broken = [told for item in cited if (told := quote_fault(item, library))]
    quote = (
        Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, "quote", "; ".join(broken))
        if broken
        else Verdict(claim.claim_id, Label.SUPPORT, "quote", "each quote stands in its document")
    )
    standing = _standing(claim, cited, library)
    fault = find_fault(claim.text, (item.quote for item in cited))
    return (quote, standing, *(_meaning(claim, gate, fault) for gate in GATES[2:]))


def quote_fault(evidence: Evidence, library: Library) -> str | None:
    """Why a quote does not stand in its document as it is now; None where it does."""
    found = library.document(evidence.doc_id)
    if found is None:
        return f"{evidence.doc_id} is not in the library"
    document, _ = found
    if document.revision != evidence.revision:
        return (
            f"{evidence.doc_id} is at revision {document.revision}, quoted from {evidence.revision}"
        )
    if evidence.span.end > len(document.text):
        return f"the span of {evidence.evidence_id} is past the end of {evidence.doc_id}"
    if evidence.span.of(document.text) != evidence.quote:
        return f"{evidence.evidence_id} is not what {evidence.doc_id} says there"
    return None


def _standing(claim: Claim, cited: Sequence[Evidence], library: Library) -> Verdict:
    told = []
    for doc_id in dict.fromkeys(item.doc_id for item in cited):
        found = library.document(doc_id)
        standing = found[1] if found else Standing(Status.UNKNOWN)
        if standing.status is Status.RETRACTED:
            by = f" by {', '.join(standing.by)}" if standing.by else ""
            reason = f"{doc_id} is retracted{by}"
            return Verdict(claim.claim_id, Label.CONTRADICT, "standing", reason)
        told.append(f"{doc_id}: {standing.status.value}")
    return Verdict(claim.claim_id, Label.SUPPORT, "standing", "; ".join(told))


def _meaning(claim: Claim, gate: str, fault: Fault | None) -> Verdict:
    if fault is None or _GATE_OF[fault.mark] != gate:
        return Verdict(claim.claim_id, Label.SUPPORT, gate, "as in the quote")
    if fault.is_missing:
        reason = f"the quote's “{fault.shown}” is left out"
    else:
        reason = f"“{fault.shown}” is not in the quotes, or not of the same thing"
    is_word = fault.mark is Mark.WORD
    label = Label.NOT_ENOUGH_INFO if is_word else Label.CONTRADICT
    return Verdict(claim.claim_id, label, gate, reason)
