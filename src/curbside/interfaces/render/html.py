"""The page as one HTML file: no script, no request, every number opens its passage."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    Template,
)
from markupsafe import Markup

from curbside.interfaces.render.figures import cells_of, data_table, portions_of, split_mark
from curbside.interfaces.render.phrases import (
    CLOSEST,
    WHAT_CLOSEST_IS,
    command_of,
    ended,
    with_references,
)
from curbside.interfaces.render.pictures import pictures_of
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import (
    FigureView,
    Link,
    Page,
    PageView,
    PassageView,
    TableView,
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as the template sets it: pictures under their captions, what is not in them by the
    number of its reference, and the same in a table."""

    pictures: tuple[tuple[str | None, Markup], ...]
    left_out: tuple[tuple[str, str], ...]
    table: TableView


def render_html(page: Page) -> str:
    """The page as a self-contained HTML document.

    Args:
        page: what `answer_to_json` returns. Its words are escaped everywhere; the style sheet is
            allowed by its hash and nothing else may load (Content-Security-Policy).
    """
    style = page_style()
    return _template().render(
        page_values(page),
        # Markup: our own file, and escaping it would break its selectors
        style=Markup(style),  # noqa: S704
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def page_values(page: Page) -> dict[str, object]:
    """What `page.html.jinja` shows of a page, by the names it uses; the style sheet aside."""
    view = read_page(page)
    return {
        "view": view,
        "contents": _contents(view),
        "cited_at": _cited_at(view),
        "disagreements": _disagreements(view),
        "drawings": {figure.anchor: _drawing(figure) for figure in view.figures},
    }


def environment_of(*more: BaseLoader) -> Environment:
    """How every page is drawn: words are escaped, and a name that is not known is an error.

    Args:
        more: where templates lie that build on `page.html.jinja`.
    """
    environment = Environment(
        loader=ChoiceLoader([*more, PackageLoader("curbside.interfaces.render", ".")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # a running server keeps the templates that it was started with
        auto_reload=False,
    )
    environment.globals |= {
        "CLOSEST": CLOSEST,
        "WHAT_CLOSEST_IS": WHAT_CLOSEST_IS,
        "command_of": command_of,
        "ended": ended,
        "with_references": with_references,
    }
    return environment


@cache
def _template() -> Template:
    return environment_of().get_template("page.html.jinja")


@cache
def page_style() -> str:
    """The style sheet of every page, that of its drawings included."""
    sheets = files("curbside.interfaces.render")
    return "".join(
        sheets.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "drawing.css")
    )


def _drawing(figure: FigureView) -> Drawing:
    # Markup: drawn by us, with every word of a source escaped where it is set
    return Drawing(
        pictures=tuple(
            (portion.caption, Markup("".join(pictures_of(portion.figure))))  # noqa: S704
            for portion in portions_of(figure)
        ),
        left_out=tuple(map(split_mark, figure.left_out)),
        table=data_table(figure),
    )


def _contents(view: PageView) -> tuple[Link, ...]:
    """The sections that this page has, in its order."""
    parts = (
        (view.abstained, "No answer here", "no-answer"),
        (view.closest, "Closest evidence", "closest"),
        (view.bottom_line, "Bottom line", "bottom-line"),
        (view.reading and view.reading.questions, "Questions to ask", "questions"),
        *((True, lane.title, lane.anchor) for lane in view.lanes),
        (view.factor_groups, "Factors", "factors"),
        (view.figures, "Pictures", "pictures"),
        (view.tables, "Tables", "tables"),
        (view.conflicts, "Where sources disagree", "conflicts"),
        (view.not_found, "What was not found", "not-found"),
        (view.withheld, "Withheld", "withheld"),
        (view.reading and view.reading.words, "Words explained", "words"),
        (view.next_questions, "Ask next", "next"),
        (view.related, "Related pages", "related"),
        (view.references, "References", "references"),
        (view.passages, "Passages", "passages"),
        (True, "About this page", "about"),
    )
    return tuple(Link(title, f"#{anchor}") for has, title, anchor in parts if has)


def _disagreements(view: PageView) -> dict[str, tuple[str, ...]]:
    """By the anchor of a claim, where sources disagree on what it says: how many stand on its
    side, its own among them, and how many on another."""
    told: dict[str, tuple[str, ...]] = {}
    claims = [claim for lane in view.lanes for section in lane.sections for claim in section.claims]
    conflicts = [
        (
            conflict.about,
            [{p.source.number for p in side.passages} for side in conflict.sides],
            [{p.evidence_id for p in side.passages} for side in conflict.sides],
        )
        for conflict in view.conflicts
    ]
    for claim in (*view.bottom_line, *claims):
        own = {passage.evidence_id for passage in claim.passages}
        lines = []
        for about, sides, ids in conflicts:
            # what stands on two sides of a question takes none of them
            mine = [place for place, side in enumerate(ids) if side & own]
            if len(mine) != 1:
                continue
            with_it = sides[mine[0]]
            against = set().union(*sides) - with_it
            if against:
                # of more than two positions none is the opposite of another
                verb = "disagree" if len(sides) == 2 else "differ"
                ending = "s" if len(against) == 1 else ""
                lines.append(f"{about}: {_counted(len(with_it))}, {len(against)} {verb}{ending}")
        if lines:
            told[claim.anchor] = tuple(lines)
    return told


def _counted(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"


def _cited_at(view: PageView) -> dict[str, tuple[Link, ...]]:
    """Where each passage is cited, by its anchor, so that a reader can go back."""
    found: dict[str, dict[Link, None]] = defaultdict(dict)
    for passages, link in _citing(view):
        for passage in passages:
            found[passage.anchor].setdefault(link)
    return {anchor: tuple(links) for anchor, links in found.items()}


def _citing(view: PageView) -> Iterator[tuple[tuple[PassageView, ...], Link]]:
    """Everything on the page that cites, in page order, with where it stands."""
    yield view.closest, Link("Closest evidence", "#closest")
    for claim in view.bottom_line:
        yield claim.passages, Link("Bottom line", f"#{claim.anchor}")
    for section in (section for lane in view.lanes for section in lane.sections):
        for claim in section.claims:
            yield claim.passages, Link(section.heading, f"#{claim.anchor}")
    for group in view.factor_groups:
        link = Link(f"Factors: {group.title}", f"#factors-{group.kind}")
        for factor in group.factors:
            yield (*factor.supporting, *factor.opposing), link
    for figure in view.figures:
        link = Link(figure.title, f"#{figure.anchor}")
        yield from ((cell.passages, link) for cell in cells_of(data_table(figure)))
    for table in view.tables:
        link = Link(table.title, f"#{table.anchor}")
        yield from ((cell.passages, link) for cell in cells_of(table))
    for side in (side for conflict in view.conflicts for side in conflict.sides):
        yield side.passages, Link("Where sources disagree", "#conflicts")
    for part in view.not_found:
        yield part.nearest, Link("What was not found", "#not-found")
