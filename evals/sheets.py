"""Reading answers blind: a sheet to fill in, and what two readers made of it.

Each row is one answer to one question; who gave it is told by a key in a file of its own. A reader
writes one of five words into `verdict` and `yes` or `no` into `first` (does the first sentence
alone answer?).

- right: answers what was asked, and is true to its source;
- partly: answers a part, or answers beneath or beside something else;
- beside: true, about the same matter, and no answer;
- none: nothing was said;
- wrong: says what is not so, or answers another question as if it were this one.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from evals.items import Item, Said, System
from evals.measures import Figure, mean

VERDICTS: Final = ("right", "partly", "beside", "none", "wrong")
_COLUMNS: Final = ("row", "question", "sentences", "sources", "verdict", "first", "remark")


def write_sheet(
    items: Sequence[Item], systems: Sequence[System], *, seed: int, count: int, sheet: Path
) -> Path:
    """Draw `count` questions, ask every system, and write the answers in no order that tells.

    Args:
        items: to draw from; all of them where there are fewer.
        systems: who is asked.
        seed: of the draw and of the order.
        count: how many questions.
        sheet: the CSV file; the key is written beside it as `NAME.key.json`.

    Returns:
        The path of the key: the system, the item and whether it said nothing, by row.
    """
    pick = random.Random(seed)  # noqa: S311 - a draw, no secret
    ordered = sorted(items, key=lambda item: item.item_id)
    drawn = pick.sample(ordered, k=min(count, len(ordered)))
    answers = [
        (item, system.name, system.ask(item.question, without=item.without))
        for item in drawn
        for system in systems
    ]
    pick.shuffle(answers)
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for row, (item, _, said) in enumerate(answers, 1):
            writer.writerow([row, item.question, *_shown(said), "", ""])
    key = sheet.with_suffix(".key.json")
    named = {
        str(row): {"system": system, "item": item.item_id}
        for row, (item, system, _) in enumerate(answers, 1)
    }
    key.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    return key


def _shown(said: Said) -> tuple[str, str, str]:
    """Sentences, their sources, and the verdict that needs no reader."""
    sentences = "\n".join(f"{n}. {each.text}" for n, each in enumerate(said.sentences, 1))
    sources = "\n".join(f"{n}. {each.title}" for n, each in enumerate(said.sentences, 1))
    return sentences, sources, "" if said.sentences else "none"


def tally(
    sheets: Sequence[Path], key: Path, *, seed: int
) -> tuple[dict[str, dict[str, Figure]], dict[str, float]]:
    """What readers made of one sheet.

    Args:
        sheets: the sheet as each reader filled it in.
        key: the file that names the systems.
        seed: of the intervals.

    Returns:
        For each system the share of each verdict over all readings, and of first sentences that
        answer; and between the first two readers the share of rows with the same verdict
        (`same`) and Cohen's kappa, if there are two.

    Raises:
        ValueError: a verdict is none of the five words, or a row is not in the key.
    """
    systems = {
        row: str(named["system"]) for row, named in json.loads(key.read_text("utf-8")).items()
    }
    readings = [_read(sheet, systems) for sheet in sheets]
    told: dict[str, dict[str, Figure]] = {}
    for system in sorted(set(systems.values())):
        rows = [
            answer
            for reading in readings
            for row, answer in reading.items()
            if systems[row] == system
        ]
        told[system] = {
            verdict: mean([float(given == verdict) for given, _ in rows], seed=seed)
            for verdict in VERDICTS
        }
        told[system]["first"] = mean([float(first) for _, first in rows], seed=seed)
    return told, _agreement(readings)


def _read(sheet: Path, systems: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    answers = {}
    with sheet.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            verdict = line["verdict"].strip().lower()
            if verdict not in VERDICTS or line["row"] not in systems:
                raise ValueError(
                    f"{sheet}, row {line['row']}: expected one of {', '.join(VERDICTS)},"
                    f" found {line['verdict']!r}"
                )
            answers[line["row"]] = verdict, line["first"].strip().lower().startswith("y")
    return answers


def _agreement(readings: Sequence[Mapping[str, tuple[str, bool]]]) -> dict[str, float]:
    if len(readings) < 2:
        return {}
    one, other = readings[:2]
    rows = sorted(one.keys() & other.keys())
    same = sum(one[row][0] == other[row][0] for row in rows) / len(rows)
    mine = Counter(one[row][0] for row in rows)
    theirs = Counter(other[row][0] for row in rows)
    chance = sum(mine[verdict] * theirs[verdict] for verdict in VERDICTS) / len(rows) ** 2
    kappa = (same - chance) / (1 - chance) if chance < 1 else 1.0
    return {"same": same, "kappa": kappa}
