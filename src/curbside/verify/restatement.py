"""Whether a claim restates a quote: the same values and words in the same order, nothing that
changes the meaning left out.

A text becomes a sequence of items: values (with unit and comparator) and content words. A claim
restates a quote when its items are found in the quote in the claim's order, clause by clause, so
that swapped figures or groups do not pass; and when what the quote says between them and is not
in the claim denies, doubts or narrows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from curbside.records import Span
from curbside.text.normalise import fold
from curbside.text.polarity import CueKind, direction_cues, find_cues
from curbside.text.quantities import atoms, find_quantities
from curbside.text.rules import Columns, Row, load_rules, strings
from curbside.text.tokens import is_stopword, stem, tokenize

_CLAUSE_END = re.compile(r"[;:]|,(?=\s)|\.(?=\s|$)")
_SIGN = re.compile(r"<=|>=|[<>≤≥]")


class Mark(StrEnum):
    """What kind of item it is, so which gate minds it."""

    VALUE = "value"
    NEGATION = "negation"
    DIRECTION = "direction"
    MODALITY = "modality"
    QUALIFIER = "qualifier"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Item:
    """One value or word. `key` is what has to be equal; `shown` is the text of it."""

    key: str
    mark: Mark
    shown: str
    span: Span


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a claim does not restate its quotes: the item, and whether it was added or left out."""

    mark: Mark
    shown: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    items: tuple[Item, ...]
    clauses: tuple[Span, ...]


def find_fault(claim: str, quotes: Iterable[str]) -> Fault | None:
    """The first way in which a claim fails to restate one of its quotes; None where it does.

    Args:
        claim: one statement.
        quotes: what it cites; each clause of the claim has to be found in one of them.
    """
    texts = tuple(quotes)
    if fold(claim).strip() in {fold(quote).strip() for quote in texts}:
        return None
    read = [_read(quote) for quote in texts]
    whole = _read(claim)
    faults = [_fault_of(whole.items, quote) for quote in read]
    if any(fault is None for fault in faults):
        return None
    parts = _parts(whole)
    if len(parts) > 1:
        by_part = [[_fault_of(part, quote) for quote in read] for part in parts]
        if all(any(fault is None for fault in row) for row in by_part):
            return None
        faults = [*faults, *(f for row in by_part if None not in row for f in row)]
    # the most telling fault: a wrong value before a wrong word
    order = list(Mark)
    return min((f for f in faults if f), key=lambda f: (order.index(f.mark), f.shown))


def _parts(sequence: _Sequence) -> list[tuple[Item, ...]]:
    parts = [
        tuple(item for item in sequence.items if clause.contains(item.span))
        for clause in sequence.clauses
    ]
    return [part for part in parts if part]


def _fault_of(items: Sequence[Item], quote: _Sequence) -> Fault | None:
    matched: list[int] = []
    at = 0
    for item in items:
        while at < len(quote.items) and quote.items[at].key != item.key:
            at += 1
        if at == len(quote.items):
            return Fault(item.mark, item.shown, is_missing=False)
        matched.append(at)
        at += 1
    if not matched:
        return None
    return _left_out(quote, matched)


def _left_out(quote: _Sequence, matched: Sequence[int]) -> Fault | None:
    """What the quote says in the clauses that the claim restates, and the claim does not."""
    start = quote.items[matched[0]].span.start
    end = quote.items[matched[-1]].span.end
    for clause in quote.clauses:
        if clause.start <= start < clause.end:
            start = clause.start
        if clause.start < end <= clause.end:
            end = clause.end
            break
    kept = set(matched)
    for at, item in enumerate(quote.items):
        inside = start <= item.span.start < end
        if inside and at not in kept and item.mark in _MAY_NOT_GO:
            return Fault(item.mark, item.shown, is_missing=True)
    return None


_MAY_NOT_GO = frozenset({Mark.NEGATION, Mark.DIRECTION, Mark.MODALITY, Mark.QUALIFIER})


@lru_cache(maxsize=8192)
def _read(text: str) -> _Sequence:
    folded = fold(text)
    items: list[Item] = []
    taken = bytearray(len(folded))
    for quantity in find_quantities(text):
        span = quantity.span
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
        for atom in atoms(quantity):
            key = f"{round(atom.value, 9):g}|{atom.unit or ''}|{atom.comparator or ''}"
            items.append(Item(key, Mark.VALUE, quantity.text, span))
    marks = _marks(text)
    for token in tokenize(text):
        word = fold(token.text)
        if taken[token.span.start] or not any(c.isalnum() for c in word):
            continue
        mark = marks.get(token.span.start, Mark.WORD)
        if mark is Mark.WORD and word in _qualifiers():
            mark = Mark.QUALIFIER
        if mark is Mark.WORD and is_stopword(token.text):
            continue
        items.append(Item(_same().get(word, stem(word)), mark, token.text, token.span))
    items += [
        Item(sign.group(), Mark.VALUE, sign.group(), Span(*sign.span()))
        for sign in _SIGN.finditer(folded)
        if not taken[sign.start()]
    ]
    items.sort(key=lambda item: item.span.start)
    return _Sequence(tuple(items), _clauses(folded))


def _marks(text: str) -> dict[int, Mark]:
    marks: dict[int, Mark] = {}
    for cue in direction_cues(text):
        for token in tokenize(cue.text):
            marks[cue.span.start + token.span.start] = Mark.DIRECTION
    for found in find_cues(text):
        mark = Mark.NEGATION if found.kind is CueKind.NEGATION else Mark.MODALITY
        for token in tokenize(found.text):
            marks[found.span.start + token.span.start] = mark
    return marks


def _clauses(folded: str) -> tuple[Span, ...]:
    """Stretches between commas, semicolons and stops that stand outside parentheses."""
    spans = []
    depth = start = 0
    ends = {match.start() for match in _CLAUSE_END.finditer(folded)}
    for at, character in enumerate(folded):
        depth += (character in "([") - (character in ")]" and depth > 0)
        if at in ends and depth == 0:
            if at > start:
                spans.append(Span(start, at))
            start = at + 1
    if start < len(folded):
        spans.append(Span(start, len(folded)))
    return tuple(spans)


@cache
def _qualifiers() -> frozenset[str]:
    return frozenset(w for row in _rules()["qualifier"] for w in strings(row, "words"))


@cache
def _same() -> dict[str, str]:
    return {w: strings(row, "words")[0] for row in _rules()["same"] for w in strings(row, "words")}


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.verify.data",
        "restatement.toml",
        tables={"qualifier": Columns(("about", "words")), "same": Columns(("words",))},
    )
