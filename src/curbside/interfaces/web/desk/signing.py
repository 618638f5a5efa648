"""The page under which a person puts their name: exactly the text, with its hash."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.html import page_values
from curbside.interfaces.web.desk.articles import known_article, slug_of
from curbside.interfaces.web.desk.deciding import OVERTAKEN, act_of, overtaken, status_of
from curbside.interfaces.web.desk.entry import status_of as status_of_sign_in
from curbside.interfaces.web.desk.session import (
    HOME,
    Enclosed,
    desk_page,
    form_of,
    signed_in,
    text_in,
)
from curbside.interfaces.web.desk.shown import Only, shown_article
from curbside.interfaces.web.site import site_of
from curbside.review.moves import Refusal
from curbside.wiring.people import NotSignedIn, People


async def form(request: Request) -> Response:
    """The text as readers will see it, and below it where one signs."""
    return await _drawn(request, await signed_in(request))


async def sign(request: Request) -> Response:
    """Put a name under what was shown."""
    site = site_of(request)
    enclosed = await signed_in(request)
    sent = await form_of(request, enclosed.visitor)
    found = await known_article(request)
    act = act_of(site, enclosed, sent)
    unknown = await site.gate.run(
        _unknown, site.people, enclosed, text_in(sent, "password"), at=site.now()
    )
    if unknown is not None:
        return await _drawn(
            request,
            enclosed,
            sent=sent,
            refused=unknown.reason,
            status=status_of_sign_in(unknown),
        )
    outcome = await site.gate.run(site.desk.sign, found.article_id, act)
    if isinstance(outcome, Refusal):
        if outcome.condition in OVERTAKEN:
            return await overtaken(request, enclosed, sent, outcome)
        return await _drawn(
            request, enclosed, sent=sent, refused=outcome.reason, status=status_of(outcome)
        )
    await site.gate.run(site.pages.note_touched)
    return RedirectResponse(f"{HOME}/articles/{outcome.article_id}", status_code=303)


def _unknown(people: People, enclosed: Enclosed, password: str, *, at: str) -> NotSignedIn | None:
    """Why it is not sure who signs; None where it is. A signature is given, not clicked: by who
    knows the password, or whom the provider identified anew, and not by whoever sits there."""
    person_id = enclosed.person.person_id
    if not password and people.spend_confirmation(enclosed.visitor.token, person_id, at=at):
        return None
    return people.confirm(person_id, password, at=at)


async def _drawn(
    request: Request,
    enclosed: Enclosed,
    *,
    sent: FormData | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    site = site_of(request)
    shown = await site.gate.run(shown_article, site, slug_of(request), enclosed.person)
    if shown is None:
        raise HTTPException(404)
    answer, review = shown.view.version.answer, shown.view.review
    values = await site.gate.run(lambda: page_values(answer_to_json(answer, review=review)))
    return desk_page(
        request,
        enclosed.visitor,
        "desk/sign.html.jinja",
        status=status,
        **values,
        slug=shown.article.article_id,
        shown=shown,
        ways=await site.gate.run(site.people.ways, enclosed.person.person_id),
        is_confirmed=await site.gate.run(
            site.people.is_confirmed,
            enclosed.visitor.token,
            enclosed.person.person_id,
            at=site.now(),
        ),
        open_claims=shown.count(Only.OPEN),
        reason=text_in(sent, "reason") if sent else "",
        refused=refused,
    )
