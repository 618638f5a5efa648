"""How far what was found in sentences agrees with what a person labelled in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Agreement(Generic[T]):
    """Of `labelled` things and `found` ones, how many agree in all they state.

    `missed` and `extra` are those of either side without a partner, each with its sentence.
    """

    sentences: int
    labelled: int
    found: int
    correct: int
    missed: tuple[tuple[str, T], ...]
    extra: tuple[tuple[str, T], ...]

    @property
    def precision(self) -> float | None:
        """Share of found things that are right; None where nothing was found."""
        return self.correct / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of labelled things that were found; None where nothing was labelled."""
        return self.correct / self.labelled if self.labelled else None


def agreement(
    sentences: Iterable[tuple[str, Sequence[T], Sequence[T]]], *, key: Callable[[T], Hashable]
) -> Agreement[T]:
    """Compare each sentence's labelled things (second) with those found in it (third).

    Two agree where their keys are equal. Each has one partner at most: what is labelled twice
    must be found twice.
    """
    rows = tuple(sentences)
    missed: list[tuple[str, T]] = []
    extra: list[tuple[str, T]] = []
    for text, wanted, found in rows:
        missed += [(text, thing) for thing in _without(wanted, found, key)]
        extra += [(text, thing) for thing in _without(found, wanted, key)]
    labelled = sum(len(wanted) for _, wanted, _ in rows)
    return Agreement(
        sentences=len(rows),
        labelled=labelled,
        found=sum(len(found) for _, _, found in rows),
        correct=labelled - len(missed),
        missed=tuple(missed),
        extra=tuple(extra),
    )


def _without(things: Sequence[T], others: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
    """The things that have no partner among the others."""
    free = Counter(map(key, others))
    alone = []
    for thing in things:
        if free[key(thing)]:
            free[key(thing)] -= 1
        else:
            alone.append(thing)
    return alone
