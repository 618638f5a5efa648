"""What a question's outcome is, and what of chosen evidence tells of a factor for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from curbside.evidence.outcome import outcome_of, with_findings
from curbside.records import (
    Concept,
    Evidence,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Span,
    Standing,
    Status,
    Vocabulary,
    VocabularyEntry,
)
from shelf import a_document

GOUT = Concept(Role.CONDITION, "gout", "gout", ("gout",))
FLARE = Concept(Role.OUTCOME, "flare", "flare", ("flare", "flares"))
DRUG = Concept(Role.INTERVENTION, "allopurinol", "Zyloric", ("allopurinol", "zyloric"))
OUTCOME = Outcome("flare", ("flare", "flares"), ())


def asked(*concepts: Concept, kind: QuestionKind = QuestionKind.GENERAL) -> Question:
    words = " ".join(concept.name for concept in concepts)
    return Question(words, f"{words}?", "q", kind, concepts, words)


def quoted(text: str, *, lead: str = "") -> Selected:
    """A quote that stands after `lead` in its document."""
    document = a_document(lead + text)
    evidence = Evidence(
        "E1",
        document.doc_id,
        "r1",
        Span(len(lead), len(lead + text)),
        text,
        "RESULTS",
        "",
        "result",
    )
    return Selected(evidence, document, Standing(Status.CURRENT), 0.5, ())


def factors(item: Selected, question: Question, outcome: Outcome | None = OUTCOME) -> list[str]:
    (told,) = with_findings([item], question, outcome, Vocabulary())
    return [f.factor.text for f in told.evidence.findings if f.factor is not None]


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


AGE = "Older age was associated with flare (OR 2.1, 95% CI 1.2 to 3.4)."


def test_findings_are_told_only_where_factors_are_asked_for() -> None:
    predictors = asked(GOUT, FLARE, kind=QuestionKind.PREDICTORS)
    assert factors(quoted(AGE), predictors) == ["Older age"]
    assert factors(quoted(AGE), asked(GOUT, FLARE, kind=QuestionKind.TREATMENT)) == []
    assert factors(quoted(AGE), predictors, None) == []


def test_a_drug_asked_about_is_no_factor() -> None:
    predictors = asked(GOUT, DRUG, FLARE, kind=QuestionKind.PREDICTORS)
    text = "Allopurinol was associated with flare (OR 2.1, 95% CI 1.2 to 3.4)."
    assert factors(quoted(text), predictors) == []
    # by any of its names
    assert factors(quoted(text.replace("Allopurinol", "Zyloric")), predictors) == []
    # to one who does not ask about it, it is
    assert factors(quoted(text), asked(GOUT, FLARE, kind=QuestionKind.PREDICTORS)) == [
        "Allopurinol"
    ]


def test_findings_point_into_the_document() -> None:
    item = quoted(AGE, lead="We studied gout. ")
    question = asked(GOUT, FLARE, kind=QuestionKind.PREDICTORS)
    (told,) = with_findings([item], question, OUTCOME, Vocabulary())
    (finding,) = told.evidence.findings
    assert finding.factor is not None
    assert finding.factor.span.of(item.document.text) == finding.factor.text == "Older age"
