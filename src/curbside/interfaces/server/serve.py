"""`curbside serve`: the pages in a browser, on this machine unless it is said otherwise."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Final

import typer

from curbside.errors import InputError
from curbside.interfaces.terminal import Home, settings_of

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 8765
_STOPS_AFTER_S: Final = 10
CLOSES_AFTER_S: Final = 1
"""Seconds in which connections are closed once nobody is inside."""


def serve(
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = LOOPBACK,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes any that is free.")
    ] = PORT,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Needed with a --host that others can reach: whoever reaches it may ask and read."
            " Readers need no login, and there is no encryption: put a proxy that has it before it."
            " The review desk then opens over https alone.",
        ),
    ] = False,
    log: Annotated[
        bool, typer.Option("--log/--no-log", help="A line of JSON a request, on stderr.")
    ] = False,
    stop_after: Annotated[
        int,
        typer.Option(
            "--stop-after",
            min=0,
            max=3600,
            help="Seconds that those who are being answered have when the server is told to stop.",
        ),
    ] = _STOPS_AFTER_S,
    home: Home = None,
) -> None:
    """Serve the pages to a browser on this machine. Ctrl-C stops it."""
    names = _names(host, is_public=public)
    listening = _listen(host, port)

    settings = settings_of(home)

    import uvicorn
    from starlette.types import ASGIApp

    from curbside.interfaces.server.app import Serving, make_app, open_site
    from curbside.interfaces.server.door import Door, Server
    from curbside.interfaces.server.log import log_to_stderr

    log_to_stderr(is_chatty=log, now=_now)
    told: list[Callable[[], None]] = []

    def opening() -> ASGIApp:
        serving = Serving(names, is_public=public)
        site = open_site(settings, serving, now=_now)
        own = [(page.slug, page.title) for page in site.pages.own_pages]
        told.append(partial(_announce, listening, host, own, site.people.open_first()))
        return make_app(site, serving, now=_now)

    door = Door(opening, opened=lambda: told[0]())
    config = uvicorn.Config(
        door,
        # the parser that is strict about what a request may look like
        http="h11",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSES_AFTER_S,
    )
    Server(config, door, limit_s=stop_after).run(sockets=[listening])
    if door.error is not None:
        raise door.error


def _names(host: str, *, is_public: bool) -> frozenset[str] | None:
    """The names that requests may come to. Raises InputError."""
    if is_public:
        return None
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise InputError(
            f"--host {host}: others can reach that address, readers need no login and there is no"
            " encryption; say --public with it if that is meant, or leave it out to serve this"
            " machine alone"
        )
    # another name would be that of another site, which a browser was led here from
    return frozenset({"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
        # inherited by every connection: asyncio asks for it only of sockets that it made itself,
        # and without it a second packet waits 40 ms for the first to be acknowledged
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise InputError(
            f"--host {host} --port {port}: cannot be listened on ({error.strerror or error});"
            " another port may be free, --port 0 takes one that is"
        ) from error


def _announce(
    listening: socket.socket, host: str, pages: Sequence[tuple[str, str]], first: str | None
) -> None:
    """Print where to go, with the questions that have a page, and where the first account is made
    if there is none."""
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{listening.getsockname()[1]}"
    typer.echo(f"Curbside serves {address}/ until Ctrl-C")
    for slug, title in pages:
        typer.echo(f"\n{title}\n{address}/q/{slug}")
    if first is not None:
        typer.echo(
            "\nThe review desk has no accounts yet; make the first, an administrator's, here, once:"
            f"\n{address}/desk/first?token={first}"
        )
    sys.stdout.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
