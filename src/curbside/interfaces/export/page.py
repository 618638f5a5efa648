"""One page in, one file out: every form is drawn from the published answer alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from curbside.interfaces.export.forms import ExportForm, Style

if TYPE_CHECKING:
    from curbside.interfaces.render.views import Page

WIDTH: Final = 88
"""Columns of plain text in a file, where no terminal says how wide it is."""


def export_page(page: Page, form: ExportForm, *, style: Style = Style.NLM) -> bytes:
    """The page as a file of one form; the same page gives the same bytes.

    Args:
        page: what `answer_to_json` returns, or the same read from a file.
        form: what to make. Text forms are UTF-8 and end in a newline, but for a list of
            references of a page that has none, which is empty (RIS, NBIB, BibTeX).
        style: how `pdf` and `docx` write references; the other forms have their own way.

    Raises:
        InputError: `pdf`, where the package that sets it is not installed.
    """
    if form is ExportForm.PDF:
        from curbside.interfaces.export.pdf import pdf

        return pdf(page, style)
    if form is ExportForm.DOCX:
        from curbside.interfaces.export.docx import docx

        return docx(page, style)
    return _text(page, form).encode()


def _text(page: Page, form: ExportForm) -> str:
    # each is loaded where it is asked for, so that a terminal needs no HTML
    if form is ExportForm.JSON:
        return json.dumps(page, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    if form is ExportForm.TEXT:
        from curbside.interfaces.render.text import render_text

        # a copy opens nothing, so the passages go with it
        return render_text(page, width=WIDTH, show_quotes=True)
    if form is ExportForm.MARKDOWN:
        from curbside.interfaces.render.markdown import render_markdown

        return render_markdown(page)
    if form is ExportForm.HTML:
        from curbside.interfaces.render.html import render_html

        return render_html(page)

    from curbside.interfaces.export.bibtex import bibtex
    from curbside.interfaces.export.csl import csl_json
    from curbside.interfaces.export.nbib import nbib
    from curbside.interfaces.export.ris import ris
    from curbside.interfaces.export.works import works_of

    lists = {
        ExportForm.RIS: ris,
        ExportForm.NBIB: nbib,
        ExportForm.BIBTEX: bibtex,
        ExportForm.CSL_JSON: csl_json,
    }
    return lists[form](works_of(page))
