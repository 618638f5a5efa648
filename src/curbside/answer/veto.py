"""What is never an answer, however well it scores: exact, few, and each with a name.

A veto needs certainty; whatever is only likely is a feature of the score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from curbside.answer.features import Candidate
from curbside.answer.sentences import ReadPassage, Sentence
from curbside.records import Document, Question, Role
from curbside.retrieve.lexicon import words
from curbside.retrieve.vocabulary import NamedConcept, find_names, related
from curbside.text.mentions import mentions
from curbside.text.normalise import fold

_FEWEST_WORDS: Final = 4
# "9. Chou R, Clark E. Screening for …": an entry of a list of references
_REFERENCE = re.compile(r"(?:\d{1,3}\.\s*)?[A-Z][\w'’-]+ [A-Z]{1,3}(?:,|\.| et al)")
_UNFINISHED = re.compile(r"[:,;?]\s*$")
_ANIMALS = re.compile(
    r"\b(?:mice|mouse|murine|rats?|rabbits?|zebrafish|drosophila|rodents?|piglets?|hamsters?|dogs?|"
    r"canine|monkeys?|macaques?|in vitro)\b"
)
_PEOPLE = re.compile(
    r"\b(?:patients?|people|persons?|humans?|adults?|child(?:ren)?|wom[ae]n|m[ae]n|infants?|my|i)\b"
)


class Veto(StrEnum):
    """Why a sentence is no answer; the value is what the ledger says."""

    DISEASE = "it is about another disease"
    DRUG = "it is about another drug"
    STEP = "it is about the opposite step"
    ANIMALS = "it is about animals or cells"
    REFERENCE = "it is an entry of a list of references"
    FRAGMENT = "it is no whole sentence"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question names for certain: diseases, drugs and classes of them, the opposites of the
    step that it asks about (each by its wordings), and whether it asks of people."""

    diseases: tuple[NamedConcept, ...]
    drugs: tuple[NamedConcept, ...]
    steps: tuple[tuple[str, ...], ...]
    opposite_steps: tuple[tuple[str, ...], ...]
    is_of_people: bool

    @property
    def named(self) -> tuple[NamedConcept, ...]:
        """The diseases and drugs, in that order."""
        return (*self.diseases, *self.drugs)


def subject_of(question: Question) -> Subject:
    """The subject of an understood question."""
    named = tuple(mention.concept for mention in find_names(question.query))
    asked = {concept.name for concept in question.concepts_of(Role.PROCESS)}
    steps = [word for word in words() if word.role is Role.PROCESS]
    opposite = {word.opposite for word in steps if word.name in asked} - asked
    folded = fold(question.query)
    return Subject(
        tuple(each for each in named if each.kind == "disease"),
        tuple(each for each in named if each.kind in ("drug", "class")),
        tuple(word.terms for word in steps if word.name in asked),
        tuple(word.terms for word in steps if word.name in opposite),
        bool(_PEOPLE.search(folded)) and not _ANIMALS.search(folded),
    )


def veto_of(
    subject: Subject, sentence: Sentence, read: ReadPassage, document: Document
) -> Veto | None:
    """Why a sentence cannot answer; None where it may. (A retracted source is withheld by a gate,
    so that the ledger names it.)

    Another disease, or another drug, is one that the passage or its title names where neither
    names the one asked about, one above it or one below it.
    """
    if document.digest is None:
        if _REFERENCE.match(sentence.text):
            return Veto.REFERENCE
        if sentence.words < _FEWEST_WORDS or _UNFINISHED.search(sentence.text):
            return Veto.FRAGMENT
    if _is_another(subject.diseases, read.diseases):
        return Veto.DISEASE
    if _is_another(subject.drugs, read.drugs):
        return Veto.DRUG
    if subject.opposite_steps and _is_opposite(subject, sentence.text):
        return Veto.STEP
    return None


def _is_another(asked: Sequence[NamedConcept], told: Sequence[NamedConcept]) -> bool:
    if not asked or not told:
        return False
    return not any(related(one, other) for one in asked for other in told)


def _is_opposite(subject: Subject, text: str) -> bool:
    return any(mentions(text, terms) for terms in subject.opposite_steps) and not any(
        mentions(text, terms) for terms in subject.steps
    )


def without_animals(subject: Subject, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without what is about animals where people are asked about, unless nothing else is left."""
    if not subject.is_of_people:
        return list(candidates)
    kept = [c for c in candidates if not is_of_animals(c)]
    return kept or list(candidates)


def is_of_animals(candidate: Candidate) -> bool:
    """Whether a sentence or its title tells of animals or cells, and neither of people."""
    text = f"{candidate.read.passage.title} {candidate.sentence.text}".lower()
    return bool(_ANIMALS.search(text)) and not _PEOPLE.search(text)
