"""How well passages are found: judged questions, the usual measures, and plain ways beside ours.

What is measured is what `ask` does: a question goes through understanding and then to the engine's
retriever, with vectors and without. A document ranks by its best passage. A figure is printed with
its number of questions and a bootstrap interval; a change that does not beat stemmed BM25 without
vectors, and the mean of BM25 and cosine with them, is no improvement.
"""

from __future__ import annotations

import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curbside.errors import QuestionError
from curbside.pipeline import RETRIEVED, Engine, understood
from curbside.protocols import Embedder
from curbside.records import Document, Hit
from curbside.text.tokens import content_stems
from evals.items import Half
from evals.libraries import Asked, a_document, memory_library, rows_of
from evals.measures import Figure, mean
from evals.sets.experts import QUESTIONS, expert_items

_DEPTH: Final = 200
OURS: Final = "curbside"
PEERS: Final = {f"{OURS} words": "bm25", OURS: "convex"}
"""What each run of ours is held against."""

Ranker = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents with judged questions: `qrels` gives the grade of each relevant doc_id."""

    name: str
    documents: tuple[Document, ...]
    questions: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


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


def figures_of(
    collection: Collection, *, encoder: Embedder, seed: int
) -> dict[str, dict[str, Figure]]:
    """nDCG@10 and R@100 of each run, and for ours how far ahead it is of its peer (paired).

    Runs: stemmed BM25 over whole documents; the mean of that and of cosine, each scaled to 0..1
    over its best 200 ("convex"); ours without vectors ("curbside words") and with them.

    Args:
        collection: what is searched and asked.
        encoder: of the passages.
        seed: of the intervals.
    """
    plain = PlainBM25(collection.documents)
    whole = memory_library(collection.documents, encoder=encoder)
    bare = memory_library(collection.documents, encoder=None)
    runs: dict[str, Ranker] = {
        "bm25": plain.rank,
        "convex": lambda text: _convex(plain.scores(text), _meaning(whole, text)),
        f"{OURS} words": lambda text: as_asked(text, bare.engine),
        OURS: lambda text: as_asked(text, whole.engine),
    }
    asked = sorted(collection.questions.items())
    gains: dict[str, list[float]] = {}
    figures: dict[str, dict[str, Figure]] = {}
    for name, rank in runs.items():
        ranked = {key: rank(text) for key, text in asked}
        qrels = collection.qrels
        gains[name] = [ndcg(ranked[key], qrels[key], k=10) for key, _ in asked]
        recalls = [recall(ranked[key], qrels[key], k=100) for key, _ in asked]
        figures[name] = {
            "ndcg@10": mean(gains[name], seed=seed),
            "r@100": mean(recalls, seed=seed),
        }
        if name in PEERS:
            pairs = zip(gains[name], gains[PEERS[name]], strict=True)
            ahead = [mine - theirs for mine, theirs in pairs]
            figures[name][f"ahead-of-{PEERS[name]}"] = mean(ahead, seed=seed)
    return figures


def as_asked(text: str, engine: Engine) -> list[str]:
    """The documents that `ask` reads for a question, best first; none for what is no question."""
    try:
        question = understood(text, engine=engine)
    except QuestionError:
        return []
    return ranked_documents(engine.retriever.retrieve(question, k=RETRIEVED))


def _meaning(asked: Asked, text: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    for hit in asked.dense(text, _DEPTH):
        scores.setdefault(hit.passage.doc_id, hit.score)
    return scores


def _convex(words: Mapping[str, float], meaning: Mapping[str, float]) -> list[str]:
    best = dict(sorted(words.items(), key=lambda each: (-each[1], each[0]))[:_DEPTH])
    fused: defaultdict[str, float] = defaultdict(float)
    for run in (best, meaning):
        low, high = (min(run.values()), max(run.values())) if run else (0.0, 0.0)
        for doc_id, score in run.items():
            fused[doc_id] += (score - low) / (high - low) if high > low else 1.0
    return sorted(fused, key=lambda doc_id: (-fused[doc_id], doc_id))


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

    def rank(self, query: str, *, k: int = _DEPTH) -> list[str]:
        """The best `k` documents, ties by doc_id."""
        scores = self.scores(query)
        return sorted(scores, key=lambda doc_id: (-scores[doc_id], doc_id))[:k]

    def scores(self, query: str) -> dict[str, float]:
        """The score of every document that holds a word of the query."""
        scores: defaultdict[str, float] = defaultdict(float)
        for stem in content_stems(query):
            for doc_id, weight in self._weights.get(stem, ()):
                scores[doc_id] += weight
        return scores


def read_scifact(folder: Path) -> Collection:
    """SciFact's abstracts with its train claims (`corpus.jsonl.gz`, `claims_train.jsonl`,
    `beir_qrels_train.tsv`)."""
    documents = tuple(
        a_document(
            f"s2:{row['doc_id']}",
            str(row["title"]),
            " ".join(sentence.strip() for sentence in row["abstract"]),
        )
        for row in rows_of(folder / "corpus.jsonl.gz")
    )
    claims = rows_of(folder / "claims_train.jsonl")
    qrels = _qrels(folder / "beir_qrels_train.tsv", prefix="s2:")
    questions = {str(row["id"]): str(row["claim"]) for row in claims}
    return Collection("scifact", documents, _judged(questions, qrels), qrels)


def read_bioasq(shared: Path, *, half: Half) -> Collection:
    """BioASQ: the questions of a half to gold passages of every year, without their titles."""
    folder = shared / "bioasq"
    documents = tuple(
        a_document(str(row["_id"]), "", str(row["text"]))
        for row in rows_of(folder / "7b-10b_passages.jsonl.gz")
    )
    questions = {
        item.item_id.removeprefix("bioasq:"): item.question
        for item in expert_items(shared / QUESTIONS, half)
    }
    qrels = _qrels(folder / "7b-10b_passage_qrels.tsv", prefix="")
    return Collection("bioasq", documents, _judged(questions, qrels), qrels)


def read_nfcorpus(folder: Path) -> Collection:
    """NFCorpus: titles of its dev pages to abstracts, as its archive has them (lower case, without
    stop words and numbers)."""
    documents = tuple(
        a_document(doc_id, "", text) for doc_id, text in _pairs(folder / "dev.docs.tsv.gz")
    )
    qrels: dict[str, dict[str, int]] = {}
    for line in (folder / "dev.2-1-0.qrel").read_text(encoding="utf-8").splitlines():
        key, _, doc_id, grade = line.split()
        qrels.setdefault(key, {})[doc_id] = int(grade)
    questions = dict(_pairs(folder / "dev.titles.queries.tsv"))
    return Collection("nfcorpus", documents, _judged(questions, qrels), qrels)


def collections(shared: Path, *, half: Half) -> Iterator[Collection]:
    """BioASQ's half, SciFact's train claims, NFCorpus' dev queries."""
    yield read_bioasq(shared, half=half)
    yield read_scifact(shared / "scifact")
    yield read_nfcorpus(shared / "nfcorpus")


def _gain(grades: Sequence[int]) -> float:
    return math.fsum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    for line in text.split("\n"):
        key, _, value = line.partition("\t")
        if value.strip():
            yield key, value.strip()


def _qrels(path: Path, *, prefix: str) -> dict[str, dict[str, int]]:
    """Relevance judgements by question, from a table with a head line."""
    qrels: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        key, doc_id, grade = line.split("\t")
        qrels.setdefault(key, {})[prefix + doc_id] = int(grade)
    return qrels


def _judged(questions: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    return {key: text for key, text in questions.items() if any(qrels.get(key, {}).values())}
