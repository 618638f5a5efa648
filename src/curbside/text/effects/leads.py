"""Whether a measure, or words of difference and change, lead to a number."""

from __future__ import annotations

import re

from curbside.text.effects.after import CONFIDENCE, Tail
from curbside.text.effects.figures import PERCENT, unit_after, value_of
from curbside.text.effects.named import Named, before
from curbside.text.effects.records import Source
from curbside.text.measures import (
    ADJUSTED_DIFFERENCE,
    CHANGE,
    DIFFERENCE,
    Measure,
    Needs,
    Scale,
    spellings,
)

_CURRENCY = r"(?:[a-z]{0,3}[€$£¥])?"
_SHORT = re.compile(
    r"s?(?:\s{0,2}[(\[][^()\[\]]{0,60}[)\]]){0,3}\s{0,2}"
    r"(?:(?P<sign>[=:~≈])|[,;(\[]|(?P<verb>of|was|were|is|at|by|to\sbe|equal\sto)(?=\s))?"
    rf"(?:\s{{0,2}}[=:(\[])?\s{{0,2}}(?:about\s|approximately\s)?{_CURRENCY}"
)
_STRONG_END = re.compile(
    rf"(?:[=:(\[]|,|\sfrom\sbaseline|\s(?:of|was|were|is|by|be|being|and))\s{{0,2}}{_CURRENCY}$"
)
_STATED_END = re.compile(rf"(?:[=:]|\s(?:was|were|of|is))\s{{0,2}}{_CURRENCY}$")
_OPEN_END = re.compile(r"[(\[]\s?$")
_PLAIN = re.compile(r"[)\]]?(?:\s[a-z'-]{1,20}){0,6}\s")
_TIME = re.compile(r"\d+[\s-](?:hours?|days?|weeks?|months?|years?)(?![a-z])")
_FIGURE = re.compile(r"(?<![a-z])(?<![a-z]-)\d")
_SENTENCE_END = re.compile(
    r"(?<!vs)(?<!\bv)(?<!al)(?<!e\.g)(?<!i\.e)[.!?][)\]]?\s+(?=[A-Z])|\n\s*\n"
)
# "Y=0.68": the label of something else
_OTHER_LABEL = re.compile(r"[^a-z][a-z]{1,2}\d?\s?=\s?$")
_LONGEST_GAP = 120
_LONGEST_WITH_INTERVALS = 260
_LONGEST_PLAIN_GAP = 80
_LONGEST_PRINT = 5
_LARGEST_BARE_RATIO = 20
_RATE = re.compile(
    r"\b(?:prevalence|incidence|rates?|proportions?|sensitivity|specificity|survival|frequency|"
    r"probability|range|percentage\sof|ratio|efficacy|effectiveness|accuracy)\b"
)
_COMPARATIVE = re.compile(r"lower|higher|greater|shorter|longer")
_TO = re.compile(r"\b(?:to|at)\s$")
# "(SOR ", "(ERR(Sv) = ": a measure that is not known here
_UNKNOWN_LABEL = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{0,2}[A-Z]{2,5}(?:\([A-Za-z]{1,4}\))?\s?[=:,]?\s?$"
)
# "[95% CI]": the intervals of what follows are not called so again
_ANNOUNCED = re.compile(
    r"[(\[][^()\[\]]{0,25}(?:confidence\sintervals?|c\.?i\.?s?)\s?[)\]][^()]{0,90}$"
)
_OF_GROUPS = re.compile(r"(?:between|inter)-?\s?(?:group|arm|treatment)s?\s$")
# "no difference in the end point: the mean change was"
_DENIED = re.compile(r"\bno\s(?:[a-z-]{1,20}\s){0,3}$")
_CLAUSE = re.compile(r",\s(?:but|which|while|whereas|although|with)\s")
_OF_ONE_GROUP = re.compile(r"\b(?:group|arm)\s(?:mean|median)s?\s?[:=]?\s?$")
_MEANS = re.compile(r"(?<![a-z])(?:means?|lsm|m|average|lsmeans?)(?![a-z])")
_RISKS = re.compile(
    r"(?<![a-z])(?:risks?|rates?|proportions?|incidences?|percentages?(?!\schange)|odds|hazards?|"
    r"likelihood)"
    r"(?![a-z])"
)
_PHRASE_END = re.compile(r"[,.;:()\[\]]")
_WITHOUT_UNIT = frozenset({"r", "SMD", "ES"})
# a difference that a trial was planned to see is none that it saw
_PLANNED = re.compile(
    r"(?<![a-z])(?:detect(?:ing)?|assum(?:e[ds]?|ing)|expect(?:ed|ing)?|anticipat(?:ed|ing)|"
    r"hypothesi[sz]ed|margin\sof)\s(?:[a-z-]{1,15}\s){0,2}$"
)
# what else a print stands for, unless an interval is called one
_OTHER_SENSES = {
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


def is_one_sentence(source: Source, start: int, end: int) -> bool:
    """Whether no sentence ends between two places."""
    return not _SENTENCE_END.search(source.printed[start:end])


def fits(source: Source, measure: Measure, number: re.Match[str], tail: Tail) -> bool:
    """Whether a figure can be one of that measure at all."""
    value = value_of(number)
    if measure.scale is Scale.RATIO:
        if value <= 0 or number["sign"]:
            return False
        if PERCENT.match(source.folded, number.end()):
            return measure.is_in_percent
        return tail.is_explicit or not unit_after(source, number.end())[0]
    if measure.name in _WITHOUT_UNIT and (tail.unit or tail.has_spread):
        return False
    return abs(value) <= 1 if measure.name == "r" else True


def leads(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether a named measure leads to a number."""
    gap = source.folded[name.end : number.start()]
    if not _is_near(name, gap, tail) or not is_one_sentence(source, name.end, number.start()):
        return False
    if _OTHER_LABEL.search(gap) or not fits(source, name.measure, number, tail):
        return False
    if _has_other_sense(source, name, tail) or before(_PLANNED, source.folded, name.start):
        return False
    link = _SHORT.fullmatch(gap)
    if name.measure.needs is Needs.SIGN:
        if link is None or PERCENT.match(source.folded, number.end()):
            return False
        # "group B, 12": a letter alone needs the sign, "β, 1.3 (95% CI" does not
        is_letter = name.end == name.start + 1 and source.printed[name.start].isascii()
        return bool(link["sign"] or (tail.is_explicit and not is_letter))
    has_tail = tail.interval is not None or tail.p is not None
    if name.measure.needs is Needs.INTERVAL and not has_tail:
        return bool(link and (link["sign"] or name.end - name.start > _LONGEST_PRINT))
    if link:
        if link["verb"] == "at" and tail.unit and not has_tail:
            return False
        # "HR 72": a number alone, without a sign, must look like a ratio
        is_ratio = name.measure.scale is Scale.RATIO and not name.measure.is_in_percent
        return has_tail or not is_ratio or value_of(number) < _LARGEST_BARE_RATIO
    return _reaches(name, gap, number, tail)


def _is_near(name: Named, gap: str, tail: Tail) -> bool:
    """Whether a number is not too far behind a name: farther where the interval is called one and
    "was" leads to it, with no rate between."""
    if len(gap) <= _LONGEST_GAP:
        return True
    is_stated = tail.is_explicit and _STATED_END.search(gap) and not _RATE.search(gap)
    return len(gap) <= _LONGEST_WITH_INTERVALS and bool(name.has_interval or is_stated)


def _has_other_sense(source: Source, name: Named, tail: Tail) -> bool:
    other = _OTHER_SENSES.get(name.measure.name)
    is_print = name.end - name.start <= _LONGEST_PRINT
    return bool(is_print and other and not tail.is_explicit and other.search(source.folded))


def _reaches(name: Named, gap: str, number: re.Match[str], tail: Tail) -> bool:
    """Whether a measure reaches a number over other words."""
    if tail.interval:
        if tail.is_explicit or number["sign"] or _STRONG_END.search(gap):
            return True
        return name.has_interval
    if tail.p and (_STRONG_END.search(gap) or _PLAIN.fullmatch(gap)):
        return True
    is_signed = number["sign"] and _OPEN_END.search(gap)
    return _is_plain(gap) and bool(is_signed or _STATED_END.search(gap))


def _is_plain(gap: str) -> bool:
    """Whether a gap is short and holds no figure but times."""
    return len(gap) <= _LONGEST_PLAIN_GAP and not _FIGURE.search(_TIME.sub("", gap))


def leads_in_words(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether "a difference of", "fell by" and the like lead to a number with its interval."""
    gap = source.folded[name.end : number.start()]
    longest = _LONGEST_WITH_INTERVALS if name.has_interval else _LONGEST_GAP
    if len(gap) > longest or not is_one_sentence(source, name.end, number.start()):
        return False
    if tail.interval and not tail.is_explicit and not CONFIDENCE.search(source.folded):
        # without a word of confidence a bracket may hold quartiles or a range
        return False
    if _OF_ONE_GROUP.search(gap) or _CLAUSE.search(gap):
        return False
    if name.measure is DIFFERENCE:
        is_denied = before(_DENIED, source.folded, name.start)
        if is_denied and not (_OPEN_END.search(gap) or _SHORT.fullmatch(gap)):
            return False
        word = source.folded[name.start : name.end]
        # an "effect" without a unit may as well be a ratio
        return (tail.unit is not None or "effect" not in word) and _differs(
            name, gap, tail, is_of_groups=bool(before(_OF_GROUPS, source.folded, name.start))
        )
    return tail.interval is not None and _changes(source, name, number, tail)


def _differs(name: Named, gap: str, tail: Tail, *, is_of_groups: bool) -> bool:
    link = _SHORT.fullmatch(gap)
    if not tail.interval:
        is_stated = link and (link["sign"] or link["verb"])
        return bool(is_stated and (tail.p or (is_of_groups and tail.has_spread)))
    if name.has_interval:
        return True
    if ";" in gap and not link:
        return False
    return bool(link or (tail.is_explicit and _is_plain(gap)) or _STRONG_END.search(gap))


def _changes(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    gap = source.folded[name.end : number.start()]
    link = _SHORT.fullmatch(gap)
    is_called = tail.is_explicit or before(_ANNOUNCED, source.folded, number.start(), reach=120)
    if _UNKNOWN_LABEL.search(source.printed[name.end : number.start()]):
        return False
    # "a lower threshold of": a comparative leads only right before its figure
    is_comparative = _COMPARATIVE.fullmatch(source.folded[name.start : name.end])
    if is_comparative and not (link or gap.endswith(" by ") or number["sign"]):
        return False
    if _TO.search(gap) or (_RATE.search(gap) and not gap.endswith(" by ")):
        return False
    if tail.unit is None and _RISKS.search(gap):
        # "raised the risk of death (2.27; 95% CI …)": a ratio that is not named
        return False
    if link or number["sign"]:
        return True
    return bool(is_called and _is_plain(gap) and _STRONG_END.search(gap))


def measure_in_words(source: Source, name: Named, number: re.Match[str], tail: Tail) -> Measure:
    """What kind of difference the words around it say it is."""
    if name.measure is CHANGE:
        return CHANGE
    lead = _PHRASE_END.split(source.folded[max(0, name.start - 30) : name.start])[-1]
    phrase = f"{lead} {source.folded[name.end : number.start()]}"
    is_adjusted = "adjusted" in lead
    known = spellings()
    if _MEANS.search(phrase):
        return known.adjustable["MD"] if is_adjusted else known.words["mean difference"]
    if _RISKS.search(phrase) and tail.unit in ("%", "percentage point"):
        return known.adjustable["RD"] if is_adjusted else known.words["risk difference"]
    return ADJUSTED_DIFFERENCE if is_adjusted else DIFFERENCE
