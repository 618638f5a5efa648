"""How well the sentences chosen for a bottom line say what experts say: head to head.

BioASQ: the sentences of a question's gold snippets against its ideal answers. PubMedQA: the
sentences of an abstract without its conclusion against that conclusion. Every system ranks the
same sentences and is cut at the same number of words of a question: as many as our choice has
there, or a set number. The half of the questions with an even sha256 was developed on; figures to
quote are of the other half.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from pathlib import Path
from typing import Any, Final

from curbside.compose.condense import Candidate, choose_sentences, rank_sentences
from curbside.evaluate.rouge import Overlap, rouge_2, rouge_su4
from curbside.evaluate.summarisers import (
    rank_by_lead,
    rank_by_lexrank,
    rank_by_mmr,
    rank_by_order,
)
from curbside.text.sentences import split_sentences

OURS: Final = "curbside"
_ROUNDS: Final = 1000
_MIN_WORDS: Final = 4
_MIN_CANDIDATES: Final = 4  # fewer leave nothing to choose
_SENTENCES: Final = 3  # of a bottom line, at most

Ranker = Callable[["Task"], Sequence[int]]


class Half(StrEnum):
    """Which half of the questions: the one to develop on, or the one to report."""

    DEVELOPMENT = "development"
    REPORT = "report"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Task:
    """A question, the sentences there are to choose from in reading order, and what experts say."""

    task_id: str
    question: str
    candidates: tuple[Candidate, ...]
    references: tuple[str, ...]

    @property
    def digest(self) -> bytes:
        """The sha256 of its id: a draw that is the same everywhere."""
        return hashlib.sha256(self.task_id.encode()).digest()

    @property
    def half(self) -> Half:
        """The half it belongs to, by its digest."""
        return Half.REPORT if self.digest[-1] % 2 else Half.DEVELOPMENT


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with a 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system on one set. `ahead` is our mean less this system's over the same questions
    (paired), by measure; None for ours."""

    system: str
    measures: Mapping[str, Figure]
    ahead: Mapping[str, Figure] | None


SYSTEMS: Final[Mapping[str, Ranker]] = {
    OURS: lambda task: rank_sentences(task.question, task.candidates),
    "lead": lambda task: rank_by_lead([str(c.source) for c in task.candidates]),
    "first-n": lambda task: rank_by_order([str(c.source) for c in task.candidates]),
    "lexrank": lambda task: rank_by_lexrank([c.text for c in task.candidates]),
    "mmr": lambda task: rank_by_mmr(task.question, [c.text for c in task.candidates]),
}


def read_bioasq(path: Path) -> Iterator[Task]:
    """The questions of a BioASQ file with at least four sentences to choose from.

    A snippet is a source, ranked as the file lists it; a sentence of two snippets counts once.
    """
    for row in _rows(path):
        texts = [snippet["text"] for snippet in row["snippets"]]
        candidates = _candidates(texts)
        answers = row["ideal_answer"]
        if len(candidates) >= _MIN_CANDIDATES and answers:
            references = tuple([answers] if isinstance(answers, str) else answers)
            yield Task(row["id"], row["body"], candidates, references)


def read_pubmedqa(path: Path) -> Iterator[Task]:
    """The questions of a PubMedQA file; one abstract is one source."""
    for row in _rows(path):
        parts = [c for text in row["CONTEXTS"] for c in _candidates([text])]
        candidates = tuple(Candidate(c.text, 0, at) for at, c in enumerate(parts))
        if len(candidates) >= _MIN_CANDIDATES:
            yield Task(row["pmid"], row["QUESTION"], candidates, (row["LONG_ANSWER"],))


SETS: Final[Mapping[str, tuple[Callable[[Path], Iterator[Task]], str]]] = {
    "bioasq": (read_bioasq, "bioasq/7b-10b_questions.jsonl.gz"),
    "pubmedqa": (read_pubmedqa, "pubmedqa/pqal_nontest_500.jsonl.gz"),
}
"""Each set's reader, and its file in a folder of data sets."""


def draw(tasks: Iterable[Task], *, half: Half, limit: int) -> tuple[Task, ...]:
    """At most `limit` tasks of a half, in the order of their digests."""
    wanted = (task for task in tasks if half in (Half.BOTH, task.half))
    return tuple(sorted(wanted, key=lambda task: task.digest)[:limit])


def cut(ranking: Sequence[int], candidates: Sequence[Candidate], *, words: int) -> str:
    """The ranked sentences one after another, the last one cut off at `words` words."""
    text: list[str] = []
    for at in ranking:
        text += candidates[at].text.split()
        if len(text) >= words:
            break
    return " ".join(text[:words])


def words_chosen(task: Task) -> int:
    """How many words our own choice has: the sentences after which it has said enough."""
    chosen = choose_sentences(task.question, task.candidates, most=_SENTENCES)
    return sum(len(task.candidates[at].text.split()) for at in chosen)


def head_to_head(
    tasks: Sequence[Task], *, words: int | None, seed: int
) -> tuple[SystemFigures, ...]:
    """Every system on the same tasks at the same length: `words`, or for None as many for each
    task as our own choice has.

    Raises ValueError without a task.
    """
    if not tasks:
        raise ValueError("expected at least one question")
    lengths = [words_chosen(task) if words is None else words for task in tasks]
    scores = {
        name: [_score(task, rank, at) for task, at in zip(tasks, lengths, strict=True)]
        for name, rank in SYSTEMS.items()
    }
    return tuple(
        SystemFigures(
            name,
            {m: _figure([row[m] for row in rows], seed) for m in rows[0]},
            None
            if name == OURS
            else {
                m: _figure([a[m] - b[m] for a, b in zip(scores[OURS], rows, strict=True)], seed)
                for m in rows[0]
            },
        )
        for name, rows in scores.items()
    )


def _score(task: Task, rank: Ranker, words: int) -> dict[str, float]:
    text = cut(rank(task), task.candidates, words=words)
    named: dict[str, Overlap] = {
        "rouge_2": rouge_2(text, task.references),
        "rouge_su4": rouge_su4(text, task.references),
    }
    return {
        f"{name}_{part}": value
        for name, overlap in named.items()
        for part, value in (("recall", overlap.recall), ("f", overlap.f))
    }


def _figure(values: Sequence[float], seed: int) -> Figure:
    pick = random.Random(seed)  # noqa: S311 - a bootstrap, no secret
    means = sorted(fsum(pick.choices(values, k=len(values))) / len(values) for _ in range(_ROUNDS))
    return Figure(
        fsum(values) / len(values), means[round(0.025 * _ROUNDS)], means[round(0.975 * _ROUNDS) - 1]
    )


def _candidates(texts: Sequence[str]) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for source, text in enumerate(texts):
        for place, span in enumerate(split_sentences(text)):
            sentence = span.of(text).strip()
            if len(sentence.split()) >= _MIN_WORDS:
                found.setdefault(sentence, Candidate(sentence, source, place))
    return tuple(found.values())


def _rows(path: Path) -> Iterator[Any]:  # Any: the set's own JSON, read here and nowhere else
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
