"""Gates 3 to 5: what a claim changed of its quotes, told apart by what kind of thing it is.

Quantities: a value, unit, comparator or interval, or what it belongs to. Polarity: a denial or a
direction. Scope: population, condition, timing, strength, or a word the quotes do not have.
"""

from __future__ import annotations

from collections.abc import Sequence

from curbside.records import Claim, Label, Verdict
from curbside.verify.alignment import About, find_faults

_FITS = {
    About.QUANTITIES: "every value stands in a cited quote with the same words around it",
    About.POLARITY: "denies and compares what the cited quotes deny and compare",
    About.SCOPE: "neither wider nor firmer than the cited quotes",
}


def comparing_gates(claim: Claim, quotes: Sequence[str]) -> tuple[Verdict, ...]:
    """One verdict for each of gates 3 to 5, in that order.

    A gate contradicts where the quotes say otherwise, and lacks information where they say
    nothing of it; its reason names every difference.
    """
    faults = find_faults(claim.text, tuple(quotes))
    verdicts = []
    for about in About:
        mine = [fault for fault in faults if fault.about is about]
        labels = {fault.label for fault in mine}
        label = (
            Label.CONTRADICT
            if Label.CONTRADICT in labels
            else Label.NOT_ENOUGH_INFO
            if mine
            else Label.SUPPORT
        )
        reason = "; ".join(dict.fromkeys(f.reason for f in mine)) or _FITS[about]
        verdicts.append(Verdict(claim.claim_id, label, about.value, reason))
    return tuple(verdicts)
