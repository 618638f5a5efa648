"""Train the selector: real retrieval, public data whose licences allow it, one seed, two heads.

Candidates are the sentences of the passages that a question really finds, so that negatives look
like what the product has to tell apart. Half of the questions are asked once more with their
sources taken out: then nothing is right. What is only for measuring (BioASQ, NFCorpus, HealthVer …)
is never read here. LightGBM and SciPy are needed (the extra `train`); the package evaluates the
trees itself.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curbside.answer.features import PLAIN, plain_features
from curbside.answer.select import PASSAGES
from curbside.answer.selector import COLUMNS, kinds_of, selector_of
from curbside.pipeline import Engine, understood
from evals.items import Half, Item, Shown, digest, draw, half_of, is_right, names_of, qid_name
from evals.libraries import rows_of
from evals.sets.patients import QUESTIONS as MEDQUAD
from evals.sets.patients import REWORDINGS
from evals.sets.rows import kept_rows
from evals.sets.within import groups_of

SEED: Final = 20261201
_MEDQUAD: Final = 600
_FOLDS: Final = 5
_CLOSE: Final = 40
_HEAD: Final[Mapping[str, object]] = {
    "objective": "binary",
    "learning_rate": 0.04,
    "num_leaves": 8,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "verbosity": -1,
    "num_threads": 2,
    "deterministic": True,
    "force_row_wise": True,
    "seed": SEED,
}
_TREES: Final = 80
TOPICAL: Final[Mapping[str, float]] = {
    "weighted maxsim": 0.5,
    "maxsim": 0.2,
    "coverage with title": 0.3,
    "dense": 0.5,
}
"""How a match counts, tuned on experts' questions of the tuning half and on SciFact's claims; the
figure is flat around it. Trees in its place learn their own data sets and do not carry over."""
PROMISE: Final[Mapping[str, float]] = {
    "coverage with title": 1.0,
    "dense": 0.5,
    "fused score of the best": 1.0,
}
"""Which sentences are looked at closely."""
OWN_QUESTION: Final = (
    "title cosine", "title maxsim", "title overlap", "title coverage", "title asks the same",
    "title asks otherwise", "heading cues", "heading coverage", "cues", "position",
)  # fmt: skip
_ASKS: Final = tuple(name for name in COLUMNS if name.startswith("asks "))
LABELLED: Final = (
    *(name for name in COLUMNS if name.startswith("labelled ")), *_ASKS, "cues", "words",
    "tells number", "tells p value", "tells conclusion", "tells aim", "tells method", "position",
    "last",
)  # fmt: skip
WORDED: Final = (
    *(name for name in COLUMNS if name.startswith(("worded ", "tells "))), *_ASKS, "cues", "words",
    "new words", "position", "last",
)  # fmt: skip
_RISES: Final = frozenset(OWN_QUESTION[:5]) | {"heading cues", "heading coverage"}
_FALLS: Final = frozenset({"title asks otherwise"})
_OWN: Final = (1.0, 0.5)
_LABELLED: Final = (0.6, 0.5)
_WORDED: Final = (0.3, 0.0)
"""Share and shift of each part: so that documents with labels, or with a question, are not
preferred as such to others that say as much (tuned as above)."""
_OPEN_LICENCE: Final = re.compile(r"licenses/by/|publicdomain|/zero/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: rows of features, and which of them are right. `matched` is
    of the rows in `close` alone."""

    item_id: str
    question: str
    group: str
    plain: NDArray[np.float32]
    right: NDArray[np.float32]
    close: NDArray[np.int64]
    matched: NDArray[np.float32]
    texts: tuple[str, ...]

    @property
    def fold(self) -> int:
        """A question and the same without its sources are in one fold."""
        return digest(self.item_id.removeprefix("removed:")) % _FOLDS

    @property
    def rows(self) -> NDArray[np.float32]:
        """All columns of the rows that were looked at closely."""
        return np.hstack([self.plain[self.close], self.matched])


def training_items(shared: Path) -> list[Item]:
    """The questions, none of a reporting half or of the set "patients"."""
    within = [
        item
        for group in groups_of(shared, licence=_OPEN_LICENCE)
        for item in draw(group, half=Half.TUNE, limit=600)
        if item.group != "medquad"
    ]
    return [*within, *_medquad(shared)]


def _medquad(shared: Path) -> Iterator[Item]:
    """Patients' questions, half of them in other words."""
    lists = ("patients.jsonl", "patients_reworded.jsonl")
    kept = {row["qid"] for name in lists for row in kept_rows(name)}
    rows = [row for row in rows_of(shared / MEDQUAD) if row["qid"] not in kept]
    drawn = random.Random(SEED).sample(rows, _MEDQUAD)  # noqa: S311  (a draw, no secret)
    for at, row in enumerate(drawn):
        wordings = REWORDINGS.get(row["qtype"]) if at % 2 and row["focus"] else None
        yield Item(
            f"train:{row['qid']}:{at}",
            wordings[at // 2 % len(wordings)].format(row["focus"]) if wordings else row["question"],
            "medquad",
            gold=(row["answer"],),
            sources=frozenset({qid_name(row["qid"], row["question"])}),
            whole=True,
        )


def gather(engine: Engine, items: Sequence[Item], tell: Callable[[str], None]) -> list[Pool]:
    """Ask every question, and half of them once more without what answers them."""
    pools = []
    for number, item in enumerate(items, start=1):
        pool, answering = _pool(engine, item, item.without)
        pools.append(pool)
        if not item.without and half_of(f"removed:{item.item_id}") is Half.TUNE:
            removed = f"removed:{item.item_id}"
            pools.append(_pool(engine, item, answering, name=removed)[0])
        if number % 100 == 0:
            tell(f"{number} of {len(items)} questions asked")
    return [pool for pool in pools if len(pool.right)]


def _pool(
    engine: Engine, item: Item, without: frozenset[str], *, name: str | None = None
) -> tuple[Pool, frozenset[str]]:
    chooser = engine.chooser
    question = understood(item.question, engine=engine)
    hits = [
        hit
        for hit in engine.retriever.retrieve(question, k=PASSAGES * 4)
        if not names_of(hit.passage.doc_id, hit.passage.title) & without
    ][:PASSAGES]
    candidates, _ = chooser.candidates(question, hits, library=engine.library)
    named = [names_of(c.document.doc_id, c.document.title) for c in candidates]
    right = [
        float(is_right(Shown(c.sentence.text, names), item))
        for c, names in zip(candidates, named, strict=True)
    ]
    asked = chooser.asked(question.query)
    plain = plain_features(asked, candidates)
    promise = plain[:, [PLAIN.index(name) for name in PROMISE]] @ np.array(list(PROMISE.values()))
    close = np.argsort(-promise, kind="stable")[:_CLOSE]
    pool = Pool(
        name or item.item_id,
        question.query,
        item.group,
        plain,
        np.array(right, dtype=np.float32),
        close,
        chooser.matcher.features(asked, [candidates[at] for at in close]),
        tuple(candidates[at].sentence.text for at in close),
    )
    answering = (names for names, is_one in zip(named, right, strict=True) if is_one)
    return pool, frozenset().union(*answering)


def train(pools: Sequence[Pool], *, threshold: float) -> dict[str, Any]:
    """The weights file: see `curbside.answer.selector.Selector` for its parts.

    The topical weights are fixed (see `TOPICAL`), their scale is fitted; each part then learns, on
    its own rows, what they leave unsaid. The calibration is fitted to scores by weights that never
    saw the question.
    """
    raw = np.concatenate(crossed(pools))
    right = np.concatenate([pool.right[pool.close] for pool in pools])
    return {
        **_parts(pools),
        "calibration": _calibrated(raw, right, _weights(pools)),
        "threshold": threshold,
    }


def crossed(pools: Sequence[Pool]) -> list[NDArray[np.float64]]:
    """The raw scores for each pool, by weights fitted without its fold."""
    scores: dict[str, NDArray[np.float64]] = {}
    for fold in range(_FOLDS):
        parts = _parts([pool for pool in pools if pool.fold != fold])
        selector = selector_of({**parts, "calibration": [[0, 0], [1, 1]], "threshold": 0.0})
        scores |= {pool.item_id: selector.raw(pool.rows) for pool in pools if pool.fold == fold}
    return [scores[pool.item_id] for pool in pools]


def _parts(pools: Sequence[Pool]) -> dict[str, Any]:
    rows = np.vstack([pool.rows for pool in pools])
    right = np.concatenate([pool.right[pool.close] for pool in pools])
    weights = _weights(pools)
    topical = rows[:, [COLUMNS.index(name) for name in TOPICAL]].astype(np.float64) @ np.array(
        list(TOPICAL.values())
    )
    scale, offset = _logistic(topical, right, weights)
    known = offset + scale * topical
    is_own, is_labelled, is_worded = kinds_of(rows)
    parts: dict[str, Any] = {
        "columns": list(COLUMNS),
        "promise": PROMISE,
        "topical": {name: round(scale * weight, 8) for name, weight in TOPICAL.items()},
        "offset": round(offset, 8),
    }
    for name, mask, columns, kept in (
        ("own_question", is_own, OWN_QUESTION, _OWN),
        ("labelled", is_labelled, LABELLED, _LABELLED),
        ("worded", is_worded, WORDED, _WORDED),
    ):
        at = [COLUMNS.index(column) for column in columns]
        head = _fit(rows[mask][:, at], right[mask], weights[mask], known[mask], columns)
        parts[name] = {
            "columns": list(columns),
            "trees": _dumped(head),
            "share": kept[0],
            "shift": kept[1],
        }
    return parts


def _logistic(
    x: NDArray[np.float64], right: NDArray[np.float32], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Scale and offset of a logistic regression on one number, by Newton's method."""
    scale, offset = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(scale * x + offset)))
        slope = weights * p * (1 - p)
        gradient = np.array([(weights * (right - p) * x).sum(), (weights * (right - p)).sum()])
        hessian = np.array(
            [[(slope * x * x).sum(), (slope * x).sum()], [(slope * x).sum(), slope.sum()]]
        )
        step = np.linalg.solve(hessian, gradient)
        scale, offset = scale + step[0], offset + step[1]
    return float(scale), float(offset)


def _fit(
    rows: NDArray[np.float32],
    right: NDArray[np.float32],
    weights: NDArray[np.float64],
    known: NDArray[np.float64],
    columns: Sequence[str],
) -> Any:  # noqa: ANN401  # LightGBM has no types
    import lightgbm

    rises = [-1 if name in _FALLS else int(name in _RISES) for name in columns]
    data = lightgbm.Dataset(rows, right, weight=weights, init_score=known)
    return lightgbm.train({**_HEAD, "monotone_constraints": rises}, data, num_boost_round=_TREES)


def _weights(pools: Sequence[Pool]) -> NDArray[np.float64]:
    """Every question counts the same, however many sentences it has; their mean is 1."""
    weights = np.concatenate([np.full(len(pool.close), 1 / len(pool.close)) for pool in pools])
    scaled: NDArray[np.float64] = weights * (len(weights) / weights.sum())
    return scaled


def _calibrated(
    raw: NDArray[np.float64], right: NDArray[np.float32], weights: NDArray[np.float64]
) -> list[list[float]]:
    """The isotonic curve as points, rising all the way so that no two scores become one."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(raw, kind="stable")
    fitted = isotonic_regression(right[order], weights=weights[order]).x
    x = raw[order]
    fitted = np.minimum(fitted, 0.999)
    firsts = np.flatnonzero(np.diff(fitted, prepend=-1.0) > 0)
    groups = np.split(np.arange(len(x)), firsts[1:])
    points = [(float(x[g].mean()), float(fitted[g[0]])) for g in groups]
    ends = [(points[0][0] - 6, 0.0), *points, (points[-1][0] + 6, 1.0)]
    return [[round(a, 6), round(b, 8)] for a, b in ends]


def _dumped(head: Any) -> list[dict[str, list[float]]]:  # noqa: ANN401  (as above)
    return [_tree(info["tree_structure"]) for info in head.dump_model()["tree_info"]]


def _tree(root: Mapping[str, Any]) -> dict[str, list[float]]:
    """The nodes of a tree, parents before children; a leaf leads to itself."""
    tree: dict[str, list[float]] = {
        k: [] for k in ("feature", "threshold", "left", "right", "value")
    }

    def add(node: Mapping[str, Any]) -> int:
        at = len(tree["feature"])
        is_leaf = "leaf_value" in node
        for key, value in (
            ("feature", 0 if is_leaf else node["split_feature"]),
            ("threshold", 0.0 if is_leaf else node["threshold"]),
            ("left", at),
            ("right", at),
            ("value", round(node["leaf_value"], 8) if is_leaf else 0.0),
        ):
            tree[key].append(value)
        if not is_leaf:
            tree["left"][at] = add(node["left_child"])
            tree["right"][at] = add(node["right_child"])
        return at

    add(root)
    return tree


def written(weights: Mapping[str, Any]) -> bytes:
    """The weights file, the same bytes for the same weights."""
    return json.dumps(weights, separators=(",", ":")).encode() + b"\n"


def sha256_of(data: bytes) -> str:
    """For the card."""
    return hashlib.sha256(data).hexdigest()
