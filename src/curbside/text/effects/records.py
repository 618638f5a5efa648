"""What an estimate is, and the text it is read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from curbside.records import Effect, Span
from curbside.text.normalise import fold

_ALIKE = str.maketrans({"∙": "·", "‧": "·", "•": "·", "⋅": "·", "{": "(", "}": ")"})

# "16 956": a space parts the thousands as a comma does
_THOUSANDS = re.compile(r"(?<![\w.,·])\d{1,3}(?: \d{3})+(?![\w,·]|\.\d)")


@dataclass(frozen=True, slots=True)
class FoundEffect:
    """One estimate; `text` stands at `span`, each part under its own span.

    `measure` is canonical ("aOR", "MD", "difference"), at `measure_span` where it is named for
    this estimate alone. `level` is that of the interval in percent, None where none is printed.
    `p` is sign and figure as printed ("< .001"). `unit` is that of a difference, as `text.units`
    names it where that changes no figure, else as printed. `doubt` says in words what does not fit
    about the figures.

    Where there is an interval, low <= point <= high. One that does not hold its point, or is
    printed high to low, is not kept, and `doubt` says so.
    """

    measure: str
    text: str
    span: Span
    point: float
    point_span: Span
    measure_span: Span | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval_span: Span | None = None
    p: str | None = None
    p_span: Span | None = None
    unit: str | None = None
    doubt: str | None = None

    @property
    def effect(self) -> Effect:
        """As a record of a finding."""
        return Effect(self.measure, self.point, self.low, self.high, self.p, self.unit, self.level)


@dataclass(frozen=True, slots=True)
class Source:
    """A text as printed and folded, code point by code point."""

    printed: str
    folded: str


def source_of(text: str) -> Source:
    """The text with its folded form: one raised dot for all, curly brackets as round ones, and a
    comma between thousands."""
    folded = fold(text).translate(_ALIKE)
    return Source(text, _THOUSANDS.sub(lambda found: found[0].replace(" ", ","), folded))


@lru_cache(maxsize=256)
def mentions(pattern: re.Pattern[str], folded: str) -> bool:
    """Whether a text says something anywhere; asked at each of its numbers, and searched once."""
    return pattern.search(folded) is not None
