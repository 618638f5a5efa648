"""How a page came about: what was searched, what was found, and why what was found is not on it."""

from __future__ import annotations

from dataclasses import dataclass

from curbside.pipeline import RETRIEVED, Engine
from curbside.records import Answer, Document, Question, Standing, Status
from curbside.text.mentions import mentions


@dataclass(frozen=True, slots=True)
class Unused:
    """A document that the search found and the page does not cite, and why."""

    document: Document
    standing: Standing
    why: str


def unused_sources(answer: Answer, engine: Engine) -> tuple[Unused, ...]:
    """The documents that were found for a page and are not cited on it, the nearest first.

    Args:
        answer: the page.
        engine: of the library that it was made of; of a later one what it finds now is told.
    """
    if not answer.question.concepts:
        return ()
    cited = {reference.doc_id for reference in answer.references}
    found = engine.retriever.retrieve(answer.question, k=RETRIEVED)
    told = []
    for doc_id in dict.fromkeys(hit.passage.doc_id for hit in found):
        held = None if doc_id in cited else engine.library.document(doc_id)
        if held is not None:
            told.append(Unused(*held, _why(answer.question, *held)))
    return tuple(told)


def _why(question: Question, document: Document, standing: Standing) -> str:
    if standing.status is Status.RETRACTED:
        return "it is retracted, and nothing of it is quoted"
    missing = [
        concept.name
        for concept in question.concepts
        if concept.is_required and not mentions(document.text, concept.terms)
    ]
    if missing:
        return f"it does not speak of {' or '.join(dict.fromkeys(missing))}"
    return "no sentence of it answers this question and stands by itself"
