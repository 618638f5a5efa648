"""How a page was made: searches, counts, dates, how to make it again, sources not used."""

from __future__ import annotations

import shlex
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.codec.answer import answer_to_json, reference_to_json
from curbside.compose.assemble import reference_of
from curbside.interfaces.render.view import read_page, read_source
from curbside.interfaces.render.views import SourceView
from curbside.interfaces.web.drawing import document_url, draw
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.shelf import Made, made
from curbside.interfaces.web.site import Site, respond, shelved, site_of
from curbside.pipeline import Reached
from curbside.records import Answer


async def method(request: Request) -> Response:
    """How one page was made."""
    site = site_of(request)
    slug: str = request.path_params["slug"]
    if not is_slug(slug):
        raise HTTPException(404)
    item = await shelved(
        site, (site.pages.mark(slug), slug, "method"), partial(_made, site, slug), asker=request
    )
    if item is None:
        raise HTTPException(404)
    return respond(request, item)


def rerun_of(answer: Answer) -> str:
    """The line of a shell that makes a page again; "" for one that follows another."""
    if answer.question.follows:
        return ""
    return shlex.join(["curbside", "ask", answer.question.title, "--at", answer.provenance.at])


def _made(site: Site, slug: str, reached: Reached) -> Made | None:
    shown = site.pages.shown(slug, reached=reached)
    if shown is None:
        return None
    answer = shown.answer
    view = read_page(answer_to_json(answer, review=shown.review))
    unused: list[tuple[str, SourceView, str]] = [
        (
            document_url(each.document.doc_id),
            read_source(reference_to_json(reference_of(each.document, each.standing, number=0))),
            each.why,
        )
        for each in site.pages.unused(answer)
    ]
    text = draw(
        "method.html.jinja",
        slug=slug,
        view=view,
        evidence=len(answer.evidence),
        statements=len(answer.claims),
        rerun=rerun_of(answer),
        unused=unused,
    )
    return made(text.encode(), "text/html; charset=utf-8", made_at=answer.provenance.at)
