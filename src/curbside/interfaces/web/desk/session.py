"""Who sent a request: one cookie, and in every form a token that only a page of this site has.

The cookie holds a random token. It is a session's where somebody signed in, and stands for nobody
before; signing in always brings another, so that one which was planted is worth nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.articles import Person
from curbside.interfaces.web.drawing import page_response
from curbside.interfaces.web.site import site_of
from curbside.review.areas import Area, may_enter

COOKIE: Final = "curbside"
FORM_FIELD: Final = "form"
HOME: Final = "/desk"
_LONGEST_TOKEN: Final = 100
_FIELDS: Final = 100
_FIELD_BYTES: Final = 256 * 1024
"""The longest text of the desk, 20,000 letters, as a form sends it: up to twelve bytes a letter."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page of the desk. `token` is what their cookie holds, or is given now;
    `person` is None where nobody is signed in."""

    token: str
    person: Person | None
    is_new: bool

    @property
    def form_token(self) -> str:
        """What their forms carry: it cannot be known without the cookie."""
        return hashlib.sha256(f"curbside-form/1\n{self.token}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Who is signed in, with their cookie."""

    visitor: Visitor
    person: Person


async def visitor_of(request: Request) -> Visitor:
    """Who sent a request, signed in or not."""
    site = site_of(request)
    if site.needs_https and request.url.scheme != "https":
        raise HTTPException(
            403,
            "Others can reach this server, and nothing is encrypted on the way here. The desk opens"
            " over https alone; put a proxy before this server that has it.",
        )
    token = request.cookies.get(COOKIE, "")
    if not 0 < len(token) <= _LONGEST_TOKEN or not token.isascii():
        return Visitor(secrets.token_urlsafe(32), None, is_new=True)
    person = await site.gate.run(site.people.of_session, token, at=site.now())
    return Visitor(token, person, is_new=False)


async def signed_in(request: Request, area: Area = Area.ARTICLES) -> Enclosed:
    """Who is signed in. Leads to signing in where nobody is, and refuses whom the area is closed
    to."""
    visitor = await visitor_of(request)
    if visitor.person is None:
        if request.method == "POST":
            raise HTTPException(403, "You are not signed in, or not any more. Nothing was done.")
        here = quote(request.url.path, safe="/")
        raise HTTPException(303, headers={"Location": f"{HOME}/sign-in?next={here}"})
    if not may_enter(visitor.person, area):
        raise HTTPException(403, f"Your account does not open {area.value}.")
    return Enclosed(visitor, visitor.person)


async def form_of(request: Request, visitor: Visitor) -> FormData:
    """What a form of this site sent.

    Raises:
        HTTPException: 403 where the form is not one that this visitor was given.
    """
    async with request.form(max_files=0, max_fields=_FIELDS, max_part_size=_FIELD_BYTES) as form:
        sent = form.get(FORM_FIELD)
        if not isinstance(sent, str) or not secrets.compare_digest(
            sent.encode(), visitor.form_token.encode()
        ):
            raise HTTPException(
                403,
                "This form is not of this session: you signed in again meanwhile, or another site"
                " sent it. Nothing was done; open the page again.",
            )
        return form


def text_in(form: FormData, name: str) -> str:
    """A field of a form, "" where it is not there."""
    value = form.get(name, "")
    # with line ends as they are kept everywhere else
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def desk_page(
    request: Request, visitor: Visitor, template: str, *, status: int = 200, **values: object
) -> Response:
    """A page of the desk, for this visitor."""
    site = site_of(request)
    response = page_response(
        template,
        status=status,
        here="Desk",
        person=visitor.person,
        form_token=visitor.form_token,
        provider=site.provider.name if site.provider else "",
        may_manage=visitor.person is not None and may_enter(visitor.person, Area.ACCOUNTS),
        **values,
    )
    if visitor.is_new:
        give(request, response, visitor.token)
    return response


def give(request: Request, response: Response, token: str) -> None:
    """Put a token into the visitor's cookie; it goes when the browser is closed."""
    response.set_cookie(
        COOKIE,
        token,
        path=HOME,
        httponly=True,
        # not "strict": one who follows a link in a letter would come without it and get another
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def led_on(wanted: str) -> RedirectResponse:
    """To a page of the desk, and nowhere else, whatever the address said."""
    parts = urlsplit(wanted)
    is_here = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    if parts.scheme or parts.netloc or not is_here or "\\" in wanted or not wanted.isprintable():
        wanted = HOME
    return RedirectResponse(wanted, status_code=303)
