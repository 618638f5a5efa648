"""A tiny library that we wrote ourselves, with questions it answers and questions it does not."""

from __future__ import annotations

import json
from pathlib import Path

from curbside.ingest.json_lines import read_json_lines
from curbside.records import Document
from evals.items import Item

TINY = Path(__file__).parent / "tiny"


def tiny_documents() -> list[Document]:
    return [
        each for name in ("abstracts", "answers") for each in documents_in(TINY / f"{name}.jsonl")
    ]


def documents_in(path: Path) -> list[Document]:
    with path.open("rb") as stream:
        read = read_json_lines(stream, path=path.name, retrieved_at=None)
        return [each for each in read if isinstance(each, Document)]


def tiny_items() -> list[Item]:
    rows = (TINY / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Item(
            item_id=f"tiny:{n}",
            question=row["question"],
            group=row["group"],
            gold=tuple(row.get("gold", ())),
            whole=row.get("whole", False),
            is_answerable=row["group"] != "none",
        )
        for n, row in enumerate(map(json.loads, rows))
    ]
