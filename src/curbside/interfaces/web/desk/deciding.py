"""What a form of the desk does to an article or a claim, and what is told where it is refused.

Whether it may be done is decided by the desk (`review.moves`), in the transaction that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.articles import Article, Comment, Move
from curbside.errors import InputError
from curbside.interfaces.web.desk.articles import known_article, slug_of
from curbside.interfaces.web.desk.session import (
    HOME,
    Enclosed,
    desk_page,
    form_of,
    signed_in,
    text_in,
)
from curbside.interfaces.web.desk.shown import SIMPLE, Only, ShownClaim, shown_article
from curbside.interfaces.web.site import Site, site_of
from curbside.review.conditions import Act, Condition
from curbside.review.moves import Refusal, Refused
from curbside.wiring.desk import Desk
from curbside.wiring.finding import Sentence, sentences_with

Outcome: TypeAlias = "Article | Comment | Refusal"

_FORBIDDEN: Final = frozenset(
    {
        Condition.CREDENTIALS,
        Condition.DISCLOSED,
        Condition.OWN,
        Condition.NO_CONFLICT,
        Condition.NOT_AUTHOR,
        Condition.NOT_EDITOR,
        Condition.NOT_OWN_WORDS,
    }
)
_UNHELD: Final = frozenset({Condition.HOLDS, Condition.SOUND, Condition.CHANGED, Condition.PLAIN})
OVERTAKEN: Final = frozenset({Condition.CURRENT, Condition.SHOWN})


def status_of(refusal: Refusal) -> int:
    """403 for who may not, 400 for what is not said, 422 for what does not hold, 409 for what the
    article does not allow as it stands."""
    if refusal.kind in (Refused.ROLE, Refused.INACTIVE) or refusal.condition in _FORBIDDEN:
        return 403
    if refusal.condition is Condition.REASON:
        return 400
    return 422 if refusal.condition in _UNHELD else 409


def act_of(site: Site, enclosed: Enclosed, form: FormData) -> Act:
    """What a form says of what its sender was shown, and why they act."""
    step = text_in(form, "step")
    return Act(
        enclosed.person,
        site.now(),
        step=int(step) if step.isascii() and step.isdecimal() and len(step) < _DIGITS else None,
        shown=text_in(form, "shown") or None,
        reason=text_in(form, "reason"),
    )


_DIGITS: Final = 10


async def move(request: Request) -> Response:
    """Take up, request changes, resubmit, revoke, withdraw, restore."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    found = await known_article(request)
    wanted = next((each for each in SIMPLE if each.value == text_in(form, "move")), None)
    if wanted is None:
        raise HTTPException(400, f"Expected one of {', '.join(SIMPLE)}.")
    act = act_of(site, enclosed, form)
    return await done(
        request,
        enclosed,
        form,
        lambda: site.desk.move(found.article_id, wanted, act),
    )


async def comment(request: Request) -> Response:
    """Take a remark on an article."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    found = await known_article(request)
    act = act_of(site, enclosed, form)
    return await done(request, enclosed, form, lambda: site.desk.comment(found.article_id, act))


async def submit(request: Request) -> Response:
    """Give the page of a question, as it is made now, to the desk: an article's first version, or
    its next."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    slug = slug_of(request)
    act = act_of(site, enclosed, form)
    answer = await site.gate.run(site.pages.anew, slug)
    if answer is None:
        raise HTTPException(404)
    return await done(request, enclosed, form, lambda: site.desk.submit(answer, act))


async def claim(request: Request) -> Response:
    """One claim with its passages, and all that can be done with it."""
    enclosed = await signed_in(request)
    return await _drawn_claim(request, enclosed)


async def decide(request: Request) -> Response:
    """Accept, edit, change the source of, reject or comment on a claim."""
    site = site_of(request)
    enclosed = await signed_in(request)
    form = await form_of(request, enclosed.visitor)
    found = await known_article(request)
    deed = _DEEDS.get(request.path_params["deed"])
    if deed is None:
        raise HTTPException(404)
    claim_id: str = request.path_params["claim"]
    act = act_of(site, enclosed, form)
    return await done(
        request,
        enclosed,
        form,
        lambda: deed(site.desk, found.article_id, claim_id, act, form),
        claim_id=claim_id,
    )


def _accept(desk: Desk, slug: str, claim_id: str, act: Act, _: FormData) -> Outcome:
    return desk.accept(slug, claim_id, act)


def _edit(desk: Desk, slug: str, claim_id: str, act: Act, form: FormData) -> Outcome:
    return desk.edit(slug, claim_id, text_in(form, "text"), act)


def _change_source(desk: Desk, slug: str, claim_id: str, act: Act, form: FormData) -> Outcome:
    kept = set(form.getlist("cite"))
    page = desk.view(slug).version.answer
    cites = [each for each in page.evidence if each.evidence_id in kept]
    cites += [desk.passage_at(str(place)) for place in form.getlist("place")]
    doc_id, quote = text_in(form, "document").strip(), text_in(form, "quote").strip()
    if doc_id or quote:
        cites.append(desk.passage(doc_id, quote))
    if not cites:
        raise InputError("expected a passage at least; a claim without one is rejected instead")
    return desk.change_source(slug, claim_id, cites, act)


def _reject(desk: Desk, slug: str, claim_id: str, act: Act, _: FormData) -> Outcome:
    return desk.reject(slug, claim_id, act)


def _comment(desk: Desk, slug: str, claim_id: str, act: Act, _: FormData) -> Outcome:
    return desk.comment(slug, act, claim_id=claim_id)


_DEEDS: Final[Mapping[str, Callable[[Desk, str, str, Act, FormData], Outcome]]] = {
    "accept": _accept,
    "edit": _edit,
    "source": _change_source,
    "reject": _reject,
    "comment": _comment,
}


async def done(
    request: Request,
    enclosed: Enclosed,
    form: FormData,
    act: Callable[[], Outcome],
    *,
    claim_id: str = "",
) -> Response:
    """Do it, and lead back to the article, or tell why it was not done."""
    site = site_of(request)
    try:
        outcome = await site.gate.run(act)
    except InputError as error:
        return await _refused(request, enclosed, form, str(error), 400, claim_id)
    if isinstance(outcome, Refusal):
        if outcome.condition in OVERTAKEN:
            return await overtaken(request, enclosed, form, outcome)
        return await _refused(request, enclosed, form, outcome.reason, status_of(outcome), claim_id)
    # readers see it at once
    await site.gate.run(site.pages.note_touched)
    only = text_in(form, "only")
    if only in tuple(Only) and only:
        # the claim may be listed no more; the next one stands there
        place = f"?only={only}#claims"
    else:
        place = f"#{claim_id}" if claim_id else ""
    return RedirectResponse(f"{HOME}/articles/{outcome.article_id}{place}", status_code=303)


async def _refused(
    request: Request, enclosed: Enclosed, form: FormData, reason: str, status: int, claim_id: str
) -> Response:
    """Why nothing was done, where the person was, with what they had entered."""
    if claim_id:
        return await _drawn_claim(request, enclosed, form=form, refused=reason, status=status)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/refused.html.jinja",
        status=status,
        slug=slug_of(request),
        reason=reason,
        written=_written(form),
    )


async def overtaken(
    request: Request, enclosed: Enclosed, form: FormData, refusal: Refusal
) -> Response:
    """Somebody else was first: what happened since the page was shown, and what was entered."""
    site = site_of(request)
    slug = slug_of(request)
    seen = act_of(site, enclosed, form).step
    steps = await site.gate.run(site.desk.steps, slug, after=seen or 0) if seen else []
    return desk_page(
        request,
        enclosed.visitor,
        "desk/overtaken.html.jinja",
        status=status_of(refusal),
        slug=slug,
        reason=refusal.reason,
        steps=steps,
        written=_written(form),
    )


_KEPT: Final = {"text": "Your words", "reason": "Your reason", "quote": "The passage you chose"}


def _written(form: FormData) -> list[tuple[str, str]]:
    """What a person entered, so that it is not lost with the page."""
    return [(name, text_in(form, key)) for key, name in _KEPT.items() if text_in(form, key)]


async def _drawn_claim(
    request: Request,
    enclosed: Enclosed,
    *,
    form: FormData | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    site = site_of(request)
    shown = await site.gate.run(shown_article, site, slug_of(request), enclosed.person)
    found: ShownClaim | None = None
    if shown is not None:
        wanted = request.path_params["claim"]
        found = next((c for c in shown.claims if c.view.claim.claim_id == wanted), None)
    if shown is None or found is None:
        raise HTTPException(404)
    words = (text_in(form, "find") if form else request.query_params.get("find", "")).strip()
    places: list[Sentence] = []
    try:
        found_here = await site.gate.run(_found, site, words) if words else []
        cited = {(p.source.doc_id, p.quote) for p in found.passages}
        places = [each for each in found_here if (each.doc_id, each.text) not in cited]
    except InputError as error:
        refused, status = refused or str(error), 400 if status == _OK else status
    return desk_page(
        request,
        enclosed.visitor,
        "desk/claim.html.jinja",
        status=status,
        slug=shown.article.article_id,
        shown=shown,
        item=found,
        find=words,
        places=places,
        deed=request.path_params.get("deed", ""),
        entered={key: text_in(form, key) for key in _ENTERED} if form else dict.fromkeys(_ENTERED),
        refused=refused,
        can={move.name.lower(): move in shown.moves for move in Move},
    )


def _found(site: Site, words: str) -> list[Sentence]:
    """Sentences of the library that hold the words, for another source."""
    hits = site.pages.opened.index.search_lexical(site.pages.read(words), k=_SEARCHED)
    return sentences_with(words, hits, library=site.pages.store)


_OK: Final = 200
_SEARCHED: Final = 60
_ENTERED: Final = ("text", "reason", "document", "quote")
