"""The golden pages: every form of the builders' answers. Run this file to write them anew, and
read the difference before it is committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from awkward_references import AWKWARD

from builders import an_abstention, an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.export import ExportForm, Style, export_page
from curbside.interfaces.export.citations import cite, plain
from curbside.interfaces.export.works import works_of
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import render_markdown
from curbside.interfaces.render.text import render_text

FOLDER = Path(__file__).parent / "golden"
PAGES = {
    "page": answer_to_json(
        an_answer(
            next_questions=("What is the dose of allopurinol (Zyloprim) in gout?",),
            related=("How is a `tophus` of gout's told apart?",),
        )
    ),
    "abstained": answer_to_json(an_abstention()),
    "references": AWKWARD,
}


def _listed(page: Any, style: Style) -> str:
    works = works_of(page)
    lines = zip(works, cite(works, style), strict=True)
    return "".join(f"[{work.number}] {plain(runs)}\n" for work, runs in lines)


_LISTS = (ExportForm.RIS, ExportForm.NBIB, ExportForm.BIBTEX, ExportForm.CSL_JSON)
REFERENCES: dict[str, Callable[[Any], str]] = {
    **{form.value: lambda page, form=form: export_page(page, form).decode() for form in _LISTS},
    **{f"{style}.txt": lambda page, style=style: _listed(page, style) for style in Style},
}
FORMS: dict[str, Callable[[Any], str]] = {
    "txt": render_text,
    "quotes.txt": lambda page: render_text(page, width=72, show_quotes=True),
    "md": render_markdown,
    "html": render_html,
    "json": lambda page: json.dumps(page, ensure_ascii=False, indent=2) + "\n",
}
GOLDEN = {
    **{(name, suffix): form for name in ("page", "abstained") for suffix, form in FORMS.items()},
    **{(name, suffix): form for name in PAGES for suffix, form in REFERENCES.items()},
}


def write() -> None:
    """Write every golden file from what the code draws now."""
    for (name, suffix), draw in GOLDEN.items():
        text = draw(PAGES[name])
        (FOLDER / f"{name}.{suffix}").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
