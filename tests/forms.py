"""Each form of a page, read back as what a reader finds in it: title, parts, headings, lists."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pypdfium2
from docx import Document
from markdown_it import MarkdownIt

from curbside.interfaces.export import ExportForm, export_page
from curbside.interfaces.render.fragment import render_fragment
from curbside.interfaces.render.view import read_page


def tight(text: str) -> str:
    """`text` without spaces, line ends and hyphens, which a sheet of paper breaks lines with."""
    return re.sub(r"[-\s\x02\u2060\ufffe\u00ad]", "", text)


@dataclass
class Read:
    """`parts` are the main headings with all that stands under each, without spaces; `under` the
    headings below each; `items` how many items of real lists there are."""

    title: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    under: dict[str, list[str]] = field(default_factory=dict)
    items: int = 0
    words: str = ""

    def add(self, text: str, level: int | None = None) -> None:
        self.words += tight(text)
        if level == 1:
            self.title += text
        elif level == 2:
            self.parts[text] = ""
            self.under[text] = []
        elif self.parts:
            last = next(reversed(self.parts))
            self.parts[last] += tight(text)
            if level == 3:
                self.under[last].append(text)


class _Html(HTMLParser):
    """Drops what is hidden from the eye, as a reader does."""

    _SILENT = ("style", "svg", "head")

    def __init__(self, text: str, level_of: Callable[[str, str], int | None]) -> None:
        super().__init__()
        self.read, self._level_of = Read(), level_of
        self._open: list[tuple[str, int | None, bool]] = []
        self._heading: tuple[int, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "br", "link", "img", "hr", "input"):
            return
        named = dict(attrs).get("class") or ""
        is_silent = tag in self._SILENT or "hidden" in named.split() or "copy" in named.split()
        level = self._level_of(tag, named)
        self._open.append((tag, level, is_silent))
        self.read.items += tag == "li" and not is_silent
        if (address := dict(attrs).get("href") or "").startswith("http"):
            self.read.add(address)
        if level:
            self._heading = (level, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("br",) or not self._open:
            return
        _, level, _ = self._open.pop()
        if level and self._heading:
            self.read.add(" ".join(self._heading[1].split()), level)
            self._heading = None

    def handle_data(self, data: str) -> None:
        if any(is_silent for _, _, is_silent in self._open):
            return
        if self._heading:
            self._heading = (self._heading[0], self._heading[1] + data)
        else:
            self.read.add(data)


def _tag(tag: str, _: str) -> int | None:
    return {"h1": 1, "h2": 2, "h3": 3}.get(tag)


def _class(_: str, named: str) -> int | None:
    return {"curbside-title": 1, "curbside-head": 2, "curbside-part": 3}.get(named)


def _text(page: Any) -> Read:
    read, lines = Read(), export_page(page, ExportForm.TEXT).decode().splitlines()
    at = next(n for n, line in enumerate(lines) if line and not line.strip("="))
    read.add(" ".join(lines[:at]), 1)
    known = {tight(s["heading"]) for lane in page["lanes"] for s in lane["sections"]}
    known |= {tight(group.title) for group in read_page(page).factor_groups}
    for line, after in zip(lines[at + 1 :], [*lines[at + 2 :], ""], strict=True):
        if line.isupper() and after and not after.strip("-"):
            title = line.capitalize()
            for word in ("Guidelines", "Research", "Drug Label", "Patient Information"):
                title = title.replace(word.lower(), word)
            read.add(title, 2)
        elif line.strip("-"):
            read.items += line.startswith("- ")
            # what goes on after another line belongs to it; "|" stands before each line of a quote
            read.add(line.replace("    | ", ""), 3 if tight(line) in known else None)
    return read


def _docx(page: Any) -> Read:
    read = Read()
    document = Document(io.BytesIO(export_page(page, ExportForm.DOCX)))
    levels = {"Title": 1, "Heading 1": 2, "Heading 2": 3}
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                read.add(" ".join(cell.text for cell in row.cells))
            continue
        read.items += block.style.name == "List Bullet"
        read.add(block.text, levels.get(block.style.name))
    return read


def _pdf(page: Any) -> Read:
    file = pypdfium2.PdfDocument(export_page(page, ExportForm.PDF))
    text = ""
    for sheet in file:
        # the last line of a sheet is its foot
        drawn = sheet.get_textpage().get_text_bounded()
        lines = drawn.replace("\ufffe\r\n", "").replace("\ufffe", "").splitlines()
        text += "\n".join(line for line in lines if not re.search(r"^\w+ · evidence checked", line))
    marks = [(mark.level, mark.get_title()) for mark in file.get_toc()]
    assert file.is_tagged()
    file.close()
    read, rest = Read(items=text.count("•")), tight(text)
    first = rest.index(tight(page["title"]))
    read.add(page["title"], 1)
    rest = rest[first + len(tight(page["title"])) :]
    for level, title in marks:
        # "Passages:" also begins a line of a reference
        found = re.search(re.escape(tight(title)) + "(?!:)", rest)
        assert found, title
        read.add(rest[: found.start()])
        rest = rest[found.end() :]
        read.add(title, level + 2)
    read.add(rest)
    return read


def _json(page: Any) -> Read:
    """The object as its schema reads: lanes by their titles, factors by their verdicts."""
    data = json.loads(export_page(page, ExportForm.JSON))
    read, view = Read(), read_page(data)
    read.add(data["title"], 1)
    read.add(json.dumps(data["status"], ensure_ascii=False) + data["evidence_checked_to"])

    def claims(ids: list[str]) -> None:
        for claim in (data["claims"][i] for i in ids):
            read.items += 1
            read.add(claim["text"] + " ".join(f"[{n}]" for n in claim["cites"]))

    read.add("Bottom line", 2)
    claims(data["bottom_line"])
    for lane in data["lanes"]:
        read.add(lane["title"], 2)
        read.add(lane["absent_reason"] or "")
        for section in lane["sections"]:
            read.add(section["heading"], 3)
            claims(section["claims"])
    parts = (
        *(("Factors", group.title, group.factors) for group in view.factor_groups),
        ("Tables", "", data["tables"]),
        ("Where sources disagree", "", [_with_quotes(c, data) for c in data["conflicts"]]),
        ("What was not found", "", data["not_found"]),
        ("Ask next", "", data["next_questions"]),
        ("References", "", data["references"]),
        ("Passages", "", data["evidence"]),
        ("About this page", "", [data["disclaimer"], data["provenance"]]),
    )
    for part, heading, held in parts:
        if part not in read.parts:
            read.add(part, 2)
        if heading:
            read.add(heading, 3)
            for factor in held:
                sides = (("For", factor.supporting), ("Against", factor.opposing))
                told = (f"{s}:[{p.source.number}]" for s, found in sides for p in found)
                read.add(f"{factor.name}:{factor.reason}{' '.join(told)}")
        else:
            read.add(json.dumps(held, ensure_ascii=False))
    return read


def _with_quotes(conflict: Any, data: Any) -> Any:
    sides = [
        {**side, "quotes": [data["evidence"][i]["quote"] for i in side["cites"]]}
        for side in conflict["sides"]
    ]
    return {**conflict, "sides": sides}


READERS: dict[str, Callable[[Any], Read]] = {
    "text": _text,
    "markdown": lambda page: (
        _Html(
            MarkdownIt("commonmark")
            .enable("table")
            .render(export_page(page, ExportForm.MARKDOWN).decode()),
            _tag,
        ).read
    ),
    "html": lambda page: _Html(export_page(page, ExportForm.HTML).decode(), _tag).read,
    "notebook": lambda page: _Html(render_fragment(page), _class).read,
    "json": _json,
    "docx": _docx,
    "pdf": _pdf,
}
