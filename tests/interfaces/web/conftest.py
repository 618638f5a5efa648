"""One site for all tests of the pages: they ask, and nothing that they ask changes another's; and
one with a review desk, where each test makes people and articles of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from curbside.interfaces.web import Site
from web_client import served


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Site]]:
    with served(tmp_path_factory.mktemp("site")) as both:
        yield both


@pytest.fixture(scope="session")
def client(both: tuple[TestClient, Site]) -> TestClient:
    return both[0]


@pytest.fixture(scope="session")
def site(both: tuple[TestClient, Site]) -> Site:
    return both[1]
