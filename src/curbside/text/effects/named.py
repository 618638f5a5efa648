"""Where a text names a measure, or says in plain words that something differs or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from curbside.text.effects.after import CONFIDENCE
from curbside.text.effects.records import Source, mentions
from curbside.text.measures import CHANGE, DIFFERENCE, Measure, Needs, pattern_of, spellings

_DIFFERENCE = re.compile(
    r"(?<![a-z])(?:differences?(?![a-z])|(?:(?:adj)?diff|etd)(?![a-z])"
    r"|differ(?:s|ed)?(?=\s(?:[a-z0-9-]{1,20}\s){0,6}by\s)"
    r"|[δ∆](?=\s?[=:]|\s-?\d)"
    r"|(?:treatment|group|intervention)\seffects?(?![a-z])"
    r"|effects?\sof\s(?:[a-z0-9-]{1,20}\s){0,4}(?:intervention|treatment|therapy|supplementation)"
    r"(?![a-z]))"
)
_CHANGE = re.compile(
    r"(?<![a-z])(?<!fold[\s-])(?:changes?|changed|increas(?:es?|ed|ing)|"
    r"decreas(?:es?|ed|ing)|reduc(?:es?|ed|ing|tions?)|"
    r"improv(?:es?|ed|ing|ements?)|declin(?:es?|ed)|fell|rose|rise|drop(?:s|ped)?|"
    r"lower(?:s|ed|ing)?|"
    r"(?:(?<!or\s)(?:higher|greater|shorter|longer)|extra|additional)(?!\sthan\s\d)|"
    r"gain(?:s|ed)?|loss|lost|prolong(?:s|ed)?|(?<!to\s)benefits?|sav(?:ed|ings?)|"
    r"shorten(?:s|ed|ing)?|rais(?:es|ed)|elevat(?:ed|ions?)|attenuat(?:ed|ions?)|"
    r"slow(?:s|ed))(?![a-z])"
)
_ADJUSTED = re.compile(r"(?<![a-z])(?:[a-z]{2,15}-)?adj(?:usted|\.)?\s(?:[a-z-]{1,15}\s)?$")
# of what is no such measure: an excess risk lies on another scale, a logarithm as well
_NOT_ITSELF = re.compile(
    r"(?:(?<![a-z])(?:log|ln|logarithm\sof\s(?:the)?|natural\slog)[-\s]?|ratio\sof\s)$"
)
_NOT_CORRELATION = re.compile(
    r"\b(?:intra-?(?:class|cluster)|concordance|kappa|agreement|reliability|ics?|item|total|retest|rater|observer|"
    r"auto|serial)[-\s]$"
)
_LETTER_NEXT = re.compile(r"s?\s?[=:~≈∼≅,(\[]|\s-?\d|[a-z]")
_OF_AGREEMENT = re.compile(
    r"(?:(?:intra-?class|concordance)\scorrelations?(?:\scoefficients?)?|\bicc)[\s,:(=]{1,3}$"
)
_OF_HEDGES = re.compile(r"hedge|effect\ssize|standardi[sz]ed\smean|\bsmd\b")
_OF_REGRESSION = re.compile(
    r"(?:(?<![a-z])(?:beta|b|β|path|interaction|adjusted|crude|estimated|"
    r"standardi[sz]ed|model|slope|effect|regression)\s|[(\[;,]\s?)$"
)
_REDUCED = re.compile(r"(?:\sfor(?:\s[^\s()\[\]]{1,20}){1,3})?[\s=,:(\[]{1,3}-\d+(?:\.\d+)?\s?%")
_ASIDE = re.compile(r"s?(?:\s{0,2}[(\[](?:[^()\[\]]|[(\[][^()\[\]]{1,20}[)\]]){0,60}[)\]]){0,3}")
# "(difference, 95% CI) in"
_INSIDE = re.compile(r"[^()\[\].]{0,40}(?:confidence\sintervals?|c\.?i\.?s?)\s?[)\]]")
_PER_UNIT = re.compile(r"/(?:sv|gy|sd)(?![a-z])")
# "ORadj", "odds ratio (OR)adj"
_ADJUSTED_BEHIND = re.compile(r"s?[)\]]?[\s_-]?adj(?![a-z])")
# "(relative risk, 95% CI 4.10, 1.32-12.75"
_BEHIND_COMMA = re.compile(
    r"s?[,;]\s?\d\d\s?%\s?(?:confidence\sintervals?|c\.?i\.?)s?[\s:=]{1,3}(?=\d)"
)
_OPENS = re.compile(r"s?\s{0,2}[(\[]\s?|s?,\s")
_CLOSES = re.compile(r"s?[)\]]")
_ARR = re.compile(r"(?<![A-Za-z0-9])ARRs?(?![A-Za-z0-9])")
_PERCENT_NEXT = re.compile(r"[\s=:,(]{0,4}\d+(?:[.·]\d+)?\s?%")
# no risk falls by more than one: "ARR 0.83, 95% CI 0.66-1.06" is a ratio
_RATIO_NEXT = re.compile(
    r"[\s=:,(]{0,4}(?:[1-9]\d*[.·]\d+|[01][.·]\d+"
    r"\s?[,;(\[]\s?[^()\[\]]{0,12}?\d[.·]\d+\s?(?:-|to|,)\s?[1-9]\d*[.·]\d)"
)
_RELATIVE = re.compile(r"adjusted|relative|ratio")
# "HRper SD", "HRTreatment"
_LOST_SUBSCRIPT = r"(?<=[A-Z]{2})(?:per\s|[A-Z][a-z]{3})"
_BACK = 48


@dataclass(frozen=True, slots=True)
class Named:
    """A measure where it is named.

    `is_worded`: plain words of difference or change; `has_interval`: the name says that intervals
    follow ("odds ratios (95% CI)").
    """

    measure: Measure
    start: int
    end: int
    is_worded: bool = False
    has_interval: bool = False


def before(
    pattern: re.Pattern[str], folded: str, at: int, *, reach: int = _BACK
) -> re.Match[str] | None:
    """The match of a pattern, which ends in `$`, in the words before a place."""
    return pattern.search(folded[max(0, at - reach) : at])


def names_of(source: Source) -> list[Named]:
    """Every place where a measure is named or worded, by start, none overlapping another."""
    named = [*_spelt(source), *_printed(source), *_absolute(source), *_worded(source)]
    named.sort(key=lambda name: (name.start, -name.end))
    kept: list[Named] = []
    for name in named:
        if kept and name.start < kept[-1].end:
            continue
        if kept and _is_one(source.folded, kept[-1], name):
            kept[-1] = _joined(source.folded, kept[-1], name)
        else:
            kept.append(name)
    kept = [_with_suffix(source.folded, name) for name in kept]
    return [replace(name, has_interval=_has_interval(source, name)) for name in kept]


def _spelt(source: Source) -> list[Named]:
    folded, words = source.folded, spellings().words
    return [
        Named(_adjusted(folded, m.start(), words[" ".join(m["name"].split())]), *m.span())
        for m in _word_pattern().finditer(folded)
        if _is_meant(folded, m)
    ]


def _printed(source: Source) -> list[Named]:
    prints = spellings().prints
    return [
        Named(_adjusted(source.folded, m.start(), prints[m["name"]]), *m.span())
        for m in _print_pattern().finditer(source.printed)
        if _is_meant(source.folded, m)
    ]


def _is_meant(folded: str, name: re.Match[str]) -> bool:
    """Whether a name stands for its measure there, and not for another thing of that name."""
    words, start = name["name"].lower(), name.start()
    if before(_NOT_ITSELF, folded, start):
        return False
    if words.startswith("correlation"):
        return not before(_NOT_CORRELATION, folded, start)
    if len(words) == 1 and words.isascii() and not _LETTER_NEXT.match(folded, name.end()):
        # "group B was"
        return False
    if words == "r":
        return not before(_OF_AGREEMENT, folded, start)
    if words.startswith("coef"):
        return before(_OF_REGRESSION, folded, start) is not None
    # a gram elsewhere
    return words != "g" or mentions(_OF_HEDGES, folded)


def _absolute(source: Source) -> list[Named]:
    return [
        Named(measure, *m.span())
        for m in _ARR.finditer(source.printed)
        if (measure := _arr(source.folded, m.end()))
    ]


def _arr(folded: str, end: int) -> Measure | None:
    """ARR: the absolute risk reduction where it says so or is in percent, else an adjusted RR."""
    if "absolute" in folded or _PERCENT_NEXT.match(folded, end):
        return spellings().words["absolute risk reduction"]
    if folded.startswith(" ratio", end):
        # of annualised rates
        return spellings().words["rate ratio"]
    is_ratio = _RELATIVE.search(folded) or _RATIO_NEXT.match(folded, end)
    return spellings().prints["aRR"] if is_ratio else None


def _worded(source: Source) -> list[Named]:
    return [
        Named(measure, *m.span(), is_worded=True)
        for pattern, measure in ((_DIFFERENCE, DIFFERENCE), (_CHANGE, CHANGE))
        for m in pattern.finditer(source.folded)
    ]


def _is_one(folded: str, first: Named, second: Named) -> bool:
    """Whether two names are one, as in "adjusted odds ratio (OR"."""
    # the B of "hepatitis B (OR = 1.9" is no name
    is_apart = first.is_worded or second.is_worded or first.measure.needs is Needs.SIGN
    return not is_apart and bool(_OPENS.fullmatch(folded[first.end : second.start]))


def _joined(folded: str, first: Named, second: Named) -> Named:
    is_adjusted = second.measure.is_adjusted and not first.measure.is_adjusted
    close = (
        _CLOSES.match(folded, second.end) if "," not in folded[first.end : second.start] else None
    )
    end = close.end() if close else second.end
    # "effect size (Cohen's d": the second says which
    is_named = is_adjusted or first.measure.name == "ES"
    return replace(first, end=end, measure=(second if is_named else first).measure)


def _has_interval(source: Source, name: Named) -> bool:
    aside = _ASIDE.match(source.folded, name.end)
    is_inside = _INSIDE.match(source.folded, name.end)
    is_inside = is_inside or _BEHIND_COMMA.match(source.folded, name.end)
    return bool(is_inside or (aside and CONFIDENCE.search(aside[0])))


def _adjusted(folded: str, start: int, measure: Measure) -> Measure:
    adjusted = spellings().adjustable.get(measure.name)
    return adjusted if adjusted and before(_ADJUSTED, folded, start) else measure


def _with_suffix(folded: str, name: Named) -> Named:
    """With what is behind a name: "ORadj", "ERR/Gy", "RR -70%" for a reduction."""
    if per := _PER_UNIT.match(folded, name.end):
        return replace(name, end=per.end())
    if name.measure.name == "RR" and _REDUCED.match(folded, name.end):
        return replace(name, measure=spellings().prints["RRR"])
    mark = _ADJUSTED_BEHIND.match(folded, name.end)
    adjusted = spellings().adjustable.get(name.measure.name)
    return replace(name, measure=adjusted, end=mark.end()) if mark and adjusted else name


@cache
def _word_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?P<name>{pattern_of(spellings().words)})(?=s?(?![a-z]))")


@cache
def _print_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.*-])(?P<name>{pattern_of(spellings().prints)})"
        rf"(?=s?(?![\w*])|adj(?![a-z])|{_LOST_SUBSCRIPT})"
        r"(?!-[A-Za-z0-9]|/(?!(?:Sv|Gy|SD)(?![A-Za-z]))[A-Za-z0-9])"
    )
