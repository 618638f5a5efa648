"""Where the real data sets lie; tests that need them skip where the folder is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared"
_NAMED = os.environ.get("CURBSIDE_SHARED")

SHARED: Path | None = next(
    (path for path in (Path(_NAMED) if _NAMED else None, _BESIDE) if path and path.is_dir()), None
)
needs_shared = pytest.mark.skipif(SHARED is None, reason="the shared data folder is absent")


def shared(*parts: str) -> Path:
    """The path of a shared file; call it only under `needs_shared`."""
    assert SHARED is not None
    return SHARED.joinpath(*parts)
