"""Effect estimates as papers print them: measure, point, interval, p value, and where each stands.

One pass goes over the numbers of a text. A number is an estimate where a measure governs it: named
right before it, or named once for several; or where words of difference or change lead to it and
an interval follows. Everything is matched at a fixed place with bounded patterns, so that the time
is linear in the length of the text, whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import log

from curbside.records import Effect, Span
from curbside.text.measures import (
    ADJUSTED_DIFFERENCE,
    CHANGE,
    DIFFERENCE,
    PROPORTIONS,
    Measure,
    Needs,
    Scale,
    pattern_of,
    spellings,
)
from curbside.text.normalise import fold
from curbside.text.units import unit_at

_DOTS = str.maketrans({"∙": "·", "‧": "·", "•": "·", "⋅": "·"})
_DIGITS = r"(?>\d{1,3}(?:,\d{3})+(?!\d)(?:[.·]\d+)?|\d+(?:[.·]\d+)?|[.·]\d+)"
_LONGEST = 15  # digits a float holds exactly; a longer run is an identifier
_NUMBER = re.compile(rf"(?<![\w.·*])(?<!\d:)(?:(?P<sign>(?<![)\]%])[-+])\s?)?(?P<digits>{_DIGITS})")
_BOUND = re.compile(rf"(?P<sign>[-+])?\s?(?:[€$£¥]\s?)?(?P<minus>-)?(?P<digits>{_DIGITS})")

# what stands behind an estimate
_SPREAD = re.compile(rf"\s?(?:±|\+/-)\s?{_DIGITS}")
_JOIN = re.compile(r"[\s,;:)\]]{0,6}(?:and\s)?[(\[]?\s?")
_SIDES = r"(?:(?:1|2|one|two)[-\s](?:side[d]?|tail(?:ed)?),?\s?)?"
_LEVEL = re.compile(rf"{_SIDES}(?P<level>\d{{2}}(?:[.·]\d{{1,2}})?)[\s-]?%[\s-]?{_SIDES}")
_CI = re.compile(
    r"(?:bootstrap(?:ped)?\s|bayesian\s|wald\s)?(?:"
    r"(?:confidence|credible|credibility)[\s-](?:intervals?|limits?|bounds?)|c\.?i\.?'?s?(?![a-z])|cri(?![a-z])"
    r"|cl(?![a-z]))(?:\s{0,2}[(\[](?:95\s?%\s?)?c\.?[ir]i?\.?s?[)\]])?(?:\s?(?P<late>9\d)\s?%)?"
    r"(?:\s(?:for|of)\s(?:the\s)?(?:mean\s)?(?:difference|estimate))?"
)
_BOUND_LINK = re.compile(
    r"\s{0,2}[:=,;]?\s{0,2}(?:(?:of|from|was|is|ranging\sfrom|between)\s)?[(\[]?\s?"
)
_BETWEEN = re.compile(r"\s{0,2}%?\s{0,2}(?:,?\s?to\s|-|and\s|,|;)\s{0,2}(?:to\s)?")
_OPEN = re.compile(r"\s?[(\[]\s?")
_COMMA = re.compile(r"[,;:]?\s{1,2}")
_P = re.compile(
    rf"(?:(?:un)?(?:stratified|adjusted|nominal|log-?rank)\s)?{_SIDES}p(?:[\s-]?values?|[\s_-]?(?:for\s)?(?:trend|interaction|adj(?:usted)?))?"
    r"\s{0,2}(?P<sign><=|>=|[<>=≤≥⩽⩾]|(?:of|was)\s)\s{0,2}"
    rf"(?P<figure>{_DIGITS}(?:\s?[x×]\s?10\s?\^?-?\s?\d{{1,3}}|e-?\d{{1,3}})?)"
)
_SIGNS = {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "of": "=", "was": "="}
# the interval may stand some words behind: "0.38 for the total sample (95% CI 0.20 to 0.76)"
_REMOTE = re.compile(r"(?=[\s,;)])[^()\[\]\d.;]{0,70}[(\[;,]\s?|[^()\[\].]{0,80};\s")
_LEVEL_AHEAD = re.compile(
    rf"\s?%[\s,-]{{0,2}}{_SIDES}(?:c\.?i|cri|cl(?![a-z])|confidence|credib|limits?|agreement|prediction)"
)
_POINTS = re.compile(r"[\s-]?(?:(?:percentage|percent|%)[\s-]points?|pp)(?![a-z])")
_SCORE = re.compile(r"[\s-]?points?(?![a-z])")
_PERCENT = re.compile(r"\s?(?:%|percent(?![a-z])|per\scent(?![a-z]))")
_UNIT_SPACE = re.compile(r"[\s-]?")

# what stands before one
_ASIDE = r"[(\[][^()\[\]]{0,60}[)\]]"
_SHORT_LINK = re.compile(
    rf"s?(?:\s{{0,2}}{_ASIDE}){{0,3}}\s{{0,2}}(?:(?P<sign>[=:~≈])|[,;(\[]|(?P<verb>of|was|were|is|at|to\sbe|equal\sto)(?=\s))?"
    r"(?:\s{0,2}[=:(\[])?\s{0,2}(?:about\s|approximately\s)?(?:[a-z]{0,3}[€$£¥])?"
)
_STRONG_END = re.compile(
    r"(?:[=:(\[]|,|(?:\s(?:of|was|were|is|by|be|being|and)))\s{0,2}(?:[a-z]{0,3}[€$£¥])?$"
)
_STATED_END = re.compile(r"(?:[=:]|\s(?:was|were|of|is))\s{0,2}(?:[a-z]{0,3}[€$£¥])?$")
_NO_POINT = re.compile(
    r"(?:[<>≤≥]|\b(?:than|from|between|rang(?:e[sd]?|ing)|least|most|over|under|above|below|up\sto|"
    r"within|exceed(?:s|ed|ing)?|versus|vs\.?|week|month|day|year|visit|table|figure|fig|grade|type|"
    r"stage|phase|group|arm|age|[nftz]\s?=|[ir][2²]\s?=|χ2\s?=))\s?[(\[]?$"
)
_RANGE_AFTER = re.compile(rf"\s?(?:%\s?)?(?:-|to\s)\s?-?{_DIGITS}")
_NOT_A_POINT_AFTER = re.compile(r",\d|[/×^*]\s?\d|[a-z](?<![x])|(?<=\d)[:]\d(?!\s)")
_SENTENCE_END = re.compile(r"[.!?][)\]]?\s+(?=[A-Z])|\n\s*\n")
_LONG_GAP = 120
_INHERIT_GAP = 200
# between two estimates of one measure nothing else is named that numbers follow
_ANOTHER = re.compile(
    r"\b(?:sensitivity|specificity|auc|auroc|means?|medians?|accuracy|heterogeneity|i2|i²|iqr|sd|"
    r"range|aged?|kappa|icc|likelihood)\b"
)
_RATE = re.compile(
    r"\b(?:prevalence|incidence|rates?|proportions?|sensitivity|specificity|survival|frequency|"
    r"probability|estimates?|range|percentage of|ratio)\b"
)
_CONFIDENCE = re.compile(r"confidence|credible|(?<![a-z])c\.?i\.?s?(?![a-z])")
_DIFFERENCE = re.compile(
    r"(?<![a-z])(?:differences?(?![a-z])|differ(?:s|ed)?(?=\sby\s))|(?<![a-z])mean\sgroup\seffect(?![a-z])"
)
_CHANGE = re.compile(
    r"(?<![a-z])(?:changes?|changed|increas(?:es?|ed|ing)|decreas(?:es?|ed|ing)|reduc(?:es?|ed|ing|tions?)|"
    r"improv(?:es?|ed|ing|ements?)|declin(?:es?|ed)|fell|rose|rise|drop(?:s|ped)?|lower(?:s|ed|ing)?|"
    r"higher|greater|shorter|longer|gain(?:s|ed)?|loss|lost|prolong(?:s|ed)?)(?![a-z])"
)
_COMPARATIVE = re.compile(r"lower|higher|greater|shorter|longer")
# "(SOR = ": a measure that is not known here
_UNKNOWN_LABEL = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,2}[A-Z]{2,5}\s?[=:,]?\s?$")
_COMPARED_AFTER = re.compile(
    r"\s?(?:[a-z/%]{1,12}\s)?(?:lower|higher|greater|less|more|fewer|shorter|longer|larger|smaller|better|worse)(?![a-z])"
)
_ADJUSTED = re.compile(r"(?<![a-z])(?:[a-z]{2,15}-)?adjusted\s(?:[a-z-]{1,15}\s)?$")
_MEANS = re.compile(r"(?<![a-z])(?:means?|lsm|m|average|lsmeans?)(?![a-z])")
_RISKS = re.compile(r"(?<![a-z])(?:risks?|rates?|proportions?|incidences?|percentages?)(?![a-z])")
_NOT_CORRELATION = re.compile(r"(?:intra-?class|concordance|kappa|agreement|reliability|ics?)\s$")
_VERSUS = re.compile(r"(?<![a-z])(?:vs\.?|versus|v\.?|compared\s(?:with|to)|against)(?=[\s(\[,])")
_CHARACTERS_BETWEEN = 60
_PERCENT_NUMBER = re.compile(rf"(?<![\w.·])(?P<sign>-)?(?P<digits>{_DIGITS})\s?%")
_BARE_NUMBER = re.compile(rf"(?<![\w.·])(?P<digits>{_DIGITS})\s$")
_THRESHOLD = re.compile(r"[<>≤≥]\s?$|\b(?:than|least|most|over|under|above|below|to|-)\s?$")
_BLOCKED = {
    "HR": re.compile(r"heart\srate"),
    "RR": re.compile(
        r"respirat(?:ory|ion)\srate|response\srate\s\(rr|relapse\srate|r-r\s|rr\sinterval"
    ),
    "OR": re.compile(r"operating\s(?:room|theat)|overall\sresponse|objective\sresponse"),
    "PR": re.compile(r"partial\sresponse|progesterone|pregnancy\srate|pulse\srate|per-?rectal"),
    "MD": re.compile(r"mean\sdeviation|mean\sdiffusivity|medical\sdoctor|\bvf\smd"),
    "ES": re.compile(r"embryonic|enrichment\sscore"),
    "RD": re.compile(r"retinal\sdetachment"),
}


@dataclass(frozen=True, slots=True)
class FoundEffect:
    """One estimate; `text` stands at `span`, each part under its own span.

    `measure` is canonical ("aOR", "MD", "difference", "proportions"). `level` is that of the
    interval in percent: as printed, 95 where none is; None without an interval. `p` is sign and
    figure as printed ("< .001"). `unit` is that of a difference or a percentage, as `text.units`
    names it where that changes no figure, else as printed. `against` is the second of two
    percentages compared. `doubt` says in words what does not fit about the figures.

    Where there is an interval, low <= point <= high; bounds printed high to low are turned. An
    interval that does not hold its point is not kept, and `doubt` says so.
    """

    measure: str
    text: str
    span: Span
    point: float
    point_span: Span
    measure_span: Span | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval_span: Span | None = None
    p: str | None = None
    p_span: Span | None = None
    unit: str | None = None
    against: float | None = None
    doubt: str | None = None

    @property
    def effect(self) -> Effect:
        """As a record of a finding."""
        return Effect(self.measure, self.point, self.low, self.high, self.p, self.unit, self.level)


@dataclass(frozen=True, slots=True)
class _Text:
    printed: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A measure where it is named; `is_worded` for plain words of difference or change."""

    measure: Measure
    start: int
    end: int
    is_worded: bool = False


@dataclass(frozen=True, slots=True)
class _Tail:
    """What follows a number: unit, interval, p value."""

    end: int
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    interval: Span | None = None
    is_explicit: bool = False
    p: str | None = None
    p_span: Span | None = None


def find_effects(text: str) -> tuple[FoundEffect, ...]:
    """Every effect estimate of a text, in order, none overlapping another.

    Args:
        text: a sentence or more; spans point into it.

    Returns:
        Estimates by start. A bare percentage, a rate or mean with its interval, a range without a
        point, a sample size, an age and a test's accuracy are none.

    >>> [(e.measure, e.point, e.low, e.high) for e in find_effects("OR 2.3 (95% CI 1.1-4.8)")]
    [('OR', 2.3, 1.1, 4.8)]
    """
    return _find_effects(text)


@lru_cache(maxsize=4096)
def _find_effects(text: str) -> tuple[FoundEffect, ...]:
    folded = fold(text).translate(_DOTS)
    if not re.search(r"\d", folded):
        return ()
    source = _Text(text, folded)
    named = _measures(source)
    found = _estimates(source, named)
    found += _percentages(source, found)
    return _with_shared_units(source, sorted(found, key=lambda effect: effect.span.start))


def _measures(source: _Text) -> list[_Named]:
    """Every place where a measure is named, and every plain word of difference or change."""
    folded = source.folded
    named = [
        _Named(
            _adjusted(source, m.start(), spellings().words[" ".join(m["name"].split())]), *m.span()
        )
        for m in _worded().finditer(folded)
        if not (m["name"].startswith("correlation") and _ends(_NOT_CORRELATION, folded, m.start()))
    ]
    named += [
        _Named(_adjusted(source, m.start(), spellings().prints[m["name"]]), *m.span())
        for m in _printed().finditer(source.printed)
    ]
    named += [
        _Named(measure, *m.span())
        for m in _ARR.finditer(source.printed)
        if (measure := _arr(folded, m.end()))
    ]
    for pattern, measure in ((_DIFFERENCE, DIFFERENCE), (_CHANGE, CHANGE)):
        named += [_Named(measure, *m.span(), is_worded=True) for m in pattern.finditer(folded)]
    named.sort(key=lambda n: (n.start, -n.end))
    kept: list[_Named] = []
    for name in named:
        if kept and name.start < kept[-1].end:
            continue
        # "adjusted odds ratio (OR" is one name
        if (
            kept
            and not kept[-1].is_worded
            and not name.is_worded
            and _opens(folded[kept[-1].end : name.start])
        ):
            short = name.measure.name.startswith("a") and not kept[-1].measure.name.startswith("a")
            kept[-1] = replace(
                kept[-1], end=name.end, measure=name.measure if short else kept[-1].measure
            )
            continue
        kept.append(name)
    return kept


_ARR = re.compile(r"(?<![A-Za-z0-9])ARRs?(?![A-Za-z0-9])")


def _arr(folded: str, end: int) -> Measure | None:
    """ARR: the absolute risk reduction where it says so or is in percent, else an adjusted RR."""
    if "absolute" in folded or re.compile(r"[\s=:,(]{0,4}\d+(?:[.·]\d+)?\s?%").match(folded, end):
        return spellings().words["absolute risk reduction"]
    return spellings().prints["aRR"] if re.search(r"adjusted|relative|ratio", folded) else None


def _opens(gap: str) -> bool:
    return bool(re.fullmatch(r"s?\s{0,2}[(\[]\s?|s?,\s", gap))


def _adjusted(source: _Text, start: int, measure: Measure) -> Measure:
    adjusted = spellings().adjustable.get(measure.name)
    return adjusted if adjusted and _ends(_ADJUSTED, source.folded, start) else measure


def _ends(pattern: re.Pattern[str], folded: str, at: int, reach: int = 48) -> re.Match[str] | None:
    return pattern.search(folded[max(0, at - reach) : at])


@cache
def _worded() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?P<name>{pattern_of(spellings().words)})(?=s?(?![a-z]))")


@cache
def _printed() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.*-])(?P<name>{pattern_of(spellings().prints)})(?=s?(?![\w*]))(?![-/][A-Za-z0-9])"
    )


def _estimates(source: _Text, named: list[_Named]) -> list[FoundEffect]:
    folded = source.folded
    ends = [name.end for name in named]
    found: list[FoundEffect] = []
    by: list[_Named] = []  # the measure that governs each
    at = 0
    for number in _NUMBER.finditer(folded):
        if number.start() < at or len(number["digits"]) > _LONGEST:
            continue
        if _LEVEL_AHEAD.match(folded, number.end()) or _NOT_A_POINT_AFTER.match(
            folded, number.end()
        ):
            continue
        before = named[: bisect_left(ends, number.start() + 1)][-6:]
        reading = _governed(source, number, before, found, by) or _named_after(
            source, number, named[len(before) and bisect_left(ends, number.start() + 1) :][:1]
        )
        if reading:
            found.append(reading[0])
            by.append(reading[1])
            at = reading[0].span.end
    return found


_Reading = tuple[FoundEffect, _Named]


def _governed(
    source: _Text,
    number: re.Match[str],
    before: list[_Named],
    found: list[FoundEffect],
    by: list[_Named],
) -> _Reading | None:
    """The estimate at a number under the measure that governs it; None where none does."""
    folded, last = source.folded, found[-1].span.end if found else 0
    if _ends(_NO_POINT, folded, number.start()) or _RANGE_AFTER.match(folded, number.end()):
        return None
    tail = _tail(source, number)
    fresh = [name for name in before if name.start >= last]
    for name in reversed([name for name in fresh if not name.is_worded]):
        if _leads(source, name, number, tail):
            return _made(source, number, tail, name, name.start)
        break
    if found and (inherited := _inherited(source, number, tail, found[-1], by[-1], fresh)):
        return inherited
    # "the difference in the mean change was": what changed is compared
    worded = [name for name in fresh if name.is_worded]
    for name in sorted(worded, key=lambda n: (n.measure is not DIFFERENCE, -n.end)):
        if _leads_in_words(source, name, number, tail):
            measure = _in_words(source, name, number, tail)
            return _made(source, number, tail, replace(name, measure=measure), name.start)
    if tail.is_explicit and (
        number["sign"] or _COMPARED_AFTER.match(folded, _unit(source, number.end())[1])
    ):
        measure = DIFFERENCE if number["sign"] else CHANGE
        return _made(
            source, number, tail, _Named(measure, number.start(), number.start() + 1, True), None
        )
    return None


def _leads(source: _Text, name: _Named, number: re.Match[str], tail: _Tail) -> bool:
    """Whether a named measure leads to a number."""
    folded, measure = source.folded, name.measure
    gap = folded[name.end : number.start()]
    if len(gap) > _LONG_GAP or _SENTENCE_END.search(source.printed[name.end : number.start()]):
        return False
    if not _fits(source, measure, number, tail):
        return False
    has_tail = tail.interval is not None or tail.p is not None
    blocked = _BLOCKED.get(measure.name)
    is_print = name.end - name.start <= 5
    if is_print and blocked and blocked.search(folded) and not tail.is_explicit:
        return False
    link = _SHORT_LINK.fullmatch(gap)
    if measure.needs is Needs.SIGN:
        return bool(link and link["sign"] and not _is_percent(source, number))
    if measure.needs is Needs.INTERVAL and not has_tail:
        return False
    if link:
        # "HR 72": a number alone, without a sign, must look like a ratio
        return has_tail or measure.scale is not Scale.RATIO or _number(number) < 20
    if tail.interval and (_STRONG_END.search(gap) or tail.is_explicit):
        return True
    if tail.p and _STRONG_END.search(gap):
        return True
    if tail.interval and number["sign"]:
        return True
    is_plain = len(gap) <= 60 and not re.search(r"(?<![a-z])\d", gap)
    return is_plain and bool(_STATED_END.search(gap))


def _is_percent(source: _Text, number: re.Match[str]) -> bool:
    return bool(_PERCENT.match(source.folded, number.end()))


def _fits(source: _Text, measure: Measure, number: re.Match[str], tail: _Tail) -> bool:
    """Whether a figure can be one of that measure at all."""
    value = _number(number)
    if measure.scale is Scale.RATIO:
        is_of_unit = bool(_unit(source, number.end())[0]) and not tail.is_explicit
        return (
            value > 0 and not number["sign"] and not _is_percent(source, number) and not is_of_unit
        )
    return abs(value) <= 1 if measure.name == "r" else True


def _leads_in_words(source: _Text, name: _Named, number: re.Match[str], tail: _Tail) -> bool:
    """Whether "a difference of", "fell by" and the like lead to a number with its interval."""
    gap = source.folded[name.end : number.start()]
    if len(gap) > _LONG_GAP or _SENTENCE_END.search(source.printed[name.end : number.start()]):
        return False
    is_difference = name.measure is DIFFERENCE
    if is_difference and ";" in gap:
        return False
    if tail.interval and not tail.is_explicit and not _CONFIDENCE.search(source.folded):
        # without a word of confidence a bracket may hold quartiles or a range
        return False
    link = _SHORT_LINK.fullmatch(gap)
    if not tail.interval:
        return bool(is_difference and tail.p and link and (link["sign"] or link["verb"]))
    if is_difference:
        is_plain = tail.is_explicit and len(gap) <= 60 and not re.search(r"(?<![a-z])\d", gap)
        return bool(link or is_plain or _STRONG_END.search(gap))
    if _UNKNOWN_LABEL.search(source.printed[name.end : number.start()]):
        return False
    # "a lower threshold of": a comparative leads only right before its figure
    if _COMPARATIVE.fullmatch(source.folded[name.start : name.end]) and not (
        link or gap.endswith(" by ") or number["sign"]
    ):
        return False
    if _RATE.search(gap) or re.search(r"\b(?:to|at)\s$", gap):
        return False
    is_led = bool(link or _STRONG_END.search(gap) or number["sign"])
    return is_led and (tail.is_explicit or bool(link) or bool(number["sign"]))


def _in_words(source: _Text, name: _Named, number: re.Match[str], tail: _Tail) -> Measure:
    """What kind of difference the words around it say it is."""
    if name.measure is CHANGE:
        return CHANGE
    lead = re.split(r"[,.;:()\[\]]", source.folded[max(0, name.start - 30) : name.start])[-1]
    phrase = f"{lead} {source.folded[name.end : number.start()]}"
    is_adjusted = "adjusted" in lead
    known = spellings()
    if _MEANS.search(phrase):
        return known.adjustable["MD"] if is_adjusted else known.words["mean difference"]
    if _RISKS.search(phrase) and tail.unit in ("%", "percentage point"):
        return known.adjustable["RD"] if is_adjusted else known.words["risk difference"]
    return ADJUSTED_DIFFERENCE if is_adjusted else DIFFERENCE


def _inherited(
    source: _Text,
    number: re.Match[str],
    tail: _Tail,
    previous: FoundEffect,
    name: _Named,
    fresh: list[_Named],
) -> _Reading | None:
    """The next estimate under a measure that was named once: "HRs of 1.2 (…) and 1.5 (…)"."""
    gap = source.folded[previous.span.end : number.start()]
    printed = source.printed[previous.span.end : number.start()]
    if len(gap) > _INHERIT_GAP or _SENTENCE_END.search(printed) or _ANOTHER.search(gap):
        return None
    if name.measure.scale is not Scale.RATIO and _RATE.search(gap):
        return None
    if any(not later.is_worded or later.measure is DIFFERENCE for later in fresh):
        return None
    if not _fits(source, name.measure, number, tail) or name.measure.needs is Needs.SIGN:
        return None
    if tail.interval and previous.interval_span:
        # words of change between lead to a figure of their own, unless it stands in a bracket
        if fresh and not re.search(r"[(\[]\s?$", gap):
            return None
        return _made(source, number, tail, name, None)
    p_alone = tail.p and not tail.interval and not previous.interval_span and previous.p
    if p_alone and len(gap) <= 60 and not fresh:
        return _made(source, number, tail, name, None)
    return None


def _named_after(source: _Text, number: re.Match[str], after: list[_Named]) -> _Reading | None:
    """ "a 37% relative risk reduction (95% CI 10 to 60)": the measure stands behind the figure."""
    if not after or after[0].is_worded or after[0].measure.name not in ("RRR", "RD"):
        return None
    gap = source.folded[number.end() : after[0].start]
    if not re.fullmatch(r"\s?(?:%|percent|percentage\spoints?)\s(?:[a-z-]{1,20}\s){0,2}", gap):
        return None
    tail = replace(_after(source, after[0].end, has_unit=True), unit="%")
    return _made(source, number, tail, after[0], number.start())


def _made(
    source: _Text, number: re.Match[str], tail: _Tail, name: _Named, start: int | None
) -> _Reading | None:
    """The estimate itself; an inherited or worded one stands only with a sound interval."""
    point = _number(number)
    low, high, level, interval = tail.low, tail.high, tail.level, tail.interval
    doubt = None
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
        is_ratio = name.measure.scale is Scale.RATIO
        if not low <= point <= high or (is_ratio and low < 0):
            gap = source.folded[name.end : number.start()]
            if start is None or name.is_worded or not _SHORT_LINK.fullmatch(gap):
                return None
            doubt = "the printed interval does not hold the estimate and is not kept"
            low = high = level = interval = None
        elif is_ratio:
            doubt = _lopsided(point, low, high, source.printed[number.start() : tail.end])
    begin = number.start() if start is None else min(start, number.start())
    end = begin + len(source.printed[begin : tail.end].rstrip())
    p, p_span = tail.p, tail.p_span
    if p is None and (before := _ends(_P_BEFORE, source.folded, begin)):
        p = _p_printed(source, before, begin - len(source.folded[max(0, begin - 48) : begin]))
        p_span = None
    return (
        FoundEffect(
            measure=name.measure.name,
            text=source.printed[begin:end],
            span=Span(begin, end),
            point=point,
            point_span=Span(number.start(), number.end()),
            measure_span=None if start is None else Span(name.start, name.end),
            low=low, high=high, level=level, interval_span=interval,
            p=p, p_span=p_span, unit=tail.unit, doubt=doubt,
        ),
        name,
    )  # fmt: skip


_P_BEFORE = re.compile(rf"[(\[,;]\s?{_P.pattern}\s?[;,]\s?$")


def _lopsided(point: float, low: float, high: float, printed: str) -> str | None:
    """A ratio's interval is symmetric on the logarithmic scale, but for rounding."""
    if low <= 0:
        return None
    places = min((len(m[1]) for m in re.finditer(r"\d[.·](\d+)", printed)), default=0)
    rounding = 0.5 * 10.0**-places
    if rounding >= low:
        return None
    slack = sum(log((x + rounding) / (x - rounding)) for x in (point, low, high) if x > rounding)
    if abs(log(high / point) - log(point / low)) <= slack + 0.15 * log(high / low):
        return None
    return "the interval is not symmetric about the estimate on the logarithmic scale"


def _tail(source: _Text, number: re.Match[str]) -> _Tail:
    return _after(source, number.end(), has_unit=False)


def _after(source: _Text, at: int, *, has_unit: bool) -> _Tail:
    """What follows a number that ends at `at`."""
    folded = source.folded
    if spread := _SPREAD.match(folded, at):
        at = spread.end()
    unit = None
    if not has_unit:
        unit, at = _unit(source, at)
    tail = _with_interval(source, _Tail(at, unit), is_near=True)
    tail = _with_p(source, tail)
    if tail.interval is None:
        tail = _with_interval(source, tail, is_near=tail.p is not None)
        tail = _with_p(source, tail) if tail.p is None else tail
    return tail


def _with_interval(source: _Text, tail: _Tail, *, is_near: bool) -> _Tail:
    folded, at = source.folded, tail.end
    joins = [_JOIN.match(folded, at)] if is_near else [_REMOTE.match(folded, at)]
    for join in joins:
        begin = join.end() if join else at
        level = _LEVEL.match(folded, begin)
        ci = _CI.match(folded, level.end() if level else begin)
        if ci and (link := _BOUND_LINK.match(folded, ci.end())):
            bounds = _bounds(source, link.end())
            if bounds:
                return _closed(
                    source, tail, at, bounds, level["level"] if level else ci["late"], begin
                )
    if not is_near:
        return tail
    if opened := _OPEN.match(folded, at):
        bounds = _bounds(source, opened.end())
        if bounds and folded[bounds[2] : bounds[2] + 2].lstrip()[:1] in (")", "]", ";", ","):
            return _closed(source, tail, at, bounds, None, opened.end(), is_explicit=False)
    if comma := re.compile(r"[,;]\s").match(folded, at):
        bounds = _bounds(source, comma.end())
        if (
            bounds
            and not folded[bounds[2] :].startswith(("%", " %"))
            and bounds[3] not in (",", ";")
        ):
            return _closed(source, tail, at, bounds, None, comma.end(), is_explicit=False)
    return tail


def _closed(
    source: _Text,
    tail: _Tail,
    at: int,
    bounds: tuple[float, float, int, str],
    level: str | None,
    begin: int,
    *,
    is_explicit: bool = True,
) -> _Tail:
    folded = source.folded
    low, high, end, _ = bounds
    interval = Span(begin, end)
    inside = folded[at:end]
    if inside.count("(") + inside.count("[") > inside.count(")") + inside.count("]"):
        close = re.compile(r"\s?[)\]]{1,2}").match(folded, end)
        end = close.end() if close else end
    unit = tail.unit
    if unit is None and end > interval.end:
        unit, end = _unit(source, end)
    printed = float(level.replace("·", ".")) if level else 95.0
    return replace(
        tail,
        end=end,
        unit=unit,
        low=low,
        high=high,
        level=printed,
        interval=interval,
        is_explicit=is_explicit,
    )


def _bounds(source: _Text, at: int) -> tuple[float, float, int, str] | None:
    """Two bounds, where the second ends, and what separates them."""
    folded = source.folded
    low = _BOUND.match(folded, at)
    if low is None:
        return None
    end = low.end()
    between = _BETWEEN.match(folded, end)
    if between is None:
        _, end = _unit(source, end)
        between = _BETWEEN.match(folded, end)
    high = _BOUND.match(folded, between.end()) if between else None
    if between is None or high is None or max(len(low["digits"]), len(high["digits"])) > _LONGEST:
        return None
    end = high.end()
    if folded[end : end + 1].isalnum() or re.compile(r"\.\d").match(folded, end):
        _, after = _unit(source, end)
        if after == end:
            return None
    if percent := _PERCENT.match(folded, end):
        end = percent.end()
    else:
        _, end = _unit(source, end)
    return _number(low), _number(high), end, between[0].strip()


def _with_p(source: _Text, tail: _Tail) -> _Tail:
    join = _JOIN.match(source.folded, tail.end)
    p = _P.match(source.folded, join.end()) if join else None
    if p is None:
        return tail
    end = p.end()
    begun = source.folded[tail.end : end]
    if begun.count("(") + begun.count("[") > begun.count(")") + begun.count("]"):
        close = re.compile(r"\s?[)\]]").match(source.folded, end)
        end = close.end() if close else end
    return replace(tail, end=end, p=_p_printed(source, p, 0), p_span=Span(p.start(), p.end()))


def _p_printed(source: _Text, p: re.Match[str], offset: int) -> str:
    sign = p["sign"].strip()
    figure = source.printed[offset + p.start("figure") : offset + p.end("figure")]
    return f"{_SIGNS.get(sign, sign)} {''.join(figure.split())}"


def _number(match: re.Match[str]) -> float:
    digits = match["digits"].replace("·", ".")
    value = float(re.sub(r",(?=\d{3})", "", digits))
    groups = match.re.groupindex
    is_minus = match["sign"] == "-" or ("minus" in groups and match["minus"])
    return -value if is_minus else value


def _unit(source: _Text, at: int) -> tuple[str | None, int]:
    """The unit that follows a number which ends at `at`, and where it ends."""
    folded = source.folded
    for pattern, name in ((_POINTS, "percentage point"), (_PERCENT, "%"), (_SCORE, "point")):
        if match := pattern.match(folded, at):
            return name, match.end()
    space = _UNIT_SPACE.match(folded, at)
    begin = space.end() if space else at
    read = unit_at(source.printed, folded, begin)
    if read is None:
        return None, at
    unit, end = read
    printed = re.sub(r"(?<=[mdcµμn/])l(?![a-z])", "L", source.printed[begin:end])
    return (unit.name if unit.factor == 1.0 else " ".join(printed.split())), end


def _percentages(source: _Text, found: list[FoundEffect]) -> list[FoundEffect]:
    """Two percentages that a word of comparison sets against each other: "31% versus 7%"."""
    folded = source.folded
    pairs: list[FoundEffect] = []
    taken = sorted((effect.span.start, effect.span.end) for effect in found)
    at = 0
    for versus in _VERSUS.finditer(folded):
        if versus.start() < at:
            continue
        first = _first_percentage(
            folded, max(at, versus.start() - _CHARACTERS_BETWEEN), versus.start()
        )
        second = _PERCENT_NUMBER.search(folded, versus.end(), versus.end() + _CHARACTERS_BETWEEN)
        if first is None or second is None:
            continue
        between = folded[first.end() : second.start()]
        is_bare = "sign" not in first.re.groupindex
        if is_bare and second.start() - versus.end() > 1:
            continue
        if len(between) > _CHARACTERS_BETWEEN or re.search(
            r";|\.\s(?!\d)(?<!vs\.\s)|\bp\s?[=<>]", between
        ):
            continue
        if _THRESHOLD.search(folded[max(0, first.start() - 8) : first.start()]):
            continue
        if _THRESHOLD.search(
            folded[max(0, second.start() - 8) : second.start()].removesuffix(versus[0] + " ")
        ):
            continue
        if any(start < second.end() and first.start() < end for start, end in taken):
            continue
        tail = _with_p(source, _Tail(second.end(), "%"))
        end = tail.end
        pairs.append(
            FoundEffect(
                measure=PROPORTIONS.name,
                text=source.printed[first.start() : end],
                span=Span(first.start(), end),
                point=_number(first) if "sign" in first.re.groupindex else float(first["digits"].replace("·", ".")),
                point_span=Span(first.start(), first.end()),
                measure_span=Span(*versus.span()),
                p=tail.p, p_span=tail.p_span, unit="%", against=_number(second),
            )
        )  # fmt: skip
        at = end
    return pairs


def _first_percentage(folded: str, start: int, end: int) -> re.Match[str] | None:
    """The last percentage before a word of comparison, or the number right before it."""
    percentages = list(_PERCENT_NUMBER.finditer(folded, start, end))
    last = percentages[-1] if percentages else None
    if last and _LEVEL_AHEAD.match(folded, last.end("digits")):
        return None
    return last or _BARE_NUMBER.search(folded, start, end)


def _with_shared_units(source: _Text, found: list[FoundEffect]) -> tuple[FoundEffect, ...]:
    """ "-0.85 (…) and -0.67 (…) mmol/L": the unit is printed once, after the last."""
    for i in range(len(found) - 2, -1, -1):
        one, two = found[i], found[i + 1]
        gap = source.folded[one.span.end : two.span.start]
        if (
            one.unit is None
            and two.unit
            and one.measure == two.measure
            and re.fullmatch(r"[\s,;]*(?:and\s)?", gap)
        ):
            found[i] = replace(one, unit=two.unit)
    return tuple(found)
