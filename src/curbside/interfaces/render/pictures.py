"""Pictures: each figure drawn twice, for a page and for a phone, so that its words stay legible.

Shapes, dashes and words carry what colour only repeats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from curbside.interfaces.render.figures import (
    data_of,
    number,
    reference_mark,
    summary_of,
    value_of,
)
from curbside.interfaces.render.svg import SHAPES, Sheet, fitted, shown, width_of
from curbside.interfaces.render.view import DatumView, FigureView

_ROW: Final = 26.0
_LINE: Final = 17.0
_TOP: Final = 8.0
_ALARMING: Final = re.compile(r"\((?:superseded|retracted|expression of concern)\)")
_BY_NUMBER: Final = re.compile(r"\[\d{1,4}\]")


@dataclass(frozen=True, slots=True)
class _Layout:
    """`beside` is the room for labels left of the plot; 0 puts them above their row."""

    name: str
    width: float
    beside: float


LAYOUTS: Final = (_Layout("wide", 720, 300), _Layout("narrow", 344, 0))


def pictures_of(figure: FigureView) -> tuple[str, ...]:
    """A figure as two `svg` elements, of the classes `wide` and `narrow`; one of them is shown."""
    draw = _DRAWN[figure.kind]
    pictures = []
    for layout in LAYOUTS:
        sheet = Sheet(layout.width)
        height = draw(sheet, figure, layout)
        pictures.append(
            sheet.drawn(
                height,
                name=f"{figure.anchor}-{layout.name}",
                title=figure.title,
                words=summary_of(figure),
                kind=layout.name,
            )
        )
    return tuple(pictures)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places along a line; `to` of a value beyond an end is that end."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def to(self, value: float) -> float:
        value = min(max(value, self.low), self.high)
        low, high, at = (
            (log10(self.low), log10(self.high), log10(value))
            if self.is_log
            else (self.low, self.high, value)
        )
        return self.start + (at - low) / (high - low) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a dot plot; `shape` is None for a range, drawn as a bar."""

    label: str
    datum: DatumView
    value: str
    shape: str
    is_hollow: bool = False


# --- rates ------------------------------------------------------------------------------------


def _rates(sheet: Sheet, figure: FigureView, layout: _Layout) -> float:
    timed = [(label, datum) for label, datum in data_of(figure) if datum.x is not None]
    untimed = [(label, datum) for label, datum in data_of(figure) if datum.x is None]
    y = _TOP
    if len(timed) > 1:
        y = _over_time(sheet, timed, figure, y)
    else:
        untimed = timed + untimed
    if untimed:
        if len(timed) > 1:
            sheet.text(0, y + 16, "No time stated", "strong")
            y += 26
        rows = [
            _Line(
                f"{label}{_in_whom(datum.label)}",
                datum,
                value_of(figure, datum),
                "circle",
                _is_alarming(label),
            )
            for label, datum in untimed
        ]
        y = _dot_plot(sheet, rows, _Scale(0, 100, 0, 1), (0, 25, 50, 75, 100), "%", layout, y)
    return y


def _in_whom(label: str) -> str:
    parts = [part for part in label.split(", ") if part != "no time stated"]
    return f", {', '.join(parts)}" if parts else ""


def _is_alarming(label: str) -> bool:
    return _ALARMING.search(label) is not None


def _over_time(
    sheet: Sheet, timed: Sequence[tuple[str, DatumView]], figure: FigureView, top: float
) -> float:
    """Shares against years; each series has its shape, and its number stands beside each mark."""
    left, right, height = 46.0, sheet.width - 14, 300.0 if sheet.width > 500 else 330.0
    bottom = top + height
    longest = max(datum.x or 0.0 for _, datum in timed)
    across = _Scale(0, longest * 1.12 or 1.0, left, right)
    up = _Scale(0, 100, bottom, top + 10)
    for percent in (0, 25, 50, 75, 100):
        sheet.line(left, up.to(percent), right, up.to(percent), "grid")
        sheet.text(left - 8, up.to(percent) + 5, f"{percent}%", "soft", "end")
    for year in _ticks(longest, 6):
        sheet.line(across.to(year), bottom, across.to(year), bottom + 5, "axis")
        sheet.text(across.to(year), bottom + 21, number(year), "soft", "middle")
    sheet.line(left, bottom, right, bottom, "axis")
    in_years = longest >= 0.5
    sheet.text(right, bottom + 39, "years" if in_years else "years (parts of one)", "soft", "end")
    series: dict[str, list[DatumView]] = {}
    for label, datum in timed:
        series.setdefault(label, []).append(datum)
    shapes = dict(zip(series, SHAPES * len(series), strict=False))
    for label, data in series.items():
        points = [(across.to(d.x or 0), up.to(d.value)) for d in data if d.value is not None]
        is_course = len({d.x for d in data}) == len(data) == len(points) > 1
        if is_course:
            path = "L".join(f"{shown(x)} {shown(y)}" for x, y in points)
            sheet.path(f"M{path}", "course")
        for datum in data:
            _timed_mark(sheet, label, datum, across, up, shapes[label])
    taken: list[tuple[float, float, float, float]] = []
    for _, datum in timed:
        x = across.to(datum.x or 0)
        taken += [(x - 7, up.to(v) - 7, x + 7, up.to(v) + 7) for v in _drawn_values(datum)]
    for label, datum in timed:
        words = f"{reference_mark(label)} {_short(figure, datum)}".strip()
        at = _drawn_values(datum)
        x, y = across.to(datum.x or 0), up.to(at[0]) if at else bottom
        _place(sheet, words, x, y, taken, (left, top, right, bottom))
    y = bottom + 50
    for label in series:
        sheet.mark(9, y + 7, shapes[label], "hollow" if _is_alarming(label) else "dot")
        lines = fitted(label, sheet.width - 26)
        sheet.lines(24, y + 12, lines, "", _LINE)
        y += _LINE * len(lines) + 5
    return y + 12


def _drawn_values(datum: DatumView) -> list[float]:
    if datum.value is not None:
        return [datum.value]
    return [end for end in (datum.low, datum.high) if end is not None]


def _short(figure: FigureView, datum: DatumView) -> str:
    if datum.value is not None:
        return f"{number(datum.value)}%"
    return value_of(figure, datum).replace(" to ", "–")


def _timed_mark(
    sheet: Sheet, label: str, datum: DatumView, across: _Scale, up: _Scale, shape: str
) -> None:
    x = across.to(datum.x or 0)
    if datum.label.split(", ")[-1].lower().startswith(("within", "over", "by ")):
        y = up.to(_drawn_values(datum)[0])
        # the share holds for the time up to the mark, not for the moment
        sheet.line(across.start, y, x, y, "until")
    if datum.low is not None and datum.high is not None:
        kind = "range" if datum.value is None else "whisker"
        sheet.line(x, up.to(datum.low), x, up.to(datum.high), kind)
        for end in (datum.low, datum.high):
            sheet.line(x - 5, up.to(end), x + 5, up.to(end), "whisker")
    if datum.value is not None:
        sheet.mark(x, up.to(datum.value), shape, "hollow" if _is_alarming(label) else "dot")


def _place(
    sheet: Sheet,
    words: str,
    x: float,
    y: float,
    taken: list[tuple[float, float, float, float]],
    frame: tuple[float, float, float, float],
) -> None:
    """Words beside a mark, where the first of a few places is free; else above it all the same."""
    wide, high = width_of(words, 13), 15.0
    left, top, right, bottom = frame
    places = [
        (x + 10, y - 7), (x - 10 - wide, y - 7), (x - wide / 2, y - 26), (x - wide / 2, y + 11),
        (x + 10, y - 22), (x + 10, y + 8), (x - 10 - wide, y - 22), (x - 10 - wide, y + 8),
        (x + 10, y - 37), (x - 10 - wide, y + 23), (x - 10 - wide, y - 37), (x + 10, y + 23),
    ]  # fmt: skip
    inside = [
        (px, py)
        for px, py in places
        if px >= left + 2 and px + wide <= right + 12 and py >= top - 6 and py + high <= bottom
    ] or [(max(left, min(x, right - wide)), max(top, y - 26))]
    free = [
        (px, py)
        for px, py in inside
        if not any(
            px < x2 and px + wide > x1 and py < y2 and py + high > y1 for x1, y1, x2, y2 in taken
        )
    ]
    px, py = (free or inside)[0]
    taken.append((px, py, px + wide, py + high))
    sheet.text(px, py + 12, words, "beside")


# --- rows -------------------------------------------------------------------------------------


def _dot_plot(
    sheet: Sheet,
    rows: Sequence[_Line],
    scale: _Scale,
    ticks: Sequence[float],
    unit: str,
    layout: _Layout,
    top: float,
    zero: float | None = None,
) -> float:
    """Values one under the other; labels beside the plot or, where it is narrow, above the row."""
    told = max(width_of(row.value) for row in rows) + 12
    left = layout.beside + 16 if layout.beside else 10.0
    right = sheet.width - (told if layout.beside else 14)
    across = _Scale(scale.low, scale.high, left, right, scale.is_log)
    placed = []
    y = top + 4
    for row in rows:
        room = layout.beside if layout.beside else sheet.width - told
        lines = fitted(row.label, room)
        if layout.beside:
            height = max(_ROW, _LINE * len(lines) + 9)
            placed.append((row, lines, y + 15, y + height / 2))
        else:
            height = _LINE * len(lines) + 28
            placed.append((row, lines, y + 15, y + _LINE * len(lines) + 13))
        y += height
    for tick in ticks:
        sheet.line(across.to(tick), top, across.to(tick), y, "none" if tick == zero else "grid")
        sheet.text(across.to(tick), y + 17, f"{number(tick)}{unit}", "soft", "middle")
    for row, lines, text_at, mark_at in placed:
        if layout.beside:
            first = mark_at + 5 - _LINE * (len(lines) - 1) / 2
            sheet.lines(0, first, lines, "", _LINE)
            sheet.text(sheet.width, mark_at + 5, row.value, "number", "end")
        else:
            sheet.lines(0, text_at, lines, "", _LINE)
            sheet.text(sheet.width, text_at, row.value, "number", "end")
        _across(sheet, row, across, mark_at)
    return y + 26


def _across(sheet: Sheet, row: _Line, across: _Scale, y: float) -> None:
    datum = row.datum
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


# --- forest -----------------------------------------------------------------------------------


def _forest(sheet: Sheet, figure: FigureView, layout: _Layout) -> float:
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
        ticks = _log_ticks(low, high, 7 if layout.beside else 5)
        scale = _Scale(min(low, ticks[0]), max(high, ticks[-1]), 0, 1, is_log=True)
    else:
        pad = (high - low or 1.0) * 0.06
        scale = _Scale(low - pad, high + pad, 0, 1)
        ticks = _even_ticks(low, high)
    rows = [
        _Line(f"{label}: {datum.label}", datum, value_of(figure, datum), "square",
              _is_alarming(label))
        for label, datum in data_of(figure)
    ]  # fmt: skip
    rows += [_Line(each.label, each, value_of(figure, each), "diamond") for each in pooled]
    y = _dot_plot(sheet, rows, scale, ticks, "", layout, _TOP, zero=none)
    left = layout.beside + 16 if layout.beside else 10.0
    sheet.text(left, y + 10, f"← less   {figure.measure} (log scale)   more →" if is_ratio
               else f"← less   {figure.measure}   more →", "soft")  # fmt: skip
    return y + 22


def _log_ticks(low: float, high: float, most: int) -> list[float]:
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


def _even_ticks(low: float, high: float) -> list[float]:
    step = _step((high - low) or 1.0, 5)
    first = ceil(low / step)
    return [round(step * n, 6) for n in range(first, floor(high / step) + 1)] or [0.0]


def _ticks(longest: float, most: int) -> list[float]:
    step = _step(longest or 1.0, most)
    return [round(step * n, 6) for n in range(int(longest / step + 1e-9) + 1)]


def _step(span: float, most: int) -> float:
    """A round step that cuts a span into at most `most` parts."""
    power = 10.0 ** floor(log10(span / most))
    return next(power * n for n in (1, 2, 5, 10) if span / (power * n) <= most)


# --- icons ------------------------------------------------------------------------------------


_PITCH: Final = 14.0


def _icons(sheet: Sheet, figure: FigureView, layout: _Layout) -> float:
    """A square of 100 for each value: filled for those it happened to, rings for the others."""
    data = [(label, datum) for label, datum in data_of(figure) if datum.value is not None]
    columns = min(len(data), 4 if layout.beside else 2)
    room = sheet.width / columns
    y = _TOP
    for start in range(0, len(data), columns):
        tallest = 0.0
        for column, (_, datum) in enumerate(data[start : start + columns]):
            x = column * room
            count = floor((datum.value or 0.0) + 0.5)
            lines = [f"{count} of 100", *fitted(datum.label, room - 12)]
            sheet.text(x, y + 15, lines[0], "strong")
            sheet.lines(x, y + 15 + _LINE, lines[1:], "", _LINE)
            square = y + 12 + _LINE * len(lines)
            _hundred(sheet, x + 5, square, count)
            tallest = max(tallest, square + 10 * _PITCH - y)
        y += tallest + 12
    sheet.path(_dots([(5, y + 8)]), "person")
    sheet.text(18, y + 13, "it happened", "soft")
    sheet.path(_dots([(125, y + 8)]), "person")
    sheet.path(_dots([(125, y + 8)]), "ring")
    sheet.text(138, y + 13, "it did not", "soft")
    return y + 24


def _hundred(sheet: Sheet, x: float, y: float, count: int) -> None:
    places = [(x + n % 10 * _PITCH, y + n // 10 * _PITCH) for n in range(100)]
    sheet.path(_dots(places), "person")
    if count < 100:
        sheet.path(_dots(places[count:]), "ring")


def _dots(places: Sequence[tuple[float, float]]) -> str:
    # a line of almost no length with round ends is a dot, and a short one to write
    return "".join(f"M{shown(x)} {shown(y)}h.01" for x, y in places)


# --- timeline ---------------------------------------------------------------------------------


_BOX: Final = (32.0, 21.0)


def _timeline(sheet: Sheet, figure: FigureView, layout: _Layout) -> float:
    """A row for each kind of source, a box with its number for each source."""
    years = [datum.x for _, datum in data_of(figure) if datum.x is not None]
    left = (170.0 if layout.beside else 4.0) + _BOX[0] / 2
    across = _Scale(min(years), max(max(years), min(years) + 1), left, sheet.width - _BOX[0] / 2)
    boxes: dict[str, tuple[float, float]] = {}
    rows = []
    y = _TOP
    for series in figure.series:
        lines = fitted(series.label, 160 if layout.beside else sheet.width)
        start = y
        y += 4 if layout.beside else _LINE * len(lines) + 8
        tiers: list[float] = []
        for datum in series.data:
            x = across.to(datum.x or min(years))
            tier = next(
                (n for n, end in enumerate(tiers) if end + 3 <= x - _BOX[0] / 2), len(tiers)
            )
            tiers[tier : tier + 1] = [x + _BOX[0] / 2]
            boxes[reference_mark(datum.label)] = (x, y + tier * (_BOX[1] + 4) + _BOX[1] / 2)
        rows.append((lines, start))
        y = max(y + len(tiers) * (_BOX[1] + 4), start + _LINE * len(lines)) + 8
        sheet.line(0, y - 4, sheet.width, y - 4, "grid")
    for year in _year_ticks(min(years), max(years), 8 if layout.beside else 4):
        sheet.line(across.to(year), _TOP, across.to(year), y, "grid")
        sheet.text(across.to(year), y + 16, number(year), "soft", "middle")
    for lines, start in rows:
        sheet.lines(0, start + (19 if layout.beside else 14), lines, "strong", _LINE)
    data = [datum for _, datum in data_of(figure)]
    for datum in data:
        for mark in _BY_NUMBER.findall(datum.remark or ""):
            if (datum.remark or "").startswith("superseded") and mark in boxes:
                _arrow(sheet, boxes[reference_mark(datum.label)], boxes[mark])
    for datum in data:
        _source_box(sheet, datum, boxes[reference_mark(datum.label)])
    return _timeline_key(sheet, data, y + 28)


def _source_box(sheet: Sheet, datum: DatumView, at: tuple[float, float]) -> None:
    x, y = at
    wide, high = _BOX
    remark = datum.remark or ""
    kind = "box-old" if remark.startswith("superseded") else "box-bad" if remark else "box"
    if remark.startswith("corrected"):
        kind = "box"
    sheet.rect(x - wide / 2, y - high / 2, wide, high, kind, 3)
    sheet.text(x, y + 5, reference_mark(datum.label).strip("[]"), "small", "middle")
    if kind == "box-bad":
        sheet.line(x - wide / 2, y + high / 2, x + wide / 2, y - high / 2, "struck")
        if remark.startswith("retracted"):
            sheet.line(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, "struck")


def _arrow(sheet: Sheet, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From an old source to what replaced it."""
    wide, high = _BOX
    (x1, y1), (x2, y2) = start, end
    if x2 - x1 > wide + 8:
        tail, head = (x1 + wide / 2, y1), (x2 - wide / 2, y2)
        tip = f"M{shown(head[0] - 7)} {shown(head[1] - 4)}l7 4l-7 4"
    else:
        side = 1 if y2 > y1 else -1
        tail, head = (x1, y1 + side * high / 2), (x2, y2 - side * high / 2)
        tip = f"M{shown(head[0] - 4)} {shown(head[1] - 7 * side)}l4 {7 * side}l4 {-7 * side}"
    sheet.path(f"M{shown(tail[0])} {shown(tail[1])}L{shown(head[0])} {shown(head[1])}", "arrow")
    sheet.path(tip, "arrow")


def _timeline_key(sheet: Sheet, data: Sequence[DatumView], y: float) -> float:
    """What each kind of box means, for the kinds there are."""
    remarks = [datum.remark or "" for datum in data]
    keys = [("box", "source, by its number")]
    if any(remark.startswith("superseded") for remark in remarks):
        keys.append(("box-old", "superseded; the arrow leads to what replaced it"))
    if any(remark.startswith(("retracted", "expression")) for remark in remarks):
        keys.append(("box-bad", "retracted (crossed) or of concern (struck)"))
    for kind, words in keys:
        sheet.rect(1, y, 26, 16, kind, 3)
        if kind == "box-bad":
            sheet.line(1, y + 16, 27, y, "struck")
        lines = fitted(words, sheet.width - 36)
        sheet.lines(36, y + 13, lines, "soft", _LINE)
        y += _LINE * len(lines) + 6
    return y + 4


def _year_ticks(first: float, last: float, most: int) -> list[float]:
    step = max(1.0, _step((last - first) or 1.0, most))
    return [step * n for n in range(ceil(first / step), floor(last / step) + 1)]


_DRAWN: Final[Mapping[str, Callable[[Sheet, FigureView, _Layout], float]]] = {
    "rates": _rates,
    "forest": _forest,
    "icons": _icons,
    "timeline": _timeline,
}
