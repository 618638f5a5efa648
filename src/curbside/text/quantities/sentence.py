"""What the shapes read from: a sentence as printed and as folded, of one length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from curbside.records import Span
from curbside.text.quantities.records import Quantity, QuantityKind

Found: TypeAlias = tuple[Quantity, ...]
"""What a shape read at one place: one quantity, or several that share a unit."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`folded` is `text` in lower case with plain dashes; spans hold in both."""

    text: str
    folded: str

    def quantity(
        self,
        kind: QuantityKind,
        start: int,
        end: int,
        *,
        value: float | None = None,
        low: float | None = None,
        high: float | None = None,
        unit: str | None = None,
        comparator: str | None = None,
        numerator: float | None = None,
        denominator: float | None = None,
        percent: float | None = None,
        p: str | None = None,
        level: float | None = None,
        spread: float | None = None,
    ) -> Quantity:
        """The quantity that stands at [start, end), less any space at its end."""
        end = start + len(self.text[start:end].rstrip())
        return Quantity(
            kind, self.text[start:end], Span(start, end), value, low, high, unit, comparator,
            numerator, denominator, percent, p, level, spread,
        )  # fmt: skip

    def close(self, start: int, end: int) -> int:
        """`end`, or one more where a bracket opened in [start, end) closes right there."""
        inside = self.folded[start:end]
        is_open = sum(map(inside.count, "([")) > sum(map(inside.count, ")]"))
        return end + 1 if is_open and self.folded[end : end + 1] in (")", "]") else end
