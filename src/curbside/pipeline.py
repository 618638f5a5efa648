"""The whole path on one page: a question goes in, a page that can be checked comes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from curbside import __version__
from curbside.answer.select import Chooser, numbered
from curbside.answer.topic_page import page_statements
from curbside.compose.assemble import assemble
from curbside.compose.draft import Draft, compose
from curbside.compose.figures import Pooler
from curbside.compose.generated import Rewording, shown_name
from curbside.compose.readers import needs_plain_words, read_for
from curbside.compose.suggest import next_questions, related_pages
from curbside.errors import GeneratorError
from curbside.evidence.outcome import outcome_of, with_findings
from curbside.protocols import Generator, Library, Retriever
from curbside.records import (
    Answer,
    Claim,
    Document,
    Hit,
    Outcome,
    Provenance,
    Question,
    Reader,
    Selected,
    Selection,
    Standing,
    Verdict,
    Vocabulary,
)
from curbside.retrieve.follow import follow_up
from curbside.retrieve.names import names_in
from curbside.retrieve.understanding import understand
from curbside.retrieve.variant import variant_of
from curbside.text.plain import lexicon_for, lexicon_of
from curbside.verify.quotes import quote_fault
from curbside.verify.reader_equality import wording_faults
from curbside.verify.verifier import verify_claim

RETRIEVED = 50
"""Passages asked of the index for one question; the best of them are read."""
OF_TOPIC = 400
"""The same for the order of a topic's statements: enough to hold them all."""


class Stage(StrEnum):
    """What of an answer is done, in this order."""

    UNDERSTOOD = "understood"
    SEARCHED = "searched"
    CHOSEN = "chosen"
    CHECKED = "checked"


Reached: TypeAlias = Callable[[Stage, int], None]
"""Is told each stage as it is done, with how many concepts were understood, passages found,
sentences chosen, claims that pass every gate."""


def untold(_: Stage, __: int) -> None:
    """A `Reached` that nobody listens to."""


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
    `generator` may reword what the page says; None leaves the words to the sources. `pooler`
    pools effects that compare; None shows them side by side. `chooser` chooses the sentences;
    `topic_documents` are those that were compiled for a page, by its question.
    """

    library: Library
    retriever: Retriever
    chooser: Chooser
    topic_documents: Mapping[str, tuple[str, ...]]
    vocabulary: Vocabulary
    word_frequencies: Mapping[str, int]
    facts: LibraryFacts
    generator: Generator | None = None
    pooler: Pooler | None = None


def answer(
    text: str,
    *,
    engine: Engine,
    at: str,
    told: Callable[[Claim], None] = lambda _: None,
    earlier: Answer | None = None,
    forget: Collection[str] = (),
    reached: Reached = untold,
) -> Answer:
    """Answer a question from one library.

    Args:
        text: the user's words.
        engine: an open library.
        at: ISO 8601 time that the answer's provenance carries.
        earlier: the page that the question follows; what it leaves out is kept from there.
        forget: concepts of that page that are not to be kept.
        told: is given every claim that a language model worded, once it has passed every gate.
        reached: is told each stage as it is done; what it raises ends the answer there.

    Returns:
        The page as data; `abstained` says why where there is no answer. With a generator, the
        page says what it worded, or why it did not; without one of its words it is the same page.

    Raises:
        QuestionError: the question is empty, too long or not text.
    """
    question = understood(text, engine=engine, earlier=earlier, forget=forget)
    reached(Stage.UNDERSTOOD, len(question.concepts))
    outcome = outcome_of(question, engine.vocabulary)
    hits, variant = _retrieved(question, engine.retriever)
    if variant:
        note = f"also searched as “{variant}”"
        question = replace(question, readings=(*question.readings, note))
    if question.follows is not None and question.follows.only:
        hits = [hit for hit in hits if hit.passage.doc_id in question.follows.only]
    reached(Stage.SEARCHED, len(hits))
    library = _Reading(engine.library)
    of_page = engine.topic_documents.get(question.query, ())
    selection = _selection(
        question, variant, hits, of_page, outcome, engine=engine, library=library
    )
    reached(Stage.CHOSEN, len(selection.selected))
    draft = compose(
        question,
        selection.selected,
        outcome=outcome,
        vocabulary=engine.vocabulary,
        threshold=selection.threshold,
        of_page=of_page,
    )
    evidence = [item.evidence for item in selection.selected]
    verdicts = [
        verdict
        for placed in draft.placed
        for verdict in verify_claim(placed.claim, evidence, library=library)
    ]
    provenance = _provenance(engine.facts, selection, at)
    worded = _Worded(draft, tuple(verdicts), provenance)
    if engine.generator is not None:
        worded = _reword(engine.generator, question, selection, worded, library=library, told=told)
    page = assemble(
        question,
        replace(selection, nearest=_nearest(selection, library)),
        worded.draft,
        worded.verdicts,
        outcome=outcome,
        provenance=worded.provenance,
        evidence_checked_to=engine.facts.checked_to,
        pooler=engine.pooler,
    )
    reached(Stage.CHECKED, len(page.claims))
    shown = {claim.claim_id for claim in page.claims}
    placed = [each for each in worded.draft.placed if each.claim.claim_id in shown]
    return replace(
        page,
        next_questions=next_questions(question, placed, outcome=outcome),
        related=related_pages(question, engine.vocabulary),
        withheld=(*page.withheld, *worded.refused),
        verdicts=(*page.verdicts, *worded.refused_verdicts),
    )


def _retrieved(question: Question, retriever: Retriever) -> tuple[list[Hit], str]:
    """The passages found for a question as it is worded and in the names that they use for what it
    names, best first, with that other wording ("" where it is the same)."""
    hits = list(retriever.retrieve(question, k=RETRIEVED))
    variant = variant_of(question.query, [hit.passage for hit in hits])
    if variant == question.query:
        return hits, ""
    best = {hit.passage.passage_id: hit for hit in hits}
    for hit in retriever.retrieve(replace(question, query=variant), k=RETRIEVED):
        known = best.get(hit.passage.passage_id)
        if known is None or hit.score > known.score:
            best[hit.passage.passage_id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.passage.passage_id)), variant


def _selection(
    question: Question,
    variant: str,
    hits: Sequence[Hit],
    of_page: Sequence[str],
    outcome: Outcome | None,
    *,
    engine: Engine,
    library: Library,
) -> Selection:
    """What the library says of a question; on the page of a topic after what the topic says."""
    chooser = engine.chooser
    if of_page:
        hits = [hit for hit in hits if hit.passage.doc_id not in of_page]
    chosen = chooser.choose(question, hits, library=library, variant=variant)
    found = with_findings(chosen.selected, question, outcome, engine.vocabulary)
    if not of_page:
        return replace(chosen, selected=found)
    stated, beside = page_statements(
        question,
        of_page,
        engine.retriever.retrieve(question, k=OF_TOPIC),
        library=library,
        reader=chooser.reader,
        outcome=outcome,
        vocabulary=engine.vocabulary,
    )
    # what a topic states was compiled for its page, and no probability is known of it
    return replace(
        chosen, selected=numbered((*stated, *found)), nearest=numbered(beside, "N"), top_score=None
    )


def _nearest(selection: Selection, library: Library) -> tuple[Selected, ...]:
    """What may be shown where nothing answers, best first: the nearest sentences, or, where some
    were chosen, these, as the gates may leave none of what was made of them. Only those whose
    words stand in their source as it is."""
    return tuple(
        item
        for item in selection.nearest or selection.selected
        if quote_fault(item.evidence, library=library) is None
    )


def read_as(page: Answer, reader: Reader, *, vocabulary: Vocabulary) -> Answer:
    """Draw an answer for one kind of reader; its claims stay as they are.

    Args:
        page: an answer, drawn for anyone or for no one yet.
        reader: whom it is for.
        vocabulary: plain words of the topics; the general glossary is always there.

    Returns:
        The answer with its reading. Every wording of it has passed the reader gate, which
        `recheck` applies again.
    """
    # made where it is needed: to hold every plain word against its word takes a tenth of a second
    lexicon = lexicon_for(vocabulary) if needs_plain_words(reader) else lexicon_of(())
    reading = read_for(
        page,
        reader,
        lexicon=lexicon,
        names=names_in([claim.text for claim in page.claims], vocabulary),
        holds=lambda claim, wording: not wording_faults(claim, wording, lexicon=lexicon),
    )
    return replace(page, reading=reading)


def understood(
    text: str, *, engine: Engine, earlier: Answer | None = None, forget: Collection[str] = ()
) -> Question:
    """The question that `answer` answers, without answering it; arguments and errors as there."""
    if earlier is None:
        return understand(
            text, vocabulary=engine.vocabulary, word_frequencies=engine.word_frequencies
        )
    return follow_up(
        text,
        earlier=earlier.question,
        sources={reference.number: reference.doc_id for reference in earlier.references},
        forget=forget,
        vocabulary=engine.vocabulary,
        word_frequencies=engine.word_frequencies,
    )


@dataclass(frozen=True, slots=True)
class _Worded:
    """The draft of a page with what its generator, if any, made of it."""

    draft: Draft
    verdicts: tuple[Verdict, ...]
    provenance: Provenance
    refused: tuple[Claim, ...] = ()
    refused_verdicts: tuple[Verdict, ...] = ()


def _reword(
    generator: Generator,
    question: Question,
    selection: Selection,
    page: _Worded,
    *,
    library: Library,
    told: Callable[[Claim], None],
) -> _Worded:
    """The page with what the generator says better and no less truly; what it got wrong, or that
    it said nothing, is told."""
    evidence = [item.evidence for item in selection.selected]
    rewording = Rewording(
        page.draft,
        page.verdicts,
        evidence,
        own_words=frozenset(
            item.evidence.evidence_id for item in selection.selected if not item.document.digest
        ),
        verify=lambda claim: verify_claim(claim, evidence, library=library),
        writer=generator.name,
    )
    if not rewording.offered:
        return page
    ended = None
    try:
        for drafted in generator.generate(question, rewording.offered):
            claim = rewording.take(drafted)
            if claim is not None:
                told(claim)
    except GeneratorError as error:
        ended = str(error)
    draft, verdicts = rewording.result()
    name = shown_name(generator.name)
    said = rewording.account(ended)
    return _Worded(
        draft,
        verdicts,
        replace(
            page.provenance,
            models=(*page.provenance.models, f"{name} (wording)"),
            options=(*page.provenance.options, ("wording", said)),
        ),
        tuple(refused.claim for refused in rewording.refused),
        tuple(verdict for refused in rewording.refused for verdict in refused.verdicts),
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


def _provenance(facts: LibraryFacts, selection: Selection, at: str) -> Provenance:
    left_out = "; ".join(f"{reason}: {count}" for reason, count in selection.vetoed)
    return Provenance(
        version=__version__,
        library=facts.fingerprint,
        documents=facts.documents,
        passages=facts.passages,
        searched=facts.searched,
        models=facts.models,
        options=(
            ("retrieved", str(RETRIEVED)),
            ("threshold", f"{selection.threshold:g}"),
            *((("left out", left_out),) if left_out else ()),
        ),
        at=at,
    )
