"""Percentages of people said again as whole numbers out of one hundred: the same digits, one
denominator, and only where all of them can be said so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from curbside.text.rates import find_rates

HUNDRED: Final = "Out of 100:"
"""Opens the sentence that says the percentages of a claim again."""

_WHOLE: Final = re.compile(r"\d{1,2}|100")


def hundreds_of(text: str) -> tuple[str, ...]:
    """The percentages of people that a text prints, as numbers of 100, in its order.

    Empty where one of them is no whole number, a range, a bound, or not printed in digits with its
    sign: no number is left out, and none is rounded.

    >>> hundreds_of("Of 131 patients, 59% relapsed within one year and 73% within two years.")
    ('59', '73')
    """
    rates = find_rates(text)
    if any(rate.percent is None or rate.comparator for rate in rates):
        return ()
    numbers = tuple(f"{rate.percent:g}" for rate in rates)
    are_printed = all(
        _WHOLE.fullmatch(number) and re.search(rf"(?<![\d.]){number}\s?%", rate.text)
        for number, rate in zip(numbers, rates, strict=True)
    )
    return numbers if are_printed else ()


def hundred_sentence(numbers: Sequence[str]) -> str:
    """The sentence that says them.

    >>> hundred_sentence(("59", "73", "81"))
    'Out of 100: 59, 73 and 81.'
    """
    *first, last = numbers
    before = f"{', '.join(first)} and " if first else ""
    return f"{HUNDRED} {before}{last}."
