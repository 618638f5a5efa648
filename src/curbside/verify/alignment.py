"""A claim laid beside its quotes term by term: what does not fit is a fault, and each fault
belongs to one gate.

A claim passes where its terms are those of one quote in the same order, and what it leaves out of
the quote can be left out whole. A claim may also be made of clauses that each pass so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from curbside.records import Label
from curbside.text.normalise import fold
from curbside.verify.terms import CLAUSE_CUT, Reading, Term, TermKind, Unit, openings, read
from curbside.verify.words import are_opposites, filler_stems, function_difference

_CLAUSES = 8  # a claim of more clauses is read as one
_NEAR = 3  # terms on either side that a value is read with
_CLAUSE_TERMS = 2  # fewer terms are not a statement


class About(StrEnum):
    """The gate a fault belongs to."""

    QUANTITIES = "quantities"
    POLARITY = "polarity"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing in which a claim and its quotes differ."""

    about: About
    label: Label
    reason: str


_ABOUT = {
    TermKind.VALUE: About.QUANTITIES,
    TermKind.NEGATION: About.POLARITY,
    TermKind.DIRECTION: About.POLARITY,
    TermKind.MODALITY: About.SCOPE,
    TermKind.WORD: About.SCOPE,
}


@lru_cache(maxsize=16384)
def find_faults(claim: str, quotes: tuple[str, ...]) -> tuple[Fault, ...]:
    """In what a claim differs from the quotes it cites; empty where they bear it out.

    Args:
        claim: the claim's text.
        quotes: the cited quotes. Each clause of the claim is held against each of them, and
            the fewest faults count.
    """
    if not quotes:
        return (Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, "there is no quote to hold it against"),)
    if claim in quotes:
        return ()
    if not read(claim).terms:
        return (Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, "the claim states nothing"),)
    return _fewest(claim, quotes) or _announced(claim, quotes)


def _announced(claim: str, quotes: tuple[str, ...]) -> tuple[Fault, ...]:
    """Openings of the claim that no quote has: "however" and "therefore" say how two statements
    belong together, "we found that" who says it."""
    there = {frame for quote in quotes for frame in openings(quote)}
    added = [frame for frame in openings(claim) if frame not in there]
    return tuple(
        Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, f"{frame!r} is not in the cited text")
        for frame in added
    )


def _fewest(claim: str, quotes: tuple[str, ...]) -> tuple[Fault, ...]:
    whole = _best(claim, quotes)
    parts = _clauses(claim)
    if not whole or not 1 < len(parts) <= _CLAUSES:
        return whole
    # best[i] are the fewest faults of the first i clauses, each run of clauses held against
    # one quote
    best: list[tuple[Fault, ...]] = [()]
    for end in range(1, len(parts) + 1):
        options = []
        for start in range(end):
            if (start, end) == (0, len(parts)):
                options.append(whole)
                continue
            run = claim[parts[start][0] : parts[end - 1][1]]
            if len(read(run).terms) >= _CLAUSE_TERMS:
                options.append((*best[start], *_best(run, quotes)))
        best.append(min(options, key=len, default=whole))
    return min(whole, best[-1], key=len)


def _clauses(claim: str) -> list[tuple[int, int]]:
    folded = fold(claim)
    cuts = [match.span() for match in CLAUSE_CUT.finditer(folded)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(claim)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _best(claim: str, quotes: Iterable[str]) -> tuple[Fault, ...]:
    options = []
    for quote in quotes:
        for faults in _against(read(claim), read(quote)):
            if not faults:
                return ()
            options.append(faults)
    return min(options, key=len)


def _against(claim: Reading, quote: Reading) -> Iterator[tuple[Fault, ...]]:
    """The faults as the claim stands, and with "In men, …" read at the other end."""
    trailing = (claim.trailing, quote.trailing)
    yield _faults(claim.terms, quote, quote.terms, trailing)
    if quote.lead and len(quote.sentences) == 1:
        yield _faults(claim.terms, quote, _turned(quote), trailing)
    if claim.lead and len(quote.sentences) == 1:
        yield _faults(_turned(claim), quote, quote.terms, trailing)


def _turned(reading: Reading) -> tuple[Term, ...]:
    lead = tuple(term for term in reading.terms if term.start < reading.lead)
    return (*reading.terms[len(lead) :], *lead)


def _faults(
    claim: tuple[Term, ...],
    quote: Reading,
    terms: tuple[Term, ...],
    trailing: tuple[tuple[str, ...], tuple[str, ...]],
) -> tuple[Fault, ...]:
    pairs = _align(claim, terms)
    found: list[Fault] = []
    used = {j for _, j in pairs}
    bounds = [(-1, -1), *pairs, (len(claim), len(terms))]
    kept_starts = sorted(terms[j].start for j in used)
    dropped = {j for j in range(len(terms)) if j not in used}
    droppable = _droppable(quote.units, kept_starts, terms, dropped)
    for (i, j), (k, m) in pairwise(bounds):
        added = [t for t in claim[i + 1 : k] if t.key not in filler_stems()]
        left_out = [terms[x] for x in range(j + 1, m) if x not in droppable]
        # what stands in the place of the claim's words is told with them
        beside = [terms[x] for x in range(j + 1, m)]
        neighbours = claim[max(i - _NEAR, 0) : k + _NEAR + 1]
        found += _added(added, beside, terms, neighbours)
        found += _left_out(left_out, added)
    # function words are looked at last: where words differ, theirs differ with them
    return tuple(found or _function_faults(claim, terms, bounds, trailing))


def _function_faults(
    claim: tuple[Term, ...],
    quote: tuple[Term, ...],
    bounds: list[tuple[int, int]],
    trailing: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[Fault]:
    """What prepositions, auxiliaries and the like say otherwise between the same two terms: "was
    raised by" is not "raised", and "is to be stopped" not "was stopped"."""
    came: set[str] = set()
    went: set[str] = set()
    for (i, j), (k, m) in pairwise(bounds):
        mine = _words_between(claim, i, k, trailing[0])
        theirs = _words_between(quote, j, m, trailing[1])
        is_whole = (k - i, m - j) == (1, 1)
        word = function_difference(mine, theirs, is_whole=is_whole)
        if word is None and is_whole:
            came |= set(mine) - set(theirs)
            went |= set(theirs) - set(mine)
            moved = sorted(came & went)
            word = moved[0] if moved else None
        if word is not None:
            at = repr(claim[k].text) if k < len(claim) else "the end"
            there = f"; the source says {' '.join(theirs)!r} there" if theirs else ""
            reason = f"{word!r} differs before {at}{there}"
            yield Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, reason)


def _words_between(
    terms: tuple[Term, ...], after: int, upto: int, trailing: tuple[str, ...]
) -> tuple[str, ...]:
    words = [word for term in terms[after + 1 : upto + 1] for word in term.before]
    return (*words, *trailing) if upto == len(terms) else tuple(words)


def _align(claim: tuple[Term, ...], quote: tuple[Term, ...]) -> list[tuple[int, int]]:
    """The longest common run of keys, in order: pairs of places, both rising."""
    a, b = [t.key for t in claim], [t.key for t in quote]
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    rows, columns = len(a) - head - tail, len(b) - head - tail
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            length[i][j] = (
                length[i + 1][j + 1] + 1
                if a[head + i] == b[head + j]
                else max(length[i + 1][j], length[i][j + 1])
            )
    pairs = [(i, i) for i in range(head)]
    i = j = 0
    while i < rows and j < columns:
        if a[head + i] == b[head + j] and length[i][j] == length[i + 1][j + 1] + 1:
            pairs.append((head + i, head + j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    pairs += [(len(a) - tail + n, len(b) - tail + n) for n in range(tail)]
    return pairs


def _droppable(
    units: Iterable[Unit], kept: list[int], terms: tuple[Term, ...], dropped: set[int]
) -> set[int]:
    """Places of dropped terms inside units of which nothing was kept."""
    whole = [unit for unit in units if not any(unit.start <= start < unit.end for start in kept)]
    return {j for j in dropped if any(u.start <= terms[j].start < u.end for u in whole)}


def _added(
    added: list[Term], beside: list[Term], quote: tuple[Term, ...], neighbours: tuple[Term, ...]
) -> Iterator[Fault]:
    elsewhere = {term.key for term in quote}
    near_value = any(term.kind is TermKind.VALUE for term in neighbours)
    for term in added:
        opposite = next((t for t in beside if are_opposites(term.text, t.text)), None)
        if opposite is not None:
            reason = f"says {term.text!r} where the source says {opposite.text!r}"
            yield Fault(About.POLARITY, Label.CONTRADICT, reason)
        elif term.kind is TermKind.VALUE:
            yield _wrong_value(term, beside, term.key in elsewhere)
        elif term.key in elsewhere and near_value:
            reason = f"{term.text!r} stands with another value in the source"
            yield Fault(About.QUANTITIES, Label.CONTRADICT, reason)
        else:
            yield _wrong_word(term, beside, term.key in elsewhere)


def _wrong_value(term: Term, beside: list[Term], is_elsewhere: bool) -> Fault:
    if is_elsewhere:
        reason = f"{term.text!r} belongs to something else in the source"
        return Fault(About.QUANTITIES, Label.CONTRADICT, reason)
    instead = next((t for t in beside if t.kind is TermKind.VALUE), None)
    if instead is None:
        reason = f"{term.text!r} is not in the cited text"
        return Fault(About.QUANTITIES, Label.NOT_ENOUGH_INFO, reason)
    reason = f"says {term.text!r} where the source says {instead.text!r}"
    return Fault(About.QUANTITIES, Label.CONTRADICT, reason)


def _wrong_word(term: Term, beside: list[Term], is_elsewhere: bool) -> Fault:
    about = _ABOUT[term.kind]
    label = Label.CONTRADICT if about is About.POLARITY else Label.NOT_ENOUGH_INFO
    instead = " ".join(t.text for t in beside)
    if is_elsewhere:
        return Fault(about, label, f"{term.text!r} stands in another place in the source")
    if term.kind is TermKind.MODALITY and not instead:
        return Fault(about, label, f"adds {term.text!r}, which the source does not say")
    where = f"; there the source says {instead!r}" if instead else ""
    return Fault(about, label, f"{term.text!r} is not in the cited text{where}")


def _left_out(left_out: list[Term], added: list[Term]) -> Iterator[Fault]:
    for term in left_out:
        if term.kind is TermKind.NEGATION:
            reason = f"leaves out {term.text!r}"
            yield Fault(About.POLARITY, Label.CONTRADICT, reason)
        elif term.kind is TermKind.MODALITY:
            reason = f"leaves out {term.text!r}: the source says less firmly, or asks for it"
            yield Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, reason)
    words = [t.text for t in left_out if t.kind not in (TermKind.NEGATION, TermKind.MODALITY)]
    if words and not added:
        reason = f"leaves out {' '.join(dict.fromkeys(words))!r}, with which the source limits it"
        yield Fault(About.SCOPE, Label.NOT_ENOUGH_INFO, reason)
