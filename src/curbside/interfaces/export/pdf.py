"""The page as PDF, for paper and for the file: tagged, with live links and its own fonts."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from curbside.errors import InputError
from curbside.interfaces.export.forms import Style
from curbside.interfaces.export.outline import Outline, outline_of
from curbside.interfaces.render.view import Page

if TYPE_CHECKING:
    from curbside.codec.records import Json


def pdf(page: Page, style: Style) -> bytes:
    """The page as PDF/UA-1 (accessible: tagged, titled), A4, with references in `style`.

    Raises:
        InputError: the typesetter, which is an extra for its size, is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise InputError(
            "PDF needs the package that sets it; expected it installed:"
            ' pip install "curbside[pdf]" (30 MB), or choose html and print that'
        ) from error

    outline = outline_of(page, style)
    sheet = files("curbside.interfaces.export").joinpath("page.typ").read_bytes()
    made = datetime.fromisoformat(outline.made_at)
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    drawn = typst.Compiler(sheet, sys_inputs={"outline": json.dumps(_data(outline))}).compile(
        format="pdf",
        pdf_standards="ua-1",
        # part of the file's properties: the time of the answer, not of the printing
        timestamp=made.astimezone(UTC),
    )
    # one file, as PDF is one file whatever its pages
    assert isinstance(drawn, bytes)  # noqa: S101
    return drawn


def _data(outline: Outline) -> Json:
    """The outline for the sheet, which tells blocks apart by `kind`."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in outline.blocks]
    return {**asdict(outline), "blocks": blocks}
