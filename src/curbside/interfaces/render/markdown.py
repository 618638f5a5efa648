"""The page as Markdown (CommonMark): numbers lead to passages, passages to references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from curbside.interfaces.render.figures import data_table
from curbside.interfaces.render.phrases import (
    CLOSEST,
    WHAT_CLOSEST_IS,
    account_of,
    citation_of,
    command_of,
    edition_of,
    lines_under,
    words_of,
)
from curbside.interfaces.render.reader import lines_of
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import (
    ClaimView,
    FigureView,
    Page,
    PageView,
    PassageView,
    SourceView,
    TableView,
)

# what may open a construct anywhere, and what may at the start of a line
_ANYWHERE: Final = re.compile(r"([\\`*_{}\[\]<>|~#&])")
_AT_START: Final = re.compile(r"^(?:([-+=])|(\d+)([.)]))")
_ADDRESS: Final = re.compile(r"(?i)(https?|ftp|mailto)(:)|(www)(\.)|(@)")


def render_markdown(page: Page) -> str:
    """The page as Markdown that ends in a newline.

    Args:
        page: what `answer_to_json` returns. Its words are escaped: a bracket, a tag or an address
            in a source stays text. In-page links use the anchors that common viewers make of
            headings.
    """
    view = read_page(page)
    blocks = [
        *_head(view),
        *_answer(view),
        *_parts(view),
        *_words(view),
        *_next("Ask next", view.next_questions),
        *_next("Related pages", view.related),
        *_passages(view.passages),
        *_references(view.references),
        "## About this page",
        escape(view.disclaimer),
        "\n".join(f"- {escape(name)}: {escape(value)}" for name, value in view.provenance),
    ]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly that text.

    >>> escape("1. see <b>[x](http://e.example)</b>")
    '1\\\\. see \\\\<b\\\\>\\\\[x\\\\](http\\\\://e.example)\\\\</b\\\\>'
    """
    escaped = _ANYWHERE.sub(r"\\\1", text)
    escaped = _ADDRESS.sub(_broken_address, escaped)
    return _AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escaped)


def _broken_address(match: re.Match[str]) -> str:
    # an address in running text would become a link that no one meant
    scheme, colon, www, dot, at = match.groups()
    return f"{scheme}\\{colon}" if scheme else f"{www}\\{dot}" if www else f"\\{at}"


def _head(view: PageView) -> list[str]:
    blocks = [f"# {escape(view.title)}"]
    if view.asked:
        blocks.append(f"You asked: {escape(view.asked)}")
    if view.readings:
        blocks.append(f"Understood: {escape('; '.join(view.readings))}")
    status = (
        f"**Status: {escape(view.state)}**{edition_of(view)}"
        f" · Evidence checked to {escape(view.checked_to_words)} · Curbside {escape(view.version)}"
    )
    blocks += [status, *map(escape, view.signatures)]
    if view.banner:
        blocks.append(f"> **Caution.** {escape(view.banner)}")
    if view.notice:
        blocks.append(f"> **Notice.** {escape(view.notice)}")
    if view.reading:
        blocks.append(f"{escape(view.reading.asked)}. {escape(view.reading.how)}")
        blocks += [escape(view.reading.grade)] if view.reading.grade else []
    return blocks


def _answer(view: PageView) -> list[str]:
    blocks = []
    if view.abstained:
        blocks += ["## No answer here", escape(view.abstained)]
    if view.closest:
        lines = (f"- **{escape(p.source.type)}**: {_told(p)}" for p in view.closest)
        blocks += [f"## {CLOSEST}", WHAT_CLOSEST_IS, "\n".join(lines)]
    if view.bottom_line:
        blocks += ["## Bottom line", _claims(view.bottom_line)]
    if view.reading and view.reading.questions:
        asked = "\n".join(f"- {escape(question)}" for question in view.reading.questions)
        blocks += ["## Questions to ask your doctor", asked]
    for lane in view.lanes:
        blocks.append(f"## {escape(lane.title)}")
        if lane.absent_reason:
            blocks.append(escape(lane.absent_reason))
        for section in lane.sections:
            blocks += [f"### {escape(section.heading)}", _claims(section.claims)]
    return blocks


def _claims(claims: Iterable[ClaimView]) -> str:
    items = []
    for claim in claims:
        words = escape(f"“{claim.text}”" if claim.is_quoted else claim.text)
        note = "".join(f"  \n  *{escape(line)}*" for line in lines_under(claim))
        items.append(f"- {words} {_numbers(claim.passages)}{note}")
    return "\n".join(items)


def _numbers(passages: Sequence[PassageView]) -> str:
    return " ".join(f"[\\[{p.source.number}\\]](#{p.anchor})" for p in passages)


def _parts(view: PageView) -> list[str]:
    """What stands below the lanes. Markdown has no folds: what would be behind one comes last."""
    parts = {
        "factors": _factors(view),
        "figures": _figures(view.figures),
        "tables": _tables(view.tables),
        "conflicts": _conflicts(view),
        "not_found": _not_found(view),
        "withheld": _withheld(view),
    }
    order = sorted(parts, key=lambda name: name in view.folded)
    return [block for name in order for block in parts[name]]


def _words(view: PageView) -> list[str]:
    if not (view.reading and view.reading.words):
        return []
    lines = "\n".join(f"- {escape(line)}" for line in lines_of(view.reading.words))
    return ["## Words explained", lines]


def _factors(view: PageView) -> list[str]:
    blocks = ["## Factors"] if view.factor_groups else []
    for group in view.factor_groups:
        items = []
        for factor in group.factors:
            direction = f", {escape(factor.direction)}" if factor.direction else ""
            lines = [f"- **{escape(factor.name)}**{direction}: {escape(factor.reason)}"]
            lines += [f"  - for: {_numbers(factor.supporting)}"] if factor.supporting else []
            lines += [f"  - against: {_numbers(factor.opposing)}"] if factor.opposing else []
            items.append("\n".join(lines))
        blocks += [f"### {escape(group.title)}", escape(group.meaning), "\n".join(items)]
    return blocks


def _conflicts(view: PageView) -> list[str]:
    blocks = ["## Where sources disagree"] if view.conflicts else []
    for conflict in view.conflicts:
        lines = []
        for side in conflict.sides:
            lines.append(f"- **{escape(side.position)}**")
            lines += [f"  - {_told(passage)}" for passage in side.passages]
        blocks += [f"### {escape(conflict.about)}", "\n".join(lines)]
        if conflict.differs:
            blocks.append(f"What differs between them: {escape(conflict.differs)}")
    return blocks


def _tables(tables: Sequence[TableView]) -> list[str]:
    blocks = ["## Tables"] if tables else []
    for table in tables:
        blocks += [f"### {escape(table.title)}", _grid(table), *map(escape, table.notes)]
    return blocks


def _figures(figures: Sequence[FigureView]) -> list[str]:
    """Each figure as the table of its data."""
    blocks = ["## Pictures, as tables"] if figures else []
    for figure in figures:
        blocks += [f"### {escape(figure.title)}", _grid(data_table(figure))]
        blocks += map(escape, figure.notes)
        if figure.left_out:
            left = "\n".join(f"- {escape(item)}" for item in figure.left_out)
            blocks += ["Not shown:", left]
    return blocks


def _grid(table: TableView) -> str:
    lines = [_row(map(escape, table.columns)), _row("---" for _ in table.columns)]
    lines += [
        _row(f"{escape(cell.text)} {_numbers(cell.passages)}".strip() for cell in row)
        for row in table.rows
    ]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(passage: PassageView) -> str:
    told = [passage.source.short]
    told += ["our summary"] if passage.source.is_digest else []
    told += [f"{name.lower()}: {value}" for name, value in passage.facts]
    tail = f" ({escape('; '.join(told))})"
    return f"{escape(words_of(passage))} {_numbers([passage])}{tail}"


def _not_found(view: PageView) -> list[str]:
    blocks = ["## What was not found"] if view.not_found else []
    for part in view.not_found:
        lines = [
            f"- **{escape(part.reason)}**: {escape(part.part)}",
            f"  - searched: {escape(part.searched)}",
        ]
        lines += [f"  - nearest: {_told(passage)}" for passage in part.nearest]
        blocks.append("\n".join(lines))
    return blocks


def _withheld(view: PageView) -> list[str]:
    if not view.withheld:
        return []
    lines = (
        f"- {escape(item.claim_id)} ({escape(item.sources)}): {escape('; '.join(item.reasons))}"
        for item in view.withheld
    )
    return ["## Withheld", "Drafted, not shown: each failed a check.", "\n".join(lines)]


def _next(title: str, questions: Sequence[str]) -> list[str]:
    if not questions:
        return []
    items = (f"- {escape(each)}  \n  {_code(command_of(each))}" for each in questions)
    return [f"## {title}", "\n".join(items)]


def _code(text: str) -> str:
    """`text` as code, between more backticks than it holds itself."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def _passages(passages: Sequence[PassageView]) -> list[str]:
    blocks = ["## Passages"] if passages else []
    for passage in passages:
        number = passage.anchor.removeprefix("passage-")
        blocks += [
            f"### Passage {number}",
            f"> {escape(words_of(passage))}",
            f"\\[{passage.source.number}\\] {escape(account_of(passage))}",
        ]
    return blocks


def _references(references: Sequence[SourceView]) -> list[str]:
    items = []
    for source in references:
        links = " · ".join(f"[{escape(link.text)}](<{link.url}>)" for link in source.links)
        details = "; ".join((source.standing, *source.details))
        items.append(
            f"- \\[{source.number}\\] **{escape(source.type)}.** {escape(citation_of(source))}"
            + (f" {links}" if links else "")
            + f"  \n  *{escape(details)}*"
        )
    return ["## References", "\n".join(items)] if items else []
