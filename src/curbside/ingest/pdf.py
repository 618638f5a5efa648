"""Guideline and label PDFs -> documents: reading order, headings, paragraphs, table rows, pages."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import BinaryIO, Final

from curbside.errors import SourceError
from curbside.ingest.confined import PdfLine, PdfText, pdf_lines
from curbside.ingest.publication import Printed, printed_on
from curbside.ingest.recommendations import with_recommendations
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Source

_SIZE_MAX: Final = 64 << 20
_MARGIN: Final = 0.09
"""Share of a page, above and below, in which running heads and page numbers stand."""
_GUTTER: Final = 6.0
"""Points of white space that part two columns."""
_COLUMN: Final = 80.0
"""Points that a column of running text has at least."""
_LARGER: Final = 1.04
_HEADING_MAX: Final = 140
_HYPHENS: Final = "\ufffe\u00ad\x02"
_BULLET: Final = re.compile(r"(?:[•▪■●◦‣–-]|\(?\d{1,2}[.)])\s+\S")
_CAPTION: Final = re.compile(r"(?:Figure|Fig\.|Table|Box)\s+\d")
_FILE_NAME: Final = re.compile(r"\.(?:docx?|pdf|indd|qxd|tex)\b|untitled", re.IGNORECASE)
_MARK: Final = re.compile(r"[\d,–‑-]+|[*†‡§¶]+")


def read_pdf(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read one PDF: its text as a person reads it, under its headings, with its pages.

    The file is taken apart in a confined process: nothing in it is run, and what hangs or grows
    costs that process alone. Columns are read one after the other; running heads and page numbers
    are left out; hyphens at the end of a line are closed; a row of a table is one line
    ("cell | cell"). A section's locator is the page that a person opens ("page 3, Rationale").
    Recommendations of a guideline are sections of their own.

    Args:
        stream: the bytes.
        path: how errors name the file.
        retrieved_at: ISO date the document carries.

    Raises:
        SourceError: no PDF, damaged, encrypted, without a layer of text, or too large.
    """
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"a PDF of at most {_SIZE_MAX >> 20} MiB")
    text = pdf_lines(data, path=path)
    lines = [line for page in _pages(text) for line in page]
    if sum(len(line.text) for line in lines) < 40 * min(3, len(text.pages)):
        found = "pages without a layer of text; recognise it first (OCR)"
        raise SourceError(path, expected="a PDF with text", found=found)
    yield _document(text, lines, hashlib.sha256(data).hexdigest(), path, retrieved_at)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, a heading or a table, on the pages where it stands."""

    text: str
    first: int
    last: int
    level: int
    """Of a heading, 1 for the largest; 0 for text."""


def _document(
    text: PdfText, lines: Sequence[PdfLine], digest: str, path: str, retrieved_at: str | None
) -> Document:
    blocks = list(_blocks(lines))
    title = _title(text, blocks)
    front = "\n".join(block.text for block in blocks if block.first == 1)
    printed = printed_on(front, title=title, about=text.about)
    pieces = [Piece("TITLE", "Title", (title,)), *_pieces(blocks, title)]
    body, sections = assemble(pieces, gap="\n\n")
    if len(sections) < 2:
        raise SourceError(path, expected="a PDF with text", found="a title alone")
    document = Document(
        doc_id=_doc_id(printed, digest),
        title=title,
        text=body,
        kind=printed.kind,
        sections=sections,
        source=Source(
            authors=printed.authors,
            journal=printed.journal,
            organisation=printed.organisation,
            year=printed.year,
            doi=printed.doi,
        ),
        revision=revision_of(body),
        published=str(printed.year) if printed.year else None,
        jurisdiction=printed.jurisdiction,
        retrieved_at=retrieved_at,
    )
    return with_recommendations(document)


def _doc_id(printed: Printed, digest: str) -> str:
    return f"doi:{printed.doi.lower()}" if printed.doi else f"file:{digest[:12]}"


def _title(text: PdfText, blocks: Sequence[_Block]) -> str:
    said = " ".join(text.about.get("Title", "").split())
    # a program's name for its file is no title
    if len(said.split()) > 2 and not re.search(
        r"\.(?:docx?|pdf|indd|qxd|tex)\b|untitled", said, re.I
    ):
        return said
    headings = [block for block in blocks if block.first == 1 and block.level]
    if headings:
        return min(headings, key=lambda block: block.level).text
    return blocks[0].text[:_HEADING_MAX]


def _pieces(blocks: Sequence[_Block], title: str) -> Iterator[Piece]:
    """A piece for each heading and page: what a person finds when opening that page."""
    of_title = _letters(title)
    path: list[_Block] = []
    placed: list[tuple[tuple[str, ...], str, str]] = []
    for block in blocks:
        if block.level:
            path = [*(each for each in path if each.level < block.level), block]
            continue
        headings = tuple(each.text for each in path if _letters(each.text) not in of_title)
        pages = f"page {block.first}"
        if block.last > block.first:
            pages = f"pages {block.first}–{block.last}"
        placed.append((headings, pages, block.text))
    for (headings, pages), group in groupby(placed, key=lambda each: each[:2]):
        label = headings[-1] if headings else ""
        place = f"{pages}, {' > '.join(headings)}" if headings else pages
        yield Piece(label or "TEXT", place, tuple(text for _, _, text in group))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


# --- what belongs to the text ------------------------------------------------------------------


def _pages(text: PdfText) -> Iterator[list[PdfLine]]:
    """The lines of each page in reading order, without running heads, feet and page numbers."""
    by_page: dict[int, list[PdfLine]] = defaultdict(list)
    for line in text.lines:
        by_page[line.page].append(line)
    running = _running(text, by_page)
    for number in sorted(by_page):
        width, height = text.pages[number - 1]
        kept = [
            line
            for line in by_page[number]
            if not (_is_marginal(line, height) and _masked(line.text) in running)
            and 0 <= line.left < width * 1.05
        ]
        yield _in_order(kept)


def _running(text: PdfText, by_page: dict[int, list[PdfLine]]) -> set[str]:
    """What stands in the margin of several pages, its numbers aside; and page numbers alone."""
    counted = Counter(
        masked
        for number, lines in by_page.items()
        for masked in {
            _masked(line.text) for line in lines if _is_marginal(line, text.pages[number - 1][1])
        }
    )
    least = 2 if len(by_page) < 6 else 3
    return {masked for masked, count in counted.items() if count >= least} | {"#", "page #"}


def _is_marginal(line: PdfLine, height: float) -> bool:
    return line.bottom < height * _MARGIN or line.top > height * (1 - _MARGIN)


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", " ".join(text.split())).lower()


# --- reading order -----------------------------------------------------------------------------


def _in_order(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """Top to bottom, columns one after the other.

    Where white space parts the whole set into two columns of text, the left one comes first.
    Else the largest part from the top that has such columns, or, where there is none, the first
    line, comes first, and then the rest.
    """
    rest = sorted(lines, key=lambda line: (-line.top, line.left))
    ordered: list[PdfLine] = []
    while rest:
        cut = _column_cut(rest)
        if cut is not None:
            left = [line for line in rest if line.right <= cut]
            right = [line for line in rest if line.right > cut]
            return [*ordered, *_in_order(left), *_in_order(right)]
        ends = _horizontal_cuts(rest)
        band = next((end for end in reversed(ends) if _column_cut(rest[:end]) is not None), None)
        if band is not None:
            ordered += _in_order(rest[:band])
        else:
            band = ends[0] if ends else len(rest)
            ordered += _by_rows(rest[:band])
        rest = rest[band:]
    return ordered


def _horizontal_cuts(lines: Sequence[PdfLine]) -> list[int]:
    """After how many lines, from the top, nothing stands beside what follows."""
    lowest = float("inf")
    cuts = []
    for at, line in enumerate(lines[:-1], start=1):
        lowest = min(lowest, (line.bottom + line.top) / 2)
        if lines[at].top <= lowest or lines[at].bottom < lowest - line.size / 3:
            cuts.append(at)
    return cuts


def _column_cut(lines: Sequence[PdfLine]) -> float | None:
    """Where white space from top to bottom parts two columns of running text."""
    edge, ordered = float("-inf"), sorted(lines, key=lambda line: line.left)
    for at, line in enumerate(ordered):
        if at and line.left - edge >= _GUTTER:
            left, right = ordered[:at], ordered[at:]
            if _is_column(left) and _is_column(right) and _overlap(left, right):
                return edge
        edge = max(edge, line.right)
    return None


def _is_column(lines: Sequence[PdfLine]) -> bool:
    width = max(line.right for line in lines) - min(line.left for line in lines)
    full = median(line.right - line.left for line in lines)
    return len(lines) >= 4 and width >= _COLUMN and full >= 0.55 * width


def _overlap(left: Sequence[PdfLine], right: Sequence[PdfLine]) -> bool:
    """Whether two columns stand beside each other for some lines at least."""
    low = max(min(line.bottom for line in side) for side in (left, right))
    high = min(max(line.top for line in side) for side in (left, right))
    return high - low > 2 * left[0].size


def _by_rows(lines: Sequence[PdfLine]) -> list[PdfLine]:
    return sorted(lines, key=lambda line: (-round(line.bottom / max(line.size, 1)), line.left))


# --- paragraphs --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    """What stands on one line: the runs of it, from the left."""

    runs: list[PdfLine]

    @property
    def main(self) -> PdfLine:
        return max(self.runs, key=lambda run: (run.size, len(run.text)))

    def text(self) -> str:
        """The runs as text: marks of notes left out, cells of a table parted."""
        parts: list[str] = []
        size = self.main.size
        last: PdfLine | None = None
        for run in self.runs:
            words = run.text.strip(" \t")
            if run.size < 0.8 * size and run.bottom > self.main.bottom and last is not None:
                if not _MARK.fullmatch(words):
                    parts.append(words)
                elif parts and parts[-1][-1:].isdigit():
                    parts.append(f"^{words}")
                continue
            if last is not None:
                gap = run.left - last.right
                parts.append(" | " if gap > 1.4 * size else " " if gap > 0.1 * size else "")
            parts.append(words)
            last = run
        return " ".join("".join(parts).split(" "))

    @property
    def is_table(self) -> bool:
        return " | " in self.text()


def _rows(lines: Iterable[PdfLine]) -> Iterator[_Row]:
    row: _Row | None = None
    for line in lines:
        if row is not None:
            last = row.runs[-1]
            middle = (line.bottom + line.top) / 2
            beside = (
                last.bottom <= middle <= last.top
                or line.bottom <= (last.bottom + last.top) / 2 <= line.top
            )
            if line.page == last.page and beside and line.left >= last.right - 0.3 * last.size:
                row.runs.append(line)
                continue
            yield row
        row = _Row([line])
    if row is not None:
        yield row


def _blocks(lines: Sequence[PdfLine]) -> Iterator[_Block]:
    rows = list(_rows(lines))
    letters: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        letters[round(line.size, 1), line.is_bold] += len(line.text)
    size, is_bold = letters.most_common(1)[0][0] if letters else (1.0, False)
    levels = _levels(rows, size, is_bold=is_bold)
    held: list[_Row] = []
    for row in rows:
        if held and not _goes_on(held, row, levels):
            yield _block(held, levels)
            held = []
        held.append(row)
    if held:
        yield _block(held, levels)


def _levels(rows: Sequence[_Row], size: float, *, is_bold: bool) -> dict[int, int]:
    """The level of each row that is a heading, by `id`: by size, and bold before plain."""
    styles: dict[int, tuple[float, bool]] = {}
    for row in rows:
        main, text = row.main, row.text()
        larger = main.size >= size * _LARGER
        heavier = main.is_bold and not is_bold and main.size >= size * 0.97
        if (
            (larger or heavier)
            and len(text) <= _HEADING_MAX
            and not row.is_table
            and re.search(r"[^\W\d_]{2}", text)
            and not text.rstrip().endswith((",", ";"))
            and (larger or not text.rstrip().endswith("."))
        ):
            styles[id(row)] = (round(main.size, 0), main.is_bold)
    ranks = {
        style: rank for rank, style in enumerate(sorted(set(styles.values()), reverse=True), 1)
    }
    return {key: ranks[style] for key, style in styles.items()}


def _goes_on(held: Sequence[_Row], row: _Row, levels: dict[int, int]) -> bool:
    """Whether a row belongs to the block before it."""
    last, main = held[-1].main, row.main
    if levels.get(id(held[-1]), 0) != levels.get(id(row), 0):
        return False
    if held[-1].is_table != row.is_table:
        return False
    is_next_column = main.page != last.page or main.bottom > last.bottom
    gap = last.bottom - main.top
    if levels.get(id(row)):
        return not is_next_column and gap < 0.8 * main.size
    if row.is_table:
        return not is_next_column and gap < 2 * main.size
    before = held[-1].text().rstrip()
    if abs(main.size - last.size) > 0.12 * last.size:
        return False
    if _CAPTION.match(row.text()):
        return False
    if is_next_column:
        # a sentence that is not at its end goes on at the top of the next column or page
        return not before.endswith((".", "?", "!", ":")) and not _BULLET.match(row.text())
    ends = before.endswith((".", "?", "!", ":"))
    right = max(each.main.right for each in held)
    is_short = last.right < right - 4 * last.size
    indent = main.left - min(each.main.left for each in held)
    begins = indent > 0.8 * main.size or (len(held) == 1 and indent < -0.8 * main.size and ends)
    return not (
        gap > 0.75 * main.size or _BULLET.match(row.text()) or (ends and (is_short or begins))
    )


def _block(rows: Sequence[_Row], levels: dict[int, int]) -> _Block:
    texts = [row.text() for row in rows]
    text = "\n".join(texts) if rows[0].is_table else _joined(texts)
    return _Block(text, rows[0].main.page, rows[-1].main.page, levels.get(id(rows[0]), 0))


def _joined(texts: Sequence[str]) -> str:
    joined = ""
    for text in texts:
        line = text.strip()
        if joined.endswith(tuple(_HYPHENS)):
            joined = joined.rstrip(_HYPHENS) + line
        else:
            joined = f"{joined} {line}" if joined else line
    return re.sub(rf"[{_HYPHENS}]\s*", "", " ".join(joined.split()))
