"""Questions that the library cannot answer: gold taken out, names exchanged, nonsense.

`nonsense.txt` and `nonsense.jsonl` hold our own; `absent_diseases.txt` and `absent_drugs.txt` name
what the library of all shared files was seen to lack.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from evals.items import Half, Item, QuestionSet, digest, first
from evals.sets.experts import QUESTIONS, expert_items, gold_sources
from evals.sets.rows import FOLDER, kept_rows

_DRUG: Final = re.compile(
    r"\b[a-z]{2,}(?:mab|nib|vir|pril|sartan|statin|olol|cillin|mycin|micin|floxacin|azole|prazole|"
    r"setron|triptan|gliptin|gliflozin|glutide|parin|xaban|gatran|ximab|zumab|cept|platin|rubicin|"
    r"taxel|tecan|trexate|thiazide|dipine|zosin|oxetine|azepam|azolam|profen|coxib|lukast|terol|"
    r"sone|solone|tide|stim|mide|caine|barbital|idone|apine|ciclib|parib|rafenib|zomib|imus)\b",
    re.IGNORECASE,
)
_DISEASE: Final = re.compile(
    r"(?:\b(?!(?:the|a|an|of|in|for|with|is|are|which|what|does|do|and|or|by|on|to)\b)"
    r"[\w'’-]+ ){1,3}"
    r"(?:syndrome|disease|disorder|cancer|carcinoma|deficiency|dystrophy|anemia|anaemia|infection|"
    r"leukemia|lymphoma|fever|ataxia|palsy|dementia|failure|fibrosis|sclerosis|epilepsy)s?\b"
    r"|\b[a-z]{3,}(?:itis|oma|omas|osis|emia|aemia|pathy|plegia|algia|trophy|plasia|uria|penia|"
    r"rrhea|rrhoea|phobia|philia|iasis)\b|\b(?:diabetes|asthma|stroke|epilepsy|autism|cancer|"
    r"malaria|influenza|covid-19|HIV|AIDS|schizophrenia|depression|migraine|lupus|autism)\b",
    re.IGNORECASE,
)


def unanswerable(shared: Path | None, half: Half, limit: int | None) -> QuestionSet | None:
    """Groups "gold-removed", "exchanged" and "nonsense"."""
    if shared is None or not (shared / QUESTIONS).exists():
        return None
    items = first(expert_items(shared / QUESTIONS, half), limit)
    return QuestionSet(
        "unanswerable",
        "all",
        (*gold_removed(items, shared / QUESTIONS), *exchanged(items), *nonsense(limit)),
    )


def gold_removed(items: Sequence[Item], path: Path) -> list[Item]:
    """The same questions with every source that the experts named taken out of the library.

    What another source says may still answer: `gold` stays, so that this is counted.
    """
    sources = gold_sources(path)
    return [
        replace(
            item,
            item_id=f"removed:{item.item_id}",
            group="gold-removed",
            without=sources[item.item_id],
            is_answerable=False,
        )
        for item in items
    ]


def exchanged(items: Sequence[Item]) -> list[Item]:
    """The questions that name a disease or a drug, with one that the library lacks instead."""
    made = ((item, exchange(item.question, key=item.item_id)) for item in items)
    return [
        Item(f"exchanged:{item.item_id}", question, "exchanged", is_answerable=False)
        for item, question in made
        if question is not None
    ]


def exchange(question: str, *, key: str) -> str | None:
    """The question with the longest name of a disease or drug in it exchanged everywhere.

    A name is told by its form: a drug by the ending of its kind ("-mab", "-pril"), a disease by
    its ending ("-itis") or by up to three words before "syndrome", "disease" and the like. `key`
    chooses which absent name takes its place. None where no name is seen.
    """
    names = [
        (len(match.group()), match.group(), listed)
        for pattern, listed in ((_DISEASE, "absent_diseases.txt"), (_DRUG, "absent_drugs.txt"))
        for match in pattern.finditer(question)
    ]
    if not names:
        return None
    _, name, listed = max(names)
    others = absent(listed)
    other = others[digest(key) % len(others)]
    return re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", other, question)


def nonsense(limit: int | None = None) -> list[Item]:
    """Our own questions without an answer anywhere."""
    texts = [*absent("nonsense.txt"), *(row["question"] for row in kept_rows("nonsense.jsonl"))]
    return [
        Item(f"nonsense:{n}", text, "nonsense", is_answerable=False)
        for n, text in enumerate(texts[:limit])
    ]


def absent(name: str) -> list[str]:
    """The lines of one of the lists."""
    lines = (FOLDER / name).read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("# ")]
