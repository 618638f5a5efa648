"""Quantities in biomedical prose: every number of a sentence, with its unit, span and kind.

The grammar is a list of shapes tried in order; a later one never takes what an earlier one has.
Whatever digits are left become plain numbers, years or parts of names, so that no number of a
sentence is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from curbside.records import Span
from curbside.text.normalise import fold
from curbside.text.units import Unit, dose_unit_pattern, read_unit


class QuantityKind(StrEnum):
    """What a quantity is."""

    COUNT = "count"
    PERCENT = "percent"
    COUNT_PERCENT = "count-percent"
    RATIO_OF = "ratio-of"
    RANGE = "range"
    MEASURE = "measure"
    MEAN_SD = "mean-sd"
    EFFECT = "effect"
    INTERVAL = "interval"
    P_VALUE = "p-value"
    DURATION = "duration"
    TIME_POINT = "time-point"
    DOSE = "dose"
    THRESHOLD = "threshold"
    FREQUENCY = "frequency"
    NUMBER = "number"
    YEAR = "year"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity. `value`, `low` and `high` are in `unit`, which is canonical ("mg/kg/day",
    "month", "%"); `comparator` is one of <, <=, >, >= or None; `p` is as printed."""

    kind: QuantityKind
    text: str
    span: Span
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    comparator: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    percent: float | None = None
    p: str | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Atom:
    """One elementary value of a quantity: what a verifier looks for in a quote."""

    value: float
    unit: str | None
    comparator: str | None


_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "half": 0.5, "twice": 2.0,
}  # fmt: skip
_FRACTIONS = {
    "half": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
}
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD = (
    rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES}|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen)"
)
_DIGITS = r"(?:\d{1,3}(?:[, ]\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.·]\d+)?|[.·]\d+)"
_POWER = r"(?:\s?[x×]\s?10\s?\^?\s?[-−]?\d{1,2}|[x×]10[-−]?\d{1,2})"
_NUM = rf"(?<![\w.·])(?:{_DIGITS}(?:{_POWER})?)(?![\d])"
_ANY = rf"(?:{_NUM}|(?<![\w-]){_WORD}(?![\w]))"
_SYMBOL = r"(?:<=|>=|<|>|≤|≥|⩽|⩾)"
_COMPARE = (
    rf"(?:{_SYMBOL}|at least|at most|more than|less than|fewer than|greater than|higher than|"
    r"lower than|no higher than|no more than|no less than|not more than|not less than|up to|"
    r"above|below|under|over|exceeding|at or above|at or below)"
)
_COMPARATORS = {
    "<": "<", ">": ">", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "<=": "<=", ">=": ">=",
    "at least": ">=", "no less than": ">=", "not less than": ">=", "at or above": ">=",
    "at most": "<=", "no more than": "<=", "not more than": "<=", "no higher than": "<=",
    "up to": "<=", "at or below": "<=", "more than": ">", "greater than": ">", "higher than": ">",
    "above": ">", "over": ">", "exceeding": ">", "less than": "<", "fewer than": "<",
    "lower than": "<", "below": "<", "under": "<",
}  # fmt: skip
_AFTER = {"or more": ">=", "or higher": ">=", "or greater": ">=", "or above": ">=", "or older": ">=",
          "or less": "<=", "or lower": "<=", "or fewer": "<=", "or below": "<=", "or younger": "<="}  # fmt: skip
_TAIL = rf"(?:\s+(?P<tail>{'|'.join(_AFTER)})\b)?"
_LEAD = rf"(?:(?P<cmp>{_COMPARE})\s*)?"
_TO = r"\s?(?:-|to|and|,)\s?"
_MEASURES = {
    "odds ratio": "OR", "hazard ratio": "HR", "relative risk": "RR", "risk ratio": "RR",
    "rate ratio": "RR", "incidence rate ratio": "IRR", "prevalence ratio": "PR",
    "mean difference": "MD", "standardised mean difference": "SMD",
    "standardized mean difference": "SMD", "weighted mean difference": "WMD",
    "risk difference": "RD", "absolute difference": "RD", "or": "OR", "hr": "HR", "rr": "RR",
    "irr": "IRR", "smd": "SMD", "md": "MD", "wmd": "WMD", "rd": "RD", "aor": "OR", "ahr": "HR",
    "arr": "RR", "pr": "PR", "aors": "OR", "ors": "OR", "hrs": "HR", "rrs": "RR", "beta": "beta",
}  # fmt: skip
_CI = r"(?:(?P<level>\d{2}(?:\.\d)?)\s?%\s*)?(?:confidence intervals?|c\.?i\.?s?)(?:\s*\[ci\]|\s*\(ci\))?"
_P = rf"p(?:\s*-?\s*values?)?\s*(?P<pcmp>=|{_SYMBOL}|of|was|were)\s*(?P<p>{_DIGITS}(?:{_POWER})?)"


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a sentence, in order, none overlapping another.

    Args:
        text: one sentence; spans point into it.

    Returns:
        Quantities by start. Every digit belongs to exactly one of them.
    """
    return _find_quantities(text)


@lru_cache(maxsize=16384)
def _find_quantities(text: str) -> tuple[Quantity, ...]:
    folded = fold(text).replace("−", "-")
    taken = bytearray(len(folded))
    found: list[Quantity] = []
    if not _MAYBE.search(folded):
        return ()
    for pattern, build in _shapes():
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            quantity = build(match, text)
            if quantity is None:
                continue
            taken[quantity.span.start : quantity.span.end] = b"\1" * (
                quantity.span.end - quantity.span.start
            )
            found.append(quantity)
    return tuple(sorted(found, key=lambda quantity: quantity.span))


_MAYBE = re.compile(
    rf"\d|\b(?:{_ONES}|ten|eleven|twelve|\w+teen|{_TENS}|half|third|quarter|weekly|monthly|daily|"
    r"twice|yearly|annually)\b"
)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities state the same values, units and comparators, however written."""
    return sorted(_keys(atoms(one))) == sorted(_keys(atoms(other)))


def atoms(quantity: Quantity) -> tuple[Atom, ...]:
    """The elementary values inside a quantity, in reading order."""
    parts: list[Atom] = []

    def add(value: float | None, unit: str | None, comparator: str | None = None) -> None:
        if value is not None:
            parts.append(Atom(value, unit, comparator))

    # a number within a name or a year is itself, not the number
    if quantity.kind in (QuantityKind.NAME, QuantityKind.YEAR):
        add(_first_digits(quantity.text), quantity.kind.value)
        return tuple(parts)
    add(quantity.numerator, None)
    add(quantity.denominator, "of")
    add(quantity.percent, "%")
    if quantity.kind is QuantityKind.EFFECT:
        add(quantity.value, "effect")
    else:
        add(quantity.value, quantity.unit, quantity.comparator)
    bound = "bound" if quantity.kind is QuantityKind.EFFECT else quantity.unit
    add(quantity.low, bound)
    add(quantity.high, bound)
    if quantity.p is not None and quantity.kind is QuantityKind.EFFECT:
        sign, value = re.split(r"\s+", quantity.p, maxsplit=1)
        add(_number(value), "p", None if sign == "=" else sign)
    return tuple(parts)


def _keys(parts: Iterable[Atom]) -> list[tuple[float, str, str]]:
    return [(round(a.value, 9), a.unit or "", a.comparator or "") for a in parts]


def _first_digits(text: str) -> float | None:
    digits = "".join(re.findall(r"\d+", text))
    return float(digits[:15]) if digits else None


def _number(words: str) -> float | None:
    text = words.strip().lower().replace("·", ".").replace("−", "-")
    power = re.search(rf"{_POWER}$", text)
    scale = 1.0
    if power:
        exponent = re.search(r"10\s?\^?\s?(-?\d{1,2})$", text)
        scale = 10.0 ** int(exponent[1]) if exponent else 1.0
        text = text[: power.start()]
    if re.fullmatch(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?", text):
        text = re.sub(r"[, ]", "", text)
    try:
        return float(text) * scale
    except ValueError:
        pass
    total = 0.0
    for part in re.split(r"[- ]", text):
        if part not in _WORDS:
            return None
        total += _WORDS[part]
    return total


_Build = Callable[[re.Match[str], str], Quantity | None]


def _make(kind: QuantityKind, match: re.Match[str], text: str, **values: object) -> Quantity:
    start, end = match.span()
    return Quantity(kind, text[start:end], Span(start, end), **values)  # type: ignore[arg-type]  # one builder for all kinds


def _comparator(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if groups.get("cmp"):
        return _COMPARATORS[re.sub(r"\s+", " ", groups["cmp"])]
    if groups.get("tail"):
        return _AFTER[re.sub(r"\s+", " ", groups["tail"])]
    return None


def _p_text(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if not groups.get("p"):
        return None
    sign = {"of": "=", "was": "=", "were": "="}.get(groups["pcmp"], groups["pcmp"])
    return f"{_COMPARATORS.get(sign, sign)} {groups['p']}"


def _p_value(match: re.Match[str], text: str) -> Quantity:
    sign, value = (_p_text(match) or "= ").split(" ", 1)
    return _make(
        QuantityKind.P_VALUE, match, text, value=_number(value), unit="p",
        comparator=None if sign == "=" else sign, p=f"{sign} {value}",
    )  # fmt: skip


def _effect(match: re.Match[str], text: str) -> Quantity:
    level = match.groupdict().get("level")
    return _make(
        QuantityKind.EFFECT, match, text, value=_number(match["point"]),
        low=_number(match["low"]) if match["low"] else None,
        high=_number(match["high"]) if match["high"] else None,
        unit=_MEASURES[re.sub(r"\s+", " ", match["measure"])], p=_p_text(match),
        level=float(level) if level else None,
    )  # fmt: skip


def _interval(match: re.Match[str], text: str) -> Quantity:
    level = match.groupdict().get("level")
    return _make(
        QuantityKind.INTERVAL, match, text, low=_number(match["low"]), high=_number(match["high"]),
        unit="%" if match["pct"] else None, level=float(level) if level else None,
    )  # fmt: skip


def _count_percent(match: re.Match[str], text: str) -> Quantity:
    return _make(
        QuantityKind.COUNT_PERCENT, match, text,
        numerator=_number(match["n"]), percent=_number(match["pct"]),
    )  # fmt: skip


def _ratio(match: re.Match[str], text: str) -> Quantity:
    return _make(
        QuantityKind.RATIO_OF, match, text,
        numerator=_number(match["n"]), denominator=_number(match["d"]),
    )  # fmt: skip


def _fraction(match: re.Match[str], text: str) -> Quantity | None:
    count = _number(match["n"]) if match["n"] else 1.0
    if count is None:
        return None
    return _make(
        QuantityKind.RATIO_OF, match, text,
        numerator=count, denominator=float(_FRACTIONS[match["part"]]),
    )  # fmt: skip


def _mean_sd(match: re.Match[str], text: str) -> Quantity:
    unit = read_unit(match["unit"]) if match["unit"] else None
    factor = unit.factor if unit else 1.0
    value, spread = _number(match["n"]), _number(match["sd"])
    return _make(
        QuantityKind.MEAN_SD, match, text,
        value=_scaled(value, factor), high=_scaled(spread, factor),
        unit=unit.name if unit else ("%" if match["pct"] else None),
    )  # fmt: skip


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _kind_of(unit: Unit, lead: str, comparator: str | None) -> QuantityKind:
    if unit.name in ("day", "month"):
        return QuantityKind.TIME_POINT if lead in ("at", "within", "by") else QuantityKind.DURATION
    if unit.name == "ULN":
        return QuantityKind.THRESHOLD
    per_time = unit.name.endswith(("/day", "/week", "/month", "/dose"))
    if unit.name.split("/")[0] in ("mg", "U", "mL", "mmol") and (per_time or unit.name == "mg/kg"):
        return QuantityKind.DOSE
    return QuantityKind.THRESHOLD if comparator else QuantityKind.MEASURE


def _measure(match: re.Match[str], text: str) -> Quantity | None:
    unit = read_unit(match["unit"])
    if unit is None:
        return None
    lead = (match.groupdict().get("at") or "").strip()
    comparator = _comparator(match)
    kind = _kind_of(unit, lead, comparator)
    second = match.groupdict().get("high")
    if second:
        if kind is QuantityKind.MEASURE:
            kind = QuantityKind.RANGE
        return _make(
            kind, match, text, low=_scaled(_number(match["n"]), unit.factor),
            high=_scaled(_number(second), unit.factor), unit=unit.name, comparator=comparator,
        )  # fmt: skip
    return _make(
        kind, match, text, value=_scaled(_number(match["n"]), unit.factor),
        unit=unit.name, comparator=comparator,
    )  # fmt: skip


def _normal(match: re.Match[str], text: str) -> Quantity:
    return _make(
        QuantityKind.THRESHOLD, match, text, value=_number(match["n"]), unit="ULN",
        comparator=_comparator(match),
    )  # fmt: skip


def _percent(match: re.Match[str], text: str) -> Quantity:
    if match["high"]:
        return _make(
            QuantityKind.RANGE, match, text, low=_number(match["n"]), high=_number(match["high"]),
            unit="%", comparator=_comparator(match),
        )  # fmt: skip
    return _make(
        QuantityKind.PERCENT, match, text, value=_number(match["n"]), unit="%",
        comparator=_comparator(match),
    )  # fmt: skip


def _frequency(match: re.Match[str], text: str) -> Quantity | None:
    groups = match.groupdict()
    if groups.get("unit"):
        unit = read_unit(groups["unit"])
        if unit is None:
            return None
        low = _number(groups["n"]) if groups.get("n") else 1.0
        high = _number(groups["high"]) if groups.get("high") else None
        return _make(
            QuantityKind.FREQUENCY, match, text,
            value=None if high else _scaled(low, unit.factor),
            low=_scaled(low, unit.factor) if high else None, high=_scaled(high, unit.factor),
            unit=f"every {unit.name}",
        )  # fmt: skip
    word = match.group().split()[-1]
    per = {"daily": 1.0, "weekly": 7.0, "monthly": 1.0, "yearly": 12.0, "annually": 12.0}[word]
    name = "every day" if word in ("daily", "weekly") else "every month"
    times = {"once": 1, "twice": 2, "thrice": 3}.get(match.group().split()[0], 1)
    return _make(QuantityKind.FREQUENCY, match, text, value=per / times, unit=name)


def _range(match: re.Match[str], text: str) -> Quantity:
    return _make(
        QuantityKind.RANGE, match, text, low=_number(match["n"]), high=_number(match["high"])
    )


def _count(match: re.Match[str], text: str) -> Quantity | None:
    value = _number(match["n"])
    if value is None:
        return None
    span = Span(match.start("head"), match.end("n"))
    return Quantity(
        QuantityKind.COUNT, span.of(text), span, value=value, comparator=_comparator(match)
    )


def _plain(kind: QuantityKind) -> _Build:
    def build(match: re.Match[str], text: str) -> Quantity | None:
        if kind is QuantityKind.NUMBER:
            value = _number(match["n"])
            if value is None:
                return None
            return _make(kind, match, text, value=value, comparator=_comparator(match))
        return _make(kind, match, text)

    return build


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], _Build], ...]:
    unit = rf"(?P<unit>{dose_unit_pattern()})"
    people = (
        r"(?:patients?|people|participants?|subjects?|women|men|children|adults?|infants?|boys|"
        r"girls|cases|controls|studies|trials|centres|centers|hospitals|individuals|persons|"
        r"volunteers|biopsies|pregnancies|deaths|events|relapses|eyes|mice|rats|samples|families|"
        r"abstracts|articles|randomi[sz]ed|reviews|villages|cohorts)"
    )
    shapes: list[tuple[str, _Build]] = [
        (
            rf"\b(?P<measure>{'|'.join(sorted(_MEASURES, key=len, reverse=True))})\b"
            r"(?:\s*[\[(][a-z]{2,4}[\])])?(?:\s*(?:=|:|,|of|was|were|is)\s*|\s*[\[(]\s*|\s+)"
            rf"(?P<point>-?{_NUM})"
            rf"(?:\s*[,;]?\s*[\[(]?\s*{_CI}\s*[:=,]?\s*(?:of|from)?\s*[\[(]?\s*(?P<low>-?{_NUM}){_TO}"
            rf"(?P<high>-?{_DIGITS})[\])]?)?(?:\s*[,;]?\s*[\[(]?\s*{_P})?",
            _effect,
        ),
        (
            rf"{_CI}\s*[:=,]?\s*(?:of|from|was)?\s*[\[(]?\s*(?P<low>-?{_NUM})\s?%?{_TO}(?P<high>-?{_DIGITS})"
            r"\s?(?P<pct>%)?",
            _interval,
        ),
        (rf"\b{_P}", _p_value),
        (
            r"\b(?:type|types|recommendations?|tables?|figures?|fig\.|grades?|stages?|phase|class|"
            r"levels?|categor(?:y|ies)|chapter|section|appendix|version|vol\.|no\.|hla|mag)\s+"
            r"(?:[iv]+[abc]?\b|\d+[a-z]?\b(?!\s?(?:%|\w+/))(?:(?:,| and| or|-)\s?\d+[a-z]?\b)*)",
            _plain(QuantityKind.NAME),
        ),
        (rf"(?P<n>{_NUM})\s*(?:\(|\[|,\s?)\s*(?P<pct>{_DIGITS})\s?%\s*[)\]]", _count_percent),
        (
            rf"(?P<n>{_NUM})\s*(?:±|\+/-|\+-)\s*(?P<sd>{_DIGITS})\s*(?:(?P<pct>%)|{unit})?",
            _mean_sd,
        ),
        (
            rf"(?P<n>{_NUM})\s*\((?:sd|s\.d\.|standard deviation)[\s=:,]*(?P<sd>{_DIGITS})\)\s*(?:(?P<pct>%)|{unit})?",
            _mean_sd,
        ),
        (
            rf"\bevery\s+(?:(?P<n>{_ANY})(?:{_TO}(?P<high>{_ANY}))?\s+)?(?P<unit>days?|weeks?|months?|years?|hours?)\b",
            _frequency,
        ),
        (
            rf"{_LEAD}(?P<n>half|twice|{_ANY})[\s-]*(?:x|×|times|fold)?\s*"
            r"(?:the\s+)?(?:uln|upper limits? of (?:the )?normal(?: range)?|upper normal limit)\b",
            _normal,
        ),
        (
            rf"(?:\b(?P<at>at|within|by)\s+)?{_LEAD}(?P<n>{_ANY})(?:(?:{_TO}|\s+or\s+)(?P<high>{_ANY}))?[\s-]?{unit}(?![\w^]){_TAIL}",
            _measure,
        ),
        (
            rf"{_LEAD}(?P<n>-?{_NUM})\s?%?(?:\s?(?:-|to)\s?(?P<high>{_DIGITS}))?\s?(?:%|percent\b|per cent\b){_TAIL}",
            _percent,
        ),
        (
            rf"(?P<n>{_ANY})(?:\s+(?:out\s+)?of\s+(?:the\s+)?|\s+in\s+(?=\d)|/)(?P<d>{_NUM})(?![\w/])",
            _ratio,
        ),
        (
            r"\b(?:(?P<n>one|two|three|four)[\s-]|(?:a|an)\s+)(?P<part>half|thirds?|quarters?|fifths?)\b",
            _fraction,
        ),
        (
            rf"\b(?:range[ds]?|from|between|iqr)[\s:=,]*(?P<n>{_ANY})\s?(?:-|to|and)\s?(?P<high>{_ANY})",
            _range,
        ),
        (
            r"\b(?:(?:once|twice|thrice)\s+)?(?:daily|weekly|monthly|yearly|annually)\b",
            _frequency,
        ),
        (
            rf"(?P<head>){_LEAD}(?P<n>{_ANY})(?=\s+(?:[a-z][\w-]*\s+){{0,2}}?{people}\b)",
            _count,
        ),
        (r"(?<![\w.])(?:19|20)\d\d(?![\w%]|\.\d)", _plain(QuantityKind.YEAR)),
        (
            r"(?<![\w])(?:[a-z]+[-/*.:]?\d(?:[\w*:./^-]*\w)?|\d+[-*]?[a-z][\w*-]*|\d+(?:[:*/]\d+)+)",
            _plain(QuantityKind.NAME),
        ),
        (rf"(?P<n>{_NUM})\s?(?:-|to)\s?(?P<high>{_DIGITS})(?![\w])", _range),
        (
            rf"{_LEAD}(?P<n>-?{_NUM}|(?<!\bno )(?<!every )(?<!any )(?<!this )(?<!which )(?<!the )(?<!each )(?<!only )(?<![\w-]){_WORD}(?![\w-])(?! of (?!\d))(?! another))",
            _plain(QuantityKind.NUMBER),
        ),
        (r"\w*\d[\w.·]*", _plain(QuantityKind.NAME)),
    ]
    return tuple((re.compile(pattern), build) for pattern, build in shapes)
