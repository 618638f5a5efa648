"""What follows a number: its unit, its interval, its p value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from curbside.records import Span
from curbside.text.effects.figures import DIGITS, Bounds, bounds_at, unit_after
from curbside.text.effects.records import Source

_LEVEL_NEXT = r"\s?(?:[a-zµμ%/0-9]{1,12}\s?)?[\[(,;]\s?\d\d(?:[.·]\d)?\s?%"
_SPREAD = re.compile(
    rf"\s?(?:±|\+/-)\s?{DIGITS}"
    rf"|\s?[(\[](?:s\.?[de]\.?m?\.?\s?=?:?\s?)?{DIGITS}[)\]](?={_LEVEL_NEXT}|\s?[a-z%/]{{1,12}}[;,]\s?p)"
)
# "-230 kJ (-55 kcal) (95% CI": the same in another unit
_OTHER_UNIT = re.compile(
    rf"\s?[(\[]\s?-?[a-z$€£¥]{{0,4}}-?{DIGITS}(?:\s?[a-z%][a-z/%]{{0,9}})?\s?[)\]]"
    r"(?=[\s,;]{0,2}[(\[]?\s?\d\d\s?%)"
)
# "5.4 servings/week; p = 0.04; 95% CI": a unit that is not known
_WORDED_UNIT = re.compile(
    r"\s[a-z][a-z-]{0,15}(?:/[a-z]{1,10}|\s(?:per|of)\s[a-z]{1,15}|\s[a-z]{1,12})?"
    r"(?=\s?[;,(\[]\s?(?:[ptz]\s?[=<>]|\d\d\s?%|-?\d+\.\d+\s?(?:-|to\s)\s?-?\d))"
)
# "0.82 per SD, 0.74-0.90"
_PER = re.compile(
    r"\sper\s(?:\d[\d.]*[\s-]?)?[a-zµ/%]{1,12}(?:\s[a-z]{1,12}){0,2}(?=[,;]\s|\s?[(\[])"
)
# ", SE = 0.12, z = -5.80": what an estimate was tested by, before its interval
_TESTED = re.compile(
    rf"(?:(?:\s?[(\[]|[,;])\s?(?:s\.?e\.?m?\.?|sd|z|t|wald|df)(?:\s?\(\d[\d.,\s]{{0,8}}\))?\s?[=:]\s?-?{DIGITS})"
    r"{1,3}(?=\s?[,;)])"
)
_JOIN = re.compile(
    r"(?:\s?-\s?(?=9\d\s?%)|[\s,;:)\]]{0,6}(?:(?:and|with)\s)?(?:(?:an?|the)\s)?[(\[]{0,2}\s?)"
)
_SIDES = r"(?:(?:1|2|one|two)[-\s](?:side[d]?|tail(?:ed)?),?\s?)?"
_SIGN = r"(?:%|per\s?cent(?![a-z]))"
_LEVEL = re.compile(
    rf"{_SIDES}(?P<level>\d{{2}}(?:[.·]\d{{1,3}})?)"
    rf"(?:[\s-]?{_SIGN},?[\s-]?{_SIDES}|\s(?=confiden|c\.?i(?![a-z])))"
)
_INTERVAL = re.compile(
    r"(?:(?:bootstrap(?:ped)?|bayesian|wald|posterior|exact|robust|empirical|bias-corrected)\s)?(?:"
    r"(?:conf(?:iden(?:ce|tial))?\.?|credible|credibility|uncertainty|highest\sdensity)[\s-]"
    r"(?:int(?:ervals?)?\.?(?![a-z])|limits?|bounds?|ranges?|regions?)"
    r"|c\.?i\.?'?s?(?:adj|bca?|ca)?(?![a-z])|cri(?![a-z])|ic(?![a-z])"
    r"|c[il]95(?!\d)|cl(?![a-z])|ui(?![a-z])|hdi(?![a-z])|bci(?![a-z]))"
    r"(?:,?\s{0,2}[(\[]?(?:95\s?%\s?)?c\.?[ir]i?\.?s?(?![a-z])[)\]]?)?"
    r"(?:\s?[(\[]?(?P<late>9\d)(?:\s?%[)\]]?|(?=[:=])))?"
    r"(?:\s(?:for|of)\s(?:the\s)?(?:mean\s)?(?:difference|estimate))?"
)
_LINK = re.compile(
    r"[)\]]?\s{0,2}[:=,;]?\s{0,2}(?:(?:of|from|was|is|being|ranging\sfrom|between)\s)?[(\[]?\s?"
)
_OPEN = re.compile(r"(?:,\s(?=\[))?\s?[(\[]{1,2}\s?")
_COMMA = re.compile(r"[,;]\s")
_CLOSE = re.compile(r"\s?[)\]]{1,2}")
# the interval may stand some words behind: "0.38 for the total sample (95% CI 0.20 to 0.76)";
# a year, a time, the power of a unit and "per 10 mm" are the only figures between
_WORDS = (
    r"(?:[^()\[\]\d.;]|(?<=[a-z])(?:-\d|\(-\d\))|(?<!\d)(?:19|20)\d\d(?!\d)"
    r"|(?:(?<=\sper\s)|(?<=\severy\s)|(?<=\seach\s))\d{1,4}(?:[.·]\d{1,2})?(?!\d)"
    r"|(?<!\d)\d{1,3}(?=-(?:point|item|mm|m)(?![a-z]))|(?<=\svs)\."
    r"|(?:(?<=day\s)|(?<=week\s)|(?<=month\s)|(?<=year\s))\d{1,3}(?![\d.·])"
    r"|(?<![\d.·])\d{1,3}(?:[.·]\d{1,2})?"
    r"(?=[\s-]?(?:h|hr|min|mg|µg|hour|minute|day|week|month|year)s?(?![a-z])))"
)
_REMOTE = re.compile(
    rf"(?=[\s,;)]){_WORDS}{{0,90}}(?:[(\[][^()\[\]\d]{{1,40}}[)\]]{_WORDS}{{0,60}})?"
    r"[(\[;,]\s?(?:[a-z][a-z\s]{1,24}[;,:]\s)?|[^()\[\].]{0,80};\s"
    r"|\s[^()\[\];.]{1,40}?\s(?=(?:\d\d\s?%\s?)?(?:c\.?i(?![a-z])|confiden))"
)
LEVEL_AHEAD = re.compile(
    rf"\s?{_SIGN}[\s,-]{{0,2}}{_SIDES}"
    r"(?:c\.?i|cri|[ci][lc](?![a-z])|confiden|credib|limits?|agreement|prediction)"
)
CONFIDENCE = re.compile(
    r"confiden(?:ce|tial)|credible|uncertainty|(?<![a-z])c\.?i\.?s?(?![a-z])|9\d\s?%\sui"
)
P = (
    r"(?:(?:un)?(?:stratified|adjusted|nominal|log-?rank)\s)?"
    rf"{_SIDES}p(?:[\s-]?values?|[\s_-]?(?:for\s)?"
    r"(?:trend|interaction|heterogeneity|difference|adj(?:usted)?|combined|corrected|meta))?"
    r"\s{0,2}(?P<sign><=|>=|[<>=≤≥⩽⩾]|(?:of|was)\s)\s{0,2}"
    rf"(?P<figure>{DIGITS}(?:\s?[x×]\s?10\s?\^?-?\s?\d{{1,3}}|e-?\d{{1,3}})?)"
)
_P = re.compile(P)
_SIGNS = {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "of": "=", "was": "="}


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a number, from `start` to `end`; `is_explicit` where the interval is called one,
    `has_spread` where a standard deviation or error stands beside the number."""

    start: int
    end: int
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval: Span | None = None
    is_explicit: bool = False
    has_spread: bool = False
    p: str | None = None
    p_span: Span | None = None


def tail_of(source: Source, at: int, *, unit: str | None = None) -> Tail:
    """What follows a number that ends at `at`; `unit` where it is known already."""
    start, spread = at, _SPREAD.match(source.folded, at)
    if spread:
        at = spread.end()
    if unit is None:
        unit, at = unit_after(source, at)
    for beside in (_OTHER_UNIT, _PER, _TESTED):
        if found := beside.match(source.folded, at):
            at = found.end()
    if unit is None and (worded := _WORDED_UNIT.match(source.folded, at)):
        at = worded.end()
    tail = Tail(start, at, unit, has_spread=spread is not None)
    tail = _with_p(source, _called(source, tail, _JOIN) or _bracketed(source, tail) or tail)
    if tail.interval is None:
        tail = _called(source, tail, _REMOTE if tail.p is None else _JOIN) or tail
        tail = _with_p(source, tail) if tail.p is None else tail
    return tail


def p_printed(source: Source, p: re.Match[str], offset: int = 0) -> str:
    """Sign and figure of a matched p value, the figure as printed."""
    sign = p["sign"].strip()
    figure = source.printed[offset + p.start("figure") : offset + p.end("figure")]
    return f"{_SIGNS.get(sign, sign)} {''.join(figure.split())}"


def _called(source: Source, tail: Tail, join: re.Pattern[str]) -> Tail | None:
    """With the interval that is called so, "(95% CI 1.1 to 4.8)"; None where none is."""
    folded = source.folded
    joined = join.match(folded, tail.end)
    begin = joined.end() if joined else tail.end
    level = _LEVEL.match(folded, begin)
    name = _INTERVAL.match(folded, level.end() if level else begin)
    link = _LINK.match(folded, name.end()) if name else None
    bounds = bounds_at(source, link.end()) if link else None
    if name is None or bounds is None:
        return None
    printed = level["level"] if level else name["late"]
    return replace(
        _with_bounds(source, tail, bounds, begin),
        level=float(printed.replace("·", ".")) if printed else None,
        is_explicit=True,
    )


def _bracketed(source: Source, tail: Tail) -> Tail | None:
    """With the bare pair of figures that follows, "[1.1-4.8]" or ", 1.1 to 4.8"."""
    folded = source.folded
    if opened := _OPEN.match(folded, tail.end):
        bounds = bounds_at(source, opened.end())
        if bounds and folded[bounds.end : bounds.end + 2].lstrip()[:1] in (")", "]", ";", ","):
            return _with_bounds(source, tail, bounds, opened.end())
    if comma := _COMMA.match(folded, tail.end):
        bounds = bounds_at(source, comma.end())
        if bounds and folded[bounds.end - 1] != "%" and _is_pair(folded, comma[0], bounds):
            return _with_bounds(source, tail, bounds, comma.end())
    return None


def _is_pair(folded: str, mark: str, bounds: Bounds) -> bool:
    """Whether two figures behind a comma or semicolon are bounds and no more of a list."""
    if bounds.separator not in (",", ";", "and"):
        return True
    # "(-2.9; -5.7, -1.1)"
    is_last = folded[bounds.end : bounds.end + 2].lstrip()[:1] in (")", "]")
    return mark[0] == ";" and bounds.separator == "," and is_last


def _with_bounds(source: Source, tail: Tail, bounds: Bounds, begin: int) -> Tail:
    end = _closed(source, tail.start, bounds.end)
    unit = tail.unit
    if unit is None and end > bounds.end:
        unit, end = unit_after(source, end)
    interval = Span(begin, bounds.end)
    return replace(tail, end=end, unit=unit, low=bounds.low, high=bounds.high, interval=interval)


def _with_p(source: Source, tail: Tail) -> Tail:
    join = _JOIN.match(source.folded, tail.end)
    p = _P.match(source.folded, join.end()) if join else None
    if p is None:
        return tail
    end = _closed(source, tail.start, p.end())
    return replace(tail, end=end, p=p_printed(source, p), p_span=Span(*p.span()))


def _closed(source: Source, start: int, end: int) -> int:
    """`end`, behind the brackets that close what opened since `start`."""
    inside = source.folded[start:end]
    if inside.count("(") + inside.count("[") <= inside.count(")") + inside.count("]"):
        return end
    close = _CLOSE.match(source.folded, end)
    return close.end() if close else end
