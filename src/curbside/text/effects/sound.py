"""Whether point and interval can belong together."""

from __future__ import annotations

from math import log

from curbside.text.measures import Scale


def doubt_about(point: float, low: float, high: float, scale: Scale) -> str | None:
    """Why an interval cannot be that of the point, in words; None where it can.

    Bounds printed high to low are not turned: a sign or a figure may be wrong as well.
    """
    if low > high:
        return "the interval is printed high to low and is not kept"
    if not low <= point <= high:
        return "the printed interval does not hold the estimate and is not kept"
    if scale is Scale.RATIO and low < 0:
        return "a ratio has no bound below zero; the interval is not kept"
    return None


def is_lopsided(point: float, low: float, high: float) -> bool:
    """Whether a ratio's interval is not symmetric on the logarithmic scale, but for rounding.

    Bounds of a ratio lie as many times below the point as above it, by the way they are computed;
    exact and profile intervals do so nearly. Figures count as rounded to the most decimals that
    any of them has, and 15 % of the width is left for other methods.

    >>> is_lopsided(2.0, 1.0, 4.0), is_lopsided(2.0, 1.0, 40.0)
    (False, True)
    """
    places = max(len(f"{x:.9g}".partition(".")[2]) for x in (point, low, high))
    rounding = 0.5 * 10.0**-places
    if rounding >= low:
        return False
    slack = sum(log((x + rounding) / (x - rounding)) for x in (point, low, high))
    return abs(log(high / point) - log(point / low)) > slack + 0.15 * log(high / low)
