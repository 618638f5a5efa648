"""One site for all tests of the pages: they ask, and nothing that they ask changes another's; and
one with a review desk, where each test makes people and articles of its own; and a
gallery of every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from curbside.interfaces.web import Site
from curbside.interfaces.web.tries import Tries
from curbside.wiring import people
from gallery import Gallery, make_gallery
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


@pytest.fixture(scope="session")
def desk_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Site]]:
    with served(tmp_path_factory.mktemp("desk")) as (client, site):
        # every test tries from one address
        site.tries = Tries(most=10_000)
        yield client, site


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    return make_gallery(tmp_path_factory.mktemp("gallery"))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashing that is as slow as it must be would be most of what these tests take; the tests of
    `wiring.people` hash as the desk does."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_hasher", lambda: hasher)
        yield
