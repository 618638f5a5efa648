"""Whether a named measure leads to a number."""

from __future__ import annotations

import re

from curbside.text.effects.after import Tail
from curbside.text.effects.figures import PERCENT, unit_after, value_of
from curbside.text.effects.gaps import (
    ALONE_AFTER,
    LONGEST_GAP,
    LONGEST_WITH_INTERVALS,
    OPEN_END,
    RATE,
    SHORT,
    STATED_END,
    STRONG_END,
    is_one_sentence,
    is_plain,
    is_said,
)
from curbside.text.effects.named import Named, before
from curbside.text.effects.records import Source, mentions
from curbside.text.measures import Measure, Needs, Scale

_FOR_WHOM = re.compile(r"s?\sfor\s[^,;:()\[\]\d]{1,60}(?:[,:]|\sof)\s")
# "odds ratios: men 0.74 (0.51 to 1.09); women 0.43 (0.20 to 0.95)"
_LABELLED = re.compile(r"s?\s?:\s(?:[a-z][\w-]{0,20}\s){1,5}")
_PLAIN = re.compile(r"[)\]]?(?:\s[a-z'-]{1,20}){0,6}\s")
_TIME = re.compile(
    r"(?:\s?(?:,|and|or|to|-)\s?\d+){0,3}[\s-]?(?:h|hour|min|minute|day|week|month|year)s?(?![a-z])"
)
_THRESHOLD = re.compile(r"[<>≥≤]=?\s?\d+(?:[.·]\d+)?")
# "Y=0.68": the label of something else
_OTHER_LABEL = re.compile(r"[^a-z][a-z]{1,2}\d?\s?=\s?$")
_LABEL_IN_PRINT = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,2}[A-Z]{2,5}\s?=\s?$")
_LONGEST_PRINT = 5
_LARGEST_BARE_RATIO = 20
_LEAST_WIDTH = 1.5  # of the interval of so large a ratio, high to low
_WITHOUT_UNIT = frozenset({"r", "SMD", "ES"})
# a difference that a trial was planned to see is none that it saw
_PLANNED = re.compile(
    r"(?<![a-z])(?:detect(?:ing)?|assum(?:e[ds]?|ing)|expect(?:ed|ing)?|anticipat(?:ed|ing)|"
    r"hypothesi[sz]ed|margin\sof)\s(?:[a-z-]{1,15}\s){0,2}$"
)
# "the prevalence of MD": an illness
_OF_ILLNESS = re.compile(
    r"(?<![a-z])(?:prevalence|incidence|frequency|diagnos[ie]s|symptoms|patients|children|adults)"
    r"\s(?:of|with)\s$"
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
    # of a planned trial, the share of true effects that it would miss
    "beta": re.compile(r"α\s?=|\balpha\s?=|sample\ssize|type\sii\b"),
}


def fits(source: Source, measure: Measure, number: re.Match[str], tail: Tail) -> bool:
    """Whether a figure can be one of that measure at all."""
    value = value_of(number)
    if measure.scale is Scale.RATIO:
        if value <= 0 or number["sign"]:
            return False
        if PERCENT.match(source.folded, number.end()):
            return measure.is_in_percent
        if tail.interval is None and tail.has_spread:
            # "mean HR (175 ± 2; p = .01)" is a heart rate
            return False
        if tail.low and tail.high and value >= _LARGEST_BARE_RATIO:
            # "HR 73 (95% CI 69-77)" is a heart rate
            return tail.high / tail.low >= _LEAST_WIDTH
        return tail.is_explicit or not unit_after(source, number.end())[0]
    if measure.name in _WITHOUT_UNIT and (tail.unit or tail.has_spread):
        return False
    return abs(value) <= 1 if measure.name == "r" else True


def leads(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether a named measure leads to a number."""
    gap = source.folded[name.end : number.start()]
    if not _is_near(name, gap, tail) or not is_one_sentence(source, name.end, number.start()):
        return False
    if _is_labelled(source, name, number, tail) or not fits(source, name.measure, number, tail):
        return False
    if _has_other_sense(source, name, tail) or before(_PLANNED, source.folded, name.start):
        return False
    link = SHORT.fullmatch(gap)
    if name.measure.needs is Needs.SIGN:
        if link is None or PERCENT.match(source.folded, number.end()):
            return False
        if link["verb"] in ("of", "was") and name.end - name.start > _LONGEST_PRINT:
            # "a correlation of -0.21"
            return not number["digits"].isdigit()
        # "group B, 12": a letter alone needs the sign, "β, 1.3 (95% CI" and "B -0.2 (95% CI" do not
        is_letter = name.end == name.start + 1 and source.printed[name.start].isascii()
        is_plain = not is_letter or (gap == " " and number["sign"])
        return bool(link["sign"] or ((tail.interval or tail.p) and is_plain))
    has_tail = tail.interval is not None or tail.p is not None
    if name.measure.needs is Needs.INTERVAL and not has_tail:
        # "the SMR was 0.43"
        is_ratio = name.measure.scale is Scale.RATIO and not number["digits"].isdigit()
        is_stated = link and (link["sign"] or (is_ratio and link["verb"] in ("was", "were", "of")))
        return bool(is_stated or (link and name.end - name.start > _LONGEST_PRINT))
    if link:
        if link["verb"] == "at" and (tail.unit or _TIME.match(source.folded, number.end())):
            return False
        # "HR 72", "HR = 72": a number alone must look like a ratio
        is_ratio = name.measure.scale is Scale.RATIO and not name.measure.is_in_percent
        is_stated = link["sign"] and not number["digits"].isdigit()
        return has_tail or is_stated or not is_ratio or value_of(number) < _LARGEST_BARE_RATIO
    return _reaches(source, name, number, tail)


def _is_near(name: Named, gap: str, tail: Tail) -> bool:
    """Whether a number is not too far behind a name: farther where the interval is called one and
    "was" leads to it, with no rate between."""
    if len(gap) <= LONGEST_GAP or (name.end - name.start > 1 and is_said(gap)):
        return True
    is_stated = tail.is_explicit and STATED_END.search(gap) and not RATE.search(gap)
    return len(gap) <= LONGEST_WITH_INTERVALS and bool(name.has_interval or is_stated)


def _is_labelled(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether the label of something else stands before a number."""
    gap = slice(name.end, number.start())
    is_print = not tail.interval and _LABEL_IN_PRINT.search(source.printed[gap])
    return bool(is_print or _OTHER_LABEL.search(source.folded[gap]))


def _has_other_sense(source: Source, name: Named, tail: Tail) -> bool:
    other = _OTHER_SENSES.get(name.measure.name)
    is_print = name.end - name.start <= _LONGEST_PRINT
    if is_print and before(_OF_ILLNESS, source.folded, name.start):
        return True
    return bool(is_print and other and not tail.is_explicit and mentions(other, source.folded))


def _reaches(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether a measure reaches a number over other words."""
    gap = source.folded[name.end : number.start()]
    if tail.interval:
        if tail.is_explicit or number["sign"] or STRONG_END.search(gap):
            return True
        has_decimals = not number["digits"].isdigit()
        return name.has_interval or (has_decimals and _LABELLED.fullmatch(gap) is not None)
    if tail.p and (STRONG_END.search(gap) or _PLAIN.fullmatch(gap)):
        return True
    if not number["digits"].isdigit() and _FOR_WHOM.fullmatch(gap):
        return True
    is_alone = number["sign"] or (
        # "effect sizes in one group (0.53 versus 0.38)"
        name.end - name.start > _LONGEST_PRINT
        and not number["digits"].isdigit()
        and ALONE_AFTER.match(source.folded, tail.end)
    )
    is_bracketed = is_alone and OPEN_END.search(gap)
    return is_said(gap) or bool(is_bracketed and is_plain(_THRESHOLD.sub("", gap), LONGEST_GAP))
