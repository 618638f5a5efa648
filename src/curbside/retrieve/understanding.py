"""The user's words -> Question: concepts, kind, canonical title, and the page it belongs to.

A wording leads to a page (a question the vocabulary lists) when its condition, process and drug
agree with the page's and it asks for nothing more specific; then everything but the user's own
words is the page's, so that brand, generic, lay, abbreviated and misspelt wordings give one page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from curbside.errors import QuestionError
from curbside.records import (
    Concept,
    Question,
    QuestionKind,
    Role,
    Span,
    Vocabulary,
)
from curbside.retrieve.lexicon import (
    Drug,
    drug_classes,
    drugs,
    kind_cues,
    question_words,
    words,
)
from curbside.retrieve.spelling import Known, correct
from curbside.text.mentions import alternatives
from curbside.text.normalise import fold, slugify
from curbside.text.tokens import is_stopword, tokenize

MAX_LENGTH = 2000
"""Code points of a question: a longer text is a document, not a question."""

_PART = 4
# what a question may ask and still be answered by the page of the same condition and process
_MERGES = frozenset(
    {QuestionKind.PREDICTORS, QuestionKind.FREQUENCY, QuestionKind.GENERAL, QuestionKind.CAUSE}
)


@dataclass(frozen=True, slots=True)
class _Term:
    role: Role
    name: str
    terms: tuple[str, ...]
    brand: str | None = None
    drug_class: str | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question before it is matched with a page."""

    text: str
    kind: QuestionKind
    concepts: tuple[Concept, ...]
    notes: tuple[str, ...]


def understand(
    text: str, *, vocabulary: Vocabulary, word_frequencies: Mapping[str, int]
) -> Question:
    """Understand a question.

    Args:
        text: the user's words.
        vocabulary: words and pages of the library's topics.
        word_frequencies: words of the library with the number of passages that hold them.

    Returns:
        The question with its concepts in order of appearance; none for a text that names
        nothing (stop words, another script).

    Raises:
        QuestionError: the text is empty, not text, or longer than `MAX_LENGTH`.
    """
    _check(text)
    reading = _read(text, vocabulary, word_frequencies)
    for page in vocabulary.pages:
        target = _page(page, vocabulary)
        if _leads_to(reading, target):
            return Question(
                text=text,
                title=page,
                slug=slugify(page),
                kind=target.kind,
                concepts=target.concepts,
                query=page,
                readings=(*reading.notes, *(_arrival(text, page))),
            )
    title = _title(reading)
    return Question(
        text=text,
        title=title,
        slug=slugify(title),
        kind=reading.kind,
        concepts=reading.concepts,
        query=reading.text,
        readings=reading.notes,
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


def _arrival(text: str, page: str) -> tuple[str, ...]:
    return () if text.strip() == page else (f"answered on the page “{page}”",)


@lru_cache(maxsize=64)
def _page(page: str, vocabulary: Vocabulary) -> _Reading:
    # a page is written by people who can spell: no word of it is corrected
    return _read(page, vocabulary, {})


def _leads_to(reading: _Reading, page: _Reading) -> bool:
    def named(of: _Reading, *roles: Role) -> set[str]:
        return {c.name for c in of.concepts if c.role in roles}

    if reading.kind not in _MERGES and reading.kind is not page.kind:
        return False
    if named(reading, Role.CONDITION) != named(page, Role.CONDITION):
        return False
    if not named(page, Role.CONDITION) or not named(page, Role.PROCESS):
        return False
    if named(reading, Role.PROCESS) != named(page, Role.PROCESS):
        return False
    classes = {d.drug_class for d in drugs() if d.generic in named(page, Role.INTERVENTION)}
    if not named(reading, Role.INTERVENTION) <= named(page, Role.INTERVENTION) | classes:
        return False
    if not named(reading, Role.OUTCOME) <= named(page, Role.OUTCOME):
        return False
    rest = (Role.POPULATION, Role.FACTOR, Role.COMPARISON, Role.OTHER)
    return not named(reading, *rest) - named(page, *rest)


def _read(text: str, vocabulary: Vocabulary, frequencies: Mapping[str, int]) -> _Reading:
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text, notes = _spell(text, vocabulary, frequencies)
    folded = fold(text)
    found = _find_terms(text, vocabulary)
    if not any(term.role is Role.CONDITION for _, term in found):
        # a topic's words mean what they mean there only where its condition is asked about
        found = _find_terms(text, Vocabulary())
    taken = bytearray(len(folded))
    for span, _ in found:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    left = _leftovers(text, taken)
    is_about_care = any(t.role is Role.PROCESS for _, t in found)
    has_condition = bool(left) or any(t.role is Role.CONDITION for _, t in found)
    concepts: dict[tuple[Role, str], tuple[int, Concept]] = {}
    for span, term in found:
        surface = span.of(text)
        # studies of stopping a treatment need not name the drug; a question about the drug does
        required = term.role is not Role.INTERVENTION or not (is_about_care and has_condition)
        concept = Concept(term.role, term.name, surface, term.terms, required, term.brand)
        concepts.setdefault((term.role, term.name), (span.start, concept))
        if term.role is Role.INTERVENTION and fold(surface) != fold(term.name):
            notes += (f"read “{surface}” as {term.name}",)
    for span in left:
        surface = span.of(text)
        name = fold(surface)
        concepts.setdefault(
            (Role.OTHER, name), (span.start, Concept(Role.OTHER, name, surface, (name,)))
        )
    ordered = tuple(c for _, c in sorted(concepts.values(), key=lambda pair: pair[0]))
    return _Reading(text, _kind(folded), ordered, tuple(dict.fromkeys(notes)))


def _find_terms(text: str, vocabulary: Vocabulary) -> list[tuple[Span, _Term]]:
    terms = _terms(vocabulary)
    matches = _pattern(vocabulary).finditer(fold(text))
    read = ((Span(*match.span()), _term_at(terms, match, text)) for match in matches)
    return [(span, term) for span, term in read if term is not None]


def _kind(folded: str) -> QuestionKind:
    for kind, pattern in kind_cues():
        if pattern.search(folded):
            return kind
    return QuestionKind.GENERAL


def _title(reading: _Reading) -> str:
    """The user's words, tidied: a drug by its generic name with the brand in brackets."""
    title = reading.text
    for concept in reading.concepts:
        if concept.role is Role.INTERVENTION and concept.brand:
            # "Vitamin D" stays as it was typed: only another name than the generic one is replaced
            typed = fold(concept.surface) == fold(concept.name)
            shown = f"{concept.surface if typed else concept.name} ({concept.brand})"
            brands = rf"\s*\(\s*{re.escape(concept.brand)}\s*\)"
            pattern = rf"(?<!\w){re.escape(concept.surface)}(?!\w)(?:{brands})?"
            title = re.sub(pattern, shown.replace("\\", r"\\"), title, count=1, flags=re.IGNORECASE)
    title = title.rstrip(" ?!.;:") + "?"
    return title[0].upper() + title[1:]


def _spell(
    text: str, vocabulary: Vocabulary, frequencies: Mapping[str, int]
) -> tuple[str, tuple[str, ...]]:
    if not frequencies:
        return text, ()
    known = _known(vocabulary, frequencies)
    notes: list[str] = []
    pieces = []
    end = 0
    for token in tokenize(text):
        word = fold(token.text)
        # capitals are names and abbreviations; a name is not misspelt because we do not know it
        if token.text.isupper() or is_stopword(token.text) or known.holds(word):
            continue
        meant = correct(word, known)
        if meant is None:
            continue
        pieces += [text[end : token.span.start], meant]
        end = token.span.end
        notes.append(f"read “{token.text}” as “{meant}”")
    return "".join([*pieces, text[end:]]), tuple(notes)


class _Same:
    """Holds a mapping for the cache by identity: a library's word list is large and fixed."""

    __slots__ = ("mapping",)

    def __init__(self, mapping: Mapping[str, int]) -> None:
        self.mapping = mapping

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.mapping is self.mapping

    def __hash__(self) -> int:
        return id(self.mapping)


def _known(vocabulary: Vocabulary, frequencies: Mapping[str, int]) -> Known:
    return _cached_known(vocabulary, _Same(frequencies))


@lru_cache(maxsize=8)
def _cached_known(vocabulary: Vocabulary, same: _Same) -> Known:
    def parts(terms: tuple[str, ...]) -> set[str]:
        return {word for term in terms for word in re.findall(r"[a-z]+", fold(term))}

    names = {
        word
        for drug in drugs()
        for word in parts((drug.generic, *drug.brands))
        if len(word) > _PART  # parts of names such as "acid" aside
    }
    preferred = set(names)
    for entry in vocabulary.entries:
        preferred |= parts((*entry.terms, *entry.asked_as))
    common = set(question_words())
    for word in words():
        common |= parts(word.terms)
    for terms in drug_classes().values():
        common |= parts(terms)
    return Known(
        frozenset(preferred),
        frozenset(names),
        frozenset(common),
        same.mapping,
    )


@lru_cache(maxsize=16)
def _terms(vocabulary: Vocabulary) -> Mapping[str, tuple[_Term, ...]]:
    """Every wording, folded with single spaces, and what it may stand for, vocabulary first."""
    mine = tuple(_vocabulary_terms(vocabulary))
    named = {_plain(fold(wording)) for wording, _ in mine}
    general = (pair for pair in _general_terms() if _plain(fold(pair[0])) not in named)
    table: dict[str, list[_Term]] = {}
    for wording, term in (*mine, *general, *_drug_terms()):
        table.setdefault(_plain(fold(wording)), []).append(term)
    return {wording: tuple(found) for wording, found in table.items()}


def _vocabulary_terms(vocabulary: Vocabulary) -> Iterator[tuple[str, _Term]]:
    for entry in vocabulary.entries:
        term = _Term(entry.role, entry.name, tuple(map(fold, entry.terms)))
        for wording in (*entry.terms, *entry.asked_as):
            yield wording, term


def _general_terms() -> Iterator[tuple[str, _Term]]:
    for word in words():
        for wording in word.terms:
            yield wording, _Term(word.role, word.name, tuple(map(fold, word.terms)))


def _drug_terms() -> Iterator[tuple[str, _Term]]:
    for drug in drugs():
        for wording in (drug.generic, *drug.brands, *drug.abbreviations):
            yield wording, _drug_term(drug)
    for name, terms in drug_classes().items():
        members = tuple(d.generic for d in drugs() if d.drug_class == name)
        everything = tuple(dict.fromkeys(map(fold, (*terms, *members))))
        for wording in dict.fromkeys((name, *terms)):
            yield wording, _Term(Role.INTERVENTION, name, everything, None, name)


def _drug_term(drug: Drug) -> _Term:
    terms = tuple(fold(name) for name in (drug.generic, *drug.brands))
    brand = drug.brands[0] if drug.brands else None
    return _Term(Role.INTERVENTION, drug.generic, terms, brand, drug.drug_class)


def _plain(folded: str) -> str:
    return re.sub(r"[\s-]+", " ", folded)


@lru_cache(maxsize=16)
def _pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    wordings = tuple(_terms(vocabulary))
    return re.compile(rf"(?<![\w-])(?:{alternatives(wordings)})(?!\w)(?!-\w)")


def _term_at(
    terms: Mapping[str, tuple[_Term, ...]], match: re.Match[str], text: str
) -> _Term | None:
    surface = text[match.start() : match.end()]
    for term in terms[_plain(match.group())]:
        if term.role is Role.INTERVENTION and _is_abbreviation(surface, term):
            return term if surface == surface.upper() or surface in _abbreviations(term) else None
        return term
    return None


def _abbreviations(term: _Term) -> tuple[str, ...]:
    return tuple(a for drug in drugs() if drug.generic == term.name for a in drug.abbreviations)


def _is_abbreviation(surface: str, term: _Term) -> bool:
    return fold(surface) in {fold(a) for a in _abbreviations(term)}


def _leftovers(text: str, taken: bytearray) -> tuple[Span, ...]:
    """Runs of words that ask nothing and are no known concept: what else is asked about."""
    asking = question_words()
    runs: list[Span] = []
    start = end = -1
    for token in tokenize(text):
        word = fold(token.text)
        is_content = (
            not taken[token.span.start]
            and not is_stopword(token.text)
            and word not in asking
            and any(c.isalpha() for c in word)
            and len(word) > 1
        )
        joins = start >= 0 and not re.search(r"[^\s\w-]", text[end : token.span.start])
        if is_content and joins and not any(taken[end : token.span.start]):
            end = token.span.end
            continue
        # "type 2 diabetes": a number inside a run belongs to it
        if joins and word.isdigit() and not taken[token.span.start]:
            end = token.span.end
            continue
        if start >= 0:
            runs.append(Span(start, end))
            start = -1
        if is_content:
            start, end = token.span.start, token.span.end
    if start >= 0:
        runs.append(Span(start, end))
    return tuple(_without_numbers(text, run) for run in runs)


def _without_numbers(text: str, run: Span) -> Span:
    trimmed = re.sub(r"[\s\d]+$", "", run.of(text))
    return Span(run.start, run.start + len(trimmed)) if trimmed else run
