from __future__ import annotations

from curbside.records import Effect, Span
from curbside.text.quantities import Quantity, QuantityKind
from evals.agreement import Agreement, agreement
from evals.effects import LabelledEffects
from evals.effects import score as score_effects
from evals.quantities import LabelledSentence
from evals.quantities import score as score_quantities

TEXT = "Of 28 patients 15 (54%) relapsed."
COUNT = Quantity(QuantityKind.COUNT, "28", Span(3, 5), value=28)
SHARE = Quantity(QuantityKind.COUNT_PERCENT, "15 (54%)", Span(15, 23), numerator=15, percent=54)
TOLD = "Relapse was commoner with raised urate (OR 2.3, 95% CI 1.1-4.8)."


def test_a_sentence_read_as_labelled_scores_one() -> None:
    figures = score_quantities([LabelledSentence(TEXT, (COUNT, SHARE))])
    assert figures == Agreement(1, 2, 2, 2, (), ())
    assert (figures.precision, figures.recall) == (1.0, 1.0)


def test_a_label_that_differs_in_one_figure_is_missed_and_what_was_found_is_extra() -> None:
    wrong = Quantity(QuantityKind.COUNT, "28", Span(3, 5), value=29)
    figures = score_quantities([LabelledSentence(TEXT, (wrong, SHARE))])
    assert figures == Agreement(1, 2, 2, 1, ((TEXT, wrong),), ((TEXT, COUNT),))
    assert (figures.precision, figures.recall) == (0.5, 0.5)


def test_nothing_labelled_and_nothing_found_has_no_score() -> None:
    figures = score_quantities([LabelledSentence("No figure here.", ())])
    assert (figures.precision, figures.recall) == (None, None)


def test_what_is_labelled_twice_must_be_found_twice() -> None:
    figures = agreement([("a a", ("a", "a"), ("a",)), ("b", ("b",), ("b", "b"))], key=str)
    assert figures == Agreement(2, 3, 3, 2, (("a a", "a"),), (("b", "b"),))


def test_an_effect_agrees_in_measure_point_and_interval_whatever_its_p_and_level() -> None:
    right = LabelledEffects(TOLD, (Effect("OR", 2.3, 1.1, 4.8),))
    assert score_effects([right]).correct == 1
    other = Effect("HR", 2.3, 1.1, 4.8)
    found = Effect("OR", 2.3, 1.1, 4.8, level=95.0)
    figures = score_effects([LabelledEffects(TOLD, (other,))])
    assert figures == Agreement(1, 1, 1, 0, ((TOLD, other),), ((TOLD, found),))
