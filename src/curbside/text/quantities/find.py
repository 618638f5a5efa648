"""The reader: goes through a sentence once, from each place where a quantity may start.

Every digit of the sentence ends up in exactly one quantity: what no shape explains becomes a
plain number, a year or part of a name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.quantities import names, schedules, statistics, values
from curbside.text.quantities.numbers import NUMBER_WORD
from curbside.text.quantities.records import Quantity
from curbside.text.quantities.sentence import Found, Sentence
from curbside.text.quantities.words import words

# "12 345" with a thin or no-break space is one number; a plain space separates two
_THIN = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_WORD_SHAPES = (
    statistics.effect_at,
    statistics.p_value_at,
    statistics.interval_at,
    schedules.time_label_at,
    schedules.frequency_at,
    values.sample_size_at,
    names.label_at,
    values.time_point_at,
    values.range_at,
    values.fraction_at,
    values.value_at,
)
_DIGIT_SHAPES = (
    statistics.interval_at,
    names.digits_first_at,
    schedules.frequency_at,
    values.fraction_at,
    values.value_at,
    names.leftover_at,
)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a sentence, in order, none overlapping another.

    Args:
        text: one sentence (any text does); spans point into it.

    Returns:
        Quantities by start. Every digit belongs to exactly one of them; an ordinal word
        ("third") or a bare "one" is none.

    >>> [q.text for q in find_quantities("Of 28 patients, 15 (54%) relapsed within 2 years.")]
    ['28', '15 (54%)', 'within 2 years']
    """
    return _find_quantities(text)


@lru_cache(maxsize=16384)
def _find_quantities(text: str) -> tuple[Quantity, ...]:
    sentence = Sentence(text, fold(_THIN.sub(",", text)))
    found: list[Quantity] = []
    at = 0
    while start := _starts().search(sentence.folded, at):
        shapes = _DIGIT_SHAPES if start.lastgroup == "digit" else _WORD_SHAPES
        if start.lastgroup == "name":
            reading: Found | None = names.identifier_at(sentence, start.start())
        elif start.lastgroup == "citation":
            reading = names.citation(sentence, start.start(), start.end())
        else:
            readings = (shape(sentence, start.start()) for shape in shapes)
            reading = next((reading for reading in readings if reading), None)
        if reading:
            found += reading
        at = reading[-1].span.end if reading else start.end()
    return tuple(found)


# where a quantity may start at a word, in folded text
_STARTING_WORDS = (
    r"(?:at|within|by)(?=\s)",
    r"n\s?=",
    r"r\s?=",
    r"p(?:values?|trend|interaction)?(?![a-z])",
    r"ci(?![a-z])",
    r"c\.i\.",
    r"(?:confidence|credible|interquartile|between|every)\s",
    r"(?:rang(?:e[sd]?|ing)|iqr|once|twice|thrice|bid|tid)(?![a-z])",
    r"(?:daily|weekly|monthly|yearly|annually)(?![a-z])",
    r"(?:b\.i\.d|t\.i\.d)",
    r"(?:days?|weeks?|months?|years?)[\s-](?=\d)",
    r"q(?=\s?\d{1,2}\s?(?:h|hr|hours|d|days|w|wk|wks|weeks|m|mo|months)(?![a-z]))",
    r"half(?![a-z])",
    r"an?\s(?=(?:half|third|quarter|fifth|tenth|year|month|week|day)(?![a-z]))",
    NUMBER_WORD,
)
# a reference mark "[12]" or the 7 of "humans.7", an isotope "(13)C"
_CITATION = (
    r"(?<!\d)\[\d{1,3}(?:\s?[,-]\s?\d{1,3})*\]"
    r"|(?<=[a-z)\]][.])\d{1,3}(?:[,-]\d{1,3})*(?=\s|$|[a-z])"
    r"|\(\d{1,3}\)(?=[a-z](?![a-z]))"
)
_NAME = (
    r"(?<![a-z0-9])[a-zα-ω]+(?:[-/][a-zα-ω]+){0,3}[-*]?\d"
    r"|[αβγδκω]\s\d(?![.·]\d)"
)
_DIGIT = r"(?<![\w.·])[.·]\d|\d|(?<![\w)\]%-])-(?=[.·]?\d)"


@cache
def _starts() -> re.Pattern[str]:
    worded = "|".join((words().starts, *_STARTING_WORDS))
    return re.compile(
        rf"(?P<citation>{_CITATION})|(?P<word>(?<![a-z0-9])(?:{worded}))"
        rf"|(?P<sign>[<>≤≥⩽⩾≦≧]|=[<>])|(?P<name>{_NAME})|(?P<digit>{_DIGIT})"
    )
