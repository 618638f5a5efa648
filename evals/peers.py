"""The plain ways to answer that Curbside is held against, in the same run on the same library.

`Bm25` ranks passages, then their sentences, by the same weights. `Cosine` is the fifty lines that
anyone may write: twenty passages by words and meaning, their sentences embedded as the question
comes, the three nearest to it. Neither ever says that it does not know.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curbside.index.passages import split_passages
from curbside.protocols import Embedder
from curbside.records import Document, Passage
from curbside.text.sentences import split_sentences
from curbside.text.tokens import content_stems
from evals.items import Said, Shown, names_of
from evals.libraries import Asked

_K1: Final = 0.9
_B: Final = 0.4
_DEPTH: Final = 200
_PASSAGES: Final = 20
_SENTENCES: Final = 3
_MIN_WORDS: Final = 4


class PassageBm25:
    """BM25 over the passages of a library with their titles, stemmed (k1 .9, b .4)."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.passages = [each for document in documents for each in split_passages(document)]
        self.place = {each.passage_id: at for at, each in enumerate(self.passages)}
        held: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(self.passages))
        for at, passage in enumerate(self.passages):
            bag = Counter(content_stems(f"{passage.title} {passage.text}"))
            lengths[at] = bag.total()
            for stem, count in bag.items():
                held[stem].append((at, count))
        self._norm = _K1 * (1 - _B + _B * lengths / (lengths.mean() if len(lengths) else 1.0))
        self._held = {stem: np.array(rows, dtype=np.int32) for stem, rows in held.items()}

    def idf(self, stem: str) -> float:
        """The weight of a word; 0 for one that no passage holds."""
        count = len(self._held.get(stem, ()))
        return math.log(1 + (len(self.passages) - count + 0.5) / (count + 0.5)) if count else 0.0

    def scores(self, query: str) -> NDArray[np.float64]:
        """The score of every passage."""
        scores = np.zeros(len(self.passages))
        for stem in content_stems(query):
            if stem in self._held:
                at, count = self._held[stem].T
                scores[at] += self.idf(stem) * count / (count + self._norm[at])
        return scores


class Bm25:
    """A `System`: the sentences of the twenty best passages, by the weights of their words."""

    name = "bm25"

    def __init__(self, passages: PassageBm25) -> None:
        self._words = passages

    def ask(self, question: str, *, without: frozenset[str] = frozenset()) -> Said:
        """See `System`."""
        begun = perf_counter()
        runs = (dict(enumerate_best(self._words.scores(question))),)
        found = best_passages(self._words, runs, without=without)
        stems = set(content_stems(question))
        scored = []
        for rank, (passage, score) in enumerate(found):
            for text in sentences_of(passage):
                bag = Counter(content_stems(text))
                length = bag.total()
                norm = _K1 * (1 - _B + _B * length / 20)
                own = sum(self._words.idf(s) * bag[s] / (bag[s] + norm) for s in stems if s in bag)
                scored.append((own + score, -rank, text, passage))
        return _said(scored, begun)


class Cosine:
    """A `System`: the sentences of the twenty passages that words and meaning find, by cosine.

    A sentence is embedded once a run; what that took is counted whenever it is needed.
    """

    name = "cosine"

    def __init__(self, passages: PassageBm25, asked: Asked) -> None:
        self._words = passages
        self._asked = asked
        self._kept: dict[str, tuple[NDArray[np.float32], float]] = {}

    def passages(
        self, question: str, *, without: frozenset[str] = frozenset()
    ) -> list[tuple[Passage, float]]:
        """The twenty best passages, by half of each score."""
        place = self._words.place
        meaning = {
            place[hit.passage.passage_id]: hit.score
            for hit in self._asked.dense(question, _DEPTH)
            if hit.passage.passage_id in place
        }
        words = dict(enumerate_best(self._words.scores(question)))
        return best_passages(self._words, (words, meaning), without=without)

    def ask(self, question: str, *, without: frozenset[str] = frozenset()) -> Said:
        """See `System`."""
        begun = perf_counter()
        found = self.passages(question, without=without)
        (query,) = self._asked.encoder.embed([question])
        spared = 0.0
        scored = []
        for rank, (passage, _) in enumerate(found):
            for text in sentences_of(passage):
                if text in self._kept:
                    spared += self._kept[text][1]
                else:
                    self._kept[text] = _embedded(text, self._asked.encoder)
                scored.append((float(self._kept[text][0] @ query), -rank, text, passage))
        return _said(scored, begun - spared)


def best_passages(
    words: PassageBm25, runs: Sequence[Mapping[int, float]], *, without: frozenset[str]
) -> list[tuple[Passage, float]]:
    """The twenty best by the mean of their scores, each run scaled to 0..1 over what it found."""
    fused: dict[int, float] = defaultdict(float)
    for run in runs:
        low, high = (min(run.values()), max(run.values())) if run else (0.0, 0.0)
        for at, score in run.items():
            fused[at] += (score - low) / (high - low) if high > low else 1.0
    order = sorted(fused, key=lambda at: (-fused[at], words.passages[at].passage_id))
    found: list[tuple[Passage, float]] = []
    for at in order:
        passage = words.passages[at]
        if not without or not names_of(passage.doc_id, passage.title) & without:
            found.append((passage, fused[at] / len(runs)))
        if len(found) == _PASSAGES:
            break
    return found


def enumerate_best(scores: NDArray[np.float64]) -> list[tuple[int, float]]:
    """The places and scores of the 200 best above zero."""
    if not len(scores):
        return []
    k = min(_DEPTH, len(scores))
    best = np.argpartition(-scores, k - 1)[:k]
    return [(int(at), float(scores[at])) for at in sorted(best) if scores[at] > 0]


def sentences_of(passage: Passage) -> list[str]:
    """The sentences of a passage with at least four words."""
    texts = (span.of(passage.text) for span in split_sentences(passage.text))
    return [text for text in texts if len(text.split()) >= _MIN_WORDS]


def _embedded(text: str, encoder: Embedder) -> tuple[NDArray[np.float32], float]:
    begun = perf_counter()
    (vector,) = encoder.embed([text])
    return vector, perf_counter() - begun


def _said(scored: Sequence[tuple[float, int, str, Passage]], begun: float) -> Said:
    order = sorted(scored, key=lambda each: (-each[0], -each[1], each[2]))
    best = {text: passage for _, _, text, passage in reversed(order)}
    shown = [
        Shown(text, names_of(best[text].doc_id, best[text].title), best[text].title)
        for text in dict.fromkeys(text for _, _, text, _ in order)
    ]
    ms = (perf_counter() - begun) * 1000
    return Said(tuple(shown[:_SENTENCES]), order[0][0] if order else 0.0, ms)
