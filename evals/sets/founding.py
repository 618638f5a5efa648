"""The founding question, its rewordings, and what only looks like it.

`founding.jsonl`: `question` and `leads`: "page" (the founding page), "near" (the same disease,
another question) or "elsewhere" (another disease, or no question at all).
"""

from __future__ import annotations

from pathlib import Path

from evals.items import Half, Item, QuestionSet
from evals.sets.rows import kept_rows


def founding(_: Path | None, _half: Half, limit: int | None) -> QuestionSet | None:
    """From the library with everything else loaded; every question is in both halves."""
    return QuestionSet("founding", "all", _items(limit))


def founding_bundled(_: Path | None, _half: Half, limit: int | None) -> QuestionSet | None:
    """From the bundled library alone."""
    return QuestionSet("founding-bundled", "bundled", _items(limit))


def _items(limit: int | None) -> tuple[Item, ...]:
    rows = kept_rows("founding.jsonl")
    items = [
        Item(f"founding:{n}", row["question"], row["leads"], is_answerable=row["leads"] == "page")
        for n, row in enumerate(rows)
    ]
    groups = ("page", "near", "elsewhere")
    return tuple(i for group in groups for i in [i for i in items if i.group == group][:limit])
