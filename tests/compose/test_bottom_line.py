"""The few claims that answer directly, and when none does."""

from __future__ import annotations

from dataclasses import replace

from test_draft import GOUT, IRON, asked, drafted, first_lines, item

from curbside.compose.draft import compose
from curbside.records import (
    Concept,
    Direction,
    Finding,
    Kind,
    Lane,
    Mention,
    Outcome,
    QuestionKind,
    Role,
    Selected,
    Span,
    Vocabulary,
)

DEATH = Concept(Role.OUTCOME, "mortality", "mortality", ("mortality", "died", "death"))
MORTALITY = Outcome("mortality", ("mortality", "died", "death"), ())


def raising(number: int, factor: str, text: str, *, title: str | None = None) -> Selected:
    """A study that links a factor with the outcome."""
    found = item(number, text, named=("gout", "mortality"), title=title)
    at = text.index(factor)
    finding = Finding(factor, Direction.RAISES, factor=Mention(factor, Span(at, at + len(factor))))
    return replace(found, evidence=replace(found.evidence, findings=(finding,)))


def test_a_question_about_predictors_is_answered_by_predictors_and_not_by_a_rate_alone() -> None:
    question = asked(QuestionKind.PREDICTORS, "What predicts mortality in gout?", GOUT, DEATH)
    rate = item(1, "Of 120 adults with gout 12% died within a year.", named=("gout", "mortality"))
    assert first_lines(drafted(question, rate, outcome=MORTALITY)) == []
    age = raising(2, "Age", "Age predicted mortality in gout.")
    assert first_lines(drafted(question, rate, age, outcome=MORTALITY)) == [
        "Of 120 adults with gout 12% died within a year.",
        "Age predicted mortality in gout.",
    ]


def test_a_predictor_found_in_other_people_does_not_answer() -> None:
    question = asked(QuestionKind.PREDICTORS, "What predicts mortality in gout?", GOUT, DEATH)
    text = "Beer predicted mortality, stroke and new gout."
    assert first_lines(drafted(question, raising(1, "Beer", text), outcome=MORTALITY)) == []
    titled = raising(1, "Beer", text, title="Mortality in gout")
    assert first_lines(drafted(question, titled, outcome=MORTALITY)) == [text]


def test_how_often_is_answered_by_a_rate_of_the_outcome_or_by_nothing() -> None:
    question = asked(QuestionKind.FREQUENCY, "What is the mortality of gout?", GOUT, DEATH)
    both = ("gout", "mortality")
    other = item(1, "Before death 40% of adults with gout took iron.", named=both)
    told = item(2, "Mortality was studied in gout for 3 years.", named=both)
    assert first_lines(drafted(question, other, told, outcome=MORTALITY)) == []
    arms = item(3, "In gout 8% died with iron versus 12% with placebo at 2 years.", named=both)
    cohort = item(4, "In gout 9% died.", named=both)
    lines = first_lines(drafted(question, other, arms, cohort, outcome=MORTALITY))
    # what sets the arms of a trial against each other stands behind what tells how it is
    assert lines == [
        "In gout 9% died.",
        "In gout 8% died with iron versus 12% with placebo at 2 years.",
    ]


def test_the_results_of_a_study_do_not_stand_under_its_conclusion() -> None:
    question = asked(QuestionKind.TREATMENT, "Does iron reduce gout?", IRON, GOUT)
    both = ("iron", "gout")
    concludes = item(1, "Iron reduced attacks of gout.", named=both, zone="conclusion")
    of_it = item(2, "Iron reduced gout attacks from 4 to 2.", named=both)
    same_study = replace(of_it, document=replace(of_it.document, doc_id="pmid:1"))
    same_study = replace(same_study, evidence=replace(of_it.evidence, doc_id="pmid:1"))
    assert first_lines(drafted(question, concludes, same_study)) == [
        "Iron reduced attacks of gout."
    ]


def test_a_label_answers_what_it_is_written_for() -> None:
    label = item(
        1, "The most common side effect of iron is nausea.", named=("iron",), kind=Kind.LABEL
    )
    study = item(2, "Iron was given to adults with gout.", named=("iron",))
    harms = asked(QuestionKind.SAFETY, "What are the side effects of iron?", IRON)
    draft = compose(harms, (label, study), outcome=None, vocabulary=Vocabulary())
    assert first_lines(draft) == ["The most common side effect of iron is nausea."]
    assert {p.claim.lane for p in draft.placed if p.claim.claim_id in draft.bottom_line} == {
        Lane.LABEL
    }


def test_patient_information_answers_only_where_nothing_else_does() -> None:
    leaflet = item(
        1,
        "Iron treats gout in most adults.",
        named=("iron", "gout"),
        kind=Kind.PATIENT_INFORMATION,
        relevance=0.9,
    )
    trial = item(2, "Iron reduced attacks of gout.", named=("iron", "gout"))
    treat = asked(QuestionKind.TREATMENT, "How is gout treated with iron?", IRON, GOUT)
    alone = compose(treat, (leaflet,), outcome=None, vocabulary=Vocabulary())
    assert first_lines(alone) == ["Iron treats gout in most adults."]
    both = compose(treat, (leaflet, trial), outcome=None, vocabulary=Vocabulary())
    assert first_lines(both) == ["Iron reduced attacks of gout."]


def test_a_yes_or_no_shows_the_study_that_says_otherwise() -> None:
    question = asked(QuestionKind.TREATMENT, "Does iron reduce gout?", IRON, GOUT)
    both = ("iron", "gout")
    yes = item(1, "Iron is a drug that reduced gout.", named=both, zone="conclusion")
    no = item(2, "We saw that iron did not reduce attacks.", named=both, zone="conclusion")
    assert first_lines(drafted(question, yes, no)) == [yes.evidence.quote, no.evidence.quote]
    # asked otherwise, the first has said enough
    open_question = asked(QuestionKind.TREATMENT, "Iron and gout", IRON, GOUT)
    assert first_lines(drafted(open_question, yes, no)) == [yes.evidence.quote]


def test_what_protects_is_no_cause() -> None:
    question = asked(QuestionKind.CAUSE, "What causes gout?", GOUT)
    gout = Outcome("gout", ("gout",), ())
    told = raising(1, "Milk", "Milk was associated with a reduced risk of gout.")
    finding = replace(told.evidence.findings[0], direction=Direction.LOWERS)
    milk = replace(told, evidence=replace(told.evidence, findings=(finding,)))
    assert first_lines(drafted(question, milk, outcome=gout)) == []
    beer = raising(2, "Beer", "Beer was associated with a higher risk of gout.")
    assert first_lines(drafted(question, milk, beer, outcome=gout)) == [beer.evidence.quote]


def test_how_it_is_treated_is_told_by_what_says_what_to_do() -> None:
    question = asked(QuestionKind.TREATMENT, "How is gout treated?", GOUT)
    trial = item(1, "Iron therapy eased gout in a trial.", zone="conclusion")
    mainstay = item(2, "Iron is the mainstay of gout therapy.")
    assert first_lines(drafted(question, trial, mainstay)) == [mainstay.evidence.quote]
    assert first_lines(drafted(question, trial)) == [trial.evidence.quote]


def test_what_a_treatment_did_in_a_trial_predicts_nothing() -> None:
    question = asked(QuestionKind.PREDICTORS, "What predicts mortality in gout?", GOUT, DEATH)
    text = "Iron reduced mortality in gout against placebo."
    trial = raising(1, "Iron", text)
    assert first_lines(drafted(question, trial, outcome=MORTALITY)) == []


def test_a_condition_beside_the_one_that_is_predicted_is_that_of_the_people_studied() -> None:
    stroke = Concept(Role.CONDITION, "stroke", "stroke", ("stroke",))
    question = asked(QuestionKind.PREDICTORS, "What predicts gout after stroke?", GOUT, stroke)
    gout = Outcome("gout", ("gout",), ())
    other = raising(1, "Age", "Age predicted gout, death or stroke.")
    assert first_lines(drafted(question, other, outcome=gout)) == []
    after = raising(2, "Age", "Age predicted gout after stroke.")
    assert first_lines(drafted(question, after, outcome=gout)) == [after.evidence.quote]
