"""Figures: the rates of the founding question against a table made by hand, and each kind of
figure on small evidence."""

from __future__ import annotations

import re

import pytest

from curbside.pipeline import Engine, answer
from curbside.records import Answer, Figure
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION

# made by hand from the statements of the topic, in whatever order: source, the event as worded,
# the group and the time as worded -> percent, or lower and upper end; and the words that say so
RELAPSE = {
    ("van-gerven-2013", "needing treatment again", "one year", 1.0): (
        (59.0, None, None),
        "needing treatment again was 59% one year",
    ),
    ("van-gerven-2013", "needing treatment again", "two years", 2.0): (
        (73.0, None, None),
        "73% two years",
    ),
    ("van-gerven-2013", "needing treatment again", "three years", 3.0): (
        (81.0, None, None),
        "81% three years after drug withdrawal",
    ),
    ("van-gerven-2013", "relapsed", "no time stated", None): (
        (47.0, None, None),
        "61 (47%) relapsed",
    ),
    ("van-gerven-2013", "lost remission", "no time stated", None): (
        (42.0, None, None),
        "a further 56 (42%) lost remission",
    ),
    ("hegarty-1983", "disease reactivated", "within 52 weeks", 1.0): (
        (87.0, None, None),
        "disease reactivated within 52 weeks in 87% as reported",
    ),
    ("hartl-2015", "needed treatment again", "no time stated", None): (
        (46.0, None, None),
        "13 (46%) needed treatment again",
    ),
    ("ejim-2021-histological-remission", "needed treatment again", "no time stated", None): (
        (33.0, 7.0, 60.0),
        "4 of 12 patients (33%, CI 7-60%) needed treatment again",
    ),
    ("pmc8855400-turkish-cohort", "relapsed", "no time stated", None): (
        (67.0, None, None),
        "12 patients relapsed, equal to 67% of those withdrawn",
    ),
    ("verma-2004", "relapsed", "no time stated", None): (
        (75.0, None, None),
        "30 of them (75%) relapsed",
    ),
    ("kanzler-2001", "relapsed", "no time stated", None): (
        (75.0, None, None),
        "21 (75%) relapsed",
    ),
    ("kil-2010", "relapsed", "no time stated", None): (
        (54.0, None, None),
        "13 of 24 patients (54%) relapsed",
    ),
    ("czaja-2009", "relapse", "early, no time stated", None): (
        (81.0, None, None),
        "similar in early and late responders (81% versus 90%",
    ),
    ("czaja-2009", "relapse", "late responders, no time stated", None): (
        (90.0, None, None),
        "similar in early and late responders (81% versus 90%",
    ),
    ("al-chalabi-2008", "relapse", "men, no time stated", None): (
        (71.0, None, None),
        "more frequent in men than in women (71% versus 55%)",
    ),
    ("al-chalabi-2008", "relapse", "women, no time stated", None): (
        (55.0, None, None),
        "more frequent in men than in women (71% versus 55%)",
    ),
    ("cureus-2024-gender", "relapse", "men, no time stated", None): (
        (75.0, None, None),
        "(75%, 12 of 16, versus 42%",
    ),
    ("cureus-2024-gender", "relapse", "women in an Indian cohort, no time stated", None): (
        (42.0, None, None),
        "(75%, 12 of 16, versus 42%",
    ),
    ("harrison-gleeson-2019", "relapse", "no time stated", None): (
        (None, 25.0, 100.0),
        "ranges from 25% to 100%",
    ),
    ("ben-merabet-2021", "relapse", "no time stated", None): (
        (None, 25.0, 100.0),
        "relapse rates of 25% to 100% after withdrawal",
    ),
    ("bsg-2011", "relapse", "no time stated", None): (
        (None, 50.0, 90.0),
        "off treatment at 50% to 90%; the table itself sets no time limit",
    ),
}
REMISSION = {
    ("hartl-2015", "stayed in remission", "no time stated", None): (
        (54.0, None, None),
        "15 of 28 patients with AIH (54%) stayed in remission off treatment",
    ),
    ("ejim-2021-histological-remission", "stayed in remission", "over 62 months", 5.1667): (
        (67.0, 40.0, 93.0),
        "(67%, CI 40-93%)",
    ),
    ("aasld-2010", "sustained AIH remission", "at five years", 5.0): (
        (13.0, None, None),
        "total withdrawal from maintenance was 13% at five years",
    ),
    ("jhep-2023-paediatric", "sustained remission", "over seven years", 7.0): (
        (24.0, None, None),
        "24% reached sustained remission off treatment, with a median follow-up of seven years",
    ),
    ("jpgn-2017-paediatric-metabolites", "stayed in remission", "over 2.9 years", 2.9): (
        (18.0, None, None),
        "18% were weaned off immunosuppression and stayed in remission over a mean follow-up",
    ),
    ("czaja-2009", "sustained remission", "early, no time stated", None): (
        (19.0, None, None),
        "similar in early and late responders (19% versus 10%",
    ),
    ("czaja-2009", "sustained remission", "late responders, no time stated", None): (
        (10.0, None, None),
        "similar in early and late responders (19% versus 10%",
    ),
}
# of the outcome and not drawn: the source, what is printed, and why
LEFT = {
    ("digdis-2015-withdrawal-review", "up to 90%", "a bound, not a value"),
    (
        "johnson-1995",
        "83%",
        "measured on treatment, and the question is about stopping it",
    ),
    (
        "volynets-2018",
        "40%",
        "measured on treatment, and the question is about stopping it",
    ),
}
EFFECTS = {
    ("verma-2004", "longer time to first remission"): (5.5, 1.3, 22.0),
    (
        "verma-2004",
        "failure to keep transaminases consistently normal during remission",
    ): (11.8, 1.3, 100.0),
    ("verma-2004", "higher portal plasma-cell score on biopsy"): (10.6, 1.0, 107.0),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))


@pytest.fixture(scope="module")
def page(engine: Engine) -> Answer:
    return answer(QUESTION, engine=engine, at="2026-11-24T00:00:00+00:00")


def of_kind(page: Answer, kind: str) -> list[Figure]:
    return [figure for figure in page.figures if figure.kind == kind]


def source_of(page: Answer, label: str) -> str:
    number = int(label[1 : label.index("]")])
    (doc_id,) = [r.doc_id for r in page.references if r.number == number]
    return doc_id.removeprefix("digest:")


def drawn_rates(
    page: Answer, figure: Figure
) -> dict[tuple[str, str, str, float | None], tuple[float | None, float | None, float | None]]:
    return {
        (source_of(page, series.label), series.label.partition(": ")[2], datum.label, datum.x): (
            datum.value,
            datum.low,
            datum.high,
        )
        for series in figure.series
        for datum in series.data
    }


def test_the_rates_of_the_founding_question_are_those_of_the_table_made_by_hand(
    page: Answer,
) -> None:
    relapse, remission = of_kind(page, "rates")
    for figure, by_hand in ((relapse, RELAPSE), (remission, REMISSION)):
        expected = {place: value for place, (value, _) in by_hand.items()}
        assert drawn_rates(page, figure) == expected
        assert sum(len(series.data) for series in figure.series) == len(by_hand)


def test_each_rate_of_the_founding_question_cites_the_statement_that_says_it(page: Answer) -> None:
    quotes = {e.evidence_id: (e.doc_id.removeprefix("digest:"), e.quote) for e in page.evidence}
    for figure, by_hand in zip(of_kind(page, "rates"), (RELAPSE, REMISSION), strict=True):
        for series in figure.series:
            for datum in series.data:
                source = source_of(page, series.label)
                event = series.label.partition(": ")[2]
                _, words = by_hand[source, event, datum.label, datum.x]
                (cited,) = datum.cites
                assert quotes[cited][0] == source
                assert words in quotes[cited][1]


def test_what_the_rates_leave_out_is_told_with_the_reason(page: Answer) -> None:
    relapse, remission = of_kind(page, "rates")
    told = {
        (source_of(page, item), *item.partition(": ")[2].split(", ", 1))
        for item in relapse.left_out
    }
    assert told == LEFT
    assert remission.left_out == ()


def test_the_rates_of_the_founding_question_are_not_pooled_and_say_why(page: Answer) -> None:
    relapse, remission = of_kind(page, "rates")
    assert (relapse.pooled, remission.pooled) == (None, None)
    assert relapse.notes[0] == (
        "Not pooled, as these rates are not of one thing: 3 different times and 17 without a time;"
        " 7 different definitions and 7 of 14 sources without one; 6 different events (needing"
        " treatment again, disease reactivated, lost remission, relapsed, relapse or needed"
        " treatment again); 14 different groups of people; ranges over several studies among them."
    )


def test_the_effects_of_the_founding_question_are_those_printed(page: Answer) -> None:
    (forest,) = of_kind(page, "forest")
    assert {
        (source_of(page, series.label), datum.label): (datum.value, datum.low, datum.high)
        for series in forest.series
        for datum in series.data
    } == EFFECTS
    assert (forest.measure, forest.unit, forest.pooled) == ("OR", "ratio", None)


def test_the_icons_of_the_founding_question_are_one_cohort_at_three_times(page: Answer) -> None:
    (icons,) = of_kind(page, "icons")
    (series,) = icons.series
    assert source_of(page, series.label) == "van-gerven-2013"
    assert [(d.label, d.value) for d in series.data] == [
        ("one year", 59.0),
        ("two years", 73.0),
        ("three years", 81.0),
    ]


def test_the_timeline_holds_every_dated_source_and_marks_what_was_replaced(page: Answer) -> None:
    (timeline,) = of_kind(page, "timeline")
    years = {
        source_of(page, datum.label): datum.x for series in timeline.series for datum in series.data
    }
    assert years == {
        reference.doc_id.removeprefix("digest:"): float(reference.source.year)
        for reference in page.references
        if reference.source.year is not None
    }
    replaced = {
        source_of(page, datum.label): source_of(page, datum.remark.removeprefix("superseded by "))
        for series in timeline.series
        for datum in series.data
        if datum.remark is not None
    }
    assert replaced == {
        "aasld-2010": "aasld-2019",
        "bsg-2011": "bsg-2025",
        "easl-2015": "easl-2025",
        "hasl-2019": "hasl-revised",
    }


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "How often does autoimmune hepatitis relapse after stopping treatment?",
        "What predicts sustained remission of autoimmune hepatitis off treatment?",
        "Do men with autoimmune hepatitis relapse more often than women?",
        "What is the risk of relapse in children with autoimmune hepatitis after withdrawal?",
        "What happens after repeated relapse of autoimmune hepatitis?",
        "Does a liver biopsy predict relapse of autoimmune hepatitis?",
        "How should patients with autoimmune hepatitis be monitored after stopping azathioprine?",
    ],
)
def test_every_number_drawn_is_printed_in_a_passage_that_its_mark_cites(
    engine: Engine, question: str
) -> None:
    """Read from the quotes by a reader of its own, which knows digits and nothing else."""
    page = answer(question, engine=engine, at="2026-11-24T00:00:00+00:00")
    quotes = {item.evidence_id: item.quote for item in page.evidence}
    for figure in page.figures:
        for datum in (datum for series in figure.series for datum in series.data):
            assert datum.cites, (figure.figure_id, datum.label)
            if figure.kind == "timeline":
                continue
            printed = {
                float(n) for e in datum.cites for n in re.findall(r"\d+(?:\.\d+)?", quotes[e])
            }
            drawn = {n for n in (datum.value, datum.low, datum.high) if n is not None}
            assert drawn, (figure.figure_id, datum.label)
            assert drawn <= printed, (figure.figure_id, datum.label)


def test_a_page_without_an_answer_has_no_figure(engine: Engine) -> None:
    page = answer(
        "Which statin is best after a myocardial infarction?",
        engine=engine,
        at="2026-11-24T00:00:00+00:00",
    )
    assert (page.abstained is not None, page.figures) == (True, ())
