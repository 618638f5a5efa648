"""A claim through all gates; every gate's verdict is kept."""

from __future__ import annotations

from collections.abc import Sequence

from curbside.protocols import Library
from curbside.records import Claim, Evidence, Verdict
from curbside.verify.gates import comparing_gates
from curbside.verify.quotes import quote_gate
from curbside.verify.standing import standing_gate


def verify_claim(
    claim: Claim, evidence: Sequence[Evidence], *, library: Library
) -> tuple[Verdict, ...]:
    """Judge a claim by the evidence it cites and nothing else.

    Args:
        claim: one statement. Its text may be a quote, a part of one, a mild rewording or
            several of them joined.
        evidence: all evidence at hand; only what the claim cites is looked at.
        library: the documents as they stand now.

    Returns:
        One verdict a gate: quote, standing, quantities, polarity, scope. The claim is
        supported where every label is SUPPORT.
    """
    by_id = {item.evidence_id: item for item in evidence if item.evidence_id in claim.cites}
    cited = [by_id[evidence_id] for evidence_id in claim.cites if evidence_id in by_id]
    return (
        quote_gate(claim, by_id, library=library),
        standing_gate(claim, cited, library=library),
        *comparing_gates(claim, [item.quote for item in cited]),
    )
