"""Signing in with an identity provider, where one is configured: out to it, and back.

Links lead out, and not forms: a browser holds what a form leads to against `form-action`, which
names this site alone. What links an account is asked for by a form first.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.errors import InputError
from curbside.interfaces.web.desk.account import drawn_account
from curbside.interfaces.web.desk.entry import status_of
from curbside.interfaces.web.desk.session import (
    HOME,
    Visitor,
    desk_page,
    form_of,
    give,
    led_on,
    signed_in,
    text_in,
    visitor_of,
)
from curbside.interfaces.web.gate import Gate
from curbside.interfaces.web.site import site_of
from curbside.interfaces.web.tries import address_of
from curbside.wiring.people import NotSignedIn
from curbside.wiring.provider import Begun, NotIdentified, Provider, Purpose

_CODE: Final = re.compile(r"[a-z_]{1,40}")
"""What a provider may call a failure that is shown; anything else is its own text."""
_NOT_BEGUN: Final = (
    "this sign-in was not begun in this browser, was ended already, or was begun more than ten"
    " minutes ago; begin it again"
)


async def begin(request: Request) -> Response:
    """Lead to the provider, to sign in, or to say who it is that signs an article."""
    provider, gate = _provider(request)
    site = site_of(request)
    visitor = await visitor_of(request)
    wanted = request.query_params.get("next", "")
    purpose, about = Purpose.SIGN_IN, ""
    if "confirm" in request.query_params:
        visitor, purpose = (enclosed := await signed_in(request)).visitor, Purpose.CONFIRM
        about = enclosed.person.person_id
    elif visitor.person is not None:
        return led_on(wanted)
    if wait := site.tries.wait_s(address_of(request), site.now()):
        return _told(request, visitor, "too many tries from your address", wait_s=wait)
    found = await gate.run(
        provider.begin, visitor.token, purpose, about=about, wanted=wanted, at=site.now()
    )
    if isinstance(found, NotIdentified):
        return _told(request, visitor, f"{provider.name}: {found.reason}", status=502)
    response = RedirectResponse(found, status_code=303)
    if visitor.is_new:
        give(request, response, visitor.token)
    return response


async def invited(request: Request) -> Response:
    """Who was invited, and would rather sign in with the provider than with a password."""
    visitor = await visitor_of(request)
    form = await form_of(request, visitor)
    return await _led_out(request, visitor, Purpose.INVITATION, about=text_in(form, "token"))


async def link(request: Request) -> Response:
    """Link one's own account, by who knows its password."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    person_id = enclosed.person.person_id
    refused = await site.gate.run(
        site.people.confirm, person_id, text_in(form, "password"), at=site.now()
    )
    if refused is not None:
        return await drawn_account(
            request, enclosed, refused=refused.reason, status=status_of(refused)
        )
    return await _led_out(request, enclosed.visitor, Purpose.LINK, about=person_id)


async def unlink(request: Request) -> Response:
    """Sign in with the provider no more."""
    site = site_of(request)
    enclosed = await signed_in(request)
    await form_of(request, enclosed.visitor)
    by = enclosed.person.person_id
    try:
        await site.gate.run(site.people.unlink, by, by=by, at=site.now())
    except InputError as error:
        return await drawn_account(request, enclosed, refused=str(error), status=400)
    return RedirectResponse(f"{HOME}/account?done=unlinked", status_code=303)


async def back(request: Request) -> Response:
    """What the provider answered, which ends a sign-in that this browser began."""
    provider, gate = _provider(request)
    site = site_of(request)
    visitor = await visitor_of(request)
    answer = request.query_params
    begun = provider.take(answer.get("state", ""), visitor.token, at=site.now())
    if begun is None:
        return _told(request, visitor, _NOT_BEGUN)
    if "error" in answer:
        said = answer["error"] if _CODE.fullmatch(answer["error"]) else "an error"
        return _told(request, visitor, f"{provider.name} answered {said}")
    found = await gate.run(
        provider.identify, begun, answer.get("code", ""), answer.get("iss"), at=site.now()
    )
    if isinstance(found, NotIdentified):
        return _told(request, visitor, f"{provider.name}: {found.reason}")
    if begun.purpose in (Purpose.LINK, Purpose.CONFIRM):
        return await _ended_inside(request, visitor, begun, found)
    return await _let_in(request, visitor, begun, found)


async def _let_in(request: Request, visitor: Visitor, begun: Begun, subject: str) -> Response:
    """Sign in whom the provider identified, with another cookie than before."""
    site = site_of(request)
    try:
        if begun.purpose is Purpose.INVITATION:
            found = await site.gate.run(site.people.redeem_as, begun.about, subject, at=site.now())
        else:
            signed = await site.gate.run(site.people.sign_in_as, subject, at=site.now())
            if isinstance(signed, NotSignedIn):
                return _told(request, visitor, f"{signed.reason}. {_HOW_LINKED}", status=403)
            found = signed
    except InputError as error:
        return _told(request, visitor, str(error))
    if visitor.person is not None:
        # the session before is left behind with its cookie
        await site.gate.run(site.people.sign_out, visitor.token)
    response = led_on(begun.wanted)
    give(request, response, found.token)
    return response


_HOW_LINKED: Final = (
    "An administrator invites you, or you sign in with your password and link it under “Your"
    " account”; no account is found by an e-mail address alone"
)


async def _ended_inside(request: Request, visitor: Visitor, begun: Begun, subject: str) -> Response:
    """Link the account that is signed in, or note that it is its person who signs."""
    site = site_of(request)
    person = visitor.person
    if person is None or person.person_id != begun.about:
        return _told(request, visitor, "you are signed in as somebody else now, or not any more")
    if begun.purpose is Purpose.CONFIRM:
        is_same = await site.gate.run(
            site.people.confirm_as, visitor.token, begun.about, subject, at=site.now()
        )
        if not is_same:
            return _told(request, visitor, "that is another person than the one who is signed in")
        return led_on(begun.wanted)
    try:
        await site.gate.run(site.people.link, begun.about, subject, by=begun.about, at=site.now())
    except InputError as error:
        return _told(request, visitor, str(error))
    return RedirectResponse(f"{HOME}/account?done=linked", status_code=303)


async def _led_out(request: Request, visitor: Visitor, purpose: Purpose, *, about: str) -> Response:
    """A page with the link to the provider, after a form."""
    provider, gate = _provider(request)
    site = site_of(request)
    if wait := site.tries.wait_s(address_of(request), site.now()):
        return _told(request, visitor, "too many tries from your address", wait_s=wait)
    found = await gate.run(provider.begin, visitor.token, purpose, about=about, at=site.now())
    if isinstance(found, NotIdentified):
        return _told(request, visitor, f"{provider.name}: {found.reason}", status=502)
    return desk_page(request, visitor, "desk/led_out.html.jinja", link=found)


def _told(
    request: Request, visitor: Visitor, reason: str, *, status: int = 400, wait_s: int = 0
) -> Response:
    """Why nobody was signed in, and nothing linked or confirmed."""
    response = desk_page(
        request,
        visitor,
        "desk/not_identified.html.jinja",
        status=429 if wait_s else status,
        reason=reason,
    )
    if wait_s:
        response.headers["Retry-After"] = str(wait_s)
    return response


def _provider(request: Request) -> tuple[Provider, Gate]:
    site = site_of(request)
    if site.provider is None or site.asking is None:
        raise HTTPException(404)
    return site.provider, site.asking
