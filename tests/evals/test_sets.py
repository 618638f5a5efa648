"""The question sets: frozen, of two halves, and what they say of right and wrong."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

from evals.items import Half, QuestionSet
from evals.libraries import rows_of
from evals.sets import SETS
from evals.sets.founding import founding
from evals.sets.patients import QUESTIONS, freeze
from evals.sets.rows import kept_rows
from evals.sets.unanswerable import absent, exchange
from shared_data import SHARED, needs_shared, shared


def made(name: str, half: Half, limit: int | None = None) -> QuestionSet:
    assert SHARED is not None
    found = SETS[name](SHARED / "data", half, limit)
    assert found is not None
    return found


def groups(name: str, half: Half, limit: int | None = None) -> dict[str, int]:
    return dict(Counter(item.group for item in made(name, half, limit).items))


def test_a_set_of_shared_data_is_none_without_it(tmp_path: Path) -> None:
    for name in ("experts", "patients", "unanswerable", "within"):
        assert SETS[name](None, Half.REPORT, None) is None
        assert SETS[name](tmp_path, Half.REPORT, None) is None


def test_the_founding_question_has_rewordings_and_near_misses() -> None:
    found = founding(None, Half.REPORT, None)
    assert found is not None
    assert Counter(item.group for item in found.items) == {"page": 57, "near": 47, "elsewhere": 38}
    assert len({item.question for item in found.items}) == 142


def test_the_longest_name_is_exchanged_and_nothing_else() -> None:
    drugs, diseases = absent("absent_drugs.txt"), absent("absent_diseases.txt")
    assert len(drugs) == len(diseases) == 40
    asked = exchange("Does rituximab help in lupus nephritis?", key="k")
    found = re.fullmatch(r"Does (.+) help in lupus nephritis\?", asked or "")
    assert found is not None
    assert found[1] in drugs
    asked = exchange("What causes Rett syndrome?", key="k")
    assert asked is not None
    assert any(name in asked for name in diseases)
    assert "Rett" not in asked
    assert exchange("Which protein binds calcium?", key="k") is None
    assert exchange("What causes gastritis?", key="k") == exchange(
        "What causes gastritis?", key="k"
    )


@pytest.mark.data
@needs_shared
def test_experts_are_of_other_years_in_each_half() -> None:
    tune, report = made("experts", Half.TUNE), made("experts", Half.REPORT)
    assert (len(tune.items), len(report.items)) == (1000, 983)
    assert {i.item_id for i in tune.items}.isdisjoint(i.item_id for i in report.items)
    assert all(item.gold and item.references for item in (*tune.items, *report.items))
    # the draw of fewer is the head of the draw of more
    assert made("experts", Half.REPORT, 60).items == report.items[:60]


@pytest.mark.data
@needs_shared
def test_patients_are_the_frozen_ones() -> None:
    both, report = groups("patients", Half.BOTH), groups("patients", Half.REPORT)
    assert (both["as-they-stand"], both["by-rule"]) == (400, 200)
    assert (report["as-they-stand"], report["by-rule"]) == (200, 100)
    assert kept_rows("patients.jsonl") == freeze(rows_of(shared("data", QUESTIONS)), seed=13)


@pytest.mark.data
@needs_shared
def test_the_gold_of_the_unanswerable_is_taken_out() -> None:
    items = made("unanswerable", Half.TUNE, 50).items
    removed = [item for item in items if item.group == "gold-removed"]
    assert len(removed) == 50
    assert all(item.without and item.gold and not item.is_answerable for item in removed)
    assert Counter(item.group for item in items)["nonsense"] >= 30


@pytest.mark.data
@needs_shared
def test_within_documents_each_group_has_as_many_questions() -> None:
    assert groups("within", Half.REPORT) == dict.fromkeys(
        ("pubmedqa", "scifact", "evidence-inference", "medquad"), 150
    )
    tune, report = made("within", Half.TUNE), made("within", Half.REPORT)
    assert {i.item_id for i in tune.items}.isdisjoint(i.item_id for i in report.items)


@pytest.mark.data
@needs_shared
def test_the_shared_files_name_none_of_the_absent() -> None:
    names = [*absent("absent_drugs.txt"), *absent("absent_diseases.txt")]
    files = (
        "bioasq/7b-10b_passages.jsonl.gz",
        "medquad/medquad_with_answers.jsonl.gz",
        "scifact/corpus.jsonl.gz",
        "evidence_inference/articles_title_abstract.jsonl.gz",
        "check_covid/corpus.jsonl.gz",
    )
    named = set()
    for file in files:
        text = gzip.decompress(shared("data", *file.split("/")).read_bytes()).decode().lower()
        within = [name for name in names if name.lower() in text]
        named |= {name for name in within if re.search(rf"\b{re.escape(name.lower())}", text)}
    assert named == set()
