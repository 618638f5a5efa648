"""What a question's outcome is, and what chosen evidence says of factors for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from curbside.evidence.findings import find_findings
from curbside.records import (
    Finding,
    Kind,
    Mention,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Vocabulary,
)
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems

_SUBJECT = frozenset({Role.CONDITION, Role.INTERVENTION, Role.PROCESS})
_REVIEWS = frozenset({Kind.REVIEW, Kind.SYSTEMATIC_REVIEW, Kind.GUIDELINE})
# "does A cause B?", "is A a cause of B?": what is caused stands behind
_CAUSES = re.compile(
    r"\b(?:causes?(?: of| for)?|lead(?:s|ing)? to|contribut\w* to|results? in|triggers?|induces?"
    r"|(?:risk|role|involved|implicated)(?: factors?)? (?:for|of|in)"
    r"|(?:a?etiology|pathogenesis) of)\b"
    r"(?P<effect>.*)"
)


def outcome_of(question: Question, vocabulary: Vocabulary) -> Outcome | None:
    """The outcome a question is about, with the wordings of its opposite.

    A question about predictors or causes that names no outcome asks about its condition: of
    several, the one that is caused.
    """
    concepts = question.concepts_of(Role.OUTCOME)
    if not concepts and question.kind in (QuestionKind.PREDICTORS, QuestionKind.CAUSE):
        concepts = tuple(c for c in question.concepts if c.role in (Role.CONDITION, Role.OTHER))
        cause = _CAUSES.search(fold(question.query))
        caused = [c for c in concepts if cause and fold(c.surface) in cause["effect"]]
        concepts = (*caused, *concepts)[:1]
    if not concepts:
        return None
    # the user's own writing of a name ("Crohn's disease") where it is the same name
    is_own = concepts[0].role is not Role.OUTCOME and fold(concepts[0].surface) == concepts[0].name
    name = concepts[0].surface if is_own else concepts[0].name
    opposite = tuple(
        term
        for entry in vocabulary.entries
        if entry.opposite == concepts[0].name
        for term in entry.terms
    )
    return Outcome(name, concepts[0].terms, opposite)


def asks_for_factors(question: Question) -> bool:
    """Whether findings on factors answer the question; elsewhere a drug is no "factor"."""
    return question.kind in (QuestionKind.PREDICTORS, QuestionKind.CAUSE)


def with_findings(
    items: Sequence[Selected], question: Question, outcome: Outcome | None, vocabulary: Vocabulary
) -> tuple[Selected, ...]:
    """The same evidence with what each quote says of factors; as it is where none are asked for."""
    if outcome is None or not asks_for_factors(question):
        return tuple(items)
    asked = frozenset(
        stem
        for concept in question.concepts
        if concept.role in _SUBJECT
        for term in concept.terms
        for stem in content_stems(term)
    )
    return tuple(_with_findings(item, outcome, vocabulary, asked) for item in items)


def _with_findings(
    item: Selected, outcome: Outcome, vocabulary: Vocabulary, asked: frozenset[str]
) -> Selected:
    evidence = item.evidence
    found = find_findings(
        evidence.quote,
        outcome=outcome,
        vocabulary=vocabulary,
        is_review=item.document.kind in _REVIEWS,
        n=item.document.study.n if item.document.study else None,
    )
    # what everyone studied has, takes or had stopped is no factor among them
    findings = tuple(
        _in_document(finding, evidence.span.start)
        for finding in found
        if finding.factor is None or not asked.issuperset(content_stems(finding.factor.text))
    )
    return replace(item, evidence=replace(evidence, findings=findings))


def _in_document(finding: Finding, offset: int) -> Finding:
    """The same finding with spans into the document's text instead of the sentence."""

    def shifted(mention: Mention | None) -> Mention | None:
        return Mention(mention.text, mention.span.shift(offset)) if mention else None

    return replace(
        finding,
        factor=shifted(finding.factor),
        outcome=shifted(finding.outcome),
        population=shifted(finding.population),
        window=shifted(finding.window),
        definition=shifted(finding.definition),
    )
