"""What could be asked next: only questions that this library has statements for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from string import Formatter
from typing import Final, NamedTuple

from curbside.compose.placed import Placed
from curbside.records import Outcome, Question, QuestionKind, Role, Vocabulary
from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings

_LEAST: Final = 2
_MOST: Final = 5


class _Next(NamedTuple):
    aspects: frozenset[str]
    title: str
    unless: frozenset[str]
    words: tuple[str, ...]


def next_questions(
    question: Question, placed: Sequence[Placed], *, outcome: Outcome | None
) -> tuple[str, ...]:
    """Questions to ask next, at most five, in the order of the rules.

    Args:
        question: the one just answered; its concepts fill the slots.
        placed: the statements shown.
        outcome: what the question asks about, if it names one.
    """
    slots = _slots(question, outcome)
    titles = [
        rule.title.format(**slots)
        for rule in _rules()
        if question.kind.value not in rule.unless
        and _wanted(rule.title) <= slots.keys()
        and sum(_speaks(each, rule) for each in placed) >= _LEAST
    ]
    return tuple(title for title in dict.fromkeys(titles) if title != question.title)[:_MOST]


def related_pages(question: Question, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The pages of the library about a condition or a drug that the question names."""
    names = [
        fold(term)
        for concept in question.concepts
        if concept.role in (Role.CONDITION, Role.INTERVENTION)
        for term in (concept.name, *concept.terms)
    ]
    return tuple(
        page
        for page in vocabulary.pages
        if page != question.title and any(name in fold(page) for name in names)
    )


def _slots(question: Question, outcome: Outcome | None) -> dict[str, str]:
    slots = {}
    for role in (Role.CONDITION, Role.INTERVENTION, Role.PROCESS):
        concepts = question.concepts_of(role)
        if len(concepts) == 1:
            brand = f" ({concepts[0].brand})" if concepts[0].brand else ""
            slots[role.value] = concepts[0].name + brand
    if outcome is not None:
        slots["outcome"] = outcome.name
    return slots


def _wanted(title: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(title) if name}


def _speaks(placed: Placed, rule: _Next) -> bool:
    if placed.aspect not in rule.aspects:
        return False
    text = fold(placed.claim.text)
    return not rule.words or any(word in text for word in rule.words)


@cache
def _rules() -> tuple[_Next, ...]:
    rules = load_rules(
        "curbside.compose.data",
        "next_questions.toml",
        tables={"question": Columns(("aspects", "title", "unless"), ("words",))},
    )
    return tuple(
        _Next(
            frozenset(strings(row, "aspects")),
            str(row["title"]),
            frozenset(QuestionKind(kind).value for kind in strings(row, "unless")),
            strings(row, "words") if "words" in row else (),
        )
        for row in rules["question"]
    )
