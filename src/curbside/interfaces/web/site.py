"""What every page of the site shares, and how a response leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from curbside.interfaces.web.gate import Gate
from curbside.interfaces.web.shelf import Made, Shelf
from curbside.interfaces.web.tries import Tries
from curbside.interfaces.web.work import Listen, Work, while_here
from curbside.pipeline import Reached
from curbside.wiring.desk import Desk
from curbside.wiring.embedding import BackgroundEmbedding
from curbside.wiring.intake import Intake
from curbside.wiring.pages import Pages
from curbside.wiring.people import People
from curbside.wiring.provider import Provider

HISTORY: Final = 12
"""Questions that the front page lists."""


@dataclass(slots=True)
class Site:
    """The site of one library.

    `embedding` makes its passages findable by their meaning behind the answers.
    `intake` takes sources in, and `shows_history` says whether the front page lists what was
    asked: neither where others can reach the site. There the desk opens over https alone
    (`needs_https`). `provider` is who people may sign in with; it is asked behind a gate of its
    own (`asking`), so that one that is slow takes no thread from who reads. None without one.
    """

    pages: Pages
    gate: Gate
    embedding: BackgroundEmbedding
    shelf: Shelf
    now: Callable[[], str]
    intake: Intake | None
    shows_history: bool
    desk: Desk
    people: People
    needs_https: bool
    provider: Provider | None = None
    asking: Gate | None = None
    tries: Tries = field(default_factory=Tries)
    remarks: Tries = field(default_factory=Tries)
    making: dict[tuple[str, ...], Work] = field(default_factory=dict)


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    return cast("Site", request.app.state.site)


async def shelved(
    site: Site,
    key: tuple[str, ...],
    make: Callable[[Reached], Made | None],
    *,
    listen: Listen | None = None,
    asker: Request | None = None,
) -> Made | None:
    """What is on the shelf under a key, else what `make` makes, made once for all who wait and
    given up when none of them does any more. `listen` hears its stages; who asked with the request
    `asker` waits until they go away.

    Raises:
        OverloadedError: there is no room to make it.
        GoneError: they went away.
    """
    found = site.shelf.get(key)
    if found is not None:
        return found
    work = site.making.get(key)
    if work is None or work.is_given_up:

        def forget(done: Work) -> None:
            if site.making.get(key) is done:
                del site.making[key]

        work = Work(site.gate, make, done=forget)
        site.making[key] = work
    result = work.result(listen)
    item = await (result if asker is None else while_here(asker, result))
    if item is not None:
        site.shelf.put(key, item)
    return item


def respond(request: Request, item: Made) -> Response:
    """What was made, packed where the reader takes that, and not sent where it is known."""
    headers = {
        "ETag": item.etag,
        "Last-Modified": http_date(item.made_at),
        # asked for again every time: what is said of a source may change at any moment
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
    }
    if _is_known(request, item):
        return Response(status_code=304, headers=headers)
    if item.file_name:
        headers["Content-Disposition"] = f'attachment; filename="{item.file_name}"'
    body = item.body
    if item.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body = item.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=item.media_type, headers=headers)


def http_date(iso: str) -> str:
    """An ISO 8601 time as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(iso).astimezone(UTC), usegmt=True)


def _is_known(request: Request, item: Made) -> bool:
    """By what it says alone, and not by its date: an approval that ended is no newer text."""
    tags = request.headers.get("if-none-match", "")
    names = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    return bool(names & {item.etag, "*"})
