"""Which effect estimates may stand under one pooled estimate, and why the others may not.

Two estimates are comparable where they say the same of the same: measure and unit, definition of
the outcome, people, and time window. What one source states and another leaves open is taken to
differ: a pooled figure over people nobody described answers no question. Nothing is computed
here; see `models.pooling`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from curbside.records import Effect
from curbside.text.effects import is_lopsided
from curbside.text.measures import Scale, measure_named, scale_of
from curbside.text.normalise import fold
from curbside.text.quantities import Quantity, QuantityKind, find_quantities
from curbside.text.tokens import content_stems

_Key: TypeAlias = tuple[str, ...] | None
_Agreement: TypeAlias = tuple[str, str | None, _Key, _Key, _Key]
# words that say that people were studied and not which; how many there were is no difference
_PEOPLE: Final = frozenset(
    content_stems("patients people persons participants individuals subjects cases cohort study")
)
_SAMPLE_SIZE: Final = re.compile(r"(?<![\w.])n\s?=\s?\d[\d,]*")
_TIMES: Final = frozenset({QuantityKind.DURATION, QuantityKind.TIME_POINT})


@dataclass(frozen=True, slots=True)
class Studied:
    """One effect estimate and what it is an estimate of, in its source's words.

    `label` names the source for a person ("Smith 2019"), `factor` the factor or comparison. None
    means: not stated. `is_review` marks an estimate over many studies; `reviews` are the doc_ids
    of the works it names, where they are known.
    """

    evidence_id: str
    doc_id: str
    label: str
    effect: Effect
    outcome: str
    factor: str
    population: str | None = None
    definition: str | None = None
    window: str | None = None
    n: int | None = None
    is_review: bool = False
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Estimates that are comparable, and those on the same factor and outcome that are not.

    `members` hold one estimate a study, in the order they came; `left_out` the others, each with
    the reason in words. `refusal` says why there can be no pooled estimate, None where there can.
    """

    measure: str
    outcome: str
    factor: str
    members: tuple[Studied, ...]
    left_out: tuple[tuple[Studied, str], ...] = ()

    @property
    def refusal(self) -> str | None:
        """Why the members may not be pooled, in words; None where they may."""
        if len(self.members) >= 2:
            return None
        count = "only one independent study is" if self.members else "no independent study is"
        reasons = "; ".join(dict.fromkeys(reason for _, reason in self.left_out))
        return f"{count} comparable" + (f" (left out: {reasons})" if reasons else "")


def comparable(effects: Sequence[Studied]) -> tuple[Group, ...]:
    """Bring together the estimates of one factor's effect on one outcome.

    Args:
        effects: estimates with their context, in any order; the order decides ties.

    Returns:
        For each factor and outcome, in order of first appearance, one group for every set of two
        or more studies that agree in measure, unit, definition, population and time window; where
        no two agree, the one largest set, with its `refusal`. Members and left out of a group are
        together every estimate of that factor and outcome. Empty for no estimate.

    An estimate is left out where it has no interval to weigh it by, where nothing says in whom,
    where its source counts the members' people again (the same study, the same figures under
    another record, or a review of several), and where measure, definition, population or window
    differ; of definition and window also what is stated on one side only.
    """
    topics: dict[tuple[_Key, _Key], list[Studied]] = {}
    for studied in effects:
        topics.setdefault((_key(studied.outcome), _key(studied.factor)), []).append(studied)
    return tuple(group for topic in topics.values() for group in _groups(topic))


def _groups(topic: Sequence[Studied]) -> list[Group]:
    unfit = {id(s): reason for s in topic if (reason := _unfit(s))}
    fit = [studied for studied in topic if id(studied) not in unfit]
    unfit |= _reviews(fit)
    classes: dict[_Agreement, list[Studied]] = {}
    for studied in fit:
        if id(studied) not in unfit:
            classes.setdefault(_agreement(studied), []).append(studied)
    independent = [_one_a_study(members) for members in classes.values()]
    large = [members for members in independent if len(members) >= 2]
    if not large:
        # max keeps the first of equals
        large = [max(independent, key=len, default=[])]
    return [_group(members, topic, unfit) for members in large]


def _group(members: Sequence[Studied], topic: Sequence[Studied], unfit: dict[int, str]) -> Group:
    chosen = {id(member) for member in members}
    reference = members[0] if members else topic[0]
    return Group(
        measure=_measure(reference),
        outcome=reference.outcome,
        factor=reference.factor,
        members=tuple(members),
        left_out=tuple(
            (studied, unfit.get(id(studied)) or _difference(studied, members))
            for studied in topic
            if id(studied) not in chosen
        ),
    )


def _one_a_study(members: Sequence[Studied]) -> list[Studied]:
    """The first of each source, and of those that print the same point and interval."""
    first: list[Studied] = []
    for studied in members:
        if not any(studied.doc_id == one.doc_id or _is_copy(studied, one) for one in first):
            first.append(studied)
    return first


def _is_copy(one: Studied, other: Studied) -> bool:
    """Whether two records print the same figures, as two records of one study do."""
    mine, theirs = one.effect, other.effect
    return (mine.point, mine.low, mine.high) == (theirs.point, theirs.low, theirs.high)


def _unfit(studied: Studied) -> str | None:
    """Why an estimate cannot be pooled with anything."""
    effect = studied.effect
    if effect.measure is None:
        return "measure not stated"
    if not _key(studied.population):
        # "a study of patients" says of nobody in particular
        return "population not stated"
    if effect.point is None:
        return "no estimate is printed"
    if effect.low is None or effect.high is None:
        return "no interval is printed"
    if not effect.low <= effect.point <= effect.high or effect.low == effect.high:
        return "its interval does not hold its estimate"
    if scale_of(effect.measure) is not Scale.RATIO:
        return None
    if effect.low <= 0:
        return "a ratio of zero or less has no logarithm"
    if is_lopsided(effect.point, effect.low, effect.high):
        return "its interval is not symmetric about it on the logarithmic scale"
    return None


def _reviews(fit: Sequence[Studied]) -> dict[int, str]:
    """Reviews hold the people of the studies beside them; two reviews share theirs."""
    labels = {studied.doc_id: studied.label for studied in fit}
    primary = any(not studied.is_review for studied in fit)
    reasons: dict[int, str] = {}
    kept: str | None = None
    for studied in fit:
        if not studied.is_review:
            continue
        named = [labels[doc_id] for doc_id in studied.reviews if doc_id in labels]
        if named:
            reasons[id(studied)] = f"a review of {', '.join(named)}: its people would count twice"
        elif primary:
            reasons[id(studied)] = "a review of other studies: their people may count twice"
        elif kept is None or kept == studied.doc_id:
            kept = studied.doc_id
        else:
            reasons[id(studied)] = "another review: both may count the same people"
    return reasons


def _difference(studied: Studied, members: Sequence[Studied]) -> str:
    """Why a fit estimate is not a member, in words."""
    reference = members[0]
    theirs, ours = _measure(studied), _measure(reference)
    if theirs != ours:
        return f"another measure: {theirs}, not {ours}"
    if studied.effect.unit != reference.effect.unit:
        units = [unit or "no unit" for unit in (studied.effect.unit, reference.effect.unit)]
        return f"another unit: {units[0]}, not {units[1]}"
    for name, other, own in (
        (f"definition of {reference.outcome}", studied.definition, reference.definition),
        ("population", studied.population, reference.population),
        ("time window", studied.window, reference.window),
    ):
        if _key(other) == _key(own):
            continue
        if other is None:
            return f"{name} not stated"
        if own is None:
            return f"{name} stated here ({other}) and not by the others"
        return f"another {name}: {other} against {own}"
    if any(member.doc_id == studied.doc_id for member in members):
        return "the same study again: its people would count twice"
    (copied,) = (member.label for member in members if _is_copy(member, studied))
    return f"the same figures as {copied}: its people may count twice"


def _agreement(studied: Studied) -> _Agreement:
    return (
        _measure(studied),
        studied.effect.unit,
        _key(studied.definition),
        _key(studied.population),
        _key(studied.window),
    )


def _measure(studied: Studied) -> str:
    known = measure_named(studied.effect.measure) if studied.effect.measure else None
    return known.name if known else studied.effect.measure or ""


@lru_cache(maxsize=4096)
def _key(words: str | None) -> _Key:
    """What a phrase says, whatever its order, case and small words; None for what is not stated.

    Quantities compare by value ("36 months" is "3 years"), and the number of people is left out.
    """
    if words is None:
        return None
    folded = _SAMPLE_SIZE.sub(" ", fold(words))
    said: list[str] = []
    rest, at = [], 0
    for quantity in find_quantities(folded):
        if quantity.kind is QuantityKind.NAME:
            continue
        rest.append(folded[at : quantity.span.start])
        at = quantity.span.end
        if quantity.kind is not QuantityKind.COUNT:
            said.append(_figures(quantity))
    rest.append(folded[at:])
    return tuple(sorted({*said, *content_stems(" ".join(rest))} - _PEOPLE))


def _figures(quantity: Quantity) -> str:
    """A quantity as one word; a time is one whether it is a duration or a point ("at 3 years")."""
    kind = "time" if quantity.kind in _TIMES else "figure"
    values = (quantity.value, quantity.low, quantity.high, quantity.numerator, quantity.denominator)
    stated = [f"{value:.9g}" for value in (*values, quantity.percent) if value is not None]
    sign = quantity.comparator or "="
    return " ".join((kind, sign, *stated, quantity.unit or ""))
