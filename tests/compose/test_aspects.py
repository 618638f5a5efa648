"""Under which heading a sentence stands."""

from __future__ import annotations

import pytest

from builders import a_question, an_evidence
from curbside.compose.aspects import aspect_of, expected_aspects, has_figures, heading_of
from curbside.records import Concept, Outcome, Question, QuestionKind, Role

FLARE = Outcome("flare", ("flare", "flares"), ("flare-free",))
STOPPING = Concept(Role.PROCESS, "stopping", "stopping", ("stopping",))


def asked(kind: QuestionKind, text: str = "What of gout?", *, process: bool = False) -> Question:
    concepts = a_question().concepts[:1]
    return a_question(
        kind=kind, text=text, query=text, concepts=(*concepts, STOPPING) if process else concepts
    )


@pytest.mark.parametrize(
    ("kind", "text", "aspect"),
    [
        ("treatment", "Colchicine is recommended as first choice.", "first-choice"),
        ("treatment", "Guidelines advise treating for at least 3 months.", "course"),
        ("treatment", "Patients who do not respond need canakinumab.", "next-step"),
        ("treatment", "Lifelong allopurinol treatment is usual.", "maintenance"),
        ("treatment", "Allopurinol should be avoided with azathioprine.", "pitfalls"),
        ("treatment", "Colchicine is safe in pregnancy.", "special-pregnancy"),
        ("treatment", "In children gout is rare.", "special-children"),
        ("treatment", "The dose is halved in severe renal impairment.", "special-organs"),
        ("treatment", "Death from liver failure was rare.", "findings"),
        ("treatment", "Rash was the main adverse effect.", "safety"),
        ("treatment", "Lymphoma developed in two adults.", "safety"),
        ("treatment", "Tumour necrosis factor blockers eased pain.", "findings"),
        ("treatment", "Pain fell by half.", "findings"),
        ("treatment", "Which drug is best remains unclear.", "gaps"),
        ("dose", "The dose was doubled.", "dose"),
        ("monitoring", "Blood counts are needed every month.", "monitoring"),
        ("diagnosis", "Crystals in joint fluid had a sensitivity of 92%.", "diagnosis"),
        ("diagnosis", "Sensitivity analyses agreed.", "findings"),
        ("diagnosis", "Disease at diagnosis was mild.", "findings"),
        ("frequency", "Flares recurred in 40% within a year.", "frequency"),
        ("frequency", "Flares were frequent.", "outcome"),
        ("frequency", "A flare was defined as new joint swelling.", "definition"),
        ("general", "In children gout is rare.", "special"),
    ],
)
def test_a_sentence_stands_under_the_first_aspect_that_it_fits(
    kind: str, text: str, aspect: str
) -> None:
    wanted = asked(QuestionKind(kind))
    outcome = FLARE if kind == "frequency" else None
    assert aspect_of(an_evidence(quote=text), wanted, outcome).name == aspect


def test_aspects_of_a_process_need_a_question_about_one() -> None:
    text = "The dose was reduced gradually."
    for has_process, name in ((True, "taper"), (False, "dose")):
        wanted = asked(QuestionKind.DOSE, process=has_process)
        assert aspect_of(an_evidence(quote=text), wanted, None).name == name


def test_the_disease_asked_about_is_no_harm_and_the_group_asked_about_not_special() -> None:
    harm = an_evidence(quote="Infections were rarer with the vaccine.")
    assert aspect_of(harm, asked(QuestionKind.TREATMENT), None).name == "safety"
    of_it = asked(QuestionKind.TREATMENT, "How is urinary infection treated?")
    assert aspect_of(harm, of_it, None).name == "findings"
    young = an_evidence(quote="In children pain fell.")
    in_them = asked(QuestionKind.TREATMENT, "How is gout treated in children?")
    assert aspect_of(young, in_them, None).name == "findings"


def test_nothing_follows_a_death() -> None:
    text = an_evidence(quote="After a first death in the ward, care changed.")
    death = Outcome("death", ("death", "mortality"))
    assert aspect_of(text, asked(QuestionKind.FREQUENCY), death).name == "outcome"
    flare = an_evidence(quote="After a first flare in the ward, care changed.")
    assert aspect_of(flare, asked(QuestionKind.FREQUENCY), FLARE).name == "consequences"


def test_a_page_owns_up_only_to_what_it_would_show() -> None:
    def missing(question: Question) -> list[str]:
        return [aspect.name for aspect in expected_aspects(question)]

    groups = ["special-pregnancy", "special-children", "special-older", "special-organs"]
    assert missing(asked(QuestionKind.TREATMENT)) == groups
    assert missing(asked(QuestionKind.SAFETY)) == ["safety"]
    assert missing(asked(QuestionKind.DIAGNOSIS)) == ["diagnosis"]
    assert missing(asked(QuestionKind.DOSE, process=True)) == ["taper", *groups]
    assert missing(asked(QuestionKind.MONITORING, process=True)) == [
        "monitoring-after",
        "monitoring",
    ]
    asks_of_group = asked(QuestionKind.TREATMENT, "How is gout treated in pregnancy?")
    assert missing(asks_of_group) == groups[1:]


def test_a_heading_takes_the_questions_words() -> None:
    assert heading_of("After a {outcome}", asked(QuestionKind.GENERAL), FLARE) == "After a flare"
    assert heading_of("Before {process}", asked(QuestionKind.DOSE, process=True), None) == (
        "Before stopping"
    )
    assert heading_of("Before {process}", asked(QuestionKind.DOSE), None) == "Before treatment"


def test_a_year_or_the_number_of_a_name_is_no_figure() -> None:
    assert has_figures("It recurred in 12 of 40.")
    assert has_figures("It recurred after two years.")
    assert not has_figures("In 2019 type 2 diabetes was rarer.")


def test_nothing_follows_a_condition() -> None:
    text = an_evidence(quote="After a first gout in the ward, care changed.")
    gout = Outcome("gout", ("gout",))
    assert aspect_of(text, asked(QuestionKind.CAUSE), gout).name == "outcome"
