"""Random-effects meta-analysis of comparable estimates, by statsmodels.

The library brings pandas and SciPy along (some 200 MB), so it is the extra `curbside[pooling]` and
is loaded only when two estimates are pooled. What may be pooled is decided before, by
`compose.comparable`; what arrives here with a refusal is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, fsum, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Protocol

import numpy as np

from curbside.errors import InputError, LibraryError
from curbside.records import Effect
from curbside.text.measures import Scale, scale_of

if TYPE_CHECKING:
    from types import ModuleType

_LEVEL = 0.95


class Method(StrEnum):
    """How the variance between studies is estimated, and what the interval rests on.

    PAULE_MANDEL: recommended for tau² by Veroniki et al. 2016 and the Cochrane Handbook (10.10.4),
    with the interval of Hartung and Knapp, which for two to ten studies keeps its level where a
    normal one does not (IntHout et al. 2014). DERSIMONIAN_LAIRD: the classic, with a normal
    interval, as older reviews print it.
    """

    PAULE_MANDEL = "random effects, Paule-Mandel, Hartung-Knapp interval"
    DERSIMONIAN_LAIRD = "random effects, DerSimonian-Laird, normal interval"


class Estimated(Protocol):
    """One study's estimate."""

    @property
    def effect(self) -> Effect:
        """Point and interval as printed."""
        ...


class Poolable(Protocol):
    """A group of comparable estimates (`compose.comparable.Group`)."""

    @property
    def measure(self) -> str:
        """The measure they share."""
        ...

    @property
    def members(self) -> Sequence[Estimated]:
        """One estimate a study."""
        ...

    @property
    def refusal(self) -> str | None:
        """Why they may not be pooled; None where they may."""
        ...


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled estimate on the scale of its measure, with a 95 % interval.

    `tau2` is the variance between studies on the scale of the analysis (logarithms for a ratio),
    `i2` a share from 0 to 1, `q` Cochran's, `k` the number of studies. `predicted` bounds the
    effect expected in a new study, None for fewer than three; `weights` sum to 1, in the order of
    the group's members.
    """

    point: float
    low: float
    high: float
    tau2: float
    i2: float
    q: float
    k: int
    method: str
    predicted: tuple[float, float] | None = None
    weights: tuple[float, ...] = ()


def pool(group: Poolable, *, method: Method = Method.PAULE_MANDEL) -> Pooled:
    """The pooled estimate of a group; ratios on the logarithmic scale, differences as they are.

    Standard errors come from each interval at its own level (95 % where none is printed).

    Raises:
        InputError: the group has a refusal, or a measure that is neither ratio nor difference.
        LibraryError: statsmodels is not installed.

    Source:
        Paule & Mandel 1982; DerSimonian & Laird 1986; Knapp & Hartung 2003, never narrower than
        without their factor (Röver et al. 2015); prediction interval with k - 2 degrees of
        freedom, Higgins et al. 2009.
    """
    if group.refusal:
        raise InputError(f"these estimates are not pooled: {group.refusal}")
    scale = scale_of(group.measure)
    if scale is Scale.OTHER:
        raise InputError(f"{group.measure} is neither a ratio nor a difference and is not pooled")
    studies = [_on_scale(member.effect, scale) for member in group.members]
    return _combined([y for y, _ in studies], [se for _, se in studies], scale, method)


def _on_scale(effect: Effect, scale: Scale) -> tuple[float, float]:
    """An estimate and its standard error on the scale of the analysis."""
    point, low, high = effect.point, effect.low, effect.high
    if point is None or low is None or high is None or not low < high:
        raise InputError("an estimate without an interval cannot be weighed")
    if scale is Scale.RATIO:
        if low <= 0:
            raise InputError("a ratio of zero or less has no logarithm")
        point, low, high = log(point), log(low), log(high)
    quantile = NormalDist().inv_cdf(0.5 + (effect.level or 95.0) / 200)
    return point, (high - low) / (2 * quantile)


def _combined(
    points: Sequence[float], errors: Sequence[float], scale: Scale, method: Method
) -> Pooled:
    meta, optimize, scipy_stats = _library()
    is_classic = method is Method.DERSIMONIAN_LAIRD
    k = len(points)
    # of what the library computes only Q and its moment estimate are taken, which may fall below
    # zero where the paper has zero; the rest divides by zero where the studies agree
    with np.errstate(divide="ignore", invalid="ignore"):
        result = meta.combine_effects(np.asarray(points), np.square(errors), method_re="dl")
    # numpy's numbers become plain ones, which a record can hold
    q = float(result.q)
    tau2 = max(0.0, float(result.tau2)) if is_classic else _paule_mandel(points, errors, optimize)
    weights = [1 / (se**2 + tau2) for se in errors]
    mean, error = _mean(points, weights), 1 / sqrt(fsum(weights))
    # with Paule-Mandel the factor of Knapp and Hartung is 1, or below it where tau² is 0
    reach = (
        NormalDist().inv_cdf(0.5 + _LEVEL / 2)
        if is_classic
        else float(scipy_stats.t.ppf(0.5 + _LEVEL / 2, k - 1))
    )
    back = exp if scale is Scale.RATIO else float
    predicted = None
    if k > 2:
        spread = float(scipy_stats.t.ppf(0.5 + _LEVEL / 2, k - 2)) * sqrt(error**2 + tau2)
        predicted = (back(mean - spread), back(mean + spread))
    return Pooled(
        point=back(mean),
        low=back(mean - reach * error),
        high=back(mean + reach * error),
        tau2=tau2,
        i2=max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        q=q,
        k=k,
        method=str(method),
        predicted=predicted,
        weights=tuple(weight / fsum(weights) for weight in weights),
    )


def _paule_mandel(points: Sequence[float], errors: Sequence[float], optimize: ModuleType) -> float:
    """The variance between studies at which Q is its expectation, k - 1.

    The root is SciPy's: statsmodels' own iteration stops at 1e-5, and a last step that lands a
    rounding error past the root is taken for no variance at all.
    """

    def excess(tau2: float) -> float:
        weights = [1 / (se**2 + tau2) for se in errors]
        mean = _mean(points, weights)
        squares = (w * (y - mean) ** 2 for w, y in zip(weights, points, strict=True))
        return fsum(squares) - (len(points) - 1)

    if excess(0.0) <= 0:
        return 0.0
    centre = fsum(points) / len(points)
    # Q is at most the sum of squares over tau², so that no root lies beyond
    furthest = fsum((y - centre) ** 2 for y in points) / (len(points) - 1)
    return float(optimize.brentq(excess, 0.0, furthest * (1 + 1e-9), xtol=1e-14))


def _mean(points: Sequence[float], weights: Sequence[float]) -> float:
    return fsum(w * y for w, y in zip(weights, points, strict=True)) / fsum(weights)


def _library() -> tuple[ModuleType, ModuleType, ModuleType]:
    """statsmodels' meta-analysis, SciPy's roots and distributions."""
    try:
        from scipy import optimize, stats
        from statsmodels.stats import meta_analysis
    except ImportError as error:
        raise LibraryError(
            "pooling needs statsmodels, which is not installed: pip install 'curbside[pooling]'"
        ) from error
    return meta_analysis, optimize, stats
