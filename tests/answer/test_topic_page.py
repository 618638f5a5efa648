"""What a topic was compiled for stands on its page, whatever else the library holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chooser_builders import a_chooser, hits_of
from curbside.answer.sentences import PassageReader
from curbside.answer.topic_page import page_statements
from curbside.pipeline import Engine, LibraryFacts, answer
from curbside.records import (
    Concept,
    Digest,
    Document,
    Hit,
    Kind,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Source,
    Standing,
    Status,
    Vocabulary,
)
from curbside.retrieve.understanding import understand
from index_builders import document
from shelf import Shelf

DIGEST = Digest("read", "by us", "our words")
PAGE = "How often does gout flare after stopping allopurinol?"


def statements(doc_id: str, *texts: str, kind: Kind = Kind.COHORT) -> Document:
    made = document(doc_id, *texts, title="A summary", digest=DIGEST)
    return replace(made, kind=kind, source=Source(authors=("Amadi T",), year=2019, pmid="77"))


RATE = statements(
    "digest:amadi-2019",
    "Of 120 adults with gout who stopped allopurinol, 61% had a flare within a year.",
    "Gout is an old disease.",
)
ABSTRACT = replace(
    document("pmid:77", "Gout flare after stopping allopurinol: how often it flares, we asked."),
    source=Source(pmid="77"),
)


def held(*documents: Document) -> Shelf:
    return Shelf({d.doc_id: (d, Standing(Status.CURRENT)) for d in documents})


def asked(*concepts: Concept) -> Question:
    words = "stopping allopurinol gout flare"
    return Question(words, words, "q", QuestionKind.FREQUENCY, concepts, words)


GOUT = Concept(Role.CONDITION, "gout", "gout", ("gout",))
DRUG = Concept(Role.INTERVENTION, "allopurinol", "allopurinol", ("allopurinol",))
FLARE = Concept(Role.OUTCOME, "flare", "flare", ("flare", "flares"))
QUESTION = asked(GOUT, DRUG, FLARE)


def stated(*documents: Document, hits: Sequence[Hit] = ()) -> list[str]:
    found, _ = page_statements(
        QUESTION,
        [d.doc_id for d in documents],
        hits,
        library=held(*documents),
        reader=PassageReader(),
        outcome=Outcome("flare", ("flare", "flares"), ()),
        vocabulary=Vocabulary(),
    )
    return [item.evidence.quote for item in found]


def test_a_statement_is_shown_that_names_the_condition_and_what_else_is_asked() -> None:
    # of the condition alone it says nothing that was asked; of the drug alone it says of whom not
    other = statements("digest:b-2020", "Allopurinol was stopped by few adults with asthma.")
    assert stated(RATE, other) == [RATE.text.split("\n\n")[0]]


def test_a_guideline_or_label_may_name_the_drug_alone() -> None:
    text = "Stopping allopurinol needs no taper."
    assert stated(statements("digest:g", text, kind=Kind.GUIDELINE)) == [text]
    assert stated(statements("digest:g", text, kind=Kind.LABEL)) == [text]
    assert stated(statements("digest:g", text)) == []


def test_a_document_that_is_gone_states_nothing() -> None:
    found = page_statements(
        QUESTION,
        ["digest:gone"],
        [],
        library=held(),
        reader=PassageReader(),
        outcome=None,
        vocabulary=Vocabulary(),
    )
    assert found == ((), ())


def test_statements_stand_in_one_order_however_their_documents_are_named() -> None:
    other = statements("digest:b-2020", "Gout flares followed allopurinol in 12 of 40 adults.")
    assert stated(RATE, other) == stated(other, RATE)
    assert len(stated(RATE, other)) == 2


class Found:
    """A retriever that finds the same passages for every question."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits

    def retrieve(self, _: Question, *, k: int) -> Sequence[Hit]:
        return self._hits[:k]


def test_the_statements_of_a_topic_stand_on_its_page_beside_the_abstract_they_were_read_from() -> (
    None
):
    query = understand(PAGE, vocabulary=Vocabulary(), word_frequencies={}).query
    documents = (ABSTRACT, RATE)

    def page(*found: Document) -> list[str]:
        engine = Engine(
            library=held(*documents),
            retriever=Found(hits_of(*found)),
            chooser=a_chooser(),
            topic_documents={query: (RATE.doc_id,)},
            vocabulary=Vocabulary(),
            word_frequencies={},
            facts=LibraryFacts("test", 2, 2, ("words",), (), "2026-11-01"),
        )
        made = answer(PAGE, engine=engine, at="2026-11-23T12:00:00+00:00")
        return [claim.text for claim in made.claims]

    statement = RATE.text.split("\n\n")[0]
    # whether the index finds the statement first, after the abstract, or not at all
    assert statement in page(RATE, ABSTRACT)
    assert statement in page(ABSTRACT, RATE)
    assert statement in page(ABSTRACT)
