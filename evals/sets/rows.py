"""The lists that lie beside the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


def kept_rows(name: str) -> list[dict[str, Any]]:  # Any: each list has its own keys
    """The objects of a list; none where it is absent."""
    file = FOLDER / name
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]
