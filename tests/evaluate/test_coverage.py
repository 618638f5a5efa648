from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.evaluate.coverage import Coverage, Judged, coverage, draw, read_judged
from curbside.wiring.config import read_settings
from curbside.wiring.engine import open_engine
from founding import QUESTION

AT = "2026-11-01T00:00:00+00:00"
ROWS = [
    {"body": "What is iron?", "documents": ["http://www.ncbi.nlm.nih.gov/pubmed/12", "34"]},
    {"body": "What is gout?", "documents": []},
]


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_of_questions_gives_each_with_its_sources(
    tmp_path: Path, *, is_packed: bool
) -> None:
    data = "\n".join(map(json.dumps, ROWS)).encode()
    path = tmp_path / "questions.jsonl"
    path.write_bytes(gzip.compress(data) if is_packed else data)
    assert read_judged(path) == (
        Judged("What is iron?", frozenset({"12", "34"})),
        Judged("What is gout?", frozenset()),
    )


def test_only_a_line_feed_ends_a_question(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    row = {"body": "Is iron\u2028safe?\x85", "documents": ["x/12"]}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert read_judged(path) == (Judged(row["body"], frozenset({"12"})),)


@pytest.mark.parametrize("data", [b"not json", b'{"question": 1}', b"[1]", b"\x1f\x8bcut", None])
def test_another_file_is_refused_with_what_was_expected(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "questions.jsonl"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match="expected BioASQ questions"):
        read_judged(path)


def test_a_draw_is_the_same_for_a_seed_and_another_for_another() -> None:
    questions = [Judged(str(n), frozenset()) for n in range(50)]
    first = draw(questions, count=10, seed=1)
    assert len(set(first)) == 10
    assert first == draw(questions, count=10, seed=1)
    assert first != draw(questions, count=10, seed=2)


def test_answers_and_what_they_cite_are_counted() -> None:
    engine = open_engine(read_settings({}))
    asked = [
        # the first sentence of its bottom line is of this source, the other two of another
        Judged(QUESTION, frozenset({"van-gerven-2013"})),
        Judged("What is the first-line treatment of scurvy?", frozenset({"van-gerven-2013"})),
        Judged("", frozenset()),
    ]
    assert coverage(asked, engine=engine, at=AT) == Coverage(
        questions=3, answered=1, found=1, bottom_line=3, bottom_line_judged=1
    )
