"""One's own account: the statement of interests, the password, the sessions."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.articles import Disclosure, Interest
from curbside.errors import InputError
from curbside.interfaces.web.desk.entry import status_of
from curbside.interfaces.web.desk.session import (
    HOME,
    Enclosed,
    desk_page,
    form_of,
    give,
    signed_in,
    text_in,
)
from curbside.interfaces.web.desk.staff import let_in_by
from curbside.interfaces.web.site import site_of
from curbside.wiring.people import SHORTEST_PASSWORD, NotSignedIn

INTERESTS: Final = 4
"""Interests that the form has room for; who has more puts several into one."""


async def own(request: Request) -> Response:
    """What the desk knows of oneself."""
    return await drawn_account(
        request, await signed_in(request), done=request.query_params.get("done", "")
    )


async def state(request: Request) -> Response:
    """Take a statement of interests, dated now."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    try:
        disclosure = Disclosure(site.now(), _interests(form))
        by = enclosed.person.person_id
        await site.gate.run(site.people.disclose, by, disclosure, by=by)
    except InputError as error:
        return await drawn_account(request, enclosed, refused=str(error), status=400)
    return RedirectResponse(f"{HOME}/account?done=statement", status_code=303)


def _interests(form: FormData) -> tuple[Interest, ...]:
    """What a form states. Raises InputError where it states nothing, or both."""
    found = tuple(
        Interest(what, tuple(topic.strip() for topic in topics.split(",") if topic.strip()))
        for number in range(INTERESTS)
        if (what := text_in(form, f"what-{number}").strip())
        for topics in (text_in(form, f"topics-{number}"),)
    )
    if bool(found) == bool(text_in(form, "none")):
        raise InputError("expected one or more interests, or that there is none; not both")
    return found


async def password(request: Request) -> Response:
    """Give oneself another password; every other session ends."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    new = text_in(form, "password")
    if new != text_in(form, "again"):
        return await drawn_account(
            request, enclosed, refused="The two passwords differ.", status=400
        )
    try:
        found = await site.gate.run(
            site.people.change_password,
            enclosed.person.person_id,
            text_in(form, "now"),
            new,
            at=site.now(),
        )
    except InputError as error:
        return await drawn_account(request, enclosed, refused=str(error), status=400)
    if isinstance(found, NotSignedIn):
        return await drawn_account(request, enclosed, refused=found.reason, status=status_of(found))
    response = RedirectResponse(f"{HOME}/account?done=password", status_code=303)
    give(request, response, found.token)
    return response


async def sign_out_everywhere(request: Request) -> Response:
    """End every session of oneself."""
    site = site_of(request)
    enclosed = await signed_in(request)
    await form_of(request, enclosed.visitor)
    by = enclosed.person.person_id
    await site.gate.run(site.people.sign_out_everywhere, by, by=by, at=site.now())
    return RedirectResponse(f"{HOME}/sign-in", status_code=303)


async def drawn_account(
    request: Request, enclosed: Enclosed, *, refused: str = "", done: str = "", status: int = 200
) -> Response:
    """The page of one's own account, with what was refused or done."""
    site = site_of(request)
    ways = await site.gate.run(site.people.ways, enclosed.person.person_id)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/account.html.jinja",
        status=status,
        refused=refused,
        done=done,
        ways=ways,
        let_in_by=await site.gate.run(let_in_by, site, enclosed.person.person_id),
        room=INTERESTS,
        shortest=SHORTEST_PASSWORD,
    )
