"""Whether a sentence states what a question asks for, so that it may answer by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from curbside.compose.kinds import asks_to_compare, tells_comparison
from curbside.records import Concept, Outcome, Question, QuestionKind, Role, Selected
from curbside.text.abbreviations import find_abbreviations
from curbside.text.mentions import mentioned, mentions, term_pattern
from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings

_PAIR = 2
_DEFINITIONS = 4000  # code points: abbreviations are defined at the start
_OF_OUTCOMES = frozenset({QuestionKind.PREDICTORS, QuestionKind.FREQUENCY})
_AROUND = frozenset({Role.PROCESS, Role.CONDITION, Role.INTERVENTION, Role.COMPARISON})
_POLAR = re.compile(r"^(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have)\b")
_DENIES = re.compile(
    r"\b(?:did|does|do|was|were|is|are|has|have|had|could|can|would|may) not\b|\bineffective\b"
    r"|\b(?:no|without|lack of|absence of)\s(?:[\w-]+\s){0,3}"
    r"(?:effects?|efficacy|benefi\w+|differences?|improvements?|reductions?|evidence|associations?)\b"
    r"|\bfail(?:s|ed|ing|ure) to\b|\bnot (?:effective|superior|better|associated|improve\w*)\b"
)
# between two things that are set against each other, or before both
_AGAINST = re.compile(
    r"\b(?:versus|vs|than|compared?|comparison|relative to|inferior\w*|superior\w*|equivalent|"
    r"similar\w*|instead|rather|over|unlike|whereas|while|but)\b"
)
_BOTH = re.compile(
    r"\b(?:between|neither|comparison of|comparing)\b.{0,40}$"
    r"|^(?:\w+ ){0,2}compared (?:with|to) (?:\w+ ){0,3}$"
)
_BESIDE = re.compile(r"[^.;/]{0,40}?\b(?:and|or)\b[^.;/]{0,20}")
# one of them is given on top of the other, or of both
_ADDED = re.compile(r"\b(?:add\w*|plus|combin\w+|together|with or without|background|on top)\b")
_ON_TOP_OF = re.compile(r"\b(?:add\w*|plus|combin\w+|background|controlled)\s(?:\w+\s){0,2}$")
# "treated with A and B": both at once
_TOGETHER = re.compile(
    r"\b(?:treat(?:ed|ment) with|receiving|received|taking|given|on)\s(?:\w+\s){0,2}$"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One rule of data/direct.toml; its columns are told there."""

    kinds: tuple[str, ...]
    asks: re.Pattern[str] | None
    tells: str
    unless: str | None
    is_named: bool
    is_preference: bool
    is_titled: bool

    def suits(self, question: Question) -> bool:
        if self.kinds and question.kind.value not in self.kinds:
            return False
        return self.asks is None or bool(self.asks.search(fold(question.query)))


def states_what_is_asked(item: Selected, question: Question, outcome: Outcome | None) -> bool:
    """Whether a sentence may stand in the bottom line of a question (data/direct.toml).

    It tells what the question's wording asks for; it, or the title above it, names the group and
    the outcome that the question is about, and for a question to be answered yes or no all that it
    is about (around a process, all but who has and takes what); for a comparison it sets the things
    compared against each other. A digest's statement needs to name only, but without its title; the
    care around a process has many sides.
    """
    if not _names_its_subject(item, question) or not _sets_against(item, question):
        return False
    is_care = bool(question.concepts_of(Role.PROCESS)) and question.kind not in _OF_OUTCOMES
    if item.document.digest is not None or is_care:
        return True
    rows = [row for row in _rows() if row.suits(question) and not row.is_preference]
    return all(_tells(row, item, question, outcome) for row in rows)


def is_direct(item: Selected, question: Question, outcome: Outcome | None) -> bool:
    """Whether a sentence also tells it in the way that answers best ("X is a …")."""
    rows = [row for row in _rows() if row.suits(question) and row.is_preference]
    return all(_tells(row, item, question, outcome) for row in rows)


def acting(question: Question) -> tuple[Concept, ...]:
    """What a question asks the effect of: its treatments, and where it asks for a cause, the
    possible ones."""
    roles = [Role.INTERVENTION, *([Role.OTHER] if question.kind is QuestionKind.CAUSE else [])]
    return tuple(concept for role in roles for concept in question.concepts_of(role))


def asks_yes_or_no(question: Question) -> bool:
    """Whether a question is worded to be answered by yes or no."""
    return bool(_POLAR.search(fold(question.query)))


def denies(text: str) -> bool:
    """Whether a sentence says that something has no effect, or no such one.

    >>> denies("Iron did not lower fever."), denies("Iron lowered fever.")
    (True, False)
    """
    return bool(_DENIES.search(fold(text)))


def _names_its_subject(item: Selected, question: Question) -> bool:
    is_alone = item.document.digest is not None  # the statement of a digest stands without a title
    told = set(item.named)
    if not is_alone:
        terms = tuple(concept.terms for concept in question.concepts)
        told |= {question.concepts[at].name for at in mentioned(item.document.title, terms)}
    # around a process, who has and takes what goes without saying; what is asked of it does not
    unsaid = _AROUND if question.concepts_of(Role.PROCESS) else frozenset()
    is_polar = asks_yes_or_no(question)
    is_trial = question.kind is QuestionKind.TREATMENT
    wanted = [
        c
        for c in question.concepts
        if (is_polar and c.role not in unsaid and (c.is_required or is_trial))
        or _is_outcome(c, question)
    ]
    if not all(concept.name in told for concept in wanted):
        return False
    title = fold(item.document.title)
    return is_alone or all(
        group.name in item.named or _group(group.terms).search(title)
        for group in question.concepts_of(Role.POPULATION)
    )


def _is_outcome(concept: Concept, question: Question) -> bool:
    return concept.role is Role.OUTCOME and question.kind in _OF_OUTCOMES


@lru_cache(maxsize=128)
def _group(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Where a title says who was studied: "… in children"."""
    return re.compile(
        r"\b(?:in|during|among|with|for)\b (?:(?!and\b|or\b|of\b)[\w-]+ ){0,3}"
        + term_pattern(terms).pattern
    )


def _sets_against(item: Selected, question: Question) -> bool:
    if not asks_to_compare(question.query):
        return True
    arms = question.concepts_of(Role.INTERVENTION) or question.concepts_of(Role.OTHER)
    text = item.evidence.quote
    if len(arms) != _PAIR or item.document.digest is not None:
        return True
    if compares(text, arms):
        return True
    return compares(item.document.title, arms) and tells_comparison(text)


def compares(text: str, arms: Sequence[Concept]) -> bool:
    """Whether a text sets the first of two things against the second.

    >>> iron, zinc = (Concept(Role.INTERVENTION, n, n, (n,)) for n in ("iron", "zinc"))
    >>> compares("Iron eased pain more than zinc.", (iron, zinc))
    True
    >>> compares("Copper was better than iron added to zinc.", (iron, zinc))
    False
    """
    folded = fold(text)
    found = [term_pattern(arm.terms).search(folded) for arm in arms]
    spans = sorted(match.span() for match in found if match)
    if len(spans) != len(arms):
        return False
    (start, end), (other, last) = spans[0], spans[-1]
    between = folded[end:other] if end <= other else ""
    if _ADDED.search(between) or any(_ON_TOP_OF.search(folded[:at]) for at in (start, other)):
        return False
    if _AGAINST.search(between) or _BOTH.search(folded[:start]):
        return True
    is_pair = bool(_BESIDE.fullmatch(between)) and not _TOGETHER.search(folded[:start])
    return is_pair and tells_comparison(folded[last:])


def _tells(row: _Row, item: Selected, question: Question, outcome: Outcome | None) -> bool:
    folded = fold(item.evidence.quote)
    acts = acting(question)
    if row.is_named and acts and not any(concept.name in item.named for concept in acts):
        return False
    anything = _terms(question.concepts)
    conditions = _terms(question.concepts_of(Role.CONDITION))
    out = outcome.terms if outcome else conditions or anything
    if "{OUT}" in row.tells and not term_pattern(out).search(folded):
        out = (*out, *_short_forms(item, out))

    def holds(text: str, wording: str) -> bool:
        return bool(_pattern(wording, out, _terms(acts), anything).search(text))

    if row.unless is not None:
        barred = [folded, *([fold(item.document.title)] if row.is_titled else [])]
        if any(holds(text, row.unless) for text in barred):
            return False
    return holds(folded, row.tells)


def _short_forms(item: Selected, terms: tuple[str, ...]) -> tuple[str, ...]:
    """The abbreviations that a document gives to one of these terms, where it defines them."""
    defined = find_abbreviations(item.document.text[:_DEFINITIONS])
    return tuple(fold(a.short.text) for a in defined if mentions(a.long.text, terms))


def _terms(concepts: Sequence[Concept]) -> tuple[str, ...]:
    return tuple(term for concept in concepts for term in concept.terms)


@lru_cache(maxsize=128)
def _pattern(
    tells: str, out: tuple[str, ...], acts: tuple[str, ...], anything: tuple[str, ...]
) -> re.Pattern[str]:
    filled = tells
    for slot, terms in (("{OUT}", out), ("{ACT}", acts), ("{ANY}", anything)):
        filled = filled.replace(slot, f"(?:{term_pattern(terms).pattern})")
    return re.compile(filled)


@cache
def _rows() -> tuple[_Row, ...]:
    rules = load_rules(
        "curbside.compose.data",
        "direct.toml",
        tables={
            "direct": Columns(
                ("name", "tells"), ("kinds", "asks", "unless", "named", "prefers", "titled")
            )
        },
    )
    return tuple(
        _Row(
            strings(row, "kinds") if "kinds" in row else (),
            re.compile(str(row["asks"])) if "asks" in row else None,
            str(row["tells"]),
            str(row["unless"]) if "unless" in row else None,
            bool(row.get("named", False)),
            bool(row.get("prefers", False)),
            bool(row.get("titled", False)),
        )
        for row in rules["direct"]
    )
