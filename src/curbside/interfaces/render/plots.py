"""Pictures in characters: each value of a figure as a line of marks, for a terminal.

The number always stands beside the line, so that nothing rests on the marks alone.
"""

from __future__ import annotations

from math import floor, log10
from typing import Final

from curbside.interfaces.render.figures import data_of, number
from curbside.interfaces.render.views import DatumView, FigureView

_EMPTY, _NONE, _VALUE, _POOLED, _BETWEEN, _RANGE = "·", "┊", "●", "◆", "─", "═"
_ENDS: Final = ("├", "┤")
_BEYOND: Final = ("◄", "►")
_IS: Final = "●"
_IS_NOT: Final = "○"


def track_of(figure: FigureView, datum: DatumView, columns: int) -> str:
    """One value of rates or effects as a line: a dot, its interval, or a range.

    Args:
        figure: gives the ends of the line: 0 to 100 for rates; for effects the values themselves
            and the value of no difference, which is marked.
        datum: of that figure.
        columns: how long the line with the numbers at its ends may be; at least 24.
    """
    low, high, is_log, none = _ends(figure)
    unit = "%" if figure.kind == "rates" else ""
    head, tail = f"{number(low)}{unit} ", f" {number(high)}{unit}"
    width = columns - len(head) - len(tail)

    def at(value: float) -> int:
        ends = (low, high, min(max(value, low), high))
        start, end, place = map(log10, ends) if is_log else ends
        return floor((place - start) / (end - start) * (width - 1) + 0.5)

    marks = [_EMPTY] * width
    if none is not None:
        marks[at(none)] = _NONE
    if datum.low is not None and datum.high is not None:
        first, last = at(datum.low), at(datum.high)
        for place in range(first, last + 1):
            marks[place] = _RANGE if datum.value is None else _BETWEEN
        marks[first] = _ENDS[0] if datum.low >= low else _BEYOND[0]
        marks[last] = _ENDS[1] if datum.high <= high else _BEYOND[1]
    if datum.value is not None:
        marks[at(datum.value)] = _POOLED if datum is figure.pooled else _VALUE
    return f"{head}{''.join(marks)}{tail}"


def icons_of(datum: DatumView, columns: int) -> tuple[str, ...]:
    """One hundred people as lines of marks: those it happened to first."""
    count = floor((datum.value or 0.0) + 0.5)
    marks = _IS * count + _IS_NOT * (100 - count)
    width = 50 if columns >= 50 else 25
    return tuple(marks[start : start + width] for start in range(0, 100, width))


def _ends(figure: FigureView) -> tuple[float, float, bool, float | None]:
    """The ends of the scale, whether it is logarithmic, and the value of no difference."""
    if figure.kind == "rates":
        return 0.0, 100.0, False, None
    is_ratio = figure.unit == "ratio"
    none = 1.0 if is_ratio else 0.0
    data = [datum for _, datum in data_of(figure)]
    data += [figure.pooled] if figure.pooled else []
    values = [v for d in data for v in (d.value, d.low, d.high) if v is not None]
    if not is_ratio:
        low, high = min((*values, none)), max((*values, none))
        return low, high if high > low else low + 1.0, False, none
    positive = [min(max(v, 0.01), 100.0) for v in values if v > 0]
    return min((*positive, 0.5)), max((*positive, 2.0)), True, none
