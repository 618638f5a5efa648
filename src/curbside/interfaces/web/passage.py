"""A passage in its document: the words around it, whose they are, and how its source stands."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import PassageView
from curbside.interfaces.web.drawing import draw, page_response
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.reading import at_the_passage, context_of, laid_out
from curbside.interfaces.web.shelf import Made, made
from curbside.interfaces.web.site import Site, respond, shelved, site_of
from curbside.pipeline import Reached
from curbside.records import Answer, Evidence

_NAME: Final = re.compile(r"E[1-9]\d{0,6}")
_PDF_PAGE: Final = re.compile(r"\bpage (\d{1,5})\b")


async def passage(request: Request) -> Response:
    """One passage of a page."""
    site = site_of(request)
    slug, name = request.path_params["slug"], request.path_params["passage"]
    if not is_slug(slug) or not _NAME.fullmatch(name):
        raise HTTPException(404)
    key = (site.pages.mark(slug), slug, "passage", name)
    item = await shelved(site, key, partial(_made, site, slug, name), asker=request)
    if item is None:
        return page_response(
            "error.html.jinja",
            status=404,
            heading="There is no such passage",
            reason="The page cites no passage of this name; it may have been made anew since.",
        )
    return respond(request, item)


def _made(site: Site, slug: str, name: str, reached: Reached) -> Made | None:
    page = site.pages.shown(slug, reached=reached)
    if page is None:
        return None
    answer = page.answer
    evidence = next((e for e in answer.evidence if e.evidence_id == name), None)
    view = read_page(answer_to_json(answer, review=page.review))
    shown = next((p for p in view.passages if p.evidence_id == name), None)
    if evidence is None or shown is None:
        return None
    found = site.pages.document(evidence.doc_id)
    is_whole = found is not None and found[0].revision == evidence.revision
    text = draw(
        "passage.html.jinja",
        slug=slug,
        title=view.title,
        passage=shown,
        # a document that was revised since has its words elsewhere
        stretches=laid_out(found[0], context_of(found[0], evidence.span), [evidence.span])
        if found and is_whole
        else (),
        source_link=_source_link(shown, evidence),
        said_here=_said_here(answer, name),
    )
    return made(text.encode(), "text/html; charset=utf-8", made_at=answer.provenance.at)


def _source_link(shown: PassageView, evidence: Evidence) -> object:
    page = _PDF_PAGE.search(evidence.locator)
    return at_the_passage(
        shown.source.links,
        None if shown.source.is_digest else evidence.quote,
        int(page[1]) if page else None,
    )


def _said_here(answer: Answer, name: str) -> list[str]:
    """The statements of the page that rest on a passage."""
    return [claim.text for claim in answer.claims if name in claim.cites]
