"""Digits that are no quantity: "type 1", "CD4", "COVID-19", "[12]", "6-mercaptopurine"."""

from __future__ import annotations

import re

from curbside.text.quantities.after import unit_after
from curbside.text.quantities.records import QuantityKind
from curbside.text.quantities.sentence import Found, Sentence
from curbside.text.quantities.words import words

_NUMERAL = r"(?:\d{1,3}(?!\d|[.,·]\d)(?:[a-z](?![a-z]))?|[ivx]{1,4}[abc]?(?![a-z]))"
_NUMERALS = re.compile(rf"{_NUMERAL}(?:(?:\s?(?:,|/|-|and|or|,\sand|,\sor)\s?){_NUMERAL}){{0,6}}")
_PART = re.compile(r"[a-zα-ω]+[-/](?=[a-zα-ω])")
_IDENTIFIER = re.compile(
    r"[a-zα-ω]+\s?[-*]?\d[0-9a-zα-ω]*(?:[*:/-][a-z0-9]*\d[a-z0-9]*|\.\d+[a-z0-9]*)*"
)
_DIGITS_FIRST = re.compile(
    # a DOI; a date, version or clock; a chemical locant; letters glued to digits
    r"10\.\d{4,9}/\S+"
    r"|\d+(?:(?:-\d+){2,}|(?:/\d+){2,}|(?::\d+){2,}|(?:\.\d+){2,})[a-z0-9]*"
    r"|\d\d:\d\d(?!\d)|\d+:\d+[a-z][a-z0-9-]*"
    r"|(?P<compound>\d+(?:[,']\d+){0,4}-(?P<noun>[a-z]{2,}))"
    r"|(?P<glued>\d+[*]?[a-zα-ω][0-9a-zα-ω]*(?:[*:/-][a-z0-9]*\d[a-z0-9]*)*)"
)
_LEFTOVER = re.compile(r"[.·-]?\d+(?:[,.·]\d+)*")


def label_at(sentence: Sentence, start: int) -> Found | None:
    """ "type 1", "stages II and III", "Recommendation 31"; a unit after it makes it none."""
    label = words().label.match(sentence.folded, start)
    numerals = _NUMERALS.match(sentence.folded, label.end()) if label else None
    if numerals is None:
        return None
    is_roman = not sentence.folded[numerals.start()].isdigit()
    if is_roman and not sentence.text[numerals.start()].isupper():
        return None
    if not is_roman and unit_after(sentence, numerals.end()):
        return None
    return (sentence.quantity(QuantityKind.NAME, start, numerals.end()),)


def identifier_at(sentence: Sentence, start: int) -> Found:
    """Letters with digits: "HLA-DR3", "IgG4" of "IgG4-associated", "CD20" of "anti-CD20"."""
    while part := _PART.match(sentence.folded, start):
        if not sentence.text[start : part.end()].islower():
            break
        start = part.end()
    end = start + 1
    lead = start
    while part := _PART.match(sentence.folded, lead):
        lead = part.end()
    if match := _IDENTIFIER.match(sentence.folded, lead):
        end = match.end()
    return (sentence.quantity(QuantityKind.NAME, start, end),)


def citation(sentence: Sentence, start: int, end: int) -> Found:
    """A reference mark, "[12, 13]" or the 7 of "humans.7"; or an isotope, "(13)C"."""
    if sentence.text[start] == "(":
        end += 1
    return (sentence.quantity(QuantityKind.NAME, start, end),)


def digits_first_at(sentence: Sentence, start: int) -> Found | None:
    """A token that starts with digits and is no number with its unit."""
    match = _DIGITS_FIRST.match(sentence.folded, start)
    if match is None:
        return None
    end = match.end()
    if match["compound"]:
        noun = match["noun"]
        digits = match.start("noun") - 1
        is_counted = noun in words().counted or noun.removesuffix("s") in words().counted
        if is_counted or noun in _JOINTS or unit_after(sentence, digits):
            return None
        return (sentence.quantity(QuantityKind.NAME, start, end),)
    if match["glued"]:
        digits = start + len(re.match(r"\d+", match[0])[0])  # type: ignore[index]  # the pattern starts with one
        if unit_after(sentence, digits) or re.match(
            r"x\s?(?:10|\(|uln|the)|(?:to|and)\s", sentence.folded[digits:]
        ):
            return None
        tail = sentence.text[digits:end]
        year = re.match(r"(?:19|20)\d\d(?=[a-z](?![a-z])|s(?![a-z]))", sentence.folded[start:])
        if year:
            return (sentence.quantity(QuantityKind.YEAR, start, end, value=float(year[0])),)
        # a heading run together with its note mark, "3Oxygen"
        is_word = len(tail) > 3 and tail[0].isupper() and tail[1:].islower() and tail.isalpha()
        return (sentence.quantity(QuantityKind.NAME, start, digits if is_word else end),)
    return (sentence.quantity(QuantityKind.NAME, start, end),)


_JOINTS = frozenset(
    {
        "to",
        "fold",
        "year",
        "weekly",
        "monthly",
        "daily",
        "hourly",
        "yearly",
        "side",
        "sided",
        "point",
    }
)


def leftover_at(sentence: Sentence, start: int) -> Found | None:
    """Digits that are too long for a number, or that stand where none can."""
    match = _LEFTOVER.match(sentence.folded, start)
    return (sentence.quantity(QuantityKind.NAME, start, match.end()),) if match else None
