"""The versions of a page that the review desk has, and what changed in meaning between two."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.articles import Version
from curbside.interfaces.web.drawing import page_response
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.site import Site, site_of
from curbside.review.diff import Change


async def listed(request: Request) -> Response:
    """Every version of a page, the newest first, with what each changed."""
    site = site_of(request)
    slug: str = request.path_params["slug"]
    if not is_slug(slug):
        raise HTTPException(404)
    title, versions = await site.gate.run(_versions, site, slug)
    if not title:
        raise HTTPException(404)
    return page_response("versions.html.jinja", slug=slug, title=title, versions=versions)


def _versions(site: Site, slug: str) -> tuple[str, list[tuple[Version, Sequence[Change]]]]:
    answer = site.pages.answer(slug)
    if answer is None:
        return "", []
    versions = site.pages.versions(slug)
    told: list[tuple[Version, Sequence[Change]]] = []
    for version in versions:
        before = version.version - 1
        changed = site.pages.changes(slug, before, version.version) if before else ()
        told.append((version, changed))
    return answer.question.title, told[::-1]
