"""Figures: what the shown evidence prints in numbers, as data for a picture.

Nothing is computed but a pooled estimate, and that only where `compose.comparable` allows it:
every value stands in a quote that it cites, a range is drawn as a range, and the opposite of an
outcome is drawn as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from curbside.compose.comparable import Group, Studied, comparable
from curbside.compose.outcome_rates import REVIEWS, LeftRate, OutcomeRate, outcome_rates
from curbside.records import (
    Datum,
    Effect,
    Figure,
    Finding,
    Kind,
    Lane,
    Mention,
    Outcome,
    Question,
    Reference,
    Selected,
    Series,
    Status,
    lane_of,
)
from curbside.text.measures import Scale, measure_named
from curbside.text.rates import FoundRate, Timing

_LEAST: Final = 2
_MOST: Final = 30
_USUAL_LEVEL: Final = 95.0
_IN: Final = re.compile(r"^(?:in|among|of|across|for)\s", re.IGNORECASE)
"""Values in one picture; what is beyond stands in `left_out`, by source."""

_MOST_ICONS: Final = 4
_NO_TIME: Final = "no time stated"
_LANES: Final[Mapping[Lane, str]] = {
    Lane.GUIDELINE: "Guidelines",
    Lane.RESEARCH: "Research",
    Lane.LABEL: "Drug labels",
    Lane.PATIENT: "Patient information",
}
_MARKED: Final = frozenset({Status.SUPERSEDED, Status.RETRACTED, Status.CONCERN, Status.CORRECTED})
_STANDING: Final[Mapping[Status, str]] = {
    Status.SUPERSEDED: "superseded",
    Status.RETRACTED: "retracted",
    Status.CONCERN: "expression of concern",
    Status.CORRECTED: "corrected",
}


class PooledEstimate(Protocol):
    """A pooled estimate on the scale of its measure; `i2` is a share from 0 to 1."""

    @property
    def point(self) -> float:
        """The estimate."""
        ...

    @property
    def low(self) -> float:
        """Lower end of its interval."""
        ...

    @property
    def high(self) -> float:
        """Upper end."""
        ...

    @property
    def tau2(self) -> float:
        """Variance between studies."""
        ...

    @property
    def i2(self) -> float:
        """Share of it in all variance, 0 to 1."""
        ...

    @property
    def k(self) -> int:
        """Number of studies."""
        ...

    @property
    def method(self) -> str:
        """How it was computed, in words."""
        ...


class Pooler(Protocol):
    """Comparable estimates to one."""

    def pool(self, group: Group) -> PooledEstimate:
        """Pool a group without a refusal. Raises InputError for any other."""
        ...


def figures_of(
    question: Question,
    *,
    outcome: Outcome | None,
    shown: Sequence[Selected],
    references: Sequence[Reference],
    pooler: Pooler | None = None,
) -> tuple[Figure, ...]:
    """The figures of a page; none where there are fewer than two values to draw.

    Args:
        question: says whether treatment went on or was stopped.
        outcome: rates of it and of its opposite are drawn; None draws none.
        shown: the evidence that is shown, in order of first use.
        references: of everything shown.
        pooler: pools comparable effects; None draws them side by side.
    """
    numbered = {reference.doc_id: reference for reference in references}
    drawn, left = outcome_rates(question, outcome, shown)
    figures = [
        *_rates(outcome, drawn, left, numbered),
        _icons(drawn, numbered),
        *_forests(shown, outcome, numbered, pooler),
        _timeline(shown, references),
    ]
    return tuple(figure for figure in figures if figure is not None)


def drawable(
    question: Question, *, outcome: Outcome | None, items: Sequence[Selected]
) -> tuple[Selected, ...]:
    """The first of `items` whose quotes hold a rate of the outcome or an effect with its interval:
    a picture is of all that is known, and a page has room for the words of some only."""
    rates = {one.item.evidence.evidence_id for one in outcome_rates(question, outcome, items)[0]}
    found = [
        item
        for item in items
        if item.evidence.evidence_id in rates
        or any(_has_interval(finding) for finding in item.evidence.findings)
    ]
    return tuple(found[:_MOST])


def _has_interval(finding: Finding) -> bool:
    effect = finding.effect
    return effect is not None and None not in (effect.point, effect.low, effect.high)


def source_name(reference: Reference) -> str:
    """ "[2] Harrison L 2019": a source in a picture; a superseded one says so."""
    source = reference.source
    name = source.authors[0] if source.authors else source.organisation or reference.title
    year = f" {source.year}" if source.year else ""
    standing = reference.standing.status
    marked = f" ({_STANDING[standing]})" if standing in _MARKED else ""
    return f"[{reference.number}] {name.split(',')[0].strip()}{year}{marked}"


# --- rates over time --------------------------------------------------------------------------


def _rates(
    outcome: Outcome | None,
    drawn: Sequence[OutcomeRate],
    left: Sequence[LeftRate],
    numbered: Mapping[str, Reference],
) -> list[Figure]:
    if outcome is None:
        return []
    name = outcome.name[:1].upper() + outcome.name[1:]
    figures: list[Figure] = []
    told = [
        f"{source_name(numbered[one.item.document.doc_id])}: {one.rate.text}, {one.reason}"
        for one in left
    ]
    for is_opposite in (False, True):
        mine = [one for one in drawn if one.is_opposite is is_opposite]
        if len(mine) < _LEAST:
            told += [f"{_told(one, numbered)}, the only one of its kind" for one in mine]
            continue
        worded = _listed(dict.fromkeys(f"“{_event(one)}”" for one in mine))
        title = f"The opposite of {outcome.name}" if is_opposite else name
        figures.append(
            _rate_figure(
                f"rates-{len(figures) + 1}",
                f"{title}: rates by time and source",
                f"share of people with {worded}",
                mine,
                numbered,
                told,
            )
        )
        told = []
    if told and figures:
        figures[0] = replace(figures[0], left_out=(*figures[0].left_out, *told))
    return figures


def _rate_figure(
    figure_id: str,
    title: str,
    measure: str,
    rates: Sequence[OutcomeRate],
    numbered: Mapping[str, Reference],
    told: Sequence[str],
) -> Figure:
    ordered = sorted(
        rates,
        key=lambda one: (
            one.rate.window is None,
            numbered[one.item.document.doc_id].number,
            _event(one),
            one.rate.window.years if one.rate.window else 0.0,
            one.item.evidence.span,
            one.rate.span,
        ),
    )
    kept, rest = ordered[:_MOST], ordered[_MOST:]
    series: dict[str, list[Datum]] = {}
    for one in kept:
        label = f"{source_name(numbered[one.item.document.doc_id])}: {_event(one)}"
        series.setdefault(label, []).append(_datum(one))
    return Figure(
        figure_id=figure_id,
        kind="rates",
        title=title,
        measure=measure,
        unit="%",
        series=tuple(Series(label, tuple(data)) for label, data in series.items()),
        left_out=(*told, *(_told(one, numbered) for one in rest)),
        notes=(_refusal(kept), "Every value is printed in the passage beside it."),
    )


def _event(one: OutcomeRate) -> str:
    """The event in the source's words, in small letters but for what is written in capitals."""
    return " ".join(
        word if sum(map(str.isupper, word)) > 1 else word.lower() for word in one.words.split()
    )


def _told(one: OutcomeRate, numbered: Mapping[str, Reference]) -> str:
    name = source_name(numbered[one.item.document.doc_id])
    return f"{name}: {one.rate.text} {_event(one)}, {_when(one.rate)}"


def _datum(one: OutcomeRate) -> Datum:
    rate = one.rate
    return Datum(
        label=", ".join(([rate.group.text] if rate.group else []) + [_when(rate)]),
        value=rate.percent,
        x=rate.window.years if rate.window else None,
        low=rate.low,
        high=rate.high,
        cites=(one.item.evidence.evidence_id,),
        remark="; ".join(_remarks(one)) or None,
    )


def _remarks(one: OutcomeRate) -> list[str]:
    rate, document = one.rate, one.item.document
    told = []
    if rate.is_range:
        told.append("a range, as printed")
    if rate.numerator is not None and rate.denominator is not None:
        told.append(f"{rate.numerator:g} of {rate.denominator:g}")
    elif rate.numerator is not None:
        told.append(f"{rate.numerator:g} people")
    if rate.window and rate.window.timing is Timing.OVER:
        told.append("follow-up, not one point in time")
    if document.kind in REVIEWS:
        told.append("reported from other studies")
    study = document.study
    if study and study.outcome_definition:
        told.append(f"definition: {study.outcome_definition}")
    if study and study.population:
        told.append(f"people: {study.population}")
    return told


def _when(rate: FoundRate) -> str:
    if rate.window is None:
        return _NO_TIME
    words = rate.window.words
    return f"over {words}" if rate.window.timing is Timing.OVER else words


def _refusal(rates: Sequence[OutcomeRate]) -> str:
    """Why these rates have no common estimate, from what differs among them."""
    years = dict.fromkeys(one.rate.window.years for one in rates if one.rate.window)
    untimed = sum(one.rate.window is None for one in rates)
    sources = {one.item.document.doc_id: one.item.document for one in rates}
    defined = dict.fromkeys(
        d.study.outcome_definition
        for d in sources.values()
        if d.study and d.study.outcome_definition
    )
    undefined = len(sources) - sum(
        bool(d.study and d.study.outcome_definition) for d in sources.values()
    )
    people = dict.fromkeys(
        d.study.population for d in sources.values() if d.study and d.study.population
    )
    worded = dict.fromkeys(_event(one) for one in rates)
    reasons = []
    if len(years) > 1 or (years and untimed):
        told = f"{len(years)} different times" if len(years) > 1 else "one time"
        reasons.append(f"{told}" + (f" and {untimed} without a time" if untimed else ""))
    elif untimed:
        reasons.append("no time is stated")
    if len(defined) > 1 or undefined:
        told = f"{len(defined)} different definitions" if len(defined) != 1 else "one definition"
        lacking = f" and {undefined} of {len(sources)} sources without one" if undefined else ""
        reasons.append(told + lacking)
    if len(worded) > 1:
        reasons.append(f"{len(worded)} different events ({_listed(worded)})")
    if len(people) > 1:
        reasons.append(f"{len(people)} different groups of people")
    if any(one.rate.is_range for one in rates):
        reasons.append("ranges over several studies among them")
    if not reasons:
        return "Not pooled: shares of single groups are shown side by side, never as one number."
    return f"Not pooled, as these rates are not of one thing: {'; '.join(reasons)}."


def _listed(items: Iterable[str]) -> str:
    names = list(items)
    return ", ".join(names[:-1]) + (" or " if len(names) > 1 else "") + names[-1] if names else ""


# --- icon arrays ------------------------------------------------------------------------------


def _icons(drawn: Sequence[OutcomeRate], numbered: Mapping[str, Reference]) -> Figure | None:
    """Rates that compare: of one source, in one wording, either at several times or of two groups.
    The one with the most is drawn, the first where several have as many."""
    kinds: dict[tuple[object, ...], list[OutcomeRate]] = {}
    for one in drawn:
        rate = one.rate
        if rate.percent is None:
            continue
        if rate.group is None and rate.window is not None:
            key: tuple[object, ...] = (one.item.document.doc_id, _event(one), "times")
        elif rate.group is not None:
            key = (one.item.document.doc_id, one.item.evidence.evidence_id, _event(one))
        else:
            continue
        kinds.setdefault(key, []).append(one)
    best = max(kinds.values(), key=len, default=[])
    if len(best) < _LEAST:
        return None
    best = sorted(best, key=lambda one: one.rate.window.years if one.rate.window else 0.0)
    source = source_name(numbered[best[0].item.document.doc_id])
    words = _event(best[0])
    study = best[0].item.document.study
    people = (f"The people: {study.population}.",) if study and study.population else ()
    is_rounded = any(one.rate.percent != round(one.rate.percent or 0) for one in best)
    return Figure(
        figure_id="icons",
        kind="icons",
        title=f"Out of 100 people: {words}",
        measure=f"people of 100 with “{words}”",
        unit="of 100 people",
        series=(Series(f"{source}: {words}", tuple(_datum(one) for one in best[:_MOST_ICONS])),),
        left_out=tuple(_told(one, numbered) for one in best[_MOST_ICONS:]),
        notes=(
            "Each picture stands for 100 people like those studied; one mark is one person."
            + (" Shares are rounded to whole people." if is_rounded else ""),
            *people,
        ),
    )


# --- effects ----------------------------------------------------------------------------------


def _forests(
    shown: Sequence[Selected],
    outcome: Outcome | None,
    numbered: Mapping[str, Reference],
    pooler: Pooler | None,
) -> list[Figure]:
    """A forest for each group that compares, and one for each measure of what stands alone."""
    studied = [
        one
        for item in shown
        for finding in item.evidence.findings
        if (one := _studied(item, finding, outcome, numbered)) is not None
    ]
    groups = comparable(tuple(dict.fromkeys(studied)))
    figures: list[Figure] = []
    for group in groups:
        if group.refusal is None and _scale(group.measure) is not None:
            figures.append(_forest(f"forest-{len(figures) + 1}", group, pooler))
    grouped = {id(member) for group in groups if group.refusal is None for member in group.members}
    alone: dict[str, list[Studied]] = {}
    for one in dict.fromkeys(studied):
        if id(one) not in grouped and _is_drawn(one):
            alone.setdefault(_measure(one), []).append(one)
    left = [
        f"{one.label}: {one.factor}, no interval is printed"
        for one in studied
        if not _is_drawn(one)
    ]
    refusals = {
        _topic(group): group.refusal
        for group in groups
        if group.refusal and len(group.members) + len(group.left_out) > 1
    }
    for measure, members in alone.items():
        if len(members) >= _LEAST:
            figure = _side_by_side(f"forest-{len(figures) + 1}", measure, members, refusals, left)
            figures.append(figure)
            left = []
    return figures


def _topic(group: Group) -> str:
    return f"{group.factor}: {group.outcome}"


def _studied(
    item: Selected,
    finding: Finding,
    outcome: Outcome | None,
    numbered: Mapping[str, Reference],
) -> Studied | None:
    effect = finding.effect
    if effect is None or effect.point is None or finding.factor is None:
        return None
    if effect.measure is None or _scale(effect.measure) is None:
        return None
    document = item.document
    study = document.study
    return Studied(
        evidence_id=item.evidence.evidence_id,
        doc_id=document.doc_id,
        label=source_name(numbered[document.doc_id]),
        effect=effect,
        outcome=outcome.name if outcome else _words(finding.outcome) or "",
        factor=finding.factor.text,
        population=_words(finding.population) or (study.population if study else None),
        definition=_words(finding.definition) or (study.outcome_definition if study else None),
        window=_words(finding.window) or (study.follow_up if study else None),
        n=finding.n,
        is_review=document.kind in REVIEWS,
    )


def _words(mention: Mention | None) -> str | None:
    return mention.text if mention else None


def _scale(measure: str) -> Scale | None:
    known = measure_named(measure)
    return known.scale if known and known.scale is not Scale.OTHER else None


def _measure(one: Studied) -> str:
    known = measure_named(one.effect.measure or "")
    return known.name if known else ""


def _is_drawn(one: Studied) -> bool:
    effect = one.effect
    if effect.low is None or effect.high is None or effect.point is None:
        return False
    is_ratio = _scale(effect.measure or "") is Scale.RATIO
    return effect.low <= effect.point <= effect.high and (effect.low > 0 or not is_ratio)


def _row(one: Studied, label: str) -> Datum:
    effect = one.effect
    told = [f"{effect.level:g}% interval"] if _is_unusual(effect) else []
    told += [f"p {effect.p}"] if effect.p else []
    told += [f"definition: {one.definition}"] if one.definition else []
    told += [f"people: {_IN.sub('', one.population)}"] if one.population else []
    return Datum(
        label=label,
        value=effect.point,
        low=effect.low,
        high=effect.high,
        cites=(one.evidence_id,),
        remark="; ".join(told) or None,
    )


def _is_unusual(effect: Effect) -> bool:
    """Whether an interval is of another level than readers take it for."""
    return effect.level is not None and effect.level != _USUAL_LEVEL


def _forest(figure_id: str, group: Group, pooler: Pooler | None) -> Figure:
    pooled, notes = None, ["Not pooled: no statistics library is installed."]
    if pooler is not None:
        found = pooler.pool(group)
        pooled = Datum(
            label=f"Pooled, {found.k} studies",
            value=round(found.point, 2),
            low=round(found.low, 2),
            high=round(found.high, 2),
            cites=tuple(member.evidence_id for member in group.members),
            remark=(
                f"computed here: {found.method}; I² {100 * found.i2:.0f}%, tau² {found.tau2:.3g}"
            ),
        )
        notes = [
            "The pooled estimate is computed by this software; no source prints it.",
            *(
                f"The interval of {member.label} is one of {member.effect.level:g}%, and is"
                " weighed as one."
                for member in group.members
                if _is_unusual(member.effect)
            ),
        ]
    return Figure(
        figure_id=figure_id,
        kind="forest",
        title=f"{group.factor[:1].upper()}{group.factor[1:]} and {group.outcome}: {group.measure}",
        measure=group.measure,
        unit=str(_scale(group.measure)),
        series=tuple(
            Series(member.label, (_row(member, group.factor),)) for member in group.members
        ),
        pooled=pooled,
        left_out=tuple(f"{studied.label}: {reason}" for studied, reason in group.left_out),
        notes=tuple(notes),
    )


def _side_by_side(
    figure_id: str,
    measure: str,
    members: Sequence[Studied],
    refusals: Mapping[str, str],
    left: Sequence[str],
) -> Figure:
    kept, rest = members[:_MOST], members[_MOST:]
    series: dict[str, list[Datum]] = {}
    for one in kept:
        series.setdefault(one.label, []).append(_row(one, one.factor))
    why = [
        f"Not pooled: {topic}: {reason}."
        for topic, reason in refusals.items()
        if any(f"{one.factor}: {one.outcome}" == topic for one in members)
    ] or ["Not pooled: no two of these are of the same factor."]
    outcome = members[0].outcome
    return Figure(
        figure_id=figure_id,
        kind="forest",
        title=f"Effects on {outcome} as printed: {measure}",
        measure=measure,
        unit=str(_scale(measure)),
        series=tuple(Series(label, tuple(data)) for label, data in series.items()),
        left_out=(*left, *(f"{one.label}: {one.factor}" for one in rest)),
        notes=tuple(why),
    )


# --- timeline ---------------------------------------------------------------------------------


def _timeline(shown: Sequence[Selected], references: Sequence[Reference]) -> Figure | None:
    """Sources by year of publication, those of one kind together, guidelines first."""
    cites: dict[str, str] = {}
    for item in shown:
        cites.setdefault(item.document.doc_id, item.evidence.evidence_id)
    dated = [r for r in references if r.source.year is not None and r.doc_id in cites]
    if len(dated) < _LEAST:
        return None
    undated = [r for r in references if r.source.year is None]
    lanes = list(Lane)
    kinds = sorted(
        {r.kind for r in dated}, key=lambda k: (lanes.index(lane_of(k)), list(Kind).index(k))
    )
    series = []
    for kind in kinds:
        mine = sorted(
            (r for r in dated if r.kind is kind), key=lambda r: (r.source.year or 0, r.number)
        )
        data = tuple(
            Datum(
                label=source_name(reference),
                x=float(reference.source.year or 0),
                cites=(cites[reference.doc_id],),
                remark=_standing(reference, references),
            )
            for reference in mine
        )
        lane = lane_of(kind)
        name = _LANES[lane]
        # the other lanes hold one kind of source each
        label = f"{name}: {kind.value.replace('-', ' ')}" if lane is Lane.RESEARCH else name
        series.append(Series(label, data))
    return Figure(
        figure_id="timeline",
        kind="timeline",
        title="When the sources were published",
        measure="year of publication",
        unit="year",
        series=tuple(series),
        left_out=tuple(f"{source_name(r)}: no year is known" for r in undated),
        notes=("A superseded source points to what replaced it.",)
        if any(r.standing.status is Status.SUPERSEDED for r in dated)
        else (),
    )


def _standing(reference: Reference, references: Sequence[Reference]) -> str | None:
    """ "superseded by [6]": what replaced it, by number where the page has it."""
    status = reference.standing.status
    if status not in _MARKED:
        return None
    by = [_named(work, references) for work in reference.standing.by]
    return _STANDING[status] + (f" by {', '.join(by)}" if by else "")


def _named(work: str, references: Sequence[Reference]) -> str:
    for reference in references:
        source = reference.source
        if work in (
            reference.doc_id,
            f"doi:{(source.doi or '').lower()}",
            f"pmid:{source.pmid}",
            f"pmcid:{source.pmcid}",
        ):
            return f"[{reference.number}]"
    return work
