"""PDF files for tests, written by hand: text at places, in sizes, on pages."""

from __future__ import annotations

from collections.abc import Sequence

Text = tuple[float, float, float, str]
"""Left, bottom, size in points, and the words; Helvetica, bold where they begin with `*`."""


def pdf(*pages: Sequence[Text], extra: str = "", title: str = "") -> bytes:
    """A file of these pages, 612 by 792 points; `extra` goes into its catalogue."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        f"<< /Title ({title}) >>",
    ]
    kids = []
    for page in pages:
        drawn = "\n".join(
            f"BT /{'F2' if words.startswith('*') else 'F1'} {size} Tf {left} {bottom} Td"
            f" ({_escaped(words.removeprefix('*'))}) Tj ET"
            for left, bottom, size, words in page
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]"
            f" /Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    return data + (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {count} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")


def _escaped(words: str) -> str:
    for mark in "\\()":
        words = words.replace(mark, f"\\{mark}")
    return words


def column(left: float, top: float, *lines: str, size: float = 10) -> list[Text]:
    """Lines below each other."""
    return [(left, top - 12 * number, size, line) for number, line in enumerate(lines)]
