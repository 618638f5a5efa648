"""Every wording of a concept in one table, and where a text uses one: longest first.

A wording and a text meet on keys: lower case, singular, without spaces and hyphens, so that
"auto-immune", "auto immune" and "autoimmune" are one. Looking up keys costs the same however
many topics a library has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from curbside.records import Role, Span, Vocabulary, VocabularyEntry
from curbside.retrieve.drugs import abbreviations, drug_classes, drugs
from curbside.retrieve.lexicon import Word, question_words, spellings, words
from curbside.text.normalise import fold
from curbside.text.tokens import is_stopword

_LONGEST = 8  # words of a wording
_SHORTEST_JOINED = 6  # letters of a wording that may be written as other words than listed
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_GAP = re.compile(r"[\s-]+")
_TIED = re.compile(r"[-\u2010\u2011\u2013]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a wording stands for; `wording` is it as listed.

    `is_general` marks a word of the package's own lists, which a word before it may narrow.
    """

    role: Role
    name: str
    terms: tuple[str, ...]
    wording: str
    brand: str | None = None
    is_capitals_only: bool = False
    is_general: bool = False
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A meaning and where the text has it."""

    span: Span
    meaning: Meaning


def table_of(vocabulary: Vocabulary) -> dict[str, Meaning]:
    """Every key with its meaning: the vocabulary's, else the package's, else a drug's."""
    table: dict[str, Meaning] = {}
    for meaning in (*_of_topics(vocabulary), *_of_package(vocabulary), *_of_drugs()):
        for spelling in spellings(fold(meaning.wording)):
            table.setdefault(key_of(spelling), meaning)
    return table


def find_wordings(text: str, table: dict[str, Meaning]) -> list[Found]:
    """Where `text` uses a wording of the table: the longest at each place, left to right."""
    folded = fold(text)
    pieces = [Span(*match.span()) for match in _PIECE.finditer(folded)]
    keys = [singular(piece.of(folded)) for piece in pieces]
    gaps = [_GAP.sub("", folded[a.end : b.start]) for a, b in pairwise(pieces)]
    found = []
    at = 0
    while at < len(pieces):
        longest = None
        size = 1
        key = keys[at]
        for last in range(at, min(at + _LONGEST, len(pieces))):
            if last > at:
                key += gaps[last - 1] + keys[last]
            meaning = table.get(key)
            if meaning is None:
                continue
            span = Span(pieces[at].start, pieces[last].end)
            if _is_meant(meaning, span, text):
                longest = Found(span, meaning)
                size = last - at + 1
        if longest is not None:
            found.append(longest)
        at += size
    return found


def key_of(folded: str) -> str:
    """The key of a folded wording; other marks than spaces and hyphens keep their place.

    >>> key_of("auto-immune liver diseases") == key_of("autoimmune liver disease")
    True
    """
    if folded.isalpha():
        # most wordings are one word
        return singular(folded)
    return _GAP.sub("", _PIECE.sub(lambda match: singular(match.group()), folded))


def singular(word: str) -> str:
    """A lower-case word without its plural or possessive ending."""
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]


def _is_meant(meaning: Meaning, span: Span, text: str) -> bool:
    surface = span.of(text)
    if meaning.role in (Role.PROCESS, Role.OUTCOME) and _TIED.search(
        f"{text[: span.start][-1:]} {text[span.end :][:1]}"
    ):
        # "relapse-free", "non-stop": a part of a compound says something else
        return False
    if meaning.is_capitals_only:
        return surface == meaning.wording or surface.isupper()
    listed, typed = (len(_PIECE.findall(fold(x))) for x in (meaning.wording, surface))
    return listed == typed or len(meaning.wording) >= _SHORTEST_JOINED


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
            name, terms = word.name, _spelt((*word.terms, *word.also))
        for wording in dict.fromkeys((word.name, *word.terms, *word.asked_as)):
            yield Meaning(
                word.role,
                name,
                terms,
                wording,
                is_general=entry is None,
                joins=word.joins,
            )


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
    parts = _PIECE.findall(folded)
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
