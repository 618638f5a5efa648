"""The plain ways to answer: what they find, and in which order."""

from __future__ import annotations

import math

import numpy as np
from tiny_library import tiny_documents

from curbside.models.minilm import MiniLM
from evals.libraries import memory_library
from evals.peers import Bm25, Cosine, PassageBm25, best_passages
from index_builders import document

DOCS = [
    document("1", "Zinc zinc warts."),
    document("2", "Zinc gout."),
    document("3", "Asthma."),
]


def test_passages_are_weighed_by_the_formula() -> None:
    words = PassageBm25(DOCS)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert math.isclose(words.idf("zinc"), idf)
    assert words.idf("copper") == 0
    scores = words.scores("zinc")
    assert scores[0] > scores[1] > scores[2] == 0
    assert list(words.scores("copper")) == [0, 0, 0]


def test_runs_are_fused_by_the_mean_of_their_scaled_scores() -> None:
    words = PassageBm25(DOCS)
    found = best_passages(words, ({0: 4.0, 1: 2.0}, {1: 0.9, 2: 0.1}), without=frozenset())
    assert [(passage.doc_id, score) for passage, score in found] == [
        ("1", 0.5),
        ("2", 0.5),
        ("3", 0.0),
    ]
    fewer = best_passages(words, ({0: 4.0, 1: 2.0},), without=frozenset({"1"}))
    assert [passage.doc_id for passage, _ in fewer] == ["2"]


def test_peers_answer_with_the_three_best_sentences_of_what_they_find() -> None:
    library = memory_library(tiny_documents(), encoder=MiniLM())
    words = PassageBm25(library.documents())
    wanted = "Zinc lozenges begun within a day shorten the common cold in adults."
    for peer in (Bm25(words), Cosine(words, library)):
        said = peer.ask("Does zinc shorten the common cold?")
        assert len(said.sentences) == 3
        assert wanted in [each.text for each in said.sentences]
        assert peer.ask("Does zinc shorten the common cold?").sentences == said.sentences
        gone = peer.ask(
            "Does zinc shorten the common cold?", without=frozenset({"file:abstracts:zinc-cold"})
        )
        assert all("zinc-cold" not in str(each.names) for each in gone.sentences)
        assert gone.score < said.score


def test_without_a_library_a_peer_says_nothing() -> None:
    library = memory_library([], encoder=None)
    words = PassageBm25([])
    assert Bm25(words).ask("zinc").sentences == ()
    assert Cosine(words, library).ask("zinc").sentences == ()
    assert np.array_equal(words.scores("zinc"), np.zeros(0))
