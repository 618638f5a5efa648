"""A passage read once: its sentences with all that later steps ask of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from curbside.answer.cues import cue_names, question_cues, sentence_cues
from curbside.answer.standalone import is_dangling
from curbside.answer.zones import is_labelled, zone_of_sentence
from curbside.records import Document, Passage, Section, Span
from curbside.retrieve.vocabulary import NamedConcept, find_names
from curbside.text.excerpts import is_untitled
from curbside.text.normalise import fold
from curbside.text.sentences import split_sentences
from curbside.text.tokens import content_stems

_KEPT = 4096  # passages
_NOTHING_ASKED = (0.0,) * len(cue_names("question"))
_BEGINNING = 3  # sentences
_BEGINNING_LENGTH = 500  # code points
_PAIR_LENGTH = 600  # code points


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage. `span` points into `Document.text`; `position` counts from 0."""

    text: str
    span: Span
    folded: str
    stems: frozenset[str]
    zone: str
    cues: tuple[float, ...]
    position: int
    words: int


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage with its sentences. `stems` are those of its text; `title` is its document's own,
    "" where it has none; `title_cues` are what the title asks for, where it asks.

    `is_labelled` says that its section's label tells its zone; `diseases` and `drugs` are what the
    passage, its title or its record's headings name; `heading_cues` are the cues of the heading
    that it stands under, or of the type of question that it answers.
    """

    passage: Passage
    section: Section
    sentences: tuple[Sentence, ...]
    stems: frozenset[str]
    title: str
    title_stems: frozenset[str]
    title_cues: tuple[float, ...]
    is_labelled: bool
    diseases: tuple[NamedConcept, ...]
    drugs: tuple[NamedConcept, ...]
    heading_stems: frozenset[str]
    heading_cues: tuple[float, ...]


class PassageReader:
    """Reads each passage once, however many questions ask for it."""

    def __init__(self) -> None:
        self._read = lru_cache(maxsize=_KEPT)(_read)

    def read(self, passage: Passage, document: Document) -> ReadPassage:
        """A passage of a document, in the revision that its id names."""
        return self._read(
            passage,
            section_of(document, passage.span),
            "" if is_untitled(document) else document.title,
            document.question_type or "",
            document.source.mesh,
            is_digest=document.digest is not None,
        )


def beginning_of(read: ReadPassage, document: Document) -> Sentence | None:
    """The first whole sentences of a passage as one, up to three or 500 code points; what asks or
    heads comes before them. None where there is none."""
    whole = [s for s in read.sentences if s.text.rstrip()[-1:] in '.!)"”']
    if not whole:
        return None
    first = whole[0]
    last = first
    for sentence in read.sentences[first.position + 1 : first.position + _BEGINNING]:
        if sentence.span.end - first.span.start > _BEGINNING_LENGTH or sentence not in whole:
            break
        last = sentence
    span = Span(first.span.start, last.span.end)
    return _sentence(span.of(document.text), span, read.section, first.position, is_digest=False)


def read_alone(sentence: Sentence, read: ReadPassage, document: Document) -> Sentence:
    """A sentence as it is quoted: with the one before it where it points back to that ("This",
    "However"), else as it is."""
    if sentence.position == 0 or not is_dangling(sentence.text):
        return sentence
    before = read.sentences[sentence.position - 1]
    span = Span(before.span.start, sentence.span.end)
    if span.end - span.start > _PAIR_LENGTH:
        return sentence
    pair = _sentence(span.of(document.text), span, read.section, before.position, is_digest=False)
    return replace(pair, zone=sentence.zone)


def section_of(document: Document, span: Span) -> Section:
    """The innermost section that holds a span; one without a label where none does."""
    holding = [section for section in document.sections if section.span.contains(span)]
    if holding:
        return min(holding, key=lambda section: section.span.end - section.span.start)
    return Section("", span, "")


def _read(
    passage: Passage,
    section: Section,
    title: str,
    question_type: str,
    mesh: tuple[str, ...],
    *,
    is_digest: bool,
) -> ReadPassage:
    # the statement of a digest is one piece, however many sentences it has
    spans = (Span(0, len(passage.text)),) if is_digest else split_sentences(passage.text)
    sentences = tuple(
        _sentence(
            span.of(passage.text), span.shift(passage.span.start), section, at, is_digest=is_digest
        )
        for at, span in enumerate(spans)
    )
    told = "\n".join((title, passage.text, *mesh))
    heading = f"{section.locator} {question_type}"
    named = tuple(dict.fromkeys(mention.concept for mention in find_names(told)))
    return ReadPassage(
        passage,
        section,
        sentences,
        frozenset(stem for sentence in sentences for stem in sentence.stems),
        title,
        frozenset(content_stems(title)),
        question_cues(fold(title)) if title.rstrip().endswith("?") else _NOTHING_ASKED,
        is_labelled(section.label, section.locator),
        tuple(each for each in named if each.kind == "disease"),
        tuple(each for each in named if each.kind in ("drug", "class")),
        frozenset(content_stems(heading)),
        sentence_cues(fold(heading)),
    )


def _sentence(text: str, span: Span, section: Section, at: int, *, is_digest: bool) -> Sentence:
    folded = fold(text)
    return Sentence(
        text,
        span,
        folded,
        frozenset(content_stems(text)),
        "statement"
        if is_digest
        else zone_of_sentence(text, label=section.label, locator=section.locator),
        sentence_cues(folded),
        at,
        len(text.split()),
    )
