"""What a topic was compiled for: its statements on the page of its own question.

A question that leads to a topic's page is answered from the whole topic, whatever else the library
holds and however its index ranks it; what the library adds comes beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from curbside.answer.select import evidence_of
from curbside.answer.sentences import PassageReader
from curbside.compose.aspects import aspect_of
from curbside.evidence.outcome import with_findings
from curbside.index.passages import split_passages
from curbside.protocols import Library
from curbside.records import (
    Document,
    Hit,
    Kind,
    Lane,
    Outcome,
    Question,
    Role,
    Selected,
    Vocabulary,
    lane_of,
)
from curbside.text.mentions import mentioned
from curbside.text.tokens import content_stems

_CARE: Final = frozenset(
    {
        "before", "monitoring", "safety", "dose", "maintenance", "consequences", "currency",
        "definition",
    }
)  # fmt: skip
"""Aspects that speak of the care asked about even where they name the disease alone."""


def page_statements(
    question: Question,
    doc_ids: Sequence[str],
    hits: Sequence[Hit],
    *,
    library: Library,
    reader: PassageReader,
    outcome: Outcome | None,
    vocabulary: Vocabulary,
) -> tuple[tuple[Selected, ...], tuple[Selected, ...]]:
    """The statements of a topic's documents that its page shows, and those about its condition
    that it does not; each best first, not numbered yet.

    A statement is shown whose document or text names the condition (a guideline or a label: the
    drug), and which names the step, the drug or the outcome, tells of a factor, or of the care
    around it. Its relevance, from 0 to 1, orders statements under a heading: how its passage was
    found (`hits`), how much of the question it names itself, and whether it holds a figure.
    """
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    scores = {hit.passage.passage_id: hit.score / best for hit in hits}
    found = [
        item
        for doc_id in doc_ids
        for item in _statements(question, doc_id, scores, library, reader)
    ]
    told = with_findings(found, question, outcome, vocabulary)
    ordered = sorted(
        told, key=lambda item: (-item.relevance, item.evidence.doc_id, item.evidence.span)
    )
    shown = tuple(item for item in ordered if _belongs(item, question, outcome))
    return shown, tuple(item for item in ordered if item not in shown)


def _statements(
    question: Question,
    doc_id: str,
    scores: Mapping[str, float],
    library: Library,
    reader: PassageReader,
) -> list[Selected]:
    held = library.document(doc_id)
    if held is None:
        return []
    document, standing = held
    asked = set(content_stems(question.query))
    items = []
    for passage in split_passages(document):
        read = reader.read(passage, document)
        present = _named(question, f"{passage.title}. {passage.text}")
        if not _is_about(present, document, question):
            continue
        for sentence in read.sentences:
            named = _named(question, sentence.text)
            share = len(named) / len(question.concepts)
            told = len(asked & sentence.stems) / len(asked)
            figure = any(c.isdigit() for c in sentence.text)
            found = scores.get(passage.passage_id, 0.0)
            relevance = 0.3 * found + 0.3 * share + 0.15 * told + 0.05 * figure
            items.append(
                Selected(
                    evidence_of(document, read, sentence),
                    document,
                    standing,
                    round(relevance, 6),
                    tuple(sorted(named)),
                )
            )
    return items


def _named(question: Question, text: str) -> set[str]:
    concepts = question.concepts
    return {concepts[at].name for at in mentioned(text, tuple(c.terms for c in concepts))}


def _is_about(present: Collection[str], document: Document, question: Question) -> bool:
    if all(concept.name in present for concept in question.concepts_of(Role.CONDITION)):
        return True
    drugs = question.concepts_of(Role.INTERVENTION)
    guides = lane_of(document.kind) in (Lane.GUIDELINE, Lane.LABEL)
    return guides and bool(drugs) and all(concept.name in present for concept in drugs)


def _belongs(item: Selected, question: Question, outcome: Outcome | None) -> bool:
    beyond = {c.name for c in question.concepts if c.role is not Role.CONDITION}
    if item.evidence.findings or not beyond or beyond & set(item.named):
        return True
    aspect = aspect_of(item.evidence, question, outcome).name
    return aspect in _CARE and (aspect != "currency" or item.document.kind is Kind.GUIDELINE)
