"""What all pictures share: the room they have, their scales and their ticks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

LINE: Final = 17.0
"""From one line of words to the next."""

TOP: Final = 8.0
_ALARMING: Final = re.compile(r"\((?:superseded|retracted|expression of concern)\)")


@dataclass(frozen=True, slots=True)
class Layout:
    """`beside` is the room for labels left of the plot; 0 puts them above their row."""

    name: str
    width: float
    beside: float


WIDE: Final = Layout("wide", 720, 300)
NARROW: Final = Layout("narrow", 300, 0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places along a line; `to` of a value beyond an end is that end."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def to(self, value: float) -> float:
        """Where a value stands."""
        value = min(max(value, self.low), self.high)
        low, high, at = (
            (log10(self.low), log10(self.high), log10(value))
            if self.is_log
            else (self.low, self.high, value)
        )
        return self.start + (at - low) / (high - low) * (self.end - self.start)


def is_alarming(label: str) -> bool:
    """Whether a source, by its label, is one that a reader must be warned of."""
    return _ALARMING.search(label) is not None


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between `low` and `high` for a logarithmic scale, about at most `most`."""
    first, last = floor(log10(low)), ceil(log10(high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [
            step * 10.0**power
            for power in range(first, last + 1)
            for step in steps
            if low <= step * 10.0**power <= high
        ]
        if len(ticks) <= most:
            break
    return ticks or [1.0]


def even_ticks(low: float, high: float) -> list[float]:
    """Round values between `low` and `high`, up to five."""
    step = round_step((high - low) or 1.0, 5)
    first = ceil(low / step)
    return [round(step * n, 6) for n in range(first, floor(high / step) + 1)] or [0.0]


def ticks_to(longest: float, most: int) -> list[float]:
    """Round values from 0 to `longest`, up to `most` steps."""
    step = round_step(longest or 1.0, most)
    return [round(step * n, 6) for n in range(int(longest / step + 1e-9) + 1)]


def round_step(span: float, most: int) -> float:
    """A round step that cuts a span into at most `most` parts."""
    power = 10.0 ** floor(log10(span / most))
    return next(power * n for n in (1, 2, 5, 10) if span / (power * n) <= most)
