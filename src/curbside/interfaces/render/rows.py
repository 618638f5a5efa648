"""Values one under the other: rates without a time, and forest plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from curbside.interfaces.render.courses import over_time
from curbside.interfaces.render.figures import data_of, number, value_of
from curbside.interfaces.render.layouts import (
    LINE,
    TOP,
    Layout,
    Scale,
    even_ticks,
    is_alarming,
    log_ticks,
)
from curbside.interfaces.render.svg import Sheet, fitted, shown, width_of
from curbside.interfaces.render.views import DatumView, FigureView
from curbside.text.normalise import fold

_ROW: Final = 26.0
_BOLD: Final = 15.5
"""Size of plain letters as wide as the bold ones that are set."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a dot plot; `shape` is None for a range, drawn as a bar."""

    label: str
    datum: DatumView
    value: str
    shape: str
    is_hollow: bool = False


def draw_rates(sheet: Sheet, figure: FigureView, layout: Layout) -> float:
    """Over time where each value has one and there are several; else one under the other. Returns
    the height.
    """
    data = list(data_of(figure))
    if len(data) > 1 and all(datum.x is not None for _, datum in data):
        return over_time(sheet, data, figure, TOP)
    rows = [
        _Line(
            f"{label}{_in_whom(datum.label)}",
            datum,
            value_of(figure, datum),
            "circle",
            is_alarming(label),
        )
        for label, datum in data
    ]
    ticks = (0, 25, 50, 75, 100)
    return dot_plot(sheet, rows, Scale(0, 100, 0, 1), ticks, "%", layout, TOP)


def _in_whom(label: str) -> str:
    parts = [part for part in label.split(", ") if part != "no time stated"]
    return f", {', '.join(parts)}" if parts else ""


def draw_forest(sheet: Sheet, figure: FigureView, layout: Layout) -> float:
    """Effects with their intervals and the line of no difference; the pooled one last, as a diamond
    as wide as its interval. Returns the height.
    """
    is_ratio = figure.unit == "ratio"
    data = [datum for _, datum in data_of(figure)]
    pooled = [figure.pooled] if figure.pooled else []
    ends = [
        value
        for datum in (*data, *pooled)
        for value in (datum.value, datum.low, datum.high)
        if value is not None and (value > 0 or not is_ratio)
    ]
    none = 1.0 if is_ratio else 0.0
    low, high = min((*ends, none)), max((*ends, none))
    ticks: Sequence[float]
    if is_ratio:
        low, high = max(low, 0.01), min(high, 100.0)
        low, high = min(low, 0.5), max(high, 2.0)
        ticks = log_ticks(low, high, 7 if layout.beside else 5)
        scale = Scale(min(low, ticks[0]), max(high, ticks[-1]), 0, 1, is_log=True)
    else:
        pad = (high - low or 1.0) * 0.06
        scale = Scale(low - pad, high + pad, 0, 1)
        ticks = even_ticks(low, high)
    # what the title says of all rows is not said again in each
    told = {datum.label for datum in data}
    is_told = len(told) == 1 and fold(*told) in fold(figure.title)
    rows = [
        _Line(label if is_told else f"{label}: {datum.label}", datum, value_of(figure, datum),
              "square", is_alarming(label))
        for label, datum in data_of(figure)
    ]  # fmt: skip
    rows += [_Line(each.label, each, value_of(figure, each), "diamond") for each in pooled]
    y = dot_plot(sheet, rows, scale, ticks, "", layout, TOP, zero=none)
    left = layout.beside + 16 if layout.beside else 0.0
    words = f"{figure.measure}{', log scale' if is_ratio else ''}; no difference at {number(none)}"
    sheet.text(left, y + 12, words, "soft")
    return y + 22


def dot_plot(
    sheet: Sheet,
    rows: Sequence[_Line],
    scale: Scale,
    ticks: Sequence[float],
    unit: str,
    layout: Layout,
    top: float,
    zero: float | None = None,
) -> float:
    """Values one under the other; labels beside the plot or, where it is narrow, above the row."""
    told = max(width_of(row.value, _BOLD) for row in rows) + 12
    left = layout.beside + 16 if layout.beside else 10.0
    right = sheet.width - (told if layout.beside else 14)
    across = Scale(scale.low, scale.high, left, right, scale.is_log)
    placed = []
    y = top + 4
    for row in rows:
        room = layout.beside if layout.beside else sheet.width - told
        lines = fitted(row.label, room)
        if layout.beside:
            height = max(_ROW, LINE * len(lines) + 9)
            placed.append((row, lines, y + 15, y + height / 2))
        else:
            height = LINE * len(lines) + 28
            placed.append((row, lines, y + 15, y + LINE * len(lines) + 13))
        y += height
    # words stand above the marks of a narrow picture, so no line may run through them
    bands = [(top, y)] if layout.beside else [(at - 12, at + 10) for *_, at in placed]
    for tick in ticks:
        for start, end in bands:
            x = across.to(tick)
            sheet.line(x, start, x, end, "none" if tick == zero else "grid")
        sheet.text(across.to(tick), y + 17, f"{number(tick)}{unit}", "soft", "middle")
    for row, lines, text_at, mark_at in placed:
        if layout.beside:
            first = mark_at + 5 - LINE * (len(lines) - 1) / 2
            sheet.lines(0, first, lines, "", LINE)
            sheet.text(sheet.width, mark_at + 5, row.value, "number", "end")
        else:
            sheet.lines(0, text_at, lines, "label", LINE)
            sheet.text(sheet.width, text_at, row.value, "label number", "end")
        _across(sheet, row, across, mark_at)
    return y + 26


def _across(sheet: Sheet, row: _Line, across: Scale, y: float) -> None:
    datum = row.datum
    if row.shape == "diamond" and None not in (datum.low, datum.high, datum.value):
        # a pooled estimate is as wide as its interval
        left, middle, right = (across.to(n or 0) for n in (datum.low, datum.value, datum.high))
        sides = f"L{shown(middle)} {shown(y - 8)}L{shown(right)} {shown(y)}L{shown(middle)}"
        sheet.path(f"M{shown(left)} {shown(y)}{sides} {shown(y + 8)}z", "dot")
        return
    if datum.low is not None and datum.high is not None:
        kind = "range" if datum.value is None else "whisker"
        sheet.line(across.to(datum.low), y, across.to(datum.high), y, kind)
        for end, sign in ((datum.low, -1), (datum.high, 1)):
            x = across.to(end)
            if across.low <= end <= across.high:
                sheet.line(x, y - 5, x, y + 5, "whisker")
            else:
                # the interval goes on beyond the axis
                sheet.path(f"M{shown(x - 6 * sign)} {shown(y - 5)}L{shown(x)} {shown(y)}"
                           f"L{shown(x - 6 * sign)} {shown(y + 5)}", "arrow")  # fmt: skip
    if datum.value is not None:
        kind = "hollow" if row.is_hollow else "dot"
        sheet.mark(across.to(datum.value), y, row.shape, kind)
