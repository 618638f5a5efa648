"""Questions of other fields on real articles: nothing of the founding question helps here."""

from __future__ import annotations

import pytest

from curbside.answer.features import TokenMatcher
from curbside.answer.select import Chooser
from curbside.answer.selector import bundled_selector
from curbside.answer.sentences import PassageReader
from curbside.index.bundled import bundled_codes
from curbside.index.segments import memory_index
from curbside.ingest.read import read_path
from curbside.ingest.standing import standing_of
from curbside.models.minilm import MiniLM
from curbside.pipeline import Engine, LibraryFacts, answer
from curbside.records import Document, Lane, Question, Standing, Vocabulary
from curbside.retrieve.hybrid import HybridRetriever
from curbside.verify.recheck import recheck
from shared_data import needs_shared, shared

pytestmark = [pytest.mark.data, needs_shared]

AT = "2026-11-23T12:00:00+00:00"
# question, the article that answers it, the words of its answer
ANSWERED = (
    (
        "Does prophylactic paracetamol reduce fever after vaccination?",
        "pmcid:PMC3698010",
    ),
    (
        "Does L-citrulline improve cycling time trial performance?",
        "pmcid:PMC4759860",
    ),
    (
        "How effective is tapentadol for pain after orthopedic surgery?",
        "pmcid:PMC5504600",
    ),
    (
        "How safe is short-term prednisone?",
        "pmcid:PMC4947329",
    ),
    (
        "Does cromolyn prevent exercise-induced asthma in children?",
        "pmcid:PMC2365597",
    ),
    (
        "Is XELIRI-bevacizumab as good as FOLFIRI-bevacizumab in metastatic colorectal cancer?",
        "pmcid:PMC3466131",
    ),
)
UNANSWERED = (
    "What are the predictors of relapse of autoimmune pancreatitis after stopping prednisolone?",
    "Does pioglitazone improve liver histology in nonalcoholic steatohepatitis?",
    "How is acute appendicitis diagnosed in pregnancy?",
    "What is the dose of colchicine in familial Mediterranean fever?",
)


class Shelf:
    """A library of the documents it is given."""

    def __init__(self, documents: list[Document]) -> None:
        self._held = {d.doc_id: (d, standing_of(d)) for d in documents}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        return self._held.get(doc_id)


@pytest.fixture(scope="module")
def articles() -> list[Document]:
    """The articles asked about and every sixth of the other 1,202."""
    wanted = {doc_id for _, doc_id in ANSWERED}
    path = shared("data", "jats_nxml", "pmc_ccby_articles.tar.zst")
    found = [d for d in read_path(path, retrieved_at="2026-11-01") if isinstance(d, Document)]
    assert len(found) == 1202
    return [d for n, d in enumerate(found) if n % 6 == 0 or d.doc_id in wanted]


@pytest.fixture(scope="module")
def engine(articles: list[Document]) -> Engine:
    index = memory_index(articles, codes=bundled_codes())

    def by_words(question: Question, k: int):  # type: ignore[no-untyped-def]
        return index.search_lexical(question, k=k)

    return Engine(
        library=Shelf(articles),
        retriever=HybridRetriever(by_words, lambda _, __: ()),
        chooser=Chooser(
            PassageReader(),
            TokenMatcher(MiniLM()),
            bundled_selector(),
            index.stem_frequency,
            index.passages(),
        ),
        topic_documents={},
        vocabulary=Vocabulary(),
        word_frequencies=index.word_frequencies(),
        facts=LibraryFacts(
            "test", len(articles), index.passages(), ("lexical search",), (), "2026-11-01"
        ),
    )


@pytest.mark.parametrize(("question", "doc_id"), ANSWERED, ids=[a[1] for a in ANSWERED])
def test_a_question_of_another_field_is_answered_from_its_article(
    question: str, doc_id: str, engine: Engine
) -> None:
    page = answer(question, engine=engine, at=AT)
    assert doc_id in [reference.doc_id for reference in page.references]
    # the first sentence is of that article, and the other lanes say that they have nothing
    first = next(c for c in page.claims if c.claim_id == page.bottom_line[0])
    assert next(e for e in page.evidence if e.evidence_id == first.cites[0]).doc_id == doc_id
    assert [x.absent_reason is None for x in page.lanes] == [False, True, False]
    assert all(c.lane is Lane.RESEARCH and c.is_quoted for c in page.claims)
    assert recheck(page, library=engine.library) == ()


@pytest.mark.parametrize("question", UNANSWERED)
def test_a_question_these_articles_do_not_answer_gets_no_claim(
    question: str, engine: Engine
) -> None:
    page = answer(question, engine=engine, at=AT)
    assert page.claims == ()
    assert page.abstained is not None


def test_every_span_of_every_answer_equals_its_quote(engine: Engine) -> None:
    for question, _ in ANSWERED:
        for evidence in answer(question, engine=engine, at=AT).evidence:
            held = engine.library.document(evidence.doc_id)
            assert held is not None
            assert evidence.span.of(held[0].text) == evidence.quote
