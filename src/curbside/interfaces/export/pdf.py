"""The page as PDF, for paper and for the file: tagged, with live links and its own fonts."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from curbside.errors import InputError
from curbside.interfaces.export.forms import Style
from curbside.interfaces.export.outline import Outline, outline_of
from curbside.interfaces.render.views import Page

if TYPE_CHECKING:
    from curbside.codec.records import Json


_NO_FONT: Final = "could not be displayed with font"


def pdf(page: Page, style: Style) -> bytes:
    """The page as PDF/UA-1 (accessible: tagged, titled), A4, with references in `style`.

    Letters that no font of this computer holds (the sheet brings Latin, Greek, Cyrillic and
    mathematical signs) show as boxes; the page then says so, and is tagged but not PDF/UA.

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
    made = datetime.fromisoformat(outline.made_at)
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    sheet = files("curbside.interfaces.export").joinpath("page.typ").read_bytes()

    def drawn(standards: list[typst.PDFStandard], *, lacks_letters: bool) -> bytes:
        data = {**_data(outline), "lacks_letters": lacks_letters}
        content = typst.Compiler(sheet, sys_inputs={"outline": json.dumps(data)}).compile(
            format="pdf",
            pdf_standards=standards,
            # part of the file's properties: the time of the answer, not of the printing
            timestamp=made.astimezone(UTC),
        )
        # one file, whatever its pages
        assert isinstance(content, bytes)  # noqa: S101
        return content

    try:
        return drawn(["ua-1"], lacks_letters=False)
    except typst.TypstError as error:
        if _NO_FONT not in str(error):
            raise
        # no reason to refuse the page, but the standard is not met and the reader is told
        return drawn([], lacks_letters=True)


def _data(outline: Outline) -> dict[str, Json]:
    """The outline for the sheet, which tells blocks apart by `kind`."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in outline.blocks]
    return {**asdict(outline), "blocks": blocks}
