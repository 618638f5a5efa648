"""Many wordings as one pattern: what several begin with is compiled, and looked at, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

_Tree: TypeAlias = "dict[str, _Tree | str]"
_END = ""


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
    tree: _Tree = {}
    for wording in sorted(set(wordings)):
        node = tree
        for letter in wording:
            below = node.setdefault(gap if letter == " " else re.escape(letter), {})
            assert isinstance(below, dict)  # noqa: S101
            node = below
        node[_END] = end(wording)
    return _pattern(tree) if tree else r"(?!)"


def _pattern(node: _Tree) -> str:
    branches = [
        f"{letter}{_pattern(below)}" for letter, below in node.items() if isinstance(below, dict)
    ]
    if _END in node:
        # what goes on is tried before what ends here
        branches.append(str(node[_END]))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
