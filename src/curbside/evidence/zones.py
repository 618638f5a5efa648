"""The rhetorical zone of a section: background, method, result, conclusion, discussion, other."""

from __future__ import annotations

from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules


@lru_cache(maxsize=4096)
def zone_of(label: str) -> str:
    """The zone of a section by its label or locator ("Results > Adverse events").

    The innermost heading that opens with a known word decides; "other" where none does.
    """
    for heading in reversed(fold(label).split(" > ")):
        for zone, words in _zones():
            if heading.strip().startswith(words):
                return zone
    return "other"


@cache
def _zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    rules = load_rules(
        "curbside.evidence.data", "zones.toml", tables={"zone": Columns(("name", "labels"))}
    )
    return tuple((str(row["name"]), _words(row["labels"])) for row in rules["zone"])


def _words(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
