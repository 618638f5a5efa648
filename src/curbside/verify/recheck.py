"""A stored answer, verified again against the library as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from curbside.protocols import Library
from curbside.records import (
    Answer,
    Claim,
    Datum,
    Evidence,
    Figure,
    Finding,
    Label,
    Mention,
    Status,
    Vocabulary,
)
from curbside.text.plain import lexicon_for
from curbside.verify.drawn import CONSISTENCY, figure_faults, table_faults
from curbside.verify.quotes import GATE as QUOTE
from curbside.verify.quotes import quote_fault
from curbside.verify.reader_equality import GATE as READER
from curbside.verify.reader_equality import reading_faults
from curbside.verify.standing import GATE as STANDING
from curbside.verify.verifier import verify_claim

CITATION, NUMBERING = "citation", "numbering"
_NO_WORDS = Vocabulary()


@dataclass(frozen=True, slots=True)
class Failure:
    """`where` names the part of the answer ("evidence E3"), `gate` what it failed."""

    where: str
    gate: str
    reason: str


def recheck(
    answer: Answer, *, library: Library, vocabulary: Vocabulary = _NO_WORDS
) -> tuple[Failure, ...]:
    """Every way in which a stored answer no longer holds; empty where all of it does.

    Checked, in this order: each quote, its place and its findings against its document; each
    claim through every gate; each reference's standing; the numbers and use of the references;
    that every id leads somewhere; that no factor stands in two lists; that the figures of a table
    and the marks of a picture stand so in a passage that the cell or mark cites; that what one kind
    of reader is shown says what the claims say, by the plain words of `vocabulary` and the general
    glossary.
    """
    return (
        *_evidence(answer.evidence, library),
        *_claims(answer, library),
        *_standings(answer, library),
        *_numbering(answer),
        *_citations(answer),
        *_shown(answer),
        *_factors(answer),
        *(Failure(*fault) for fault in table_faults(answer)),
        *(Failure(*fault) for fault in figure_faults(answer)),
        *_reading(answer, vocabulary),
    )


def _reading(answer: Answer, vocabulary: Vocabulary) -> Iterator[Failure]:
    for where, reason in reading_faults(answer, lexicon=lexicon_for(vocabulary)):
        yield Failure(f"wording of {where}", READER, reason)


def _evidence(evidence: Iterable[Evidence], library: Library) -> Iterator[Failure]:
    for item in evidence:
        where = f"evidence {item.evidence_id}"
        if fault := quote_fault(item, library=library):
            yield Failure(where, QUOTE, fault)
            continue
        if not _is_placed(item, library):
            reason = f"no section {item.section!r} ({item.locator}) of {item.doc_id} holds it"
            yield Failure(where, QUOTE, reason)
        for finding in item.findings:
            for mention in _mentions(finding):
                start = mention.span.start - item.span.start
                said = item.quote[start : start + len(mention.text)]
                if not item.span.contains(mention.span) or said != mention.text:
                    reason = f"{mention.text!r} of the finding on {finding.concept!r} is not there"
                    yield Failure(where, QUOTE, reason)


def _is_placed(evidence: Evidence, library: Library) -> bool:
    """Whether the section and locator shown are those of a section that holds the quote.

    A document without a section around the quote has none to hold it to.
    """
    found = library.document(evidence.doc_id)
    sections = found[0].sections if found else ()
    holding = [section for section in sections if section.span.contains(evidence.span)]
    return not holding or any(
        (section.label, section.locator) == (evidence.section, evidence.locator)
        for section in holding
    )


def _mentions(finding: Finding) -> Iterator[Mention]:
    for field in fields(finding):
        value = getattr(finding, field.name)
        if isinstance(value, Mention):
            yield value


def _claims(answer: Answer, library: Library) -> Iterator[Failure]:
    for claim in answer.claims:
        for verdict in verify_claim(claim, answer.evidence, library=library):
            if verdict.label is not Label.SUPPORT:
                yield Failure(f"claim {claim.claim_id}", verdict.gate, verdict.reason)


def _standings(answer: Answer, library: Library) -> Iterator[Failure]:
    for reference in answer.references:
        where = f"reference {reference.number}"
        found = library.document(reference.doc_id)
        if found is None:
            yield Failure(where, STANDING, f"{reference.doc_id} is not in the library")
            continue
        now, then = found[1].status, reference.standing.status
        if now is Status.RETRACTED:
            yield Failure(where, STANDING, f"{reference.doc_id} is retracted")
        elif now is not then:
            reason = f"{reference.doc_id} is now {now.value}; the answer says {then.value}"
            yield Failure(where, STANDING, reason)


def _numbering(answer: Answer) -> Iterator[Failure]:
    numbers = [reference.number for reference in answer.references]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Failure("references", NUMBERING, f"expected 1 to {len(numbers)}, found {numbers}")
    doc_ids = [reference.doc_id for reference in answer.references]
    for doc_id in _repeated(doc_ids):
        yield Failure("references", NUMBERING, f"{doc_id} has two numbers")


def _citations(answer: Answer) -> Iterator[Failure]:
    source_of = {item.evidence_id: item.doc_id for item in answer.evidence}
    referenced = {reference.doc_id for reference in answer.references}
    used = set()
    for where, evidence_ids in _cites(answer):
        for evidence_id in evidence_ids:
            doc_id = source_of.get(evidence_id)
            if doc_id is None:
                yield Failure(where, CITATION, f"cites {evidence_id}, not in the evidence")
                continue
            used.add(doc_id)
            if doc_id not in referenced:
                yield Failure(where, CITATION, f"{doc_id} is cited and is no reference")
    for reference in answer.references:
        if reference.doc_id not in used:
            yield Failure(f"reference {reference.number}", CITATION, "nothing cites it")


def _cites(answer: Answer) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((f"claim {c.claim_id}", c.cites) for c in answer.claims)
    for factor in answer.factors:
        yield f"factor {factor.name}", (*factor.supporting, *factor.opposing)
    for conflict in answer.conflicts:
        yield from ((f"conflict {conflict.about}", side.cites) for side in conflict.sides)
    yield from ((f"not found {part.part}", part.nearest) for part in answer.not_found)
    yield "closest evidence", answer.closest
    for table in answer.tables:
        for cell in (cell for row in table.rows for cell in row):
            yield f"table {table.table_id}", cell.cites
    for figure in answer.figures:
        for datum in _data(figure):
            yield f"figure {figure.figure_id}", datum.cites


def _shown(answer: Answer) -> Iterator[Failure]:
    claims: dict[str, Claim] = {claim.claim_id: claim for claim in answer.claims}
    for claim_id in _repeated([claim.claim_id for claim in answer.claims]):
        yield Failure(f"claim {claim_id}", CITATION, "two claims have this id")
    for evidence_id in _repeated([item.evidence_id for item in answer.evidence]):
        yield Failure(f"evidence {evidence_id}", CITATION, "two pieces of evidence have this id")
    placed = []
    for lane in answer.lanes:
        for section in lane.sections:
            for claim_id in section.claims:
                placed.append(claim_id)
                if claim_id in claims and claims[claim_id].lane is not lane.lane:
                    told = f"stands in the lane {lane.lane.value}, not its own"
                    yield Failure(f"claim {claim_id}", CONSISTENCY, told)
    for claim_id in dict.fromkeys((*answer.bottom_line, *placed)):
        if claim_id not in claims:
            yield Failure(f"claim {claim_id}", CITATION, "is shown and does not exist")


def _factors(answer: Answer) -> Iterator[Failure]:
    for name in _repeated([factor.name.casefold() for factor in answer.factors]):
        yield Failure(f"factor {name}", CONSISTENCY, "stands in two lists")


def _data(figure: Figure) -> Iterator[Datum]:
    """Every mark of a figure, the pooled one last."""
    for series in figure.series:
        yield from series.data
    if figure.pooled is not None:
        yield figure.pooled


def _repeated(names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]
