"""The sources by year: a row for each kind, a box for each source, an arrow to what replaced it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Final

from curbside.interfaces.render.figures import data_of, number, reference_mark
from curbside.interfaces.render.layouts import LINE, TOP, Layout, Scale, round_step
from curbside.interfaces.render.svg import Sheet, fitted, shown
from curbside.interfaces.render.views import DatumView, FigureView

_BY_NUMBER: Final = re.compile(r"\[\d{1,4}\]")
_BOX: Final = (32.0, 21.0)


def draw_timeline(sheet: Sheet, figure: FigureView, layout: Layout) -> float:
    """A row for each kind of source, a box with its number for each source."""
    years = [datum.x for _, datum in data_of(figure) if datum.x is not None]
    left = (170.0 if layout.beside else 4.0) + _BOX[0] / 2
    across = Scale(min(years), max(max(years), min(years) + 1), left, sheet.width - _BOX[0] / 2)
    boxes: dict[str, tuple[float, float]] = {}
    rows = []
    y = TOP
    for series in figure.series:
        lines = fitted(series.label, 160 if layout.beside else sheet.width)
        start = y
        y += 4 if layout.beside else LINE * len(lines) + 8
        tiers: list[list[tuple[float, float]]] = []
        for chain in _chains(series.data):
            places = [across.to(datum.x or min(years)) for datum in chain]
            # an arrow needs room between its boxes
            is_wide = all(b - a > _BOX[0] + 8 for a, b in pairwise(places))
            room = [_tier(tiers, places)] * len(chain) if is_wide else []
            for at, (datum, x) in enumerate(zip(chain, places, strict=True)):
                tier = room[at] if room else _tier(tiers, [x])
                middle = y + tier * (_BOX[1] + 4) + _BOX[1] / 2
                boxes[reference_mark(datum.label)] = (x, middle)
        rows.append((lines, start))
        y = max(y + len(tiers) * (_BOX[1] + 4), start + 8 + LINE * len(lines)) + 8
        sheet.line(0, y - 4, sheet.width, y - 4, "grid")
    for year in _year_ticks(min(years), max(years), 8 if layout.beside else 4):
        sheet.line(across.to(year), TOP, across.to(year), y, "grid")
        sheet.text(across.to(year), y + 16, number(year), "soft", "middle")
    for lines, start in rows:
        sheet.lines(0, start + (19 if layout.beside else 14), lines, "strong", LINE)
    data = [datum for _, datum in data_of(figure)]
    for datum in data:
        for mark in _BY_NUMBER.findall(datum.remark or ""):
            if (datum.remark or "").startswith("superseded") and mark in boxes:
                _arrow(sheet, boxes[reference_mark(datum.label)], boxes[mark])
    for datum in data:
        _source_box(sheet, datum, boxes[reference_mark(datum.label)])
    return _timeline_key(sheet, data, y + 28)


def _chains(data: Sequence[DatumView]) -> list[list[DatumView]]:
    """Sources, each old one with what replaced it right after it; the longest chains first, so
    that an arrow between them crosses no other box."""
    by_mark = {reference_mark(datum.label): datum for datum in data}
    follows = {
        reference_mark(datum.label): next(
            (m for m in _BY_NUMBER.findall(datum.remark or "") if m in by_mark), None
        )
        for datum in data
        if (datum.remark or "").startswith("superseded")
    }
    later = set(follows.values())
    chains: list[list[DatumView]] = []
    told: set[str] = set()
    for mark in sorted(by_mark, key=lambda mark: (mark in later, list(by_mark).index(mark))):
        chain = []
        at: str | None = mark
        while at is not None and at not in told:
            told.add(at)
            chain.append(by_mark[at])
            at = follows.get(at)
        if chain:
            chains.append(chain)
    return sorted(chains, key=lambda chain: -len(chain))


def _tier(tiers: list[list[tuple[float, float]]], places: Sequence[float]) -> int:
    """The first tier with room for boxes at `places` and all between them; takes the room."""
    left, right = min(places) - _BOX[0] / 2 - 3, max(places) + _BOX[0] / 2 + 3
    for at, taken in enumerate(tiers):
        if all(right <= start or left >= end for start, end in taken):
            taken.append((left, right))
            return at
    tiers.append([(left, right)])
    return len(tiers) - 1


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
    elif x2 - x1 > wide / 2 + 6:
        # too near for a straight one: out of the side, and up or down to the other
        side = 1 if y2 > y1 else -1
        tail, head = (x1 + wide / 2, y1), (x2, y2 - side * high / 2)
        tip = f"M{shown(head[0] - 4)} {shown(head[1] - 6 * side)}l4 {6 * side}l4 {-6 * side}"
        sheet.path(f"M{shown(tail[0])} {shown(tail[1])}H{shown(head[0])}V{shown(head[1])}", "arrow")
        sheet.path(tip, "arrow")
        return
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
        sheet.lines(36, y + 13, lines, "soft", LINE)
        y += LINE * len(lines) + 6
    return y + 4


def _year_ticks(first: float, last: float, most: int) -> list[float]:
    step = max(1.0, round_step((last - first) or 1.0, most))
    return [step * n for n in range(ceil(first / step), floor(last / step) + 1)]
