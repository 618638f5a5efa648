"""Pooling against the formulas of the papers, written out here, and against published figures."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from math import exp, fsum, log, sqrt
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from curbside.compose.comparable import Group, Studied
from curbside.errors import InputError, LibraryError
from curbside.models.pooling import Method, Pooled, pool
from curbside.records import Effect

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution (Abramowitz & Stegun, table 26.1)."""

# BCG against tuberculosis, 13 trials: ill and well with the vaccine, ill and well without
# (Colditz et al., JAMA 1994; the table as in Berkey et al., Stat Med 1995)
BCG = (
    *((4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619)),
    *((33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619)),
    *((505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600)),
    *((186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)),
)


def log_risk_ratio(ill: int, well: int, ill_without: int, well_without: int) -> tuple[float, float]:
    n, n_without = ill + well, ill_without + well_without
    error = sqrt(1 / ill - 1 / n + 1 / ill_without - 1 / n_without)
    return log((ill / n) / (ill_without / n_without)), error


LOG_RR = tuple(log_risk_ratio(*row) for row in BCG)


def group(effects: Sequence[Effect]) -> Group:
    members = tuple(
        Studied(f"E{i}", f"d{i}", f"Study {i}", effect, outcome="relapse", factor="urate")
        for i, effect in enumerate(effects)
    )
    return Group(effects[0].measure or "", "relapse", "urate", members)


def ratios(studies: Sequence[tuple[float, float]]) -> Group:
    """Logarithms with their standard errors, printed as ratios with 95 % intervals."""
    return group([Effect("RR", exp(y), exp(y - Z * e), exp(y + Z * e)) for y, e in studies])


def differences(studies: Sequence[tuple[float, float]]) -> Group:
    return group([Effect("MD", y, y - Z * e, y + Z * e) for y, e in studies])


def mean_and_q(studies: Sequence[tuple[float, float]], tau2: float) -> tuple[float, float, float]:
    """The weighted mean, its standard error and Cochran's Q at a variance between studies."""
    weights = [1 / (e * e + tau2) for _, e in studies]
    total = fsum(weights)
    mean = fsum(w * y for w, (y, _) in zip(weights, studies, strict=True)) / total
    q = fsum(w * (y - mean) ** 2 for w, (y, _) in zip(weights, studies, strict=True))
    return mean, 1 / sqrt(total), q


def dersimonian_laird(studies: Sequence[tuple[float, float]]) -> float:
    """tau² by moments: (Q - (k - 1)) / (S1 - S2 / S1), DerSimonian & Laird 1986."""
    weights = [1 / (e * e) for _, e in studies]
    s1, s2 = fsum(weights), fsum(w * w for w in weights)
    _, _, q = mean_and_q(studies, 0)
    return max(0.0, (q - (len(studies) - 1)) / (s1 - s2 / s1))


def paule_mandel(studies: Sequence[tuple[float, float]]) -> float:
    """The tau² at which Q is k - 1, by bisection; Paule & Mandel 1982."""
    wanted, low, high = len(studies) - 1, 0.0, 1.0
    if mean_and_q(studies, 0)[2] <= wanted:
        return 0.0
    while mean_and_q(studies, high)[2] > wanted:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_and_q(studies, middle)[2] > wanted else (low, middle)
    return (low + high) / 2


def expected(
    studies: Sequence[tuple[float, float]], method: Method
) -> tuple[float, float, float, float]:
    """Mean, bounds and tau² on the scale of the analysis."""
    if method is Method.DERSIMONIAN_LAIRD:
        tau2 = dersimonian_laird(studies)
        mean, error, _ = mean_and_q(studies, tau2)
        reach = Z * error
    else:
        tau2 = paule_mandel(studies)
        mean, error, q = mean_and_q(studies, tau2)
        k = len(studies)
        # Knapp & Hartung 2003; the factor is not let below 1 (Röver et al. 2015)
        reach = float(student.ppf(0.975, k - 1)) * error * max(1.0, sqrt(q / (k - 1)))
    return mean, mean - reach, mean + reach, tau2


def on_log_scale(pooled: Pooled) -> tuple[float, float, float, float]:
    return log(pooled.point), log(pooled.low), log(pooled.high), pooled.tau2


def test_twin_trials_give_the_pooled_hazard_ratio_that_their_authors_printed() -> None:
    """RE-COVER (N Engl J Med 2009) and RE-COVER II (Circulation 2014), whose report pools both."""
    twins = group([Effect("HR", 1.10, 0.65, 1.84), Effect("HR", 1.08, 0.64, 1.80)])
    found = pool(twins, method=Method.DERSIMONIAN_LAIRD)
    assert [round(x, 2) for x in (found.point, found.low, found.high)] == [1.09, 0.76, 1.57]


@pytest.mark.parametrize("method", list(Method))
def test_the_bcg_trials_pool_as_the_formulas_say(method: Method) -> None:
    pooled = pool(ratios(LOG_RR), method=method)
    assert on_log_scale(pooled) == pytest.approx(expected(LOG_RR, method), abs=1e-6)


def test_the_bcg_trials_pool_to_the_published_figures() -> None:
    """Borenstein et al., Introduction to Meta-Analysis (2009), chapters 12 to 17: log RR -0.7141,
    tau² 0.3088, Q 152.23, I² 92.12 %, RR 0.49 (0.34 to 0.70), prediction 0.14 to 1.77."""
    pooled = pool(ratios(LOG_RR), method=Method.DERSIMONIAN_LAIRD)
    assert round(log(pooled.point), 4) == -0.7141
    assert round(pooled.tau2, 4) == 0.3088
    assert round(pooled.q, 2) == 152.23
    assert round(100 * pooled.i2, 2) == 92.12
    assert (round(pooled.point, 2), round(pooled.low, 2), round(pooled.high, 2)) == (
        0.49,
        0.34,
        0.70,
    )
    assert pooled.predicted is not None
    assert tuple(round(bound, 2) for bound in pooled.predicted) == (0.14, 1.77)
    assert pooled.k == 13


def test_differences_pool_on_their_own_scale() -> None:
    studies = ((1.0, 0.5), (2.5, 0.4), (0.2, 0.9), (3.1, 0.6))
    for method in Method:
        pooled = pool(differences(studies), method=method)
        assert (pooled.point, pooled.low, pooled.high, pooled.tau2) == pytest.approx(
            expected(studies, method), abs=1e-6
        )


def test_weights_are_those_of_the_studies_and_sum_to_one() -> None:
    pooled = pool(ratios(LOG_RR))
    tau2 = paule_mandel(LOG_RR)
    weights = [1 / (e * e + tau2) for _, e in LOG_RR]
    assert pooled.weights == pytest.approx([w / fsum(weights) for w in weights], abs=1e-6)


def test_studies_that_agree_have_no_variance_between_them() -> None:
    pooled = pool(differences(((1.0, 0.5), (1.0, 0.5), (1.0, 0.5))))
    assert (pooled.point, pooled.tau2, pooled.i2) == pytest.approx((1.0, 0.0, 0.0))
    error = 0.5 / sqrt(3)
    assert pooled.high - pooled.point == pytest.approx(float(student.ppf(0.975, 2)) * error)


def test_two_studies_have_no_prediction_interval() -> None:
    assert pool(ratios(LOG_RR[:2])).predicted is None


def test_an_interval_of_another_level_gives_the_same_weight() -> None:
    z90 = 1.6448536269514722
    y, e = 0.4, 0.2
    at_95 = Effect("OR", exp(y), exp(y - Z * e), exp(y + Z * e), level=95.0)
    at_90 = Effect("OR", exp(y), exp(y - z90 * e), exp(y + z90 * e), level=90.0)
    other = Effect("OR", 2.0, 1.2, 3.4)
    assert pool(group([at_90, other])).point == pytest.approx(pool(group([at_95, other])).point)


@pytest.mark.parametrize(
    ("effects", "reason"),
    [
        ([Effect("OR", 2.0, 1.0, 4.0)], "only one independent study is comparable"),
        ([Effect("change", 2.0, 1.0, 4.0)] * 2, "change is neither a ratio nor a difference"),
        ([Effect("OR", 2.0, 1.0, 4.0), Effect("OR", 2.0)], "without an interval cannot be weighed"),
        ([Effect("OR", 2.0, 1.0, 4.0), Effect("OR", 0.5, 0.0, 4.0)], "zero or less"),
    ],
)
def test_what_cannot_be_pooled_is_refused_with_the_reason(
    effects: list[Effect], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        pool(group(effects))


def test_without_the_library_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **named: Any) -> Any:
        if name.startswith("statsmodels"):
            raise ImportError(name)
        return real(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(LibraryError, match=r"pip install 'curbside\[pooling\]'"):
        pool(ratios(LOG_RR))


STUDIES = st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1.5)), min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(STUDIES, st.randoms(use_true_random=False), st.sampled_from(list(Method)))
def test_bounds_hold_the_point_and_the_order_of_studies_does_not_count(
    studies: list[tuple[float, float]], random: Any, method: Method
) -> None:
    assume(len({y for y, _ in studies}) > 1)
    pooled = pool(ratios(studies), method=method)
    assert pooled.low <= pooled.point <= pooled.high
    if pooled.predicted:
        assert pooled.predicted[0] <= pooled.low
        assert pooled.high <= pooled.predicted[1]
    shuffled = list(studies)
    random.shuffle(shuffled)
    again = pool(ratios(shuffled), method=method)
    assert on_log_scale(again) == pytest.approx(on_log_scale(pooled), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(STUDIES, st.sampled_from(list(Method)))
def test_any_studies_pool_as_the_formulas_say(
    studies: list[tuple[float, float]], method: Method
) -> None:
    pooled = pool(differences(studies), method=method)
    assert (pooled.point, pooled.low, pooled.high, pooled.tau2) == pytest.approx(
        expected(studies, method), abs=1e-6
    )
