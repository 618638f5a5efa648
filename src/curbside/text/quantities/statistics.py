"""Statistics as quantities: a measure right before its figure, intervals, p values.

Each is taken for what is printed at one place, as the figures of two sentences are compared. Which
measure governs a figure that stands apart from it is the matter of `text.effects`.
"""

from __future__ import annotations

import re

from curbside.text.measures import Scale, scale_of
from curbside.text.quantities.after import unit_after
from curbside.text.quantities.numbers import Number, number_at
from curbside.text.quantities.records import QuantityKind
from curbside.text.quantities.sentence import Found, Sentence
from curbside.text.quantities.words import words

_LINK = re.compile(
    r"(?:\s?[(\[][a-z]{1,5}[)\]])?(?:\s?(?:=|:|,|~|≈)\s?|\s(?:of|was|were|is)\s|\s?[(\[]\s?|\s)\+?"
)
_CORRELATION = re.compile(r"(?:r|ρ|rho)\s?=\s?")
_JOIN = re.compile(r"[\s,;]{0,3}[(\[]?\s?")
_LEVEL = re.compile(r"(?P<level>\d{2}(?:[.·]\d+)?)\s?%\s?")
_CI = re.compile(
    r"(?P<side>(?:1|one|2|two)-sided?\s)?(?:confidence\s(?:intervals?|limits?)|credible\sintervals?"
    r"|c\.?i\.?s?(?![a-z])|cri(?![a-z]))(?:\s?[(\[](?:ci|cri)[)\]])?(?:\s?(?P<late>9\d)\s?%)?"
    r"(?:\sfor\s(?:the\s)?(?:mean\s)?difference)?"
)
_BOUND_LINK = re.compile(r"\s?[:=,]?\s?(?:(?:of|from|was|is)\s)?[(\[]?\s?\+?")
_BETWEEN = re.compile(r"\s?%?\s?(?:to|-|and|,|;)\s?\+?")
_OPEN = re.compile(r"\s?[(\[]\s?\+?")
_P = re.compile(
    r"p(?:(?P<value>[\s-]?values?)"
    r"|[\s_-]?(?:for\s)?(?:trend|interaction|heterogeneity|adj(?:usted)?))?"
    r"\s?(?P<sign>(?:<=|>=|[<>=≤≥⩽⩾]|(?:of|was|were|is)\s))\s?"
)
_SIGNS = {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "of": "=", "was": "=", "were": "=", "is": "="}


def effect_at(sentence: Sentence, start: int) -> Found | None:
    """ "HR 3.1, 95% CI 1.2-8.1, p = 0.02": a measure, its point, and what follows of the rest."""
    folded = sentence.folded
    opened = _measure_at(sentence, start)
    if opened is None:
        return None
    name, at = opened
    point = number_at(folded, at)
    if point is None or point.is_word:
        return None
    end, high = point.end, None
    if (to := re.compile(r"\s?(?:-|to)\s?").match(folded, end)) and (
        high := number_at(folded, to.end())
    ):
        end = high.end
    unit = unit_after(sentence, end)
    if unit and scale_of(name) is Scale.RATIO:  # "HR 72 beats/min"
        return None
    end = unit.end if unit else end
    low_high, level, end = _interval_of(sentence, end)
    p, end = _p_of(sentence, end)
    bounds = low_high or ((point.value, high.value) if high else None)
    return (
        sentence.quantity(
            QuantityKind.EFFECT, start, sentence.close(start, end), unit=name,
            value=None if high and not low_high else point.value,
            low=bounds[0] if bounds else None, high=bounds[1] if bounds else None, p=p, level=level,
        ),
    )  # fmt: skip


def _measure_at(sentence: Sentence, start: int) -> tuple[str, int] | None:
    if match := _CORRELATION.match(sentence.folded, start):
        return "r", match.end()
    match = words().measure.match(sentence.folded, start)
    if match is None:
        return None
    name = words().measures.get(" ".join(match[0].split()))
    name = name or words().printed_measures.get(sentence.text[start : match.end()])
    link = _LINK.match(sentence.folded, match.end())
    return (name, link.end()) if name and link else None


def _interval_of(
    sentence: Sentence, at: int
) -> tuple[tuple[float, float] | None, float | None, int]:
    """Bounds, level and end of the interval that follows an estimate; nothing where none does."""
    folded = sentence.folded
    join = _JOIN.match(folded, at)
    begin = join.end() if join else at
    level = _LEVEL.match(folded, begin)
    ci = _CI.match(folded, level.end() if level else begin)
    if ci and (link := _BOUND_LINK.match(folded, ci.end())):
        bounds = _bounds_at(sentence, link.end())
        if bounds:
            end = sentence.close(at, bounds[2])
            return bounds[:2], _level(level, ci), end
    if (opened := _OPEN.match(folded, at)) and (bounds := _bounds_at(sentence, opened.end())):
        end = sentence.close(at, bounds[2])
        if end > bounds[2]:
            return bounds[:2], None, end
    return None, None, at


def _level(level: re.Match[str] | None, ci: re.Match[str]) -> float | None:
    printed = level["level"] if level else ci["late"]
    return float(printed.replace("·", ".")) if printed else None


def _bounds_at(sentence: Sentence, at: int) -> tuple[float, float, int] | None:
    low = number_at(sentence.folded, at)
    between = _BETWEEN.match(sentence.folded, low.end) if low else None
    high = number_at(sentence.folded, between.end()) if between else None
    if low is None or high is None:
        return None
    return low.value, high.value, high.end


def interval_at(sentence: Sentence, start: int) -> Found | None:
    """A confidence interval that stands alone, with its bounds or only its level."""
    folded = sentence.folded
    level = _LEVEL.match(folded, start)
    ci = _CI.match(folded, level.end() if level else start)
    if ci is None:
        return None
    link = _BOUND_LINK.match(folded, ci.end())
    at = link.end() if link else ci.end()
    bounds = _bounds_at(sentence, at)
    lone: Number | None = number_at(folded, at) if ci["side"] else None
    if not (bounds or lone or level or ci["late"]):
        return None
    end = bounds[2] if bounds else lone.end if lone else ci.end()
    unit = unit_after(sentence, end) if bounds else None
    factor = unit.factor if unit else 1.0
    low = bounds[0] if bounds else lone.value if lone else None
    end = unit.end if unit else end
    return (
        sentence.quantity(
            QuantityKind.INTERVAL, start, sentence.close(start, end),
            low=None if low is None else low * factor,
            high=bounds[1] * factor if bounds else None,
            unit=unit.name if unit else None, level=_level(level, ci),
        ),
    )  # fmt: skip


def p_value_at(sentence: Sentence, start: int) -> Found | None:
    """ "p < .05", "P value of 0.03", "ptrend = 0.048"."""
    read = _p_at(sentence, start)
    if read is None:
        return None
    sign, number = read
    return (
        sentence.quantity(
            QuantityKind.P_VALUE, start, number.end, value=number.value, unit="p",
            comparator=None if sign == "=" else sign, p=_printed(sentence, sign, number),
        ),
    )  # fmt: skip


def _p_of(sentence: Sentence, at: int) -> tuple[str | None, int]:
    join = _JOIN.match(sentence.folded, at)
    read = _p_at(sentence, join.end()) if join else None
    if read is None:
        return None, at
    return _printed(sentence, *read), read[1].end


def _p_at(sentence: Sentence, start: int) -> tuple[str, Number] | None:
    match = _P.match(sentence.folded, start)
    if match is None or (match["sign"][0].isalpha() and not match["value"]):
        return None
    number = number_at(sentence.folded, match.end())
    sign = match["sign"].strip()
    return (_SIGNS.get(sign, sign), number) if number and not number.is_word else None


def _printed(sentence: Sentence, sign: str, number: Number) -> str:
    return f"{sign} {sentence.text[number.start : number.end]}"
