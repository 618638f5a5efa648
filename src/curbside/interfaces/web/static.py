"""The files that pages load; all of them come from here."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from curbside.interfaces.web.drawing import static_files, static_url

_FOR_EVER = "public, max-age=31536000, immutable"


async def file(request: Request) -> Response:
    """A style sheet, a script, a picture."""
    name = request.path_params["name"]
    if name not in static_files():
        raise HTTPException(404)
    content, media_type = static_files()[name]
    is_of_now = static_url(name) == request.url.path
    headers = {"Cache-Control": _FOR_EVER if is_of_now else "no-cache"}
    return Response(content, media_type=media_type, headers=headers)


async def icon(_: Request) -> Response:
    """Where browsers look for a picture of the site without being told."""
    return RedirectResponse(static_url("icon.svg"), status_code=301)


async def robots(_: Request) -> Response:
    """No page of answers belongs into a search engine."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
