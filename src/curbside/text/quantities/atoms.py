"""The elementary values inside quantities, and when two quantities state the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curbside.text.normalise import fold
from curbside.text.quantities.numbers import number_at
from curbside.text.quantities.records import Quantity, QuantityKind


@dataclass(frozen=True, slots=True)
class Atom:
    """One elementary value: what a verifier looks for in a quote.

    `role` is the field of the quantity it stands in ("value", "low", "numerator", "p", …).
    """

    value: float
    unit: str | None
    comparator: str | None
    role: str


def atoms(quantity: Quantity) -> tuple[Atom, ...]:
    """The elementary values inside a quantity, in reading order; a name has none but its digits.

    >>> from curbside.text.quantities import find_quantities
    >>> [(a.role, a.value, a.unit) for a in atoms(find_quantities("61 (47%) relapsed")[0])]
    [('numerator', 61.0, None), ('percent', 47.0, '%')]
    """
    if quantity.kind in (QuantityKind.NAME, QuantityKind.YEAR):
        digits = "".join(re.findall(r"\d", quantity.text))[:15]
        return (Atom(float(digits), quantity.kind.value, None, "name"),) if digits else ()
    unit, comparator = quantity.unit, quantity.comparator
    bound = None if quantity.kind is QuantityKind.EFFECT else unit
    parts = (
        (quantity.numerator, None, comparator, "numerator"),
        (quantity.denominator, None, None, "denominator"),
        (quantity.percent, "%", None, "percent"),
        (quantity.value, unit, comparator, "value"),
        (quantity.spread, unit, None, "spread"),
        (quantity.low, bound, None, "low"),
        (quantity.high, bound, None, "high"),
    )
    found = [Atom(value, *rest) for value, *rest in parts if value is not None]  # type: ignore[arg-type]  # mypy widens a starred tuple
    if quantity.p is not None and quantity.kind is QuantityKind.EFFECT:
        sign, _, printed = quantity.p.partition(" ")
        number = number_at(fold(printed), 0)
        value = number.value if number else 0.0
        found.append(Atom(value, "p", None if sign == "=" else sign, "p"))
    return tuple(found)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities state the same values, units and comparators, however written.

    The kind does not matter ("two" and "n = 2" are the same), nor does the order of values.
    """
    names = (QuantityKind.NAME, QuantityKind.YEAR)
    if QuantityKind.NAME in (one.kind, other.kind):
        return one.kind in names and other.kind in names and _name(one) == _name(other)
    return _key(one) == _key(other)


def _key(quantity: Quantity) -> list[tuple[str, str, str]]:
    # a range carries its comparator on the whole; twelve digits, as factors do not divide evenly
    whole = quantity.comparator or ""
    return sorted(
        (f"{atom.value:.9g}", atom.unit or "", atom.comparator or whole) for atom in atoms(quantity)
    )


def _name(quantity: Quantity) -> str:
    return re.sub(r"[\s\[\]-]", "", fold(quantity.text))
