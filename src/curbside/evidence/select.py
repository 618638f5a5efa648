"""Hits -> Evidence: the sentences that are about the question, verbatim, with their findings.

A sentence is about the question when everything the question requires is mentioned by the
sentence, its passage or its document's title, and at least one thing the question is about by
the sentence itself. A drug's own guidance and label (tests, doses, safety) counts where the
source is a guideline or a label and names the drug.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from curbside.evidence.asked import speaks_of_what_is_asked
from curbside.evidence.findings import find_findings
from curbside.evidence.standalone import asks_for_methods, is_dangling, is_only_method
from curbside.evidence.zones import zone_of_sentence
from curbside.protocols import Library
from curbside.records import (
    Concept,
    Document,
    Evidence,
    Finding,
    Hit,
    Kind,
    Lane,
    Mention,
    Outcome,
    Passage,
    Question,
    QuestionKind,
    Role,
    Section,
    Selected,
    Selection,
    Span,
    Vocabulary,
    lane_of,
)
from curbside.text.abbreviations import find_abbreviations
from curbside.text.excerpts import TITLE_LABEL
from curbside.text.mentions import mentioned, mentions
from curbside.text.normalise import fold
from curbside.text.sentences import split_sentences
from curbside.text.tokens import content_stems

_REVIEWS = frozenset({Kind.REVIEW, Kind.SYSTEMATIC_REVIEW, Kind.GUIDELINE})
# what a page may quote: what a study found and concluded, and what a guideline or label states
_QUOTABLE = frozenset({"result", "conclusion", "statement"})
_QUOTABLE_OF_REVIEWS = _QUOTABLE | {"discussion", "other"}
_FOUND = frozenset({"result", "conclusion"})
_NEAREST = 3
_DEFINITIONS = 4000  # code points
_SECOND_HAND = re.compile(
    r"\bet al\b|\[\d[\d,\s–-]*\]|\(\d{1,3}(?:[,–-]\s?\d{1,3})*\)|\b(?:19|20)\d\d\)"
)
_INCOMPLETE = re.compile(r"[:,;]$|^[a-z(]|^\d+, |\?$")
# "9. Chou R, Clark E. Screening for …": an entry of a list of references
_REFERENCE = re.compile(r"(?:\d{1,3}\.\s*)?[A-Z][\w'’-]+ [A-Z]{1,3}(?:,|\.| et al)")
# questions that what everyone knows of a thing answers, so that a study's background may
_ABOUT_A_THING = frozenset({QuestionKind.GENERAL, QuestionKind.DEFINITION, QuestionKind.CAUSE})
_MIN_WORDS, _MAX_WORDS = 6, 80
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


def select_evidence(
    question: Question, hits: Sequence[Hit], *, library: Library, vocabulary: Vocabulary
) -> Selection:
    """Choose the sentences of `hits` that are about the question.

    Args:
        question: understood; a question without a concept selects nothing.
        hits: best first.
        library: gives the document of each hit; a hit whose document is gone is skipped.
        vocabulary: wordings of outcomes and factors.

    Returns:
        Evidence numbered E1… best first, ties by document and span, so that the same hits give
        the same selection. Each sentence once, however many passages hold it.
    """
    outcome = outcome_of(question, vocabulary)
    shelf = _Shelf(library)
    required = {c.name for c in question.concepts if _has_to_be_named(c, question)}
    drugs = {c.name for c in question.concepts_of(Role.INTERVENTION)}
    of_the_drug = (required | drugs) - {c.name for c in question.concepts_of(Role.CONDITION)}
    covered: set[str] = set()
    about: dict[tuple[str, Span], Selected] = {}
    rest: list[tuple[Hit, set[str]]] = []
    top = max((hit.score for hit in hits), default=1.0) or 1.0
    for hit in hits:
        present = _covered(question.concepts, f"{hit.passage.title}. {hit.passage.text}")
        covered |= present
        # only a document that may count is opened: most of a large library does not
        guides = bool(drugs) and of_the_drug <= present and shelf.guides(hit.passage.doc_id)
        if required <= present or guides:
            for item in _statements(hit, question, shelf, hit.score / top):
                if _names_enough(item, question, shelf) and _answers(item, question):
                    about.setdefault((item.evidence.doc_id, item.evidence.span), item)
        else:
            rest.append((hit, present))
    near: list[Selected] = []
    if not about:
        for hit, _ in sorted(rest, key=lambda pair: -len(pair[1]))[:_NEAREST]:
            near += _statements(hit, question, shelf, hit.score / top)[:1]
    ordered = sorted(about.values(), key=_order)
    return Selection(
        tuple(
            _with_findings(item, f"E{number}", question, outcome, vocabulary)
            for number, item in enumerate(ordered, start=1)
        ),
        tuple(
            _with_findings(item, f"N{number}", question, None, vocabulary)
            for number, item in enumerate(near, start=1)
        ),
        tuple(c for c in question.concepts if c.is_required and c.name not in covered),
        len(hits),
    )


class _Shelf:
    """The documents of one question, with the abbreviations that each defines."""

    def __init__(self, library: Library) -> None:
        self.document = library.document
        self._concepts: dict[str, tuple[Concept, ...]] = {}
        self._openings: dict[str, set[str]] = {}

    def concepts(self, document: Document, question: Question) -> tuple[Concept, ...]:
        """The question's concepts with the abbreviations that this document gives them."""
        if document.digest is not None:
            return question.concepts
        if document.doc_id not in self._concepts:
            self._concepts[document.doc_id] = _with_abbreviations(document, question.concepts)
        return self._concepts[document.doc_id]

    def opening(self, document: Document, question: Question) -> set[str]:
        """The names of the question's concepts that a document's title or opening mentions."""
        if document.doc_id not in self._openings:
            told = f"{document.title}. {document.text[:_DEFINITIONS]}"
            self._openings[document.doc_id] = _covered(question.concepts, told)
        return self._openings[document.doc_id]

    def guides(self, doc_id: str) -> bool:
        """Whether a document is a guideline or a label: a drug's own guidance counts without
        the condition."""
        found = self.document(doc_id)
        return found is not None and lane_of(found[0].kind) in (Lane.GUIDELINE, Lane.LABEL)


def _with_abbreviations(document: Document, concepts: tuple[Concept, ...]) -> tuple[Concept, ...]:
    """Abbreviations are defined at the start, so only that is read."""
    defined = find_abbreviations(document.text[:_DEFINITIONS])
    return tuple(
        replace(concept, terms=(*concept.terms, *short))
        if (
            short := tuple(
                fold(a.short.text) for a in defined if mentions(a.long.text, concept.terms)
            )
        )
        else concept
        for concept in concepts
    )


def _statements(hit: Hit, question: Question, shelf: _Shelf, score: float) -> list[Selected]:
    """The sentences of a passage that may stand on a page, in its order."""
    found = shelf.document(hit.passage.doc_id)
    if found is None:
        return []
    document, standing = found
    section = _section_of(document, hit.passage.span)
    wants_methods = asks_for_methods(question.query)
    chosen = []
    for span in _sentences(hit.passage, document):
        quote = span.of(document.text)
        named = _covered(shelf.concepts(document, question), quote)
        zone = _zone(quote, document, section)
        if not _is_statement(quote, document, section, zone, question.kind):
            continue
        if document.digest is None and is_only_method(quote) and not wants_methods:
            continue
        relevance = _relevance(score, named, question, section, zone, quote)
        chosen.append(
            Selected(
                _evidence(document, section, span, quote, zone),
                document,
                standing,
                relevance,
                tuple(sorted(named)),
            )
        )
    return chosen


def _names_enough(item: Selected, question: Question, shelf: _Shelf) -> bool:
    """Whether a sentence itself says enough of what is asked.

    A digest's statement stands alone. A guideline or label names one thing asked about. A
    sentence of a study names two of what is required (one where no more is), or one where the
    study's title names all the rest; where the title names everything, each result and
    conclusion of its abstract is about it. Where a process is asked about, a sentence names the
    process or the outcome, the title the condition, and the study the process or the drug.
    """
    document, evidence, named = item.document, item.evidence, set(item.named)
    if document.digest is not None:
        return True
    titled = _covered(question.concepts, document.title)
    if lane_of(document.kind) is not Lane.RESEARCH:
        beyond = {c.name for c in question.concepts if c.role is not Role.CONDITION}
        return bool(named & beyond) or (bool(named) and beyond <= titled)
    if question.concepts_of(Role.PROCESS):
        asked = (*question.concepts_of(Role.OUTCOME), *question.concepts_of(Role.PROCESS))
        told = named | titled
        drugs = {c.name for c in question.concepts_of(Role.INTERVENTION)}
        opening = document.text[:_DEFINITIONS]
        if drugs and not drugs & (told | _covered(question.concepts, opening)):
            return False
        rest = {c.name for c in question.concepts if _has_to_be_named(c, question)}
        if not any(concept.name in named for concept in asked) or not rest <= told:
            return False
        # relapse in a study in which nothing was stopped is another matter
        changes = (*question.concepts_of(Role.PROCESS), *question.concepts_of(Role.INTERVENTION))
        return not shelf.opening(document, question).isdisjoint(c.name for c in changes)
    required = {c.name for c in question.concepts if _has_to_be_named(c, question)}
    required -= {c.name for c in question.concepts_of(Role.POPULATION)}
    if required <= titled and _is_abstract(evidence) and evidence.zone in _FOUND:
        return True
    if required - titled <= named and named & required:
        return True
    return len(named & required) >= min(2, len(required)) and bool(named)


def _answers(item: Selected, question: Question) -> bool:
    """Whether a source's own sentence speaks of what is asked; the care around a process, which
    is asked for with it, has many sides."""
    if item.document.digest is not None or question.concepts_of(Role.PROCESS):
        return True
    return speaks_of_what_is_asked(question.query, item.evidence.quote)


def _has_to_be_named(concept: Concept, question: Question) -> bool:
    """A question about a process (stopping, starting …) asks for the care around it too, which
    need not name the outcome; any other question wants all that it requires."""
    if concept.role in (Role.OUTCOME, Role.PROCESS) and question.concepts_of(Role.PROCESS):
        return False
    return concept.is_required


def _order(item: Selected) -> tuple[float, str, Span]:
    return (-item.relevance, item.evidence.doc_id, item.evidence.span)


def _covered(concepts: Sequence[Concept], text: str) -> set[str]:
    named = mentioned(text, tuple(concept.terms for concept in concepts))
    return {concepts[at].name for at in named}


def _sentences(passage: Passage, document: Document) -> tuple[Span, ...]:
    if document.digest is not None:
        return (passage.span,)
    text = passage.span.of(document.text)
    return tuple(span.shift(passage.span.start) for span in split_sentences(text))


def _section_of(document: Document, span: Span) -> Section:
    holding = [section for section in document.sections if section.span.contains(span)]
    if holding:
        return min(holding, key=lambda section: section.span.end - section.span.start)
    return Section("", span, "")


def _is_statement(
    quote: str, document: Document, section: Section, zone: str, kind: QuestionKind
) -> bool:
    """Whether a sentence can stand on a page by itself, in its own study's words."""
    if document.digest is not None:
        return True
    if not _MIN_WORDS <= len(quote.split()) <= _MAX_WORDS:
        return False
    if _INCOMPLETE.search(quote) or _REFERENCE.match(quote) or is_dangling(quote):
        return False
    if document.kind in _REVIEWS or lane_of(document.kind) is not Lane.RESEARCH:
        return zone in _QUOTABLE_OF_REVIEWS
    # a study speaks for itself: what it says of other people's work belongs to them
    if _SECOND_HAND.search(quote):
        return False
    if zone == "background":
        return kind in _ABOUT_A_THING and _is_abstract(section)
    return zone in _QUOTABLE or (zone == "other" and _is_abstract(section))


def _is_abstract(place: Section | Evidence) -> bool:
    label = place.section if isinstance(place, Evidence) else place.label
    # a title that was handed in as a passage says in short what its study found, as an abstract
    return label == TITLE_LABEL or any(
        fold(name).startswith(("abstract", "summary")) for name in (place.locator, label)
    )


def _zone(quote: str, document: Document, section: Section) -> str:
    if document.digest is not None:
        return "statement"
    return zone_of_sentence(quote, label=section.label, locator=section.locator)


def _evidence(document: Document, section: Section, span: Span, quote: str, zone: str) -> Evidence:
    printed = section.recommendation
    return Evidence(
        evidence_id="",
        doc_id=document.doc_id,
        revision=document.revision,
        span=span,
        quote=quote,
        section=section.label,
        locator=section.locator,
        zone=zone,
        design=document.study.design if document.study else None,
        certainty=section.certainty,
        strength=section.strength or (printed.strength if printed else None),
    )


_ZONE_WEIGHT = {"conclusion": 0.15, "result": 0.05, "statement": 0.12}
_ABSTRACT_WEIGHT = 0.1


def _relevance(
    score: float, named: set[str], question: Question, section: Section, zone: str, quote: str
) -> float:
    """How near a sentence is to the question: its passage's score, what it names itself, the
    question's words in it, and whether it stands where a study says what it found.

    The weights are chosen by hand and not tuned on a data set.
    """
    share = len(named) / len(question.concepts) if question.concepts else 0.0
    asked = set(content_stems(question.query))
    overlap = len(asked & set(content_stems(quote))) / len(asked) if asked else 0.0
    figure = 0.05 if re.search(r"\d", quote) else 0.0
    place = _ZONE_WEIGHT.get(zone, 0.0) + (_ABSTRACT_WEIGHT if _is_abstract(section) else 0.0)
    total = 0.3 * score + 0.3 * share + 0.15 * overlap + figure + place
    return max(0.0, min(1.0, round(total, 6)))


def _with_findings(
    item: Selected,
    evidence_id: str,
    question: Question,
    outcome: Outcome | None,
    vocabulary: Vocabulary,
) -> Selected:
    evidence = item.evidence
    findings: tuple[Finding, ...] = ()
    if outcome is not None and asks_for_factors(question):
        found = find_findings(
            evidence.quote,
            outcome=outcome,
            vocabulary=vocabulary,
            is_review=item.document.kind in _REVIEWS,
            n=item.document.study.n if item.document.study else None,
        )
        findings = tuple(_in_document(finding, evidence.span.start) for finding in found)
    return replace(item, evidence=replace(evidence, evidence_id=evidence_id, findings=findings))


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
