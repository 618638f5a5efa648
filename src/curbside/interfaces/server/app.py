"""The application: the site with what operates it around it."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from curbside.errors import CurbsideError, DeskError, LibraryError
from curbside.interfaces.server.guard import Bounds, Guard, TooLargeError
from curbside.interfaces.server.log import LOG, told_of
from curbside.interfaces.server.metrics import Metrics
from curbside.interfaces.server.readiness import readiness_of
from curbside.interfaces.web import Site, web_routes
from curbside.interfaces.web.ask import ready_page
from curbside.interfaces.web.asking import ASKING, is_known
from curbside.interfaces.web.drawing import draw, page_response
from curbside.interfaces.web.gate import RETRY_AFTER_S, Gate, OverloadedError
from curbside.interfaces.web.shelf import Shelf
from curbside.interfaces.web.work import GoneError
from curbside.wiring.config import Settings
from curbside.wiring.desk import desk_over
from curbside.wiring.embedding import BackgroundEmbedding, Embedded
from curbside.wiring.intake import Intake
from curbside.wiring.pages import Pages
from curbside.wiring.people import People
from curbside.wiring.provider import provider_of
from curbside.wiring.watch import watch_changes

_SHELF_BYTES: Final = 64 * 2**20
_LOOKED_AFTER_S: Final = 1.0
"""How often the library is looked at for changes that another process made."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES})
_LEFT: Final = 499
"""Who asked went away before the answer was made; no standard has a status for what nobody gets."""
_HEADINGS: Final = {
    404: ("There is nothing here", "The address leads to no page of this site."),
    405: ("This cannot be done here", "The address takes another kind of request."),
}


@dataclass(frozen=True, slots=True)
class Serving:
    """How a library is served.

    `workers` questions are answered at once and `waiting` may wait. `is_public` says that others
    can reach the server: then nothing is added through it and nobody sees what others asked.
    `body` is the most bytes of an upload, `form` that of any other form: the longest text that
    the desk takes, three bytes a letter and each of them in three letters.
    """

    hosts: frozenset[str] | None
    is_public: bool = False
    workers: int = 2
    waiting: int = 32
    body: int = 64 * 2**20
    form: int = 512 * 1024


def open_site(settings: Settings, serving: Serving, *, now: Callable[[], str]) -> Site:
    """The site of the library of `settings`, which is made where there is none.

    Raises:
        InputError: the secret of the identity provider is not where the settings say.
        LibraryError: it cannot be opened; the text says what to do.
    """
    # first, as a secret that is missing is told before anything is opened
    provider = provider_of(settings.identity, os.environ)
    pages = Pages(settings, now=now)
    intake = None
    if not serving.is_public:
        intake = Intake(
            settings,
            now=now,
            new_name=lambda: secrets.token_hex(8),
            writing=pages.writing,
            changed=pages.refresh,
        )
    gate = Gate(workers=serving.workers, waiting=serving.waiting)
    return Site(
        pages=pages,
        gate=gate,
        embedding=BackgroundEmbedding(pages, is_busy=lambda: gate.taken > 0, told=_log_embedded),
        shelf=Shelf(_SHELF_BYTES),
        now=now,
        intake=intake,
        shows_history=not serving.is_public,
        desk=desk_over(pages.store, pages.home, settings),
        people=People(pages.store),
        needs_https=serving.is_public,
        provider=provider,
        asking=Gate(workers=2, waiting=serving.waiting) if provider else None,
    )


def make_app(site: Site, serving: Serving, *, now: Callable[[], str]) -> ASGIApp:
    """The application that serves a site; when it ends, the site is closed."""
    metrics = Metrics()
    app = Starlette(
        routes=[
            *web_routes(),
            Route("/healthz", _is_alive),
            Route("/readyz", _is_ready),
            Route("/metrics", _metrics),
        ],
        exception_handlers={
            HTTPException: _told_page,
            OverloadedError: _told_to_wait,
            GoneError: _told_nobody,
            CurbsideError: _told_failure,
            TooLargeError: _told_too_large,
            OSError: _told_no_room,
            # the guard logs it
            Exception: _told_error,
        },
        lifespan=_lifespan,
    )
    app.state.site = site
    app.state.metrics = metrics
    bounds = Bounds(
        hosts=serving.hosts,
        body=serving.body,
        form=serving.form,
        uploads=frozenset() if site.intake is None else frozenset({"/library/add"}),
    )
    return Guard(app, bounds=bounds, busy=partial(_busy, site), metrics=metrics, now=now)


def _busy(site: Site, scope: Scope) -> Response | None:
    """What a new question is told where there is no room for it: most of what comes to a server
    that has too much to do, so nothing at all is begun for it."""
    is_new = scope["path"] in ASKING and not site.gate.has_room_for_new
    return None if not is_new or is_known(site, scope) else _no_room()


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    site: Site = app.state.site
    if site.intake is not None:
        site.intake.go_on()
    site.embedding.start()
    tasks = [asyncio.create_task(_watch(site)), asyncio.create_task(_warm(site))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(site.embedding.close)
        site.gate.close()
        if site.asking is not None:
            site.asking.close()
        if site.intake is not None:
            await asyncio.to_thread(site.intake.close)
        site.pages.close()


def _log_embedded(now: Embedded) -> None:
    if now.failed is not None:
        LOG.warning("passages are not made findable by meaning: %s", now.failed)
    elif now.is_done:
        LOG.info("all %d passages are findable by meaning", now.passages)
    else:
        LOG.info(
            "%d of %d passages are findable by meaning; the others are being made so",
            now.embedded,
            now.passages,
        )


async def _watch(site: Site) -> None:
    """Look at the library again and again, and end at once what it no longer bears out; what
    cannot be read now can later."""
    seen: str | None = None
    while True:
        await asyncio.sleep(_LOOKED_AFTER_S)
        try:
            seen = await asyncio.to_thread(watch_changes, site.desk, at=site.now(), seen=seen)
        except LibraryError as error:
            LOG.warning("what changed under the articles cannot be noted: %s", told_of(error))
        try:
            await asyncio.to_thread(site.pages.look)
        except LibraryError as error:
            LOG.warning("the library is served as it was: %s", told_of(error))


async def _warm(site: Site) -> None:
    """Make the pages of the library before the first reader asks for one."""
    for page in site.pages.own_pages:
        with suppress(CurbsideError, OverloadedError):
            await ready_page(site, page.slug)


async def _is_alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _is_ready(request: Request) -> Response:
    """Whether questions can be answered and kept: 503 where they cannot."""
    site: Site = request.app.state.site
    told = await site.gate.run(readiness_of, site.pages, site.embedding)
    return JSONResponse(told, status_code=200 if told["ready"] else 503)


async def _metrics(request: Request) -> Response:
    site: Site = request.app.state.site
    gauges = {
        "documents": float(site.pages.opened.documents),
        "passages": float(site.pages.opened.passages),
        "passages_embedded": float(site.embedding.now.embedded),
        "work_taken": float(site.gate.taken),
        "writes_fail": float(site.pages.unkept is not None),
    }
    text = request.app.state.metrics.text(gauges)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


async def _told_page(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    heading, reason = _HEADINGS.get(status, ("This cannot be done", _detail(error)))
    response = page_response("error.html.jinja", status=status, heading=heading, reason=reason)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _detail(error: Exception) -> str:
    return error.detail if isinstance(error, HTTPException) else str(error)


async def _told_nobody(_: Request, __: Exception) -> Response:
    # for the log: it arrives nowhere
    return Response(status_code=_LEFT)


async def _told_to_wait(_: Request, __: Exception) -> Response:
    return _no_room()


def _no_room() -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_S), "Cache-Control": "no-store"}
    return HTMLResponse(_too_many(), status_code=503, headers=headers)


@cache
def _too_many() -> str:
    # drawn once: a server that has too much to do draws nothing more
    return draw(
        "error.html.jinja",
        heading="Too many questions at once",
        reason="Your question was not asked. Load this page again in a moment.",
    )


async def _told_failure(request: Request, error: Exception) -> Response:
    if not isinstance(error, LibraryError):
        return page_response(
            "error.html.jinja", status=400, heading="This cannot be done", reason=str(error)
        )
    LOG.error("%s", told_of(error))
    heading = "The library cannot be read"
    if isinstance(error, DeskError):
        # signed after it was kept: what was done may stand
        heading = "The review desk could not sign what was done; look whether it was kept"
    elif request.method == "POST":
        heading = "This could not be kept, and nothing of it was"
    return page_response("error.html.jinja", status=503, heading=heading, reason=str(error))


async def _told_no_room(request: Request, error: Exception) -> Response:
    """What was sent is put into a file first, where it is large."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        raise error
    told = LibraryError(
        f"it cannot be written down ({error.strerror}); make room and send it again"
    )
    told.__cause__ = error
    return await _told_failure(request, told)


async def _told_too_large(_: Request, error: Exception) -> Response:
    return page_response(
        "error.html.jinja", status=413, heading="This is too much", reason=f"{error}."
    )


async def _told_error(_: Request, __: Exception) -> Response:
    return page_response(
        "error.html.jinja",
        status=500,
        heading="Something went wrong here",
        reason="The log of the server says where. Asking again may help; please report it.",
    )
