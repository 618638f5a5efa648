"""A text as the terms that must agree between a claim and its quote.

Articles, auxiliaries and most prepositions fall away; values are read with their units; every
other word is its stem. What is left is laid side by side by `alignment`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from curbside.text.normalise import fold
from curbside.text.polarity import CueKind, direction_cues, find_cues
from curbside.text.quantities import Quantity, QuantityKind, atoms, find_quantities
from curbside.text.sentences import split_sentences
from curbside.text.tokens import is_stopword, stem
from curbside.verify.words import (
    anaphor_pattern,
    equal_wordings,
    frame_pattern,
    inside_pattern,
    kept_words,
    link_words,
    qualifier_pattern,
    spelt,
)


class TermKind(StrEnum):
    """What a term is, so which gate answers for it."""

    VALUE = "value"
    NEGATION = "negation"
    DIRECTION = "direction"
    MODALITY = "modality"
    WORD = "word"
    FUNCTION = "function"
    """Takes no part in the alignment; stands beside the next term."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value or word: terms agree where their keys do; `start` points into the text.

    `before` are the function words that stand between it and the term before it.
    """

    key: str
    kind: TermKind
    text: str
    start: int
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a text, [start, end), that can be left out whole without changing the rest."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as terms, all places in `text`, where white space is single and "percent" is "%".

    `units` may each be left out; `lead` is where an opening such as "In men," ends (0 where there
    is none); `sentences` are the starts of its sentences; `trailing` are the function words behind
    the last term.
    """

    text: str
    terms: tuple[Term, ...]
    trailing: tuple[str, ...]
    units: tuple[Unit, ...]
    lead: int
    sentences: tuple[int, ...]


_WORD = re.compile(
    r"\d+(?:[.·]\d+)?|[^\W\d_]+(?:n't|'t)(?!\w)|(?:[^\W_]|[\u0300-\u036f])+(?:'[^\W\d_]+)?"
    r"|[<>≤≥±~≈↑↓]"
)
_POSSESSIVE = re.compile(r"'s?$")
_NOT = re.compile(r"(\w+)n't$")
_PERCENT = re.compile(r"(?<=\d)\s?(?:percent|per cent)\b", re.IGNORECASE)
_MINUS = re.compile(r"(?:^|[\s(\[=,:])[-−]$")
_NEGATIVES = frozenset({"no", "not", "non", "nor", "never", "none", "neither", "without", "cannot"})
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
}
_APPROXIMATE = {"~": "about", "≈": "about"}
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|did|does|do|can|could|may|might|will|would|should|must|"
    r"became|fell|rose|showed|shows|went|took|remains?|led|\w{2,}ed)\b"
)
_CUT = re.compile(
    r";\s*|,\s*(?:and|but|whereas|while|yet|so)\s+|\s(?:whereas|but)\s+|\.\s+(?=[a-z\d(])"
)
_VERSUS = re.compile(r"\b(?:versus|vs\.?|(?:as )?compared (?:with|to))(?!\w)")
_P_VALUE = re.compile(r"[;,]\s*p\s*[=<≤]\s*[\d.·]*\d(?=\s*[)\],;])")
_OPEN, _CLOSE = "([", ")]"


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """The terms of a text and what may be left out of it."""
    text = _PERCENT.sub("%", " ".join(text.split()))
    folded = fold(text)
    terms, trailing = _with_function_words(_terms(text, folded))
    starts = tuple(span.start for span in split_sentences(text)) or (0,)
    units = tuple(_units(folded, terms, starts))
    return Reading(text, terms, trailing, units, _lead(folded), starts)


def _with_function_words(found: Iterable[Term]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """The terms that carry meaning, each with the function words before it, and those behind the
    last."""
    terms: list[Term] = []
    passed: list[str] = []
    for term in found:
        if term.kind is TermKind.FUNCTION:
            passed.append(term.text)
            continue
        terms.append(replace(term, before=tuple(passed)) if passed else term)
        passed = []
    return tuple(terms), tuple(passed)


def _terms(text: str, folded: str) -> Iterator[Term]:
    quantities = find_quantities(text)
    taken = bytearray(len(text))
    found: list[Term] = []
    for quantity in quantities:
        start, end = quantity.span.start, quantity.span.end
        taken[start:end] = b"\1" * (end - start)
        found += _value_terms(quantity, folded)
    for start, end in _frames(folded):
        taken[start:end] = b"\1" * (end - start)
    kinds = _kinds(text)
    pattern, names = equal_wordings()
    for match in pattern.finditer(folded):
        start, end = match.span()
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            name = names[" ".join(match[0].split())]
            kind = TermKind.NEGATION if name in _NEGATIVES else kinds.get(start, TermKind.WORD)
            found.append(Term(f"={name}", kind, match[0], start))
    for match in _WORD.finditer(folded):
        if not taken[match.start()]:
            found += _word_terms(match, text, kinds)
    yield from sorted(found, key=lambda term: term.start)


def openings(text: str) -> tuple[str, ...]:
    """The openings of a text's sentences that only announce what follows, in order.

    >>> openings("However, we found that pain fell.")
    ('however', 'we found that')
    """
    folded = fold(text)
    return tuple(" ".join(folded[a:b].split()).strip(" ,:") for a, b in _frames(folded))


def _frames(folded: str) -> Iterator[tuple[int, int]]:
    """Openings that only announce what follows, at the start of a sentence."""
    for match in re.finditer(r"(?:^|[.!?;]\s+)", folded):
        at = match.end()
        while frame := frame_pattern().match(folded, at):
            yield frame.span()
            at = frame.end()


def _kinds(text: str) -> dict[int, TermKind]:
    """The kind of each position that a cue of polarity, modality or direction covers."""
    kinds: dict[int, TermKind] = {}
    for direction in direction_cues(text):
        kinds |= dict.fromkeys(range(direction.span.start, direction.span.end), TermKind.DIRECTION)
    for cue in find_cues(text):
        is_negation = cue.kind is CueKind.NEGATION
        kind = TermKind.NEGATION if is_negation else TermKind.MODALITY
        for position in range(cue.span.start, cue.span.end):
            # "no increase" stays a word of direction behind its "no"
            if kinds.get(position) is not TermKind.DIRECTION or not is_negation:
                kinds[position] = kind
    return kinds


def _value_terms(quantity: Quantity, folded: str) -> list[Term]:
    """One term a value, in reading order, so that "61 (47%)" and "61 patients (47%)" agree."""
    start = quantity.span.start
    shown = quantity.text
    if quantity.kind in (QuantityKind.NAME, QuantityKind.YEAR):
        name = re.sub(r"[\s\-]", "", fold(shown))
        return [Term(f"#{name}", TermKind.VALUE, shown, start)]
    sign = "-" if _MINUS.search(folded[:start]) else ""
    link = re.match(r"(?:within|by)\b", fold(shown))
    before = re.search(r"([a-z]+)\s+[-−]?$", folded[:start])
    lead = link[0] if link else before[1] if before and before[1] in link_words() else ""
    # a range carries its comparator ("at least 2 to 3") on the whole
    bound = quantity.comparator or ""
    keys = [
        f"#{atom.value:.9g} {atom.unit or ''} {atom.comparator or bound}"
        for atom in atoms(quantity)
    ]
    if quantity.level is not None:
        keys.insert(1 if quantity.value is not None else 0, f"#{quantity.level:g} level ")
    if not keys:
        keys = [f"#{re.sub(r'[^0-9a-z.]', '', fold(shown))}"]
    digits = [match.start() for match in re.finditer(r"\d[\d.,·]*", shown)]
    terms = [Term(f"{lead}?", TermKind.VALUE, lead, start)] if lead else []
    for number, key in enumerate(keys):
        at = start + (digits[number] if len(digits) == len(keys) else 0)
        key = (f"{key} {sign}" if number == 0 else key).rstrip()
        terms.append(Term(key, TermKind.VALUE, shown, at))
    return [*terms, *_inside(shown, start)]


def _inside(shown: str, start: int) -> Iterator[Term]:
    """What a value's own words say beside its figures and unit: "2 more years", "5 of all 17"."""
    names = equal_wordings()[1]
    for match in inside_pattern().finditer(fold(shown)):
        word = match[0]
        key = f"={names[word]}" if word in names else stem(word)
        yield Term(key, TermKind.WORD, word, start + match.start())


def _word_terms(match: re.Match[str], text: str, kinds: dict[int, TermKind]) -> list[Term]:
    word = match[0]
    start = match.start()
    if word in _APPROXIMATE:
        return [Term(f"={_APPROXIMATE[word]}", TermKind.WORD, word, start)]
    if negated := _NOT.search(word):
        return [Term("not", TermKind.NEGATION, word, start), *_plain(negated[1], start)]
    if word in _NEGATIVES:
        return [Term(word, TermKind.NEGATION, word, start)]
    word = _POSSESSIVE.sub("", word)
    kind = kinds.get(start, TermKind.WORD)
    if name := equal_wordings()[1].get(word):
        return [Term(f"={name}", kind, word, start)]
    if word in _NUMBERS:  # "the two groups" and "the 2 groups"
        return [Term(f"#{_NUMBERS[word]}", TermKind.VALUE, word, start)]
    if word in kept_words():
        is_modal = kept_words()[word] == "modal"
        kind = TermKind.MODALITY if is_modal else TermKind.WORD
        return [Term(word, kind, word, start)]
    # in print, as capitals tell "ALL" (leukaemia) from "all"
    if not word:
        return []
    if is_stopword(text[start : start + len(word)]):
        return [Term("", TermKind.FUNCTION, word, start)]
    return [Term(stem(spelt(word)), kind, word, start)]


def _plain(word: str, start: int) -> list[Term]:
    kept = kept_words().get(word)
    return [Term(word, TermKind.MODALITY, word, start)] if kept == "modal" else []


def _lead(folded: str) -> int:
    """Where an opening such as "In children with asthma," ends; 0 without one."""
    comma = re.search(r",\s", folded)
    if comma is None or not qualifier_pattern().match(folded):
        return 0
    return comma.end()


def _units(folded: str, terms: tuple[Term, ...], starts: tuple[int, ...]) -> Iterator[Unit]:
    depth = _depth(folded)
    ends = (*starts[1:], len(folded))
    for start, end in zip(starts, ends, strict=True):
        if len(starts) > 1 and not _is_leant_on(folded, end):
            yield Unit(start, end)
        yield from _clauses(folded, terms, start, end, depth)
    yield from _brackets(folded, terms, depth)
    yield from (Unit(*match.span()) for match in _P_VALUE.finditer(folded))
    yield from _other_arms(folded, terms, depth)


def _is_leant_on(folded: str, end: int) -> bool:
    """Whether the sentence that follows speaks of this one ("These patients …")."""
    following = re.split(r"[,.;]", folded[end : end + 60])[0]
    return anaphor_pattern().search(following) is not None


def _depth(folded: str) -> list[int]:
    level, levels = 0, []
    for char in folded:
        level += char in _OPEN
        levels.append(level)
        level = max(0, level - (char in _CLOSE))
    return levels


def _clauses(
    folded: str, terms: tuple[Term, ...], start: int, end: int, depth: list[int]
) -> Iterator[Unit]:
    cuts = [
        match.start()
        for match in _CUT.finditer(folded, start, end)
        if depth[match.start()] == 0 and _opens_clause(folded, match, end)
    ]
    # a sentence of one clause has none to spare
    pieces = list(pairwise([start, *cuts, end])) if cuts else []
    lead = _lead(folded[start:end])
    for number, (first, last) in enumerate(pieces):
        if number == 0 and lead:
            first += lead
        if last <= first or not _stands_alone(folded[first:last], terms, first, last):
            continue
        if number == 0 and (
            qualifier_pattern().search(folded[first:last])
            or anaphor_pattern().search(folded[last:end])
        ):
            continue
        if number + 1 < len(pieces) and anaphor_pattern().search(folded[last:end]):
            continue
        yield Unit(first, last)


def _opens_clause(folded: str, cut: re.Match[str], end: int) -> bool:
    """Whether a clause of its own follows, and not one more item of a list."""
    if cut[0].strip(" ,") in ("whereas", "while"):
        return True
    following = _CUT.search(folded, cut.end(), end)
    return _VERB.search(folded, cut.end(), following.start() if following else end) is not None


def _stands_alone(piece: str, terms: tuple[Term, ...], start: int, end: int) -> bool:
    said = [term.kind for term in terms if start <= term.start < end]
    return not anaphor_pattern().search(piece) and not (
        TermKind.NEGATION in said or TermKind.MODALITY in said
    )


def _brackets(folded: str, terms: tuple[Term, ...], depth: list[int]) -> Iterator[Unit]:
    for match in re.finditer(r"[(\[]", folded):
        start = match.start()
        level = depth[start]
        end = next(
            (i + 1 for i in range(start, len(folded)) if folded[i] in _CLOSE and depth[i] == level),
            len(folded),
        )
        inside = folded[start + 1 : end - 1].strip()
        is_qualifier = qualifier_pattern().match(inside) is not None
        if not is_qualifier and _stands_alone(inside, terms, start, end):
            yield Unit(start, end)


def _other_arms(folded: str, terms: tuple[Term, ...], depth: list[int]) -> Iterator[Unit]:
    """ "versus 42% in men", where nothing else in the text compares the arms."""
    if any(term.kind is TermKind.DIRECTION for term in terms):
        return
    for match in _VERSUS.finditer(folded):
        start = match.start()
        end = next(
            (
                i
                for i in range(match.end(), len(folded))
                if (folded[i] in ",;.)]" and depth[i] <= depth[start] and not _in_number(folded, i))
            ),
            len(folded),
        )
        if _stands_alone(folded[match.end() : end], terms, start, end):
            yield Unit(start, end)


def _in_number(folded: str, at: int) -> bool:
    return folded[at] in ".," and folded[at + 1 : at + 2].isdigit()


CLAUSE_CUT = re.compile(
    r";\s+|,\s*(?:and|but|whereas|while)\s+|\s(?:and|whereas|while|but)\s+|\.\s+"
)
"""Where a claim that merges several quotes may be taken apart, in folded text."""
