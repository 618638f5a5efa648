"""Signing in and out, the first account, and setting a password with an invitation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.errors import InputError
from curbside.interfaces.web.desk.session import (
    COOKIE,
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
from curbside.interfaces.web.site import site_of
from curbside.interfaces.web.tries import address_of
from curbside.wiring.people import SHORTEST_PASSWORD, NotSignedIn, SignedIn

_TWICE: Final = "The two passwords differ. Nothing was kept."


async def sign_in_form(request: Request) -> Response:
    """Where one signs in."""
    visitor = await visitor_of(request)
    wanted = request.query_params.get("next", "")
    if visitor.person is not None:
        return led_on(wanted)
    return _sign_in(request, visitor, wanted=wanted, is_set="set" in request.query_params)


async def sign_in(request: Request) -> Response:
    """Sign in, with another cookie than before."""
    site = site_of(request)
    visitor = await visitor_of(request)
    form = await form_of(request, visitor)
    email, wanted = text_in(form, "email"), text_in(form, "next")
    if wait := site.tries.wait_s(address_of(request), site.now()):
        found: SignedIn | NotSignedIn = NotSignedIn("too many tries from your address", wait)
    else:
        found = await site.gate.run(
            site.people.sign_in, email, text_in(form, "password"), at=site.now()
        )
    if isinstance(found, NotSignedIn):
        return _sign_in(request, visitor, wanted=wanted, email=email, refused=found)
    if visitor.person is not None:
        # the session before is left behind with its cookie
        await site.gate.run(site.people.sign_out, visitor.token)
    response = led_on(wanted)
    give(request, response, found.token)
    return response


def _sign_in(
    request: Request,
    visitor: Visitor,
    *,
    wanted: str,
    email: str = "",
    refused: NotSignedIn | None = None,
    is_set: bool = False,
) -> Response:
    response = desk_page(
        request,
        visitor,
        "desk/sign_in.html.jinja",
        status=200 if refused is None else status_of(refused),
        wanted=wanted,
        email=email,
        refused=refused,
        is_set=is_set,
    )
    if refused is not None and refused.wait_s:
        response.headers["Retry-After"] = str(refused.wait_s)
    return response


def status_of(refused: NotSignedIn) -> int:
    """429 where one must wait, else 403."""
    return 429 if refused.wait_s else 403


async def sign_out(request: Request) -> Response:
    """End the session here and in the library."""
    site = site_of(request)
    enclosed = await signed_in(request)
    await form_of(request, enclosed.visitor)
    await site.gate.run(site.people.sign_out, enclosed.visitor.token)
    response = RedirectResponse(f"{HOME}/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path=HOME)
    return response


async def first_form(request: Request) -> Response:
    """Where the first account is made, with the token that was printed."""
    return _first(request, await visitor_of(request), request.query_params.get("token", ""))


async def first(request: Request) -> Response:
    """Make the first account."""
    site = site_of(request)
    visitor = await visitor_of(request)
    form = await form_of(request, visitor)
    token, name, email = (text_in(form, each) for each in ("token", "name", "email"))

    def make(password: str) -> None:
        site.people.add_first(
            token, name, email, password, credentials=text_in(form, "credentials"), at=site.now()
        )

    refused = await _with_password(request, form, make)
    if refused is None:
        return RedirectResponse(f"{HOME}/sign-in?set", status_code=303)
    return _first(request, visitor, token, name=name, email=email, refused=refused)


def _first(
    request: Request,
    visitor: Visitor,
    token: str,
    *,
    name: str = "",
    email: str = "",
    refused: str = "",
) -> Response:
    return desk_page(
        request,
        visitor,
        "desk/first.html.jinja",
        status=400 if refused else 200,
        token=token,
        name=name,
        email=email,
        refused=refused,
        shortest=SHORTEST_PASSWORD,
    )


async def invitation_form(request: Request) -> Response:
    """Where one who was invited sets a password."""
    return _invited(request, await visitor_of(request), request.query_params.get("token", ""))


async def invitation(request: Request) -> Response:
    """Set a password with an invitation."""
    site = site_of(request)
    visitor = await visitor_of(request)
    form = await form_of(request, visitor)
    token = text_in(form, "token")

    def redeem(password: str) -> None:
        site.people.redeem(token, password, at=site.now())

    refused = await _with_password(request, form, redeem)
    if refused is None:
        return RedirectResponse(f"{HOME}/sign-in?set", status_code=303)
    return _invited(request, visitor, token, refused=refused)


def _invited(request: Request, visitor: Visitor, token: str, *, refused: str = "") -> Response:
    return desk_page(
        request,
        visitor,
        "desk/invitation.html.jinja",
        status=400 if refused else 200,
        token=token,
        refused=refused,
        shortest=SHORTEST_PASSWORD,
    )


async def _with_password(
    request: Request, form: FormData, act: Callable[[str], None]
) -> str | None:
    """Do something with the password that was entered twice; why it was not done, None where it
    was."""
    password = text_in(form, "password")
    if password != text_in(form, "again"):
        return _TWICE
    try:
        await site_of(request).gate.run(act, password)
    except InputError as error:
        return str(error)
    return None
