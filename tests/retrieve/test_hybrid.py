"""Two searches are asked to one depth and answer as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from curbside.records import Hit, Passage, Question, Span
from curbside.retrieve.hybrid import DEPTH, HybridRetriever
from index_builders import question


def run(count: int, *, step: int) -> tuple[Callable[[Question, int], Sequence[Hit]], list[int]]:
    """A search over passages 0, step, 2 step… and the depths it was asked for."""
    asked: list[int] = []

    def search(_: Question, k: int) -> list[Hit]:
        asked.append(k)
        return [
            Hit(Passage(f"{n * step:04}", "pmid:1", Span(0, 1), "A", "x"), 1 / (n + 1), "run")
            for n in range(min(k, count))
        ]

    return search, asked


def test_both_runs_are_read_to_the_same_depth_whatever_k_is() -> None:
    (words, by_words), (meaning, by_meaning) = run(500, step=1), run(500, step=2)
    retriever = HybridRetriever(words, meaning)
    ten = retriever.retrieve(question("gout"), k=10)
    assert len(ten) == 10
    assert ten == retriever.retrieve(question("gout"), k=150)[:10]
    retriever.retrieve(question("gout"), k=400)
    assert by_words == by_meaning == [DEPTH, DEPTH, 400]


def test_a_passage_that_both_find_rises() -> None:
    (words, _), (meaning, _) = run(3, step=1), run(3, step=2)
    hits = HybridRetriever(words, meaning, lexical_weight=0.5).retrieve(question("gout"), k=9)
    # words: 0, 1, 2 at 1, .25, 0; meaning: 0, 2, 4 at 1, .25, 0
    assert [(h.passage.passage_id, h.score) for h in hits] == [
        ("0000", 1.0), ("0001", 0.125), ("0002", 0.125), ("0004", 0.0),
    ]  # fmt: skip


def test_without_meaning_the_order_of_the_words_stands() -> None:
    words, _ = run(3, step=1)
    hits = HybridRetriever(words, lambda _q, _k: ()).retrieve(question("gout"), k=2)
    assert [h.passage.passage_id for h in hits] == ["0000", "0001"]
