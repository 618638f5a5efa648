"""Experts' questions: BioASQ, whose gold snippets say where the answer stands.

Tuned on batches 7B and 8B, reported on 9B and 10B. Every passage is loaded, as `curbside add`
reads it; groups are the types of question (factoid, list, summary, yesno).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from evals.items import Half, Item, QuestionSet, first
from evals.libraries import rows_of

QUESTIONS: Final = "bioasq/7b-10b_questions.jsonl.gz"
_BATCHES: Final = {
    Half.TUNE: ("7B", "8B"),
    Half.REPORT: ("9B", "10B"),
    Half.BOTH: ("7B", "8B", "9B", "10B"),
}


def experts(shared: Path | None, half: Half, limit: int | None) -> QuestionSet | None:
    """The questions of a half; `sources` stay empty, as only what a snippet says is right."""
    if shared is None or not (shared / QUESTIONS).exists():
        return None
    return QuestionSet("experts", "all", first(expert_items(shared / QUESTIONS, half), limit))


def expert_items(path: Path, half: Half) -> list[Item]:
    """The questions of a BioASQ file. `without` names the sources of gold, and is meant for who
    takes them out (`sets.unanswerable`): it is empty here."""
    return [
        Item(
            item_id=f"bioasq:{row['id']}",
            question=row["body"],
            group=row["type"],
            gold=tuple(dict.fromkeys(snippet["text"] for snippet in row["snippets"])),
            references=tuple(_listed(row.get("ideal_answer", ()))),
        )
        for row in rows_of(path)
        if row["batch"].startswith(_BATCHES[half]) and row["snippets"]
    ]


def gold_sources(path: Path) -> dict[str, frozenset[str]]:
    """The names of all sources that the experts listed or quoted, by the item's id."""
    return {
        f"bioasq:{row['id']}": frozenset(
            f"pmid:{url.rsplit('/', 1)[-1]}"
            for url in (*row["documents"], *(each["document"] for each in row["snippets"]))
        )
        for row in rows_of(path)
    }


def _listed(answers: str | list[str]) -> list[str]:
    return [answers] if isinstance(answers, str) else list(answers)
