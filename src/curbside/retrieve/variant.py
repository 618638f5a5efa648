"""The same question in the names that sources use: brands as generics, short forms written out.

A short form means what the passages that the question finds say it means ("tranexamic acid (TXA)"),
so that it is read in the question's own field and needs no list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from curbside.records import Passage
from curbside.retrieve.vocabulary import find_names
from curbside.text.abbreviations import find_abbreviations
from curbside.text.normalise import fold

_SHORT: Final = re.compile(
    r"(?<![\w-])(?=[\w-]*[A-Z][\w-]*[A-Z])[A-Za-z][A-Za-z0-9-]{1,6}(?![\w-])"
)


def variant_of(query: str, passages: Sequence[Passage]) -> str:
    """The question with other names for what it names.

    Args:
        query: the question as it is searched.
        passages: what it found, best first; they say what its short forms mean.

    Returns:
        The question with every brand under its generic name and every short form written out: as
        most of the passages that define it do, ties by the order of the alphabet, else as it is
        known by name. The same text where there is nothing to change.
    """
    shorts = list(_SHORT.finditer(query))
    meanings = _meanings({match.group() for match in shorts}, passages)
    changes = {
        (match.start(), match.end()): meanings[match.group()]
        for match in shorts
        if match.group() in meanings
    }
    for mention in find_names(query):
        place = (mention.span.start, mention.span.end)
        is_other = mention.is_brand or _SHORT.fullmatch(mention.span.of(query))
        if is_other and not any(start < place[1] and place[0] < end for start, end in changes):
            changes[place] = mention.concept.name
    for (start, end), other in sorted(changes.items(), reverse=True):
        query = f"{query[:start]}{other}{query[end:]}"
    return query


def _meanings(shorts: set[str], passages: Sequence[Passage]) -> dict[str, str]:
    found: dict[str, Counter[str]] = {short: Counter() for short in shorts}
    for passage in passages:
        if not any(f"({short}" in passage.text for short in shorts):
            continue
        for each in find_abbreviations(passage.text):
            if each.short.text in found:
                found[each.short.text][fold(each.long.text)] += 1
    return {
        short: min(counted, key=lambda long: (-counted[long], long))
        for short, counted in found.items()
        if counted
    }
