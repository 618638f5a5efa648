"""The page as a fragment of HTML, for a notebook: no script, no request, no id, no style that
reaches what stands around it. A number opens its passages below the sentence."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Template
from markupsafe import Markup

from curbside.interfaces.render.html import environment_of
from curbside.interfaces.render.phrases import (
    account_of,
    citation_of,
    edition_of,
    lines_under,
    numbers_of,
    words_of,
)
from curbside.interfaces.render.reader import lines_of
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import Page


def render_fragment(page: Page) -> str:
    """The page as one `<div>` with its own style sheet, whose every rule is bound to its class.

    Args:
        page: what `answer_to_json` returns. Its words are escaped everywhere. Tables and pictures
            are left to the whole page, and the fragment says so.
    """
    # Markup: our own file, and escaping it would break its selectors
    return _template().render(view=read_page(page), style=Markup(_style()))  # noqa: S704


@cache
def _template() -> Template:
    environment = environment_of()
    environment.globals |= {
        "account_of": account_of,
        "citation_of": citation_of,
        "edition_of": edition_of,
        "lines_of": lines_of,
        "lines_under": lines_under,
        "numbers_of": numbers_of,
        "words_of": words_of,
    }
    return environment.get_template("fragment.html.jinja")


@cache
def _style() -> str:
    return files("curbside.interfaces.render").joinpath("fragment.css").read_text(encoding="utf-8")
