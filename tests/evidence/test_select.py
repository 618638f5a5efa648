from __future__ import annotations

from dataclasses import replace

import pytest

from curbside.evidence.select import outcome_of, select_evidence
from curbside.evidence.zones import zone_of
from curbside.records import (
    Concept,
    Digest,
    Document,
    Hit,
    Kind,
    Passage,
    Question,
    QuestionKind,
    Role,
    Section,
    Source,
    Span,
    Standing,
    Status,
    Vocabulary,
    VocabularyEntry,
)

GOUT = Concept(Role.CONDITION, "gout", "gout", ("gout",))
FLARE = Concept(Role.OUTCOME, "flare", "flare", ("flare",))
STOPPING = Concept(Role.PROCESS, "stopping", "stopping", ("stopping", "stopped", "withdrawal"))
DRUG = Concept(
    Role.INTERVENTION, "allopurinol", "Zyloric", ("allopurinol", "zyloric"), is_required=False
)


class Shelf:
    """A library of the documents it is given."""

    def __init__(self, *documents: Document) -> None:
        self._documents = {document.doc_id: document for document in documents}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        found = self._documents.get(doc_id)
        return (found, Standing(Status.UNKNOWN)) if found else None


def asked(*concepts: Concept, kind: QuestionKind = QuestionKind.GENERAL) -> Question:
    words = " ".join(concept.name for concept in concepts)
    return Question(words, f"{words}?", "q", kind, concepts, words)


def paper(
    text: str,
    *,
    label: str = "RESULTS",
    title: str = "Gout in practice",
    kind: Kind = Kind.COHORT,
    doc_id: str = "pmid:1",
) -> Document:
    return Document(
        doc_id=doc_id,
        title=title,
        text=text,
        kind=kind,
        sections=(Section(label, Span(0, len(text)), label.title()),),
        source=Source(),
        revision="1",
    )


def hit(document: Document, score: float = 1.0) -> Hit:
    span = Span(0, len(document.text))
    passage_id = f"{document.doc_id}@1#0-{span.end}"
    label = document.sections[0].label
    return Hit(
        Passage(passage_id, document.doc_id, span, label, document.text, document.title),
        score,
        "test",
    )


def quotes(question: Question, *documents: Document) -> list[str]:
    selection = select_evidence(
        question,
        [hit(document) for document in documents],
        library=Shelf(*documents),
        vocabulary=Vocabulary(),
    )
    return [item.evidence.quote for item in selection.selected]


def test_a_sentence_that_names_what_is_asked_is_evidence_word_for_word() -> None:
    document = paper("Of 40 adults with gout, 12 had a flare. The weather was fine all the year.")
    assert quotes(asked(GOUT, FLARE), document) == ["Of 40 adults with gout, 12 had a flare."]


def test_a_title_that_was_handed_in_as_a_passage_is_evidence() -> None:
    words = "Cherries and each flare of gout in adults: a cohort"
    excerpt = paper(words, label="EXCERPT OF THE TITLE")
    assert quotes(asked(GOUT, FLARE), excerpt) == [words]
    assert quotes(asked(GOUT, FLARE), paper(words, label="SIDEBAR")) == []


def test_a_document_that_lacks_a_required_concept_is_only_near() -> None:
    document = paper("Of 40 adults with psoriasis, 12 had a flare.", title="Psoriasis in practice")
    selection = select_evidence(
        asked(GOUT, FLARE),
        [hit(document)],
        library=Shelf(document),
        vocabulary=Vocabulary(),
    )
    assert selection.selected == ()
    assert [item.evidence.evidence_id for item in selection.nearest] == ["N1"]
    assert [concept.name for concept in selection.uncovered] == ["gout"]


def test_methods_and_second_hand_sentences_of_a_study_are_no_evidence() -> None:
    methods = paper("We asked 40 adults with gout about each flare.", label="METHODS")
    second_hand = paper("Smith et al. found a flare in half of adults with gout.", doc_id="pmid:2")
    assert quotes(asked(GOUT, FLARE), methods, second_hand) == []


def test_a_review_may_speak_of_other_peoples_studies() -> None:
    review = paper(
        "Smith et al. found a flare in half of adults with gout.", kind=Kind.REVIEW, label="RESULTS"
    )
    assert len(quotes(asked(GOUT, FLARE), review)) == 1


def test_a_sentence_that_leans_on_the_one_before_is_no_evidence() -> None:
    assert quotes(asked(GOUT, FLARE), paper("These adults with gout had a flare at once.")) == []


def test_a_sentence_of_a_study_names_two_of_what_is_asked() -> None:
    document = paper(
        "Adults with gout ate well. Adults with gout had a flare in spring of the year."
    )
    assert quotes(asked(GOUT, FLARE), document) == [
        "Adults with gout had a flare in spring of the year."
    ]


def test_where_stopping_is_asked_about_a_study_names_it_or_the_outcome() -> None:
    document = paper(
        "Adults with gout need a blood test every month. After withdrawal a test was done in May."
    )
    assert quotes(asked(GOUT, FLARE, STOPPING), document) == [
        "After withdrawal a test was done in May."
    ]


def test_a_discussion_and_a_tables_row_are_no_evidence_of_a_study() -> None:
    talk = paper("We think that adults with gout fear a flare.", label="4. Discussion")
    table = paper("Adults with gout | flare | 12 of 40 people", label="Table 2", doc_id="pmid:2")
    assert quotes(asked(GOUT, FLARE), talk, table) == []


def test_guidance_on_the_drug_itself_counts_without_the_condition() -> None:
    guidance = paper(
        "Patients on allopurinol need a blood count every month at first.",
        title="Safe use of medicines",
        kind=Kind.GUIDELINE,
    )
    study = replace(guidance, doc_id="pmid:2", kind=Kind.COHORT)
    assert len(quotes(asked(GOUT, DRUG), guidance)) == 1
    assert quotes(asked(GOUT, DRUG), study) == []


def test_a_statement_of_a_digest_is_one_piece_of_evidence_with_its_locator() -> None:
    text = "Half of adults with gout had a flare. None died."
    document = replace(paper(text, label="statement"), digest=Digest("abstract", "ours", "summary"))
    selection = select_evidence(
        asked(GOUT), [hit(document)], library=Shelf(document), vocabulary=Vocabulary()
    )
    (item,) = selection.selected
    assert (item.evidence.quote, item.evidence.zone) == (text, "statement")


def test_the_same_hits_in_any_order_of_equal_score_give_the_same_evidence() -> None:
    one = paper("Of 40 adults with gout, 12 had a flare.", doc_id="pmid:1")
    two = paper("Of 90 adults with gout, 30 had a flare.", doc_id="pmid:2")
    assert quotes(asked(GOUT, FLARE), one, two) == quotes(asked(GOUT, FLARE), two, one)


def test_the_opposite_of_an_outcome_comes_from_the_vocabulary() -> None:
    vocabulary = Vocabulary(
        (
            VocabularyEntry("flare", Role.OUTCOME, ("flare",)),
            VocabularyEntry("quiet", Role.OUTCOME, ("flare-free", "quiet"), opposite="flare"),
        )
    )
    outcome = outcome_of(asked(GOUT, FLARE), vocabulary)
    assert outcome is not None
    assert (outcome.name, outcome.opposite_terms) == ("flare", ("flare-free", "quiet"))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Does obesity cause gout?", "Gout"),
        ("Is gout caused by obesity?", "Gout"),
        ("What causes gout?", "Gout"),
    ],
)
def test_the_outcome_of_a_question_for_a_cause_is_what_is_caused(query: str, name: str) -> None:
    gout = Concept(Role.CONDITION, "gout", "Gout", ("gout",))
    obesity = Concept(Role.CONDITION, "obesity", "obesity", ("obesity",))
    both = (obesity, gout) if query.startswith("Does") else (gout, obesity)
    question = replace(asked(*both), kind=QuestionKind.CAUSE, query=query)
    outcome = outcome_of(question, Vocabulary())
    assert outcome is not None
    # in the user's own writing
    assert outcome.name == name


def test_the_innermost_known_heading_gives_the_zone() -> None:
    assert zone_of("CONCLUSIONS") == "conclusion"
    assert zone_of("Results > Statistical analysis") == "method"
    assert zone_of("Discussion > Something else") == "discussion"
    assert zone_of("Something else") == "other"
