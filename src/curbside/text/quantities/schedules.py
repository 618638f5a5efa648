"""How often, and which day: "every 3 months", "twice daily", "Q3W", "days 1, 8 and 15"."""

from __future__ import annotations

import re

from curbside.text.quantities.after import unit_after
from curbside.text.quantities.numbers import number_at
from curbside.text.quantities.records import Quantity, QuantityKind
from curbside.text.quantities.sentence import Found, Sentence
from curbside.text.units import TIME, unit_at

_EVERY = re.compile(r"every\s")
_TO = re.compile(r"\s?(?:-|to|or)\s?")
_TIMES = {"once": 1, "twice": 2, "thrice": 3, "bid": 2, "b.i.d.": 2, "b.i.d": 2, "tid": 3,
          "t.i.d.": 3, "t.i.d": 3}  # fmt: skip
_ADVERB = re.compile(
    r"(?:(?P<times>once|twice|thrice)[\s-])?"
    r"(?P<period>daily|weekly|monthly|yearly|annually)(?![a-z])"
    r"|(?P<worded>once|twice|thrice)\s(?:a|an|per|each|every)\s"
    r"(?P<noun>day|week|month|year)(?![a-z])"
    r"|(?P<latin>bid|tid|b\.i\.d\.?|t\.i\.d\.?)(?![a-z])"
)
_Q = re.compile(
    r"q\s?(?P<n>\d{1,2})\s?(?P<unit>h|hr|hours|d|days|w|wk|wks|weeks|m|mo|months)(?![a-z])"
)
_LETTER = {"h": "h", "d": "d", "w": "wk", "m": "mo"}
# "four sessions per week", "2/week", "3 times daily", "3-weekly"
_RATE = re.compile(
    r"(?:\s(?P<what>[a-z]+s))?(?:\s(?:per|an?|each|every)\s|\s?/\s?)"
    r"(?P<noun>day|week|wk|month|year)(?![a-z])"
    r"|(?:\stimes)\s(?P<adverb>daily|weekly|monthly)(?![a-z])"
)
_INTERVAL = re.compile(r"-(?P<period>hourly|weekly|monthly|yearly)(?![a-z])")
_PERIODS = {
    "daily": ("day", 1.0), "day": ("day", 1.0), "weekly": ("day", 7.0), "week": ("day", 7.0),
    "wk": ("day", 7.0), "monthly": ("month", 1.0), "month": ("month", 1.0),
    "yearly": ("month", 12.0), "annually": ("month", 12.0), "year": ("month", 12.0),
    "hourly": ("day", 1 / 24),
}  # fmt: skip
_LABEL = re.compile(r"(?:at\s)?(?P<unit>days?|weeks?|months?|years?)[\s-](?=\d)")
_DAY = re.compile(r"(?P<low>\d{1,3})(?:\s?(?:-|to)\s?(?P<high>\d{1,3}))?(?![\w%])(?!\.\d)")
_NEXT = re.compile(r"\s?(?:,\s?(?:and\s)?|and\s|or\s|&\s?)(?=\d)")


def frequency_at(sentence: Sentence, start: int) -> Found | None:
    """A frequency; its value is the interval, so twice daily is every 0.5 day."""
    folded = sentence.folded
    if _EVERY.match(folded, start):
        return _every(sentence, start)
    if match := _Q.match(folded, start):
        unit = unit_at(folded, folded, match.start("unit"))
        if match["unit"] in _LETTER:
            unit = unit_at(_LETTER[match["unit"]], _LETTER[match["unit"]], 0)
        if unit is None:
            return None
        return _interval(
            sentence, start, match.end(), float(match["n"]) * unit[0].factor, unit[0].name
        )
    if match := _ADVERB.match(folded, start):
        times = _TIMES[match["times"] or match["worded"] or match["latin"] or "once"]
        unit_name, length = _PERIODS[match["period"] or match["noun"] or "daily"]
        return _interval(sentence, start, match.end(), length / times, unit_name)
    number = number_at(folded, start)
    if number is None or not number.is_whole or number.value == 0:
        return None
    if match := _INTERVAL.match(folded, number.end):
        unit_name, length = _PERIODS[match["period"]]
        return _interval(sentence, start, match.end(), length * number.value, unit_name)
    if match := _RATE.match(folded, number.end):
        unit_name, length = _PERIODS[match["noun"] or match["adverb"]]
        return _interval(sentence, start, match.end(), length / number.value, unit_name)
    return None


def _interval(sentence: Sentence, start: int, end: int, value: float, unit: str) -> Found:
    return (
        sentence.quantity(QuantityKind.FREQUENCY, start, end, value=value, unit=f"every {unit}"),
    )


def _every(sentence: Sentence, start: int) -> Found | None:
    folded = sentence.folded
    at = start + len("every ")
    other = folded.startswith("other ", at)
    number = None if other else number_at(folded, at)
    end = at + len("other ") if other else number.end + 1 if number else at
    high = None
    if number and (to := _TO.match(folded, number.end)) and (high := number_at(folded, to.end())):
        end = high.end + 1
    unit = unit_at(sentence.text, folded, end)
    if unit is None or unit[0].dimension != TIME or unit[0].divisors:
        return None
    factor, name = unit[0].factor, f"every {unit[0].name}"
    value = 2.0 if other else number.value if number else 1.0
    return (
        sentence.quantity(
            QuantityKind.FREQUENCY, start, unit[1], unit=name,
            value=None if high else value * factor,
            low=value * factor if high else None, high=high.value * factor if high else None,
        ),
    )  # fmt: skip


def time_label_at(sentence: Sentence, start: int) -> Found | None:
    """ "at month 12", "days 1, 8 and 15": each number is a time point of its own."""
    label = _LABEL.match(sentence.folded, start)
    unit = unit_at(sentence.text, sentence.folded, label.start("unit")) if label else None
    if label is None or unit is None:
        return None
    found: list[Quantity] = []
    at, begin = label.end(), start
    while day := _DAY.match(sentence.folded, at):
        if unit_after(sentence, day.end()):
            break
        low = float(day["low"]) * unit[0].factor
        high = float(day["high"]) * unit[0].factor if day["high"] else None
        point = sentence.quantity(
            QuantityKind.TIME_POINT, begin, day.end(), unit=unit[0].name,
            value=None if high else low, low=low if high else None, high=high,
        )  # fmt: skip
        found.append(point)
        following = _NEXT.match(sentence.folded, day.end())
        if following is None:
            break
        at = begin = following.end()
    return tuple(found) or None
