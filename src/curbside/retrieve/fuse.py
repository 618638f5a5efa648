"""Fusion of ranked runs into one."""

from __future__ import annotations

from collections.abc import Sequence

from curbside.records import Hit


def convex_fusion(runs: Sequence[Sequence[Hit]], *, weights: Sequence[float]) -> list[Hit]:
    """Fuse runs by the weighted sum of their scores, each run scaled to [0, 1] first.

    Args:
        runs: rankings, each best first.
        weights: one a run, adding up to 1.

    Returns:
        Each passage once, best first, ties by passage_id. A passage that a run did not find gets
        nothing from it. Empty if every run is.

    Source:
        Bruch, Gai & Ingber, ACM TOIS 2023 (min-max scaled convex combination).
    """
    if len(runs) != len(weights):
        raise ValueError(f"expected a weight for each of {len(runs)} runs, found {len(weights)}")
    score: dict[str, float] = {}
    seen: dict[str, Hit] = {}
    for run, weight in zip(runs, weights, strict=True):
        if not run:
            continue
        low, high = min(hit.score for hit in run), max(hit.score for hit in run)
        for hit in run:
            scaled = (hit.score - low) / (high - low) if high > low else 1.0
            key = hit.passage.passage_id
            score[key] = score.get(key, 0.0) + weight * scaled
            seen.setdefault(key, hit)
    order = sorted(seen, key=lambda key: (-score[key], key))
    return [Hit(seen[key].passage, score[key], "fused") for key in order]
