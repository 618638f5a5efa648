"""What the name of a page may be."""

from __future__ import annotations

import re
from typing import Final

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST: Final = 100


def is_slug(name: str) -> bool:
    """Whether a page could have this name: lower-case letters, digits, single hyphens."""
    return len(name) <= _LONGEST and _SLUG.fullmatch(name) is not None
