"""The learned choice: rows of features to the probability that a sentence answers.

The weights are trees in a text file beside this module, made by one command from data whose
licences allow it (data/weights.md says which, with seed, hashes and figures). They are evaluated
here, so that nothing that training needs is installed with the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from curbside.answer.features import MATCHED, PLAIN
from curbside.errors import DataError
from curbside.records import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS: Final = "weights.json"


@dataclass(frozen=True, slots=True)
class Trees:
    """Regression trees of one ensemble, each padded to the same number of nodes.

    Arrays of shape (trees, nodes). A node whose `left` is itself is a leaf. A row goes left where
    its feature is at most the threshold.
    """

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]

    def sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of all trees for each row; a row's sum depends on no other row."""
        trees = np.arange(len(self.feature))
        at = np.zeros((len(rows), len(trees)), dtype=np.int64)
        while True:
            feature = self.feature[trees, at]
            goes_left = np.take_along_axis(rows, feature, axis=1) <= self.threshold[trees, at]
            then = np.where(goes_left, self.left[trees, at], self.right[trees, at])
            if np.array_equal(then, at):
                break
            at = then
        # one order of addition, whatever the number of rows
        total: NDArray[np.float64] = np.cumsum(self.value[trees, at], axis=1)[:, -1]
        return total


@dataclass(frozen=True, slots=True)
class Part:
    """Trees over some of the columns, for some of the rows; `share` of what they say counts, less
    `shift`."""

    columns: tuple[int, ...]
    trees: Trees
    share: float
    shift: float

    def of(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """What the part adds to each row."""
        return self.share * self.trees.sums(rows[:, self.columns]) - self.shift


@dataclass(frozen=True, slots=True)
class Selector:
    """`likely` says what is worth a closer look; `score` how probably each sentence answers.

    The score is a weighted sum of how well a sentence matches the question (`topical`: column and
    weight), and of one part that knows what is beside that: for a question-answer document how
    near its own question is; in a section whose label says what it holds, which; elsewhere, which
    sentence of a passage. `threshold` is the probability from which a sentence counts as an answer.
    """

    promise: tuple[tuple[int, float], ...]
    topical: tuple[tuple[int, float], ...]
    offset: float
    own_question: Part
    labelled: Part
    worded: Part
    curve: tuple[NDArray[np.float64], NDArray[np.float64]]
    threshold: float

    def likely(self, plain: NDArray[np.float32]) -> NDArray[np.float64]:
        """How promising each row of `plain_features` is; only the order means something."""
        return _weighted(plain, self.promise)

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability that each sentence answers, from rows of `PLAIN` and `MATCHED` beside
        each other, of one question."""
        return np.interp(self.raw(rows), *self.curve)

    def topical_of(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """How well each sentence matches the wording that its row was made of."""
        return _weighted(rows, self.topical)

    def raw(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The score before it is made a probability."""
        raw = self.offset + _weighted(rows, self.topical)
        is_own, is_labelled, is_worded = kinds_of(rows)
        for part, mask in ((self.own_question, is_own), (self.labelled, is_labelled)):
            raw[mask] += part.of(rows[mask])
        return raw + within_passages(rows, is_worded, self.worded.of(rows[is_worded]))


def kinds_of(
    rows: NDArray[np.float32],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows are of a document with its own question, of a labelled section, of neither."""
    is_own = (rows[:, _TITLE_ASKS] > 0) & (rows[:, _IS_PATIENT] > 0)
    is_labelled = rows[:, _LABELLED].any(axis=1)
    return is_own, is_labelled & ~is_own, ~is_labelled & ~is_own


def within_passages(
    rows: NDArray[np.float32], mask: NDArray[np.bool_], added: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What is added to the masked rows, less its mean over the passage: it tells the sentences of
    one passage apart and leaves passages as they are."""
    total = np.zeros(len(rows))
    total[mask] = added
    passage = rows[:, _RANK]
    for rank in np.unique(passage[mask]):
        same = (passage == rank) & mask
        total[same] -= total[same].mean()
    return total


def _weighted(
    rows: NDArray[np.float32], weights: Sequence[tuple[int, float]]
) -> NDArray[np.float64]:
    # one order of addition, whatever the number of rows
    total = np.zeros(len(rows))
    for column, weight in weights:
        total += weight * rows[:, column].astype(np.float64)
    return total


COLUMNS: Final = (*PLAIN, *MATCHED)
"""The columns of a row that was looked at closely."""
_TITLE_ASKS: Final = COLUMNS.index("title asks")
_IS_PATIENT: Final = COLUMNS.index(f"kind {Kind.PATIENT_INFORMATION}")
_LABELLED: Final = [at for at, name in enumerate(COLUMNS) if name.startswith("labelled ")]
_RANK: Final = COLUMNS.index("passage rank")


@cache
def bundled_selector() -> Selector:
    """The weights that ship with the package. Raises DataError where they are of other features."""
    data = json.loads(files("curbside.answer.data").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return selector_of(data)


def selector_of(data: Mapping[str, Any]) -> Selector:
    """A selector from what a weights file holds; see `bundled_selector`."""
    if data["columns"] != list(COLUMNS):
        raise DataError(
            "weights.json: expected the features of this version; train the selector again"
        )
    curve = np.array(data["calibration"], dtype=np.float64)
    return Selector(
        promise=_named(data["promise"]),
        topical=_named(data["topical"]),
        offset=float(data["offset"]),
        own_question=_part(data["own_question"]),
        labelled=_part(data["labelled"]),
        worded=_part(data["worded"]),
        curve=(curve[:, 0], curve[:, 1]),
        threshold=float(data["threshold"]),
    )


def _named(weights: Mapping[str, float]) -> tuple[tuple[int, float], ...]:
    return tuple((COLUMNS.index(name), float(weight)) for name, weight in weights.items())


def _part(data: Mapping[str, Any]) -> Part:
    return Part(
        tuple(map(COLUMNS.index, data["columns"])),
        _trees(data["trees"]),
        float(data["share"]),
        float(data["shift"]),
    )


def _trees(trees: Sequence[Mapping[str, Sequence[float]]]) -> Trees:
    most = max(len(tree["feature"]) for tree in trees)

    def padded(key: str) -> list[list[float]]:
        return [[*tree[key], *([0] * (most - len(tree[key])))] for tree in trees]

    return Trees(
        np.array(padded("feature"), dtype=np.int64),
        np.array(padded("threshold"), dtype=np.float64),
        np.array(padded("left"), dtype=np.int64),
        np.array(padded("right"), dtype=np.int64),
        np.array(padded("value"), dtype=np.float64),
    )
