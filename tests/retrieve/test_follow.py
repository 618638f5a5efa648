"""Follow-up questions: what is kept of the page before, what is not, and how it is told."""

from __future__ import annotations

import pytest

from curbside.ingest.topics import bundled_topics, merge_vocabularies
from curbside.records import Follow, Question, QuestionKind, Role, Vocabulary
from curbside.retrieve.follow import follow_up
from curbside.retrieve.understanding import understand
from founding import QUESTION

TOPICS = merge_vocabularies(bundled_topics())
FOUNDING = understand(QUESTION, vocabulary=TOPICS, word_frequencies={})
GOUT = understand(
    "What predicts a flare of gout after stopping allopurinol?",
    vocabulary=Vocabulary(),
    word_frequencies={},
)
SOURCES = {1: "pmid:1", 2: "guideline:two"}


def followed(text: str, *forget: str, earlier: Question = GOUT) -> Question:
    return follow_up(
        text,
        earlier=earlier,
        sources=SOURCES,
        forget=forget,
        vocabulary=TOPICS if earlier is FOUNDING else Vocabulary(),
        word_frequencies={},
    )


def about(question: Question) -> dict[str, set[str]]:
    return {
        role.value: {concept.name for concept in question.concepts_of(role)}
        for role in Role
        if question.concepts_of(role)
    }


@pytest.mark.parametrize(
    ("text", "kind", "concepts"),
    [
        (
            "What about in children?",
            QuestionKind.PREDICTORS,
            {
                "population": {"children"},
                "condition": {"gout"},
                "intervention": {"allopurinol"},
                "process": {"discontinuing"},
                "outcome": {"relapse"},
            },
        ),
        (
            "And the dose?",
            QuestionKind.DOSE,
            {"condition": {"gout"}, "intervention": {"allopurinol"}},
        ),
        (
            "And with febuxostat?",
            QuestionKind.PREDICTORS,
            {
                "condition": {"gout"},
                "intervention": {"febuxostat"},
                "process": {"discontinuing"},
                "outcome": {"relapse"},
            },
        ),
        (
            "Is it safe in pregnancy?",
            QuestionKind.SAFETY,
            {
                "population": {"pregnancy"},
                "condition": {"gout"},
                "intervention": {"allopurinol"},
            },
        ),
        (
            "How is it defined?",
            QuestionKind.DEFINITION,
            {"condition": {"gout"}, "outcome": {"relapse"}},
        ),
    ],
)
def test_what_a_follow_up_leaves_out_is_kept_from_the_page_before(
    text: str, kind: QuestionKind, concepts: dict[str, set[str]]
) -> None:
    question = followed(text)
    assert (question.text, question.kind, about(question)) == (text, kind, concepts)


def test_how_a_follow_up_was_understood_is_told_and_stands_in_its_title() -> None:
    question = followed("And the dose?")
    assert question.readings == (
        f"read as a follow-up to “{GOUT.title}”, keeping gout, allopurinol",
    )
    assert question.title == "And the dose (gout, allopurinol)?"
    assert question.slug == "and-the-dose-gout-allopurinol"
    assert question.follows == Follow(GOUT.title, GOUT.slug, ("gout", "allopurinol"))


def test_what_the_reader_forgets_is_not_kept() -> None:
    question = followed("And the dose?", "Allopurinol")
    assert about(question) == {"condition": {"gout"}}
    assert question.follows == Follow(GOUT.title, GOUT.slug, ("gout",))


def test_a_question_about_another_condition_stands_on_its_own() -> None:
    question = followed("What is the treatment of asthma?")
    own = understand(
        "What is the treatment of asthma?", vocabulary=Vocabulary(), word_frequencies={}
    )
    assert (question.title, question.concepts, question.follows) == (
        own.title,
        own.concepts,
        None,
    )
    assert question.readings[0].startswith("read on its own, as it is about another subject")


def test_a_number_of_a_reference_asks_that_source_alone() -> None:
    question = followed("What did [2] and source 1 find, and [9]?")
    assert question.follows is not None
    assert question.follows.only == ("guideline:two", "pmid:1")
    assert "only [2], [1] of that page was searched" in question.readings


def test_a_follow_up_that_says_with_its_page_what_a_page_asks_leads_there() -> None:
    question = followed("And how often does it come back?", earlier=FOUNDING)
    assert (question.title, question.slug) == (FOUNDING.title, FOUNDING.slug)


def test_words_mean_what_they_mean_on_a_page_about_the_condition_that_is_kept() -> None:
    # "men" is a factor of this topic, and nothing where its condition is not asked about
    question = followed("And in men?", earlier=FOUNDING)
    assert about(question)["factor"] == {"sex"}
    assert question.title.startswith("And in men (")


@pytest.mark.parametrize("text", ["Is that different in type 2?", "And after two years?"])
def test_a_number_that_narrows_the_question_leads_to_no_wider_page(text: str) -> None:
    question = followed(text, earlier=FOUNDING)
    assert question.title != FOUNDING.title
    assert question.title.startswith(text.rstrip("?"))


def test_the_name_of_a_source_is_where_to_look_and_not_what_for() -> None:
    question = followed("What does source 2 say about colchicine?")
    assert question.follows is not None
    assert question.follows.only == ("guideline:two",)
    assert about(question).get("other") is None
    assert about(question)["intervention"] == {"colchicine"}


def test_a_number_that_the_page_before_has_no_source_for_is_told() -> None:
    assert "that page has no [9]" in followed("What did [9] find?").readings


def test_follow_ups_can_follow_each_other() -> None:
    third = followed("And the dose?", earlier=followed("What about in children?"))
    assert about(third) == {
        "condition": {"gout"},
        "intervention": {"allopurinol"},
        "population": {"children"},
    }


def test_the_people_asked_about_are_kept_until_others_are_named_or_they_are_forgotten() -> None:
    children = followed("What about in children?")
    assert about(followed("And in pregnancy?", earlier=children))["population"] == {"pregnancy"}
    assert "population" not in about(followed("And the dose?", "children", earlier=children))


def test_a_word_that_names_nothing_kept_is_told_as_such() -> None:
    question = followed("And the dose?", "colchicine")
    assert question.readings[1] == "nothing kept was called “colchicine”"
    assert about(question) == about(followed("And the dose?"))
