"""What a reader says of a page, kept for the people who answer for it."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.interfaces.web.drawing import FEEDBACK_KINDS, page_response
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.site import Site, site_of
from curbside.interfaces.web.tries import address_of
from curbside.review.content import content_hash
from curbside.store import Feedback

_LONGEST: Final = 2_000


async def say(request: Request) -> Response:
    """Take what was said, and lead to the thanks."""
    site = site_of(request)
    slug: str = request.path_params["slug"]
    if not is_slug(slug):
        raise HTTPException(404)
    async with request.form(max_files=0, max_fields=8, max_part_size=16_384) as form:
        kind, about, words = (str(form.get(name, "")) for name in ("kind", "about", "words"))
    if kind not in FEEDBACK_KINDS:
        expected = ", ".join(FEEDBACK_KINDS)
        return _refused(slug, f"Expected what is the matter, one of {expected}.")
    if len(words) > _LONGEST or len(about) > _LONGEST:
        return _refused(slug, f"Expected at most {_LONGEST:,} letters.")
    if wait := site.remarks.wait_s(address_of(request), site.now()):
        response = _refused(
            slug, "So much was said from your address that it must wait.", status=429
        )
        response.headers["Retry-After"] = str(wait)
        return response
    is_kept = await site.gate.run(_keep, site, slug, kind, about.strip(), words.strip())
    if is_kept is None:
        raise HTTPException(404)
    if not is_kept:
        return _refused(
            slug,
            "So much was said of this page, or of all, that no more can be kept. Please tell those"
            " who run this site.",
            status=503,
        )
    return RedirectResponse(f"/q/{slug}/thanks", status_code=303)


async def thanks(request: Request) -> Response:
    """What happens with what was said."""
    slug: str = request.path_params["slug"]
    if not is_slug(slug):
        raise HTTPException(404)
    return page_response("thanks.html.jinja", slug=slug)


def _keep(site: Site, slug: str, kind: str, about: str, words: str) -> bool | None:
    """Whether it is kept; None where there is no such page."""
    answer = site.pages.answer(slug)
    if answer is None:
        return None
    return site.pages.say(Feedback(slug, content_hash(answer), about, kind, words, site.now()))


def _refused(slug: str, reason: str, *, status: int = 400) -> Response:
    return page_response(
        "error.html.jinja",
        status=status,
        heading="This was not taken",
        reason=reason,
        back=f"/q/{slug}",
    )
