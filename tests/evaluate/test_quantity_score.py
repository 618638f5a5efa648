from __future__ import annotations

from curbside.evaluate.quantities import LabelledSentence, QuantityScore, score
from curbside.records import Span
from curbside.text.quantities import Quantity, QuantityKind

TEXT = "Of 28 patients 15 (54%) relapsed."
COUNT = Quantity(QuantityKind.COUNT, "28", Span(3, 5), value=28)
SHARE = Quantity(QuantityKind.COUNT_PERCENT, "15 (54%)", Span(15, 23), numerator=15, percent=54)


def test_a_sentence_read_as_labelled_scores_one() -> None:
    figures = score([LabelledSentence(TEXT, (COUNT, SHARE))])
    assert figures == QuantityScore(1, 2, 2, 2, (), ())
    assert (figures.precision, figures.recall) == (1.0, 1.0)


def test_a_label_that_differs_in_one_figure_is_missed_and_what_was_found_is_extra() -> None:
    wrong = Quantity(QuantityKind.COUNT, "28", Span(3, 5), value=29)
    figures = score([LabelledSentence(TEXT, (wrong, SHARE))])
    assert figures == QuantityScore(1, 2, 2, 1, ((TEXT, wrong),), ((TEXT, COUNT),))
    assert (figures.precision, figures.recall) == (0.5, 0.5)


def test_nothing_labelled_and_nothing_found_has_no_score() -> None:
    figures = score([LabelledSentence("No figure here.", ())])
    assert (figures.precision, figures.recall) == (None, None)
