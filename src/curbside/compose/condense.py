"""Which few sentences say what a set of sentences says, and when that is enough: the ranking
behind the bottom line."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules
from curbside.text.tokens import content_stems


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen. `source` is the rank of its source among those read, from 0;
    `place` that of the sentence among the candidates of its source, from 0."""

    text: str
    source: int
    place: int


def rank_sentences(
    query: str, candidates: Sequence[Candidate], *, most: int | None = None
) -> tuple[int, ...]:
    """Rank sentences so that any first few of them say most of what is asked.

    A sentence rises with what it shares with all the others, with how common its words are among
    them, with its cosine with the question and the question's words that it holds, and with the
    rank of its source and its place in it; it falls by what it repeats of the sentences above it.
    Where several sources speak, one that says what is so rises and one that speaks of its own
    study falls (the cues of data/condense.toml). No zone and no length counts: both were tried
    and did not help (docs/evaluation.md).

    Args:
        query: the question's words.
        candidates: in any order that is the same on every run; ties go to the earlier.
        most: how many to rank; None for all.

    Returns:
        Places in `candidates`, best first.
    """
    most = len(candidates) if most is None else most
    return tuple(at for (at, _), _ in zip(_ranked(query, candidates), range(most), strict=False))


def choose_sentences(query: str, candidates: Sequence[Candidate], *, most: int) -> tuple[int, ...]:
    """The first of the ranking, as many as say enough: at most `most`, and none whose words say
    less than the first one's by more than a set amount (`enough` in data/condense.toml).

    Arguments and order as in `rank_sentences`; nothing to choose from gives nothing.
    """
    chosen: list[int] = []
    least = -math.inf
    for at, says in _ranked(query, candidates):
        if len(chosen) == most or says < least:
            break
        if not chosen:
            least = says - _weights()["enough"]
        chosen.append(at)
    return tuple(chosen)


def _ranked(query: str, candidates: Sequence[Candidate]) -> Iterator[tuple[int, float]]:
    """Places, best first, each with what its words are worth, wherever they stand, less what it
    repeats."""
    weights = _weights()
    stems = [content_stems(candidate.text) for candidate in candidates]
    *vectors, question = _vectors([*stems, content_stems(query)])
    similar = [[_dot(one, other) for other in vectors] for one in vectors]
    sources = 1 + max((candidate.source for candidate in candidates), default=0)
    words = _worth_of_words(query, candidates, stems, similar, has_several=sources > 1)
    words = [
        worth + weights["question"] * _dot(question, vector)
        for worth, vector in zip(words, vectors, strict=True)
    ]
    place = [
        weights["source_rank"] / (1 + candidate.source)
        - weights["source_depth"] * candidate.source / sources
        + weights["place"] / (1 + candidate.place)
        for candidate in candidates
    ]
    rest, said = list(range(len(candidates))), [0.0] * len(candidates)
    while rest:
        says = [w - weights["repeats"] * s for w, s in zip(words, said, strict=True)]
        # rounded, so that two machines that add in another order rank the same
        best = min(rest, key=lambda at: (-round(says[at] + place[at], 9), at))
        rest.remove(best)
        yield best, round(says[best], 9)
        said = [max(before, row) for before, row in zip(said, similar[best], strict=True)]


def _worth_of_words(
    query: str,
    candidates: Sequence[Candidate],
    stems: Sequence[Sequence[str]],
    similar: Sequence[Sequence[float]],
    *,
    has_several: bool,
) -> list[float]:
    weights = _weights()
    asked = set(content_stems(query))
    held = Counter(stem for bag in stems for stem in set(bag))
    cues = _cues() if has_several else ()
    return [
        weights["centrality"] * (math.fsum(similar[at]) - similar[at][at]) / max(1, len(stems) - 1)
        + weights["common_words"] * _mean([held[s] / len(stems) for s in sorted(set(stems[at]))])
        + weights["question_words"] * len(asked & set(stems[at])) / max(1, len(asked))
        + math.fsum(weight for cue, weight in cues if cue.search(fold(candidate.text)))
        for at, candidate in enumerate(candidates)
    ]


def _vectors(stems: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Unit vectors by tf-idf, the idf counted over the sentences themselves."""
    bags = [Counter(bag) for bag in stems]
    held = Counter(stem for bag in bags for stem in bag)
    vectors = []
    for bag in bags:
        row = {stem: n * math.log(1 + len(bags) / held[stem]) for stem, n in bag.items()}
        length = math.sqrt(math.fsum(value * value for value in row.values())) or 1.0
        vectors.append({stem: value / length for stem, value in row.items()})
    return vectors


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return math.fsum(value * many[stem] for stem, value in few.items() if stem in many)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


@cache
def _weights() -> Mapping[str, float]:
    return {str(row["name"]): _number(row["value"]) for row in _rules()["weight"]}


@cache
def _cues() -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple(
        (re.compile(str(row["pattern"])), _number(row["value"])) for row in _rules()["cue"]
    )


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.compose.data",
        "condense.toml",
        tables={
            "weight": Columns(("name", "value")),
            "cue": Columns(("name", "pattern", "value")),
        },
    )


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise TypeError(f"expected a number, found {value!r}")
