"""Which sentences state what a question asks for, so that they may stand in its bottom line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest

from builders import a_question
from curbside.compose.direct import compares, is_direct, states_what_is_asked
from curbside.records import (
    Concept,
    Digest,
    Evidence,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Span,
    Standing,
    Status,
)
from shelf import a_document

GOUT = Concept(Role.CONDITION, "gout", "gout", ("gout",))
IRON = Concept(Role.INTERVENTION, "iron", "iron", ("iron",))
ZINC = Concept(Role.INTERVENTION, "zinc", "zinc", ("zinc",))
FLARE = Concept(Role.OUTCOME, "flare", "flare", ("flare", "flares"))
INFANTS = Concept(Role.POPULATION, "infants", "infants", ("infants",))


def asked(kind: str, query: str, *concepts: Concept) -> Question:
    return a_question(
        kind=QuestionKind(kind), text=query, title=query, query=query, concepts=concepts
    )


def said(text: str, question: Question, *, title: str = "A study") -> Selected:
    """A sentence that is the whole text of a study; it names what it holds word for word."""
    document = replace(a_document(text, doc_id="pmid:1"), title=title)
    evidence = Evidence(
        "E1", "pmid:1", document.revision, Span(0, len(text)), text, "RESULTS", "abstract", "result"
    )
    named = tuple(
        c.name for c in question.concepts if any(term in text.lower() for term in c.terms)
    )
    return Selected(evidence, document, Standing(Status.CURRENT), 0.5, named)


@pytest.mark.parametrize(
    ("kind", "query", "text", "states"),
    [
        (
            "safety",
            "What are the side effects of iron?",
            "Iron is used safely by most adults in trials.",
            False,
        ),
        (
            "safety",
            "What are the side effects of iron?",
            "The most common side effects of iron are nausea and constipation.",
            True,
        ),
        (
            "safety",
            "What are the side effects of iron?",
            "No adverse effects of iron were observed.",
            False,
        ),
        # what another thing caused, measured against the drug
        (
            "safety",
            "What are the side effects of iron?",
            "Zinc induced less nausea than iron.",
            False,
        ),
        ("safety", "Is iron safe?", "Iron was well tolerated.", True),
        ("safety", "Is iron safe?", "Iron raised ferritin.", False),
        (
            "safety",
            "What are the side effects of iron?",
            "Iron can lead to severe side-effects.",
            True,
        ),
        ("dose", "What is the dose of iron in gout?", "Iron 40 mg a day is given.", True),
        ("dose", "What is the dose of iron in gout?", "A single 40 mg dose of iron helps.", True),
        ("dose", "What is the dose of iron in gout?", "The usual dose is 40 mg.", True),
        (
            "dose",
            "What is the dose of iron in gout?",
            "Zinc 40 mg twice daily in combination with iron was tried.",
            False,
        ),
        (
            "general",
            "What is the prognosis of gout?",
            "In gout survival is poor.",
            True,
        ),
        (
            "general",
            "What is the prognosis of gout?",
            "Iron tended to improve prognosis in gout.",
            False,
        ),
        (
            "diagnosis",
            "How is gout diagnosed?",
            "The number of patients in whom gout was recorded rose.",
            False,
        ),
        ("treatment", "Does iron prevent gout?", "Iron lowered the risk of gout.", True),
        ("treatment", "Does iron prevent gout?", "Iron eased pain in gout.", False),
        (
            "treatment",
            "Does iron reduce gout?",
            "Iron levels changed the effect of zinc on gout.",
            False,
        ),
        (
            "diagnosis",
            "How is gout diagnosed?",
            "Gout was diagnosed in 138 participants.",
            False,
        ),
        (
            "general",
            "What is the prognosis of gout?",
            "Treatment with iron led to longer survival in gout.",
            False,
        ),
        ("treatment", "What is the first-line treatment of gout?", "Iron eased gout.", False),
        (
            "treatment",
            "What is the first-line treatment of gout?",
            "Iron is a first-line drug in gout.",
            True,
        ),
        ("cause", "What causes gout?", "Low mood is a problem associated with gout.", False),
        ("diagnosis", "How is gout diagnosed?", "Sensitivity analyses agreed on gout.", False),
        (
            "cause",
            "What causes gout?",
            "Milk was associated with a reduced risk of gout.",
            False,
        ),
        (
            "cause",
            "Does beer cause gout?",
            "Beer was associated with a reduced risk of gout.",
            True,
        ),
        (
            "cause",
            "What causes gout?",
            "In patients with gout iron was associated with fewer deaths.",
            False,
        ),
        ("cause", "What causes gout?", "Gout is caused by crystals of urate.", True),
        ("cause", "What causes gout?", "Gout caused absence from work.", False),
        ("cause", "What causes gout?", "Beer is a risk factor for gout.", True),
        ("cause", "What causes gout?", "Risks of drugs in gout need study.", False),
        ("predictors", "What predicts gout?", "Age predicted gout.", True),
        ("predictors", "What predicts gout?", "Gout was associated with beer.", True),
        ("predictors", "What predicts gout?", "Gout was treated with iron.", False),
        ("frequency", "How common is gout?", "Gout is common in men.", True),
        ("frequency", "How common is gout?", "Gout is painful.", False),
        ("diagnosis", "How is gout diagnosed?", "Iron eased newly diagnosed gout.", False),
        ("diagnosis", "How is gout diagnosed?", "Crystals confirm gout.", True),
        ("treatment", "Does iron reduce gout?", "Iron lowered the count of gout attacks.", True),
        ("treatment", "Does iron reduce gout?", "Iron was taken by 60% of men with gout.", False),
    ],
)
def test_a_sentence_answers_where_it_states_what_is_asked(
    kind: str, query: str, text: str, *, states: bool
) -> None:
    named = [c for c in (GOUT, IRON, ZINC) if c.name in query]
    question = asked(kind, query, *named)
    outcome = Outcome("gout", ("gout",), ()) if kind in ("cause", "predictors") else None
    assert states_what_is_asked(said(text, question), question, outcome) is states


def test_the_sentence_or_its_title_names_the_group_that_is_asked_about() -> None:
    question = asked("safety", "Is iron safe in infants?", IRON, INFANTS)
    text = "Iron was well tolerated."
    assert not states_what_is_asked(said(text, question), question, None)
    assert states_what_is_asked(said("Iron was safe in infants.", question), question, None)
    titled = said(text, question, title="Iron in small infants: a trial")
    assert states_what_is_asked(titled, question, None)
    # what a trial hoped to bring about is nobody it studied
    hoped = said(text, question, title="Iron, zinc and number of infants")
    assert not states_what_is_asked(hoped, question, None)


def test_a_yes_or_no_about_a_step_names_what_is_asked_of_it() -> None:
    stopping = Concept(Role.PROCESS, "stopping", "stopping", ("stopping", "stopped"))
    scan = Concept(Role.OTHER, "scan", "scan", ("scan",))
    question = asked("general", "Is a scan needed before stopping iron?", scan, stopping, IRON)
    told = said("A scan should come before this.", question)
    beside = said("Iron was stopped in 40 of 69 people.", question)
    titled = said("Iron was stopped in 40 of 69 people.", question, title="Gout and the scan")
    made = Digest("read by one person", "design", "our words")
    digest = replace(titled, document=replace(titled.document, digest=made))
    items = (told, beside, titled, digest)
    states = [states_what_is_asked(item, question, None) for item in items]
    assert states == [True, False, True, False]


def test_a_yes_or_no_names_both_sides_and_an_outcome_that_is_asked_about_is_named() -> None:
    question = asked("treatment", "Does iron reduce flares of gout?", IRON, FLARE, GOUT)
    text = "Iron reduced pain in gout."
    assert not states_what_is_asked(said(text, question), question, None)
    assert states_what_is_asked(said(text, question, title="Iron against flares"), question, None)
    rate = asked("frequency", "How often are flares in gout?", FLARE, GOUT)
    assert not states_what_is_asked(said("In 40% gout was mild.", rate), rate, None)
    assert states_what_is_asked(said("Flares of gout came in 40%.", rate), rate, None)


@pytest.mark.parametrize(
    ("text", "is_set_against"),
    [
        ("Iron eased pain more than zinc.", True),
        ("Pain was lower in adults treated with iron than in those treated with zinc.", True),
        ("Iron versus zinc in gout.", True),
        ("Compared with iron, zinc did nothing.", True),
        ("There was no difference between iron and zinc.", True),
        ("Iron and zinc were similar in effect.", True),
        ("Adults treated with iron and zinc were similar to the others.", False),
        ("Copper is given when treatment with either iron and/or zinc differs.", False),
        ("Copper was better than iron when added to zinc.", False),
        ("Copper (alone or added to iron) lowered fever versus zinc.", False),
        ("Iron eased pain. Zinc is a metal.", False),
        ("Iron eased pain more than copper.", False),
    ],
)
def test_two_things_are_compared_where_one_is_set_against_the_other(
    text: str, *, is_set_against: bool
) -> None:
    assert compares(text, (IRON, ZINC)) is is_set_against


def test_a_comparison_is_answered_by_a_study_that_compares_the_two() -> None:
    question = asked("general", "Is iron as good as zinc?", IRON, ZINC)
    text = "Pain fell more in group A than in group B."
    assert not states_what_is_asked(said(text, question), question, None)
    titled = said(text, question, title="Iron versus zinc: a trial")
    assert states_what_is_asked(titled, question, None)


def test_what_a_thing_is_answers_best_what_it_is() -> None:
    question = asked("general", "What is gout?", GOUT)
    defines = said("Gout is a disease of the joints.", question)
    branded = said("Gout® is an old name.", question)
    assert is_direct(branded, question, None)
    beside = said("Gout was studied in mice.", question)
    assert (is_direct(defines, question, None), is_direct(beside, question, None)) == (True, False)
    # a preference bars nothing; what is not said of the thing at all is barred
    assert states_what_is_asked(beside, question, None)
    passing = said("A visit of nurses and of others to the home of people eased gout.", question)
    assert not states_what_is_asked(passing, question, None)


def test_animals_answer_no_question_about_care_that_does_not_ask_about_them() -> None:
    question = asked("treatment", "Does iron reduce gout?", IRON, GOUT)
    text = "Iron reduced gout."
    assert states_what_is_asked(said(text, question), question, None)
    assert not states_what_is_asked(said("Iron reduced gout in rats.", question), question, None)
    assert not states_what_is_asked(said(text, question, title="Iron in mice"), question, None)
    of_mice = asked("treatment", "Does iron reduce gout in mice?", IRON, GOUT)
    assert states_what_is_asked(said("Iron reduced gout in mice.", of_mice), of_mice, None)


def test_every_rule_says_which_questions_it_is_for_and_compiles() -> None:
    text = files("curbside.compose.data").joinpath("direct.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["direct"]
    kinds = {kind.value for kind in QuestionKind}
    for row in rows:
        assert "asks" in row or "kinds" in row, row["name"]
        assert set(row.get("kinds", ())) <= kinds, row["name"]
        assert set(re.findall(r"\{[A-Z]+\}", row["tells"])) <= {"{OUT}", "{ACT}", "{ANY}"}
        for pattern in (row.get("asks", ""), row.get("unless", ""), row["tells"]):
            re.compile(re.sub(r"\{[A-Z]+\}", "x", pattern))


def test_a_study_may_call_what_is_asked_about_by_its_own_short_form() -> None:
    question = asked("cause", "What causes acute gout?", replace(GOUT, terms=("acute gout",)))
    sentence = "AG is caused by crystals of urate."
    study = said(f"Acute gout (AG) hurts. {sentence}", question)
    span = Span(len(study.evidence.quote) - len(sentence), len(study.evidence.quote))
    item = replace(study, evidence=replace(study.evidence, span=span, quote=sentence))
    outcome = Outcome("acute gout", ("acute gout",), ())
    assert states_what_is_asked(item, question, outcome)
    # the same letters in a study that does not say what they mean
    assert not states_what_is_asked(said(sentence, question), question, outcome)
