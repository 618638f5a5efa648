"""Which sentence of a whole document answers: pools of abstracts with all their sentences.

Four groups: PubMedQA (the title asks, the conclusion answers), SciFact (train claims and their
rationale sentences), Evidence Inference (the effect of one treatment against another on an
outcome, and the words of the abstract that the annotators marked), MedQuAD (a disease with at
least three answers to different questions; the one asked for is right).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evals.gold import is_contained
from evals.items import Half, Item, QuestionSet, draw, qid_name
from evals.libraries import rows_of

PUBMEDQA: Final = "pubmedqa/pqal_nontest_500.jsonl.gz"
_A_GROUP: Final = 150
_SIBLINGS: Final = 3


def within(shared: Path | None, half: Half, limit: int | None) -> QuestionSet | None:
    """At most 150 questions of each group in a half."""
    if shared is None or not (shared / PUBMEDQA).exists():
        return None
    items = [
        item
        for group in groups_of(shared)
        for item in draw(group, half=half, limit=min(limit or _A_GROUP, _A_GROUP))
    ]
    return QuestionSet("within", "within", tuple(items))


def groups_of(
    shared: Path, *, licence: re.Pattern[str] | None = None
) -> tuple[Iterator[Item], ...]:
    """The questions of every group; of trials only those under such a licence, where one is
    given."""
    return (
        _pubmedqa(shared),
        _scifact(shared),
        _evidence_inference(shared, licence),
        _medquad(shared),
    )


def write_pubmedqa(shared: Path, file: Path) -> Path:
    """PubMedQA's abstracts with their conclusions, as `curbside add` reads abstracts."""
    with file.open("w", encoding="utf-8") as out:
        for row in rows_of(shared / PUBMEDQA):
            parts = [
                {"label": label, "text": text}
                for label, text in zip(row["LABELS"], row["CONTEXTS"], strict=True)
            ]
            parts.append({"label": "CONCLUSIONS", "text": row["LONG_ANSWER"]})
            abstract = {"pmid": row["pmid"], "title": row["QUESTION"], "abstract": parts}
            out.write(json.dumps(abstract, ensure_ascii=False) + "\n")
    return file


def _pubmedqa(shared: Path) -> Iterator[Item]:
    for row in rows_of(shared / PUBMEDQA):
        yield Item(
            f"pubmedqa:{row['pmid']}", row["QUESTION"], "pubmedqa", gold=(row["LONG_ANSWER"],)
        )


def _scifact(shared: Path) -> Iterator[Item]:
    sentences = {
        row["doc_id"]: row["abstract"] for row in rows_of(shared / "scifact/corpus.jsonl.gz")
    }
    for row in rows_of(shared / "scifact/claims_train.jsonl"):
        gold = [
            sentences[int(doc_id)][at]
            for doc_id, sets in row["evidence"].items()
            for each in sets
            for at in each["sentences"]
        ]
        if gold:
            yield Item(f"scifact:{row['id']}", row["claim"], "scifact", gold=tuple(gold))


def _evidence_inference(shared: Path, licence: re.Pattern[str] | None) -> Iterator[Item]:
    folder = shared / "evidence_inference"
    abstracts = {
        row["pmcid"].removeprefix("PMC"): "\n".join(part["text"] for part in row["abstract"] or ())
        for row in rows_of(folder / "articles_title_abstract.jsonl.gz")
        if licence is None or licence.search(row.get("licence") or "")
    }
    marked: dict[str, list[str]] = defaultdict(list)
    for row in _table(folder / "v2_annotations_train_validation.csv.gz"):
        words = row["Annotations"].strip()
        is_valid = row["Valid Label"] == row["Valid Reasoning"] == "True"
        # only what the abstract itself says can be found there
        if is_valid and is_contained(words, abstracts.get(row["PMCID"], "")):
            marked[row["PromptID"]].append(words)
    for row in _table(folder / "prompts_train_validation.csv.gz"):
        if gold := marked.get(row["PromptID"]):
            parts = {key: " ".join(value.split()) for key, value in row.items()}
            yield Item(
                f"evidence-inference:{row['PromptID']}",
                f"What is the effect of {parts['Intervention']} versus {parts['Comparator']}"
                f" on {parts['Outcome']}?",
                "evidence-inference",
                gold=tuple(dict.fromkeys(gold)),
            )


def _medquad(shared: Path) -> Iterator[Item]:
    by_focus = defaultdict(list)
    for row in rows_of(shared / "medquad/medquad_with_answers.jsonl.gz"):
        by_focus[row["focus"]].append(row)
    for rows in by_focus.values():
        if len({row["qtype"] for row in rows}) < _SIBLINGS:
            continue
        for row in rows:
            yield Item(
                f"medquad-section:{row['qid']}:{row['question']}",
                row["question"],
                "medquad",
                gold=(row["answer"],),
                sources=frozenset({qid_name(row["qid"], row["question"])}),
                whole=True,
            )


def _table(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(io.StringIO(lines.read()))
