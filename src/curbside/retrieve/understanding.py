"""The user's words -> Question: concepts, kind, canonical title, and the page it belongs to.

A wording leads to a page (a question the vocabulary lists) when its condition, process and drug
agree with the page's and it asks for nothing more specific; then everything but the user's own
words is the page's, so that brand, generic, lay, abbreviated and misspelt wordings give one page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from curbside.errors import QuestionError
from curbside.records import (
    Concept,
    Question,
    QuestionKind,
    Role,
    Span,
    Vocabulary,
)
from curbside.retrieve.concepts import find_concepts
from curbside.retrieve.drugs import classes_of
from curbside.retrieve.lexicon import kind_cues, turning_words
from curbside.retrieve.specific import Specificity
from curbside.retrieve.spelling import Known, Spelt, correct_words
from curbside.retrieve.titles import title_of
from curbside.retrieve.wordings import Found, Table, table_of
from curbside.text.abbreviations import find_abbreviations
from curbside.text.normalise import fold, slugify
from curbside.text.tokens import content_stems, tokenize

MAX_LENGTH = 2000
"""Code points of a question: a longer text is a document, not a question."""

_KEPT = 256  # questions
_SHOUTED = 7  # letters of a word that, in capitals, is shouted and no acronym
# what a question may ask and still be answered by the page on predictors of the same outcome
_MERGES = frozenset({QuestionKind.FREQUENCY, QuestionKind.GENERAL, QuestionKind.CAUSE})


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question before it is matched with a page; `placed` in order of appearance."""

    text: str
    kind: QuestionKind
    placed: tuple[tuple[Span, Concept], ...]
    notes: tuple[str, ...]

    @property
    def concepts(self) -> tuple[Concept, ...]:
        seen: dict[tuple[Role, str], Concept] = {}
        for _, concept in self.placed:
            seen.setdefault((concept.role, concept.name), concept)
        return tuple(seen.values())

    def named(self, *roles: Role) -> set[str]:
        return {concept.name for _, concept in self.placed if concept.role in roles}


class _Library:
    """The words of one library, made ready once."""

    def __init__(self, vocabulary: Vocabulary, frequencies: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.known = Known(vocabulary, frequencies)
        self.specificity = Specificity(frequencies)
        self.with_topics = table_of(vocabulary)
        # kept for a while: who asks is led to a page, which is then made of the same words
        self.question_of = lru_cache(maxsize=_KEPT)(self._question_of)

    @cached_property
    def pages(self) -> tuple[tuple[str, _Reading], ...]:
        # a page is written by people who can spell: no word of it is corrected
        return tuple(
            (page, _read(page, Spelt(page, (), ()), self)) for page in self.vocabulary.pages
        )

    def _question_of(self, text: str) -> Question:
        typed = _plain(text)
        reading = _read(typed, correct_words(typed, self.known), self)
        for page, target in self.pages:
            if _leads_to(reading, target):
                arrived = () if text.strip() == page else (f"answered on the page “{page}”",)
                return _question(text, page, target, page, (*reading.notes, *arrived))
        title = title_of(reading.text, reading.kind, reading.placed)
        return _question(text, title, reading, reading.text, reading.notes)


def understand(
    text: str, *, vocabulary: Vocabulary, word_frequencies: Mapping[str, int]
) -> Question:
    """Understand a question.

    Args:
        text: the user's words.
        vocabulary: words and pages of the library's topics.
        word_frequencies: words of the library with the number of passages that hold them. It
            must not change while in use.

    Returns:
        The question with its concepts in order of appearance; none for a text that names
        nothing (stop words, another script). A drug is required unless the question is about
        what is done with a treatment in a condition (stopping, starting …): studies of stopping
        treatment need not name the drug.

    Raises:
        QuestionError: the text is empty, not text, or longer than `MAX_LENGTH`.
    """
    _check(text)
    return _library(_Words(vocabulary, word_frequencies)).question_of(text)


def _question(
    text: str, title: str, reading: _Reading, query: str, notes: tuple[str, ...]
) -> Question:
    return Question(
        text=text,
        title=title,
        slug=slugify(title),
        kind=reading.kind,
        concepts=reading.concepts,
        query=query,
        readings=notes,
    )


def _check(text: str) -> None:
    if not isinstance(text, str):
        raise QuestionError(f"expected a question as text, found {type(text).__name__}")
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise QuestionError(
            'expected a question, such as "What predicts relapse of gout?"; found nothing'
        )
    if len(text) > MAX_LENGTH:
        raise QuestionError(
            f"expected a question of at most {MAX_LENGTH} characters, found {len(text)}; "
            "ask one question at a time"
        )
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise QuestionError("expected a question as text; found half a character (a surrogate)")


def _plain(text: str) -> str:
    """One line without control characters, composed letters, not shouted."""
    composed = unicodedata.normalize("NFC", text)
    line = " ".join("".join(c if c.isprintable() else " " for c in composed).split())
    is_shouted = line.isupper() and any(len(t.text) >= _SHOUTED for t in tokenize(line))
    return line.lower() if is_shouted else line


class _Words:
    """A library's words for the cache, told apart by identity: to hash them would read them all."""

    __slots__ = ("frequencies", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, frequencies: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.frequencies = frequencies

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Words)
            and other.vocabulary is self.vocabulary
            and other.frequencies is self.frequencies
        )

    def __hash__(self) -> int:
        return hash((id(self.vocabulary), id(self.frequencies)))


@lru_cache(maxsize=8)
def _library(words: _Words) -> _Library:
    return _Library(words.vocabulary, words.frequencies)


def _read(typed: str, spelt: Spelt, library: _Library) -> _Reading:
    text = spelt.text
    found = _with_own_abbreviations(text, find_concepts(text, library.with_topics))
    conditions = {e.name for e in library.vocabulary.entries if e.role is Role.CONDITION}
    if not any(f.meaning.name in conditions for f in found):
        # a topic's words mean what they mean there only where its condition is asked about
        found = _with_own_abbreviations(text, find_concepts(text, _general_table()))
    placed = _place(typed, spelt, found, library.specificity)
    return _Reading(text, _kind(text), placed, (*spelt.notes, *_drug_notes(text, found)))


def _with_own_abbreviations(text: str, found: list[Found]) -> list[Found]:
    """A concept that the question abbreviates ("heart failure (HF)") is mentioned by either, and
    its short form is no concept of its own."""
    defined = find_abbreviations(text)
    kept = []
    for f in found:
        if any(a.short.span == f.span for a in defined) and f.meaning.role is Role.OTHER:
            continue
        short = [fold(a.short.text) for a in defined if a.long.span.end == f.span.end]
        terms = tuple(dict.fromkeys((*f.meaning.terms, *short)))
        kept.append(Found(f.span, replace(f.meaning, terms=terms)) if short else f)
    return kept


@lru_cache(maxsize=1)
def _general_table() -> Table:
    return table_of(Vocabulary())


def _place(
    typed: str, spelt: Spelt, found: list[Found], specificity: Specificity
) -> tuple[tuple[Span, Concept], ...]:
    roles = {f.meaning.role for f in found}
    is_about_care = Role.PROCESS in roles and bool(roles & {Role.CONDITION, Role.OTHER})
    names_a_thing = any(_names_a_thing(f, specificity) for f in found)
    placed = []
    for f in found:
        role, meaning = f.meaning.role, f.meaning
        is_asking = role is Role.OTHER and not specificity.names(f.span.of(spelt.text))
        required = not (
            (role is Role.INTERVENTION and is_about_care) or (is_asking and names_a_thing)
        )
        surface = spelt.before(f.span).of(typed)
        terms = meaning.terms
        if role is Role.OTHER:
            terms = tuple(dict.fromkeys((*terms, *specificity.shortened(f.span.of(spelt.text)))))
        concept = Concept(
            role,
            meaning.name,
            surface,
            terms,
            required,
            meaning.brand,
            meaning.ui,
            meaning.tree_numbers,
        )
        placed.append((f.span, concept))
    return tuple(placed)


def _names_a_thing(found: Found, specificity: Specificity) -> bool:
    """Whether a concept says what the question is about, so that words that go with any subject
    need not be found."""
    if found.meaning.role is Role.OTHER:
        return specificity.names(found.meaning.name)
    return found.meaning.role in (Role.CONDITION, Role.INTERVENTION)


def _drug_notes(text: str, found: list[Found]) -> tuple[str, ...]:
    drugs = [f for f in found if f.meaning.role is Role.INTERVENTION]
    plain = {f.meaning.name for f in drugs if fold(f.span.of(text)) == fold(f.meaning.name)}
    notes = (
        f"read “{f.span.of(text)}” as {f.meaning.name}"
        for f in drugs
        if f.meaning.name not in plain
    )
    return tuple(dict.fromkeys(notes))


def _kind(text: str) -> QuestionKind:
    folded = fold(text)
    for kind, pattern in kind_cues():
        if pattern.search(folded):
            return kind
    return QuestionKind.GENERAL


def _leads_to(reading: _Reading, page: _Reading) -> bool:
    merges = page.kind is QuestionKind.PREDICTORS and reading.kind in _MERGES
    if reading.kind is not page.kind and not merges:
        return False
    conditions = reading.named(Role.CONDITION)
    # "will my seizures return in epilepsy": a word of the page's own question adds nothing
    conditions -= _told(conditions, page) - page.named(Role.CONDITION)
    if not conditions or conditions != page.named(Role.CONDITION):
        return False
    if not page.named(Role.PROCESS) or reading.named(Role.PROCESS) != page.named(Role.PROCESS):
        return False
    return (
        _drugs_agree(reading.named(Role.INTERVENTION), page.named(Role.INTERVENTION))
        and reading.named(Role.OUTCOME) <= page.named(Role.OUTCOME)
        and not _is_narrower(reading, page)
    )


def _drugs_agree(asked: set[str], of_page: set[str]) -> bool:
    """No drug asked about is another than the page's; a class that holds the page's may be."""
    classes = {c for name in of_page for c in classes_of(name)}
    return asked <= of_page | classes


def _is_narrower(reading: _Reading, page: _Reading) -> bool:
    """Whether a question turns its sense ("not") or names something that its page does not.

    Words that nothing is known of are only words: they narrow a question that names no drug of
    the page ("stopping alcohol"), and not one that does.
    """
    if any(fold(t.text) in turning_words() for t in tokenize(_uncovered(reading))):
        return True
    rest = (Role.POPULATION, Role.FACTOR, Role.COMPARISON)
    if reading.named(*rest) - page.named(*rest):
        return True
    if reading.named(Role.INTERVENTION) & page.named(Role.INTERVENTION):
        return False
    others = reading.named(Role.OTHER)
    return bool(others - _told(others, page))


def _told(names: set[str], page: _Reading) -> set[str]:
    """The names that say nothing beyond the words of the page's own question."""
    stems = set(content_stems(page.text))
    return {name for name in names if set(content_stems(name)) <= stems}


def _uncovered(reading: _Reading) -> str:
    text = list(reading.text)
    for span, _ in reading.placed:
        text[span.start : span.end] = " " * (span.end - span.start)
    return "".join(text)
