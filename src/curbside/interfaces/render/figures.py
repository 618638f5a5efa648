"""Figures in words: a figure's data table, and what is said of it beside the picture.

The table holds all that the picture shows, so that no reader needs the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from curbside.interfaces.render.view import CellView, DatumView, FigureView, TableView

_NUMBERED: Final = re.compile(r"^\[\d{1,4}\](?= )")
_HEADS: Final = {
    "rates": ("Source and event", "When, in whom", "Share (interval)", "Told of it"),
    "icons": ("Source and event", "When, in whom", "Share (interval)", "Told of it"),
    "forest": ("Source", "Of what", "Effect (interval)", "Told of it"),
    "timeline": ("Kind of source", "Source", "Year", "Standing"),
}
_IN_PERCENT: Final = frozenset({"rates", "icons"})


def data_table(figure: FigureView) -> TableView:
    """The data of a figure, one row a value, in its order; the pooled estimate last. The passages
    stand behind the value."""
    rows = [(label, datum.label, datum) for label, datum in data_of(figure)]
    if figure.pooled is not None:
        rows.append((figure.pooled.label, "", figure.pooled))
    return TableView(
        anchor=f"{figure.anchor}-data",
        title=f"{figure.title}: the numbers",
        columns=_HEADS[figure.kind],
        rows=tuple(
            (
                CellView(label, ()),
                CellView(what, ()),
                CellView(value_of(figure, datum), datum.passages),
                CellView(datum.remark or "", ()),
            )
            for label, what, datum in rows
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
