"""Clinicians' terse questions, our own: half of them held by the library, half not.

`clinicians.jsonl`: `id`, `question`, `held`, `pmids` and `doc_ids` of the sources that answer,
`split` (tune or report).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evals.items import Half, Item, QuestionSet, first
from evals.sets.rows import kept_rows


def clinicians(_: Path | None, half: Half, limit: int | None) -> QuestionSet | None:
    """The questions of a half; any sentence of a noted source is right."""
    items = clinician_items(kept_rows("clinicians.jsonl"), half)
    return QuestionSet("clinicians", "all", first(items, limit)) if items else None


def clinician_items(rows: Iterable[dict[str, Any]], half: Half) -> list[Item]:
    """Groups "held" and "not-held"; what is not held is not answerable."""
    return [
        Item(
            item_id=f"clinicians:{row['id']}",
            question=row["question"],
            group="held" if row["held"] else "not-held",
            sources=frozenset(
                [*(f"pmid:{pmid}" for pmid in row.get("pmids", ())), *row.get("doc_ids", ())]
            ),
            is_answerable=row["held"],
        )
        for row in rows
        if half is Half.BOTH or row["split"] == half
    ]
