"""A stored answer, verified again against the library as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from curbside.protocols import Library
from curbside.records import Answer, Label, Status
from curbside.verify.verifier import quote_fault, verify_claim


@dataclass(frozen=True, slots=True)
class Failure:
    """`where` names the part of the answer ("evidence E3"), `gate` what it failed."""

    where: str
    gate: str
    reason: str


def recheck(answer: Answer, *, library: Library) -> tuple[Failure, ...]:
    """Every way in which a stored answer no longer holds; empty where all of it does.

    Checked: each quote against its document, each claim through every gate, each reference's
    standing, the numbering and use of the references, and that every id resolves.
    """
    return (
        *_evidence(answer, library),
        *_claims(answer, library),
        *_references(answer, library),
        *_citations(answer),
        *_shown(answer),
    )


def _evidence(answer: Answer, library: Library) -> Iterator[Failure]:
    for evidence in answer.evidence:
        fault = quote_fault(evidence, library)
        if fault:
            yield Failure(f"evidence {evidence.evidence_id}", "quote", fault)
        for finding in evidence.findings:
            for mention in (finding.factor, finding.outcome, finding.population):
                if mention is None:
                    continue
                inside = evidence.span.contains(mention.span)
                start = mention.span.start - evidence.span.start
                said = evidence.quote[start : start + len(mention.text)]
                if not inside or said != mention.text:
                    where = f"evidence {evidence.evidence_id}, finding {finding.concept!r}"
                    yield Failure(where, "quote", f"“{mention.text}” does not stand there")


def _claims(answer: Answer, library: Library) -> Iterator[Failure]:
    for claim in answer.claims:
        for verdict in verify_claim(claim, answer.evidence, library=library):
            if verdict.label is not Label.SUPPORT and verdict.gate != "quote":
                yield Failure(f"claim {claim.claim_id}", verdict.gate, verdict.reason)


def _references(answer: Answer, library: Library) -> Iterator[Failure]:
    for reference in answer.references:
        where = f"reference {reference.number}"
        found = library.document(reference.doc_id)
        if found is None:
            yield Failure(where, "standing", f"{reference.doc_id} is not in the library")
            continue
        _, standing = found
        if standing.status is Status.RETRACTED:
            yield Failure(where, "standing", f"{reference.doc_id} is retracted")
        elif standing.status is not reference.standing.status:
            now, then = standing.status.value, reference.standing.status.value
            yield Failure(where, "standing", f"{reference.doc_id} is now {now}, was {then}")


def _citations(answer: Answer) -> Iterator[Failure]:
    evidence = {item.evidence_id: item.doc_id for item in answer.evidence}
    referenced = [reference.doc_id for reference in answer.references]
    if [r.number for r in answer.references] != list(range(1, len(referenced) + 1)):
        yield Failure("references", "numbering", "numbers do not run from 1 without a gap")
    cited = [(f"claim {claim.claim_id}", claim.cites) for claim in answer.claims]
    cited += [(f"factor {f.name}", (*f.supporting, *f.opposing)) for f in answer.factors]
    cited += [(f"conflict {c.about}", s.cites) for c in answer.conflicts for s in c.sides]
    cited += [(f"not found {part.part}", part.nearest) for part in answer.not_found]
    used = set()
    for where, ids in cited:
        for evidence_id in ids:
            if evidence_id not in evidence:
                yield Failure(where, "citation", f"cites {evidence_id}, not in the evidence")
                continue
            used.add(evidence[evidence_id])
            if evidence[evidence_id] not in referenced:
                reason = f"{evidence[evidence_id]} is cited and not among the references"
                yield Failure(where, "citation", reason)
    for doc_id in referenced:
        if doc_id not in used:
            yield Failure(f"reference {doc_id}", "citation", "is not cited by anything")


def _shown(answer: Answer) -> Iterator[Failure]:
    claims = {claim.claim_id for claim in answer.claims}
    shown = [*answer.bottom_line, *(c for x in answer.lanes for s in x.sections for c in s.claims)]
    for claim_id in shown:
        if claim_id not in claims:
            yield Failure(f"claim {claim_id}", "citation", "is shown and does not exist")
    names = [factor.name for factor in answer.factors]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Failure(f"factor {name}", "consistency", "stands in two lists")
