"""The page as a Word document: real headings, lists, tables and links, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Final, cast

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from curbside.interfaces.export.forms import Style
from curbside.interfaces.export.outline import (
    Address,
    Block,
    Bullets,
    Entry,
    Grid,
    Heading,
    Jump,
    Line,
    Outline,
    Paragraph,
    Role,
    Words,
    outline_of,
)
from curbside.interfaces.render.views import Page

# the earliest time a zip file can hold; the real one would make each file another
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_INK: Final = RGBColor(0x16, 0x20, 0x2A)
_LINK: Final = "0A5A86"
_SOFT: Final = RGBColor(0x4C, 0x58, 0x64)
_STYLES: Final = {
    Role.BODY: "Normal",
    Role.CAUTION: "Intense Quote",
    Role.NOTE: "Curbside Note",
    Role.QUOTE: "Quote",
}
# A4, as most of the world prints on
_PAPER: Final = (Cm(21), Cm(29.7))
_LINE: Final = Cm(16.6)
_LONGEST_PROPERTY: Final = 255


def docx(page: Page, style: Style) -> bytes:
    """The page as a .docx file, with references in `style`.

    A citation leads to its reference and to the passage at the end; title, author and date stand
    in the properties of the file too.
    """
    outline = outline_of(page, style)
    document = Document()
    _prepare(document)
    _properties(document, outline)
    _Writer(document).write(outline)
    file = io.BytesIO()
    document.save(file)
    return _undated(file.getvalue())


def _undated(content: bytes) -> bytes:
    """The same archive without the time at which it was made."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _EPOCH)
            new.writestr(info, old.read(name), zipfile.ZIP_DEFLATED, 9)
    return file.getvalue()


def _properties(document: Docx, outline: Outline) -> None:
    properties = document.core_properties
    made = _time(outline.made_at)
    properties.title = outline.title[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = "Curbside"
    properties.created = properties.modified = made
    properties.revision = 1
    properties.language = "en"
    properties.content_status = outline.state
    properties.subject = f"Evidence checked to {outline.checked_to}"
    properties.comments = outline.disclaimer[:_LONGEST_PROPERTY]


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    # the form holds no zone and means UTC
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def _prepare(document: Docx) -> None:
    """Styles for paper: readable sizes, headings that stay with what follows them."""
    styles = document.styles
    styles["Normal"].font.name = "Calibri"
    styles["Normal"].font.size = Pt(11)
    for name in ("Title", "Heading 1", "Heading 2"):
        styles[name].font.color.rgb = _INK
        styles[name].paragraph_format.keep_with_next = True
    styles["Intense Quote"].font.color.rgb = _INK
    note = styles.add_style("Curbside Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = styles["Normal"]
    note.font.size = Pt(9.5)
    note.font.color.rgb = _SOFT
    note.paragraph_format.space_after = Pt(5)
    cell = styles.add_style("Curbside Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = styles["Normal"]
    cell.font.size = Pt(8.5)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
    section = document.sections[0]
    section.page_width, section.page_height = _PAPER
    section.left_margin = section.right_margin = Emu((_PAPER[0] - _LINE) // 2)


class _Writer:
    """Writes blocks into one document, counting what must be unique in it."""

    def __init__(self, document: Docx) -> None:
        self._document = document
        self._style_ids = {style.name: style.style_id for style in document.styles}
        self._bookmarks = count(1)
        self._numbering: str | None = None
        self._next_number = 0

    def write(self, outline: Outline) -> None:
        self._paragraph("Title").add_run(outline.title)
        for block in outline.blocks:
            self._write(block)
        footer = self._document.sections[0].footer.paragraphs[0]
        footer.style = self._document.styles["Curbside Note"]
        footer.add_run(f"{outline.state} · evidence checked to {outline.checked_to} · page ")
        _field(footer, "PAGE")
        footer.add_run(" of ")
        _field(footer, "NUMPAGES")

    def _write(self, block: Block) -> None:
        if isinstance(block, Heading):
            heading = self._document.add_heading(block.text, block.level)
            if block.anchor:
                self._mark(heading, block.anchor)
        elif isinstance(block, Paragraph):
            self._fill(self._paragraph(_STYLES[block.role]), block.line)
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Entry):
            self._entry(block)
        # a picture stands as the table that follows it, as Word draws no SVG by itself

    def _paragraph(self, style: str) -> DocxParagraph:
        paragraph = self._document.add_paragraph()
        # by its id: a style that is named is looked for among all, again for each paragraph, which
        # takes most of the time of a long page
        paragraph._p.style = self._style_ids[style]
        return paragraph

    def _bullets(self, bullets: Bullets) -> None:
        for first, *others in bullets.items:
            drawn = self._paragraph("List Bullet")
            self._fill(drawn, first.line)
            if others:
                _hold(drawn)
            self._continue(others)

    def _continue(self, paragraphs: Iterable[Paragraph]) -> None:
        """What belongs to the item above, below its words and as far in."""
        before: DocxParagraph | None = None
        for paragraph in paragraphs:
            if before is not None:
                _hold(before)
            before = self._paragraph(_STYLES[paragraph.role])
            before.paragraph_format.left_indent = Pt(18)
            self._fill(before, paragraph.line)

    def _entry(self, entry: Entry) -> None:
        first, *others = entry.paragraphs
        drawn = self._paragraph("List Number")
        self._number(drawn, entry.number)
        self._fill(drawn, first.line)
        _hold(drawn)
        self._mark(drawn, entry.anchor)
        self._continue(others)

    def _grid(self, grid: Grid) -> None:
        table = self._document.add_table(rows=1, cols=len(grid.columns), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, grid.widths, strict=True):
            column.width = Emu(int(width * _LINE))
        header = table.rows[0]
        header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, column in zip(header.cells, grid.columns, strict=True):
            self._cell(cell, (Words(column, is_bold=True),))
        for row in grid.rows:
            drawn = table.add_row()
            drawn._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, line, width in zip(drawn.cells, row, grid.widths, strict=True):
                # Word goes by the cells, LibreOffice by the columns
                cell.width = Emu(int(width * _LINE))
                self._cell(cell, line)
        description = _element("w:tblDescription", {"w:val": grid.title})
        table._tbl.tblPr.append(description)
        # a table that ends against the next one would grow together with it
        self._document.add_paragraph()

    def _cell(self, cell: _Cell, line: Line) -> None:
        paragraph = cell.paragraphs[0]
        paragraph._p.style = self._style_ids["Curbside Cell"]
        self._fill(paragraph, line)

    def _fill(self, paragraph: DocxParagraph, line: Line) -> None:
        for part in line:
            if isinstance(part, Words):
                run = paragraph.add_run(part.text)
                run.bold = part.is_bold or None
                run.italic = part.is_italic or None
            else:
                paragraph._p.append(self._link(part))

    def _link(self, part: Jump | Address) -> BaseOxmlElement:
        if isinstance(part, Jump):
            link = _element("w:hyperlink", {"w:anchor": part.anchor})
        else:
            related = self._document.part.relate_to(
                part.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
            link = _element("w:hyperlink", {"r:id": related})
        run = OxmlElement("w:r")
        face = OxmlElement("w:rPr")
        face.append(_element("w:color", {"w:val": _LINK}))
        if isinstance(part, Address):
            face.append(_element("w:u", {"w:val": "single"}))
        elif part.is_raised:
            face.append(_element("w:vertAlign", {"w:val": "superscript"}))
        text = OxmlElement("w:t")
        text.text = part.text
        run.append(face)
        run.append(text)
        link.append(run)
        return link

    def _mark(self, paragraph: DocxParagraph, anchor: str) -> None:
        """A bookmark around the paragraph, for links to lead to."""
        number = str(next(self._bookmarks))
        start = _element("w:bookmarkStart", {"w:id": number, "w:name": anchor})
        place = 1 if paragraph._p.pPr is not None else 0
        paragraph._p.insert(place, start)
        paragraph._p.append(_element("w:bookmarkEnd", {"w:id": number}))

    def _number(self, paragraph: DocxParagraph, number: int) -> None:
        """Number it as the page does; the list starts anew where a number is left out."""
        if self._numbering is None or number != self._next_number:
            self._numbering = self._new_list(number)
        self._next_number = number + 1
        listed = OxmlElement("w:numPr")
        listed.append(_element("w:ilvl", {"w:val": "0"}))
        listed.append(_element("w:numId", {"w:val": self._numbering}))
        properties = paragraph._p.get_or_add_pPr()
        # after the style, which is all that stands there yet
        properties.append(listed)

    def _new_list(self, start: int) -> str:
        numbering = self._document.part.numbering_part.element
        kinds = numbering.findall(qn("w:abstractNum"))
        kind = str(max(int(k.get(qn("w:abstractNumId"))) for k in kinds) + 1)
        level = _element("w:lvl", {"w:ilvl": "0"})
        for name, value in (
            ("w:start", str(start)),
            ("w:numFmt", "decimal"),
            ("w:lvlText", "[%1]"),
            ("w:lvlJc", "left"),
        ):
            level.append(_element(name, {"w:val": value}))
        indent = OxmlElement("w:pPr")
        indent.append(_element("w:ind", {"w:left": "560", "w:hanging": "560"}))
        level.append(indent)
        definition = _element("w:abstractNum", {"w:abstractNumId": kind})
        definition.append(_element("w:multiLevelType", {"w:val": "singleLevel"}))
        definition.append(level)
        # the form wants every definition before the first list
        kinds[-1].addnext(definition)
        return str(numbering.add_num(int(kind)).numId)


def _hold(paragraph: DocxParagraph) -> None:
    """Keep it close to what is said of it, and on the same page."""
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(1)


def _element(name: str, attributes: dict[str, str]) -> BaseOxmlElement:
    # python-docx's own type for what lxml calls an element
    element = cast("BaseOxmlElement", OxmlElement(name))
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element


def _field(paragraph: DocxParagraph, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    field = _element("w:fldSimple", {"w:instr": code})
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
