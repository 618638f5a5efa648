"""Many wordings as one pattern: what several begin with is compiled, and looked at, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

_DEEPEST: Final = 24
"""Groups within groups; the rest stands side by side, as a pattern may not nest for ever."""


class _Rest(NamedTuple):
    """What is left of a wording, and the pattern that must follow it."""

    letters: str
    end: str


def any_of(
    wordings: Iterable[str], *, gap: str = r"\s", end: Callable[[str], str] = lambda _: ""
) -> str:
    """A pattern that matches any of the wordings, of several that fit the longest.

    Args:
        wordings: plain text; the same one twice counts once.
        gap: the pattern of a space in one; it matches nothing that a wording may go on with.
        end: the pattern that must follow a wording.

    Returns:
        As `"|".join` of the wordings, the longest first, would match; for none a pattern that
        never matches.

    >>> any_of(["ratio", "ratios", "rate"])
    'rat(?:e|io(?:s|))'
    """
    rests = [_Rest(wording, end(wording)) for wording in sorted(set(wordings))]
    return _pattern(rests, gap, _DEEPEST) if rests else r"(?!)"


def _pattern(rests: Sequence[_Rest], gap: str, depth: int) -> str:
    """The pattern of what is left of some wordings, given in their order."""
    shared = _shared(rests[0].letters, rests[-1].letters)
    rests = [_Rest(rest.letters[len(shared) :], rest.end) for rest in rests]
    if len(rests) == 1:
        return _written(shared, gap) + rests[0].end
    if depth:
        groups = groupby(rests, key=lambda rest: rest.letters[:1])
        branches = [(letter, _pattern(list(group), gap, depth - 1)) for letter, group in groups]
        # what goes on is tried before what ends here
        branches.sort(key=lambda branch: not branch[0])
    else:
        longest = sorted(rests, key=lambda rest: -len(rest.letters))
        branches = [(rest.letters, _written(rest.letters, gap) + rest.end) for rest in longest]
    return f"{_written(shared, gap)}(?:{'|'.join(pattern for _, pattern in branches)})"


def _shared(first: str, last: str) -> str:
    """What the first and the last of sorted wordings begin with, and so all between them."""
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((at for at, (one, other) in pairs if one != other), len(first))]


def _written(letters: str, gap: str) -> str:
    return "".join(gap if letter == " " else re.escape(letter) for letter in letters)
