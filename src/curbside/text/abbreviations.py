"""Abbreviations that a text defines for itself, with the place of both forms.

Source:
    Schwartz & Hearst, A simple algorithm for identifying abbreviation definitions in biomedical
    text, Pacific Symposium on Biocomputing 2003. Added here: offsets, plural short forms
    ("RCTs"), Greek letters read as their Latin initial ("TNF-α"), and what the paper lets pass: a
    short form must hold a capital and no figure of its own ("(or)", "OR 1.04", "group A"), and a
    long form must be a phrase, most of whose words the short form takes a letter of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
# a figure or a label with its number, and no abbreviation
_NO_DEFINED_FORM = re.compile(r".*[<>=≤≥±%]|.*\d[.·]\d|[a-z]{2,}\s|.*\s[\d.·]+$")
# what no name holds: a bracket, a clause, a comparison
_NO_PHRASE = re.compile(r"[()\[\]{};:<>=≤≥±%®]|\w\w[.!?]\s")
_GLUED = re.compile(r"(?<=\w)\([^()\[\]]*\)")  # "poly(ethylene glycol)"
_CLAUSE_WORD = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being|has|have|had|do|does|did|can|could|may|might|will|would|"
    r"shall|should|must|that|which|who|whom|whose|than|then|thus|our|their|its|his|her|we|they|it|"
    r"these|those|this)\b"
)
# words that an abbreviation may pass over, and that no name opens with
_SMALL_WORD = re.compile(
    r"(?:a|an|the|of|and|or|for|in|into|to|with|without|by|on|at|from|as|per|plus|versus|vs|via|de|"
    r"la|also|between|among|during|after|before|under|both|each|either)"
)
_PREFIX = re.compile(r"(?:anti|pre|post)-", re.IGNORECASE)
_SPELT_LEAST = 0.6  # of the words of a long form that are not small
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
    return _find_abbreviations(text)


@lru_cache(maxsize=4096)
def _find_abbreviations(text: str) -> tuple[Abbreviation, ...]:
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


@lru_cache(maxsize=16384)
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


@lru_cache(maxsize=4096)
def best_spelt(short: str, terms: tuple[str, ...]) -> str | None:
    """The term of several words that spells `short` from its first word on, with the fewest words
    passed over, the first of equals; None where none does.

    >>> best_spelt("ALT", ("liver test", "abnormal-transaminase index", "alanine aminotransferase"))
    'alanine aminotransferase'
    """
    spelt = [
        term
        for term in terms
        if len(term.split()) > 1 and _best_start(short, term) == 0 and _is_long_form(short, term)
    ]
    return max(spelt, key=lambda term: spelt_share(short, term), default=None)


@lru_cache(maxsize=512)
def meaning_of(short: str, text: str) -> str | None:
    """What `text` says that `short` stands for, where it first defines it; None where it does not.

    Only the places around the form are read, so a whole article costs little.
    """
    for place in re.finditer(rf"(?<!\w){re.escape(short)}s?(?!\w)", text):
        start = max(0, place.start() - _READ)
        # the form stands in a bracket, or right before one
        if not re.search(r"[(\[]", text[max(0, place.start() - 24) : place.end() + 3]):
            continue
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
        and not _NO_DEFINED_FORM.match(form)
    )


def _is_long_form(short: str, long: str) -> bool:
    """The checks of the paper (longer than the short form, and not holding it as a word), and
    that it is a phrase most of whose words the short form spells."""
    if len(long) <= len(short) or short in long.split() or _NO_PHRASE.search(_GLUED.sub("", long)):
        return False
    return spelt_share(short, long) >= _SPELT_LEAST


def spelt_share(short: str, long: str) -> float:
    """The share of the words of `long` that give `short` a letter or more; 1 where their initials
    are `short`, else 0 where it is a clause or opens with a small word.

    >>> spelt_share("NICE", "National Institute for Health and Care Excellence")
    0.8
    >>> spelt_share("ALT", "abnormal-transaminase index"), spelt_share("MS", "the mean score")
    (0.5, 0.0)
    """
    words = [word for word in re.split(r"[\s/,()]+", _latin(long)) if word]
    wanted = "".join(char for char in _latin(short) if char.isalnum())
    if "".join(word[0] for word in words) == wanted:
        return 1.0
    if not words or _SMALL_WORD.fullmatch(words[0]) or _CLAUSE_WORD.search(" ".join(words)):
        return 0.0
    if _PLURAL.fullmatch(short) and not _may_spell(wanted, words):
        wanted = wanted[:-1]
    telling = sum(1 for word in words if _tells(word))
    passed = _least_passed(wanted, tuple(words))
    return 0.0 if passed is None or not telling else (telling - passed) / telling


def _latin(text: str) -> str:
    return fold(text).translate(_LATIN)


def _tells(word: str) -> bool:
    return not _SMALL_WORD.fullmatch(word) and any(char.isalnum() for char in word)


def _may_spell(wanted: str, words: Sequence[str]) -> bool:
    return _least_passed(wanted, tuple(words)) is not None


def _least_passed(wanted: str, words: tuple[str, ...]) -> int | None:
    """The fewest telling words that must be passed over to spell `wanted` from `words` in order,
    each word giving letters in its own order; None where it cannot be spelt."""
    passed: dict[int, int] = {0: 0}  # letters spelt so far -> words passed over
    for word in words:
        cost = 1 if _tells(word) else 0
        following = {spelt: least + cost for spelt, least in passed.items()}
        for spelt, least in passed.items():
            place = 0
            for at in range(spelt, len(wanted)):
                place = word.find(wanted[at], place) + 1
                if not place:
                    break
                following[at + 1] = min(following.get(at + 1, least), least)
        passed = following
    return passed.get(len(wanted))


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
    prefix = _PREFIX.match(long, opens)
    if prefix and prefix.end() == at:
        return at
    # "non-small cell" keeps its "non-", but a bracket or quote before the word is not part of it
    return opens if letters[opens:at].replace("-", "").isalnum() else at
