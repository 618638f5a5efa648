"""What could be asked next, and that the library has an answer to it."""

from __future__ import annotations

import pytest

from builders import a_claim, a_question
from curbside.compose.placed import Placed
from curbside.compose.suggest import next_questions, related_pages
from curbside.pipeline import answer
from curbside.records import Outcome, QuestionKind, Vocabulary
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from evals.generated import generated_questions
from founding import QUESTION, REWORDINGS

FLARE = Outcome("flare", ("flare",))


def placed(aspect: str, text: str = "x") -> Placed:
    return Placed(a_claim(text=text), 1, aspect, 1.0, "pmid:1", frozenset(), frozenset())


def test_a_question_is_offered_where_two_statements_stand_under_its_aspects() -> None:
    shown = [
        *[placed("safety")] * 2,
        placed("dose"),
        placed("maintenance"),
        placed("monitoring"),
        placed("special", "In children it was rare."),
        placed("special", "Children and adolescents did well."),
        placed("special", "Pregnancy was safe."),
    ]
    assert next_questions(a_question(), shown, outcome=FLARE) == (
        "What is the dose of allopurinol (Zyloprim) in gout?",
        "What are the side effects of allopurinol (Zyloprim) in gout?",
        "What is known about gout in children?",
    )


def test_nothing_is_offered_of_the_kind_just_asked_or_with_a_slot_unfilled() -> None:
    shown = [placed("safety"), placed("safety"), placed("definition"), placed("definition")]
    asked = a_question(kind=QuestionKind.SAFETY, concepts=a_question().concepts[:1])
    assert next_questions(asked, shown, outcome=None) == ()


def test_pages_about_the_same_condition_are_related() -> None:
    pages = (
        "What is the dose of allopurinol?",
        "How is asthma treated?",
        "What predicts a gout flare after stopping allopurinol (Zyloprim)?",
    )
    assert related_pages(a_question(), Vocabulary(pages=pages)) == pages[:1]


def test_every_question_offered_has_an_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))
    offered: dict[str, None] = {}
    generated = generated_questions(engine, count=50, seed=5)
    assert len(generated) == 50
    for text in (QUESTION, *REWORDINGS, *generated):
        page = answer(text, engine=engine, at="2026-11-24T00:00:00+00:00")
        offered |= dict.fromkeys(page.next_questions)
    assert len(offered) >= 5
    # a question offered there may offer others
    for text in tuple(offered):
        page = answer(text, engine=engine, at="2026-11-24T00:00:00+00:00")
        offered |= dict.fromkeys(page.next_questions)
    for text in offered:
        page = answer(text, engine=engine, at="2026-11-24T00:00:00+00:00")
        assert page.abstained is None, text
        assert page.claims, text
