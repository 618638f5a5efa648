"""A site of the bundled evidence, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from curbside.interfaces.server.app import Serving, make_app, open_site
from curbside.interfaces.web import Site
from curbside.wiring.config import settings_at

NOW = "2026-01-31T12:00:00Z"
ADDRESS = "http://127.0.0.1:8765"
HOSTS = frozenset({"127.0.0.1"})


@contextmanager
def served(home: Path, serving: Serving | None = None) -> Iterator[tuple[TestClient, Site]]:
    """A client of a site whose library is in `home`; it follows no redirect by itself."""
    serving = serving or Serving(HOSTS)
    site = open_site(settings_at(home), serving, now=lambda: NOW)
    app = make_app(site, serving, now=lambda: NOW)
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        yield client, site
