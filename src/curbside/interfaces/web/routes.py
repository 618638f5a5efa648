"""Which address leads to which page."""

from __future__ import annotations

from starlette.routing import Route

from curbside.interfaces.web import ask, policies, static


def web_routes() -> list[Route]:
    """The addresses of the site; the one of them that fits first counts."""
    return [
        Route("/", ask.home),
        Route("/ask", ask.ask),
        Route("/q/{name}", ask.page),
        Route("/policies", policies.listed),
        Route("/policies/{name}", policies.policy),
        Route("/static/{stamp}/{name}", static.file),
        Route("/favicon.ico", static.icon),
        Route("/robots.txt", static.robots),
    ]
