"""What every `Retriever` promises, over a fake and the real one alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from curbside.index.dense import DenseCodes
from curbside.index.passages import split_passages
from curbside.index.segments import memory_index
from curbside.protocols import Retriever
from curbside.records import Document, Hit, Question
from curbside.retrieve.hybrid import HybridRetriever
from index_builders import WordEncoder, document, question

SHELF = tuple(
    document(f"pmid:{n}", text)
    for n, text in enumerate(
        ["Zinc cleared warts.", "Zinc did not.", "Gout hurts.", "Zinc cleared warts.", "Warts."]
    )
)


@dataclass(frozen=True)
class SharedWords:
    """The fake: passages by the number of words they share with the question."""

    documents: Sequence[Document]

    def retrieve(self, question: Question, *, k: int) -> Sequence[Hit]:
        asked = set(question.query.lower().split())
        hits = [
            Hit(passage, float(len(asked & set(passage.text.lower().split()))), "words")
            for doc in self.documents
            for passage in split_passages(doc)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]


def hybrid(documents: Sequence[Document]) -> Retriever:
    encoder = WordEncoder()
    empty = DenseCodes(np.zeros(0, dtype="S24"), np.zeros((0, encoder.dimension), dtype=np.int8))
    index = memory_index(documents, codes=empty)
    index.embed_pending(encoder)
    return HybridRetriever(
        lambda q, k: index.search_lexical(q, k=k),
        lambda q, k: index.search_dense(encoder.embed([q.query])[0], k=k),
    )


@pytest.fixture(scope="module", params=[SharedWords, hybrid])
def retriever(request: pytest.FixtureRequest) -> Retriever:
    made: Retriever = request.param(SHELF)
    return made


class TestRetriever:
    def test_hits_come_best_first_with_ties_by_passage_id(self, retriever: Retriever) -> None:
        hits = retriever.retrieve(question("zinc cleared warts."), k=5)
        assert [h.passage.doc_id for h in hits][:2] == ["pmid:0", "pmid:3"]
        assert list(hits) == sorted(hits, key=lambda h: (-h.score, h.passage.passage_id))

    def test_there_are_at_most_k_and_each_passage_is_there_once(self, retriever: Retriever) -> None:
        for k in (0, 1, 3, 5, 99):
            ids = [h.passage.passage_id for h in retriever.retrieve(question("zinc"), k=k)]
            assert len(ids) == len(set(ids)) == min(k, 5)

    def test_fewer_hits_are_the_head_of_more(self, retriever: Retriever) -> None:
        asked = question("zinc warts")
        assert retriever.retrieve(asked, k=2) == retriever.retrieve(asked, k=5)[:2]

    def test_the_same_question_gives_the_same_hits(self, retriever: Retriever) -> None:
        asked = question("gout")
        assert retriever.retrieve(asked, k=5) == retriever.retrieve(asked, k=5)

    def test_a_passage_is_the_text_of_its_document(self, retriever: Retriever) -> None:
        texts = {doc.doc_id: doc.text for doc in SHELF}
        for hit in retriever.retrieve(question("zinc"), k=5):
            assert hit.passage.span.of(texts[hit.passage.doc_id]) == hit.passage.text
