"""A page with one claim changed or taken out, everything else as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from curbside.records import (
    Answer,
    Claim,
    Evidence,
    Label,
    Lane,
    LaneOfClaims,
    Reference,
    SectionOfClaims,
    Verdict,
)

REVIEW_GATE: Final = "review"
"""The gate of a verdict that a person gave."""


def claim_of(answer: Answer, claim_id: str) -> Claim | None:
    """A claim of the page; None where there is none of that id."""
    return next((claim for claim in answer.claims if claim.claim_id == claim_id), None)


def reworded(claim: Claim, text: str) -> Claim:
    """The claim in other words. It is no quotation any more, and a remark that was computed of
    the old words does not stand under the new ones."""
    words = " ".join(text.split())
    return claim if words == claim.text else replace(
        claim, text=words, is_quoted=False, remark=None
    )  # fmt: skip


def with_claim(
    answer: Answer,
    claim: Claim,
    verdicts: Sequence[Verdict],
    *,
    evidence: Iterable[Evidence] = (),
    references: Iterable[Reference] = (),
) -> Answer:
    """The page with a claim in the place of the one of the same id.

    Args:
        answer: the page.
        claim: in its new words, or with other cites.
        verdicts: what the gates said of it.
        evidence: passages that it cites and that the page has not yet.
        references: the sources of those, where the page has them not yet; they are numbered on.
    """
    known = {item.evidence_id for item in answer.evidence}
    cited = {reference.doc_id for reference in answer.references}
    fresh = [reference for reference in references if reference.doc_id not in cited]
    first = len(answer.references) + 1
    page = replace(
        answer,
        claims=tuple(claim if each.claim_id == claim.claim_id else each for each in answer.claims),
        evidence=(
            *answer.evidence,
            *(item for item in evidence if item.evidence_id not in known),
        ),
        references=(
            *answer.references,
            *(replace(each, number=number) for number, each in enumerate(fresh, start=first)),
        ),
        verdicts=_judged(answer.verdicts, claim.claim_id, verdicts),
    )
    return _without_unused(page)


def without_claim(answer: Answer, claim_id: str, *, by: str, why: str) -> Answer:
    """The page without a claim, which stands among the withheld with the reason; what nothing
    cites any more goes from the references, and these are numbered anew."""
    claim = claim_of(answer, claim_id)
    if claim is None:
        return answer
    verdict = Verdict(claim_id, Label.NOT_ENOUGH_INFO, REVIEW_GATE, f"rejected by {by}: {why}")
    mine = [each for each in answer.verdicts if each.claim_id == claim_id]
    page = replace(
        answer,
        bottom_line=tuple(each for each in answer.bottom_line if each != claim_id),
        lanes=tuple(
            lane
            for lane in (_without(each, claim_id) for each in answer.lanes)
            if lane.sections or lane.lane is not Lane.PATIENT
        ),
        claims=tuple(each for each in answer.claims if each.claim_id != claim_id),
        withheld=(*answer.withheld, claim),
        verdicts=_judged(answer.verdicts, claim_id, [*mine, verdict]),
    )
    return _without_unused(page)


def _without(lane: LaneOfClaims, claim_id: str) -> LaneOfClaims:
    sections = tuple(
        SectionOfClaims(section.heading, tuple(c for c in section.claims if c != claim_id))
        for section in lane.sections
    )
    kept = tuple(section for section in sections if section.claims)
    reason = lane.absent_reason if kept else lane.absent_reason or _NOTHING_LEFT
    return replace(lane, sections=kept, absent_reason=reason)


_NOTHING_LEFT: Final = "Every statement of this part was rejected in review."


def _judged(
    verdicts: Sequence[Verdict], claim_id: str, found: Sequence[Verdict]
) -> tuple[Verdict, ...]:
    """The verdicts with those of a claim replaced in their place, or put at the end."""
    others = [each for each in verdicts if each.claim_id != claim_id]
    place = next((at for at, each in enumerate(verdicts) if each.claim_id == claim_id), len(others))
    return (*others[:place], *found, *others[place:])


def _without_unused(answer: Answer) -> Answer:
    """Without the references that nothing shown cites; the others keep their order."""
    doc_of = {item.evidence_id: item.doc_id for item in answer.evidence}
    used = {doc_of[each] for each in _cites(answer) if each in doc_of}
    kept = [reference for reference in answer.references if reference.doc_id in used]
    return replace(
        answer,
        references=tuple(replace(each, number=n) for n, each in enumerate(kept, start=1)),
    )


def _cites(answer: Answer) -> list[str]:
    cites = [e for claim in answer.claims for e in claim.cites]
    cites += [e for f in answer.factors for e in (*f.supporting, *f.opposing)]
    cites += [e for conflict in answer.conflicts for side in conflict.sides for e in side.cites]
    cites += [e for part in answer.not_found for e in part.nearest]
    cites += answer.closest
    cites += [e for t in answer.tables for row in t.rows for cell in row for e in cell.cites]
    cites += [
        e
        for figure in answer.figures
        for datum in (
            *(datum for series in figure.series for datum in series.data),
            *((figure.pooled,) if figure.pooled else ()),
        )
        for e in datum.cites
    ]
    return cites
