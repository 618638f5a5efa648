"""What tables and pictures show is held to what their passages print, figure by figure in order."""

from dataclasses import replace
from typing import Any

import pytest

from builders import an_answer
from curbside.records import Answer
from curbside.verify.drawn import figure_faults, table_faults

ANSWER = an_answer()
"""70% had a flare at two years and 78% (71 to 84%) at three years; OR 2.4 (1.3 to 4.4) and 1.8
(1.1 to 2.9), pooled 2.01."""


def with_mark(figure_id: str, at: int, **changes: Any) -> Answer:
    """The answer with one mark of a figure changed, counted over all its series."""
    figures = []
    for figure in ANSWER.figures:
        series, number = [], 0
        for one in figure.series:
            data = []
            for datum in one.data:
                is_it = (figure.figure_id, number) == (figure_id, at)
                data.append(replace(datum, **changes) if is_it else datum)
                number += 1
            series.append(replace(one, data=tuple(data)))
        figures.append(replace(figure, series=tuple(series)))
    return replace(ANSWER, figures=tuple(figures))


def with_cell(table_id: str, old: str, new: str) -> Answer:
    tables = []
    for table in ANSWER.tables:
        if table.table_id == table_id:
            rows = [
                tuple(replace(cell, text=new) if cell.text == old else cell for cell in row)
                for row in table.rows
            ]
            assert tuple(rows) != table.rows
            table = replace(table, rows=tuple(rows))
        tables.append(table)
    return replace(ANSWER, tables=tuple(tables))


def test_a_page_as_it_was_made_has_no_fault() -> None:
    assert list(figure_faults(ANSWER)) == []
    assert list(table_faults(ANSWER)) == []


@pytest.mark.parametrize(
    ("figure_id", "at", "changes", "where", "kind"),
    [
        # every number is in the passage, and belongs to another
        ("icons", 0, {"value": 78.0}, "figure icons, 'at two years'", "rate"),
        ("icons", 0, {"x": 3.0}, "figure icons, 'at two years'", "rate"),
        ("icons", 1, {"low": None}, "figure icons, 'at three years'", "rate"),
        ("icons", 1, {"value": 71.0, "low": 78.0}, "figure icons, 'at three years'", "rate"),
        ("forest-1", 0, {"value": 1.3, "low": 2.4}, "figure forest-1, 'urate above 7", "effect"),
        ("forest-1", 0, {"value": 4.4, "high": 4.4}, "figure forest-1, 'urate above 7", "effect"),
        ("forest-1", 1, {"value": -1.8}, "figure forest-1, 'urate above 7", "effect"),
    ],
)
def test_a_mark_of_numbers_that_belong_to_others_is_reported(
    figure_id: str, at: int, changes: dict[str, float | None], where: str, kind: str
) -> None:
    (fault, *_) = figure_faults(with_mark(figure_id, at, **changes))
    assert fault[0].startswith(where)
    assert fault[1:] == (
        "quantities",
        f"no cited passage prints these figures as one {kind} at this time",
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": 2.6}, "2.6 does not lie among the estimates that it pools"),
        ({"value": 1.2}, "1.2 does not lie among the estimates that it pools"),
        ({"low": 2.2}, "its interval does not hold it"),
        ({"high": None}, "its interval does not hold it"),
    ],
)
def test_a_pooled_estimate_beyond_what_it_pools_is_reported(
    changes: dict[str, float | None], reason: str
) -> None:
    figures = tuple(
        replace(figure, pooled=replace(figure.pooled, **changes)) if figure.pooled else figure
        for figure in ANSWER.figures
    )
    assert list(figure_faults(replace(ANSWER, figures=figures))) == [
        ("figure forest-1, pooled", "quantities", reason)
    ]


IN_ORDER = "the figures of {!r} stand in no cited passage in this order"
PRINTED = "the estimate of {!r} is printed by no cited passage"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("raises: OR 1.3, 95% CI 2.4 to 4.4", IN_ORDER),
        ("raises: OR 2.4, 95% CI 4.4 to 1.3", IN_ORDER),
        ("raises: OR 4.4", PRINTED),
    ],
)
def test_a_cell_that_says_its_passages_figures_otherwise_is_reported(
    said: str, reason: str
) -> None:
    faults = table_faults(with_cell("factors", "raises: OR 2.4, 95% CI 1.3 to 4.4", said))
    assert [told for _, _, told in faults] == [reason.format(said)]
