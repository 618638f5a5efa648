from __future__ import annotations

import pytest

from curbside.evidence.asked import speaks_of_what_is_asked


@pytest.mark.parametrize(
    ("query", "answers", "does_not"),
    [
        (
            "What is the prognosis of glioblastoma?",
            "Median survival of glioblastoma was 14.6 months.",
            "Angiogenesis is crucial for growth, and agents are used in recurrent glioblastoma.",
        ),
        (
            "How is appendicitis diagnosed?",
            "Ultrasound had a sensitivity of 86% for appendicitis.",
            "Diverticulitis is another entity than appendicitis.",
        ),
        (
            "Which statin is best after a stroke?",
            "Events were fewer with atorvastatin than with placebo after stroke.",
            "There were 248 strokes under statins.",
        ),
        (
            "How long should iron be given in anaemia?",
            "Iron was given for 3 months in anaemia.",
            "Iron was given by mouth in anaemia.",
        ),
        (
            "What is the dose of colchicine in gout?",
            "Colchicine 0.5 mg twice a day relieved gout.",
            "Colchicine relieved gout in most men.",
        ),
        (
            "Is colchicine safe in gout?",
            "Diarrhoea was the most frequent adverse event of colchicine.",
            "Colchicine lowered the number of gout flares.",
        ),
        (
            "What are the symptoms of gout?",
            "Gout presents with sudden pain in one joint.",
            "Gout is treated with colchicine.",
        ),
        (
            "How is gout diagnosed?",
            "Gout is diagnosed by crystals in joint fluid.",
            "Iron eased newly diagnosed gout.",
        ),
        (
            "What causes gout?",
            "Gout is due to crystals of urate.",
            "Gout was treated with iron.",
        ),
        (
            "What are the risk factors for gout?",
            "Age was associated with gout.",
            "Gout was treated with iron.",
        ),
        (
            "How long do people with severe gout of the hands and feet live?",
            "Median survival in gout was 20 years.",
            "Gout has been known for many years.",
        ),
        (
            "How common is gout?",
            "Gout affects 2.5% of adults.",
            "Gout hurts.",
        ),
    ],
)
def test_a_sentence_answers_what_is_asked_of_a_thing(
    query: str, answers: str, does_not: str
) -> None:
    assert speaks_of_what_is_asked(query, answers)
    assert not speaks_of_what_is_asked(query, does_not)


def test_a_question_that_no_row_knows_asks_for_anything() -> None:
    assert speaks_of_what_is_asked("Does iron help in heart failure?", "Iron is a metal.")
