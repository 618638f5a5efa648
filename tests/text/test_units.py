from __future__ import annotations

import pytest

from curbside.text.normalise import fold
from curbside.text.units import unit_at


@pytest.mark.parametrize(
    ("text", "name", "factor", "rest"),
    [
        ("mg", "mg", 1.0, ""),
        ("µg/100 ml.", "mg/mL", 1e-5, "."),
        ("mg/kg/day for", "mg/kg/day", 1.0, " for"),
        ("mg/day/kg", "mg/kg/day", 1.0, ""),
        ("mg twice daily", "mg/day", 2.0, ""),
        ("g a day", "mg/day", 1000.0, ""),
        ("mg/m2 weekly", "mg/m2/week", 1.0, ""),
        ("ng ml(-1)", "mg/mL", 1e-6, ""),
        ("km·h-1", "cm/hour", 1e5, ""),
        ("kg/m2", "kg/m2", 1.0, ""),
        ("mM", "mmol/mL", 1e-3, ""),
        ("mm", "cm", 0.1, ""),
        ("years", "month", 12.0, ""),
        ("week", "day", 7.0, ""),
        ("upper limit of the normal range", "ULN", 1.0, ""),
    ],
)
def test_a_unit_is_read_to_its_end(text: str, name: str, factor: float, rest: str) -> None:
    read = unit_at(text, fold(text), 0)
    assert read is not None
    unit, end = read
    assert (unit.name, text[end:]) == (name, rest)
    assert unit.factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("text", ["mice", "D", "gene", "", "/day", "lesions"])
def test_what_only_starts_like_a_unit_is_none(text: str) -> None:
    assert unit_at(text, fold(text), 0) is None
