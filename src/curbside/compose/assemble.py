"""Claims and verdicts -> the page: what passed every gate stands in its lane, what did not is
withheld with the reason; references are numbered in order of first use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from curbside.compose.abbreviate import introduce
from curbside.compose.aspects import SPECIAL, expected_aspects, heading_of
from curbside.compose.draft import Draft
from curbside.compose.figures import Pooler, drawable, figures_of
from curbside.compose.tables import tables_of
from curbside.records import (
    Abstention,
    Answer,
    Claim,
    Conflict,
    ConflictSide,
    Document,
    Evidence,
    Factor,
    Kind,
    Label,
    Lane,
    LaneOfClaims,
    NotFound,
    Outcome,
    Provenance,
    Question,
    Reference,
    SectionOfClaims,
    Selected,
    Selection,
    Standing,
    Status,
    Verdict,
)

CLOSEST: Final = 5
"""Sentences shown as closest evidence where none answers."""
_LANE_WORDS = {
    Lane.GUIDELINE: "No guideline in this library covers the question",
    Lane.RESEARCH: "No study or review in this library covers the question",
    Lane.LABEL: "No drug label in this library covers the question",
}


def assemble(
    question: Question,
    selection: Selection,
    draft: Draft,
    verdicts: Sequence[Verdict],
    *,
    outcome: Outcome | None,
    provenance: Provenance,
    evidence_checked_to: str,
    pooler: Pooler | None = None,
) -> Answer:
    """Put the page together.

    Args:
        question: as understood.
        selection: all evidence found, and the nearest where none answers, each quotable.
        draft: composed claims, factors and conflicts.
        verdicts: every gate's verdict on every claim of the draft.
        outcome: what the question asks about, if it names one.
        provenance: what the answer was made from and with.
        evidence_checked_to: ISO date.
        pooler: pools effects that compare; None shows them side by side.

    Returns:
        The answer. A claim with any verdict but SUPPORT stands in `withheld`; factors and
        conflicts lose the evidence that failed, and go when a side is left empty. Without a claim
        that stands, `closest` holds the nearest sentences, at most CLOSEST, never a retracted one.
    """
    failed = {v.claim_id for v in verdicts if v.label is not Label.SUPPORT}
    bottom_line = tuple(c for c in draft.bottom_line if c not in failed)
    claims = introduce(
        [p.claim for p in draft.placed if p.claim.claim_id not in failed],
        draft.meanings,
        first=bottom_line,
    )
    withheld = tuple(p.claim for p in draft.placed if p.claim.claim_id in failed)
    by_id = {i.evidence.evidence_id: i for i in (*selection.selected, *selection.nearest)}
    barred = {e for claim in withheld for e in claim.cites}
    factors = _factors_without(draft.factors, barred)
    conflicts = _conflicts_without(draft.conflicts, barred)
    searched = "; ".join(provenance.searched)
    lanes = _lanes(claims, searched)
    not_found = _not_found(question, selection, draft, claims, searched, outcome)
    closest = () if claims else _closest(selection.nearest, barred)
    usable = [i for i in draft.usable if i.evidence.evidence_id not in barred] if claims else []
    drawn = [i.evidence.evidence_id for i in drawable(question, outcome=outcome, items=usable)]
    order = _order_of_use(claims, bottom_line, lanes, factors, drawn, conflicts, not_found)
    order += [e for e in closest if e not in order]
    withheld_cites = [e for claim in withheld for e in claim.cites]
    cited = list(dict.fromkeys([*order, *withheld_cites]))
    shown = [by_id[e] for e in order]
    references = _references(shown)
    in_order = _in_page_order(claims, bottom_line, lanes)
    return Answer(
        question=question,
        evidence_checked_to=evidence_checked_to,
        bottom_line=bottom_line,
        lanes=lanes,
        claims=claims,
        withheld=withheld,
        evidence=tuple(by_id[e].evidence for e in cited),
        verdicts=tuple(verdicts),
        references=references,
        factors=factors,
        conflicts=conflicts,
        not_found=not_found,
        abstained=_abstained(selection, draft, claims),
        provenance=provenance,
        tables=tables_of(
            question, claims=in_order, shown=shown, factors=factors, references=references
        ),
        # the nearest passages are no answer, and nothing is drawn of them
        figures=figures_of(
            question, outcome=outcome, shown=shown, references=references, pooler=pooler
        )
        if claims
        else (),
        closest=closest,
        top_score=selection.top_score,
    )


def _closest(nearest: Iterable[Selected], barred: Collection[str]) -> tuple[str, ...]:
    """The evidence ids of the nearest sentences that may be shown, best first; of two of which one
    holds the other, the better."""
    kept: list[Evidence] = []
    for item in nearest:
        evidence = item.evidence
        is_barred = evidence.evidence_id in barred or item.standing.status is Status.RETRACTED
        if not is_barred and not any(_are_one(evidence, other) for other in kept):
            kept.append(evidence)
    return tuple(evidence.evidence_id for evidence in kept[:CLOSEST])


def _are_one(one: Evidence, other: Evidence) -> bool:
    return one.doc_id == other.doc_id and (
        one.span.contains(other.span) or other.span.contains(one.span)
    )


def _factors_without(factors: Sequence[Factor], barred: Collection[str]) -> tuple[Factor, ...]:
    left = (_without(factor, barred) for factor in factors)
    return tuple(factor for factor in left if factor.supporting or factor.opposing)


def _conflicts_without(
    conflicts: Sequence[Conflict], barred: Collection[str]
) -> tuple[Conflict, ...]:
    left = (
        replace(
            conflict,
            sides=tuple(
                ConflictSide(side.position, tuple(e for e in side.cites if e not in barred))
                for side in conflict.sides
            ),
        )
        for conflict in conflicts
    )
    return tuple(conflict for conflict in left if all(side.cites for side in conflict.sides))


def _in_page_order(
    claims: Sequence[Claim], bottom_line: Sequence[str], lanes: Sequence[LaneOfClaims]
) -> list[Claim]:
    by_id = {claim.claim_id: claim for claim in claims}
    placed = (c for lane in lanes for section in lane.sections for c in section.claims)
    return [by_id[claim_id] for claim_id in dict.fromkeys((*bottom_line, *placed))]


def _without(factor: Factor, barred: Collection[str]) -> Factor:
    return replace(
        factor,
        supporting=tuple(e for e in factor.supporting if e not in barred),
        opposing=tuple(e for e in factor.opposing if e not in barred),
    )


def _lanes(claims: Sequence[Claim], searched: str) -> tuple[LaneOfClaims, ...]:
    lanes = []
    for lane in Lane:
        sections = _sections([claim for claim in claims if claim.lane is lane])
        if sections:
            lanes.append(LaneOfClaims(lane, sections))
        elif lane in _LANE_WORDS:
            lanes.append(LaneOfClaims(lane, (), f"{_LANE_WORDS[lane]} (searched: {searched})."))
    return tuple(lanes)


def _sections(claims: Sequence[Claim]) -> tuple[SectionOfClaims, ...]:
    headings = dict.fromkeys(claim.heading for claim in claims)
    return tuple(
        SectionOfClaims(heading, tuple(c.claim_id for c in claims if c.heading == heading))
        for heading in headings
    )


def _abstained(selection: Selection, draft: Draft, claims: Sequence[Claim]) -> Abstention | None:
    if claims:
        return None
    if not selection.retrieved:
        return Abstention.NOTHING_RETRIEVED
    if not selection.selected:
        return Abstention.NOTHING_RELEVANT
    return Abstention.NOTHING_SUPPORTED if draft.placed else Abstention.NOTHING_RELEVANT


def _not_found(
    question: Question,
    selection: Selection,
    draft: Draft,
    claims: Sequence[Claim],
    searched: str,
    outcome: Outcome | None,
) -> tuple[NotFound, ...]:
    missing = []
    if not claims:
        reason = (
            Abstention.NOTHING_RELEVANT if selection.retrieved else Abstention.NOTHING_RETRIEVED
        )
        if draft.placed:
            reason = Abstention.NOTHING_SUPPORTED
        missing.append(NotFound(question.title, reason, searched))
        return tuple(missing)
    groups = []
    for aspect in expected_aspects(question):
        if aspect.name in draft.aspects or not aspect.missing:
            continue
        part = heading_of(aspect.missing, question, outcome)
        if aspect.name.startswith(SPECIAL):
            groups.append(part)
        else:
            missing.append(NotFound(part, Abstention.PARTLY_COVERED, searched))
    if groups:
        # one line, as most libraries say nothing of most groups
        part = f"Special groups: {'; '.join(groups)}"
        missing.append(NotFound(part, Abstention.PARTLY_COVERED, searched))
    missing += _unread_guidelines((*selection.selected, *selection.nearest), searched)
    return tuple(missing)


def _unread_guidelines(selected: Iterable[Selected], searched: str) -> list[NotFound]:
    """Guidelines known to exist whose recommendations were not available to read."""
    unread: dict[str, NotFound] = {}
    for item in selected:
        digest = item.document.digest
        if item.document.kind is Kind.GUIDELINE and digest and "not read" in digest.verification:
            name = _cited_as(item.document)
            unread.setdefault(
                item.document.doc_id,
                NotFound(
                    f"{name}: {digest.verification}",
                    Abstention.PARTLY_COVERED,
                    searched,
                    (item.evidence.evidence_id,),
                ),
            )
    return list(unread.values())


def _cited_as(document: Document) -> str:
    year = f" ({document.source.year})" if document.source.year else ""
    return f"{document.title}{year}"


def _order_of_use(
    claims: Sequence[Claim],
    bottom_line: Sequence[str],
    lanes: Sequence[LaneOfClaims],
    factors: Sequence[Factor],
    drawn: Sequence[str],
    conflicts: Sequence[Conflict],
    not_found: Sequence[NotFound],
) -> list[str]:
    """Evidence ids in the order in which a reader meets them: bottom line, lanes, factors,
    figures, conflicts, what was not found."""
    cites: Mapping[str, tuple[str, ...]] = {claim.claim_id: claim.cites for claim in claims}
    order: list[str] = [e for claim_id in bottom_line for e in cites[claim_id]]
    for lane in lanes:
        for section in lane.sections:
            order += [e for claim_id in section.claims for e in cites[claim_id]]
    for factor in factors:
        order += [*factor.supporting, *factor.opposing]
    order += drawn
    for conflict in conflicts:
        order += [e for side in conflict.sides for e in side.cites]
    for part in not_found:
        order += part.nearest
    return list(dict.fromkeys(order))


def _references(items: Sequence[Selected]) -> tuple[Reference, ...]:
    first: dict[str, tuple[Document, Standing]] = {}
    for item in items:
        first.setdefault(item.document.doc_id, (item.document, item.standing))
    return tuple(
        reference_of(document, standing, number=number)
        for number, (document, standing) in enumerate(first.values(), start=1)
    )


def reference_of(document: Document, standing: Standing, *, number: int) -> Reference:
    """A document as an entry of a page's list of references."""
    digest = document.digest
    return Reference(
        number=number,
        doc_id=document.doc_id,
        kind=document.kind,
        title=document.title,
        source=document.source,
        standing=standing,
        is_digest=digest is not None,
        title_is_description=bool(digest and digest.title_is_description),
        via=digest.via if digest else None,
        verification=digest.verification if digest else None,
        notes=digest.notes if digest else (),
    )
