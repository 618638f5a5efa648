"""Proportions of people with their time and place in a sentence: "59% one year", "16 (33%) of 48".

A percentage that is no proportion of people (a fall of 30%, a sensitivity, a dose) is left out, and
a time that is no time of the proportion (years of treatment before, a median time to an event) is
not given to it. Nothing is computed but the time in years.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from curbside.records import Mention, Span
from curbside.text.normalise import fold
from curbside.text.quantities import Quantity, QuantityKind, find_quantities


class Timing(StrEnum):
    """How a time belongs to a proportion: measured AT it, WITHIN it, or OVER a follow-up of it."""

    AT = "at"
    WITHIN = "within"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class RateWindow:
    """When: `words` are as printed ("within 52 weeks"; "3 years" where a list prints the unit
    once), `years` the same in years (12 months, 52 weeks or 365 days), rounded to four places."""

    words: str
    span: Span
    years: float
    timing: Timing


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A proportion as printed; `text` stands at `span`.

    `percent` is None where a range is printed (`is_range`): `low` and `high` are its ends, else
    those of the interval. `numerator` and `denominator` are set where the sentence prints them
    and they agree with the percentage. `clause` holds the words that may say what the proportion
    is of, those it shares with the rates it is listed with included; `group` says in whom, where
    groups are set against each other. `comparator` marks a bound ("more than 90%").
    """

    text: str
    span: Span
    percent: float | None
    clause: Span
    low: float | None = None
    high: float | None = None
    is_range: bool = False
    comparator: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    level: float | None = None
    window: RateWindow | None = None
    group: Mention | None = None


_PERCENT: Final = frozenset({QuantityKind.PERCENT, QuantityKind.COUNT_PERCENT, QuantityKind.RANGE})
_TIMES: Final = frozenset({QuantityKind.TIME_POINT, QuantityKind.DURATION})
_PLAIN: Final = frozenset({QuantityKind.NUMBER, QuantityKind.COUNT})
_LOOK: Final = 160
"""Code points read on either side of a quantity: more would let a long text cost its square."""

_APPROXIMATELY: Final = r"(?:about|around|approximately|nearly|almost|roughly|only|some|up\sto)\s"
# a percentage of change, or of something that is not people
_CHANGE_BEFORE: Final = re.compile(
    r"\b(?:reduc\w+|increas\w+|decreas\w+|declin\w+|fell|falls?|falling|rose|rises?|rising|drop\w*|"
    r"chang\w+|gain\w*|lower\w*|improv\w+|grew|shrank|weight\sloss|difference)\s"
    rf"(?:\w+\s){{0,3}}?(?:by|of)\s(?:a\s|an\s)?(?:{_APPROXIMATELY})?$"
)
_MEASURE_BEFORE: Final = re.compile(
    r"\b(?:sensitivit\w+|specificit\w+|predictive\svalues?|[pn]pv|accurac\w+|concordance|power|hba1c|"
    r"h(?:a)?emoglobin\sa1c|ejection\sfraction|lvef|h(?:a)?ematocrit|saturation|spo2|sao2|fev1|fvc|"
    r"i2|i²|i\^2|i-squared|heterogeneity|agreement|auc|kappa|purity|bioavailability|concentration|"
    rf"clearance|variance|threshold|cut-?off|stenosis)\s(?:[a-z]+\s){{0,3}}?(?:{_APPROXIMATELY})?"
    r"[(<>=≥≤]?\s?$"
)
_OTHER_AFTER: Final = re.compile(
    r"^(?:\s?\([^()]{0,60}\))?(?:-|\s)(?:(?:relative|absolute|significant|or\s(?:more|greater|less))\s){0,2}"
    r"(?:reductions?|increases?|decreases?|declines?|falls?|rises?|drops?|improvements?|change|lower|"
    r"higher|greater|less|more|fewer|faster|slower|better|worse|differences?|confidence|credible|ci\b|"
    r"power|sensitiv\w+|specific\w*|accura\w+|(?:positive|negative)\spredictive|ppv|npv|weight\sloss|"
    r"solution|cream|ointment|gel|shampoo|lotion|oxygen|saline|glucose|dextrose|"
    r"of\s(?:the\s|their\s|its\s)?(?:(?:usual|normal|standard|full|initial|starting|recommended|maximum|"
    r"daily|total)\s){0,2}(?:normal|predicted|baseline|doses?|maximum|(?:body\s)?weight|varia\w+|value)"
    r")\b"
)
_PER_TIME: Final = re.compile(
    r"^(?:\s?\([^()]{0,60}\))?(?:/|\s(?:per|a|each|every)\s)"
    r"(?:year|month|week|day|annum|decade|patient|person)|^\sannually"
)

# times
_AGE_AFTER: Final = re.compile(r"^[\s-](?:of\sage|old|and\s(?:older|over))\b")
_AGE_BEFORE: Final = re.compile(r"\b(?:aged?|ages|older\sthan|younger\sthan)\s$")
_ADJECTIVE_NO: Final = re.compile(
    r"^[\s-](?:old|course|treatment|therapy|regimen|intervention|program\w*|trial|study|history|"
    r"interval|period\sof\s(?!follow))"
)
_FOLLOW_AFTER: Final = re.compile(
    r"^['’]?\s(?:of\s)?(?:(?:median|mean|total|clinical|subsequent)\s)?(?:follow[\s-]?up|observation)"
    r"(?!\w)"
)
_FOLLOW_BEFORE: Final = re.compile(
    r"\bfollow(?:ed(?:[\s-]?up)?|[\s-]?up)\b[\s,(]*(?:(?:was|of|for|period|time|duration|a|the|over|"
    r"median|mean|average|after|total|reported|about)[\s,(]+){0,5}$"
)
_OVER_BEFORE: Final = re.compile(
    r"\b(?:over|during|throughout)\s(?:(?:a|an|the)\s)?(?:(?:reported|median|mean|average|total|"
    r"subsequent|entire)\s){0,2}(?:(?:period|time|duration)\s)?(?:of\s)?$"
)
_FIRST_BEFORE: Final = re.compile(
    r"\b(?:in|within|during|over)\s(?:the\s)?(?:first|next|following|initial|ensuing)\s$"
)
_AFTER_BEFORE: Final = re.compile(r"\bafter\s(?:about\s|approximately\s)?$")
_SPENT_AFTER: Final = re.compile(r"^['’]?\s(?:or\smore\s)?(?:of|on|with|in)\s")
_SINCE_AFTER: Final = re.compile(r"^\s(?:after|following|post|from|since)\b|^\s(?:post|later)")
_SPENT_BEFORE: Final = re.compile(r"\b(?:for|of|than|least|treated|median|mean)\s$")
_ABUTS: Final = re.compile(r"\s?(?:\([^()]{0,60}\)\s?)?")
_LIST_GAP: Final = re.compile(r"-?(?:\s?[,/&]\s?(?:(?:and|or|&)\s)?|\s(?:and|or)\s)(?:at\s)?")

# how proportions stand together
_SEPARATOR: Final = re.compile(r"[,;]|\b(?:and|or|but|while|whereas|versus|vs|than|compared|to)\b")
_CUT: Final = re.compile(
    r";|\.\s|,?\s(?:but|yet|while|whereas|although|though|however)\s|,\s(?:so|which|of\swh\w+)\s"
)
_JOINT: Final = re.compile(r",?\s(?:and|or|versus|vs\.?|compared\s(?:with|to))\s|,\s")
_AGAINST: Final = re.compile(r"\b(?:versus|vs|compared|than|against)\b")
_ONLY_JOINTS: Final = re.compile(
    r"(?:[\s,()\[\]/.-]|\b(?:and|or|to|then|versus|vs|than|compared|with|against|at|by|a|the|about|"
    r"only|approximately|respectively|rising|increasing|falling|decreasing)\b)*"
)
_PLACE: Final = re.compile(
    r"\b(?:in|among|for|with|after|under|on|during|of)\s(?:[^\s,;()]+\s){0,6}?[^\s,;()]+"
    r"(?=\s?(?:$|[,;(]|\b(?:and|or|versus|vs|than|compared)\b))"
)
_SAYS: Final = re.compile(r"\b(?:was|were|had|has|have|is|are|did|died|\w{3,}ed)\b")
_NOTHING_OF_ITS_OWN: Final = re.compile(
    r"^\s?(?:$|[.,;:)\]]|\(|(?:at|in|after|by|within|for|with|over|during|on|among|versus|vs|and|or|"
    r"compared|respectively|than|to)\b|of\s(?:the\s)?(?:[a-z-]+\s?){1,4}(?:$|[.,;)]))"
)
_GROUPS_BEFORE: Final = re.compile(
    r"\b(?:in|for|with|among|between)\s(?P<a>[^,;()]{2,60}?)\s(?:than|and|versus|vs\.?|compared\s"
    r"(?:with|to))\s(?:(?:in|for|with|among|those)\s)?(?P<b>[^,;()]{2,60}?)\s?[(,]\s?$"
)
_GROUP_AFTER: Final = re.compile(
    r"^(?:\s?\([^()]{0,60}\))?\s(?:in|among|for|with|of)\s(?:the\s)?(?P<group>[^,;()]{2,60}?)"
    r"(?=\s?(?:$|[.,;()]|\b(?:and|versus|vs|than|compared|at|within|after)\b))"
)


def find_rates(text: str) -> tuple[FoundRate, ...]:
    """Every proportion of people in a sentence, in order.

    Args:
        text: one sentence (any text does); spans point into it.

    Returns:
        Rates by start. A percentage that tells of change, of a test or of a dose is none.

    >>> [(r.text, r.percent, r.window.years) for r in find_rates("13% at five years") if r.window]
    [('13%', 13.0, 5.0)]
    """
    return _find_rates(text)


@lru_cache(maxsize=16384)
def _find_rates(text: str) -> tuple[FoundRate, ...]:
    found = find_quantities(text)
    folded = fold(text)
    rates = _rates(folded, found)
    if not rates:
        return ()
    gaps = _Gaps(folded, found, rates)
    rates = _with_windows(rates, _windows(folded, found), gaps)
    return tuple(_with_groups(_with_clauses(rates, gaps), gaps, text))


# --- proportions ------------------------------------------------------------------------------


def _rates(folded: str, found: Sequence[Quantity]) -> list[FoundRate]:
    rates: list[FoundRate] = []
    taken = -1
    for at, quantity in enumerate(found):
        if at <= taken or not _is_proportion(folded, quantity):
            continue
        rate = _as_rate(quantity)
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        if rate.numerator is None or rate.denominator is None:
            rate = _counted(folded, rate, before, after)
        after = next((q for q in found[at + 1 : at + 3] if q.span.start >= rate.span.end), None)
        if after and (interval := _interval(folded, rate, after)):
            rate, taken = interval, at + 1
        rates.append(rate)
    return rates


def _is_proportion(folded: str, quantity: Quantity) -> bool:
    if quantity.kind not in _PERCENT:
        return False
    if quantity.kind is not QuantityKind.COUNT_PERCENT and quantity.unit != "%":
        return False
    values = (quantity.value, quantity.percent, quantity.low, quantity.high)
    if not all(0 <= value <= 100 for value in values if value is not None):
        return False
    before = folded[max(0, quantity.span.start - _LOOK) : quantity.span.start]
    after = folded[quantity.span.end : quantity.span.end + _LOOK]
    return not (
        _CHANGE_BEFORE.search(before)
        or _MEASURE_BEFORE.search(before)
        or _OTHER_AFTER.search(after)
        or _PER_TIME.search(after)
    )


def _as_rate(quantity: Quantity) -> FoundRate:
    is_range = quantity.kind is QuantityKind.RANGE
    percent = quantity.percent if quantity.kind is QuantityKind.COUNT_PERCENT else quantity.value
    return FoundRate(
        text=quantity.text,
        span=quantity.span,
        percent=None if is_range else percent,
        clause=quantity.span,
        low=quantity.low if is_range else None,
        high=quantity.high if is_range else None,
        is_range=is_range,
        comparator=quantity.comparator,
        numerator=quantity.numerator,
        denominator=quantity.denominator,
    )


_OPENED: Final = re.compile(r"\s(?:[^\s().;%]+\s){0,12}\(|\s?[\[(]|\s\w+\s\(")
_OF_THEM: Final = re.compile(
    r"\s(?:of\s(?:them|these|those|whom|which)|[a-z]+|[a-z]+\s[a-z]+)\s\(|\s\("
)


def _counted(
    folded: str, rate: FoundRate, before: Quantity | None, after: Quantity | None
) -> FoundRate:
    """The rate with the count that stands beside it: "8 of 12 (67%)", "(75%, 12 of 16", "16 (33%)
    of 48"; as it was where the two disagree."""
    numerator, denominator = rate.numerator, rate.denominator
    if before and before.kind is QuantityKind.RATIO_OF and before.denominator is not None:
        if _OPENED.fullmatch(folded, before.span.end, rate.span.start):
            numerator, denominator = before.numerator, before.denominator
    elif (
        before
        and before.kind in _PLAIN
        and before.unit is None
        and _OF_THEM.fullmatch(folded, before.span.end, rate.span.start)
    ):
        numerator = before.value
    if after and denominator is None:
        gap = folded[rate.span.end : after.span.start]
        if after.kind is QuantityKind.RATIO_OF and gap in (", ", "; ", " (", " [", "; n = "):
            numerator, denominator = after.numerator, after.denominator
        elif after.kind in _PLAIN and re.fullmatch(r"\sof\s(?:the\s|all\s)?", gap):
            denominator = after.value
    if (
        numerator is not None
        and denominator
        and (rate.percent is None or abs(100 * numerator / denominator - rate.percent) > 1)
    ):
        return replace(rate, denominator=None)
    return replace(rate, numerator=numerator, denominator=denominator)


def _interval(folded: str, rate: FoundRate, after: Quantity) -> FoundRate | None:
    """The rate with the interval that follows it directly and holds it; None where none does."""
    if rate.percent is None or after.low is None or after.high is None:
        return None
    if not after.low <= rate.percent <= after.high:
        return None
    gap = folded[rate.span.end : after.span.start]
    if after.kind is QuantityKind.INTERVAL and re.fullmatch(r"[\s,;:(\[]{0,4}", gap):
        return replace(rate, low=after.low, high=after.high, level=after.level)
    # "8.3% [7.1-9.6]": bounds in brackets alone; in words a range is one of other things
    is_bracketed = after.kind is QuantityKind.RANGE and gap.strip() in ("(", "[")
    if is_bracketed and after.unit in (None, "%") and after.text[:1].isdigit():
        return replace(rate, low=after.low, high=after.high)
    return None


# --- times ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Times:
    """Times listed together ("at 1, 3 and 5 years"), most often one."""

    windows: tuple[RateWindow, ...]

    @property
    def start(self) -> int:
        return self.windows[0].span.start

    @property
    def end(self) -> int:
        return self.windows[-1].span.end

    @property
    def timing(self) -> Timing:
        return self.windows[0].timing


def _windows(folded: str, found: Sequence[Quantity]) -> list[_Times]:
    lists: list[_Times] = []
    for items in _listed(folded, found):
        timing = _timing(folded, items)
        if timing is None:
            continue
        unit = re.sub(r"^[^a-z]*", "", re.split(r"[\s-]", items[-1].text.lower())[-1])
        is_weeks = unit.startswith(("w", "wk"))
        lists.append(
            _Times(
                tuple(
                    RateWindow(
                        item.text if _names_unit(item.text) else _worded(item.text, unit),
                        item.span,
                        _years(item, items[-1], is_weeks=is_weeks),
                        timing,
                    )
                    for item in items
                )
            )
        )
    return lists


def _worded(number: str, unit: str) -> str:
    is_one = re.search(r"(?:^|\D)1$", number) is not None
    return f"{number} {unit.removesuffix('s') if is_one else unit}"


_UNIT_WORD: Final = re.compile(r"(?i)(?:year|yr|month|mo|week|wk|day|hour|hr|minute)s?\b|\d[a-z]\b")


def _names_unit(text: str) -> bool:
    return bool(_UNIT_WORD.search(text))


def _listed(folded: str, found: Sequence[Quantity]) -> Iterator[list[Quantity]]:
    """Times, each with those it is listed with; a bare number of a list ("1-, 3- and 5-year") is
    one where a time ends the list."""
    items: list[Quantity] = []
    for quantity in found:
        is_time = quantity.kind in _TIMES and quantity.value is not None
        is_number = quantity.kind in _PLAIN and quantity.value is not None
        if not is_time and not is_number:
            yield from _ended(items)
            items = []
            continue
        if items and not _LIST_GAP.fullmatch(folded, items[-1].span.end, quantity.span.start):
            yield from _ended(items)
            items = []
        items.append(quantity)
    yield from _ended(items)


def _ended(items: list[Quantity]) -> Iterator[list[Quantity]]:
    while items and items[-1].kind not in _TIMES:
        items = items[:-1]
    if items:
        yield items


def _timing(folded: str, items: Sequence[Quantity]) -> Timing | None:
    """How the times belong to a proportion; None where they are times of something else."""
    first, last = items[0], items[-1]
    before = folded[max(0, first.span.start - _LOOK) : first.span.start]
    after = folded[last.span.end : last.span.end + _LOOK]
    if _AGE_AFTER.search(after) or _AGE_BEFORE.search(before):
        return None
    if _FOLLOW_AFTER.search(after) or _FOLLOW_BEFORE.search(before):
        return Timing.OVER
    if first.kind is QuantityKind.TIME_POINT:
        return Timing.AT if first.text.lower().startswith("at") else Timing.WITHIN
    if "-" in fold(last.text):
        return None if _ADJECTIVE_NO.search(after) else Timing.AT
    if _FIRST_BEFORE.search(before):
        return Timing.WITHIN
    is_spent = bool(_SPENT_AFTER.search(after))
    if _OVER_BEFORE.search(before):
        return None if is_spent else Timing.OVER
    if _AFTER_BEFORE.search(before):
        return None if is_spent else Timing.AT
    if before.endswith(("% ", "%, ")) or re.search(r"%\s?\([^()]{0,60}\)\s$", before):
        return Timing.AT
    if _SINCE_AFTER.search(after) and not _SPENT_BEFORE.search(before):
        return Timing.AT
    return None


_DAYS_IN: Final = {"day": 365.0, "hour": 365.0 * 24, "minute": 365.0 * 24 * 60}


def _years(item: Quantity, last: Quantity, *, is_weeks: bool) -> float:
    value = item.value or 0.0
    if item.kind not in _TIMES and last.value:
        # a bare number shares the unit of the list's last time, whose own number says the scale
        printed = re.search(r"\d+(?:[.·]\d+)?", last.text)
        scale = last.value / float(printed[0].replace("·", ".")) if printed else 1.0
        value *= scale
    unit = last.unit
    if unit == "day" and is_weeks:
        return round(value / 7 / 52, 4)
    if unit in _DAYS_IN:
        return round(value / _DAYS_IN[unit], 4)
    return round(value / 12, 4) if unit == "month" else round(value, 4)


# --- together ---------------------------------------------------------------------------------


class _Gaps:
    """The words between proportions, with brackets, times and other quantities blanked."""

    def __init__(self, folded: str, found: Sequence[Quantity], rates: Sequence[FoundRate]) -> None:
        self.folded = folded
        blanked = list(folded)
        for quantity in found:
            for at in range(quantity.span.start, quantity.span.end):
                blanked[at] = " "
        self.blank = "".join(blanked)
        self._cuts = [match.start() for match in _CUT.finditer(folded)]
        self._starts = [rate.span.start for rate in rates]

    def cut_before(self, at: int) -> int:
        """Where the stretch between hard breaks that holds `at` starts."""
        found = bisect_left(self._cuts, at)
        return self._cuts[found - 1] if found else 0

    def cut_after(self, at: int) -> int:
        """Where it ends."""
        found = bisect_left(self._cuts, at)
        return self._cuts[found] if found < len(self._cuts) else len(self.folded)

    def is_cut(self, start: int, end: int) -> bool:
        """Whether a hard break lies between."""
        return self.cut_after(start) < end

    def continues(self, one: FoundRate, other: FoundRate) -> bool:
        """Whether `other` is listed with `one` and says nothing of its own."""
        start, end = one.span.end, other.span.start
        if end - start > _LOOK or ";" in self.folded[start:end]:
            return False
        between = self.blank[start:end]
        if not _ONLY_JOINTS.fullmatch(_PLACE.sub(" ", between)) or _SAYS.search(between):
            return False
        if _AGAINST.search(between):
            return True
        after = self.blank[other.span.end : other.span.end + _LOOK]
        return bool(_NOTHING_OF_ITS_OWN.match(" ".join(after.split())))


def _with_windows(
    rates: Sequence[FoundRate], lists: Sequence[_Times], gaps: _Gaps
) -> list[FoundRate]:
    given: dict[int, RateWindow] = {}
    starts = [rate.span.start for rate in rates]
    overs = [times for times in lists if times.timing is Timing.OVER]
    points = [times for times in lists if times.timing is not Timing.OVER]
    is_leading = bool(points) and points[0].start < starts[0]
    for position, times in enumerate(points):
        after = bisect_left(starts, times.start)
        before_end = points[position - 1].end if position else 0
        next_start = points[position + 1].start if position + 1 < len(points) else len(gaps.folded)
        earlier = list(range(bisect_left(starts, before_end), after))
        later = list(range(after, bisect_left(starts, next_start)))
        if len(times.windows) > 1:
            _give_list(times, earlier, later, given)
        elif _is_trailing(times, rates, after, gaps, is_leading=is_leading):
            _give_back(times, earlier, rates, gaps, given)
        else:
            for i in later:
                if gaps.is_cut(times.end, starts[i]):
                    break
                given[i] = times.windows[0]
    if not points and len(overs) == 1 and len(overs[0].windows) == 1:
        given = dict.fromkeys(range(len(rates)), overs[0].windows[0])
    return [replace(rate, window=given.get(i)) for i, rate in enumerate(rates)]


def _give_list(
    times: _Times, earlier: Sequence[int], later: Sequence[int], given: dict[int, RateWindow]
) -> None:
    """A list of times belongs to a list of as many proportions, or twice as many; any other is
    one of events ("relapsed at 1, 6 and 11 months")."""
    size = len(times.windows)
    for rates in (later, [i for i in earlier if i not in given]):
        if rates and len(rates) % size == 0:
            given |= {i: times.windows[n % size] for n, i in enumerate(rates)}
            return


def _is_trailing(
    times: _Times, rates: Sequence[FoundRate], after: int, gaps: _Gaps, *, is_leading: bool
) -> bool:
    """Whether a time belongs to what stands before it: by the comma or "and" on its other side."""
    if after == 0:
        return False
    if after == len(rates):
        return True
    left = gaps.blank[rates[after - 1].span.end : times.start]
    right = gaps.blank[times.end : rates[after].span.start]
    left = re.sub(r"\([^()]*\)", " ", left)
    is_cut_left, is_cut_right = bool(_SEPARATOR.search(left)), bool(_SEPARATOR.search(right))
    if is_cut_left != is_cut_right:
        return is_cut_right
    return not is_leading


def _give_back(
    times: _Times,
    earlier: Sequence[int],
    rates: Sequence[FoundRate],
    gaps: _Gaps,
    given: dict[int, RateWindow],
) -> None:
    """A time after its proportion is that of those listed with it too."""
    if not earlier or gaps.is_cut(rates[earlier[-1]].span.end, times.start):
        return
    given[earlier[-1]] = times.windows[0]
    for i in reversed(earlier[:-1]):
        if i in given or not gaps.continues(rates[i], rates[i + 1]):
            return
        given[i] = times.windows[0]


def _with_clauses(rates: Sequence[FoundRate], gaps: _Gaps) -> list[FoundRate]:
    """Each rate with the words around it: those of a list share theirs."""
    clauses: list[Span] = []
    for chain in _chains(rates, gaps):
        first, last = rates[chain[0]], rates[chain[-1]]
        start = gaps.cut_before(first.span.start)
        end = gaps.cut_after(last.span.end)
        if chain[0]:
            start = max(start, _joint(rates[chain[0] - 1], first, gaps))
        if chain[-1] + 1 < len(rates):
            end = min(end, _joint(last, rates[chain[-1] + 1], gaps))
        clauses += [Span(start, max(end, last.span.end))] * len(chain)
    return [replace(rate, clause=span) for rate, span in zip(rates, clauses, strict=True)]


def _chains(rates: Sequence[FoundRate], gaps: _Gaps) -> Iterator[range]:
    start = 0
    for i in range(1, len(rates) + 1):
        if i == len(rates) or not gaps.continues(rates[i - 1], rates[i]):
            yield range(start, i)
            start = i


def _joint(one: FoundRate, other: FoundRate, gaps: _Gaps) -> int:
    """Where the words of `one` end and those of `other` begin: the last "and" or comma between."""
    joints = [m.start() for m in _JOINT.finditer(gaps.blank, one.span.end, other.span.start)]
    return joints[-1] if joints else one.span.end


def _with_groups(rates: Sequence[FoundRate], gaps: _Gaps, text: str) -> Iterator[FoundRate]:
    for chain in _chains(rates, gaps):
        members = [rates[i] for i in chain]
        named = _groups_before(members, gaps, text) if len(members) == 2 else ()
        for position, rate in enumerate(members):
            if named:
                yield replace(rate, group=named[position])
            elif len(members) > 1:
                yield replace(rate, group=_group_after(rate, gaps, text))
            else:
                yield rate


def _groups_before(members: Sequence[FoundRate], gaps: _Gaps, text: str) -> tuple[Mention, ...]:
    at = members[0].span.start
    offset = max(0, at - _LOOK)
    match = _GROUPS_BEFORE.search(gaps.folded[offset:at])
    if match is None:
        return ()
    spans = (Span(*match.span(name)).shift(offset) for name in ("a", "b"))
    return tuple(Mention(span.of(text), span) for span in spans)


def _group_after(rate: FoundRate, gaps: _Gaps, text: str) -> Mention | None:
    match = _GROUP_AFTER.match(gaps.folded[rate.span.end : rate.span.end + _LOOK])
    if match is None:
        return None
    span = Span(*match.span("group")).shift(rate.span.end)
    return Mention(span.of(text), span)
