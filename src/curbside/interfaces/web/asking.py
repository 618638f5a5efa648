"""From a question to its page: at once to who has no scripts, stage by stage to who has."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Scope

from curbside.errors import InputError
from curbside.interfaces.web.ask import DEFAULT_READER, reader_of, ready_page
from curbside.interfaces.web.drawing import page_response
from curbside.interfaces.web.site import Site, site_of
from curbside.interfaces.web.work import gone, while_here
from curbside.pipeline import Stage
from curbside.records import Reader

ASKING: Final = frozenset({"/ask", "/ask/stages"})
"""The addresses that ask."""
_SHOWN_BACK: Final = 200
"""Characters of a question that is refused: a text that is too long would come back longer."""
_COUNTED: Final = {
    Stage.SEARCHED: ("passage found", "passages found"),
    Stage.CHOSEN: ("sentence speaks of it", "sentences speak of it"),
    Stage.CHECKED: (
        "statement stands in its passage, word and figure",
        "statements stand in their passages, word and figure",
    ),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A question as it comes in an address."""

    text: str
    follows: str | None
    forget: tuple[str, ...]
    reader: Reader


async def ask(request: Request) -> Response:
    """From a question to its page, once that is made: it waits in one line, and what was begun is
    not refused half-way."""
    site = site_of(request)
    wanted = _wanted(request)
    try:
        address = await _led(site, wanted, say=lambda _: None, asker=request)
    except InputError as error:
        return page_response(
            "not_understood.html.jinja",
            status=400,
            reason=str(error),
            asked=wanted.text[:_SHOWN_BACK],
            site=site,
        )
    return RedirectResponse(address, status_code=303)


async def stages(request: Request) -> Response:
    """The stages of an answer as they are done, a line of JSON each, and the address of its page.

    A line holds `stage`, words for a person, or at the end `address`. What cannot be answered
    here says so where it is asked without stages: the last line is then that address. Who goes
    away gives the answer up.
    """
    site = site_of(request)
    wanted = _wanted(request)
    said: asyncio.Queue[str] = asyncio.Queue()
    making = asyncio.create_task(_led(site, wanted, say=said.put_nowait))
    leaving = asyncio.create_task(gone(request))
    first = await _next(said, making, leaving)
    if making.done() and (error := making.exception()) and not isinstance(error, InputError):
        # refused before anything was sent: with the status of that
        leaving.cancel()
        raise error
    lines = _lines(first, said, making, leaving, elsewhere=f"/ask?{request.url.query}")
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


async def _next(
    said: asyncio.Queue[str], making: asyncio.Task[str], leaving: asyncio.Task[None]
) -> str | None:
    """What is said next; None where no more is, as it is made or nobody waits for it."""
    told = asyncio.create_task(said.get())
    await asyncio.wait({told, making, leaving}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    # what was said before it ended comes before the end
    return told.result() if told.done() else None if said.empty() else said.get_nowait()


async def _lines(
    words: str | None,
    said: asyncio.Queue[str],
    making: asyncio.Task[str],
    leaving: asyncio.Task[None],
    *,
    elsewhere: str,
) -> AsyncIterator[bytes]:
    try:
        while words is not None:
            yield _line(stage=words)
            words = await _next(said, making, leaving)
        if making.done():
            yield _line(address=elsewhere if making.exception() else making.result())
    finally:
        leaving.cancel()
        making.cancel()


def _line(**told: str) -> bytes:
    return f"{json.dumps(told, ensure_ascii=False)}\n".encode()


async def _led(
    site: Site, wanted: _Wanted, *, say: Callable[[str], None], asker: Request | None = None
) -> str:
    """The address of the page of a question, which is made; `say` is told every stage, and `asker`
    is whose request waits for it.

    Raises:
        InputError: the question is not understood.
        OverloadedError: too much is asked at once; nothing was begun.
    """
    text, follows, forget = wanted.text, wanted.follows, wanted.forget
    found = site.pages.found(text, follows=follows, forget=forget)
    if found is None:
        finding = site.gate.run_first(site.pages.find, text, follows=follows, forget=forget)
        found = await (finding if asker is None else while_here(asker, finding))
    asked, question = found
    say(f"Understood as “{asked.title}”")
    # what was read differently from what was typed is told on the page
    is_plain = not question.readings and text.strip() == asked.title
    told = {} if is_plain or asked.follows else {"asked": text}
    if wanted.reader is not DEFAULT_READER:
        told["as"] = wanted.reader.value

    def listen(stage: Stage, count: int) -> None:
        if stage in _COUNTED:
            say(f"{count:,} {_COUNTED[stage][count != 1]}")

    await ready_page(
        site,
        asked.slug,
        typed=told.get("asked"),
        reader=wanted.reader,
        listen=listen,
        asker=asker,
    )
    return f"/q/{asked.slug}?{urlencode(told)}" if told else f"/q/{asked.slug}"


def is_known(site: Site, scope: Scope) -> bool:
    """Whether a request of an address in `ASKING` asks what was asked before."""
    text, follows, forget = _question(QueryParams(scope["query_string"]))
    return site.pages.found(text, follows=follows, forget=forget) is not None


def _wanted(request: Request) -> _Wanted:
    """Raises 400."""
    return _Wanted(*_question(request.query_params), reader=reader_of(request))


def _question(entered: QueryParams) -> tuple[str, str | None, tuple[str, ...]]:
    """The words, the page that they follow, and what of it is to be forgotten."""
    forget = tuple(word for word in entered.getlist("forget") if word.strip())
    return entered.get("q", ""), entered.get("follow") or None, forget
