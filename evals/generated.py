"""Questions to measure with, taken from a library itself: no list of ours can favour them."""

from __future__ import annotations

import random
from itertools import zip_longest
from string import Formatter
from typing import Final

from curbside.errors import QuestionError
from curbside.pipeline import Engine
from curbside.records import Concept, Question, QuestionKind, Role
from curbside.retrieve.understanding import understand

_LONG_WORD: Final = 6  # letters
_TEMPLATES: Final = (
    "How should {condition} be treated?",
    "What are the predictors of {outcome} of {condition}?",
    "How often does {condition} lead to {outcome}?",
    "What is the dose of {intervention} in {condition}?",
    "Is {intervention} safe in {condition}?",
    "How should patients on {intervention} be monitored?",
    "Does {intervention} reduce {outcome} in {condition}?",
    "How is {condition} diagnosed?",
    "What is known about {factor} in {condition}?",
    "How should {intervention} be tapered in {condition}?",
)


def generated_questions(engine: Engine, *, count: int, seed: int) -> tuple[str, ...]:
    """`count` questions from what a library holds: titles of its documents, and questions of every
    kind about what these titles and its vocabulary name.

    Args:
        engine: an open library.
        count: at most so many; a small library has fewer.
        seed: of the draw.

    Returns:
        Titles and worded questions in turn, each once; the same for the same library and seed.
    """
    pick = random.Random(seed)  # noqa: S311 - a draw, no secret
    titles = _titles(engine, count, pick)
    by_role: dict[Role, dict[str, None]] = {role: {} for role in Role}
    for entry in engine.vocabulary.entries:
        by_role[entry.role].setdefault(entry.name)
    worded: dict[str, None] = {}
    told = [_named(title, engine) for title in titles]
    names = {role: tuple(held) for role, held in by_role.items()}
    # a title's own concepts stand together, so that most questions can be answered; the bundled
    # vocabulary belongs to a topic and so is drawn from as a whole
    pools = [{**names, **mine} for mine in told] if told else [names]
    for turn in range(20 * count):
        pool = pools[turn % len(pools)]
        template = pick.choice(_TEMPLATES)
        slots = [name for _, name, _, _ in Formatter().parse(template) if name]
        if all(pool.get(Role(slot)) for slot in slots):
            filled = {slot: pick.choice(pool[Role(slot)]) for slot in slots}
            worded.setdefault(template.format(**filled))
        if len(worded) >= count:
            break
    mixed = [q for pair in zip_longest(titles, worded) for q in pair if q]
    return tuple(dict.fromkeys(mixed))[:count]


def _titles(engine: Engine, count: int, pick: random.Random) -> list[str]:
    """Titles as questions, of documents found by words drawn from the library's own."""
    words = sorted(w for w, n in engine.word_frequencies.items() if n > 1 and len(w) > _LONG_WORD)
    found: dict[str, None] = {}
    for word in pick.sample(words, k=min(len(words), 2 * count)):
        probe = Concept(Role.OTHER, word, word, (word,))
        question = Question(word, f"{word}?", word, QuestionKind.GENERAL, (probe,), word)
        for hit in engine.retriever.retrieve(question, k=3):
            if title := hit.passage.title:
                found.setdefault(title.rstrip(".?") + "?")
    return list(found)[:count]


def _named(title: str, engine: Engine) -> dict[Role, tuple[str, ...]]:
    try:
        question = understand(
            title, vocabulary=engine.vocabulary, word_frequencies=engine.word_frequencies
        )
    except QuestionError:
        return {}
    named: dict[Role, tuple[str, ...]] = {}
    for concept in question.concepts:
        if concept.role is not Role.OTHER:
            named[concept.role] = (*named.get(concept.role, ()), concept.name)
    return named
