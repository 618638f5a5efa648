"""The rows that a choice is learned from, worked out by hand for small cases."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from chooser_builders import hits_of
from curbside.answer.features import (
    MATCHED,
    PLAIN,
    Asked,
    Candidate,
    TokenMatcher,
    asked_of,
    plain_features,
)
from curbside.answer.sentences import PassageReader
from curbside.records import Document, Span, Standing, Status
from index_builders import WordEncoder, document

IRON = document(
    "pmid:1", "Iron eased gout. Pain fell by 40%.", title="Iron in gout", labels=("RESULTS",)
)
ZINC = document("pmid:2", "Zinc was given. We conclude that zinc helps.", title="")


def candidates_of(*documents: Document) -> list[Candidate]:
    reader = PassageReader()
    by_id = {doc.doc_id: doc for doc in documents}
    made = []
    for rank, hit in enumerate(hits_of(*documents)):
        doc = by_id[hit.passage.doc_id]
        read = reader.read(hit.passage, doc)
        made += [
            Candidate(sentence, read, doc, Standing(Status.CURRENT), hit, rank)
            for sentence in read.sentences
        ]
    return made


def rows_of(asked: Asked, candidates: Sequence[Candidate]) -> list[dict[str, float]]:
    return [
        dict(zip(PLAIN, map(float, row), strict=True)) for row in plain_features(asked, candidates)
    ]


def asked(text: str) -> Asked:
    return asked_of(text, frequency_of=lambda _: 0, passages=100)


def test_every_column_has_a_name_of_its_own_and_every_row_a_value_a_name() -> None:
    columns = (*PLAIN, *MATCHED)
    assert len(set(columns)) == len(columns)
    candidates = candidates_of(IRON, ZINC)
    question = asked("Does iron ease gout?")
    assert plain_features(question, candidates).shape == (4, len(PLAIN))
    assert TokenMatcher(WordEncoder()).features(question, candidates).shape == (4, len(MATCHED))


def test_nothing_to_choose_from_has_no_rows() -> None:
    question = asked("Does iron ease gout?")
    assert plain_features(question, []).shape == (0, len(PLAIN))
    assert TokenMatcher(WordEncoder()).features(question, []).shape == (0, len(MATCHED))


def test_the_weight_of_a_stem_is_the_inverse_frequency_of_passages_that_hold_it() -> None:
    held = {"iron": 9, "gout": 0}
    question = asked_of("Iron, iron and gout", frequency_of=held.__getitem__, passages=99)
    # ln(1 + (N - n + 0.5) / (n + 0.5))
    assert question.weights == {
        "iron": pytest.approx(math.log(1 + 90.5 / 9.5)),
        "gout": pytest.approx(math.log(1 + 99.5 / 0.5)),
    }
    assert question.total == pytest.approx(sum(question.weights.values()))
    assert asked_of("the", frequency_of=held.__getitem__, passages=99).total == 1


def test_plain_features_by_hand() -> None:
    # three stems that weigh alike: iron, eas (of "ease"), gout
    rows = rows_of(asked("Does iron ease gout?"), candidates_of(IRON, ZINC))
    first, second, third, fourth = rows
    third_of_all = pytest.approx(1 / 3)
    two_thirds = pytest.approx(2 / 3)
    assert [row["passage rank"] for row in rows] == [0, 0, 1, 1]
    # of hits of 10 and 9, fused 1 and 1/2
    assert [row["bm25 of the best"] for row in rows] == [
        1,
        1,
        pytest.approx(0.9),
        pytest.approx(0.9),
    ]
    assert [row["fused score of the best"] for row in rows] == [1, 1, 0.5, 0.5]
    assert [row["dense"] for row in rows] == [0.5] * 4
    assert [row["stems asked"] for row in rows] == [3] * 4
    assert [row["sentences"] for row in rows] == [2] * 4
    # "Iron in gout" covers two stems of three; with the text all
    assert first["title coverage"] == two_thirds
    assert first["title overlap"] == two_thirds
    assert first["passage coverage"] == pytest.approx(1)
    assert (third["title coverage"], third["titled"]) == (0, 0)
    assert [row["coverage"] for row in rows] == [pytest.approx(1), 0, 0, 0]
    assert [row["coverage with title"] for row in rows] == [pytest.approx(1), two_thirds, 0, 0]
    # of stems that weigh alike the last by name is the rarest: iron
    assert [row["rarest in sentence"] for row in rows] == [1, 0, 0, 0]
    assert [row["position"] for row in rows] == [0, 1, 0, 1]
    assert [row["relative position"] for row in rows] == [0, 1, 0, 1]
    assert [row["last"] for row in rows] == [0, 1, 0, 1]
    assert [row["words"] for row in rows] == [3, 4, 3, 5]
    # pain, fell, 40; zinc, given
    assert [row["new words"] for row in rows[:2]] == [0, 3]
    assert [row["labelled result"] for row in rows] == [1, 1, 0, 0]
    assert [row["worded conclusion"] for row in rows] == [0, 0, 0, 1]
    assert [row["asks yes or no"] for row in rows] == [1] * 4
    assert [row["tells percent"] for row in rows] == [0, 1, 0, 0]
    assert (second["bm25 of the question"], third_of_all) == (
        pytest.approx(10 / asked("Does iron ease gout?").total, rel=1e-6),
        1 / 3,
    )
    assert fourth["tells first person"] == 1


def test_a_row_does_not_depend_on_the_order_of_the_candidates() -> None:
    question = asked("Does iron ease gout?")
    candidates = candidates_of(IRON, ZINC)
    order = [2, 0, 3, 1]
    shuffled = [candidates[at] for at in order]
    for features in (plain_features, TokenMatcher(WordEncoder()).features):
        assert np.array_equal(features(question, candidates)[order], features(question, shuffled))


class Compass:
    """A `TokenEncoder` of two dimensions: each word has a direction."""

    DIRECTIONS = {"iron": (1.0, 0.0), "gout": (0.0, 1.0), "zinc": (0.6, 0.8)}

    def embed_tokens(
        self, texts: Sequence[str]
    ) -> list[tuple[NDArray[np.float32], tuple[Span, ...]]]:
        made = []
        for text in texts:
            words = text.lower().rstrip(".").split()
            rows = np.array([self.DIRECTIONS[w] for w in words], dtype=np.float32).reshape(-1, 2)
            starts = [len(" ".join(words[:at])) + (at > 0) for at in range(len(words))]
            spans = tuple(Span(s, s + len(w)) for s, w in zip(starts, words, strict=True))
            made.append((rows, spans))
        return made


def test_maxsim_by_hand() -> None:
    # iron weighs three times what gout does
    question = Asked("iron gout", {"iron": 3.0, "gout": 1.0}, asked("iron gout").cues)
    candidates = candidates_of(document("pmid:1", "Zinc.", title="Gout"))
    (row,) = TokenMatcher(Compass()).features(question, candidates)
    told = dict(zip(MATCHED, map(float, row), strict=True))
    near = {"abs": 2e-3}  # vectors are kept as half floats
    # zinc is .6 of iron and .8 of gout; the title is 0 of iron and 1 of gout
    assert told["maxsim"] == pytest.approx(0.7, **near)
    assert told["weighted maxsim"] == pytest.approx((3 * 0.6 + 0.8) / 4, **near)
    assert told["least maxsim"] == pytest.approx(0.6, **near)
    assert told["reverse maxsim"] == pytest.approx(0.8, **near)
    # the mean of the question is (.5, .5): cosine (.3 + .4) / sqrt(.5)
    assert told["cosine"] == pytest.approx(0.7 / math.sqrt(0.5), **near)
    assert told["weighted maxsim with title"] == pytest.approx((3 * 0.6 + 1) / 4, **near)
    assert told["least maxsim with title"] == pytest.approx(0.6, **near)
    assert told["title maxsim"] == pytest.approx(1 / 4, **near)
    assert told["title cosine"] == pytest.approx(0.5 / math.sqrt(0.5), **near)


def test_without_a_title_its_columns_are_zero() -> None:
    question = Asked("iron gout", {"iron": 3.0, "gout": 1.0}, asked("iron gout").cues)
    (row,) = TokenMatcher(Compass()).features(question, candidates_of(document("pmid:1", "Zinc.")))
    told = dict(zip(MATCHED, map(float, row), strict=True))
    assert (told["title maxsim"], told["title cosine"]) == (0, 0)
    assert told["weighted maxsim with title"] == told["weighted maxsim"]


def test_a_text_that_is_remembered_scores_as_a_new_one() -> None:
    question = asked("Does iron ease gout?")
    candidates = candidates_of(IRON, ZINC)
    encoder = WordEncoder()
    small = TokenMatcher(encoder, kept=2)
    first = small.features(question, candidates)
    assert np.array_equal(small.features(question, candidates[:1]), first[:1])
    assert np.array_equal(small.features(question, candidates), first)
