"""The articles of the desk to look at: the list, one with its claims, its history, what changed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.articles import Article, Move, State
from curbside.interfaces.web.desk.session import Enclosed, desk_page, signed_in
from curbside.interfaces.web.desk.shown import (
    SIMPLE,
    Only,
    lacks_of,
    names_of,
    rows,
    shown_article,
    without_article,
)
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.site import Site, site_of
from curbside.review.moves import allowed_moves

_LONGEST_NUMBER = 6
_LONGEST_NAME = 300
_FEEDBACK = 200


async def listed(request: Request) -> Response:
    """The articles by state, with what waits at each."""
    site = site_of(request)
    enclosed = await signed_in(request)
    wanted = request.query_params.get("state", "")
    state = next((each for each in State if each.value == wanted), None)
    source = request.query_params.get("source", "").strip()[:_LONGEST_NAME]
    found = await site.gate.run(rows, site, state, source)
    counts = await site.gate.run(_counts, site)
    known = await site.gate.run(site.desk.articles)
    may_submit = Move.SUBMIT in allowed_moves(None, enclosed.person.roles)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/articles.html.jinja",
        rows=found,
        state=state,
        source=source,
        counts=counts,
        lacks=lacks_of(site, enclosed.person),
        waiting=without_article(site, [each.article_id for each in known]) if may_submit else [],
    )


def _counts(site: Site) -> dict[State, int]:
    found = [article.state for article in site.desk.articles()]
    return {state: found.count(state) for state in State}


async def article(request: Request) -> Response:
    """An article with its claims, each with its passages beside it, and what may be done."""
    site = site_of(request)
    enclosed = await signed_in(request)
    slug = slug_of(request)
    version = number_in(request, "version")
    shown = await site.gate.run(shown_article, site, slug, enclosed.person, version=version)
    if shown is None:
        return await _not_here(request, enclosed, slug, is_version=version is not None)
    wanted = request.query_params.get("only", "")
    only = next((each for each in Only if each.value == wanted), Only.ALL)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/article.html.jinja",
        slug=shown.article.article_id,
        shown=shown,
        lacks=lacks_of(site, enclosed.person),
        only=only,
        filters=[(each, name, shown.count(each)) for each, name in _FILTERS],
        simple=[move for move in shown.moves if move in SIMPLE],
        can_sign=Move.SIGN in shown.moves,
        can_accept=Move.ACCEPT in shown.moves,
        plain=sum(not (c.view.is_accepted or c.view.by_itself) for c in shown.claims),
        can_revise=Move.REVISE in shown.moves,
    )


_FILTERS = (
    (Only.ALL, "All"),
    (Only.RISKY, "High-risk"),
    (Only.NEW, "New to me"),
    (Only.OPEN, "Not accepted"),
)


async def _not_here(
    request: Request, enclosed: Enclosed, slug: str, *, is_version: bool
) -> Response:
    """A page that nobody submitted yet, where that is what the name leads to."""
    site = site_of(request)
    asked = await site.gate.run(site.pages.asked, slug)
    if asked is None or is_version:
        raise HTTPException(404)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/not_submitted.html.jinja",
        slug=slug,
        title=asked.title,
        may_submit=Move.SUBMIT in allowed_moves(None, enclosed.person.roles),
    )


async def history(request: Request) -> Response:
    """Who did what to an article, when and why."""
    site = site_of(request)
    enclosed = await signed_in(request)
    found = await known_article(request)
    steps = await site.gate.run(site.desk.steps, found.article_id)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/history.html.jinja",
        article=found,
        steps=steps[::-1],
    )


async def diff(request: Request) -> Response:
    """What changed in meaning from one version to another."""
    site = site_of(request)
    enclosed = await signed_in(request)
    found = await known_article(request)
    new = number_in(request, "new") or found.version
    old = number_in(request, "old") or max(1, new - 1)
    if not (0 < old <= found.version and 0 < new <= found.version):
        raise HTTPException(404)
    changes = await site.gate.run(site.desk.diff, found.article_id, old, new)
    versions = await site.gate.run(site.desk.versions, found.article_id)
    return desk_page(
        request,
        enclosed.visitor,
        "desk/diff.html.jinja",
        article=found,
        changes=changes,
        versions=versions,
        names=await site.gate.run(names_of, site),
        old=old,
        new=new,
    )


async def feedback(request: Request) -> Response:
    """What readers said of pages, the newest first."""
    site = site_of(request)
    enclosed = await signed_in(request)
    said = await site.gate.run(site.pages.store.asked.heard, _FEEDBACK)
    return desk_page(request, enclosed.visitor, "desk/feedback.html.jinja", said=said)


async def known_article(request: Request) -> Article:
    """The article that an address names."""
    site = site_of(request)
    found = await site.gate.run(site.desk.article, slug_of(request))
    if found is None:
        raise HTTPException(404)
    return found


def slug_of(request: Request) -> str:
    """The name of an article in an address."""
    slug: str = request.path_params["slug"]
    if not is_slug(slug):
        raise HTTPException(404)
    return slug


def number_in(request: Request, name: str) -> int | None:
    """A number of the query; None where it is not there."""
    value = request.query_params.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= _LONGEST_NUMBER):
        raise HTTPException(404)
    return int(value)
