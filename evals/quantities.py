"""How well the quantity grammar reads sentences that a person labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curbside.text.quantities import Quantity, find_quantities
from evals.agreement import Agreement, agreement

_FIGURES = ("value", "low", "high", "numerator", "denominator", "percent", "level", "spread")


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence and every quantity in it, in order, as a person read them."""

    text: str
    quantities: tuple[Quantity, ...]


def score(labelled: Iterable[LabelledSentence]) -> Agreement[Quantity]:
    """Read every sentence and compare: same span, kind, unit, comparator and figures.

    Figures agree to nine digits, as a unit's factor need not be a finite fraction.
    """
    return agreement(
        ((each.text, each.quantities, find_quantities(each.text)) for each in labelled), key=_key
    )


def _key(quantity: Quantity) -> tuple[object, ...]:
    # a name states nothing but its digits
    figures = tuple(
        None if (figure := getattr(quantity, name)) is None else f"{figure:.9g}"
        for name in _FIGURES
    )
    stated = (quantity.kind, quantity.span, quantity.unit, quantity.comparator, quantity.p)
    return (*stated, *figures)
