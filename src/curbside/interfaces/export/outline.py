"""The page as headings, paragraphs, lists and tables: what a document holds, whoever draws it.

On paper nothing can be clicked, so a citation names both ends: "[3]" its reference, "P12" the
passage that is quoted at the end. Both are links where the form has links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from math import sqrt
from typing import Final, TypeAlias

from curbside.interfaces.export.citations import cite
from curbside.interfaces.export.forms import Style
from curbside.interfaces.export.works import Group, Work, works_of
from curbside.interfaces.render.figures import data_table, portions_of, summary_of
from curbside.interfaces.render.phrases import (
    CLOSEST,
    HOW_TO_ASK,
    MATRIX,
    WHAT_CLOSEST_IS,
    account_of,
    edition_of,
    lines_under,
    words_of,
)
from curbside.interfaces.render.pictures import paper_picture_of
from curbside.interfaces.render.reader import lines_of
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import (
    CellView,
    ClaimView,
    FactorView,
    FigureView,
    Page,
    PageView,
    PassageView,
    SourceView,
    TableView,
)

_MOST_COLUMNS: Final = 9
_NARROWEST_COLUMN: Final = 11


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one face."""

    text: str
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True)
class Jump:
    """A link to an anchor of the same document; `is_raised` sets it small and high."""

    text: str
    anchor: str
    is_raised: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A link to a web address."""

    text: str
    url: str


Part: TypeAlias = Words | Jump | Address
Line: TypeAlias = tuple[Part, ...]


class Role(StrEnum):
    """What a paragraph is to a reader."""

    BODY = "body"
    CAUTION = "caution"
    NOTE = "note"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is a part of the page; the title stands apart from the blocks."""

    text: str
    level: int
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    line: Line
    role: Role = Role.BODY


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each item is its own line and, below it, what is said of it."""

    items: tuple[tuple[Paragraph, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first cell of each row heads it. `widths` are shares of the line, and make 1."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as an SVG file, and in words for those who do not see it. The table after it holds
    the same, for forms that hold no drawings."""

    svg: str
    words: str
    caption: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference, in a list numbered as on the page."""

    number: int
    anchor: str
    paragraphs: tuple[Paragraph, ...]


Block: TypeAlias = Heading | Paragraph | Bullets | Grid | Picture | Entry


@dataclass(frozen=True, slots=True)
class Outline:
    """A document. `made_at` is an ISO 8601 time; `disclaimer` belongs on every copy."""

    title: str
    made_at: str
    state: str
    checked_to: str
    disclaimer: str
    blocks: tuple[Block, ...]


def outline_of(page: Page, style: Style) -> Outline:
    """The whole page, in its order, with the references in `style` and the passages at the end."""
    view = read_page(page)
    blocks = (
        *_head(view),
        *_answer(view),
        *_parts(view),
        *_words_explained(view),
        *_next("Ask next", view.next_questions),
        *_next("Related pages", view.related),
        *_references(view, works_of(page), style),
        *_passages(view.passages),
        Heading("About this page", 1),
        _plain(view.disclaimer),
        _facts(view.provenance),
    )
    return Outline(
        title=view.title,
        made_at=dict(view.provenance)["Made"],
        state=view.state,
        checked_to=view.checked_to_words,
        disclaimer=view.disclaimer,
        blocks=blocks,
    )


def _plain(text: str, role: Role = Role.BODY) -> Paragraph:
    return Paragraph((Words(text),), role)


def _labelled(label: str, text: str, role: Role = Role.BODY) -> Paragraph:
    return Paragraph((Words(f"{label} ", is_bold=True), Words(text)), role)


def _facts(facts: Iterable[tuple[str, str]]) -> Bullets:
    return Bullets(tuple((_labelled(f"{name}:", value),) for name, value in facts))


def _head(view: PageView) -> Iterator[Block]:
    if view.asked:
        yield _labelled("You asked:", view.asked, Role.NOTE)
    if view.readings:
        yield _labelled("Understood:", "; ".join(view.readings), Role.NOTE)
    yield Paragraph(
        (
            Words("Status: ", is_bold=True),
            Words(f"{view.state}{edition_of(view)} · "),
            Words("Evidence checked to ", is_bold=True),
            Words(f"{view.checked_to_words} · Curbside {view.version}"),
        )
    )
    yield from (_plain(signature) for signature in view.signatures)
    if view.banner:
        yield _labelled("Caution.", view.banner, Role.CAUTION)
    if view.notice:
        yield _labelled("Notice.", view.notice, Role.CAUTION)
    if view.reading:
        yield _plain(f"{view.reading.asked}. {view.reading.how}", Role.NOTE)
        if view.reading.grade:
            yield _plain(view.reading.grade, Role.NOTE)


def _answer(view: PageView) -> Iterator[Block]:
    if view.abstained:
        yield Heading("No answer here", 1)
        yield _plain(view.abstained)
    if view.closest:
        yield Heading(CLOSEST, 1)
        yield _plain(WHAT_CLOSEST_IS)
        yield Bullets(tuple(_close(passage) for passage in view.closest))
    if view.bottom_line:
        yield Heading("Bottom line", 1)
        yield _claims(view.bottom_line)
    if view.reading and view.reading.questions:
        yield Heading("Questions to ask your doctor", 1)
        yield Bullets(tuple((_plain(question),) for question in view.reading.questions))
    for lane in view.lanes:
        yield Heading(lane.title, 1)
        if lane.absent_reason:
            yield _plain(lane.absent_reason)
        for section in lane.sections:
            yield Heading(section.heading, 2)
            yield _claims(section.claims)


def _claims(claims: Sequence[ClaimView]) -> Bullets:
    return Bullets(tuple(_claim(claim) for claim in claims))


def _claim(claim: ClaimView) -> tuple[Paragraph, ...]:
    words = f"“{claim.text}”" if claim.is_quoted else claim.text
    said = Paragraph((Words(words), *_numbers(claim.passages)))
    return (said, *(_plain(line, Role.NOTE) for line in lines_under(claim)))


def _close(passage: PassageView) -> tuple[Paragraph, ...]:
    label = Words(f"{passage.source.type}: ", is_bold=True)
    said = Paragraph((label, Words(words_of(passage)), *_numbers([passage])))
    return said, _plain(account_of(passage), Role.NOTE)


def _numbers(passages: Sequence[PassageView]) -> Iterator[Part]:
    """ " [3]" to the reference, then "P12" to each passage of it."""
    for number, same in groupby(passages, key=lambda passage: passage.source.number):
        yield Words(" ")
        yield Jump(f"[{number}]", f"reference-{number}")
        for position, passage in enumerate(same):
            yield Words(" " if position else "\u2060")
            yield Jump(_name(passage), passage.anchor, is_raised=True)


def _name(passage: PassageView) -> str:
    return f"P{passage.anchor.removeprefix('passage-')}"


def _parts(view: PageView) -> Iterator[Block]:
    """What stands below the lanes; paper has no folds, so what would be behind one comes last."""
    parts = {
        "factors": _factors(view),
        "figures": _figures(view.figures),
        "tables": _tables(view.tables),
        "conflicts": _conflicts(view),
        "not_found": _not_found(view),
        "withheld": _withheld(view),
    }
    for name in sorted(parts, key=lambda name: name in view.folded):
        yield from parts[name]


def _words_explained(view: PageView) -> Iterator[Block]:
    if view.reading and view.reading.words:
        yield Heading("Words explained", 1)
        yield Bullets(tuple((_plain(line),) for line in lines_of(view.reading.words)))


def _factors(view: PageView) -> Iterator[Block]:
    if view.factor_groups:
        yield Heading("Factors", 1)
    for group in view.factor_groups:
        yield Heading(group.title, 2)
        yield _plain(group.meaning, Role.NOTE)
        yield Bullets(tuple(_factor(factor) for factor in group.factors))


def _factor(factor: FactorView) -> tuple[Paragraph, ...]:
    direction = f", {factor.direction}" if factor.direction else ""
    said = (Words(factor.name, is_bold=True), Words(f"{direction}: {factor.reason}"))
    sides = (("For:", factor.supporting), ("Against:", factor.opposing))
    return (
        Paragraph(said),
        *(
            Paragraph((Words(label), *_numbers(passages)), Role.NOTE)
            for label, passages in sides
            if passages
        ),
    )


def _figures(figures: Sequence[FigureView]) -> Iterator[Block]:
    if figures:
        yield Heading("Pictures", 1)
    for figure in figures:
        yield Heading(figure.title, 2)
        for portion in portions_of(figure):
            drawn = portion.figure
            yield Picture(paper_picture_of(drawn), summary_of(drawn), portion.caption)
        yield from (_plain(note, Role.NOTE) for note in figure.notes)
        if figure.left_out:
            yield _plain("Not in the picture:", Role.NOTE)
            yield Bullets(tuple((_plain(item, Role.NOTE),) for item in figure.left_out))
        yield _grid(data_table(figure))


def _grid(table: TableView) -> Grid:
    rows = tuple(tuple(_cell(cell) for cell in row) for row in table.rows)
    return Grid(table.title, table.columns, _widths(table.columns, rows), rows)


def _tables(tables: Sequence[TableView]) -> Iterator[Block]:
    if tables:
        yield Heading("Tables", 1)
    for table in tables:
        yield Heading(table.title, 2)
        # more than this no sheet of paper holds side by side
        if len(table.columns) > _MOST_COLUMNS:
            columns, rows = _gathered(table)
        else:
            columns = table.columns
            rows = tuple(tuple(_cell(cell) for cell in row) for row in table.rows)
        yield Grid(table.title, columns, _widths(columns, rows), rows)
        yield from (_plain(note, Role.NOTE) for note in table.notes)


def _cell(cell: CellView) -> Line:
    return (Words(cell.text), *_numbers(cell.passages)) if cell.text else ()


def _gathered(table: TableView) -> tuple[tuple[str, ...], tuple[tuple[Line, ...], ...]]:
    """A wide table with all that its rows hold in one column; cells of one wording together.

    The columns of the matrix of factors are sources, whom the numbers name already.
    """
    is_matrix = table.anchor == MATRIX
    kept = 2 if is_matrix else 1
    rows = []
    for row in table.rows:
        said: dict[str, list[PassageView]] = {}
        for column, cell in zip(table.columns[kept:], row[kept:], strict=True):
            if cell.text:
                words = cell.text if is_matrix else f"{column}: {cell.text}"
                said.setdefault(words, []).extend(cell.passages)
        gathered: list[Part] = []
        for words, passages in said.items():
            gathered += [Words("; " if gathered else ""), Words(words), *_numbers(passages)]
        rows.append((*map(_cell, row[:kept]), tuple(gathered)))
    last = "What the sources say" if is_matrix else "What it says"
    return (*table.columns[:kept], last), tuple(rows)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Line]]) -> tuple[float, ...]:
    """Room by what a column holds: for its longest word, and for more as its text grows.

    Text fills an area, so its width grows with the root of its length.
    """
    rooms = []
    for column, *lines in zip(columns, *rows, strict=True):
        texts = [str(column), *("".join(part.text for part in line) for line in lines)]
        longest_word = max((len(word) for text in texts for word in text.split()), default=0)
        lengths = [len(text) for text in texts if text]
        mean_length = sum(lengths) / max(len(lengths), 1)
        rooms.append(max(longest_word, _NARROWEST_COLUMN, 4 * sqrt(mean_length)))
    return tuple(room / sum(rooms) for room in rooms)


def _conflicts(view: PageView) -> Iterator[Block]:
    if view.conflicts:
        yield Heading("Where sources disagree", 1)
    for conflict in view.conflicts:
        yield Heading(conflict.about, 2)
        yield Bullets(
            tuple(
                (
                    Paragraph((Words(side.position, is_bold=True),)),
                    *(_told(passage) for passage in side.passages),
                )
                for side in conflict.sides
            )
        )
        if conflict.differs:
            yield _plain(f"What differs between them: {conflict.differs}", Role.NOTE)


def _told(passage: PassageView, label: str = "") -> Paragraph:
    told = [passage.source.short]
    told += ["our summary"] if passage.source.is_digest else []
    told += [f"{name.lower()}: {value}" for name, value in passage.facts]
    words = f"{label}{words_of(passage)} ({'; '.join(told)})"
    return Paragraph((Words(words), *_numbers([passage])), Role.NOTE)


def _not_found(view: PageView) -> Iterator[Block]:
    if view.not_found:
        yield Heading("What was not found", 1)
        yield Bullets(
            tuple(
                (
                    _labelled(f"{part.reason}:", part.part),
                    _plain(f"Searched: {part.searched}", Role.NOTE),
                    *(_told(passage, "Nearest: ") for passage in part.nearest),
                )
                for part in view.not_found
            )
        )


def _withheld(view: PageView) -> Iterator[Block]:
    if view.withheld:
        yield Heading("Withheld", 1)
        yield _plain("Drafted, not shown: each failed a check.", Role.NOTE)
        yield Bullets(
            tuple(
                (_plain(f"{item.claim_id} ({item.sources}): {'; '.join(item.reasons)}"),)
                for item in view.withheld
            )
        )


def _next(title: str, questions: Sequence[str]) -> Iterator[Block]:
    if questions:
        yield Heading(title, 1)
        yield _plain(HOW_TO_ASK, Role.NOTE)
        yield Bullets(tuple((_plain(question),) for question in questions))


def _references(view: PageView, works: tuple[Work, ...], style: Style) -> Iterator[Block]:
    if view.references:
        yield Heading("References", 1)
    cited = cite(works, style)
    for source, work, runs in zip(view.references, works, cited, strict=True):
        words = (Words(run.text, run.is_bold, run.is_italic) for run in runs)
        yield Entry(
            source.number,
            f"reference-{source.number}",
            (
                Paragraph((Words(f"{source.type}. ", is_bold=True), *words)),
                Paragraph(tuple(_known(source, work)), Role.NOTE),
                *_passages_of(work),
            ),
        )


def _known(source: SourceView, work: Work) -> Iterator[Part]:
    """Addresses and what must be known of a source, between middle dots."""
    for link in source.links:
        yield Address(link.text, link.url)
        yield Words(" · ")
    if work.organisation and Group(work.organisation) not in work.authors:
        yield Words(f"Issued by {work.organisation} · ")
    yield Words("; ".join(work.remarks))


def _passages_of(work: Work) -> Iterator[Paragraph]:
    if work.passages:
        jumps = (
            part
            for passage in work.passages
            for part in (Words(" "), Jump(_name(passage), passage.anchor))
        )
        yield Paragraph((Words("Passages:"), *jumps), Role.NOTE)


def _passages(passages: Sequence[PassageView]) -> Iterator[Block]:
    if passages:
        yield Heading("Passages", 1)
        yield _plain(
            "What each citation rests on. A source’s own words stand in quotation marks; a summary"
            " is ours and says so.",
            Role.NOTE,
        )
    for passage in passages:
        source = passage.source
        yield Heading(f"{_name(passage)}. {source.short}", 2, passage.anchor)
        yield _plain(words_of(passage), Role.QUOTE)
        yield Paragraph(
            (
                Jump(f"[{source.number}]", f"reference-{source.number}"),
                Words(f" {account_of(passage)}"),
            ),
            Role.NOTE,
        )
