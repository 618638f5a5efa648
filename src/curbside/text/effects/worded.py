"""Whether plain words of difference and change lead to a number."""

from __future__ import annotations

import re

from curbside.text.effects.after import CONFIDENCE, P, Tail
from curbside.text.effects.gaps import (
    BREAK,
    CLAUSE,
    CURRENCY,
    LONGEST_GAP,
    LONGEST_PLAIN_GAP,
    LONGEST_STATED_GAP,
    LONGEST_WITH_INTERVALS,
    OPEN_END,
    RATE,
    SHORT,
    STRONG_END,
    VERBS,
    is_one_sentence,
    is_plain,
)
from curbside.text.effects.named import Named, before
from curbside.text.effects.records import Source, mentions
from curbside.text.measures import ADJUSTED_DIFFERENCE, CHANGE, DIFFERENCE, Measure, spellings

# "drug versus placebo: -0.05% [95% CI …"
_VERSUS_END = re.compile(
    r"\b(?:versus|vs\.?|minus)\s(?:[a-z-]{1,20}\s){0,2}[a-z-]{1,20}(?:[:,=]|\s?[(\[])\s?$"
)
_BY_END = re.compile(r"\sby\s(?:(?:an?\s(?:average|mean|median)\sof|about|approximately)\s)?$")
_BRACKET_END = re.compile(rf"[(\[]\s?{CURRENCY}$")
_IN_WHAT = re.compile(r"\s(?:in|of)\s(?:[a-z-]{1,20}\s){1,4}")
_CHANGE_NOUN = re.compile(
    r"(?:change|increase|decrease|reduction|improvement|gain|decline)s?|loss|differences?"
)
_COMPARATIVE = re.compile(r"lower|higher|greater|shorter|longer|extra|additional")
_FROM = re.compile(r"\bfrom\s")
_TO_ANOTHER = re.compile(r"[^.;]{0,80}?\sto\s\d")
_TO = re.compile(r"\b(?:to|at)\s$")
# "(PPV ", "(XRR(Sv) = ": a measure that is not known here; "than with CV: " is a group
_UNKNOWN_LABEL = re.compile(
    r"(?<!with\s)(?<!than\s)(?<!vs\s)(?<!versus\s)(?<!in\s)(?<!to\s)(?<!of\s)(?<![A-Za-z])"
    r"[A-Za-z]{0,2}[A-Z]{2,5}(?:\([A-Za-z]{1,4}\))?\s?[=:,]?\s?$"
)
# "[95% CI]": the intervals of what follows are not called so again
_ANNOUNCED = re.compile(
    r"[(\[][^()\[\]]{0,25}(?:confidence\sintervals?|c\.?i\.?s?)\s?[)\]][^()]{0,90}$"
)
# "the difference was not significant (-0.5 days; p = .16)"
_JUDGED_END = re.compile(
    r"\s(?:(?:was|were|is)\s(?:[a-z]{1,15}\s){0,3}significant|"
    r"(?:approached|reach(?:ed)?|attain(?:ed)?)\s(?:[a-z]{1,15}\s){0,4}(?:significance|level))"
    r"[:,]?\s?[(\[]?\s?$"
)
# "the difference between groups was -0.69, p = .08"
_OF_WHAT_WAS = re.compile(
    r"s?\s(?:between|in|of|for|from|among|at)\s[^,;:()\[\]]{1,70}(?:\s(?:was|were|is)|:)\s"
)
# "a difference of 1.97 units on the scale (t = 2.39, p = .02)"
_P_BEHIND = re.compile(rf"[^()\[\].,;:\d]{{0,110}}\s[(\[](?:[tfz]\s?=\s?-?[\d.]{{1,6}},\s)?{P}")
# "a difference of 3.7% was significant (t = 2.43, p < .02)"
_P_OF_SENTENCE = re.compile(
    rf"\s(?:was|is|were)\s(?:[a-z]{{1,15}}\s){{0,3}}(?:significant|different)[\s,]{{1,2}}"
    r"[(\[]?[^()\[\].]{0,8}"
    rf"(?:[^()\[\]]{{0,40}},\s?)?{P}"
)
_OF_GROUPS = re.compile(r"(?:between|inter)-?\s?(?:group|arm|treatment)s?\s$")
# "no difference in the end point: the mean change was"
_DENIED = re.compile(r"\b(?:no\s(?:[a-z-]{1,20}\s){0,3}|significance\sof\s(?:the\s)?)$")
_OF_ONE_GROUP = re.compile(r"\b(?:group|arm)\s(?:mean|median)s?\s?[:=]?\s?$")
_MEANS = re.compile(r"(?<![a-z])(?:means?|lsm|m|average|lsmeans?)(?![a-z])")
_RISKS = re.compile(
    r"(?<![a-z])(?:risks?|rates?|proportions?|incidences?|percentages?(?!\schange)|odds|hazards?|"
    r"likelihood)"
    r"(?![a-z])"
)
_LONGEST_TO_BRACKET = 40
_PHRASE_END = re.compile(r"[,.;:()\[\]]")


def leads_in_words(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    """Whether "a difference of", "fell by" and the like lead to a number with its interval."""
    gap = source.folded[name.end : number.start()]
    longest = LONGEST_WITH_INTERVALS if name.has_interval else LONGEST_GAP
    longest = max(longest, LONGEST_STATED_GAP if _is_subject(source, name, gap) else 0)
    if len(gap) > longest or not is_one_sentence(source, name.end, number.start()):
        return False
    # without a word of confidence a bracket may hold quartiles or a range; not so right behind a
    # difference that is tested, or where it reaches below zero
    is_tested = tail.p is not None or (tail.low is not None and tail.low < 0)
    is_near = SHORT.fullmatch(gap) or (OPEN_END.search(gap) and len(gap) <= _LONGEST_TO_BRACKET)
    is_difference = name.measure is DIFFERENCE and is_tested and is_near
    is_told = tail.is_explicit or is_difference or mentions(CONFIDENCE, source.folded)
    if tail.interval and not is_told:
        return False
    if _OF_ONE_GROUP.search(gap) or CLAUSE.search(gap):
        return False
    if name.measure is DIFFERENCE:
        is_denied = before(_DENIED, source.folded, name.start)
        if is_denied and not (
            OPEN_END.search(gap) or _VERSUS_END.search(gap) or SHORT.fullmatch(gap)
        ):
            return False
        word = source.folded[name.start : name.end]
        # an "effect" without a unit may as well be a ratio, unless its interval reaches below zero
        is_below = tail.low is not None and tail.low < 0
        return (tail.unit is not None or is_below or "effect" not in word) and _differs(
            name,
            source.folded,
            gap,
            tail,
            is_of_groups=bool(before(_OF_GROUPS, source.folded, name.start)),
        )
    return tail.interval is not None and _changes(source, name, number, tail)


def _is_subject(source: Source, name: Named, gap: str) -> bool:
    """Whether a far figure is that of the change: "reduced … by 4.2", "the changes … were"."""
    noun = _CHANGE_NOUN.fullmatch(source.folded[name.start : name.end])
    is_said = gap.endswith(VERBS) and not BREAK.search(gap)
    return bool(_BY_END.search(gap) or (noun and is_said))


def _differs(name: Named, folded: str, gap: str, tail: Tail, *, is_of_groups: bool) -> bool:
    link = SHORT.fullmatch(gap)
    if not tail.interval:
        is_stated = link and (link["sign"] or link["verb"])
        is_judged = tail.p and _JUDGED_END.search(gap) and is_plain(gap, LONGEST_GAP)
        is_judged = is_judged or (tail.p and _OF_WHAT_WAS.fullmatch(gap) and is_plain(gap))
        has_p = (
            tail.p or _P_OF_SENTENCE.match(folded, tail.end) or _P_BEHIND.match(folded, tail.end)
        )
        has_figure = has_p or (is_of_groups and tail.has_spread)
        return bool(is_judged or (is_stated and has_figure))
    if name.has_interval or (tail.is_explicit and _VERSUS_END.search(gap)):
        return True
    if ";" in gap and not link:
        return False
    return bool(link or (tail.is_explicit and is_plain(gap)) or STRONG_END.search(gap))


def _changes(source: Source, name: Named, number: re.Match[str], tail: Tail) -> bool:
    gap = source.folded[name.end : number.start()]
    link = SHORT.fullmatch(gap)
    is_called = tail.is_explicit or before(_ANNOUNCED, source.folded, number.start(), reach=120)
    if _UNKNOWN_LABEL.search(source.printed[name.end : number.start()]):
        return False
    # "a lower threshold of": a comparative leads only right before its figure
    word = source.folded[name.start : name.end]
    is_comparative = _COMPARATIVE.fullmatch(word)
    # no cost or score lies below zero: a bracket with such a bound is a difference
    is_across = tail.low is not None and tail.low < 0 and _BRACKET_END.search(gap)
    # "a higher 4.25%" is the level itself
    is_level = gap == " " and word not in ("extra", "additional") and not number["sign"]
    is_said = (link and not is_level) or gap.endswith(" by ") or number["sign"] or is_across
    if is_comparative and not is_said:
        return False
    is_stated = _BY_END.search(gap) or (number["sign"] and tail.is_explicit)
    if _TO.search(gap) or (RATE.search(gap) and not is_stated):
        return False
    if tail.unit is None and _RISKS.search(gap):
        # "raised the risk of death (2.27; 95% CI …)": a ratio that is not named
        return False
    if link or number["sign"] or is_across:
        return True
    if _FROM.search(gap) and _TO_ANOTHER.match(source.folded, tail.end):
        # "a reduction, from an estimated level of 1.28 (…) to 0.72"
        return False
    if tail.is_explicit and tail.unit and _IN_WHAT.fullmatch(gap):
        return True
    longest = LONGEST_STATED_GAP if _is_subject(source, name, gap) else LONGEST_PLAIN_GAP
    return bool(is_called and is_plain(gap, longest) and STRONG_END.search(gap))


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
