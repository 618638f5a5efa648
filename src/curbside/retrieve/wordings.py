"""Every wording of a concept in one table, and where a text uses one: longest first.

A wording and a text meet on keys: lower case, singular, without spaces and hyphens, so that
"auto-immune", "auto immune" and "autoimmune" are one. Looking up keys costs the same however
many topics a library has. What no list here holds is looked up among the names of MeSH and of
medicines; a name that means what a listed wording means has the listed meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from curbside.records import Role, Span, Vocabulary, VocabularyEntry
from curbside.retrieve.drugs import abbreviations, drug_classes, drugs
from curbside.retrieve.keys import GAP, PIECE, key_of, singular
from curbside.retrieve.lexicon import Word, question_words, spellings, words
from curbside.retrieve.vocabulary import (
    NameMention,
    concept_of,
    names_at,
    same_thing_terms,
)
from curbside.text.normalise import fold
from curbside.text.tokens import is_stopword

_LONGEST = 8  # words of a wording
_BRANDS = 8  # brands of a drug that are looked for
_SHORTEST_JOINED = 6  # letters of a wording that may be written as other words than listed
_TIED = re.compile(r"[-\u2010\u2011\u2013]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a wording stands for; `wording` is it as listed.

    `is_general` marks a word of no topic, which a word before it may narrow; one of the package's
    own lists (`is_listed`) a word after it as well.
    """

    role: Role
    name: str
    terms: tuple[str, ...]
    wording: str
    brand: str | None = None
    is_capitals_only: bool = False
    is_general: bool = False
    joins: bool = False
    is_listed: bool = True
    ui: str | None = None
    tree_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A meaning and where the text has it."""

    span: Span
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Table:
    """Listed meanings by the key of their wordings, and by the number of the concept they name."""

    by_key: Mapping[str, Meaning]
    by_ui: Mapping[str, Meaning]


def table_of(vocabulary: Vocabulary) -> Table:
    """Every listed wording: the vocabulary's, else the package's, else a drug's."""
    by_key: dict[str, Meaning] = {}
    by_ui: dict[str, Meaning] = {}
    for listed in (*_of_topics(vocabulary), *_of_package(vocabulary), *_of_drugs()):
        meaning = _numbered(listed)
        if meaning.ui is not None:
            by_ui.setdefault(meaning.ui, meaning)
        for spelling in spellings(fold(meaning.wording)):
            by_key.setdefault(key_of(spelling), meaning)
    return Table(by_key, by_ui)


def find_wordings(text: str, table: Table) -> list[Found]:
    """Where `text` uses a wording of the table: the longest at each place, left to right."""
    folded = fold(text)
    pieces = [Span(*match.span()) for match in PIECE.finditer(folded)]
    keys = [singular(piece.of(folded)) for piece in pieces]
    names = {mention.span.start: mention for mention in names_at(text)}
    gaps = [GAP.sub("", folded[a.end : b.start]) for a, b in pairwise(pieces)]
    found = []
    at = 0
    while at < len(pieces):
        longest = None
        size = 1
        key = keys[at]
        for last in range(at, min(at + _LONGEST, len(pieces))):
            if last > at:
                key += gaps[last - 1] + keys[last]
            meaning = table.by_key.get(key)
            if meaning is None:
                continue
            span = Span(pieces[at].start, pieces[last].end)
            if _is_meant(meaning, span, text):
                longest = Found(span, meaning)
                size = last - at + 1
        named = names.get(pieces[at].start)
        if (
            named is not None
            and (longest is None or longest.span.end < named.span.end)
            and _stands_alone(meant := _named(named, text, table), named, text)
        ):
            longest = Found(named.span, meant)
            size = sum(piece.start < named.span.end for piece in pieces[at : at + _LONGEST])
        if longest is not None:
            found.append(longest)
        at += size
    return found


def _is_meant(meaning: Meaning, span: Span, text: str) -> bool:
    surface = span.of(text)
    if meaning.role in (Role.PROCESS, Role.OUTCOME) and _is_tied(span, text):
        return False
    if meaning.is_capitals_only:
        return surface == meaning.wording or surface.isupper()
    listed, typed = (len(PIECE.findall(fold(x))) for x in (meaning.wording, surface))
    return listed == typed or len(meaning.wording) >= _SHORTEST_JOINED


def _numbered(meaning: Meaning) -> Meaning:
    """A meaning with the number of the concept it names, where that is known."""
    if meaning.role in (Role.PROCESS, Role.OTHER):
        return meaning
    concept = concept_of(meaning.name)
    if concept is None:
        return meaning
    return replace(meaning, ui=concept.ui, tree_numbers=concept.tree_numbers)


def _named(mention: NameMention, text: str, table: Table) -> Meaning:
    """What a name stands for: the listed meaning of the same thing, else the name itself."""
    concept, surface = mention.concept, mention.span.of(text)
    brand = _brand(mention, surface)
    listed = table.by_ui.get(concept.ui)
    if listed is not None:
        terms = tuple(dict.fromkeys((*listed.terms, fold(surface))))
        # one thing has one title: the listed brand stands, whatever brand was typed
        return replace(listed, terms=terms, wording=surface, brand=listed.brand or brand)
    is_drug = concept.kind in ("drug", "class")
    terms = same_thing_terms(concept)
    if is_drug:
        terms = (*terms, *map(fold, concept.brands[:_BRANDS]), fold(surface))
    return Meaning(
        Role.INTERVENTION if is_drug else Role.CONDITION,
        concept.name,
        _spelt(terms),
        surface,
        brand,
        is_general=not is_drug,
        is_listed=False,
        ui=concept.ui,
        tree_numbers=concept.tree_numbers,
    )


def _brand(mention: NameMention, surface: str) -> str | None:
    if not mention.is_brand:
        return None
    listed = (b for b in mention.concept.brands if fold(b) == fold(surface))
    return next(listed, surface)


def _stands_alone(meaning: Meaning, mention: NameMention, text: str) -> bool:
    is_sign = meaning.role in (Role.PROCESS, Role.OUTCOME) or mention.concept.kind == "finding"
    return not (is_sign and _is_tied(mention.span, text))


def _is_tied(span: Span, text: str) -> bool:
    # "relapse-free", "non-stop": a part of a compound says something else
    return _TIED.search(f"{text[: span.start][-1:]} {text[span.end :][:1]}") is not None


def _of_topics(vocabulary: Vocabulary) -> Iterator[Meaning]:
    for entry in vocabulary.entries:
        terms = tuple(dict.fromkeys(map(fold, (*entry.terms, entry.name))))
        for wording in dict.fromkeys((entry.name, *entry.terms, *entry.asked_as)):
            yield Meaning(
                entry.role, entry.name, terms, wording, is_capitals_only=_is_common(wording)
            )


def _is_common(wording: str) -> bool:
    """Whether an acronym is a common word too ("AS", "ALL")."""
    word = wording.lower()
    return wording.isupper() and (is_stopword(word) or word in question_words())


def _of_package(vocabulary: Vocabulary) -> Iterator[Meaning]:
    for word in words():
        entry = _entry_of(word, vocabulary)
        if entry is not None:
            name, terms = entry.name, tuple(dict.fromkeys(map(fold, (*entry.terms, entry.name))))
        else:
            name, terms = word.name, _spelt((*_mentions(word), *word.also))
        for wording in dict.fromkeys((word.name, *word.terms, *word.asked_as)):
            yield Meaning(
                word.role,
                name,
                terms,
                wording,
                is_general=entry is None,
                joins=word.joins,
            )


def _mentions(word: Word) -> tuple[str, ...]:
    """The words that name it; a condition has the names of its heading as well."""
    concept = concept_of(word.name) if word.role is Role.CONDITION else None
    return same_thing_terms(concept) if concept else word.terms


def _spelt(wordings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for w in wordings for s in spellings(fold(w))))


def _entry_of(word: Word, vocabulary: Vocabulary) -> VocabularyEntry | None:
    """The one concept of a topic that a general word is another wording of: "come back" is
    "seizure recurrence" where a topic lists that. None where there is no such one, or several."""
    mine = {key_of(fold(w)) for w in (word.name, *word.terms, *word.also)}
    entries = [
        entry
        for entry in vocabulary.entries
        if entry.role is word.role
        and entry.opposite is None
        and mine & {key for w in (entry.name, *entry.terms) for key in _keys_of(fold(w), word.role)}
    ]
    return entries[0] if len(entries) == 1 else None


def _keys_of(folded: str, role: Role) -> set[str]:
    # "recurrence of seizures", "seizure recurrence": the head word counts as well
    parts = PIECE.findall(folded)
    heads = {key_of(parts[-1]), key_of(parts[0])} if parts and role is not Role.CONDITION else set()
    return {key_of(folded), *heads}


def _of_drugs() -> Iterator[Meaning]:
    short: dict[str, list[str]] = {}
    capitals = set()
    for abbreviation in abbreviations():
        short.setdefault(abbreviation.means, []).append(abbreviation.text)
        if abbreviation.is_capitals_only:
            capitals.add(abbreviation.text)
    for drug in drugs():
        name = drug.names[0]
        mine = short.get(name, [])
        terms = _spelt((*drug.names, *drug.brands, *(a for a in mine if a not in capitals)))
        for wording in (*drug.names, *drug.brands, *mine):
            yield Meaning(
                Role.INTERVENTION,
                name,
                terms,
                wording,
                drug.brands[0],
                is_capitals_only=wording in capitals,
            )
    for group in drug_classes():
        mine = short.get(group.name, [])
        written = (a for a in mine if a not in capitals)
        terms = _spelt((group.name, *group.terms, *written, *group.members))
        for wording in dict.fromkeys((group.name, *group.terms, *mine)):
            yield Meaning(
                Role.INTERVENTION,
                group.name,
                terms,
                wording,
                is_capitals_only=wording in capitals,
            )
