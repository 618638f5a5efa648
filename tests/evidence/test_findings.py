from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from curbside.evidence.findings import find_findings, name_concept
from curbside.records import Direction, Outcome, Role, Span, Vocabulary, VocabularyEntry

RELAPSE = Outcome(
    "relapse",
    ("relapse", "relapsed", "relapsers", "recurrence", "surgical site infection"),
    ("sustained remission", "stayed in remission", "staying off treatment"),
)
NOTHING = Vocabulary()


def read(sentence: str, *, vocabulary: Vocabulary = NOTHING) -> list[tuple[str, str]]:
    """(direction, factor as worded; "" for every factor examined) of each finding."""
    found = find_findings(sentence, outcome=RELAPSE, vocabulary=vocabulary)
    return [(f.direction.value, f.factor.text if f.factor else "") for f in found]


def _rows() -> list[dict[str, object]]:
    text = files("curbside.evidence.data").joinpath("findings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["pattern"]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: str(row["name"]))
def test_every_sentence_shape_reads_the_sentence_it_was_written_for(row: dict[str, object]) -> None:
    found = find_findings(str(row["example"]), outcome=RELAPSE, vocabulary=NOTHING)
    assert found, "the shape's own example gives no finding"
    if row.get("is_blanket"):
        assert [f.factor for f in found] == [None]
    else:
        assert all(f.factor for f in found)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Age, sex, duration of disease and cirrhosis did not separate relapsers from those "
            "who stayed in remission.",
            [
                ("none", "Age"),
                ("none", "sex"),
                ("none", "duration of disease"),
                ("none", "cirrhosis"),
            ],
        ),
        (
            "In 131 patients, younger age at withdrawal (not age at diagnosis) was associated with "
            "more relapse.",
            [("raises", "younger age at withdrawal")],
        ),
        (
            "Longer time to first response independently predicted relapse (OR 5.5, 95% CI 1.3-22, "
            "p = 0.01).",
            [("raises", "Longer time to first response")],
        ),
        (
            "An abnormal urate at withdrawal was found in 36% of later relapsers versus 4% of "
            "patients with sustained remission (p = 0.001).",
            [("raises", "abnormal urate at withdrawal")],
        ),
        (
            "An abnormal urate at withdrawal was found in 4% of later relapsers versus 36% of "
            "patients with sustained remission (p = 0.001).",
            [("lowers", "abnormal urate at withdrawal")],
        ),
        (
            "In 238 patients, at least one relapse was more frequent in men than in women "
            "(71% versus 55%), but the difference did not reach significance (p = 0.0591).",
            [("none", "men")],
        ),
        (
            "Relapse was more frequent in men than in women (75% versus 42%, p = 0.02).",
            [("raises", "men")],
        ),
        (
            "Multivariate analysis showed that obesity (OR 2.1, 95% CI 1.2-3.8) and smoking were "
            "independent risk factors for surgical site infection.",
            [("raises", "obesity"), ("raises", "smoking")],
        ),
        (
            "There was no significant association between body weight and recurrence.",
            [("none", "body weight")],
        ),
        (
            "Reports linking relapse with age, treatment duration and failure of healing have been "
            "inconsistent.",
            [("mixed", "age"), ("mixed", "treatment duration"), ("mixed", "failure of healing")],
        ),
        (
            "Normal urate, sodium and calcium at withdrawal went with less relapse although "
            "imaging was comparable between the groups.",
            [
                ("none", "imaging"),
                ("lowers", "Normal urate"),
                ("lowers", "sodium"),
                ("lowers", "calcium at withdrawal"),
            ],
        ),
        ("The study did not test stiffness as a predictor of relapse after withdrawal.", []),
        ("Patients who relapsed were treated again.", []),
        ("Relapse did not differ between those groups.", []),
        ("Six months of glucosamine did not result in reduced relapse.", []),
        ("The use of these agents was associated with a relapse reduction at 30 days.", []),
        ("The use of these agents was associated with relapse-free survival.", []),
        ("There is no evidence that albumin reduces relapse.", []),
        ("To determine whether the use of statins is associated with more relapse.", []),
        ("A diet of greens may be associated with reduced relapse.", []),
        ("Carriers of the mutation may be at increased risk of relapse.", []),
        ("These methods seem advisable, because these methods did not affect relapse.", []),
        ("Mortality was associated with age.", []),
    ],
)
def test_a_sentence_gives_the_findings_it_states_and_no_other(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Both mild gout (HR 2.3; CI = 1.0 to 5.2) and severe gout (HR 4.5; CI = 1.8 to 11.5)"
            " were associated with more relapse.",
            [],
        ),
        (
            "It fell (HR 0.9, P = 0.01), but BMI was associated with more relapse.",
            [("raises", "BMI")],
        ),
        ("Based on the data in print, there is a consistently increased risk of relapse.", []),
    ],
)
def test_a_piece_of_a_statistic_or_of_a_side_clause_is_no_factor(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert read(sentence) == expected


def test_a_threshold_belongs_to_its_factor() -> None:
    sentence = "Albumin <30 g/dl was associated with more relapse (OR 4.7, 95% CI 2.5 to 8.7)."
    assert read(sentence) == [("raises", "Albumin <30 g/dl")]


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        (
            "In 131 adults with gout, urate was associated with more relapse.",
            "In 131 adults with gout",
        ),
        ("RESULTS In adults, urate was associated with more relapse.", "In adults"),
        ("In multivariable analyses, urate was associated with more relapse.", None),
        ("In contrast, urate was associated with more relapse.", None),
        ("In the adjusted model, urate was associated with more relapse.", None),
    ],
)
def test_how_something_was_found_is_not_in_whom(sentence: str, people: str | None) -> None:
    (found,) = find_findings(sentence, outcome=RELAPSE, vocabulary=NOTHING)
    assert found.factor is not None
    assert found.factor.text == "urate"
    assert (found.population.text if found.population else None) == people


def test_a_suggestion_is_marked_as_one() -> None:
    found = find_findings(
        "The authors suggest that the blood group may explain more relapse in men.",
        outcome=RELAPSE,
        vocabulary=NOTHING,
    )
    assert [(f.concept, f.is_hedged) for f in found] == [("blood group", True)]


def test_every_mention_stands_where_its_span_says() -> None:
    sentence = "In 40 adults, obesity was associated with more relapse (OR 2.0, 95% CI 1.1-3.6)."
    (found,) = find_findings(sentence, outcome=RELAPSE, vocabulary=NOTHING, n=40)
    assert found.factor is not None
    assert found.outcome is not None
    assert found.population is not None
    for mention in (found.factor, found.outcome, found.population):
        assert mention.span.of(sentence) == mention.text
    assert (found.population.text, found.n) == ("In 40 adults", 40)
    assert found.effect is not None
    assert (found.effect.point, found.effect.low, found.effect.high) == (2.0, 1.1, 3.6)


VOCABULARY = Vocabulary(
    (
        VocabularyEntry("urate", Role.FACTOR, ("urate", "uric acid")),
        VocabularyEntry("swelling", Role.FACTOR, ("swelling", "oedema")),
        VocabularyEntry("no swelling", Role.FACTOR, ("deswelling",), opposite="swelling"),
    )
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("raised uric acid at withdrawal", ("urate", 1)),
        ("normal urate", ("urate", -1)),
        ("failure to keep urate normal", ("urate", 1)),
        ("no oedema", ("swelling", -1)),
        ("complete deswelling", ("swelling", -1)),
        ("failure of deswelling", ("swelling", 1)),
        ("younger age", ("age", -1)),
    ],
)
def test_wordings_of_one_factor_come_together_with_their_sense(
    words: str, expected: tuple[str, int]
) -> None:
    assert name_concept(words, VOCABULARY) == expected


def test_a_wording_of_less_is_turned_so_that_sources_compare_on_the_factor() -> None:
    younger, older = (
        find_findings(sentence, outcome=RELAPSE, vocabulary=NOTHING)[0]
        for sentence in (
            "Younger age was associated with more relapse.",
            "Older age was associated with a lower risk of relapse.",
        )
    )
    assert (younger.concept, younger.oriented) == (older.concept, older.oriented)
    assert younger.oriented is Direction.LOWERS


def test_a_span_is_never_empty() -> None:
    with pytest.raises(ValueError, match="empty or reversed"):
        Span(3, 3)


def test_direction_names_are_those_of_the_published_schema() -> None:
    assert [d.value for d in Direction] == ["raises", "lowers", "none", "mixed"]
