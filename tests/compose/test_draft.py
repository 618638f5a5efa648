"""Evidence to claims: lanes, headings, merging, and the bottom line of each kind of question."""

from __future__ import annotations

from dataclasses import replace

from builders import a_question
from curbside.compose.draft import Draft, compose
from curbside.records import (
    Concept,
    Evidence,
    Kind,
    Lane,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Span,
    Standing,
    Status,
    Vocabulary,
)
from shelf import a_document

GOUT = Concept(Role.CONDITION, "gout", "gout", ("gout",))
IRON = Concept(Role.INTERVENTION, "iron", "iron", ("iron",))
ZINC = Concept(Role.INTERVENTION, "zinc", "zinc", ("zinc",))


def asked(kind: QuestionKind, query: str, *concepts: Concept) -> Question:
    return a_question(kind=kind, text=query, title=query, query=query, concepts=concepts)


def item(
    number: int,
    text: str,
    *,
    kind: Kind = Kind.TRIAL,
    named: tuple[str, ...] = ("gout",),
    zone: str = "result",
    relevance: float = 0.5,
    title: str | None = None,
    status: Status = Status.CURRENT,
) -> Selected:
    """Evidence E`number` that is the whole text of a document of its own."""
    document = replace(
        a_document(text, doc_id=f"pmid:{number}"), kind=kind, title=title or f"Study {number}"
    )
    evidence = Evidence(
        evidence_id=f"E{number}",
        doc_id=document.doc_id,
        revision=document.revision,
        span=Span(0, len(text)),
        quote=text,
        section="RESULTS",
        locator="abstract, results",
        zone=zone,
    )
    return Selected(evidence, document, Standing(status), relevance, named)


def drafted(question: Question, *items: Selected, outcome: Outcome | None = None) -> Draft:
    return compose(question, items, outcome=outcome, vocabulary=Vocabulary())


def first_lines(draft: Draft) -> list[str]:
    texts = {p.claim.claim_id: p.claim.text for p in draft.placed}
    return [texts[claim_id] for claim_id in draft.bottom_line]


TREAT = asked(QuestionKind.TREATMENT, "How should gout be treated?", GOUT)


def test_claims_stand_by_lane_then_heading_then_relevance() -> None:
    draft = drafted(
        TREAT,
        item(1, "Zinc treatment of gout eased pain in adults.", relevance=0.7),
        item(2, "Iron is recommended first-line in gout.", kind=Kind.GUIDELINE),
        item(3, "Gout improved with copper in a third trial.", relevance=0.6),
        item(4, "Rash was the main adverse effect in gout.", kind=Kind.LABEL),
    )
    assert [
        (p.claim.claim_id, p.claim.lane, p.claim.heading, p.claim.cites) for p in draft.placed
    ] == [
        ("C1", Lane.GUIDELINE, "First choice", ("E2",)),
        ("C2", Lane.RESEARCH, "What was found", ("E1",)),
        ("C3", Lane.RESEARCH, "What was found", ("E3",)),
        ("C4", Lane.LABEL, "Safety", ("E4",)),
    ]
    # the lane decides where a claim stands, and how probably it answers whether it leads
    assert draft.bottom_line == ("C2", "C3", "C1")


def test_what_no_heading_of_the_kind_holds_stands_among_the_findings() -> None:
    draft = drafted(
        TREAT,
        item(1, "Gout is classified by crystal type in textbooks."),
        item(2, "Gout improved with iron treatment in adults."),
    )
    assert [(p.claim.cites, p.claim.heading) for p in draft.placed] == [
        (("E1",), "What was found"),
        (("E2",), "What was found"),
    ]


def test_two_claims_with_the_same_words_and_figures_are_one_with_both_sources() -> None:
    said = "Iron treatment halved gout pain in 40 adults."
    draft = drafted(
        TREAT,
        item(1, said, relevance=0.7),
        item(2, "Iron treatment halved pain of gout in 40 adults."),
        item(3, "Iron treatment halved gout pain in 60 adults."),
    )
    assert [(p.claim.text, p.claim.cites, p.claim.remark) for p in draft.placed] == [
        (said, ("E1", "E2"), "2 sources say this"),
        ("Iron treatment halved gout pain in 60 adults.", ("E3",), None),
    ]


def test_a_retracted_source_is_drafted_for_the_ledger_and_answers_nothing() -> None:
    draft = drafted(
        TREAT,
        item(1, "Iron is recommended first-line in gout.", status=Status.RETRACTED),
        item(2, "Gout improved with zinc treatment in adults."),
    )
    assert [p.claim.cites for p in draft.placed] == [("E1",), ("E2",)]
    assert first_lines(draft) == ["Gout improved with zinc treatment in adults."]


def test_what_nothing_explains_is_shown_and_said_to_be_unexplained() -> None:
    plain = item(1, "Gout improved with iron treatment in adults.")
    coded = item(2, "Swelling of gout fell with QZX in 40 men.")
    draft = drafted(TREAT, plain, coded)
    assert [p.claim.cites for p in draft.placed] == [("E1",), ("E2",)]
    assert draft.meanings == {"C1": (), "C2": (("QZX", None),)}


def test_a_heading_holds_eight_claims_of_plain_findings() -> None:
    words = ("pain", "swelling", "redness", "sleep", "gait", "mood", "fever", "weight", "thirst")
    items = [
        item(n, f"Treatment {n} of gout eased {word}.", relevance=0.9 - n / 100)
        for n, word in enumerate(words, 1)
    ]
    draft = drafted(TREAT, *items)
    assert [p.claim.cites[0] for p in draft.placed] == [f"E{n}" for n in range(1, 9)]


def test_no_evidence_makes_an_empty_draft() -> None:
    assert drafted(TREAT) == Draft((), (), (), (), (), {})


def test_patient_information_stands_last_whatever_its_relevance() -> None:
    leaflet = item(1, "Gout improves with treatment.", kind=Kind.PATIENT_INFORMATION, relevance=0.9)
    label = item(2, "Rash was the main adverse effect in gout.", kind=Kind.LABEL)
    draft = drafted(TREAT, leaflet, label)
    assert [(p.claim.lane, p.claim.cites) for p in draft.placed] == [
        (Lane.LABEL, ("E2",)),
        (Lane.PATIENT, ("E1",)),
    ]
    assert [i.evidence.evidence_id for i in draft.usable] == ["E2"]


def test_patient_information_takes_no_side_where_sources_disagree() -> None:
    question = asked(QuestionKind.FREQUENCY, "How often does gout flare?", GOUT)
    low = item(1, "Gout flared in 10% of patients.")
    high = item(2, "Gout flared in 61% of patients.")
    leaflet = replace(high, document=replace(high.document, kind=Kind.PATIENT_INFORMATION))
    flare = Outcome("flare", ("flare", "flared"))
    assert len(drafted(question, low, high, outcome=flare).conflicts) == 1
    draft = drafted(question, low, leaflet, outcome=flare)
    assert (len(draft.placed), draft.conflicts) == (2, ())
