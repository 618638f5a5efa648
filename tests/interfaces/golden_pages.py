"""The golden pages: every form of the builders' answers. Run this file to write them anew, and
read the difference before it is committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders import an_abstention, an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render import render_html, render_markdown, render_text

FOLDER = Path(__file__).parent / "golden"
PAGES = {
    "page": answer_to_json(an_answer()),
    "abstained": answer_to_json(an_abstention()),
}
FORMS: dict[str, Callable[[Any], str]] = {
    "txt": render_text,
    "quotes.txt": lambda page: render_text(page, width=72, show_quotes=True),
    "md": render_markdown,
    "html": render_html,
    "json": lambda page: json.dumps(page, ensure_ascii=False, indent=2) + "\n",
}


def write() -> None:
    """Write every golden file from what the code draws now."""
    for name, page in PAGES.items():
        for suffix, render in FORMS.items():
            (FOLDER / f"{name}.{suffix}").write_text(render(page), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
