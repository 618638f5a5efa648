"""SVG by hand: marks with their text beside them, placed on a sheet of one width.

Text stays text, colours come from the classes of the page's style sheet, and nothing carries a
meaning by colour alone. There is no script and no style attribute, which the page's policy forbids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt
from textwrap import wrap
from typing import Final

_GLYPH: Final = 0.56
"""Mean width of a character of a sans-serif face, in ems; a little generous."""

SHAPES: Final = ("circle", "square", "diamond", "triangle", "star", "drop")


def shown(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def fitted(text: str, width: float, size: float = 14) -> list[str]:
    """`text` in lines that fit `width`, each at most that many characters."""
    return wrap(text, max(8, int(width / (size * _GLYPH)))) or [""]


def width_of(text: str, size: float = 14) -> float:
    """About how wide a line of text is."""
    return len(text) * size * _GLYPH


class Sheet:
    """Elements of one drawing, in order; what comes later lies on top."""

    def __init__(self, width: float) -> None:
        self.width = width
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line of a class of the style sheet."""
        at = f'x1="{shown(x1)}" y1="{shown(y1)}" x2="{shown(x2)}" y2="{shown(y2)}"'
        self._parts.append(f'<line class="{kind}" {at}/>')

    def path(self, d: str, kind: str) -> None:
        """A path of a class of the style sheet."""
        self._parts.append(f'<path class="{kind}" d="{d}"/>')

    def rect(
        self, x: float, y: float, width: float, height: float, kind: str, r: float = 0
    ) -> None:
        """A box with its corners rounded by `r`."""
        at = f'x="{shown(x)}" y="{shown(y)}" width="{shown(width)}" height="{shown(height)}"'
        corner = f' rx="{shown(r)}"' if r else ""
        self._parts.append(f'<rect class="{kind}" {at}{corner}/>')

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Words with their base line at `y`."""
        named = f' class="{kind}"' if kind else ""
        placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._parts.append(
            f'<text{named} x="{shown(x)}" y="{shown(y)}"{placed}>{escape(words)}</text>'
        )

    def lines(self, x: float, y: float, lines: list[str], kind: str = "", step: float = 17) -> None:
        """Lines of words one under the other."""
        for at, words in enumerate(lines):
            self.text(x, y + at * step, words, kind)

    def mark(self, x: float, y: float, shape: str, kind: str = "dot", r: float = 5.5) -> None:
        """A mark of one of SHAPES with its middle at (x, y)."""
        self.path(_outline(x, y, shape, r), kind)

    def drawn(self, height: float, *, name: str, title: str, words: str, kind: str) -> str:
        """The whole drawing as one `svg` element; `name` makes its ids unique on the page."""
        box = f"0 0 {shown(self.width)} {shown(height)}"
        return (
            f'<svg class="drawing {kind}" role="img" viewBox="{box}"'
            f' aria-labelledby="{name}-title {name}-words">'
            f'<title id="{name}-title">{escape(title)}</title>'
            f'<desc id="{name}-words">{escape(words)}</desc>{"".join(self._parts)}</svg>'
        )


_DIAGONAL: Final = 1 / sqrt(8)
_CORNERS: Final[Mapping[str, tuple[float, Sequence[tuple[float, float]]]]] = {
    "square": (0.9, ((-1, -1), (1, -1), (1, 1), (-1, 1))),
    "diamond": (1.25, ((0, -1), (1, 0), (0, 1), (-1, 0))),
    "triangle": (1.1, ((0, -1), (1, 0.8), (-1, 0.8))),
    "drop": (1.1, ((0, 1), (1, -0.8), (-1, -0.8))),
    "star": (
        1.4,
        (
            (0, -1), (_DIAGONAL, -_DIAGONAL), (1, 0), (_DIAGONAL, _DIAGONAL),
            (0, 1), (-_DIAGONAL, _DIAGONAL), (-1, 0), (-_DIAGONAL, -_DIAGONAL),
        ),
    ),
}  # fmt: skip


def _outline(x: float, y: float, shape: str, r: float) -> str:
    """A shape as a path; its size is such that all shapes look as large as the circle."""
    if shape == "circle":
        arm, across = shown(r), shown(2 * r)
        arcs = f"a{arm} {arm} 0 1 0 {across} 0a{arm} {arm} 0 1 0 -{across} 0z"
        return f"M{shown(x - r)} {shown(y)}{arcs}"
    scale, corners = _CORNERS[shape]
    points = (f"{shown(x + dx * r * scale)} {shown(y + dy * r * scale)}" for dx, dy in corners)
    return f"M{'L'.join(points)}z"
