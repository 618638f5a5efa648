"""Figures in words: the rows of a figure's data table, and what is said of it beside the picture.

The table holds all that the picture shows, so that no reader needs the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from curbside.interfaces.render.view import DatumView, FigureView, PassageView

_NUMBERED: Final = re.compile(r"^\[\d{1,4}\] ")
_FIRST_COLUMNS: Final = {
    "rates": ("Source and event", "When, in whom"),
    "icons": ("Source and event", "When, in whom"),
    "forest": ("Source", "Of what"),
    "timeline": ("Kind of source", "Source"),
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of a data table: its cells as text, and the passages that say it."""

    cells: tuple[str, ...]
    passages: tuple[PassageView, ...]


def columns_of(figure: FigureView) -> tuple[str, ...]:
    """The heads of the data table, the last being that of the passages."""
    first = _FIRST_COLUMNS.get(figure.kind, ("Series", "Value of"))
    if figure.kind == "timeline":
        return (*first, "Year", "Standing", "Passages")
    value = f"{figure.measure} (interval)" if figure.kind == "forest" else "Value (interval)"
    return (*first, value, "What is told of it", "Passages")


def rows_of(figure: FigureView) -> tuple[FigureRow, ...]:
    """One row a value, in the order of the figure; the pooled estimate last."""
    rows = [
        FigureRow((series.label, datum.label, value_of(figure, datum), datum.remark), datum.passages)
        for series in figure.series
        for datum in series.data
    ]
    if figure.pooled is not None:
        pooled = figure.pooled
        cells = (pooled.label, "", value_of(figure, pooled), pooled.remark)
        rows.append(FigureRow(cells, pooled.passages))
    return tuple(rows)


def value_of(figure: FigureView, datum: DatumView) -> str:
    """A value as a reader reads it: "33% (7 to 60%)", "50 to 90%", "5.5 (1.3 to 22)", "2013"."""
    if figure.kind == "timeline":
        return f"{datum.x:.0f}" if datum.x is not None else ""
    unit = "%" if figure.kind in ("rates", "icons") else ""
    bounds = (
        f"{number(datum.low)} to {number(datum.high)}{unit}"
        if datum.low is not None and datum.high is not None
        else ""
    )
    if datum.value is None:
        return bounds
    return f"{number(datum.value)}{unit}" + (f" ({bounds})" if bounds else "")


def number(value: float) -> str:
    """A number as printed: no more digits than it has, never in powers of ten.

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
    return match[0].strip() if match else ""


def summary_of(figure: FigureView) -> str:
    """A figure in one sentence, for those who do not see it."""
    data = [datum for _, datum in data_of(figure)]
    count = f"{len(data)} values" if len(data) != 1 else "1 value"
    if figure.kind == "timeline":
        years = sorted(datum.x for datum in data if datum.x is not None)
        span = f", {years[0]:.0f} to {years[-1]:.0f}" if years else ""
        return f"{len(data)} sources by year{span}. The table below lists each with its passages."
    shown = [v for d in data for v in (d.value, d.low, d.high) if v is not None]
    unit = "%" if figure.kind in ("rates", "icons") else ""
    span = f", between {number(min(shown))} and {number(max(shown))}{unit}" if shown else ""
    pooled = f" {figure.pooled.label}: {value_of(figure, figure.pooled)}." if figure.pooled else ""
    return f"{count}{span}.{pooled} The table below lists each with its passages."
