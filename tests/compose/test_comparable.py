from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.compose.comparable import Group, Studied, comparable
from curbside.pipeline import answer
from curbside.records import Effect
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION

OR = Effect("OR", 2.0, 1.0, 4.0)


def studied(name: str, **changes: Any) -> Studied:
    """A study that agrees with every other one but for the changes."""
    agreed = Studied(
        evidence_id=f"E-{name}",
        doc_id=name,
        label=name.capitalize(),
        effect=OR,
        outcome="relapse",
        factor="raised urate",
        population="adults in remission",
        definition="a flare that needs treatment",
        window="3 years",
    )
    return replace(agreed, **changes)


OTHER = Effect("OR", 1.5, 0.8, 2.8)
A, B = studied("amadi"), studied("berg", effect=OTHER)


def only(*effects: Studied) -> Group:
    (group,) = comparable(effects)
    return group


def test_estimates_that_agree_in_everything_are_one_group_without_a_refusal() -> None:
    assert only(A, B) == Group("OR", "relapse", "raised urate", (A, B))
    assert only(A, B).refusal is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"effect": replace(OTHER, measure="HR")}, "another measure: HR, not OR"),
        ({"effect": replace(OTHER, measure="aOR")}, "another measure: aOR, not OR"),
        ({"effect": replace(OTHER, unit="%")}, "another unit: %, not no unit"),
        (
            {"population": "children in remission"},
            "another population: children in remission against adults in remission",
        ),
        ({"population": None}, "population not stated"),
        ({"population": "120 patients"}, "population not stated"),
        (
            {"definition": "ALT above three times the limit"},
            "another definition of relapse: ALT above three times the limit against a flare that"
            " needs treatment",
        ),
        ({"definition": None}, "definition of relapse not stated"),
        ({"window": "1 year"}, "another time window: 1 year against 3 years"),
        ({"effect": OR}, "the same figures as Amadi: its people may count twice"),
        ({"doc_id": "amadi"}, "the same study again: its people would count twice"),
        ({"effect": Effect("OR", 2.0)}, "no interval is printed"),
        ({"effect": Effect("OR", None, 1.0, 4.0)}, "no estimate is printed"),
        ({"effect": replace(OR, measure=None)}, "measure not stated"),
        ({"effect": Effect("OR", 5.0, 1.0, 4.0)}, "its interval does not hold its estimate"),
        ({"effect": Effect("OR", 2.0, 0.0, 4.0)}, "a ratio of zero or less has no logarithm"),
        (
            {"effect": Effect("OR", 2.0, 1.0, 40.0)},
            "its interval is not symmetric about it on the logarithmic scale",
        ),
        (
            {"is_review": True},
            "a review of other studies: their people may count twice",
        ),
        (
            {"is_review": True, "reviews": ("amadi",)},
            "a review of Amadi: its people would count twice",
        ),
    ],
)
def test_what_differs_is_left_out_and_pooling_is_refused_with_the_reason(
    changes: dict[str, Any], reason: str
) -> None:
    other = replace(B, **changes)
    group = only(A, other)
    assert group.members == (A,)
    assert group.left_out == ((other, reason),)
    assert group.refusal == f"only one independent study is comparable (left out: {reason})"


def test_what_only_the_other_states_differs_too() -> None:
    silent = replace(A, window=None)
    assert only(silent, B).left_out == (
        (B, "time window stated here (3 years) and not by the others"),
    )


def test_estimates_in_people_whom_nobody_describes_are_never_pooled() -> None:
    silent = tuple(replace(each, population=None) for each in (A, B))
    assert only(*silent).refusal == (
        "no independent study is comparable (left out: population not stated)"
    )


@pytest.mark.parametrize("field", ["outcome", "factor"])
def test_another_outcome_or_factor_is_another_group_and_no_reason(field: str) -> None:
    other = replace(B, **{field: "something else"})
    assert [group.members for group in comparable((A, other))] == [(A,), (other,)]
    assert {group.refusal for group in comparable((A, other))} == {
        "only one independent study is comparable"
    }


def test_the_same_words_in_another_order_and_the_same_time_in_another_unit_agree() -> None:
    same = replace(B, population="remission, in adults", window="36 months", factor="Urate, raised")
    assert only(A, same).members == (A, same)


def test_two_sets_that_agree_within_themselves_are_two_groups() -> None:
    hazard = replace(OR, measure="HR")
    c, d = studied("costa", effect=hazard), studied("diaz", effect=replace(OTHER, measure="HR"))
    first, second = comparable((A, c, B, d))
    assert (first.measure, first.members) == ("OR", (A, B))
    assert (second.measure, second.members) == ("HR", (c, d))
    assert [one for one, _ in first.left_out] == [c, d]


def test_nothing_makes_no_group() -> None:
    assert comparable(()) == ()


FIELDS = st.fixed_dictionaries(
    {
        "doc_id": st.sampled_from(["amadi", "berg", "costa"]),
        "population": st.sampled_from([None, "adults", "children"]),
        "window": st.sampled_from([None, "1 year", "12 months"]),
        "effect": st.sampled_from([OR, OTHER, Effect("HR", 2.0, 1.0, 4.0), Effect("OR", 2.0)]),
        "is_review": st.booleans(),
    }
)


@given(st.lists(FIELDS, max_size=8))
def test_members_and_left_out_are_together_everything_and_members_are_one_a_study(
    rows: list[dict[str, Any]],
) -> None:
    effects = [studied(f"s{i}", **row) for i, row in enumerate(rows)]
    for group in comparable(effects):
        left = [one for one, _ in group.left_out]
        assert sorted(map(id, [*group.members, *left])) == sorted(map(id, effects))
        sources = [member.doc_id for member in group.members]
        assert len(set(sources)) == len(sources)
        assert all(reason for _, reason in group.left_out)
        assert (group.refusal is None) is (len(group.members) >= 2)


def test_the_rates_of_the_founding_question_are_of_different_people_and_definitions(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each rate is given an interval of one width, so that only what was studied can differ."""
    engine = open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))
    page = answer(QUESTION, engine=engine, at="2026-11-24T00:00:00+00:00")
    figure = next(figure for figure in page.figures if figure.kind == "rates")
    rates = []
    for series in figure.series:
        for datum in series.data:
            if datum.value is None:
                continue
            told = dict(
                part.split(": ", 1) for part in (datum.remark or "").split("; ") if ": " in part
            )
            (cited,) = datum.cites
            rates.append(
                Studied(
                    evidence_id=cited,
                    doc_id=next(e.doc_id for e in page.evidence if e.evidence_id == cited),
                    label=series.label,
                    effect=Effect("RD", datum.value, datum.value - 5, datum.value + 5, unit="%"),
                    outcome="relapse",
                    factor="withdrawal",
                    population=told.get("people"),
                    definition=told.get("definition"),
                    window=datum.label,
                )
            )
    assert len({rate.doc_id for rate in rates}) >= 10
    group = only(*rates)
    assert len(group.members) == 1
    assert "another definition of relapse: " in (group.refusal or "")
    # were they all defined alike, they would still be of different people
    alike = only(*(replace(rate, definition="relapse", window=None) for rate in rates))
    assert len(alike.members) == 1
    assert "another population: " in (alike.refusal or "")
