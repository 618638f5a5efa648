"""Proportions with their time and place, worked out by hand; most sentences are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.text.rates import FoundRate, find_rates


def told(rate: FoundRate) -> tuple[object, ...]:
    """The numbers as printed, what counts, and when."""
    when = rate.window
    return (
        rate.text,
        rate.percent if not rate.is_range else (rate.low, rate.high),
        None if rate.is_range or rate.low is None else (rate.low, rate.high),
        (rate.numerator, rate.denominator),
        (when.words, when.years, when.timing.value) if when else None,
    )


NONE = (None, None)

SENTENCES: dict[str, list[tuple[object, ...]]] = {
    # one cohort, several times
    "The cumulative proportion was 59% one year, 73% two years and 81% three years after.": [
        ("59%", 59, None, NONE, ("one year", 1, "at")),
        ("73%", 73, None, NONE, ("two years", 2, "at")),
        ("81%", 81, None, NONE, ("three years", 3, "at")),
    ],
    "Relapse rates were 12% at 6 months, 20% at 1 year, and 35% at 24 months.": [
        ("12%", 12, None, NONE, ("at 6 months", 0.5, "at")),
        ("20%", 20, None, NONE, ("at 1 year", 1, "at")),
        ("35%", 35, None, NONE, ("at 24 months", 2, "at")),
    ],
    "At 1, 3 and 5 years graft survival was 54%, 68% and 79%, respectively.": [
        ("54%", 54, None, NONE, ("At 1 year", 1, "at")),
        ("68%", 68, None, NONE, ("3 years", 3, "at")),
        ("79%", 79, None, NONE, ("5 years", 5, "at")),
    ],
    "The 1-, 3-, and 5-year recurrence rates were 10.2%, 20.4%, and 31%, respectively.": [
        ("10.2%", 10.2, None, NONE, ("1 year", 1, "at")),
        ("20.4%", 20.4, None, NONE, ("3 year", 3, "at")),
        ("31%", 31, None, NONE, ("5-year", 5, "at")),
    ],
    "5-year survival was 80% and 10-year survival 60%.": [
        ("80%", 80, None, NONE, ("5-year", 5, "at")),
        ("60%", 60, None, NONE, ("10-year", 10, "at")),
    ],
    "At 1 year, 20% had a seizure, and 35% at 2 years.": [
        ("20%", 20, None, NONE, ("At 1 year", 1, "at")),
        ("35%", 35, None, NONE, ("at 2 years", 2, "at")),
    ],
    # ranges and intervals
    "The society puts relapse at 50 to 90% within 12 months.": [
        ("50 to 90%", (50, 90), None, NONE, ("within 12 months", 1, "within")),
    ],
    "Reported stroke rates range from 2% to 11%.": [
        ("range from 2% to 11%", (2, 11), None, NONE, None),
    ],
    "The cumulative incidence of amputation was 12.3% (95% CI 9-16) at 24 months.": [
        ("12.3%", 12.3, (9, 16), NONE, ("at 24 months", 2, "at")),
    ],
    "Mortality was 8·3% [7·1–9·6] at 90 days.": [
        ("8·3%", 8.3, (7.1, 9.6), NONE, ("at 90 days", 0.2466, "at")),
    ],
    "The 5-year overall survival was 82.1% (95% CI, 78.2%-85.9%) vs 74% (95% CI 70-78).": [
        ("82.1%", 82.1, (78.2, 85.9), NONE, ("5-year", 5, "at")),
        ("74%", 74, (70, 78), NONE, ("5-year", 5, "at")),
    ],
    # counts
    "The fracture had not healed in 16 (33%) of 48 within 9 months.": [
        ("16 (33%)", 33, None, (16, 48), ("within 9 months", 0.75, "within")),
    ],
    "Psoriasis cleared in 16/48 (33%) patients within 12 weeks.": [
        ("33%", 33, None, (16, 48), ("within 12 weeks", 0.2308, "within")),
    ],
    "Overall, 1,204 (15.3%) of 7,869 patients died within 30 days.": [
        ("1,204 (15.3%)", 15.3, None, (1204, 7869), ("within 30 days", 0.0822, "within")),
    ],
    "Twelve of 40 children (30%) had another febrile seizure.": [
        ("30%", 30, None, (12, 40), None),
    ],
    "Treatment was stopped in 40 and 30 of them (75%) had a flare.": [
        ("75%", 75, None, (30, None), None),
    ],
    # a count that does not give the percentage is not its count
    "Colitis returned in 20 of 40 (70%).": [("70%", 70, None, NONE, None)],
    # follow-up
    "Over a median follow-up of 4.2 years, 18% developed atrial fibrillation.": [
        ("18%", 18, None, NONE, ("4.2 years", 4.2, "over")),
    ],
    "In 117 children, 24% stayed seizure-free, with a median follow-up of seven years.": [
        ("24%", 24, None, NONE, ("seven years", 7, "over")),
    ],
    "Remission off drugs was reached by 19% to 40% of those followed for at least three years.": [
        ("19% to 40%", (19, 40), None, NONE, ("at least three years", 3, "over")),
    ],
    "Eight percent had a second stroke during 5 years of follow-up.": [
        ("Eight percent", 8, None, NONE, ("5 years", 5, "over")),
    ],
    # times that are not the proportion's
    "Of 24 patients treated for 36 months, 13 (54%) relapsed.": [
        ("13 (54%)", 54, None, (13, None), None),
    ],
    "After at least two years of remission, 54% stayed well.": [("54%", 54, None, NONE, None)],
    "Gout returned in 75%, at a median of 9 months.": [("75%", 75, None, NONE, None)],
    "Asthma worsened in 4 of 12 (33%), at 1, 6, 11 and 40 months.": [
        ("33%", 33, None, (4, 12), None),
    ],
    "Among women at 65 years of age, 12% had a fracture.": [("12%", 12, None, NONE, None)],
    "A 6-week course cured 91%.": [("91%", 91, None, NONE, None)],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_rate_is_read_with_its_count_interval_and_time(sentence: str) -> None:
    assert [told(rate) for rate in find_rates(sentence)] == SENTENCES[sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "The median time to relapse was 9 months.",
        "Ferritin fell by 20% at 2 years.",
        "There was a 25% reduction in stroke at 5 years.",
        "The test had a sensitivity of 92% and a specificity of 88%.",
        "It had a 92% positive predictive value for relapse.",
        "Liver stiffness decreased by 6.2% per year.",
        "The HbA1c was 7.2% at 12 weeks.",
        "The mean ejection fraction was 35% at baseline.",
        "A 5% solution was applied for 2 weeks.",
        "Give 50% of the usual dose for 3 months.",
        "Heterogeneity was high (I2 = 87%).",
        "The 95% confidence interval was wide.",
        "",
    ],
)
def test_a_percentage_of_anything_but_people_is_no_rate(sentence: str) -> None:
    assert find_rates(sentence) == ()


def test_groups_set_against_each_other_are_named() -> None:
    before = find_rates(
        "Relapse was more frequent in men than in women (71% versus 55%, p = 0.06)."
    )
    assert [(r.percent, r.group and r.group.text) for r in before] == [(71, "men"), (55, "women")]
    after = find_rates(
        "Recurrence was 12.5% in the rituximab group and 30.4% in the placebo group."
    )
    assert [(r.percent, r.group and r.group.text) for r in after] == [
        (12.5, "rituximab group"),
        (30.4, "placebo group"),
    ]


def test_a_rate_keeps_to_the_words_that_are_its_own() -> None:
    sentence = "15 of 28 (54%) stayed well off treatment and 13 (46%) were treated again."
    assert [rate.clause.of(sentence) for rate in find_rates(sentence)] == [
        "15 of 28 (54%) stayed well off treatment",
        " and 13 (46%) were treated again.",
    ]
    sentence = "HLA type was rarer in one group (36% versus 76%), yet relapse did not differ."
    assert {rate.clause.of(sentence) for rate in find_rates(sentence)} == {
        "HLA type was rarer in one group (36% versus 76%)"
    }
    sentence = "The relapse rate was 20% and 5% died."
    assert [rate.clause.of(sentence) for rate in find_rates(sentence)] == [
        "The relapse rate was 20%",
        " and 5% died.",
    ]


@given(
    st.lists(
        st.sampled_from(
            ["5%", "10 (20%)", " at 1 year", " of 48", ", ", " and ", "(", ")", " vs ", " 3", " in "
             "men", "95% CI 2-9", " follow-up", " 2 years", ";", "-", " 40 to 60%", "é", " relapse"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_spans_point_at_what_is_printed(text: str) -> None:
    rates = find_rates(text)
    assert [rate.span for rate in rates] == sorted(rate.span for rate in rates)
    for rate in rates:
        assert rate.span.of(text) == rate.text
        assert rate.clause.contains(rate.span)
        if rate.group:
            assert rate.group.span.of(text) == rate.group.text
        if rate.low is not None and rate.high is not None and rate.percent is not None:
            assert rate.low <= rate.percent <= rate.high


@pytest.mark.parametrize(
    "piece",
    [
        "5% at 1 year, ",
        "12 (5%) and ",
        "at 1, 2, ",
        "(",
        "5% (95% CI 1-9) ",
        "over a median of ",
        "%",
    ],
)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        started = time.perf_counter()
        find_rates(text)
        return time.perf_counter() - started

    seconds(100)
    short, long = seconds(1_000), seconds(8_000)
    assert long < 24 * max(short, 0.02)
