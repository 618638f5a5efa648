"""Retrieval is measured as the field measures it, and ours beats the plain BM25."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest

from curbside.index.dense import DenseCodes
from curbside.index.segments import Index, memory_index
from curbside.records import Hit, Passage, Question, QuestionKind, Span
from evals.measures import bootstrap_interval
from evals.retrieval import (
    Collection,
    PlainBM25,
    evaluate_retrieval,
    ndcg,
    ranked_documents,
    read_bioasq,
    read_scifact,
    recall,
)
from index_builders import WordEncoder, document
from shared_data import needs_shared, shared

EMPTY = DenseCodes(np.zeros(0, dtype="S24"), np.zeros((0, 64), dtype=np.int8))


def test_ndcg_discounts_a_gain_by_the_logarithm_of_its_rank() -> None:
    qrel = {"a": 2, "b": 1, "c": 1}
    ideal = 2 + 1 / math.log2(3) + 1 / 2
    assert ndcg(["a", "b", "c"], qrel, k=10) == pytest.approx(1)
    assert ndcg(["x", "b", "a"], qrel, k=10) == pytest.approx((1 / math.log2(3) + 1) / ideal)
    assert ndcg(["x", "a"], qrel, k=1) == 0
    assert ndcg(["b"], qrel, k=1) == pytest.approx(1 / 2)
    assert ndcg([], qrel, k=10) == 0


def test_recall_is_the_share_of_the_relevant_documents() -> None:
    qrel = {"a": 2, "b": 1, "c": 0}
    assert recall(["a", "c", "x"], qrel, k=3) == 0.5
    assert recall(["c", "a", "b"], qrel, k=2) == 0.5
    assert recall(["c", "a", "b"], qrel, k=3) == 1


def test_a_question_without_a_relevant_document_has_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing is relevant"):
        ndcg(["a"], {"a": 0}, k=10)
    with pytest.raises(ValueError, match="nothing is relevant"):
        recall(["a"], {}, k=10)


def test_the_interval_holds_the_mean_and_is_the_same_for_the_same_seed() -> None:
    values = [0.0, 1.0] * 200
    low, high = bootstrap_interval(values, seed=1)
    # the standard error of the mean of 400 such values is 0.025
    assert low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.01)
    assert high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.01)
    assert bootstrap_interval(values, seed=1) == (low, high)
    assert bootstrap_interval([0.25] * 9, seed=1) == (0.25, 0.25)
    with pytest.raises(ValueError, match="at least one value"):
        bootstrap_interval([], seed=1)


def test_a_document_stands_where_its_best_passage_stands() -> None:
    hits = [
        Hit(Passage(f"{doc_id}#{n}", doc_id, Span(0, 1), "A", "x"), 1.0 - n / 9, "run")
        for n, doc_id in enumerate(["b", "a", "b", "c", "a"])
    ]
    assert ranked_documents(hits) == ["b", "a", "c"]


def test_the_plain_bm25_follows_the_formula() -> None:
    docs = [document("1", "zinc zinc warts"), document("2", "zinc gout"), document("3", "asthma")]
    # "zinc": idf = ln(1 + 1.5 / 2.5); lengths 3, 2 and 1, mean 2
    first = 2 / (2 + 0.9 * (0.6 + 0.4 * 3 / 2))
    second = 1 / (1 + 0.9 * (0.6 + 0.4 * 2 / 2))
    assert first > second
    peer = PlainBM25(docs)
    assert peer.rank("zinc") == ["1", "2"]
    assert peer.rank("gout zinc") == ["2", "1"]
    assert peer.rank("the") == peer.rank("psoriasis") == []
    assert peer.rank("zinc", k=1) == ["1"]


def test_every_run_has_its_figures() -> None:
    docs = (
        document("1", "Zinc cleared warts."),
        document("2", "Gout hurts."),
        document("3", "Urate fell."),
    )
    collection = Collection(
        "tiny", docs, {"q1": "zinc for warts", "q2": "gout"}, {"q1": {"1": 1}, "q2": {"2": 1}}
    )
    encoder = WordEncoder()
    index = memory_index(docs, codes=EMPTY)
    index.embed_pending(encoder)
    figures = evaluate_retrieval(collection, index=index, embedder=encoder)
    assert [each.run for each in figures] == ["plain BM25", "lexical", "dense", "fused"]
    for each in figures:
        assert (each.questions, each.ndcg_at_10, each.recall_at_100) == (2, 1.0, 1.0)
        assert (each.low, each.high) == (1.0, 1.0)


def test_scifact_is_read_with_the_claims_that_are_judged(tmp_path: Path) -> None:
    row = {"doc_id": 7, "title": "Warts", "abstract": ["Zinc works. ", "It does.\n"]}
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    claims = [{"id": 1, "claim": "Zinc clears warts."}, {"id": 2, "claim": "Nobody judged me."}]
    (tmp_path / "claims_train.jsonl").write_text("\n".join(map(json.dumps, claims)))
    (tmp_path / "beir_qrels_train.tsv").write_text("query-id\tcorpus-id\tscore\n1\t7\t1\n")
    read = read_scifact(tmp_path)
    assert [(d.doc_id, d.title, d.text) for d in read.documents] == [
        ("s2:7", "Warts", "Zinc works. It does.")
    ]
    assert read.questions == {"1": "Zinc clears warts."}
    assert read.qrels == {"1": {"s2:7": 1}}


@pytest.mark.data
@needs_shared
def test_bioasq_has_a_gold_passage_for_every_question() -> None:
    collection = read_bioasq(shared("data", "bioasq"))
    known = {each.doc_id for each in collection.documents}
    assert len(known) == 18_150
    assert len(collection.questions) == 1_983
    assert all(known & collection.qrels[key].keys() for key in collection.questions)


@pytest.mark.data
@needs_shared
def test_our_lexical_run_beats_a_plain_bm25_on_scifact() -> None:
    collection = read_scifact(shared("data", "scifact"))
    index = Index(None)
    index.add(collection.documents)
    index.commit()
    gains = []
    for key, text in sorted(collection.questions.items()):
        asked = Question(text, text, key, QuestionKind.GENERAL, (), text)
        ranked = ranked_documents(index.search_lexical(asked, k=100))
        gains.append(ndcg(ranked, collection.qrels[key], k=10))
    # .693 is what an independent BM25 with stemming gives on these claims
    assert len(gains) == 809
    assert sum(gains) / 809 > 0.693
