"""The accounts of others, for administrators: who is there, inviting, roles, closing."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.articles import DeskRole, Person
from curbside.errors import InputError
from curbside.interfaces.web.desk.session import (
    HOME,
    Enclosed,
    desk_page,
    form_of,
    signed_in,
    text_in,
)
from curbside.interfaces.web.site import Site, site_of
from curbside.review.areas import Area

ROLES = tuple(role for role in DeskRole if role is not DeskRole.DESK)


async def listed(request: Request) -> Response:
    """Everyone with an account, and where another is made."""
    return await _listed(request, await signed_in(request, Area.ACCOUNTS))


async def add(request: Request) -> Response:
    """Make an account, and show its invitation once."""
    site = site_of(request)
    enclosed = await signed_in(request, Area.ACCOUNTS)
    form = await form_of(request, enclosed.visitor)

    def made() -> tuple[Person, str]:
        person = site.people.add(
            text_in(form, "name"),
            text_in(form, "email"),
            _roles(form),
            credentials=text_in(form, "credentials"),
            by=enclosed.person.person_id,
            at=site.now(),
        )
        token = site.people.invite(person.person_id, by=enclosed.person.person_id, at=site.now())
        return person, token

    try:
        person, token = await site.gate.run(made)
    except InputError as error:
        return await _listed(request, enclosed, refused=str(error))
    return _invited(request, enclosed, person, token)


async def one(request: Request) -> Response:
    """One account."""
    enclosed = await signed_in(request, Area.ACCOUNTS)
    return await _one(request, enclosed, await _named(request))


async def change(request: Request) -> Response:
    """Give an account other roles or credentials, or close it."""
    site = site_of(request)
    enclosed = await signed_in(request, Area.ACCOUNTS)
    form = await form_of(request, enclosed.visitor)
    named = await _named(request)

    def changed() -> Person:
        return site.people.change(
            named.person_id,
            roles=_roles(form),
            credentials=text_in(form, "credentials"),
            is_active=bool(text_in(form, "active")),
            by=enclosed.person.person_id,
            at=site.now(),
        )

    try:
        await site.gate.run(changed)
    except InputError as error:
        return await _one(request, enclosed, named, refused=str(error))
    return RedirectResponse(f"{HOME}/people", status_code=303)


async def invite(request: Request) -> Response:
    """Show an account's new invitation once."""
    site = site_of(request)
    enclosed = await signed_in(request, Area.ACCOUNTS)
    await form_of(request, enclosed.visitor)
    named = await _named(request)
    token = await site.gate.run(
        site.people.invite, named.person_id, by=enclosed.person.person_id, at=site.now()
    )
    return _invited(request, enclosed, named, token)


async def confirm(request: Request) -> Response:
    """Say whose an account is that was given another way in."""
    site = site_of(request)
    enclosed = await signed_in(request, Area.ACCOUNTS)
    await form_of(request, enclosed.visitor)
    named = await _named(request)
    try:
        await site.gate.run(
            site.people.confirm_account,
            named.person_id,
            by=enclosed.person.person_id,
            at=site.now(),
        )
    except InputError as error:
        return await _one(request, enclosed, named, refused=str(error))
    return RedirectResponse(f"{HOME}/people/{named.person_id}", status_code=303)


async def _named(request: Request) -> Person:
    site = site_of(request)
    found = await site.gate.run(site.people.person, request.path_params["person"])
    if found is None:
        raise HTTPException(404)
    return found


def _roles(form: FormData) -> tuple[DeskRole, ...]:
    """The roles that a form names. Raises InputError for a word that is none."""
    try:
        return tuple(DeskRole(str(value)) for value in form.getlist("role"))
    except ValueError as error:
        raise InputError(f"expected roles of {', '.join(ROLES)}") from error


async def _listed(request: Request, enclosed: Enclosed, *, refused: str = "") -> Response:
    site = site_of(request)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/people.html.jinja",
        status=400 if refused else 200,
        people=await site.gate.run(site.people.all),
        unconfirmed=await site.gate.run(site.people.unconfirmed),
        roles=ROLES,
        refused=refused,
    )


async def _one(
    request: Request, enclosed: Enclosed, named: Person, *, refused: str = ""
) -> Response:
    site = site_of(request)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/one.html.jinja",
        status=400 if refused else 200,
        named=named,
        ways=await site.gate.run(site.people.ways, named.person_id),
        let_in_by=await site.gate.run(let_in_by, site, named.person_id),
        roles=ROLES,
        refused=refused,
    )


def let_in_by(site: Site, person_id: str) -> str | None:
    """The name of who gave an account another way in that nobody confirmed; None for others."""
    found = site.people.let_in_by(person_id)
    person = site.people.person(found) if found else None
    return person.name if person else found


def _invited(request: Request, enclosed: Enclosed, named: Person, token: str) -> Response:
    link = f"{request.url.scheme}://{request.url.netloc}{HOME}/invitation?token={token}"
    return desk_page(request, enclosed.visitor, "desk/invited.html.jinja", named=named, link=link)
