"""Rates over time: shares against years, a course for each group that was seen more than once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Final, TypeAlias

from curbside.interfaces.render.figures import number, reference_mark, value_of
from curbside.interfaces.render.layouts import LINE, Scale, is_alarming, ticks_to
from curbside.interfaces.render.svg import SHAPES, Sheet, fitted, shown, width_of
from curbside.interfaces.render.views import DatumView, FigureView

_Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_UNITS: Final = (("years", 1.0), ("months", 12.0), ("weeks", 365.25 / 7), ("days", 365.25))
_FEWEST_UNITS: Final = 2


def over_time(
    sheet: Sheet, timed: Sequence[tuple[str, DatumView]], figure: FigureView, top: float
) -> float:
    """Shares against time; each series has its shape, and its number stands beside each mark."""
    frame = (46.0, top, sheet.width - 14, top + (300.0 if sheet.width > 500 else 330.0))
    left, _, right, bottom = frame
    longest = max(datum.x or 0.0 for _, datum in timed)
    across = Scale(0, longest * 1.12 or 1.0, left, right)
    up = Scale(0, 100, bottom, top + 10)
    _axes(sheet, frame, across, up, longest)
    series: dict[str, list[DatumView]] = {}
    for label, datum in timed:
        series.setdefault(label, []).append(datum)
    shapes = dict(zip(series, SHAPES * len(series), strict=False))
    taken: list[_Box] = []
    for label, data in series.items():
        points = [(across.to(d.x or 0), up.to(d.value)) for d in data if d.value is not None]
        if _is_course(data):
            path = "L".join(f"{shown(x)} {shown(y)}" for x, y in points)
            sheet.path(f"M{path}", "course")
            taken += _along(points)
        for datum in data:
            _timed_mark(sheet, label, datum, across, up, shapes[label])
    taken += [box for _, datum in timed for box in _boxes(datum, across, up)]
    for label, datum in timed:
        words = f"{reference_mark(label)} {_short(figure, datum)}".strip()
        x, y = across.to(datum.x or 0), up.to(_drawn_values(datum)[0])
        _place(sheet, words, x, y, taken, frame)
    return _key(sheet, shapes, bottom + 50)


def _axes(sheet: Sheet, frame: _Box, across: Scale, up: Scale, longest: float) -> None:
    left, _, right, bottom = frame
    for percent in (0, 25, 50, 75, 100):
        sheet.line(left, up.to(percent), right, up.to(percent), "grid")
        sheet.text(left - 8, up.to(percent) + 5, f"{percent}%", "soft", "end")
    unit, in_a_year = next(
        (each for each in _UNITS if longest * each[1] >= _FEWEST_UNITS), _UNITS[-1]
    )
    for tick in ticks_to(longest * in_a_year, 6):
        x = across.to(tick / in_a_year)
        sheet.line(x, bottom, x, bottom + 5, "axis")
        sheet.text(x, bottom + 21, number(tick), "soft", "middle")
    sheet.line(left, bottom, right, bottom, "axis")
    sheet.text(right, bottom + 39, unit, "soft", "end")


def _key(sheet: Sheet, shapes: Mapping[str, str], y: float) -> float:
    """The shape of each series beside its name; returns where it ends."""
    for label, shape in shapes.items():
        sheet.mark(9, y + 7, shape, "hollow" if is_alarming(label) else "dot")
        lines = fitted(label, sheet.width - 26)
        sheet.lines(24, y + 12, lines, "", LINE)
        y += LINE * len(lines) + 5
    return y + 12


def _is_course(data: Sequence[DatumView]) -> bool:
    """Whether these are one group seen at several times, so that a line may join them."""
    groups = {datum.label.rpartition(", ")[0] for datum in data}
    times = {datum.x for datum in data if datum.value is not None}
    return len(groups) == 1 and len(times) == len(data) > 1


def _boxes(datum: DatumView, across: Scale, up: Scale) -> list[_Box]:
    """What a mark and its interval cover."""
    x = across.to(datum.x or 0)
    boxes = [(x - 7, up.to(v) - 7, x + 7, up.to(v) + 7) for v in _drawn_values(datum)]
    if datum.low is not None and datum.high is not None:
        boxes.append((x - 5, up.to(datum.high), x + 5, up.to(datum.low)))
    if _is_span(datum):
        y = up.to(_drawn_values(datum)[0])
        boxes.append((across.start, y - 2, x, y + 2))
    return boxes


def _is_span(datum: DatumView) -> bool:
    """Whether the share holds for the time up to the mark, and not for the moment."""
    return datum.label.split(", ")[-1].lower().startswith(("within", "over", "by "))


def _along(points: Sequence[tuple[float, float]]) -> list[_Box]:
    """Small boxes along a line, which words beside its marks keep clear of."""
    boxes = []
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = max(1, ceil(abs(x2 - x1) / 8))
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            boxes.append((x - 2, y - 2, x + 2, y + 2))
    return boxes


def _drawn_values(datum: DatumView) -> list[float]:
    if datum.value is not None:
        return [datum.value]
    return [end for end in (datum.low, datum.high) if end is not None]


def _short(figure: FigureView, datum: DatumView) -> str:
    if datum.value is not None:
        return f"{number(datum.value)}%"
    return value_of(figure, datum).replace(" to ", "–")


def _timed_mark(
    sheet: Sheet, label: str, datum: DatumView, across: Scale, up: Scale, shape: str
) -> None:
    x = across.to(datum.x or 0)
    if _is_span(datum):
        y = up.to(_drawn_values(datum)[0])
        sheet.line(across.start, y, x, y, "until")
    if datum.low is not None and datum.high is not None:
        kind = "range" if datum.value is None else "whisker"
        sheet.line(x, up.to(datum.low), x, up.to(datum.high), kind)
        for end in (datum.low, datum.high):
            sheet.line(x - 5, up.to(end), x + 5, up.to(end), "whisker")
    if datum.value is not None:
        sheet.mark(x, up.to(datum.value), shape, "hollow" if is_alarming(label) else "dot")


def _place(
    sheet: Sheet,
    words: str,
    x: float,
    y: float,
    taken: list[_Box],
    frame: _Box,
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
