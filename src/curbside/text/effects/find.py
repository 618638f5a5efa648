"""The one pass over the numbers of a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from curbside.records import Span
from curbside.text.effects.after import LEVEL_AHEAD, P, Tail, p_printed, tail_of
from curbside.text.effects.figures import (
    DIGITS,
    LONGEST,
    NUMBER,
    bounds_at,
    unit_after,
    value_of,
)
from curbside.text.effects.gaps import SHORT
from curbside.text.effects.inherit import inherits, is_next_of_list
from curbside.text.effects.leads import leads
from curbside.text.effects.named import Named, before, names_of
from curbside.text.effects.records import FoundEffect, Source, source_of
from curbside.text.effects.sound import doubt_about, is_lopsided
from curbside.text.effects.worded import leads_in_words, measure_in_words
from curbside.text.measures import CHANGE, DIFFERENCE, Needs, Scale, spellings

_Reading: TypeAlias = tuple[FoundEffect, Named]

_ANY_DIGIT = re.compile(r"\d")
_NO_ESTIMATE = re.compile(r"(?:[<>≤≥±]|\+/-|\b(?:[nftzp]|[ir][2²]|χ2|p[\s-]?values?)\s?=)\s?$")
_NO_POINT = re.compile(
    r"\b(?:than|from|between|rang(?:e[sd]?|ing)|least|most|over|under|above|below|up\sto|within|"
    r"exceed(?:s|ed|ing)?|versus|vs\.?)\s?[(\[]?$"
)
_FROM = re.compile(r"\bfrom\s[(\[]?\W{0,2}$")
_NUMBERED = re.compile(
    r"\b(?:week|month|day|year|visit|table|figure|fig|grade|type|stage|phase|group|arm|age)\s?$"
)
_RANGE_AFTER = re.compile(
    rf"\s?(?:%\s?)?(?:-|to\s)\s?(?!9\d\s?%\s?c)(?:[a-z]{{1,3}}\s?=\s?)?[-+]?{DIGITS}"
)
_NOT_A_POINT_AFTER = re.compile(
    r",\d|\.\s\d|[/×^*+]\s?\d|(?<=\d):\d(?!\s|\d\s?%)"
    r"|(?!(?:m?s|[kmµ]?g|m?l|[cm]?m|h|min)(?![a-z]))[a-z](?<![x])"
    r"|\s?[<>≤≥]\s?[a-z]"
    r"|\sor\s(?:less|more|lower|higher|greater|fewer|better|below|above)(?![a-z])"
)
# "odds ratios,14 15 we": a mark of what is cited
_CITED = re.compile(r"[a-z][,.;]$")
_BESIDE = re.compile(r"\d[.·]\d+\s?[(\[]\s?$")
_CLOSED = re.compile(r"\s?[)\]]")
_NAMES_BACK = 6
_LEAST_LEVEL = 80
_LONGEST_PRINT = 5
# a ratio that no measure names
_FOLD = re.compile(r"[\s-]?(?:fold|times)(?![a-z])")
_FACTOR = re.compile(r"\bfactor\sof\s$")
_COMPARED_AFTER = re.compile(
    r"\s?(?:(?!times|fold|and\s|or\s|but\s|with\s)[a-z/%]{1,12}\s)?(?:lower|higher|greater|less|more|fewer|shorter|longer|"
    r"larger|smaller|better|worse|faster|slower|earlier|later|sooner|"
    r"(?:relative\s|absolute\s|mean\s)?(?:reduction|increase|decrease|decline|improvement|change))"
    r"(?![a-z])"
)
_NOUN_AFTER = re.compile(
    r"\s?(?:relative\s|absolute\s|mean\s)?(?:reduction|increase|decrease|decline|improvement|"
    r"difference|gain)(?![a-z])"
)
# "23% (95% CI 12% to 33%; I2 = 84%) increase"
_REST_OF_BRACKET = re.compile(r"[;,][^()\[\]]{0,30}[)\]]")
_ADJUSTED = re.compile(r"(?<![a-z])adjusted[,:]?\s$")
_BEHIND = re.compile(r"\s?(?:%|percent|percentage\spoints?)\s(?:[a-z-]{1,20}\s){0,2}")
_NAMED_BEHIND = frozenset({"RRR", "RD"})
_P_BEFORE = re.compile(rf"[(\[,;]\s?(?P<whole>{P})\s?[;,]\s?$")
_JOINED = re.compile(r"\s?[,;]?\sand\s")
_END_OF_LIST = re.compile(r"\s?[)\]]|,?\srespectively")
_SHARED_UNIT = re.compile(r"[\s,;]*(?:and\s)?")


def find_effects(text: str) -> tuple[FoundEffect, ...]:
    """Every effect estimate of a text, in order, none overlapping another.

    Args:
        text: a sentence or more; spans point into it.

    Returns:
        Estimates by start. A bare percentage, two percentages side by side, a rate or mean with
        its interval, a range without a point, a sample size, an age and a test's accuracy are
        none; nor is a figure of a measure that the text does not name.

    >>> [(e.measure, e.point, e.low, e.high) for e in find_effects("OR 2.3 (95% CI 1.1-4.8)")]
    [('OR', 2.3, 1.1, 4.8)]
    """
    return _find_effects(text)


@lru_cache(maxsize=4096)
def _find_effects(text: str) -> tuple[FoundEffect, ...]:
    if not _ANY_DIGIT.search(text):
        return ()
    source = source_of(text)
    return _with_shared_units(source, _estimates(source, names_of(source)))


def _estimates(source: Source, named: Sequence[Named]) -> list[FoundEffect]:
    ends = [name.end for name in named]
    found: list[FoundEffect] = []
    previous: _Reading | None = None
    at = 0
    for number in NUMBER.finditer(source.folded):
        if number.start() < at or not _may_be_one(source, number):
            continue
        split = bisect_left(ends, number.start() + 1)
        reading = _governed(
            source, number, named[max(0, split - _NAMES_BACK) : split], previous
        ) or _named_behind(source, number, named[split : split + 1])
        if reading:
            previous = reading
            found.append(reading[0])
            at = reading[0].span.end
    return found


def _may_be_one(source: Source, number: re.Match[str]) -> bool:
    """Whether a number may be an estimate, by what it is made of and touches."""
    folded, end = source.folded, number.end()
    if len(number["digits"]) > LONGEST:
        return False
    # "difference 1.1%, confidence interval" is no level
    if LEVEL_AHEAD.match(folded, end) and value_of(number) >= _LEAST_LEVEL:
        return False
    if _NOT_A_POINT_AFTER.match(folded, end) or _RANGE_AFTER.match(folded, end):
        return False
    if before(_NO_ESTIMATE, folded, number.start()):
        return False
    # "5.1 (0.8)": how far the figure before spreads
    if before(_BESIDE, folded, number.start()) and _CLOSED.match(folded, end):
        return False
    is_whole = number["digits"].isdigit()
    is_mark = before(_NUMBERED, folded, number.start()) or before(_CITED, folded, number.start())
    return not (is_whole and is_mark)


def _governed(
    source: Source, number: re.Match[str], names: Sequence[Named], previous: _Reading | None
) -> _Reading | None:
    """The estimate at a number under the measure that governs it; None where none does."""
    tail = tail_of(source, number.end())
    is_limit = before(_NO_POINT, source.folded, number.start()) is not None
    if is_limit and not tail.interval:
        is_next = previous and is_next_of_list(source, previous[0], number, tail)
        return _next(source, number, tail, previous[1]) if previous and is_next else None
    last = previous[0].span.end if previous else 0
    fresh = [name for name in names if name.start >= last]
    spelt = [name for name in fresh if not name.is_worded]
    if name := _leading(source, spelt, number, tail):
        return _read(source, number, tail, name, name.start)
    if previous and inherits(source, number, tail, *previous, fresh):
        return _next(source, number, tail, previous[1])
    # "from -56 [95% CI -105 to -10] to -323 [-389 to -222]" is a range of estimates
    is_first = tail.is_explicit and before(_FROM, source.folded, number.start())
    return _in_words(source, number, tail, fresh) if is_first or not is_limit else None


def _leading(
    source: Source, spelt: Sequence[Named], number: re.Match[str], tail: Tail
) -> Named | None:
    """The measure that leads to a number: the last that is named, but for a print of other senses
    far from it, as in "hazard ratios for PR and PF were 1.3 (…)"."""
    if not spelt:
        return None
    *others, last = spelt
    gap = source.folded[last.end : number.start()]
    is_doubtful = last.measure.needs is Needs.INTERVAL and last.end - last.start <= _LONGEST_PRINT
    if others and is_doubtful and not SHORT.fullmatch(gap):
        earlier = others[-1]
        is_spelt_out = earlier.end - earlier.start > _LONGEST_PRINT
        if is_spelt_out and leads(source, earlier, number, tail):
            return earlier
    return last if leads(source, last, number, tail) else None


def _next(source: Source, number: re.Match[str], tail: Tail, name: Named) -> _Reading | None:
    """The estimate at a number under the measure of the one before: "…; adjusted 1.07 (…)"."""
    adjusted = spellings().adjustable.get(name.measure.name)
    if adjusted and before(_ADJUSTED, source.folded, number.start()):
        name = replace(name, measure=adjusted)
    return _read(source, number, tail, name, None)


def _in_words(
    source: Source, number: re.Match[str], tail: Tail, fresh: Sequence[Named]
) -> _Reading | None:
    folded = source.folded
    if before(_FACTOR, folded, number.start()) or any(
        _FOLD.match(folded, end) for end in (number.end(), tail.end)
    ):
        return None
    # "the difference in the mean change was": what changed is compared
    worded = [name for name in fresh if name.is_worded]
    for name in sorted(worded, key=lambda n: (n.measure is not DIFFERENCE, -n.end)):
        if leads_in_words(source, name, number, tail):
            measure = measure_in_words(source, name, number, tail)
            return _read(source, number, tail, replace(name, measure=measure), name.start)
    return _compared(source, number, tail)


def _compared(source: Source, number: re.Match[str], tail: Tail) -> _Reading | None:
    """ "1.9 days longer (95% CI …", "the 0.3-point difference was not significant (95% CI …": what
    is said of a figure stands behind it."""
    unit, end = unit_after(source, number.end())
    noun = _NOUN_AFTER.match(source.folded, end)
    if noun and not tail.is_explicit:
        tail = tail_of(source, noun.end(), unit=unit)
    rest = _REST_OF_BRACKET.match(source.folded, tail.end)
    is_compared = noun or any(
        _COMPARED_AFTER.match(source.folded, at) for at in (end, rest.end() if rest else tail.end)
    )
    if not tail.is_explicit or not is_compared:
        return None
    measure = DIFFERENCE if noun and "difference" in noun[0] else CHANGE
    name = Named(measure, number.start(), number.end(), is_worded=True)
    return _read(source, number, tail, name, None)


def _named_behind(
    source: Source, number: re.Match[str], behind: Sequence[Named]
) -> _Reading | None:
    """ "a 37% relative risk reduction (95% CI 10 to 60)": the measure stands behind the figure."""
    if not behind or behind[0].measure.name not in _NAMED_BEHIND:
        return None
    if not _BEHIND.fullmatch(source.folded[number.end() : behind[0].start]):
        return None
    tail = tail_of(source, behind[0].end, unit="%")
    return _read(source, number, tail, behind[0], number.start())


def _read(
    source: Source, number: re.Match[str], tail: Tail, name: Named, start: int | None
) -> _Reading | None:
    """The estimate itself, from `start` where its measure is named for it; one that is inherited
    or only worded stands with a sound interval alone."""
    point = value_of(number)
    is_joint = tail.interval is not None and _is_joint(source, tail.interval.end)
    if is_joint:
        tail = replace(tail, low=None, high=None, level=None, interval=None)
    sound, doubt = _sound(point, tail, name.measure.scale)
    if is_joint:
        doubt = "the intervals of several estimates stand together and are not kept"
    if tail.interval and not sound.interval and (start is None or name.is_worded):
        return None
    begin = number.start() if start is None else min(start, number.start())
    end = begin + len(source.printed[begin : tail.end].rstrip())
    p, p_span = (tail.p, tail.p_span) if tail.p else _p_before(source, begin)
    effect = FoundEffect(
        measure=name.measure.name,
        text=source.printed[begin:end],
        span=Span(begin, end),
        point=point,
        point_span=Span(*number.span()),
        measure_span=None if start is None else Span(name.start, name.end),
        low=sound.low,
        high=sound.high,
        level=sound.level,
        interval_span=sound.interval,
        p=p,
        p_span=p_span,
        unit=tail.unit,
        doubt=doubt,
    )
    return effect, name


def _sound(point: float, tail: Tail, scale: Scale) -> tuple[Tail, str | None]:
    """The tail without an interval that cannot be that of the point, and what is in doubt."""
    if tail.low is None or tail.high is None:
        return tail, None
    if doubt := doubt_about(point, tail.low, tail.high, scale):
        return replace(tail, low=None, high=None, level=None, interval=None), doubt
    if scale is Scale.RATIO and is_lopsided(point, tail.low, tail.high):
        return tail, "the interval is not symmetric about the estimate on the logarithmic scale"
    return tail, None


def _is_joint(source: Source, end: int) -> bool:
    """Whether the next interval stands right beside one: "1.5 and 2.0 (0.5-9.6 and 0.7-3.2)"."""
    joined = _JOINED.match(source.folded, end)
    second = bounds_at(source, joined.end()) if joined else None
    return second is not None and bool(_END_OF_LIST.match(source.folded, second.end))


def _p_before(source: Source, begin: int) -> tuple[str | None, Span | None]:
    """The p value that stands before an estimate, "(p = 0.01; OR = 2.3)"."""
    found = before(_P_BEFORE, source.folded, begin)
    if found is None:
        return None, None
    offset = begin - len(found.string)
    span = Span(offset + found.start("whole"), offset + found.end("whole"))
    return p_printed(source, found, offset), span


def _with_shared_units(source: Source, found: Sequence[FoundEffect]) -> tuple[FoundEffect, ...]:
    """ "-0.85 (…) and -0.67 (…) mmol/L": the unit is printed once, after the last."""
    shared = list(found)
    for i in range(len(shared) - 2, -1, -1):
        one, two = shared[i], shared[i + 1]
        gap = source.folded[one.span.end : two.span.start]
        is_alike = one.unit is None and two.unit and one.measure == two.measure
        if is_alike and _SHARED_UNIT.fullmatch(gap):
            shared[i] = replace(one, unit=two.unit)
    return tuple(shared)
