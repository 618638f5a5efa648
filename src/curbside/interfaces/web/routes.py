"""Which address leads to which page."""

from __future__ import annotations

from starlette.routing import Route

from curbside.interfaces.web import (
    adding,
    ask,
    asking,
    feedback,
    library,
    method,
    passage,
    policies,
    static,
    versions,
)
from curbside.interfaces.web.desk.routes import desk_routes


def web_routes() -> list[Route]:
    """The addresses of the site; the one of them that fits first counts."""
    return [
        Route("/", ask.home),
        Route("/ask", asking.ask),
        Route("/ask/stages", asking.stages),
        Route("/q/{name}", ask.page),
        Route("/q/{slug}/passage/{passage}", passage.passage),
        Route("/q/{slug}/method", method.method),
        Route("/q/{slug}/versions", versions.listed),
        Route("/q/{slug}/feedback", feedback.say, methods=["POST"]),
        Route("/q/{slug}/thanks", feedback.thanks),
        Route("/library", library.listed),
        Route("/library/add", adding.form),
        Route("/library/add", adding.take, methods=["POST"]),
        Route("/library/add/{job}", adding.job),
        Route("/library/document/{doc_id:path}", library.document),
        Route("/policies", policies.listed),
        Route("/policies/{name}", policies.policy),
        *desk_routes(),
        Route("/static/{stamp}/{name}", static.file),
        Route("/favicon.ico", static.icon),
        Route("/robots.txt", static.robots),
    ]
