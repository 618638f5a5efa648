"""Pictures: each figure drawn twice, for a page and for a phone, so that its words stay legible.

Shapes, dashes and words carry what colour only repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from math import floor
from typing import Final

from curbside.interfaces.render.figures import data_of, summary_of
from curbside.interfaces.render.layouts import LINE, NARROW, TOP, WIDE, Layout
from curbside.interfaces.render.rows import draw_forest, draw_rates
from curbside.interfaces.render.svg import Sheet, fitted, shown
from curbside.interfaces.render.timelines import draw_timeline
from curbside.interfaces.render.views import FigureView

_ON_PAPER: Final[Mapping[str, str]] = {
    "sans": '"Libertinus Serif", serif',
    "ink": "#000000",
    "soft": "#333333",
    "rule": "#bbbbbb",
    "card": "#ffffff",
    "link": "#0a5a86",
    "chip": "#eef4f8",
    "bad": "#8f1d1d",
    "bad-paper": "#fdecea",
}
"""The page's colours by name, as on white paper."""

_PITCH: Final = 14.0


def pictures_of(figure: FigureView) -> tuple[str, ...]:
    """A figure as two `svg` elements, of the classes `wide` and `narrow`; one of them is shown.
    They take their colours and faces from `drawing.css` and the variables of a page."""
    return tuple(_drawn(figure, layout) for layout in (WIDE, NARROW))


def paper_picture_of(figure: FigureView) -> str:
    """A figure as one SVG file in black on white, with its style in it."""
    rules = files("curbside.interfaces.render").joinpath("drawing.css").read_text(encoding="utf-8")
    for name, value in _ON_PAPER.items():
        rules = rules.replace(f"var(--{name})", value)
    opened, closed = _drawn(figure, WIDE).split(">", 1)
    named = opened.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{named}><style>{rules}</style>{closed}"


def _drawn(figure: FigureView, layout: Layout) -> str:
    sheet = Sheet(layout.width)
    height = _DRAWN[figure.kind](sheet, figure, layout)
    return sheet.drawn(
        height,
        name=f"{figure.anchor}-{layout.name}",
        title=figure.title,
        words=summary_of(figure),
        kind=layout.name,
    )


def _icons(sheet: Sheet, figure: FigureView, layout: Layout) -> float:
    """A square of 100 for each value: filled for those it happened to, rings for the others."""
    data = [(label, datum) for label, datum in data_of(figure) if datum.value is not None]
    columns = min(len(data), 4 if layout.beside else 2)
    room = sheet.width / columns
    y = TOP
    for start in range(0, len(data), columns):
        tallest = 0.0
        for column, (_, datum) in enumerate(data[start : start + columns]):
            x = column * room
            count = floor((datum.value or 0.0) + 0.5)
            lines = [f"{count} of 100", *fitted(datum.label, room - 12)]
            sheet.text(x, y + 15, lines[0], "strong")
            sheet.lines(x, y + 15 + LINE, lines[1:], "", LINE)
            square = y + 12 + LINE * len(lines)
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


_DRAWN: Final[Mapping[str, Callable[[Sheet, FigureView, Layout], float]]] = {
    "rates": draw_rates,
    "forest": draw_forest,
    "icons": _icons,
    "timeline": draw_timeline,
}
