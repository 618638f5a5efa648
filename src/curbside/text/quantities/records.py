"""What a quantity is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from curbside.records import Span


class QuantityKind(StrEnum):
    """What a quantity is; NAME and YEAR hold the digits that are no quantity."""

    COUNT = "count"
    PERCENT = "percent"
    COUNT_PERCENT = "count-percent"
    RATIO_OF = "ratio-of"
    RANGE = "range"
    MEASURE = "measure"
    MEAN_SD = "mean-sd"
    EFFECT = "effect"
    INTERVAL = "interval"
    P_VALUE = "p-value"
    DURATION = "duration"
    TIME_POINT = "time-point"
    DOSE = "dose"
    THRESHOLD = "threshold"
    FREQUENCY = "frequency"
    NUMBER = "number"
    YEAR = "year"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a sentence; `text` stands at `span`.

    `value`, `low`, `high` and `spread` (a standard deviation or error) are in `unit`, which is
    canonical: "mg/kg/day", "month", "%", "every day" (a frequency's value is its interval), the
    measure of an effect ("HR"). `comparator` is <, <=, >, >= or None, where None says "equal".
    `p` is the sign and the figure as printed ("< .001"), `level` an interval's level in percent.
    """

    kind: QuantityKind
    text: str
    span: Span
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    comparator: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    percent: float | None = None
    p: str | None = None
    level: float | None = None
    spread: float | None = None
