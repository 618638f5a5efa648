"""Weights to probabilities: trees by hand and by another implementation, and what they may do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chooser_builders import LEAF, a_part, a_selector, weights
from curbside.answer.selector import COLUMNS, Trees, bundled_selector, selector_of
from curbside.errors import DataError

# coverage <= 0.5 ? (position <= 2 ? 1 : 2) : 4
STUMPY = {
    "feature": [0, 1, 0, 0, 0],
    "threshold": [0.5, 2.0, 0.0, 0.0, 0.0],
    "left": [1, 2, 2, 3, 4],
    "right": [4, 3, 2, 3, 4],
    "value": [0.0, 0.0, 1.0, 2.0, 4.0],
}
OTHER = LEAF | {"value": [0.25]}


def rows(*named: dict[str, float]) -> NDArray[np.float32]:
    made = np.zeros((len(named), len(COLUMNS)), dtype=np.float32)
    for row, values in zip(made, named, strict=True):
        for name, value in values.items():
            row[COLUMNS.index(name)] = value
    return made


def some_rows(count: int = 40) -> NDArray[np.float32]:
    made = np.random.default_rng(1).random((count, len(COLUMNS)), dtype=np.float32)
    made[:, COLUMNS.index("passage rank")] = np.arange(count) // 4
    for at, name in enumerate(COLUMNS):
        if name.startswith(("labelled ", "kind ")) or name == "title asks":
            made[:, at] = 0
    made[::8, COLUMNS.index("labelled result")] = 1
    return made


def test_the_sum_of_trees_walked_by_hand() -> None:
    part = selector_of(
        weights(worded=a_part(STUMPY, OTHER, columns=("coverage", "position")))
    ).worded
    asked = rows(
        {"coverage": 0.5, "position": 2},
        {"coverage": 0.5, "position": 3},
        {"coverage": 0.75, "position": 3},
    )
    # at most the threshold goes left; the shorter tree is padded and adds its leaf
    assert part.trees.sums(asked[:, part.columns]).tolist() == [1.25, 2.25, 4.25]


def test_a_part_counts_by_its_share_less_its_shift() -> None:
    part = selector_of(
        weights(worded=a_part(STUMPY, columns=("coverage", "position"), share=0.5, shift=1.0))
    ).worded
    assert part.of(rows({"coverage": 0.75})).tolist() == [1.0]


def test_trees_say_what_lightgbm_says() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(7)
    known = rng.normal(size=(400, 6)).astype(np.float32)
    target = known[:, 0] * 2 + np.where(known[:, 1] > 0.3, known[:, 2], -known[:, 3])
    booster = lightgbm.train(
        {"objective": "regression", "num_leaves": 7, "verbosity": -1, "num_threads": 1, "seed": 1,
         "boost_from_average": False},
        lightgbm.Dataset(known, target),
        num_boost_round=12,
    )  # fmt: skip
    told = [_flat(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    most = max(len(tree["feature"]) for tree in told)

    def padded(key: str, kind: type) -> NDArray[Any]:
        return np.array([tree[key] + [0] * (most - len(tree[key])) for tree in told], dtype=kind)

    trees = Trees(
        padded("feature", np.int64),
        padded("threshold", np.float64),
        padded("left", np.int64),
        padded("right", np.int64),
        padded("value", np.float64),
    )
    fresh = rng.normal(size=(50, 6)).astype(np.float32)
    assert trees.sums(fresh) == pytest.approx(booster.predict(fresh), abs=1e-9)


def _flat(root: dict[str, Any]) -> dict[str, list[Any]]:
    """A tree of LightGBM's dump as arrays; a leaf is its own child. Any: it is JSON."""
    flat: dict[str, list[Any]] = {k: [] for k in ("feature", "threshold", "left", "right", "value")}

    def walk(node: dict[str, Any]) -> int:
        at = len(flat["feature"])
        is_leaf = "leaf_value" in node
        flat["feature"].append(0 if is_leaf else node["split_feature"])
        flat["threshold"].append(0.0 if is_leaf else node["threshold"])
        flat["value"].append(node["leaf_value"] if is_leaf else 0.0)
        flat["left"].append(at)
        flat["right"].append(at)
        if not is_leaf:
            flat["left"][at] = walk(node["left_child"])
            flat["right"][at] = walk(node["right_child"])
        return at

    walk(root)
    return flat


def test_the_worded_part_tells_sentences_of_a_passage_apart_and_leaves_their_mean() -> None:
    plain = a_selector()
    worded = a_selector(worded=a_part(STUMPY, columns=("coverage", "position")))
    asked = rows(
        {"passage rank": 0, "coverage": 0.2, "position": 0},
        {"passage rank": 0, "coverage": 0.2, "position": 5},
        {"passage rank": 0, "coverage": 0.9, "position": 1},
        {"passage rank": 1, "coverage": 0.9, "position": 0},
    )
    added = worded.raw(asked) - plain.raw(asked)
    # 1, 2 and 4 less their mean; a sentence that is alone in its passage gets nothing
    assert added == pytest.approx([1 - 7 / 3, 2 - 7 / 3, 4 - 7 / 3, 0])


def test_each_part_speaks_of_its_own_rows_only() -> None:
    one = LEAF | {"value": [1.0]}
    two = LEAF | {"value": [2.0]}
    selector = a_selector(own_question=a_part(one), labelled=a_part(two))
    own = {"title asks": 1, "kind patient-information": 1}
    asked = rows(
        own,
        own | {"labelled result": 1},
        {"labelled result": 1},
        {"title asks": 1},
        {"worded result": 1},
    )
    assert selector.raw(asked).tolist() == [1, 1, 2, 0, 0]


def test_a_score_does_not_depend_on_the_rows_beside_it_but_those_of_its_passage() -> None:
    selector = bundled_selector()
    asked = some_rows()
    scores = selector.score(asked)
    order = np.random.default_rng(2).permutation(len(asked))
    assert np.array_equal(selector.score(asked[order]), scores[order])
    assert np.array_equal(selector.score(asked[4:8]), scores[4:8])


def test_probabilities_rise_with_the_score() -> None:
    selector = bundled_selector()
    asked = some_rows(200)
    raw, scores = selector.raw(asked), selector.score(asked)
    order = np.argsort(raw)
    assert np.all(np.diff(scores[order]) >= 0)
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert np.all(np.diff(selector.curve[0]) >= 0)
    assert np.all(np.diff(selector.curve[1]) >= 0)
    assert 0 < selector.threshold < 1


def test_what_is_promising_is_a_weighted_sum() -> None:
    selector = a_selector(promise={"coverage": 2.0, "position": -0.5})
    assert selector.likely(rows({"coverage": 1, "position": 3}, {})).tolist() == [0.5, 0]


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(DataError, match="expected the features of this version"):
        selector_of(weights(columns=[*COLUMNS[:-1], "another"]))
