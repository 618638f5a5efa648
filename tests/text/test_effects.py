from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curbside.records import Effect, Span
from curbside.text.effects import FoundEffect, find_effects, is_lopsided
from effect_labels import FRESH, SPLITS, labelled_effects
from evals.effects import LabelledEffects, score

TOLD = "Raised urate predicted relapse (adjusted OR 2.3; 90% CI, 1.1–4.8; P = .02)."


TWO_ORS = [("OR", 1.63, None, None), ("OR", 1.85, None, None)]
SPREAD = [("difference", 190.0, None, None), ("difference", 160.0, None, None)]


def read(text: str) -> list[tuple[str, float, float | None, float | None]]:
    return [(e.measure, e.point, e.low, e.high) for e in find_effects(text)]


def test_an_estimate_is_read_whole_with_the_place_of_each_part() -> None:
    assert find_effects(TOLD) == (
        FoundEffect(
            measure="aOR",
            text="OR 2.3; 90% CI, 1.1–4.8; P = .02",
            span=Span(41, 73),
            point=2.3,
            point_span=Span(44, 47),
            measure_span=Span(41, 43),
            low=1.1,
            high=4.8,
            level=90.0,
            interval_span=Span(49, 64),
            p="= .02",
            p_span=Span(66, 73),
        ),
    )
    (found,) = find_effects(TOLD)
    assert found.effect == Effect("aOR", 2.3, 1.1, 4.8, "= .02", None, 90.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hazard ratio, 0.73 (0.55 to 0.96)", [("HR", 0.73, 0.55, 0.96)]),
        ("relative risk 0·73, 95% CI 0·55-0·96", [("RR", 0.73, 0.55, 0.96)]),
        ("The HR fell to 1.17 (1.05 to 1.31).", [("HR", 1.17, 1.05, 1.31)]),
        ("RR for one drug -64% [95% CI -69 to -59]", [("RRR", -64.0, -69.0, -59.0)]),
        (
            "Any (2% vs 1%; HR 2.18, 1.04–4.54), no increase in one (2% vs 1%; 1.67, 0.54–5.11)",
            [("HR", 2.18, 1.04, 4.54), ("HR", 1.67, 0.54, 5.11)],
        ),
        (
            "difference in the proportion of responders: 43.17%, P<0.001",
            [("RD", 43.17, None, None)],
        ),
        ("Deaths fell 15.6% (95% UI 14.2–16.9).", [("change", 15.6, 14.2, 16.9)]),
        ("OR 6.3 versus 4.9", [("OR", 6.3, None, None), ("OR", 4.9, None, None)]),
        (
            "Odds ratios were 1.2 (1.1-1.4) and 1.5 (1.2-1.9).",
            [("OR", 1.2, 1.1, 1.4), ("OR", 1.5, 1.2, 1.9)],
        ),
        ("mean difference −3.2 mmHg (95% CI −6.0, −0.4)", [("MD", -3.2, -6.0, -0.4)]),
        (
            "mean difference 1.0 (95% CI 0.2 to 1.8); adjusted 0.9 (95% CI 0.1 to 1.7)",
            [("MD", 1.0, 0.2, 1.8), ("aMD", 0.9, 0.1, 1.7)],
        ),
        ("a difference in weight of 2.1 kg (95% CI 0.4 to 3.8)", [("difference", 2.1, 0.4, 3.8)]),
        ("fell by 12% (95% CI 4% to 20%)", [("change", 12, 4, 20)]),
        ("was 1.9 days longer (95% CI 0.1-3.8)", [("change", 1.9, 0.1, 3.8)]),
        (
            "r = 0.51, 0.62 and 0.73",
            [("r", 0.51, None, None), ("r", 0.62, None, None), ("r", 0.73, None, None)],
        ),
        ("(β = -0.06; P = 0.001)", [("beta", -0.06, None, None)]),
        ("NNT 5 (95% CI 3 to 17)", [("NNT", 5, 3, 17)]),
        ("a 37% relative risk reduction (95% CI 10 to 60)", [("RRR", 37, 10, 60)]),
        ("ARR 4.5%, 95% CI 1.4-7.6", [("RD", 4.5, 1.4, 7.6)]),
        ("adjusted relative risk [ARR] 1.33, 95% CI 1.05-1.68", [("aRR", 1.33, 1.05, 1.68)]),
        ("mean difference −£448; 95% CI −934 to −37", [("MD", -448, -934, -37)]),
        ("HR 1.70--2.25", []),
        ("mean difference €16 956 (95% CI 14 647 to 19 162)", [("MD", 16956, 14647, 19162)]),
        ("-230 kJ (-55 kcal) (95% CI -490 to 30)", []),
        ("mean difference -230 kJ (-55 kcal) (95% CI -490 to 30)", [("MD", -230, -490, 30)]),
        ("differences of 190 ± 28 (p < 0.001) and 160 ± 28 mL (p < 0.001)", SPREAD),
        ("HR 0.54-95 % CI 0.33-0.87", [("HR", 0.54, 0.33, 0.87)]),
        ("(b = -0.08, SE = 0.12, 95%CI [-0.30, 0.15])", [("beta", -0.08, -0.3, 0.15)]),
        ("(ABPI β -0.39, p = 0.012)", [("beta", -0.39, None, None)]),
        ("MH-OR 0.689, 95% CI 0.528, 0.899", [("OR", 0.689, 0.528, 0.899)]),
        ("AdjOR 0.47, CI 0.21 to 1.05", [("aOR", 0.47, 0.21, 1.05)]),
        ("(hazard ratio = 0.82 per SD, 0.74-0.90)", [("HR", 0.82, 0.74, 0.9)]),
        ("ERR/Sv = 0.60, 90% CI: 0.09, 1.30", [("ERR", 0.6, 0.09, 1.3)]),
        ("standard mean difference = 0.11, 95% CI = [0.08, 0.14]", [("SMD", 0.11, 0.08, 0.14)]),
        ("(effect size: Cohen's d: 0.16, 95% CI: 0.02 to 0.30)", [("SMD", 0.16, 0.02, 0.3)]),
        ("hazard ratios for PR and PF were 1.3 (95% CI 1.2-1.4)", [("HR", 1.3, 1.2, 1.4)]),
        ("The combined ORs at 12 and 24 months were 1.63 and 1.85", TWO_ORS),
        ("(odds ratios: men 0.74 (0.51 to 1.09))", [("OR", 0.74, 0.51, 1.09)]),
        ("a genetic correlation of -0.21", [("r", -0.21, None, None)]),
        ("an intervention effect of 0.5 (95% CI -3.2 to 4.2)", [("difference", 0.5, -3.2, 4.2)]),
        ("difference -15.3% [-25.9 to -4.9]; p=0.0047", [("difference", -15.3, -25.9, -4.9)]),
        ("OR 0.5 (95.001% CI 0.3 to 0.8)", [("OR", 0.5, 0.3, 0.8)]),
        ("HR 37.5 (95% CI 5.6-252.7)", [("HR", 37.5, 5.6, 252.7)]),
        ("Difference of means, -0.5; 95% CI, -1,6 - 0,6", [("MD", -0.5, None, None)]),
        ("OR 1.06 [95% IC: 0.76-1.46]", [("OR", 1.06, 0.76, 1.46)]),
        ("odds ratio (OR)adj = 0.71, 95% CI 0.59 to 0.86", [("aOR", 0.71, 0.59, 0.86)]),
        ("(RH, 0.64; 95% CI, 0.50-0.82)", [("HR", 0.64, 0.5, 0.82)]),
        ("excess relative risk was 1.29 (95% CI, 0.66-1.93)", [("ERR", 1.29, 0.66, 1.93)]),
        ("ARR 0.52, 95% CI 0.18-1.51", [("aRR", 0.52, 0.18, 1.51)]),
        ("ARR 1.21, 95% CI 0.77-1.91", [("aRR", 1.21, 0.77, 1.91)]),
        ("(OR 0.95 per 10 mm Hg increase, 95% CI 0.92-0.99)", [("OR", 0.95, 0.92, 0.99)]),
        ("difference 1.1%, confidence interval (CI) -1.8, 4.0", [("difference", 1.1, -1.8, 4.0)]),
        ("a 23% (95% CI, 12% to 33%; I2=84%) increase", [("change", 23, 12, 33)]),
        ("costs were lower (€437, 95% CI -562 to 1436)", [("change", 437, -562, 1436)]),
        (
            "The difference in weight was significant: -5.1 kg (P = 0.001).",
            [("difference", -5.1, None, None)],
        ),
        (
            "effect sizes were moderate for anxiety (.48) and small for depression (.26)",
            [("ES", 0.48, None, None), ("ES", 0.26, None, None)],
        ),
    ],
)
def test_each_print_is_read(
    text: str, expected: list[tuple[str, float, float | None, float | None]]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Relapse in 31% versus 7% (p = 0.01).",
        "The mean age was 45 years (range 18 to 80).",
        "sensitivity 85.6% (95% CI 76.6 to 92.1)",
        "Mean HR was lower in one group (172 ± 2 vs 175 ± 2; p = 0.01).",
        "They were randomised in a 2:1 ratio.",
        "80% power to detect a mean difference of 0.5% between groups",
        "increased the risk of death (2.27; 95% CI, 1.44 to 3.60)",
        "The prevalence was 12.2% (95% CI 6.6 to 19.9).",
        "OR 1. 23",
        "an intra-cluster correlation coefficient of 0.03",
        "We derived odds ratios,14 15 and pooled them.",
        "small effect sizes (0.80 < OR < 1.2)",
        "The prevalence of MD was 5.0% (95% CI 3.2 to 6.9).",
        "a higher OR for one variant (MAF = 0.03)",
        "effect sizes = 0.19–0.60",
        "the 95% CI for the difference was −4% to 8.8%",
        "R = 0.9 ± 0.16 ng/ml",
        "The OR was cleaned at 12.",
        "The log odds ratio was 0.4 (95% CI 0.1 to 0.7).",
        "a 1.31-fold (95% CI, 1.07-1.61) greater risk",
        "decisions are delayed by a factor of 1.02 (95% CI 1.00-1.04)",
        "significantly higher RD at 2 days (p=0.002)",
        "HR at 10 min: 73.2, 95%CI [69.4, 77.1]",
        "α = 0.1; β = 0.05 with a sample size of 192",
        "The differences: TDI 5.1 (0.8) versus -0.2 (0.5) (P < 0.001)",
        "(d = 0.15 or less)",
        "(intraclass correlation coefficient, r = 0.82)",
        "a reduction of transmission, from an estimated R of 1.28 (95% CI 1.26-1.30) to 0.72",
        "a higher 4.25% (95% CI 3.01-6.39) in the old",
        "incidence was 22.7% (95% CI: 21.5-24.0%) and higher among others",
        "sample size of 200 or greater was 1.4% (95% CI 1.3-1.6)",
        "a mean treatment difference of -26 to +16 points",
        "(-4.4% vs. -3.0%; 95% CI, -3.8 to 5.5)",
    ],
)
def test_a_figure_that_is_no_estimate_is_none(text: str) -> None:
    assert read(text) == []


def test_bounds_printed_high_to_low_are_neither_kept_nor_turned() -> None:
    (found,) = find_effects("The mean difference was -0.9 kg (95% CI -0.4 to -1.4).")
    assert (found.point, found.low, found.high, found.level) == (-0.9, None, None, None)
    assert found.doubt == "the interval is printed high to low and is not kept"


def test_an_interval_that_does_not_hold_its_point_is_not_kept() -> None:
    (found,) = find_effects("RR = 1.19, 95% CI = 1.20-2.08")
    assert (found.point, found.low, found.high) == (1.19, None, None)
    assert found.doubt == "the printed interval does not hold the estimate and is not kept"


def test_intervals_of_several_estimates_that_stand_together_are_given_to_none() -> None:
    first, second = find_effects("OR was 2.2 and OR was 1.5 (95% CI, 0.5-9.6 and 0.7-3.2).")
    assert (first.point, first.low, second.point, second.low) == (2.2, None, 1.5, None)
    assert second.doubt == ("the intervals of several estimates stand together and are not kept")


def test_a_change_in_words_without_a_sound_interval_is_no_estimate() -> None:
    assert read("a reduction of the stay of 3.9 days (95% CI -5.5 to -2.3)") == []


def test_a_ratio_with_a_lopsided_interval_is_doubted_and_a_difference_is_not() -> None:
    (ratio,) = find_effects("HR 1.8 (95% CI 0.9 to 14.9)")
    assert (ratio.low, ratio.high) == (0.9, 14.9)
    assert ratio.doubt == (
        "the interval is not symmetric about the estimate on the logarithmic scale"
    )
    (difference,) = find_effects("mean difference 1.8 (95% CI 0.9 to 14.9)")
    assert difference.doubt is None


@pytest.mark.parametrize(
    ("point", "low", "high", "expected"),
    [
        (2.0, 1.0, 4.0, False),
        (2.0, 1.0, 40.0, True),
        # 0.05 and 0.45 are as far from 0.15 as a factor of 3 is, either way
        (0.15, 0.05, 0.45, False),
        # so rough a rounding says nothing
        (1.0, 0.0, 3.0, False),
    ],
)
def test_symmetry_is_judged_on_the_logarithmic_scale_but_for_rounding(
    point: float, low: float, high: float, expected: bool
) -> None:
    assert is_lopsided(point, low, high) is expected


def test_the_unit_printed_once_behind_two_estimates_is_that_of_both() -> None:
    found = find_effects(
        "The mean difference was -0.85 (95% CI -1.2 to -0.5) and -0.67 (-1.0 to -0.3) mmol/L."
    )
    assert [(e.point, e.unit) for e in found] == [(-0.85, "mmol/L"), (-0.67, "mmol/L")]


def test_labels_are_at_least_three_hundred_and_no_sentence_is_in_two_splits() -> None:
    texts = [each.text for split in SPLITS for each in labelled_effects((split,))]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("sentence", labelled_effects(), ids=lambda each: each.text[:40])
def test_every_part_stands_where_its_span_says_and_every_interval_holds_its_point(
    sentence: LabelledEffects,
) -> None:
    text, end = sentence.text, 0
    for found in find_effects(text):
        assert found.span.of(text) == found.text
        assert end <= found.span.start
        end = found.span.end
        digits = (
            found.point_span.of(text)
            .replace("·", ".")
            .replace(",", "")
            .replace(" ", "")
            .lstrip("+-−–‐‑ £€$")
        )
        assert float(digits) == abs(found.point)
        for part in (found.point_span, found.measure_span, found.interval_span):
            assert part is None or found.span.start <= part.start < part.end <= found.span.end
        assert (found.low is None) is (found.high is None) is (found.interval_span is None)
        if found.low is not None and found.high is not None:
            assert found.low <= found.point <= found.high


@pytest.mark.parametrize("splits", [("tuning",), ("opened",), FRESH], ids=lambda s: s[0])
def test_real_sentences_reach_the_bar(splits: tuple[str, ...]) -> None:
    figures = score(labelled_effects(splits))
    precision, recall = figures.precision, figures.recall
    assert precision is not None
    assert recall is not None
    assert precision >= 0.98, figures.extra
    assert recall >= 0.92, figures.missed


PIECES = st.sampled_from(
    [
        *(
            "OR ",
            "HR",
            "95% CI ",
            "(",
            ")",
            "[",
            "mean difference ",
            "difference ",
            "fell by ",
            "-",
        ),
        *("1.2", "0.5", "12", "1,234", " to ", ", ", "; ", "p < 0.05", " vs. ", "±", "%", "·", "−"),
        *(" and ", "of ", "was ", "adjusted ", "\n", "İ", "β = ", "confidence interval ", ":", "€"),
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=24).map("".join))
def test_whatever_the_text_spans_are_sound_and_an_interval_holds_its_point(text: str) -> None:
    end = 0
    for found in find_effects(text):
        assert found.span.of(text) == found.text
        assert end <= found.span.start
        end = found.span.end
        if found.low is not None and found.high is not None:
            assert found.low <= found.point <= found.high


def test_time_is_linear_in_the_length_of_a_hostile_text() -> None:
    for piece in (
        *("OR (", "difference ", "1.2 (95% CI ", "OR 1.2, ", "adjusted ", "1-", "beta 1.2 per a, "),
        *("0.5, SE = 1, ", "change from 1 to ", "1 234 ", "HR 1.2 for a, ", "β (a) 1.2 b (c) ("),
    ):
        text = piece * (20_000 // len(piece))
        # of the processor, as other work may hold up the clock
        begun = time.process_time()
        find_effects(text)
        assert time.process_time() - begun < 1, piece
