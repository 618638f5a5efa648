"""Figures at a fixed place: a number, its unit, two bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curbside.text.effects.records import Source
from curbside.text.units import unit_at

DIGITS = r"(?>\d{1,3}(?:,\d{3})+(?!\d)(?:[.·]\d+)?|\d+(?:[.·]\d+)?|[.·]\d+)"
LONGEST = 15
"""Digits that a float holds exactly; a longer run is an identifier."""
NUMBER = re.compile(
    rf"(?<![\w.·*])(?<!\d[:,])(?:(?P<sign>(?<![)\]%])[-+])\s?(?:[€$£¥]\s?)?)?(?P<digits>{DIGITS})"
)
_BOUND = re.compile(
    rf"(?P<sign>[-+])?\s?(?:[a-z]{{0,3}}[€$£¥]\s?)?(?P<minus>-)?(?P<digits>{DIGITS})"
)
_BETWEEN = re.compile(r"\s{0,2}%?\s{0,2}(?:,?\s?to\s?|-|and\s|,|;)\s{0,2}(?:to\s)?[(\[]?")
_POINTS = re.compile(r"[\s-]?(?:(?:percentage|percent|%)[\s-](?:points?|units?)|pp)(?![a-z])")
_SCORE = re.compile(r"[\s-]?points?(?![a-z])")
PERCENT = re.compile(r"\s?(?:%|percent(?![a-z])|per\scent(?![a-z]))")
_SIGNS = (
    (_POINTS, "percentage point"),
    (PERCENT, "%"),
    (_SCORE, "point"),
    (re.compile(r"\s?°(?!\s?[cf](?![a-z]))"), "°"),
)
_OVER_TIME = re.compile(r"/(?:hour|h|day|d|week|month|year|yr|y)(?![a-z])")
_OVER = re.compile(r"/[a-z][a-z-]{0,11}(?![\w/])")
_SPACE = re.compile(r"[\s-]?")
_LITRE = re.compile(r"(?<=[mdcµμn/])l(?![a-z])")
# "1.2.3", and "-1,6 - 0,6": figures that are written otherwise
_MORE = re.compile(r"\.\d|\s?-\s?\d+,\d|,\d")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two bounds in the order of the print, where they end, and what separates them."""

    low: float
    high: float
    end: int
    separator: str


def value_of(number: re.Match[str]) -> float:
    """The value of a matched number or bound."""
    value = float(re.sub(r",(?=\d{3})", "", number["digits"].replace("·", ".")))
    is_minus = number["sign"] == "-" or number.groupdict().get("minus")
    return -value if is_minus else value


def unit_after(source: Source, at: int) -> tuple[str | None, int]:
    """The unit that follows a number which ends at `at`, and where it ends."""
    folded = source.folded
    for pattern, name in _SIGNS:
        if match := pattern.match(folded, at):
            over = _OVER_TIME.match(folded, match.end())
            return (name + over[0], over.end()) if over else (name, match.end())
    space = _SPACE.match(folded, at)
    begin = space.end() if space else at
    read = unit_at(source.printed, folded, begin)
    if read is None:
        return None, at
    unit, end = read
    if over := _OVER.match(folded, end):
        end = over.end()
        return " ".join(source.printed[begin:end].split()), end
    printed = _LITRE.sub("L", source.printed[begin:end])
    return (unit.name if unit.factor == 1.0 else " ".join(printed.split())), end


def bounds_at(source: Source, at: int) -> Bounds | None:
    """The two bounds that begin at `at`; None where there are no two."""
    folded = source.folded
    low = _BOUND.match(folded, at)
    if low is None:
        return None
    between = _BETWEEN.match(folded, low.end()) or _BETWEEN.match(
        folded, unit_after(source, low.end())[1]
    )
    at = between.end() if between else low.end()
    if folded.startswith("-", at) and value_of(low) >= 0:
        # "1.70--2.25": two hyphens for a dash, and no minus
        at += 1
    high = _BOUND.match(folded, at) if between else None
    if between is None or high is None or max(len(low["digits"]), len(high["digits"])) > LONGEST:
        return None
    end = unit_after(source, high.end())[1]
    is_cut = folded[end : end + 1].isalnum() or _MORE.match(folded, end)
    if is_cut and end == high.end():
        return None
    return Bounds(value_of(low), value_of(high), end, between[0].strip())
