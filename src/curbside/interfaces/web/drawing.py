"""Draws the pages of the site from its templates."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader
from starlette.responses import HTMLResponse

from curbside import __version__
from curbside.interfaces.render.html import environment_of, page_style
from curbside.interfaces.render.sources import date_of
from curbside.interfaces.render.view import clean

_FORM_NAMES: Final = {
    "txt": "Plain text",
    "md": "Markdown",
    "json": "Data (JSON)",
    "pdf": "PDF",
    "docx": "Word",
    "ris": "References (RIS)",
    "nbib": "References (NBIB)",
    "bib": "References (BibTeX)",
}
FEEDBACK_KINDS: Final = {
    "wrong": "It is wrong",
    "outdated": "It is outdated",
    "unsupported": "The passage does not say it",
    "unclear": "It is unclear",
}
"""What a reader may say of a page."""
_POLICY_LINKS: Final = (
    ("Editorial policy", "/policies/editorial-policy"),
    ("How answers are made", "/policies/how-answers-are-made"),
    ("Conflicts of interest", "/policies/conflicts-of-interest"),
    ("Corrections", "/policies/corrections"),
    ("Privacy", "/policies/privacy"),
    ("Accessibility", "/policies/accessibility"),
    ("Evaluation", "/policies/evaluation-card"),
)
_TIME: Final = re.compile(r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:Z|\+00:00)")
_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """The files that pages load, by name, with their media types."""
    found = {"page.css": (page_style().encode(), _TYPES["css"])}
    for file in files("curbside.interfaces.web").joinpath("static").iterdir():
        found[file.name] = (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]])
    return found


def static_url(name: str) -> str:
    """Where a file is loaded from, with a hash of what it holds: it may be kept for ever."""
    content, _ = static_files()[name]
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


def ask_url(question: str) -> str:
    """The address that asks a question."""
    return f"/ask?q={quote(question, safe='')}"


def document_url(doc_id: str) -> str:
    """Where a document of the library is read."""
    return f"/library/document/{quote(doc_id, safe=':/')}"


def draw(template: str, **values: object) -> str:
    """A page. Every word among the values is escaped."""
    return _environment().get_template(template).render(**values)


def page_response(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page that is made for one reader and not kept."""
    return HTMLResponse(
        draw(template, **values), status_code=status, headers={"Cache-Control": "no-store"}
    )


def moment(text: str) -> str:
    """ "31 January 2026, 12:00 UTC" for each time in a text that is written as records keep it.

    >>> moment("Ann signed version 1 at 2026-01-31T12:00:59Z")
    'Ann signed version 1 at 31 January 2026, 12:00 UTC'
    """
    return _TIME.sub(lambda found: f"{date_of(found[1])}, {found[2]} UTC", text)


def sentence(text: str) -> str:
    """A reason as it is told by itself.

    >>> sentence("say why"), sentence("Is it so?")
    ('Say why.', 'Is it so?')
    """
    end = "" if text.endswith((".", "?", "!", ":")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


@cache
def _environment() -> Environment:
    environment = environment_of(PackageLoader("curbside.interfaces.web", "templates"))
    environment.filters |= {"clean": clean, "date": date_of, "moment": moment, "sentence": sentence}
    environment.globals.update(
        ask_url=ask_url,
        document_url=document_url,
        feedback_kinds=FEEDBACK_KINDS,
        form_names=_FORM_NAMES,
        back="",
        here="",
        policy_links=_POLICY_LINKS,
        site_version=__version__,
        static_url=static_url,
    )
    return environment
