"""Gate 1: every cited piece of evidence exists and stands, word for word, where it says."""

from __future__ import annotations

from collections.abc import Mapping

from curbside.protocols import Library
from curbside.records import Claim, Evidence, Label, Verdict

GATE = "quote"


def quote_fault(evidence: Evidence, *, library: Library) -> str | None:
    """Why a piece of evidence does not stand in the library now; None where it does."""
    found = library.document(evidence.doc_id)
    if found is None:
        return f"{evidence.doc_id} is not in the library"
    document, _ = found
    if document.revision != evidence.revision:
        return (
            f"quotes revision {evidence.revision} of {evidence.doc_id}; "
            f"the library holds {document.revision}"
        )
    if evidence.span.end > len(document.text):
        return f"the span ends at {evidence.span.end}, past the text ({len(document.text)})"
    if evidence.span.of(document.text) != evidence.quote:
        return f"the quote is not what stands at {evidence.span.start} of {evidence.doc_id}"
    return None


def quote_gate(claim: Claim, by_id: Mapping[str, Evidence], *, library: Library) -> Verdict:
    """Judge that the claim cites something and that all it cites stands in the sources.

    A claim shown as a quotation must be one of its quotes word for word.
    """
    unknown = sorted(set(claim.cites) - by_id.keys())
    if unknown or not claim.cites:
        told = f"cites {unknown}, not in the evidence" if unknown else "cites nothing"
        return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, told)
    cited = [by_id[evidence_id] for evidence_id in claim.cites]
    for evidence in cited:
        fault = quote_fault(evidence, library=library)
        if fault is not None:
            return Verdict(
                claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, f"{evidence.evidence_id}: {fault}"
            )
    is_verbatim = any(claim.text == evidence.quote for evidence in cited)
    if claim.is_quoted and not is_verbatim:
        told = "shown as a quotation, and is none of its quotes word for word"
        return Verdict(claim.claim_id, Label.CONTRADICT, GATE, told)
    told = "the source's words" if is_verbatim else "every quote stands in its source"
    return Verdict(claim.claim_id, Label.SUPPORT, GATE, told)
