"""How well the quantity grammar reads sentences that a person labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curbside.text.quantities import Quantity, find_quantities

_FIGURES = ("value", "low", "high", "numerator", "denominator", "percent", "level", "spread")


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence and every quantity in it, in order, as a person read them."""

    text: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class QuantityScore:
    """Of `labelled` quantities and `found` ones, how many agree in all they state.

    `missed` and `extra` are those of either side without a partner, each with its sentence.
    """

    sentences: int
    labelled: int
    found: int
    correct: int
    missed: tuple[tuple[str, Quantity], ...]
    extra: tuple[tuple[str, Quantity], ...]

    @property
    def precision(self) -> float | None:
        """Share of found quantities that are right; None where nothing was found."""
        return self.correct / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of labelled quantities that were found; None where nothing was labelled."""
        return self.correct / self.labelled if self.labelled else None


def score(labelled: Iterable[LabelledSentence]) -> QuantityScore:
    """Read every sentence and compare: same span, kind, unit, comparator and figures.

    Figures agree to nine digits, as a unit's factor need not be a finite fraction.
    """
    sentences = tuple(labelled)
    missed: list[tuple[str, Quantity]] = []
    extra: list[tuple[str, Quantity]] = []
    n_found = n_labelled = 0
    for sentence in sentences:
        found = {_key(quantity): quantity for quantity in find_quantities(sentence.text)}
        wanted = {_key(quantity): quantity for quantity in sentence.quantities}
        n_found += len(found)
        n_labelled += len(wanted)
        missed += [(sentence.text, wanted[key]) for key in wanted if key not in found]
        extra += [(sentence.text, found[key]) for key in found if key not in wanted]
    return QuantityScore(
        sentences=len(sentences),
        labelled=n_labelled,
        found=n_found,
        correct=n_labelled - len(missed),
        missed=tuple(missed),
        extra=tuple(extra),
    )


def _key(quantity: Quantity) -> tuple[object, ...]:
    # a name states nothing but its digits
    figures = tuple(
        None if (figure := getattr(quantity, name)) is None else f"{figure:.9g}"
        for name in _FIGURES
    )
    stated = (quantity.kind, quantity.span, quantity.unit, quantity.comparator, quantity.p)
    return (*stated, *figures)
