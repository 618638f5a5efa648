"""How well passages are found: judged questions, the usual measures, and a plain BM25 beside ours.

A document ranks by its best passage. A figure is printed with its number of questions and a
bootstrap interval; a change that does not beat the plain BM25 is no improvement.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from curbside.index.segments import Index
from curbside.protocols import Embedder
from curbside.records import (
    Document,
    Hit,
    Kind,
    Question,
    QuestionKind,
    Section,
    Source,
    Span,
)
from curbside.retrieve.hybrid import DEPTH, HybridRetriever
from curbside.text.tokens import content_stems
from evals.measures import bootstrap_interval

_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents with judged questions: `qrels` gives the grade of each relevant doc_id."""

    name: str
    documents: tuple[Document, ...]
    questions: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Means over `questions`; `low` and `high` bound nDCG@10 in 95 % of bootstrap samples."""

    run: str
    questions: int
    ndcg_at_10: float
    low: float
    high: float
    recall_at_100: float


def ndcg(ranked: Sequence[str], qrel: Mapping[str, int], *, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k`, gain = grade, discount log2(rank+1).

    Raises ValueError where nothing is relevant: such a question has no nDCG.

    Source:
        Järvelin & Kekäläinen, ACM TOIS 2002, with the linear gain that trec_eval uses.
    """
    best = _gain(sorted(qrel.values(), reverse=True)[:k])
    if not best:
        raise ValueError("nothing is relevant to this question")
    return _gain([qrel.get(doc_id, 0) for doc_id in ranked[:k]]) / best


def recall(ranked: Sequence[str], qrel: Mapping[str, int], *, k: int) -> float:
    """The share of the relevant documents that are among the first `k`; ValueError as `ndcg`."""
    relevant = {doc_id for doc_id, grade in qrel.items() if grade > 0}
    if not relevant:
        raise ValueError("nothing is relevant to this question")
    return len(relevant & set(ranked[:k])) / len(relevant)


def ranked_documents(hits: Sequence[Hit]) -> list[str]:
    """The documents of ranked passages, each where its best passage stands."""
    return list(dict.fromkeys(hit.passage.doc_id for hit in hits))


def evaluate_retrieval(
    collection: Collection, *, index: Index, embedder: Embedder
) -> tuple[RunFigures, ...]:
    """Figures of the plain BM25, our lexical and dense runs and their fusion, in that order.

    Args:
        collection: its documents are in `index`, with codes for every passage.
        index: what is searched.
        embedder: of the questions.
    """
    peer = PlainBM25(collection.documents)
    vectors = {key: embedder.embed([text])[0] for key, text in sorted(collection.questions.items())}

    def lexical(question: Question, k: int) -> Sequence[Hit]:
        return index.search_lexical(question, k=k)

    def dense(question: Question, k: int) -> Sequence[Hit]:
        return index.search_dense(vectors[question.slug], k=k)

    fused = HybridRetriever(lexical, dense)
    runs: tuple[tuple[str, Callable[[Question], list[str]]], ...] = (
        ("plain BM25", lambda question: peer.rank(question.query)),
        ("lexical", lambda question: ranked_documents(lexical(question, DEPTH))),
        ("dense", lambda question: ranked_documents(dense(question, DEPTH))),
        ("fused", lambda question: ranked_documents(fused.retrieve(question, k=DEPTH))),
    )
    return tuple(_figures(name, rank, collection) for name, rank in runs)


class PlainBM25:
    """The yardstick: BM25 over whole documents, stemmed, without anything of ours.

    k1 = 0.9 and b = 0.4 are the usual settings for short texts (Anserini's defaults).
    """

    def __init__(self, documents: Sequence[Document], *, k1: float = 0.9, b: float = 0.4) -> None:
        bags = {
            each.doc_id: Counter(content_stems(f"{each.title} {each.text}")) for each in documents
        }
        lengths = {doc_id: bag.total() for doc_id, bag in bags.items()}
        mean = sum(lengths.values()) / len(lengths) if lengths else 0.0
        holding = Counter(stem for bag in bags.values() for stem in bag)
        self._weights: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for doc_id, bag in bags.items():
            norm = k1 * (1 - b + b * lengths[doc_id] / mean) if mean else k1
            for stem, times in bag.items():
                idf = math.log(1 + (len(bags) - holding[stem] + 0.5) / (holding[stem] + 0.5))
                self._weights[stem].append((doc_id, idf * times / (times + norm)))

    def rank(self, query: str, *, k: int = DEPTH) -> list[str]:
        """The best `k` documents, ties by doc_id."""
        scores: defaultdict[str, float] = defaultdict(float)
        for stem in content_stems(query):
            for doc_id, weight in self._weights.get(stem, ()):
                scores[doc_id] += weight
        return sorted(scores, key=lambda doc_id: (-scores[doc_id], doc_id))[:k]


def read_scifact(folder: Path) -> Collection:
    """SciFact's abstracts with its train claims (`corpus.jsonl.gz`, `claims_train.jsonl`,
    `beir_qrels_train.tsv`)."""
    documents = tuple(
        _document(
            f"s2:{row['doc_id']}",
            str(row["title"]),
            " ".join(sentence.strip() for sentence in row["abstract"]),
        )
        for row in _rows(folder / "corpus.jsonl.gz")
    )
    questions = {str(row["id"]): str(row["claim"]) for row in _rows(folder / "claims_train.jsonl")}
    qrels = _qrels(folder / "beir_qrels_train.tsv", prefix="s2:")
    return Collection("scifact", documents, _judged(questions, qrels), qrels)


def read_bioasq(folder: Path) -> Collection:
    """BioASQ 7B to 10B: expert questions to gold passages, without their titles
    (`7b-10b_passages.jsonl.gz`, `7b-10b_questions.jsonl.gz`, `7b-10b_passage_qrels.tsv`)."""
    documents = tuple(
        _document(str(row["_id"]), "", str(row["text"]))
        for row in _rows(folder / "7b-10b_passages.jsonl.gz")
    )
    questions = {
        str(row["id"]): str(row["body"]) for row in _rows(folder / "7b-10b_questions.jsonl.gz")
    }
    qrels = _qrels(folder / "7b-10b_passage_qrels.tsv", prefix="")
    return Collection("bioasq", documents, _judged(questions, qrels), qrels)


def _figures(
    name: str, rank: Callable[[Question], list[str]], collection: Collection
) -> RunFigures:
    gains, recalls = [], []
    for key, text in sorted(collection.questions.items()):
        # the slug carries the key, for vectors that were made ahead
        ranked = rank(Question(text, text, key, QuestionKind.GENERAL, (), text))
        gains.append(ndcg(ranked, collection.qrels[key], k=10))
        recalls.append(recall(ranked, collection.qrels[key], k=100))
    low, high = bootstrap_interval(gains, seed=_SEED)
    count = len(gains)
    return RunFigures(name, count, math.fsum(gains) / count, low, high, math.fsum(recalls) / count)


def _gain(grades: Sequence[int]) -> float:
    return math.fsum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _document(doc_id: str, title: str, text: str) -> Document:
    sections = (Section("ABSTRACT", Span(0, len(text)), "Abstract"),) if text else ()
    revision = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Document(doc_id, title, text, Kind.ARTICLE, sections, Source(), revision)


# Any: a row is whatever JSON the data set's authors wrote
def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)


def _qrels(path: Path, *, prefix: str) -> dict[str, dict[str, int]]:
    """Relevance judgements by question, from a table with a head line."""
    qrels: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        key, doc_id, grade = line.split("\t")
        qrels.setdefault(key, {})[prefix + doc_id] = int(grade)
    return qrels


def _judged(questions: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    return {key: text for key, text in questions.items() if key in qrels}
