"""Units of measure: spellings, canonical names and factors, read from `data/units.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from curbside.errors import DataError
from curbside.text.rules import Columns, load_rules, strings

_DIVISORS = {
    "daily": "day", "day": "day", "d": "day", "24h": "day", "weekly": "week", "week": "week",
    "wk": "week", "monthly": "month", "month": "month", "year": "year", "y": "year", "h": "hour",
    "hour": "hour", "min": "minute", "dose": "dose", "person-year": "person-year",
    "person-years": "person-year",
}  # fmt: skip
_TIMES = {"once": 1, "twice": 2, "two times": 2, "three times": 3, "four times": 4, "thrice": 3}


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit ("mg/kg/day") and what turns a value into it."""

    name: str
    factor: float


@cache
def _units() -> dict[str, Unit]:
    rules = load_rules(
        "curbside.text.data",
        "units.toml",
        tables={"unit": Columns(("name", "dimension", "factor", "spellings"))},
    )
    table: dict[str, Unit] = {}
    for row in rules["unit"]:
        for spelling in strings(row, "spellings"):
            if spelling in table:
                raise DataError(f"units.toml: {spelling!r} is spelt twice")
            table[spelling] = Unit(str(row["name"]), float(str(row["factor"])))
    return table


@cache
def simple_unit_pattern() -> str:
    """One alternation over all spellings, longest first, for folded text."""
    spellings = sorted(_units(), key=lambda s: (-len(s), s))
    return "|".join(re.escape(s).replace(r"\ ", r"\s+") for s in spellings)


@cache
def dose_unit_pattern() -> str:
    """A unit with what it is per: "mg/kg/day", "mg twice daily", "g/dl", "pmol per 8x10^8 …"."""
    simple = simple_unit_pattern()
    per = (
        r"(?:\s?/\s?|\s+per\s+|\s+a\s+)"
        rf"(?:(?:kg|m2|m²|{simple}|dose|24h|person-years?)(?![a-z]))"
    )
    times = (
        r"(?:,?\s+(?:once|twice|thrice|two times|three times|four times)"
        r"(?:\s+(?:daily|weekly|a day|per day|a week|per week))|,?\s+(?:daily|weekly|monthly))"
    )
    return rf"(?:{simple})(?![a-z])(?:{per}){{0,2}}(?:{times})?"


def read_unit(words: str) -> Unit | None:
    """The canonical unit of a wording in folded text; None for one we do not know.

    "mg/kg daily" and "mg/kg/day" are one unit; "mg twice daily" is twice "mg/day".
    """
    text = re.sub(r"\s+", " ", words.strip(" ,.")).lower()
    factor = 1.0
    divisors: list[str] = []
    times = re.search(
        r",? (once|twice|thrice|two times|three times|four times) (?:daily|a day|per day)$", text
    )
    weekly = re.search(
        r",? (once|twice|thrice|two times|three times|four times) (?:weekly|a week|per week)$", text
    )
    plain = re.search(r",? (daily|weekly|monthly)$", text)
    for match, per in ((times, "day"), (weekly, "week")):
        if match:
            factor *= _TIMES[match[1]]
            divisors.append(per)
            text = text[: match.start()]
    if plain and not times and not weekly:
        divisors.append(_DIVISORS[plain[1]])
        text = text[: plain.start()]
    head, *rest = re.split(r"\s?/\s?| per | a ", text)
    unit = _units().get(head.strip())
    if unit is None:
        return None
    named = []
    for part in rest:
        part = part.strip()
        if part in _DIVISORS:
            divisors.append(_DIVISORS[part])
            continue
        under = _units().get(part)
        if part in ("kg", "m2", "m²"):
            named.append("kg" if part == "kg" else "m2")
        elif under is not None:
            factor /= under.factor
            named.append(under.name)
        else:
            return None
    return Unit("/".join([unit.name, *sorted(named), *divisors]), unit.factor * factor)
