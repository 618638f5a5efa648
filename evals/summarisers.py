"""The plain ways to choose sentences that ours is held against: lead, first-n, LexRank, MMR.

Each ranks the same candidate sentences; the caller cuts the ranking at the same length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curbside.text.tokens import content_stems

_DAMPING: Final = 0.85
_SIMILAR: Final = 0.1
_RELEVANCE: Final = 0.7


def rank_by_lead(sources: Sequence[str]) -> list[int]:
    """The first sentence of each source in turn, then the second of each; `sources` names the
    source of each candidate, in reading order."""
    seen: Counter[str] = Counter()
    turns = []
    for source in sources:
        turns.append(seen[source])
        seen[source] += 1
    return sorted(range(len(sources)), key=lambda at: (turns[at], at))


def rank_by_order(sources: Sequence[str]) -> list[int]:
    """First-n: the candidates as they come."""
    return list(range(len(sources)))


def rank_by_lexrank(sentences: Sequence[str]) -> list[int]:
    """Sentences by how central they are among all.

    Source:
        Erkan & Radev, JAIR 2004: power iteration over the graph of sentences whose tf-idf cosine
        is at least 0.1, damping 0.85 (the values of the paper).
    """
    if not sentences:
        return []
    similar = (_cosines(sentences) >= _SIMILAR).astype(np.float64)
    np.fill_diagonal(similar, 1.0)
    steps = similar / similar.sum(axis=1, keepdims=True)
    score = np.full(len(sentences), 1 / len(sentences))
    for _ in range(100):
        score = (1 - _DAMPING) / len(sentences) + _DAMPING * steps.T @ score
    return sorted(range(len(sentences)), key=lambda at: (-round(float(score[at]), 12), at))


def rank_by_mmr(query: str, sentences: Sequence[str]) -> list[int]:
    """Sentences near the query and unlike those taken before.

    Source:
        Carbonell & Goldstein, SIGIR 1998: maximal marginal relevance over tf-idf cosines, with
        0.7 for relevance.
    """
    cosines = _cosines([*sentences, query])
    near = cosines[-1, :-1]
    rest, taken = list(range(len(sentences))), list[int]()
    while rest:
        best = max(
            rest,
            key=lambda at: (
                _RELEVANCE * near[at]
                - (1 - _RELEVANCE) * max((cosines[at, other] for other in taken), default=0.0),
                -at,
            ),
        )
        taken.append(best)
        rest.remove(best)
    return taken


def _cosines(sentences: Sequence[str]) -> NDArray[np.float64]:
    """Cosine of every two sentences by tf-idf, the idf counted over the sentences themselves."""
    bags = [Counter(content_stems(sentence)) for sentence in sentences]
    held = Counter(stem for bag in bags for stem in bag)
    names = {stem: at for at, stem in enumerate(sorted(held))}
    rows = np.zeros((len(bags), len(names)))
    for row, bag in zip(rows, bags, strict=True):
        for stem, count in bag.items():
            row[names[stem]] = count * math.log(1 + len(bags) / held[stem])
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(length > 0, length, 1.0)
    return rows @ rows.T
