"""Abbreviations that a text defines for itself, with the place of both forms.

Source:
    Schwartz & Hearst, A simple algorithm for identifying abbreviation definitions in biomedical
    text, Pacific Symposium on Biocomputing 2003. Added here: offsets, plural short forms
    ("RCTs"), Greek letters read as their Latin initial ("TNF-α"), and a short form must hold a
    capital, as "(or)" otherwise passes for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from curbside.records import Mention, Span
from curbside.text.normalise import fold

_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]")
_CLAUSE_END = re.compile(r"[;,:=]|\s(?:or|also|hereafter|see)\s")
_WORD = re.compile(r"\S+")
_LAST_WORD = re.compile(r"(?<!\S)[\"'“(\[]?([^\s()\[\]]+)\s*$")
_PLURAL = re.compile(r"[A-Z]{2,}s")
_SENTENCE_END = re.compile(r"[.!?;]\s+(?=[A-Z])")
_CAPITALS = re.compile(r"(?<![\w@.])[A-Za-z][A-Za-z0-9]{1,11}(?![\w@])")
# a section label, or words in capitals one after another
_SHOUTED = re.compile(r"^[A-Z][A-Z &/,'-]{3,60}:|\b[A-Z]{3,}(?: (?:[A-Z]{2,}|&)){2,}\b")
# a Roman numeral, a name with capitals inside ("PubMed"), an identifier ("PMC1234567")
_NO_SHORT_FORM = re.compile(r"[IVX]+[ab]?|[A-Za-z]*[a-z]{3,}[A-Za-z0-9]*|\w*\d{4,}\w*")
_LATIN = str.maketrans("αβγδεζικλμνορστχω", "abgdeziklmnorstco")
_SHORT_MIN, _SHORT_MAX = 2, 10
_READ = 160  # code points on either side of a form


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for, both as printed where the text defines it."""

    short: Mention
    long: Mention


def find_abbreviations(text: str) -> tuple[Abbreviation, ...]:
    """The definitions "long form (SHORT)" and "SHORT (long form)", in the order of the text.

    Empty if none is found. A form defined twice is listed twice.

    >>> [(a.short.text, a.long.text) for a in find_abbreviations("Interleukin 6 (IL-6) rose.")]
    [('IL-6', 'Interleukin 6')]
    """
    found = []
    for bracket in _BRACKET.finditer(text):
        inner = _trimmed(text, bracket.start(1), bracket.end(1))
        if inner is None:
            continue
        pair = _long_before(text, bracket.start(), inner) or _long_inside(
            text, bracket.start(), inner
        )
        if pair:
            short, long = pair
            found.append(Abbreviation(Mention(short.of(text), short), Mention(long.of(text), long)))
    return tuple(found)


def find_short_forms(text: str) -> tuple[str, ...]:
    """Every word of `text` that is written as an abbreviation, once, in order of first use.

    A word counts with two capitals or more ("HbA1c", "RCTs" as "RCT"); a Roman numeral, a name
    with capitals inside ("PubMed"), an identifier and words that are all shouted (a heading) do
    not.

    >>> find_short_forms("RESULTS AND METHODS: in type II UC, anti-TNF and mRNA, RCTs of PubMed.")
    ('UC', 'TNF', 'mRNA', 'RCT')
    """
    found: dict[str, None] = {}
    shouted = [match.span() for match in _SHOUTED.finditer(text)]
    for match in _CAPITALS.finditer(text):
        form = match[0]
        if any(start <= match.start() < end for start, end in shouted):
            continue
        if _PLURAL.fullmatch(form):
            form = form[:-1]
        if sum(char.isupper() for char in form) < 2:
            continue
        if not _NO_SHORT_FORM.fullmatch(form):
            found.setdefault(form)
    return tuple(found)


def is_spelt_by(short: str, long: str) -> bool:
    """Whether `long` spells the abbreviation `short`, from its first word on.

    >>> is_spelt_by("ALT", "alanine aminotransferase"), is_spelt_by("ALT", "the liver test")
    (True, False)
    """
    return len(long.split()) > 1 and _best_start(short, long) == 0 and _is_long_form(short, long)


def meaning_of(short: str, text: str) -> str | None:
    """What `text` says that `short` stands for, where it first defines it; None where it does not.

    Only the places around the form are read, so a whole article costs little.
    """
    for place in re.finditer(rf"(?<!\w){re.escape(short)}s?(?!\w)", text):
        start = max(0, place.start() - _READ)
        for pair in find_abbreviations(text[start : place.end() + _READ]):
            if pair.short.text in (short, f"{short}s"):
                return pair.long.text
    return None


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The first clause of a bracket: "ALL" of "(ALL; also called ...)", without quotes."""
    cut = _CLAUSE_END.search(text, start, end)
    end = cut.start() if cut else end
    while start < end and (text[start].isspace() or text[start] in "\"'“”‘’"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "\"'“”‘’"):
        end -= 1
    return Span(start, end) if start < end else None


def _long_before(text: str, bracket: int, short: Span) -> tuple[Span, Span] | None:
    form = short.of(text)
    if not _is_short_form(form):
        return None
    stops = [match.end() for match in _SENTENCE_END.finditer(text, 0, bracket)]
    floor = max(stops, default=0)
    letters = sum(char.isalnum() for char in form)
    words = list(_WORD.finditer(text, floor, bracket))[-min(letters + 5, letters * 2) :]
    if not words:
        return None
    candidate = Span(words[0].start(), words[-1].end())
    start = _best_start(form, candidate.of(text))
    if start is None:
        return None
    long = Span(candidate.start + start, candidate.end)
    return (short, long) if _is_long_form(form, long.of(text)) else None


def _long_inside(text: str, bracket: int, inner: Span) -> tuple[Span, Span] | None:
    word = _LAST_WORD.search(text, max(0, bracket - 40), bracket)
    if not word or not _is_short_form(word[1]):
        return None
    long = inner.of(text)
    letters = sum(char.isalnum() for char in word[1])
    if len(long.split()) > min(letters + 5, letters * 2) or _best_start(word[1], long) != 0:
        return None
    return (Span(*word.span(1)), inner) if _is_long_form(word[1], long) else None


def _is_short_form(form: str) -> bool:
    return (
        _SHORT_MIN <= len(form) <= _SHORT_MAX
        and len(form.split()) <= 2
        and form[0].isalnum()
        and any(char.isupper() for char in form)
    )


def _is_long_form(short: str, long: str) -> bool:
    """The checks of the paper: longer than the short form, and not holding it as a word."""
    return len(long) > len(short) and short not in long.split()


def _best_start(short: str, long: str) -> int | None:
    """Where the shortest tail of `long` that spells `short` starts; a plural s may be left out."""
    start = _spelt_from(short, long)
    if start is None and _PLURAL.fullmatch(short):
        start = _spelt_from(short[:-1], long)
    return start


def _spelt_from(short: str, long: str) -> int | None:
    wanted = fold(short).translate(_LATIN)
    letters = fold(long).translate(_LATIN)
    at = len(letters)
    for place in range(len(wanted) - 1, -1, -1):
        char = wanted[place]
        if not char.isalnum():
            continue
        at -= 1
        # the first character must open a word of the long form
        while at >= 0 and (
            letters[at] != char or (place == 0 and at > 0 and letters[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
    opens = max(letters.rfind(" ", 0, at) + 1, 0)
    # "non-small cell" keeps its "non-", but a bracket or quote before the word is not part of it
    return opens if letters[opens:at].replace("-", "").isalnum() else at
