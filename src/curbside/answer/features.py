"""What the choice of an answering sentence is learned from: one row of numbers a candidate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from curbside.answer.cues import cue_names, question_cues
from curbside.answer.sentences import ReadPassage, Sentence
from curbside.protocols import TokenEncoder
from curbside.records import Document, Hit, Kind, Span, Standing
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems, tokenize

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ZONES: Final = (
    "background", "method", "result", "conclusion", "discussion", "statement", "other", "display",
)  # fmt: skip
_KINDS: Final = (
    Kind.GUIDELINE, Kind.SYSTEMATIC_REVIEW, Kind.REVIEW, Kind.TRIAL, Kind.LABEL,
    Kind.PATIENT_INFORMATION,
)  # fmt: skip
_SHARED: Final = tuple(name for name in cue_names("question") if name in cue_names("sentence"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with where it was found; `rank` is its passage's, from 0.
    `answers_it`: its document was written to answer this very question."""

    sentence: Sentence
    read: ReadPassage
    document: Document
    standing: Standing
    hit: Hit
    rank: int
    answers_it: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the features read it: its stems, each with its weight (the inverse frequency
    of passages that hold it), and the cues of its wording."""

    text: str
    weights: dict[str, float]
    cues: tuple[float, ...]

    @property
    def total(self) -> float:
        """The sum of all weights; never 0."""
        return sum(self.weights.values()) or 1.0


def asked_of(text: str, *, frequency_of: Callable[[str], int], passages: int) -> Asked:
    """Make a question ready.

    Args:
        text: the question as it is searched.
        frequency_of: how many passages hold a stem.
        passages: how many there are.
    """
    weights = {}
    for stem in dict.fromkeys(content_stems(text)):
        holding = frequency_of(stem)
        weights[stem] = math.log(1 + (max(passages - holding, 0) + 0.5) / (holding + 0.5))
    return Asked(text, weights, question_cues(fold(text)))


def plain_features(asked: Asked, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """Every feature that needs no encoder, shape (len(candidates), len(PLAIN)).

    The columns are those of `PLAIN`; nothing depends on the order of the candidates.
    """
    lexical = max((c.hit.lexical or 0.0 for c in candidates), default=0.0)
    dense = max((c.hit.dense or 0.0 for c in candidates), default=0.0)
    fused = max((c.hit.score for c in candidates), default=0.0) or 1.0
    rarest = max(asked.weights, key=lambda stem: (asked.weights[stem], stem), default="")
    by_passage: dict[str, tuple[float, ...]] = {}
    rows = []
    for c in candidates:
        key = c.read.passage.passage_id
        if key not in by_passage:
            by_passage[key] = _of_passage(asked, c, lexical, dense, fused, rarest)
        rows.append((*by_passage[key], *_of_sentence(asked, c, rarest)))
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(PLAIN))


def _of_passage(
    asked: Asked, c: Candidate, lexical: float, dense: float, fused: float, rarest: str
) -> tuple[float, ...]:
    read, total = c.read, asked.total
    title, whole = read.title_stems, read.stems | read.title_stems
    stems = asked.weights.keys()
    return (
        float(c.rank),
        c.hit.score / fused,
        (c.hit.lexical or 0.0) / (lexical or 1.0),
        (c.hit.lexical or 0.0) / total,
        lexical / total,
        c.hit.dense or 0.0,
        dense,
        _covered(asked, title),
        _covered(asked, whole),
        _covered(asked, read.heading_stems),
        len(title & stems) / max(1, len(title | stems)),
        float(rarest in title),
        float(rarest in whole),
        float(len(stems)),
        total / max(1, len(stems)),
        float(len(read.sentences)),
        float(read.title.rstrip().endswith("?")),
        float(bool(read.title)),
        math.fsum(map(min, asked.cues, read.title_cues)),
        math.fsum(abs(a - b) for a, b in zip(asked.cues, read.title_cues, strict=True)),
        _agree(asked.cues, read.heading_cues),
        *(float(c.document.kind is kind) for kind in _KINDS),
        *asked.cues,
    )


def _of_sentence(asked: Asked, c: Candidate, rarest: str) -> tuple[float, ...]:
    sentence, read = c.sentence, c.read
    others = sentence.stems - asked.weights.keys()
    # a statement stands by itself: its label says nothing that was learned
    is_labelled = read.is_labelled and sentence.zone != "statement"
    count = len(read.sentences)
    return (
        _covered(asked, sentence.stems),
        _covered(asked, sentence.stems | read.title_stems),
        float(rarest in sentence.stems),
        float(sentence.position),
        sentence.position / max(1, count - 1),
        float(sentence.position == count - 1),
        float(sentence.words),
        float(len(others - read.title_stems)),
        _agree(asked.cues, sentence.cues),
        *(float(is_labelled and sentence.zone == zone) for zone in _ZONES),
        *(float(not is_labelled and sentence.zone == zone) for zone in _ZONES),
        *sentence.cues,
    )


def _covered(asked: Asked, stems: frozenset[str]) -> float:
    return math.fsum(w for stem, w in asked.weights.items() if stem in stems) / asked.total


def _agree(question: Sequence[float], told: Sequence[float]) -> float:
    """How many cues of the question the sentence, or its heading, answers with its own."""
    of_question = dict(zip(cue_names("question"), question, strict=True))
    of_sentence = dict(zip(cue_names("sentence"), told, strict=True))
    return math.fsum(of_question[name] * of_sentence[name] for name in _SHARED)


class TokenMatcher:
    """Token vectors against token vectors (MaxSim), each text read once while it is remembered.

    Source: Khattab & Zaharia, SIGIR 2020 (late interaction), with frozen vectors.
    """

    def __init__(self, encoder: TokenEncoder, *, kept: int = 20_000) -> None:
        self._encoder = encoder
        self._kept = kept
        self._known: dict[str, NDArray[np.float16]] = {}

    def features(self, asked: Asked, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """The columns of `MATCHED`, shape (len(candidates), len(MATCHED))."""
        ((query, spans),) = self._encoder.embed_tokens([asked.text])
        weights = _token_weights(asked, spans)
        texts = [c.sentence.text for c in candidates]
        titles = [c.read.title for c in candidates]
        vectors = self._vectors([*texts, *titles])
        rows = [
            _matched(query, weights, vectors[text], vectors[title])
            for text, title in zip(texts, titles, strict=True)
        ]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(MATCHED))

    def _vectors(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(missing) > self._kept:
            self._known = {text: self._known[text] for text in texts if text in self._known}
        for text, (vectors, _) in zip(missing, self._encoder.embed_tokens(missing), strict=True):
            # half the memory; rounded always, so that a remembered text scores as a new one
            self._known[text] = vectors.astype(np.float16)
        return {text: self._known[text].astype(np.float32) for text in dict.fromkeys(texts)}


def _token_weights(asked: Asked, spans: Sequence[Span]) -> NDArray[np.float32]:
    """The weight of the word that each token is of; all alike where no word has one."""
    words = tokenize(asked.text)
    weights = np.zeros(len(spans), dtype=np.float32)
    for at, span in enumerate(spans):
        word = next((w for w in words if w.span.start <= span.start < w.span.end), None)
        if word is not None:
            weights[at] = max(
                (asked.weights.get(s, 0.0) for s in content_stems(word.text)), default=0
            )
    return weights if weights.any() else np.ones(len(spans), dtype=np.float32)


def _matched(
    query: NDArray[np.float32],
    weights: NDArray[np.float32],
    sentence: NDArray[np.float32],
    title: NDArray[np.float32],
) -> tuple[float, ...]:
    if not len(query) or not len(sentence):
        return (0.0,) * len(MATCHED)
    alike = query @ sentence.T
    best = alike.max(axis=1)
    named = (query @ title.T).max(axis=1) if len(title) else np.zeros(len(query), dtype=np.float32)
    both = np.maximum(best, named)
    sum_of = float(weights.sum())
    return (
        float(best.mean()),
        float(best @ weights) / sum_of,
        float(best[weights > 0].min()),
        float(alike.max(axis=0).mean()),
        _cosine(query, sentence),
        float(both @ weights) / sum_of,
        float(both[weights > 0].min()),
        float(named @ weights) / sum_of,
        _cosine(query, title) if len(title) else 0.0,
    )


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    a, b = one.mean(axis=0), other.mean(axis=0)
    return float(a @ b) / (float(np.linalg.norm(a)) * float(np.linalg.norm(b)))


PLAIN: Final = (
    "passage rank", "fused score of the best", "bm25 of the best", "bm25 of the question",
    "best bm25", "dense", "best dense", "title coverage", "passage coverage", "heading coverage",
    "title overlap", "rarest in title", "rarest in passage", "stems asked", "mean weight",
    "sentences", "title asks", "titled", "title asks the same", "title asks otherwise",
    "heading cues",
    *(f"kind {kind}" for kind in _KINDS),
    *(f"asks {name}" for name in cue_names("question")),
    "coverage", "coverage with title", "rarest in sentence", "position", "relative position",
    "last", "words", "new words", "cues",
    *(f"labelled {zone}" for zone in _ZONES),
    *(f"worded {zone}" for zone in _ZONES),
    *(f"tells {name}" for name in cue_names("sentence")),
)  # fmt: skip
"""The columns of `plain_features`."""
MATCHED: Final = (
    "maxsim", "weighted maxsim", "least maxsim", "reverse maxsim", "cosine",
    "weighted maxsim with title", "least maxsim with title", "title maxsim", "title cosine",
)  # fmt: skip
"""The columns of `TokenMatcher.features`."""
