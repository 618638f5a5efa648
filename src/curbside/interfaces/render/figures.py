"""Figures in words: a figure's data table, and what is said of it beside the picture.

The table holds all that the picture shows, so that no reader needs the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Final

from curbside.interfaces.render.views import CellView, DatumView, FigureView, SeriesView, TableView

_NUMBERED: Final = re.compile(r"^\[\d{1,4}\](?= )")
_HEADS: Final = {
    "rates": ("Source and event", "When, in whom", "Share (interval)", "Told of it"),
    "icons": ("Source and event", "When, in whom", "Share (interval)", "Told of it"),
    "forest": ("Source", "Of what", "Effect (interval)", "Told of it"),
    "timeline": ("Kind of source", "Source", "Year", "Standing"),
}
_AGAIN: Final = "as above"
_MOST_ROWS: Final = 12
_IN_PERCENT: Final = frozenset({"rates", "icons"})


def data_table(figure: FigureView) -> TableView:
    """The data of a figure, one row a value, in its order; the pooled estimate last. The passages
    stand behind the value."""
    rows = [(label, datum.label, datum) for label, datum in data_of(figure)]
    remarks = [datum.remark or "" for _, _, datum in rows]
    # what was said of the same study in the row above need not be read again
    told = [
        _AGAIN if remark and at and remark == remarks[at - 1] else remark
        for at, remark in enumerate(remarks)
    ]
    if figure.pooled is not None:
        rows.append((figure.pooled.label, "", figure.pooled))
        told.append(figure.pooled.remark or "")
    return TableView(
        anchor=f"{figure.anchor}-data",
        title=f"{figure.title}: the numbers",
        columns=_HEADS[figure.kind],
        rows=tuple(
            (
                CellView(label, ()),
                CellView(what, ()),
                CellView(value_of(figure, datum), datum.passages),
                CellView(remark, ()),
            )
            for (label, what, datum), remark in zip(rows, told, strict=True)
        ),
        notes=(),
    )


def cells_of(table: TableView) -> Iterator[CellView]:
    """The cells of a table, row by row."""
    return (cell for row in table.rows for cell in row)


def value_of(figure: FigureView, datum: DatumView) -> str:
    """A value as a reader reads it: "33% (7 to 60%)", "50 to 90%", "5.5 (1.3 to 22)", "2013"."""
    if figure.kind == "timeline":
        return number(datum.x) if datum.x is not None else ""
    unit = "%" if figure.kind in _IN_PERCENT else ""
    bounds = (
        f"{number(datum.low)} to {number(datum.high)}{unit}"
        if datum.low is not None and datum.high is not None
        else ""
    )
    if datum.value is None:
        return bounds
    return f"{number(datum.value)}{unit}" + (f" ({bounds})" if bounds else "")


def number(value: float) -> str:
    """A number with the digits it has, never in powers of ten.

    >>> number(59.0), number(0.84), number(111.6), number(1249.0)
    ('59', '0.84', '111.6', '1249')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def data_of(figure: FigureView) -> Iterator[tuple[str, DatumView]]:
    """Every value with the label of its series, in order."""
    for series in figure.series:
        for datum in series.data:
            yield series.label, datum


def reference_mark(label: str) -> str:
    """ "[3]" of "[3] Harrison L 2019: relapsed"; empty where a label has no number."""
    match = _NUMBERED.match(label)
    return match[0] if match else ""


def split_mark(label: str) -> tuple[str, str]:
    """("3", " Harrison L 2019: ...") of "[3] Harrison L 2019: ..."; ("", label) without one."""
    mark = reference_mark(label)
    return mark.strip("[]"), label[len(mark) :]


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a figure that one sheet holds; `caption` says which, None where it is all."""

    caption: str | None
    figure: FigureView


def portions_of(figure: FigureView) -> tuple[Portion, ...]:
    """A figure cut to what a sheet of paper holds: rates with a time and rates without stand apart,
    and of rows one under the other there are at most 12 in a picture. A pooled estimate stands
    with the last of them."""
    if figure.kind not in ("rates", "forest"):
        return (Portion(None, figure),)
    data = list(data_of(figure))
    timed = [each for each in data if figure.kind == "rates" and each[1].x is not None]
    # one point makes no course
    timed = timed if len(timed) > 1 else []
    rows = [each for each in data if each not in timed]
    chunks = [rows[at : at + _MOST_ROWS] for at in range(0, len(rows), _MOST_ROWS)]
    captioned = [("Over time", timed)] if timed else []
    for number, chunk in enumerate(chunks, start=1):
        caption = "No time stated" if timed else "Values"
        captioned.append((f"{caption} ({number})" if len(chunks) > 1 else caption, chunk))
    if len(captioned) == 1:
        return (Portion(None, figure),)
    last = len(captioned) - 1
    return tuple(
        Portion(caption, _portion(figure, at, caption, chunk, has_pooled=at == last))
        for at, (caption, chunk) in enumerate(captioned)
    )


def _portion(
    figure: FigureView,
    at: int,
    caption: str,
    data: Sequence[tuple[str, DatumView]],
    *,
    has_pooled: bool,
) -> FigureView:
    return replace(
        figure,
        anchor=f"{figure.anchor}-{at + 1}",
        title=f"{figure.title} ({caption[:1].lower()}{caption[1:]})",
        series=tuple(
            SeriesView(label, tuple(datum for _, datum in same))
            for label, same in groupby(data, key=itemgetter(0))
        ),
        pooled=figure.pooled if has_pooled else None,
    )


def summary_of(figure: FigureView) -> str:
    """A figure in a sentence or two, for those who do not see it."""
    data = [datum for _, datum in data_of(figure)]
    table = "The table below lists each with its passages."
    if figure.kind == "timeline":
        years = sorted(datum.x for datum in data if datum.x is not None)
        span = f", {number(years[0])} to {number(years[-1])}" if years else ""
        return f"{len(data)} sources by year of publication{span}. {table}"
    values = [v for d in data for v in (d.value, d.low, d.high) if v is not None]
    unit = "%" if figure.kind in _IN_PERCENT else ""
    span = f" between {number(min(values))} and {number(max(values))}{unit}" if values else ""
    pooled = f" {figure.pooled.label}: {value_of(figure, figure.pooled)}." if figure.pooled else ""
    return f"{len(data)} values{span}.{pooled} {table}"
