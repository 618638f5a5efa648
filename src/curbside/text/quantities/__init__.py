"""Quantities in biomedical prose: every number of a sentence, with its kind, unit and span."""

from curbside.text.quantities.atoms import Atom, atoms, same_quantity
from curbside.text.quantities.find import find_quantities
from curbside.text.quantities.records import Quantity, QuantityKind

__all__ = ["Atom", "Quantity", "QuantityKind", "atoms", "find_quantities", "same_quantity"]
