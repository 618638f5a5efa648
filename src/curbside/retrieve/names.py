"""The names of drugs and diseases that a text holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from curbside.records import Role, Vocabulary
from curbside.retrieve.drugs import abbreviations, drug_classes, drugs
from curbside.retrieve.lexicon import words
from curbside.retrieve.vocabulary import find_names
from curbside.text.normalise import fold
from curbside.text.tokens import words_of


def names_in(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Every listed wording of a drug, a class of drugs or a disease whose first word is in one of
    the texts, and every other name of one that a text holds, in order of the alphabet."""
    held = {fold(word) for text in texts for word in words_of(text)}
    own = {
        fold(term)
        for entry in vocabulary.entries
        if entry.role in (Role.CONDITION, Role.INTERVENTION)
        for term in (entry.name, *entry.terms)
    }
    known = (*_names(), *map(_with_first, own))
    listed = {name for first, name in known if first in held}
    found = {
        fold(mention.span.of(text))
        for text in texts
        for mention in find_names(text)
        if mention.concept.kind != "finding"
    }
    return tuple(sorted(listed | found))


@cache
def _names() -> tuple[tuple[str, str], ...]:
    told = {name for drug in drugs() for name in (*drug.names, *drug.brands)}
    told |= {term for group in drug_classes() for term in (group.name, *group.terms)}
    told |= {short.text for short in abbreviations()}
    told |= {
        term
        for word in words()
        if word.role in (Role.CONDITION, Role.INTERVENTION)
        for term in (word.name, *word.terms)
    }
    return tuple(_with_first(fold(name)) for name in sorted(told) if words_of(name))


def _with_first(name: str) -> tuple[str, str]:
    return fold(words_of(name)[0]), name
