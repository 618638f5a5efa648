"""Answers get no worse: floors under what today's code reaches, to be raised and never lowered.

The first part needs nothing but what is in this folder; the second asks experts' questions of the
tuning half and is skipped without the shared data. `python -m evals run` tells the whole.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tiny_library import documents_in, tiny_documents, tiny_items

from curbside.models.minilm import MiniLM
from evals.items import Half, Item, QuestionSet, first
from evals.libraries import memory_library
from evals.product import Curbside
from evals.run import Run
from evals.sets.experts import QUESTIONS, expert_items
from evals.sets.unanswerable import gold_removed
from shared_data import needs_shared, shared

TINY_FLOORS = {
    ("tiny/experts", "bottom-line"): 0.8,
    ("tiny/experts", "p1"): 0.8,
    ("tiny/patients", "p1"): 0.5,
}
TINY_CEILINGS = {("tiny/none", "bottom-line"): 0.0}
EXPERT_FLOORS = {
    ("experts", "bottom-line"): 0.75,
    ("experts", "p1"): 0.74,
    ("experts", "p3"): 0.72,
    ("abstention", "auc"): 0.86,
    ("abstention", "precision-at-.5"): 0.5,
}
EXPERT_CEILINGS = {("unanswerable", "bottom-line"): 0.35}

_ASKED = 60
_HELD = 150  # the gold of so many questions is the library: some 1,400 passages


def reached(run: Run, wanted: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    figures = run.figures()
    return {key: figures[key[0]]["curbside"][key[1]].value for key in wanted}


def missed(run: Run, floors: dict[tuple[str, str], float]) -> dict[tuple[str, str], str]:
    return {
        key: f"{value:.3f} < {floors[key]}"
        for key, value in reached(run, floors).items()
        if value < floors[key]
    }


def passed(run: Run, ceilings: dict[tuple[str, str], float]) -> dict[tuple[str, str], str]:
    return {
        key: f"{value:.3f} > {ceilings[key]}"
        for key, value in reached(run, ceilings).items()
        if value > ceilings[key]
    }


def asked(*sets: tuple[str, list[Item]], of: Curbside) -> Run:
    run = Run(seed=7)
    for name, items in sets:
        run.ask(QuestionSet(name, "memory", tuple(items)), [of], progress=lambda _: None)
    return run


def test_answers_from_our_own_library_are_no_worse() -> None:
    library = memory_library(tiny_documents(), encoder=MiniLM())
    run = asked(("tiny", tiny_items()), of=Curbside(library.engine))
    assert missed(run, TINY_FLOORS) == {}
    assert passed(run, TINY_CEILINGS) == {}


@pytest.mark.data
@needs_shared
def test_answers_to_experts_are_no_worse(tmp_path: Path) -> None:
    questions = shared("data", QUESTIONS)
    held = first(expert_items(questions, Half.TUNE), _HELD)
    items = list(held[:_ASKED])
    texts = {text for item in held for text in item.gold}
    passages = tmp_path / "passages.jsonl"
    with gzip.open(shared("data", "bioasq", "7b-10b_passages.jsonl.gz"), "rt") as lines:
        passages.write_text("".join(line for line in lines if _text(line) in texts))
    library = memory_library(documents_in(passages), encoder=MiniLM(threads=2))
    run = asked(
        ("experts", items),
        ("unanswerable", gold_removed(items, questions)),
        of=Curbside(library.engine),
    )
    assert missed(run, EXPERT_FLOORS) == {}
    assert passed(run, EXPERT_CEILINGS) == {}


def _text(line: str) -> str:
    return str(json.loads(line)["text"])
