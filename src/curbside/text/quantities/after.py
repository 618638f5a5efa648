"""The unit that follows a number: percent, a limit of normal, or a unit of measure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curbside.text.quantities.sentence import Sentence
from curbside.text.units import TIME, unit_at

LIMITS = frozenset({"ULN", "LLN"})
_DOSED = frozenset({"mass", "volume", "amount", "activity"})
_PER_DOSE = frozenset({"kg", "m2", "day", "week", "month", "dose"})
PERCENT = re.compile(r"\s?%|[\s-]?percent(?![a-z])|\sper\scent(?![a-z])")
_POINTS = re.compile(r"(?:\s?%|\s?percentage|\spercent)[\s-]points?(?![a-z])")
_BEFORE_UNIT = re.compile(r"[\s-]?")
_BEFORE_TIME = re.compile(r"\s(?:consecutive|successive|full|additional|more|further|calendar)\s")
_BEFORE_LIMIT = re.compile(r"[\s-]?(?:x|×|times|-?fold)?\s?(?:the\s)?(?=u|l)")
_PER_AMOUNT = re.compile(r"\s?(?:/|per\s)\s?(?P<hundreds>10{1,5}\s?)?(?=[a-zµμ])")


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit that ends at `end`; `is_percent`, or a `dimension` with its `divisors`."""

    name: str
    factor: float
    dimension: str
    divisors: tuple[str, ...]
    end: int

    @property
    def is_time(self) -> bool:
        """Whether it measures time and nothing over it."""
        return self.dimension == TIME and not self.divisors

    @property
    def is_dose(self) -> bool:
        """Whether it says how much is given, per body or per time."""
        return self.dimension in _DOSED and bool(_PER_DOSE & set(self.divisors))


def unit_after(sentence: Sentence, at: int) -> ReadUnit | None:
    """The unit that follows a number which ends at `at`, with the space or hyphen between."""
    folded = sentence.folded
    if match := _POINTS.match(folded, at):
        return ReadUnit("percentage point", 1.0, "percentage point", (), match.end())
    if match := PERCENT.match(folded, at):
        return ReadUnit("%", 1.0, "%", (), match.end())
    before = _BEFORE_LIMIT.match(folded, at)
    limit = unit_at(sentence.text, folded, before.end()) if before else None
    if limit and limit[0].name in LIMITS:
        return ReadUnit(limit[0].name, 1.0, limit[0].dimension, (), limit[1])
    for pattern in (_BEFORE_UNIT, _BEFORE_TIME):
        match = pattern.match(folded, at)
        unit = unit_at(sentence.text, folded, match.end()) if match else None
        if unit and (pattern is _BEFORE_UNIT or unit[0].dimension == TIME):
            return ReadUnit(
                unit[0].name, unit[0].factor, unit[0].dimension, unit[0].divisors, unit[1]
            )
    if match := _PER_AMOUNT.match(folded, at):
        under = unit_at(sentence.text, folded, match.end())
        if under and under[0].dimension == "volume" and not under[0].divisors:
            factor = under[0].factor * float(match["hundreds"] or 1)
            return ReadUnit(
                f"1/{under[0].name}", 1 / factor, "concentration", (under[0].name,), under[1]
            )
    return None
