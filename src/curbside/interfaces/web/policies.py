"""The policies: Markdown files of this package, each with its version and date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.errors import DataError
from curbside.interfaces.web.drawing import page_response

_ORDER: Final = (
    *("editorial-policy", "how-answers-are-made", "conflicts-of-interest", "corrections"),
    *("privacy", "accessibility", "evaluation-card"),
)
_KEYS: Final = frozenset({"title", "version", "date"})


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as it stands; `body` is its HTML."""

    name: str
    title: str
    version: str
    date: str
    body: Markup

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"/policies/{self.name}"


async def policy(request: Request) -> Response:
    """One policy."""
    found = next((p for p in policies() if p.name == request.path_params["name"]), None)
    if found is None:
        raise HTTPException(404)
    return page_response("policy.html.jinja", policy=found, here=found.title)


async def listed(_: Request) -> Response:
    """All policies."""
    return page_response("policies.html.jinja", policies=policies())


@cache
def policies() -> tuple[Policy, ...]:
    """All policies, in the order they are listed. Raises DataError."""
    folder = files("curbside.interfaces.web").joinpath("policies")
    return tuple(
        _read(name, folder.joinpath(f"{name}.md").read_text(encoding="utf-8")) for name in _ORDER
    )


def _read(name: str, text: str) -> Policy:
    _, head, body = text.split("+++\n", 2)
    table = tomllib.loads(head)
    if table.keys() != _KEYS:
        raise DataError(f"policy {name}: expected the keys {', '.join(sorted(_KEYS))}")
    # HTML in the file is text: what is bold or a list is said in Markdown
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    # Markup: our own file, drawn by the library
    return Policy(name, table["title"], table["version"], table["date"], Markup(html))  # noqa: S704
