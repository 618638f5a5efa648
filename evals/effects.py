"""How well effect estimates are read from sentences that a person labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curbside.records import Effect
from curbside.text.effects import find_effects
from evals.agreement import Agreement, agreement


@dataclass(frozen=True, slots=True)
class LabelledEffects:
    """A sentence and every effect estimate in it, in order, as a person read them."""

    text: str
    effects: tuple[Effect, ...]


def score(labelled: Iterable[LabelledEffects]) -> Agreement[Effect]:
    """Read every sentence and compare: same measure, same point, same interval or none.

    p value, unit and level are not labelled and do not count.
    """
    return agreement(
        (
            (each.text, each.effects, tuple(found.effect for found in find_effects(each.text)))
            for each in labelled
        ),
        key=_key,
    )


def _key(effect: Effect) -> tuple[str | None, float | None, float | None, float | None]:
    return effect.measure, effect.point, effect.low, effect.high
