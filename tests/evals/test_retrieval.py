"""Retrieval is measured as the field measures it, and ours beats the plain BM25."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

from curbside.index.segments import Index
from curbside.models.minilm import MiniLM
from curbside.records import Hit, Passage, Question, QuestionKind, Span
from evals.items import Half
from evals.libraries import memory_library
from evals.measures import Figure, bootstrap_interval
from evals.retrieval import (
    Collection,
    PlainBM25,
    as_asked,
    figures_of,
    ndcg,
    ranked_documents,
    read_bioasq,
    read_nfcorpus,
    read_scifact,
    recall,
)
from index_builders import document
from shared_data import needs_shared, shared


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
    figures = figures_of(collection, encoder=MiniLM(), seed=7)
    assert list(figures) == ["bm25", "convex", "curbside words", "curbside"]
    for run, measures in figures.items():
        assert measures["ndcg@10"] == measures["r@100"] == Figure(1.0, 2, 1.0, 1.0)
        ahead = {"curbside words": "ahead-of-bm25", "curbside": "ahead-of-convex"}.get(run)
        assert ahead is None or measures[ahead] == Figure(0.0, 2, 0.0, 0.0)


def test_what_cannot_be_asked_finds_nothing() -> None:
    library = memory_library([document("1", "Zinc cleared warts.")], encoder=None)
    assert as_asked("zinc for warts", library.engine) == ["1"]
    assert as_asked("", library.engine) == []


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


def test_nfcorpus_is_read_with_the_queries_that_are_judged(tmp_path: Path) -> None:
    docs = "MED-1\tzinc clears warts\nMED-2\tgout hurts\n"
    (tmp_path / "dev.docs.tsv.gz").write_bytes(gzip.compress(docs.encode()))
    (tmp_path / "dev.2-1-0.qrel").write_text("PLAIN-1\t0\tMED-1\t2\nPLAIN-1\t0\tMED-2\t1\n")
    (tmp_path / "dev.titles.queries.tsv").write_text("PLAIN-1\twarts\nPLAIN-2\tno judge\n")
    read = read_nfcorpus(tmp_path)
    assert [(d.doc_id, d.text) for d in read.documents] == [
        ("MED-1", "zinc clears warts"),
        ("MED-2", "gout hurts"),
    ]
    assert read.questions == {"PLAIN-1": "warts"}
    assert read.qrels == {"PLAIN-1": {"MED-1": 2, "MED-2": 1}}


@pytest.mark.data
@needs_shared
def test_bioasq_has_a_gold_passage_for_every_question() -> None:
    collection = read_bioasq(shared("data"), half=Half.BOTH)
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
