"""Units of measure where they stand in a text: "mg/kg/day", "ng ml(-1)", "mg twice daily".

Spellings, canonical names and factors are rows of `data/units.toml`; what a unit is per, and how
often, is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.text.rules import Columns, load_rules, strings

TIME = "time"


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit ("mg/kg/day"), what turns a value into it, and the dimension of its head
    ("mass"). `divisors` are what it is per, in canonical order."""

    name: str
    factor: float
    dimension: str
    divisors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spelling:
    text: str
    unit: Unit
    is_exact: bool


# time under a stroke; a rate keeps the unit it is printed in, as "per hour" is no daily dose
_PER = {
    "day": "day", "days": "day", "d": "day", "daily": "day", "24 h": "day", "24h": "day",
    "24 hours": "day", "week": "week", "wk": "week", "weekly": "week", "month": "month",
    "monthly": "month", "year": "year", "yr": "year", "y": "year", "annum": "year", "hour": "hour",
    "hr": "hour", "h": "hour", "minute": "minute", "min": "minute", "second": "second",
    "sec": "second", "s": "second", "dose": "dose", "kg": "kg", "kilogram": "kg", "m2": "m2",
    "m²": "m2", "m^2": "m2", "meter squared": "m2", "metre squared": "m2", "square meter": "m2",
    "square metre": "m2", "person-year": "person-year", "person-years": "person-year",
    "patient-year": "person-year", "patient-years": "person-year",
}  # fmt: skip
_PER_WORDS = "|".join(sorted((re.escape(word) for word in _PER), key=len, reverse=True))
_STROKE = re.compile(r"\s?/\s?|\s(?:per|an?|each)\s")
_PER_WORD = re.compile(rf"(?:{_PER_WORDS})(?![a-z0-9])")
_BODY = re.compile(r"(?:of\s+)?body\s+(?:weight|surface(?:\s+area)?)|\s?b\.?w\.?(?![a-z])")
_HUNDREDS = re.compile(r"(10{1,5})\s?")
# "kg-1", "ml(-1)", "h⁻¹"
_MINUS_ONE = re.compile(r"[\s·.*⋅]([a-zµμ]{1,4}2?)(?:\(-1\)|\^?-1|⁻¹)(?!\d)")
_MINUS_TWO = re.compile(r"[\s·.*⋅]m(?:\(-2\)|\^?-2|⁻²)(?!\d)")
_TIMES = {
    "once": 1, "twice": 2, "thrice": 3, "two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4,
}  # fmt: skip
_OFTEN = re.compile(
    r",?\s(?:(?:(?P<n>once|twice|thrice)|(?P<m>two|three|four|[234])\stimes)\s"
    r"(?:(?P<adverb>daily|weekly|monthly)|(?:a|per|each|every)\s(?P<noun>day|week|month))"
    r"|(?P<plain>daily|weekly|monthly)|(?P<latin>bid|b\.i\.d\.?|tid|t\.i\.d\.?|qid|qd|q\.d\.?))"
    r"(?![a-z])"
)
_LATIN = {"bid": 2, "tid": 3, "qid": 4, "qd": 1}
_PERIODS = {"daily": "day", "weekly": "week", "monthly": "month"}
_FIRST_WORD = re.compile(r"[^\W\d_]+|[°℃]")


def unit_at(text: str, folded: str, start: int) -> tuple[Unit, int] | None:
    """The unit that starts at `start`, and where it ends; None where no known one does.

    Args:
        text: the sentence as printed, for the units that only capitals tell apart.
        folded: its folded form, of the same length.
        start: the first letter of the unit.

    Returns:
        The longest reading: "mg twice daily" is twice "mg/day", "mg/kg daily" is "mg/kg/day".
    """
    head = _simple_at(text, folded, start)
    if head is None:
        return None
    unit, end = head
    factor = unit.factor
    divisors: list[str] = []
    while len(divisors) < 3:
        divisor = _divisor_at(text, folded, end)
        if divisor is None:
            break
        name, under, end = divisor
        factor /= under
        divisors.append(name)
    is_amount = unit.dimension not in (TIME, "ratio") and not _ends_in_time(divisors)
    if is_amount and (often := _OFTEN.match(folded, end)):
        times, period = _how_often(often)
        factor, end = factor * times, often.end()
        divisors.append(period)
    named = tuple(sorted(divisors, key=lambda name: (name in _TIME_NAMES, name)))
    return Unit("/".join((unit.name, *named)), factor, unit.dimension, named), end


_TIME_NAMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "person-year"})


def _ends_in_time(divisors: list[str]) -> bool:
    return bool(_TIME_NAMES & set(divisors))


def _how_often(often: re.Match[str]) -> tuple[int, str]:
    if often["latin"]:
        return _LATIN[often["latin"].replace(".", "")], "day"
    if often["plain"]:
        return 1, _PERIODS[often["plain"]]
    period = _PERIODS[often["adverb"]] if often["adverb"] else often["noun"]
    return _TIMES[often["n"] or often["m"]], period


def _divisor_at(text: str, folded: str, start: int) -> tuple[str, float, int] | None:
    """What follows a stroke at `start`: canonical name, factor, end."""
    if power := _MINUS_TWO.match(folded, start):
        return "m2", 1.0, power.end()
    if power := _MINUS_ONE.match(folded, start):
        word = power[1]
        if word in _PER:
            return _PER[word], 1.0, power.end()
        under = _simple_at(text, folded, power.start(1))
        if under and under[1] == power.end(1):
            return under[0].name, under[0].factor, power.end()
        return None
    stroke = _STROKE.match(folded, start)
    if stroke is None:
        return None
    if word := _PER_WORD.match(folded, stroke.end()):
        body = _BODY.match(folded, word.end() + 1) if _PER[word[0]] in ("kg", "m2") else None
        return _PER[word[0]], 1.0, body.end() if body else word.end()
    if not stroke[0].strip() or stroke[0].strip() in ("a", "an", "each"):
        return None
    hundreds = _HUNDREDS.match(folded, stroke.end())
    under = _simple_at(text, folded, hundreds.end() if hundreds else stroke.end())
    if under is None or under[0].dimension == TIME:
        return None
    return under[0].name, under[0].factor * (float(hundreds[1]) if hundreds else 1.0), under[1]


def _simple_at(text: str, folded: str, start: int) -> tuple[Unit, int] | None:
    word = _FIRST_WORD.match(folded, start)
    if word is None:
        return None
    for spelling in _spellings().get(word[0], ()):
        end = start + len(spelling.text)
        printed = text[start:end]
        if (printed if spelling.is_exact else folded[start:end]) != spelling.text:
            continue
        if folded[end : end + 1].isalnum():
            continue
        # "2-D" is no day and "12 H" no hour, where "L" and "U" are the usual print
        if len(printed) == 1 and not spelling.is_exact and printed in "DHYG":
            continue
        return spelling.unit, end
    return None


@cache
def _spellings() -> dict[str, tuple[_Spelling, ...]]:
    """The spellings by first word, longest first."""
    rules = load_rules(
        "curbside.text.data",
        "units.toml",
        tables={"unit": Columns(("name", "dimension", "factor", "spellings"), ("is_exact",))},
    )
    seen: set[str] = set()
    by_word: dict[str, list[_Spelling]] = {}
    for row in rules["unit"]:
        unit = Unit(str(row["name"]), float(str(row["factor"])), str(row["dimension"]))
        for spelling in strings(row, "spellings"):
            if spelling in seen:
                raise DataError(f"units.toml: {spelling!r} is spelt twice")
            seen.add(spelling)
            first = _FIRST_WORD.match(spelling.lower())
            if first is None:
                raise DataError(f"units.toml: {spelling!r} does not start with a letter")
            entry = _Spelling(spelling, unit, bool(row.get("is_exact", False)))
            by_word.setdefault(first[0], []).append(entry)
    return {
        word: tuple(sorted(entries, key=lambda e: (-len(e.text), not e.is_exact, e.text)))
        for word, entries in by_word.items()
    }
