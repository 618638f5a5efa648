"""Claims that may be accepted together: a list with their passages, of which one ticks."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.articles import Move
from curbside.errors import InputError
from curbside.interfaces.web.desk.articles import known_article, slug_of
from curbside.interfaces.web.desk.deciding import OVERTAKEN, act_of, overtaken, status_of
from curbside.interfaces.web.desk.session import (
    HOME,
    Enclosed,
    desk_page,
    form_of,
    signed_in,
    text_in,
)
from curbside.interfaces.web.desk.shown import shown_article
from curbside.interfaces.web.site import site_of
from curbside.review.moves import Refusal
from curbside.review.together import MOST


async def form(request: Request) -> Response:
    """The claims that may be accepted together, so many at a time."""
    return await _drawn(request, await signed_in(request))


async def accept(request: Request) -> Response:
    """Accept those that are ticked, each by the text that was shown."""
    site = site_of(request)
    enclosed = await signed_in(request)
    sent = await form_of(request, enclosed.visitor)
    found = await known_article(request)
    try:
        chosen = _chosen(sent)
        act = act_of(site, enclosed, sent)
        outcome = await site.gate.run(site.desk.accept_together, found.article_id, chosen, act)
    except InputError as error:
        return await _drawn(request, enclosed, refused=str(error), status=400)
    if isinstance(outcome, Refusal):
        if outcome.condition in OVERTAKEN:
            return await overtaken(request, enclosed, sent, outcome)
        return await _drawn(request, enclosed, refused=outcome.reason, status=status_of(outcome))
    return RedirectResponse(f"{HOME}/articles/{found.article_id}/together", status_code=303)


def _chosen(form: FormData) -> list[tuple[str, str]]:
    """The claims that are ticked, with the hash of what was shown of each. Raises InputError."""
    if not text_in(form, "held"):
        raise InputError("say that you held each of them against its passage")
    pairs = [str(value).partition(" ") for value in form.getlist("claim")]
    return [(claim_id, shown) for claim_id, _, shown in pairs]


async def _drawn(
    request: Request, enclosed: Enclosed, *, refused: str = "", status: int = 200
) -> Response:
    site = site_of(request)
    shown = await site.gate.run(shown_article, site, slug_of(request), enclosed.person)
    if shown is None:
        raise HTTPException(404)
    listed = [each for each in shown.claims if not each.view.is_accepted]
    plain = [each for each in listed if not each.view.by_itself]
    return desk_page(
        request,
        enclosed.visitor,
        "desk/together.html.jinja",
        status=status,
        slug=shown.article.article_id,
        shown=shown,
        items=plain[:MOST],
        left=len(plain) - len(plain[:MOST]),
        others=[each for each in listed if each.view.by_itself],
        can_accept=Move.ACCEPT_TOGETHER in shown.moves,
        refused=refused,
    )
