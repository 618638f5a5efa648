"""Which proportions are of the question's outcome, which of its opposite, and which of neither.

A sentence may name the outcome and give a proportion of something else ("36% of later relapsers
had ..."), so only a mention that is itself the event counts: not one that says who was studied,
what something predicts, or what came before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from curbside.records import Certainty, Kind, Outcome, Question, Role, Selected, Span, Status
from curbside.text.mentions import OPPOSITE, OUTCOME, alternatives, mask_outcome
from curbside.text.normalise import fold
from curbside.text.quantities import QuantityKind, find_quantities
from curbside.text.rates import FoundRate, find_rates

REVIEWS: Final = frozenset({Kind.REVIEW, Kind.SYSTEMATIC_REVIEW, Kind.GUIDELINE})
"""Kinds that report rates of other people's cohorts."""

_PROPORTIONS: Final = frozenset({QuantityKind.PERCENT, QuantityKind.COUNT_PERCENT})
_LOOK: Final = 100
_RUN: Final = re.compile(rf"{OUTCOME}+|{OPPOSITE}+")
_AGENT: Final = re.compile(r"(?P<verb>[a-z]{3,})(?:e?rs?|ors?)$")
_SHARE: Final = (
    r"(?:proportion|percentage|share|fraction|number|rate|probability|risk|chance|odds|incidence|%)"
)
# who was studied: "patients who relapsed", unless it is their share that is told
_WHO: Final = re.compile(
    r"\b(?:patients|people|persons|those|participants|subjects|individuals|cases|children|adults|women|"
    r"men|infants|eyes|groups?|ones)\s(?:with|without|who|that|in|having)\s(?:[a-z-]+\s){0,2}$"
)
_SHARE_OF: Final = re.compile(rf"{_SHARE}\s?\)?\sof\s(?:[a-z0-9-]+\s){{0,5}}$")
# what came before, what is predicted, prevented or only compared with
_OTHER_USE: Final = re.compile(
    r"\b(?:after|before|following|despite|until|since|from|upon|prior|previous|earlier|predict\w*(?:\sof|"
    r"\sfor)?|(?:associated|related|correlat\w+|linked)\s(?:with|to)|(?:factors?|markers?|value|score|"
    r"test|model)\s(?:for|of)|history\sof|because\sof|due\sto|to\s(?:prevent|avoid|detect|predict)|"
    r"prevent\w*|time\sto|features?\sof|mimic\w*|severity\sof|treat\w*\s(?:of|for)|definition\sof|"
    r"defined?)\s(?:(?:a|an|the|any|first|later|subsequent|initial|disease|clinical)\s){0,3}$"
)
_INSIDE: Final = re.compile(
    r"\b(?:in|between|among|versus|vs\.?|than|with)\s(?:(?:a|an|the|either)\s)?$"
)
_BE_INSIDE: Final = re.compile(
    r"\b(?:remain\w*|stay\w*|was|were|is|are|be|been|being|still|kept|maintain\w*|enter\w*|achiev\w*|"
    r"reach\w*|result\w*|reductions?|increases?|decreases?|differences?|differ\w*|improvements?|changes?|"
    r"rates?|ended|present\w*)\s(?:not\s)?(?:in|with|between)\s(?:(?:a|an|the)\s)?$"
)
_PERCENT_OF: Final = re.compile(
    r"(?:%|percent)\)?\sof\s(?:the\s)?(?:(?!patients|people|women|men|child|adult|cases|those|"
    r"participants|subjects|individuals)[a-z-]+\s){0,2}$"
)
_WITH_OTHER: Final = re.compile(r"\s(?:and|or|versus|vs\.?|than|from)\s(?:(?:in|with|those)\s)?")
_DENIED: Final = re.compile(
    r"\b(?:without|no|never|not|free\s(?:of|from)|did\snot|had\snot|avoided|escaped)\s(?:(?:a|any|have|"
    r"had|experience|further|develop|be)\s){0,3}$"
)
_FREE: Final = re.compile(r"^(?:-|\s)free\b")


@dataclass(frozen=True, slots=True)
class OutcomeRate:
    """A proportion of the outcome, or of its opposite (`is_opposite`), in these `words`."""

    item: Selected
    rate: FoundRate
    is_opposite: bool
    words: str


@dataclass(frozen=True, slots=True)
class LeftRate:
    """A proportion of the outcome that is not drawn, and why."""

    item: Selected
    rate: FoundRate
    reason: str


def outcome_rates(
    question: Question, outcome: Outcome | None, items: Sequence[Selected]
) -> tuple[tuple[OutcomeRate, ...], tuple[LeftRate, ...]]:
    """The proportions of the question's outcome that the quotes of `items` print.

    Returns:
        Those that can be drawn, and those that are of the outcome and cannot, each in the order
        of `items` and of the words; the same value of one source at one time once. Both are empty
        where the question names no outcome.
    """
    if outcome is None:
        return (), ()
    drawn: dict[tuple[object, ...], OutcomeRate] = {}
    left: list[LeftRate] = []
    on_treatment = _on_treatment(question)
    verbs = frozenset(fold(term) for term in (*outcome.terms, *outcome.opposite_terms))
    for item in items:
        quote = item.evidence.quote
        folded = fold(quote)
        masked = mask_outcome(folded, outcome.terms, outcome.opposite_terms)
        if not (OUTCOME in masked or OPPOSITE in masked):
            continue
        rates = find_rates(quote)
        events = _events(masked, folded, verbs) if rates else []
        for rate in rates:
            event = _event_of(rate, events)
            if event is None:
                continue
            if reason := _unfit(rate, event, masked, on_treatment):
                left.append(LeftRate(item, rate, reason))
                continue
            words = event.span.of(quote)
            found = OutcomeRate(item, rate, event.is_opposite, words)
            drawn.setdefault(_key(found), found)
    return tuple(drawn.values()), tuple(left)


def _key(found: OutcomeRate) -> tuple[object, ...]:
    rate = found.rate
    return (
        found.item.document.doc_id,
        found.is_opposite,
        (rate.percent, rate.low, rate.high),
        rate.window.years if rate.window else None,
        rate.group.text if rate.group else None,
    )


@dataclass(frozen=True, slots=True)
class _Event:
    span: Span
    is_opposite: bool


def _events(masked: str, folded: str, verbs: frozenset[str]) -> list[_Event]:
    """The mentions that are events, in order."""
    events: list[_Event] = []
    other_end = -1
    for run in _RUN.finditer(masked):
        start, end = run.span()
        before = masked[max(0, start - _LOOK) : start]
        is_other = other_end >= 0 and bool(_WITH_OTHER.fullmatch(masked, other_end, start))
        if is_other or _is_agent(folded[start:end], verbs) or _is_no_event(before):
            other_end = end
            continue
        is_opposite = run[0][0] == OPPOSITE
        if _DENIED.search(before) or _FREE.match(masked[end : end + _LOOK]):
            if is_opposite:
                continue
            is_opposite = True
            free = _FREE.match(masked[end : end + _LOOK])
            denied = _DENIED.search(before)
            if free:
                end += free.end()
            elif denied:
                start -= len(before) - denied.start()
        events.append(_Event(Span(start, end), is_opposite))
    return events


def _is_agent(words: str, verbs: frozenset[str]) -> bool:
    """Whether it is people that are named ("relapsers") and not what happens to them."""
    match = _AGENT.search(words)
    return match is not None and bool({match["verb"], f"{match['verb']}e"} & verbs)


def _is_no_event(before: str) -> bool:
    if _OTHER_USE.search(before) or _PERCENT_OF.search(before):
        return True
    who = _WHO.search(before)
    if who and not _SHARE_OF.search(before[: who.start()]):
        return True
    return bool(_INSIDE.search(before)) and not _BE_INSIDE.search(before)


def _event_of(rate: FoundRate, events: Sequence[_Event]) -> _Event | None:
    """The event nearest to a rate within its own words."""
    near = [event for event in events if rate.clause.contains(event.span)]

    def distance(event: _Event) -> int:
        return max(event.span.start - rate.span.end, rate.span.start - event.span.end)

    return min(near, key=lambda event: (distance(event), event.span), default=None)


def _unfit(
    rate: FoundRate, event: _Event, masked: str, on_treatment: re.Pattern[str] | None
) -> str | None:
    if rate.comparator not in (None, "="):
        return "a bound, not a value"
    after = masked[event.span.end : event.span.end + _LOOK]
    if on_treatment is not None and on_treatment.match(after):
        return "measured on treatment, and the question is about stopping it"
    return None


def _on_treatment(question: Question) -> re.Pattern[str] | None:
    """What says that treatment went on, where the question asks about stopping it."""
    if not any("off treatment" in c.terms for c in question.concepts_of(Role.PROCESS)):
        return None
    drugs = tuple(t for c in question.concepts_of(Role.INTERVENTION) for t in c.terms)
    names = "|".join(("treatment", "therapy", "maintenance", "medication", alternatives(drugs)))
    return re.compile(
        rf"^(?:\s(?:while|whilst|only))?\s(?:on|during|under|receiving|taking)\s(?:[a-z-]+\s){{0,2}}"
        rf"(?:{names.rstrip('|')})\b"
        r"(?!\s(?:withdrawal|discontinu\w+|cessation|stop\w*|taper\w*|reduction))"
    )


def completeness(item: Selected) -> float:
    """How far a rate carries its population, time window, size and certainty; higher is more."""
    kinds = {quantity.kind for quantity in find_quantities(item.evidence.quote)}
    n = item.document.study.n if item.document.study and item.document.study.n else 0
    score = 0.0
    score += 2 * bool(kinds & _PROPORTIONS or QuantityKind.RANGE in kinds)
    score += 2 * bool(kinds & {QuantityKind.DURATION, QuantityKind.TIME_POINT})
    # a duration of the treatment before it is no window of a rate
    score += 1 * any(rate.window is not None for rate in find_rates(item.evidence.quote))
    score += 1 * any(f"{n}" in item.evidence.quote.split() for n in [n] if n)
    score += 1 * bool(re.match(r"(?:in|among|of|across)\b", item.evidence.quote, re.IGNORECASE))
    score += math.log10(n) / 2 if n else 0.0
    score -= 1 * (item.evidence.certainty is Certainty.VERY_LOW)
    score -= 2 * (item.standing.status is Status.SUPERSEDED)
    return score + item.relevance
