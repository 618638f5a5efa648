"""The page for a terminal: lines of a given width, headings, hanging bullets, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from rich.text import Text

from curbside.interfaces.render.figures import data_of, reference_mark, value_of
from curbside.interfaces.render.phrases import (
    CLOSEST,
    HOW_TO_ASK,
    MATRIX,
    WHAT_CLOSEST_IS,
    account_of,
    citation_of,
    edition_of,
    lines_under,
    numbers_of,
    words_of,
)
from curbside.interfaces.render.plots import icons_of, track_of
from curbside.interfaces.render.reader import lines_of
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import (
    ClaimView,
    ConflictView,
    FactorGroup,
    FigureView,
    LaneView,
    NotFoundView,
    Page,
    PageView,
    PassageView,
    SourceView,
    TableView,
    WithheldView,
)

NARROWEST: Final = 40
_LONGEST_TRACK: Final = 72


def render_text(page: Page, *, width: int = 88, show_quotes: bool = False) -> str:
    """The page as plain text that ends in a newline.

    Args:
        page: what `answer_to_json` returns.
        width: columns of a line, at least 40. A word that is longer stands on a line of its own.
        show_quotes: whether each claim is followed by the passages it cites.

    Raises:
        ValueError: `width` is under 40.
    """
    return draw_text(page, width=width, show_quotes=show_quotes).plain


def draw_text(page: Page, *, width: int = 88, show_quotes: bool = False) -> Text:
    """The same as `render_text`, with styles for a terminal that shows them.

    Styles are set by position, so that brackets in a source are never read as markup.
    """
    if width < NARROWEST:
        raise ValueError(f"expected a width of {NARROWEST} columns or more, found {width}")
    sheet = _Sheet(width)
    view = read_page(page)
    _head(sheet, view)
    if view.abstained:
        sheet.heading("No answer here")
        sheet.paragraph(view.abstained)
    _closest(sheet, view.closest)
    if view.bottom_line:
        sheet.heading("Bottom line")
        _claims(sheet, view.bottom_line, show_quotes=show_quotes)
    _questions(sheet, view)
    for lane in view.lanes:
        _lane(sheet, lane, show_quotes=show_quotes)
    parts = {
        "factors": lambda: _factors(sheet, view.factor_groups),
        "figures": lambda: _figures(sheet, view.figures, show_all=show_quotes),
        "tables": lambda: _tables(sheet, view.tables, show_all=show_quotes),
        "conflicts": lambda: _conflicts(sheet, view.conflicts),
        "not_found": lambda: _not_found(sheet, view.not_found),
        "withheld": lambda: _withheld(sheet, view.withheld),
    }
    # a page of lines has no folds: what would stand behind one comes later
    for name in sorted(parts, key=lambda name: name in view.folded):
        parts[name]()
    if show_quotes:
        _other_passages(sheet, view)
    _words(sheet, view)
    _next(sheet, view)
    _references(sheet, view.references)
    sheet.heading("About this page")
    sheet.paragraph(view.disclaimer)
    sheet.blank()
    for name, value in view.provenance:
        sheet.item(f"{name}: {value}", bullet="", style="dim")
    return sheet.text


class _Sheet:
    """Lines of one width. Text is wrapped here and nowhere else."""

    def __init__(self, width: int) -> None:
        self.text = Text()
        self._width = width

    def blank(self) -> None:
        self.text.append("\n")

    def paragraph(self, text: str, *, style: str = "", indent: int = 0) -> None:
        self.item(text, bullet=" " * indent, style=style)

    def item(self, text: str, *, bullet: str = "- ", style: str = "") -> None:
        for line in wrap(
            text,
            self._width,
            initial_indent=bullet,
            subsequent_indent=" " * len(bullet),
            # an address or an identifier is worth more whole than within the margin
            break_long_words=False,
            break_on_hyphens=False,
        ):
            self.text.append(line + "\n", style or None)

    @property
    def room(self) -> int:
        """Columns of what stands four columns in."""
        return self._width - 4

    def drawn(self, line: str) -> None:
        """A line of marks, which no wrapping may break."""
        self.text.append(f"    {line}\n")

    def title(self, text: str) -> None:
        self.paragraph(text, style="bold")
        self.text.append("=" * min(self._width, len(text)) + "\n", "bold")

    def heading(self, text: str) -> None:
        self.blank()
        self.paragraph(text.upper(), style="bold cyan")
        self.text.append("-" * min(self._width, len(text)) + "\n", "cyan")

    def subheading(self, text: str) -> None:
        self.blank()
        self.paragraph(text, style="bold")


def _head(sheet: _Sheet, view: PageView) -> None:
    sheet.title(view.title)
    if view.asked:
        sheet.paragraph(f"You asked: {view.asked}", style="dim")
    for reading in view.readings:
        sheet.paragraph(f"Understood: {reading}", style="dim")
    sheet.blank()
    sheet.paragraph(
        f"Status: {view.state}{edition_of(view)} | Evidence checked to {view.checked_to_words}"
        f" | Curbside {view.version}"
    )
    for signature in view.signatures:
        sheet.paragraph(signature)
    if view.banner:
        sheet.paragraph(f"! {view.banner}", style="bold yellow")
    if view.notice:
        sheet.paragraph(f"! {view.notice}", style="bold yellow")
    if view.reading:
        sheet.paragraph(f"{view.reading.asked}. {view.reading.how}", style="dim")
        if view.reading.grade:
            sheet.paragraph(view.reading.grade, style="dim")


def _closest(sheet: _Sheet, closest: Sequence[PassageView]) -> None:
    if closest:
        sheet.heading(CLOSEST)
        sheet.paragraph(WHAT_CLOSEST_IS)
    for passage in closest:
        sheet.item(f"{passage.source.type}: {words_of(passage)} {numbers_of([passage])}")
        sheet.paragraph(f"({account_of(passage)})", style="dim", indent=2)


def _claims(sheet: _Sheet, claims: Sequence[ClaimView], *, show_quotes: bool) -> None:
    for claim in claims:
        words = f"“{claim.text}”" if claim.is_quoted else claim.text
        sheet.item(f"{words} {numbers_of(claim.passages)}")
        for line in lines_under(claim):
            sheet.paragraph(f"({line})", style="dim", indent=2)
        if show_quotes:
            for passage in claim.passages:
                _passage(sheet, passage)


def _passage(sheet: _Sheet, passage: PassageView) -> None:
    sheet.item(f"[{passage.source.number}] {words_of(passage)}", bullet="    | ", style="italic")
    sheet.item(account_of(passage), bullet="    | ", style="dim")


def _lane(sheet: _Sheet, lane: LaneView, *, show_quotes: bool) -> None:
    sheet.heading(lane.title)
    if lane.absent_reason:
        sheet.paragraph(lane.absent_reason)
    for section in lane.sections:
        sheet.subheading(section.heading)
        _claims(sheet, section.claims, show_quotes=show_quotes)


def _factors(sheet: _Sheet, groups: Sequence[FactorGroup]) -> None:
    if groups:
        sheet.heading("Factors")
    for group in groups:
        sheet.subheading(group.title)
        sheet.paragraph(group.meaning, style="dim")
        for factor in group.factors:
            direction = f", {factor.direction}" if factor.direction else ""
            sheet.item(f"{factor.name}{direction}: {factor.reason}")
            if factor.supporting:
                sheet.paragraph(f"for: {numbers_of(factor.supporting)}", indent=4)
            if factor.opposing:
                sheet.paragraph(f"against: {numbers_of(factor.opposing)}", indent=4)


def _figures(sheet: _Sheet, figures: Sequence[FigureView], *, show_all: bool) -> None:
    if figures:
        sheet.heading("Pictures")
    for figure in figures:
        sheet.subheading(figure.title)
        if figure.kind == "timeline":
            _timeline(sheet, figure)
        else:
            _plotted(sheet, figure, show_all=show_all)
        for note in figure.notes:
            sheet.paragraph(note, style="dim")
        for left in figure.left_out:
            sheet.paragraph(f"Not shown: {left}", style="dim")


def _plotted(sheet: _Sheet, figure: FigureView, *, show_all: bool) -> None:
    """Each value with its number and, below it, its line of marks."""
    pooled = [("", figure.pooled)] if figure.pooled else []
    for label, datum in (*data_of(figure), *pooled):
        named = ", ".join(part for part in (label, datum.label) if part)
        numbers = numbers_of(datum.passages)
        # a label begins with the number of its source
        again = "" if numbers == reference_mark(label) else numbers
        sheet.item(f"{named}: {value_of(figure, datum)} {again}".rstrip())
        if figure.kind == "icons":
            for line in icons_of(datum, sheet.room):
                sheet.drawn(line)
        else:
            sheet.drawn(track_of(figure, datum, min(sheet.room, _LONGEST_TRACK)))
        if show_all and datum.remark:
            sheet.paragraph(datum.remark, style="dim", indent=4)


def _timeline(sheet: _Sheet, figure: FigureView) -> None:
    """A line for each kind of source, its sources by year."""
    for series in figure.series:
        told = (
            " ".join(
                part
                for part in (value_of(figure, datum), numbers_of(datum.passages), datum.remark)
                if part
            )
            for datum in series.data
        )
        sheet.item(f"{series.label}: {'; '.join(told)}")


def _tables(sheet: _Sheet, tables: Sequence[TableView], *, show_all: bool) -> None:
    """Row by row, as a terminal is too narrow for the columns. Unless all is asked for, only the
    matrix of factors, whose cells are words; the others repeat figures at length."""
    if tables:
        sheet.heading("Tables")
    for table in tables:
        is_matrix = table.anchor == MATRIX
        rows = f"{len(table.rows)} rows"
        sheet.subheading(table.title if is_matrix or show_all else f"{table.title} ({rows})")
        if is_matrix:
            _matrix(sheet, table)
        elif show_all:
            _rows(sheet, table)
        else:
            sheet.paragraph("Shown with --quotes, and in the other formats.", style="dim")
            continue
        for note in table.notes:
            sheet.paragraph(note, style="dim")


def _matrix(sheet: _Sheet, table: TableView) -> None:
    """Each row with its cells of one wording together: "raises [2] [4]; no link [13]"."""
    for head, weighed, *cells in table.rows:
        said: dict[str, list[PassageView]] = {}
        for cell in cells:
            if cell.text:
                said.setdefault(cell.text, []).extend(cell.passages)
        told = "; ".join(f"{words} {numbers_of(found)}" for words, found in said.items())
        sheet.item(f"{head.text} ({weighed.text}): {told}")


def _rows(sheet: _Sheet, table: TableView) -> None:
    for head, *cells in table.rows:
        sheet.item(f"{head.text} {numbers_of(head.passages)}".rstrip())
        for column, cell in zip(table.columns[1:], cells, strict=True):
            if cell.text:
                told = f"{column}: {cell.text} {numbers_of(cell.passages)}"
                sheet.paragraph(told.rstrip(), indent=4)


def _conflicts(sheet: _Sheet, conflicts: Sequence[ConflictView]) -> None:
    if conflicts:
        sheet.heading("Where sources disagree")
    for conflict in conflicts:
        sheet.subheading(conflict.about)
        for side in conflict.sides:
            sheet.item(f"{side.position} {numbers_of(side.passages)}")
            for passage in side.passages:
                _passage(sheet, passage)
        if conflict.differs:
            sheet.paragraph(f"What differs between them: {conflict.differs}")


def _not_found(sheet: _Sheet, parts: Sequence[NotFoundView]) -> None:
    if parts:
        sheet.heading("What was not found")
    for part in parts:
        sheet.item(f"{part.reason}: {part.part}")
        sheet.paragraph(f"searched: {part.searched}", style="dim", indent=4)
        if part.nearest:
            sheet.paragraph("nearest passages:", style="dim", indent=4)
        for passage in part.nearest:
            _passage(sheet, passage)


def _withheld(sheet: _Sheet, withheld: Sequence[WithheldView]) -> None:
    if withheld:
        sheet.heading("Withheld")
        sheet.paragraph("Drafted, not shown: each failed a check.")
    for item in withheld:
        sheet.item(f"{item.claim_id} ({item.sources}): {'; '.join(item.reasons)}")


def _other_passages(sheet: _Sheet, view: PageView) -> None:
    """What only factors, figures and tables cite, so that every number leads to words."""
    shown = [c.passages for lane in view.lanes for s in lane.sections for c in s.claims]
    shown += [side.passages for conflict in view.conflicts for side in conflict.sides]
    shown += [part.nearest for part in view.not_found]
    shown.append(view.closest)
    told = {passage.anchor for passages in shown for passage in passages}
    others = [passage for passage in view.passages if passage.anchor not in told]
    if others:
        sheet.heading("Other passages")
    for passage in others:
        _passage(sheet, passage)


def _questions(sheet: _Sheet, view: PageView) -> None:
    if view.reading and view.reading.questions:
        sheet.heading("Questions to ask your doctor")
        for question in view.reading.questions:
            sheet.item(question)


def _words(sheet: _Sheet, view: PageView) -> None:
    if view.reading and view.reading.words:
        sheet.heading("Words explained")
        for line in lines_of(view.reading.words):
            sheet.item(line)


def _next(sheet: _Sheet, view: PageView) -> None:
    for title, questions in (("Ask next", view.next_questions), ("Related pages", view.related)):
        if questions:
            sheet.heading(title)
            sheet.paragraph(HOW_TO_ASK, style="dim")
        for question in questions:
            sheet.item(question)


def _references(sheet: _Sheet, references: Sequence[SourceView]) -> None:
    if references:
        sheet.heading("References")
    for source in references:
        sheet.item(f"{source.type}. {citation_of(source)}", bullet=f"[{source.number}] ")
        for link in source.links:
            sheet.paragraph(link.url, style="blue", indent=4)
        sheet.paragraph("; ".join((source.standing, *source.details)), style="dim", indent=4)
