"""The few claims that answer directly, and when none does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from test_draft import GOUT, IRON, asked, first_lines, item

from curbside.compose.bottom_line import asks_yes_or_no, denies
from curbside.compose.draft import Draft, compose
from curbside.records import (
    Concept,
    Digest,
    Direction,
    Finding,
    Kind,
    Mention,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Span,
    Status,
    Vocabulary,
)

DEATH = Concept(Role.OUTCOME, "mortality", "mortality", ("mortality", "died", "death"))
MORTALITY = Outcome("mortality", ("mortality", "died", "death"), ())
POLAR = asked(QuestionKind.TREATMENT, "Does iron reduce gout?", IRON, GOUT)
OPEN = asked(QuestionKind.TREATMENT, "Which drug reduces gout?", GOUT)
PREDICTS = asked(QuestionKind.PREDICTORS, "What predicts mortality in gout?", GOUT, DEATH)
DIGEST = Digest("read", "by us", "our words")


def lines(
    question: Question,
    *items: Selected,
    threshold: float = 0.5,
    outcome: Outcome | None = None,
    of_page: Collection[str] = (),
) -> list[str]:
    return first_lines(_draft(question, items, threshold, outcome, of_page))


def _draft(
    question: Question,
    items: Collection[Selected],
    threshold: float,
    outcome: Outcome | None,
    of_page: Collection[str],
) -> Draft:
    return compose(
        question,
        tuple(items),
        outcome=outcome,
        vocabulary=Vocabulary(),
        threshold=threshold,
        of_page=of_page,
    )


def stated(
    number: int, text: str, *, factor: str | None = None, kind: Kind = Kind.COHORT
) -> Selected:
    """A statement of a topic; `factor` is what it links with the outcome."""
    found = item(number, text, named=("gout", "mortality"), kind=kind, relevance=0.1)
    found = replace(found, document=replace(found.document, digest=DIGEST))
    if factor is None:
        return found
    at = text.index(factor)
    mention = Mention(factor, Span(at, at + len(factor)))
    finding = Finding(factor.lower(), Direction.RAISES, factor=mention)
    return replace(found, evidence=replace(found.evidence, findings=(finding,)))


def test_the_claims_that_most_probably_answer_lead_the_best_first() -> None:
    assert lines(
        OPEN,
        item(1, "Zinc eased swollen feet overnight.", relevance=0.6),
        item(2, "Iron reduced attacks of gout.", relevance=0.9),
        item(3, "Copper lowered urate within weeks.", relevance=0.7),
        item(4, "Silver helped older women sleep.", relevance=0.8),
    ) == [
        "Iron reduced attacks of gout.",
        "Silver helped older women sleep.",
        "Copper lowered urate within weeks.",
    ]


def test_below_the_threshold_nothing_answers() -> None:
    near = item(1, "Iron reduced attacks of gout.", relevance=0.49)
    at_it = item(2, "Copper lowered urate within weeks.", relevance=0.5)
    assert lines(OPEN, near) == []
    assert lines(OPEN, near, at_it) == [at_it.evidence.quote]


def test_a_rate_answers_by_its_probability_and_not_by_how_full_it_is() -> None:
    full = item(1, "Of 120 adults with gout 61% had attacks within a year.", relevance=0.4)
    best = item(2, "Iron reduced attacks of gout.", relevance=0.8)
    advice = item(3, "Iron is recommended before surgery.", kind=Kind.GUIDELINE, relevance=0.45)
    assert lines(OPEN, full, best, advice) == [best.evidence.quote]


def test_what_is_less_than_half_as_likely_as_the_first_does_not_stand_beside_it() -> None:
    first = item(1, "Iron reduced attacks of gout.", relevance=0.9)
    weak = item(2, "Copper lowered urate within weeks.", relevance=0.44)
    beside = item(3, "Silver helped older women sleep.", relevance=0.45)
    assert lines(OPEN, first, weak, beside, threshold=0.3) == [
        first.evidence.quote,
        beside.evidence.quote,
    ]


def test_no_claim_says_an_earlier_one_again() -> None:
    first = item(1, "Iron reduced attacks of gout.", relevance=0.9)
    again = item(2, "Iron reduced attacks of gout from 4 to 2.", relevance=0.8)
    other = item(3, "Copper lowered urate within weeks.", relevance=0.7)
    assert lines(OPEN, first, again, other) == [first.evidence.quote, other.evidence.quote]


def test_claims_as_likely_as_each_other_stand_by_their_number() -> None:
    one = item(1, "Iron reduced attacks of gout.", relevance=0.8)
    two = item(2, "Copper lowered urate within weeks.", relevance=0.8)
    assert (
        lines(OPEN, two, one) == lines(OPEN, one, two) == [one.evidence.quote, two.evidence.quote]
    )


def test_a_yes_or_no_shows_the_study_that_says_otherwise() -> None:
    yes = [
        item(1, "Iron reduced attacks of gout.", relevance=0.9),
        item(2, "Pain fell by half within weeks.", relevance=0.9),
        item(3, "Older women slept better afterwards.", relevance=0.9),
    ]
    no = item(4, "Attacks were no fewer and iron did not help.", relevance=0.6)
    # it takes the last place where there is none left
    assert lines(POLAR, *yes, no) == [i.evidence.quote for i in (*yes[:2], no)]
    # asked otherwise, the likeliest have said enough
    assert lines(OPEN, *yes, no) == [i.evidence.quote for i in yes]
    # what says otherwise must be about as likely, of another source, and not said already
    assert lines(POLAR, *yes, replace(no, relevance=0.5)) == [i.evidence.quote for i in yes]
    same = replace(no, document=replace(no.document, doc_id="pmid:1"))
    assert lines(POLAR, *yes, same) == [i.evidence.quote for i in yes]


@pytest.mark.parametrize(
    ("text", "is_denial"),
    [
        ("Iron did not reduce attacks.", True),
        ("There was no significant difference.", True),
        ("The trial failed to show a benefit.", True),
        ("Iron reduced attacks.", False),
        ("Not only iron helped.", False),
    ],
)
def test_a_denial_is_told_from_what_affirms(text: str, *, is_denial: bool) -> None:
    assert denies(text) is is_denial


def test_what_is_asked_by_a_verb_first_is_answered_by_yes_or_no() -> None:
    assert asks_yes_or_no(POLAR)
    assert not asks_yes_or_no(OPEN)


def test_patient_information_leads_only_where_nothing_is_about_as_likely() -> None:
    leaflet = item(
        1, "Iron treats gout in most adults.", kind=Kind.PATIENT_INFORMATION, relevance=0.9
    )
    trial = item(2, "Attacks fell by half within weeks.", relevance=0.8)
    assert lines(OPEN, leaflet) == [leaflet.evidence.quote]
    assert lines(OPEN, leaflet, trial) == [trial.evidence.quote, leaflet.evidence.quote]
    unlikely = replace(trial, relevance=0.6)
    assert lines(OPEN, leaflet, unlikely) == [leaflet.evidence.quote, trial.evidence.quote]


def test_patient_information_that_was_asked_this_very_question_leads() -> None:
    leaflet = item(
        1, "Iron treats gout in most adults.", kind=Kind.PATIENT_INFORMATION, relevance=1.0
    )
    trial = item(2, "Attacks fell by half within weeks.", relevance=0.9)
    asked_it = replace(leaflet, answers_it=True)
    assert lines(OPEN, trial, asked_it) == [leaflet.evidence.quote, trial.evidence.quote]


def test_superseded_guidance_comes_after_what_stands() -> None:
    old = item(
        1,
        "Iron is recommended first-line in gout.",
        kind=Kind.GUIDELINE,
        status=Status.SUPERSEDED,
        relevance=0.9,
    )
    new = item(2, "Attacks fell by half with zinc.", relevance=0.8)
    assert lines(OPEN, old, new) == [new.evidence.quote, old.evidence.quote]
    assert lines(OPEN, old) == [old.evidence.quote]


def test_the_page_of_a_topic_leads_with_how_often_the_firm_and_the_disputed_factors() -> None:
    rate = stated(1, "Of 120 adults with gout 12% died within a year.")
    age = [
        stated(2, "Age raised mortality in gout.", factor="Age"),
        stated(3, "Age was linked with death in gout.", factor="Age"),
    ]
    beside = item(4, "Iron reduced attacks of gout.", relevance=0.9)
    page = [i.document.doc_id for i in (rate, *age)]
    # the rate and the factor lead whatever a sentence of the library scores
    assert lines(PREDICTS, rate, *age, beside, outcome=MORTALITY, of_page=page) == [
        rate.evidence.quote,
        age[0].evidence.quote,
    ]
    # a topic that knows no factor gives way
    assert lines(PREDICTS, rate, beside, outcome=MORTALITY, of_page=page) == [beside.evidence.quote]


def test_how_often_is_told_by_a_rate_of_the_outcome_and_not_of_the_arms_of_a_trial() -> None:
    other = stated(1, "Before death 40% of adults with gout took iron.")
    arms = stated(2, "In gout 8% died with iron versus 12% with placebo at 2 years.")
    cohort = stated(3, "In gout 9% died.")
    age = [
        stated(4, "Age raised mortality in gout.", factor="Age"),
        stated(5, "Age was linked with death in gout.", factor="Age"),
    ]
    page = [i.document.doc_id for i in (other, arms, cohort, *age)]

    def first(*rates: Selected) -> str:
        return lines(PREDICTS, *rates, *age, outcome=MORTALITY, of_page=page)[0]

    assert first(other, arms, cohort) == cohort.evidence.quote
    assert first(other, arms) == arms.evidence.quote
    assert first(other) == age[0].evidence.quote


def test_a_label_and_a_leaflet_do_not_lead_the_page_of_a_topic() -> None:
    age = [
        stated(1, "Age raised mortality in gout.", factor="Age", kind=Kind.LABEL),
        stated(2, "Age was linked with death in gout.", factor="Age"),
        stated(3, "In gout death came with age.", factor="age"),
    ]
    page = [i.document.doc_id for i in age]
    assert lines(PREDICTS, *age, outcome=MORTALITY, of_page=page) == [age[1].evidence.quote]
