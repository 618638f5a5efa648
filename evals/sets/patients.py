"""Patients' questions: MedQuAD as it stands, and the same asked in other words.

`patients.jsonl` names 400 questions by their number and the start of their sha256 (one number may
stand for several), half of them for tuning, and holds 200 rewordings by the rules below.
`patients_reworded.jsonl` holds others, worded by hand (`id`, `question`, `qid`, `split`; a number
there stands for one question). Right is a sentence of the very answer, or of another document that
says the same words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from evals.items import Half, Item, QuestionSet, digest, first, qid_name
from evals.libraries import rows_of
from evals.sets.rows import FOLDER, kept_rows

QUESTIONS: Final = "medquad/medquad_with_answers.jsonl.gz"
_KEPT: Final = "patients.jsonl"
_BY_HAND: Final = "patients_reworded.jsonl"
AS_THEY_STAND: Final = 400
REWORDED: Final = 200
REWORDINGS: Final = {
    "symptoms": ("what are the signs of {}", "how do i know if i have {}"),
    "causes": ("how do you get {}", "why do people get {}"),
    "treatment": ("can {} be cured", "can {} be treated", "what helps against {}"),
    "inheritance": ("is {} inherited", "does {} run in the family"),
    "susceptibility": ("who gets {}",),
    "exams and tests": ("how do doctors test for {}",),
    "prevention": ("how can i avoid {}",),
    "outlook": ("what happens to people with {}",),
    "frequency": ("how common is {}",),
    "information": ("tell me about {}",),
    "complications": ("what problems can {} lead to",),
}
"""How a question of a type is asked in other words, of its focus."""


def patients(shared: Path | None, half: Half, limit: int | None) -> QuestionSet | None:
    """The questions of a half; groups "as-they-stand", "by-rule" and "by-hand"."""
    if shared is None or not (shared / QUESTIONS).exists():
        return None
    asked = {_key(row): row for row in rows_of(shared / QUESTIONS)}
    by_number = {row["qid"]: row for row in asked.values()}
    items: dict[str, list[Item]] = {"as-they-stand": [], "by-rule": [], "by-hand": []}
    for kept in (*kept_rows(_KEPT), *kept_rows(_BY_HAND)):
        if half not in (Half.BOTH, kept["split"]):
            continue
        if "mark" in kept:
            row = asked[kept["qid"], kept["mark"]]
            group = "by-rule" if "question" in kept else "as-they-stand"
        else:
            row, group = by_number[kept["qid"]], "by-hand"
        items[group].append(
            Item(
                item_id=f"medquad:{kept['qid']}:{kept.get('mark', kept.get('id'))}:{group}",
                question=kept.get("question", row["question"]),
                group=group,
                gold=(row["answer"],),
                sources=frozenset({qid_name(row["qid"], row["question"])}),
                whole=True,
            )
        )
    found = [item for group in items.values() for item in first(group, limit)]
    return QuestionSet("patients", "all", tuple(found))


def freeze(rows: Iterable[dict[str, Any]], *, seed: int) -> list[dict[str, str]]:
    """Draw the list that is kept: the same for the same rows and seed."""

    def order(row: dict[str, Any]) -> int:
        return digest(f"{seed}:{row['qid']}:{row['question']}")

    drawn = sorted(rows, key=order)
    standing = [{"qid": r["qid"], "mark": _key(r)[1]} for r in drawn[:AS_THEY_STAND]]
    other = [r for r in drawn[AS_THEY_STAND:] if r["qtype"] in REWORDINGS and r["focus"]]
    reworded = []
    for row in other[:REWORDED]:
        wordings = REWORDINGS[row["qtype"]]
        wording = wordings[order(row) % len(wordings)]
        reworded.append(
            {"qid": row["qid"], "mark": _key(row)[1], "question": wording.format(row["focus"])}
        )
    return [
        {**row, "split": "report" if at % 2 else "tune"}
        for group in (standing, reworded)
        for at, row in enumerate(group)
    ]


def write_frozen(shared: Path, *, seed: int) -> None:
    """Write the list anew."""
    rows = freeze(rows_of(shared / QUESTIONS), seed=seed)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (FOLDER / _KEPT).write_text(lines, encoding="utf-8")


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["qid"], hashlib.sha256(row["question"].encode()).hexdigest()[:8]
