"""Questions of two sets, and every way of choosing sentences on the same ones."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from curbside.compose.condense import Candidate
from curbside.evaluate.answers import (
    SYSTEMS,
    Half,
    Task,
    cut,
    draw,
    head_to_head,
    read_bioasq,
    read_pubmedqa,
    words_chosen,
)

SENTENCES = (
    "Iron lowered fever in adults.",
    "Zinc did not lower pain.",
    "Copper was given with food.",
    "Fever fell with iron in children too.",
)


def a_task(task_id: str = "t", reference: str = SENTENCES[0]) -> Task:
    return Task(
        task_id,
        "Does iron lower fever?",
        tuple(Candidate(text, n // 2, n % 2) for n, text in enumerate(SENTENCES)),
        (reference,),
    )


def packed(path: Path, *rows: object) -> Path:
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return path


def test_a_snippet_of_bioasq_is_a_source_and_a_sentence_counts_once(tmp_path: Path) -> None:
    row = {
        "id": "q1",
        "body": "Does iron help?",
        "ideal_answer": "Iron helps.",
        "snippets": [
            {"text": f"{SENTENCES[0]} {SENTENCES[1]} Too short."},
            {"text": f"{SENTENCES[1]} {SENTENCES[2]}"},
            {"text": SENTENCES[3]},
        ],
    }
    few = {**row, "id": "q2", "snippets": row["snippets"][:2]}  # type: ignore[index]  # a list
    (task,) = read_bioasq(packed(tmp_path / "b.gz", row, few))
    assert task == Task(
        "q1",
        "Does iron help?",
        (
            Candidate(SENTENCES[0], 0, 0),
            Candidate(SENTENCES[1], 0, 1),
            Candidate(SENTENCES[2], 1, 1),
            Candidate(SENTENCES[3], 2, 0),
        ),
        ("Iron helps.",),
    )


def test_an_abstract_of_pubmedqa_is_one_source_without_its_conclusion(tmp_path: Path) -> None:
    row = {
        "pmid": "1",
        "QUESTION": "Does iron help?",
        "CONTEXTS": [f"{SENTENCES[0]} {SENTENCES[1]}", f"{SENTENCES[2]} {SENTENCES[3]}"],
        "LONG_ANSWER": "It does.",
    }
    (task,) = read_pubmedqa(packed(tmp_path / "p.gz", row))
    assert [(c.source, c.place) for c in task.candidates] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert task.references == ("It does.",)


def test_a_question_belongs_to_one_half_by_its_hash() -> None:
    tasks = [a_task(str(n)) for n in range(40)]
    odd = {str(n) for n in range(40) if hashlib.sha256(str(n).encode()).digest()[-1] % 2}
    report = draw(tasks, half=Half.REPORT, limit=99)
    developed = draw(tasks, half=Half.DEVELOPMENT, limit=99)
    assert {task.task_id for task in report} == odd
    assert {task.task_id for task in developed} == {str(n) for n in range(40)} - odd
    assert draw(tasks[::-1], half=Half.REPORT, limit=3) == report[:3]
    assert len(draw(tasks, half=Half.BOTH, limit=99)) == 40


def test_every_system_is_cut_at_the_same_number_of_words() -> None:
    task = a_task()
    assert cut([1, 0], task.candidates, words=8) == "Zinc did not lower pain. Iron lowered fever"
    for rank in SYSTEMS.values():
        assert len(cut(rank(task), task.candidates, words=7).split()) == 7
        assert sorted(rank(task)) == [0, 1, 2, 3]


def test_without_a_set_length_every_system_has_as_many_words_as_our_choice_has() -> None:
    # the second sentence says nothing of what is asked: five words
    task = Task(
        "t",
        "Does iron lower fever?",
        (Candidate(SENTENCES[0], 0, 0), Candidate("Zinc tasted bad.", 0, 1)),
        (SENTENCES[0],),
    )
    assert words_chosen(task) == 5
    assert head_to_head([task], words=None, seed=3) == head_to_head([task], words=5, seed=3)


def test_the_lead_over_a_rival_is_the_mean_difference_over_the_same_questions() -> None:
    ours, *rivals = head_to_head([a_task("a"), a_task("b", SENTENCES[2])], words=5, seed=3)
    assert ours.system == "curbside"
    assert ours.ahead is None
    assert [rival.system for rival in rivals] == ["lead", "first-n", "lexrank", "mmr"]
    for rival in rivals:
        assert rival.ahead is not None
        for measure, figure in rival.ahead.items():
            mean = ours.measures[measure].mean - rival.measures[measure].mean
            assert figure.mean == pytest.approx(mean)
            assert figure.low <= figure.mean <= figure.high
    # the first sentence is one answer word for word, and no other has a pair of it
    first_n = rivals[1].measures
    assert first_n["rouge_2_f"].mean == 0.5
    assert (first_n["rouge_2_f"].low, first_n["rouge_2_f"].high) == (0.0, 1.0)


def test_the_same_seed_gives_the_same_intervals_and_no_question_is_an_error() -> None:
    tasks = [a_task("a"), a_task("b", SENTENCES[2])]
    assert head_to_head(tasks, words=5, seed=3) == head_to_head(tasks, words=5, seed=3)
    with pytest.raises(ValueError, match="at least one question"):
        head_to_head([], words=5, seed=3)
