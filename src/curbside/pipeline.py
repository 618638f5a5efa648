"""The whole path on one page: a question goes in, a page that can be checked comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curbside import __version__
from curbside.compose.assemble import assemble
from curbside.compose.draft import compose
from curbside.evidence.select import outcome_of, select_evidence
from curbside.protocols import Library, Retriever
from curbside.records import Answer, Document, Provenance, Standing, Vocabulary
from curbside.retrieve.understanding import understand
from curbside.verify.verifier import verify_claim

RETRIEVED = 400
"""Passages read for one question: enough to hold every finding of a topic."""


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What an answer says about the library it came from.

    `searched` says in words what was searched how ("lexical search of 262 passages").
    `checked_to` is the ISO date up to which the evidence was brought in.
    """

    fingerprint: str
    documents: int
    passages: int
    searched: tuple[str, ...]
    models: tuple[str, ...]
    checked_to: str


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts of one open library; `wiring` puts them together.

    `word_frequencies` maps a word to the number of passages that hold it (for spelling).
    """

    library: Library
    retriever: Retriever
    vocabulary: Vocabulary
    word_frequencies: Mapping[str, int]
    facts: LibraryFacts


def answer(text: str, *, engine: Engine, at: str) -> Answer:
    """Answer a question from one library.

    Args:
        text: the user's words.
        engine: an open library.
        at: ISO 8601 time that the answer's provenance carries.

    Returns:
        The page as data; `abstained` says why where there is no answer.

    Raises:
        QuestionError: the question is empty, too long or not text.
    """
    question = understand(
        text, vocabulary=engine.vocabulary, word_frequencies=engine.word_frequencies
    )
    outcome = outcome_of(question, engine.vocabulary)
    hits = engine.retriever.retrieve(question, k=RETRIEVED) if question.concepts else ()
    library = _Reading(engine.library)
    selection = select_evidence(question, hits, library=library, vocabulary=engine.vocabulary)
    draft = compose(question, selection.selected, outcome=outcome, vocabulary=engine.vocabulary)
    evidence = [item.evidence for item in selection.selected]
    verdicts = [
        verdict
        for placed in draft.placed
        for verdict in verify_claim(placed.claim, evidence, library=library)
    ]
    return assemble(
        question,
        selection,
        draft,
        verdicts,
        outcome=outcome,
        provenance=_provenance(engine.facts, at),
        evidence_checked_to=engine.facts.checked_to,
    )


class _Reading:
    """A library as one answer reads it: each document once, so that every part sees the same."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: dict[str, tuple[Document, Standing] | None] = {}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        if doc_id not in self._read:
            self._read[doc_id] = self._library.document(doc_id)
        return self._read[doc_id]


def _provenance(facts: LibraryFacts, at: str) -> Provenance:
    return Provenance(
        version=__version__,
        library=facts.fingerprint,
        documents=facts.documents,
        passages=facts.passages,
        searched=facts.searched,
        models=facts.models,
        options=(("retrieved", str(RETRIEVED)),),
        at=at,
    )
