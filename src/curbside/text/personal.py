"""Personal data in a question, told by its form, so that it is not sent anywhere.

A screen, not a proof: a bare name in a sentence looks like any other word. It errs to the side of
seeing too much, as the price is a page in the sources' own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from curbside.records import Span
from curbside.text.rules import Columns, load_rules

NHS_NUMBER: Final = "a number in the form of an NHS number"
_TEN_DIGITS: Final = re.compile(r"(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])")
_NHS_MODULUS: Final = 11


@dataclass(frozen=True, slots=True)
class Personal:
    """`what` was seen where; `text` is what stands under `span`."""

    what: str
    text: str
    span: Span


def find_personal(text: str) -> tuple[Personal, ...]:
    """What looks like personal data: names with titles, dates of birth, numbers of records and of
    national services, telephone numbers, e-mail and postal addresses.

    Returns:
        Each stretch once, in reading order; of those that overlap the one that begins first, and
        of these the longest. Empty for a question without any.

    Source:
        `data/personal.toml`; the check digit of an NHS number is that of the NHS Data Dictionary.

    >>> [(p.what, p.text) for p in find_personal("Can Mrs Hill, born 3.4.1950, stop warfarin?")]
    [('a name with a title', 'Mrs Hill'), ('a date of birth', 'born 3.4.1950')]
    """
    found = [
        Personal(what, match[0], Span(*match.span()))
        for what, pattern in _patterns()
        for match in pattern.finditer(text)
    ]
    found += [
        Personal(NHS_NUMBER, match[0], Span(*match.span()))
        for match in _TEN_DIGITS.finditer(text)
        if _is_nhs_number(re.sub(r"\D", "", match[0]))
    ]
    found.sort(key=lambda p: (p.span.start, -p.span.end, p.what))
    kept: list[Personal] = []
    for each in found:
        if not kept or each.span.start >= kept[-1].span.end:
            kept.append(each)
    return tuple(kept)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = load_rules(
        "curbside.text.data",
        "personal.toml",
        tables={"pattern": Columns(("what", "ignores_case", "pattern"))},
    )
    return tuple(
        (
            str(row["what"]),
            re.compile(str(row["pattern"]), re.IGNORECASE if row["ignores_case"] else 0),
        )
        for row in rows["pattern"]
    )


def _is_nhs_number(digits: str) -> bool:
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    check = (_NHS_MODULUS - total % _NHS_MODULUS) % _NHS_MODULUS
    return int(digits[-1]) == check
