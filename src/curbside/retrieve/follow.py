"""A follow-up question, read with what the page before it was about.

What the follow-up names counts; what it leaves out is kept from the page before: the condition,
the drug and the people, and, where it asks for no other thing, the outcome and what is done with
the drug.
A question that names another condition is a question of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from curbside.records import Concept, Follow, Question, QuestionKind, Role, Vocabulary
from curbside.retrieve.understanding import understand
from curbside.text.normalise import fold, slugify
from curbside.text.quantities.find import find_quantities

_ALWAYS: Final = (Role.CONDITION, Role.INTERVENTION, Role.POPULATION)
_IN_QUESTION: Final = (Role.OUTCOME, Role.PROCESS)
# what asks about the same course of events as the page before, and so keeps its outcome
_SAME_COURSE: Final = frozenset(
    {
        QuestionKind.GENERAL,
        QuestionKind.PREDICTORS,
        QuestionKind.FREQUENCY,
        QuestionKind.CAUSE,
    }
)
_SOURCE = re.compile(r"\[(\d{1,4})\]|\b(?:references?|sources?|study|citation)\s+(\d{1,4})\b", re.I)


def follow_up(
    text: str,
    *,
    earlier: Question,
    sources: Mapping[int, str],
    forget: Collection[str] = (),
    vocabulary: Vocabulary,
    word_frequencies: Mapping[str, int],
) -> Question:
    """Understand a question that follows another.

    Args:
        text: the user's words.
        earlier: the question of the page before.
        sources: the numbers of that page's references with their doc_ids; "[3]" asks about one.
        forget: names or wordings of concepts that are not to be kept, as the reader corrected.
        vocabulary: see `understand`.
        word_frequencies: see `understand`.

    Returns:
        The question with what was kept; `follows` says of what page and what was kept, and the
        first of its `readings` says so in words.

    Raises:
        QuestionError: see `understand`; a number that the page before has no reference for is
            read as any other word.
    """
    own = understand(text, vocabulary=vocabulary, word_frequencies=word_frequencies)
    asked = {sources[n] for n in _numbers(text) if n in sources}
    # "source 3" names where to look, not what for
    own = replace(own, concepts=tuple(c for c in own.concepts if not _SOURCE.fullmatch(c.surface)))
    if _is_another_subject(own, earlier):
        note = f"read on its own, as it is about another subject than “{earlier.title}”"
        return replace(own, readings=(note, *own.readings))
    could = _kept(own, earlier)
    kept = [c for c in could if not _is_forgotten(c, forget)]
    unknown = [word for word in forget if not any(_is_forgotten(c, [word]) for c in could)]
    missed = tuple(f"nothing kept was called “{word}”" for word in unknown)
    if not kept and not asked:
        note = f"nothing was kept of “{earlier.title}”"
        return replace(own, readings=(note, *missed, *own.readings))
    told = ", ".join(dict.fromkeys(concept.name for concept in kept)) or "its sources"
    notes = [f"read as a follow-up to “{earlier.title}”, keeping {told}"]
    if asked:
        numbers = ", ".join(f"[{n}]" for n in _numbers(text) if n in sources)
        notes.append(f"only {numbers} of that page was searched")
    notes += [f"that page has no [{n}]" for n in _numbers(text) if n not in sources]
    notes += missed
    whole = _whole(own, kept, vocabulary=vocabulary, word_frequencies=word_frequencies)
    is_narrower = bool(find_quantities(_SOURCE.sub(" ", text)))
    if whole.title in vocabulary.pages and own.kind in _SAME_COURSE and not (asked or is_narrower):
        # all that it says together is a page's question, and no number ("type 2") narrows it
        question = whole
    else:
        kind = earlier.kind if own.kind is QuestionKind.GENERAL else own.kind
        title = f"{own.title.rstrip('?')} ({told})?"
        question = replace(whole, title=title, slug=slugify(title), kind=kind)
    return replace(
        question,
        text=text,
        readings=tuple(dict.fromkeys((*notes, *own.readings))),
        follows=Follow(earlier.title, earlier.slug, tuple(c.name for c in kept), _sorted(asked)),
    )


def _sorted(doc_ids: set[str]) -> tuple[str, ...]:
    return tuple(sorted(doc_ids))


def _numbers(text: str) -> list[int]:
    return [int(found[1] or found[2]) for found in _SOURCE.finditer(text)]


def _is_another_subject(own: Question, earlier: Question) -> bool:
    """Whether it names conditions, none of which the page before is about."""
    named = {c.name for c in own.concepts_of(Role.CONDITION)}
    return bool(named) and not named & {c.name for c in earlier.concepts}


def _kept(own: Question, earlier: Question) -> list[Concept]:
    """The concepts of the page before that the follow-up leaves to it, in their order."""
    if own.kind is QuestionKind.DEFINITION and not own.concepts:
        # "how is it defined": what happens, not what it is treated with
        roles = [Role.CONDITION, Role.OUTCOME]
    else:
        roles = [role for role in _ALWAYS if not own.concepts_of(role)]
    if own.kind in _SAME_COURSE:
        roles += [role for role in _IN_QUESTION if not own.concepts_of(role)]
    elif own.kind is QuestionKind.MONITORING and not own.concepts_of(Role.PROCESS):
        roles.append(Role.PROCESS)
    names = {concept.name for concept in own.concepts}
    return [c for c in earlier.concepts if c.role in roles and c.name not in names]


def _is_forgotten(concept: Concept, forget: Collection[str]) -> bool:
    words = {fold(word) for word in forget}
    return bool(words & {fold(concept.name), fold(concept.surface), *concept.terms})


def _whole(
    own: Question,
    kept: list[Concept],
    *,
    vocabulary: Vocabulary,
    word_frequencies: Mapping[str, int],
) -> Question:
    """The follow-up said in full: its words, then the names of what is kept.

    Beside the condition that is kept, its words mean what they mean on a page about that.
    """
    words = " ".join(dict.fromkeys(c.name if c.brand else c.surface for c in kept))
    asked = own.query.rstrip(" ?.!")
    said = understand(
        f"{asked}: {words}?",
        vocabulary=vocabulary,
        word_frequencies=word_frequencies,
    )
    if said.title in vocabulary.pages and own.kind in _SAME_COURSE:
        return said
    # a word beside another may be read as one with it: what is kept stays as it was
    known = {c.name for c in (*own.concepts, *kept)}
    meant = [
        c
        for c in said.concepts
        if c.role is not Role.OTHER and c.name not in known and fold(c.surface) in fold(asked)
    ]
    named = {fold(c.surface) for c in meant}
    mine = [c for c in own.concepts if c.role is not Role.OTHER or fold(c.surface) not in named]
    concepts = {(c.role, c.name): c for c in (*mine, *meant, *kept)}
    return replace(said, concepts=tuple(concepts.values()))
