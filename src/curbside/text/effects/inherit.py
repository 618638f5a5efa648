"""Whether a measure that was named once governs a later number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curbside.text.effects.after import Tail
from curbside.text.effects.gaps import ALONE_AFTER, is_one_sentence
from curbside.text.effects.leads import fits
from curbside.text.effects.named import Named
from curbside.text.effects.records import FoundEffect, Source
from curbside.text.measures import CHANGE, DIFFERENCE, Needs, Scale, scale_of

_LONGEST_INHERITED = 200
_LONGEST_P_GAP = 60
_LONGEST_ALIKE_GAP = 120
_NEXT_TO = 12
# between two estimates of one measure nothing else is named that numbers follow
_ANOTHER = re.compile(
    r"\b(?:sensitivity|specificity|auc|auroc|means?|medians?|accuracy|heterogeneity|i2|i²|iqr|sd|"
    r"range|kappa|icc|likelihood)\b|\baged?\b[^,;(\[]{0,12}$"
)
# where the talk turns to what is neither difference nor change, or to what is compared
_TURN = re.compile(
    r"\b(?:prevalence|incidence|rates?|proportions?|survival|frequency|probability|estimates?|"
    r"percentage\sof|ratio|despite|although|whereas)\b"
)
_AGAINST = re.compile(r"\b(?:compared|versus|vs|than(?!\s\d))\b")
# "(PPV = ": a measure that is not known here
_OTHER_LABEL = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,2}[A-Z]{2,5}(?:\([A-Za-z]{1,4}\))?\s?=\s?$")
_NEXT_OF_LIST = re.compile(
    r"\s?(?:for\s[a-z][a-z\s-]{1,25})?(?:,\s(?:and\s)?|\s(?:and|versus|vs\.?)\s)"
)
_ASIDE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
# "(33 804 vs 29 220; 3961 (95% CI": what is compared, and then the estimate
_GROUPS = re.compile(r"[(\[][^()\[\];]{1,40}\b(?:vs|versus)\b[^()\[\];]{1,40};")
_FROM = re.compile(r"\bfrom\s(?!baseline)")
_SPREAD = re.compile(r"\s?(?:±|\+/-)")
_OPEN_END = re.compile(r"[(\[]\s?(?:(?:mean|average)[:=]?\s)?$")


def inherits(
    source: Source,
    number: re.Match[str],
    tail: Tail,
    effect: FoundEffect,
    name: Named,
    fresh: Sequence[Named],
) -> bool:
    """Whether the measure of the estimate before governs a number: "HRs of 1.2 (…) and 1.5 (…)".

    Args:
        source: the text.
        number: the number in question.
        tail: what follows it.
        effect: the estimate before it.
        name: the measure of that estimate.
        fresh: measures and words of change named between the two.
    """
    start, end = effect.span.end, number.start()
    gap = source.folded[start:end]
    if not fits(source, name.measure, number, tail):
        return False
    if is_next_of_list(source, effect, number, tail):
        return True
    is_listed = (
        tail.interval is not None and effect.interval_span is not None and _OPEN_END.search(gap)
    )
    if name.measure.needs is Needs.SIGN and not (name.has_interval and is_listed):
        return False
    if len(gap) > _LONGEST_INHERITED or not is_one_sentence(source, start, end):
        return False
    if any(not later.is_worded or later.measure is DIFFERENCE for later in fresh):
        return False
    if name.measure.scale is Scale.RATIO and tail.is_explicit:
        # "3-fold higher concentrations, and it was 1.13 (95% CI …)"
        fresh = [later for later in fresh if number.start() - later.end < _NEXT_TO]
    # "LDL (-0.2 (…)), HDL ratio (-0.3 (…))": what stands in a list turns nothing
    is_same = (tail.is_explicit and gap.endswith(" by ")) or (is_listed and name.has_interval)
    is_turn = _turns(gap, name.measure.scale) and not is_same
    if name.measure is CHANGE and not number["sign"] and _FROM.search(gap):
        # "a 44% reduction, from an estimated level of 1.28 (…) to 0.72 (…)"
        return False
    if is_turn or _OTHER_LABEL.search(source.printed[start:end]):
        return False
    return _is_alike(source, number, tail, effect, fresh)


def _turns(gap: str, scale: Scale) -> bool:
    """Whether the words between speak of something else."""
    gap = _OPEN_END.sub("(", _GROUPS.sub("", _ASIDE.sub("", gap)))
    if _ANOTHER.search(gap) or (scale is not Scale.RATIO and _TURN.search(gap)):
        return True
    return scale is Scale.DIFFERENCE and bool(_AGAINST.search(gap))


def _is_alike(
    source: Source,
    number: re.Match[str],
    tail: Tail,
    effect: FoundEffect,
    fresh: Sequence[Named],
) -> bool:
    """Whether a number is printed as the estimate before it is."""
    gap = source.folded[effect.span.end : number.start()]
    if tail.interval and (effect.interval_span or effect.doubt):
        is_whole = number["digits"].isdigit() and not number["sign"] and effect.point % 1 != 0
        if is_whole and not tail.is_explicit:
            # "(HR 0.49 …) and days in hospital (11 [7-21])"
            return False
        # words of change between lead to a figure of their own, unless it stands in a bracket
        return not fresh or bool(_OPEN_END.search(_GROUPS.sub("(", gap)))
    has_spread = _SPREAD.match(source.folded, effect.point_span.end) is not None
    if tail.interval or tail.has_spread is not has_spread or effect.interval_span:
        return False
    if effect.p_span is None:
        # "moderate for anxiety (.48) and small for depression (.26)"
        is_alone = _OPEN_END.search(gap) and ALONE_AFTER.match(source.folded, tail.end)
        is_next = is_alone and gap.startswith(")") and len(gap) <= _LONGEST_P_GAP
        return bool(is_next and effect.point % 1 and not number["digits"].isdigit() and not fresh)
    if tail.unit and effect.unit and tail.unit != effect.unit:
        # "(mean difference 1.5 kg, P = .01), vitamin D (+24%, P = .004)"
        return False
    is_p_behind = tail.p is not None and effect.p_span.start > effect.point_span.end
    # the same unit and a p value each: "14% (p = .03) in one trial (…) of the drug, 34% (p < .01)"
    longest = _LONGEST_ALIKE_GAP if tail.unit and tail.unit == effect.unit else _LONGEST_P_GAP
    return is_p_behind and len(_ASIDE.sub("", gap)) <= longest and not fresh


def is_next_of_list(source: Source, effect: FoundEffect, number: re.Match[str], tail: Tail) -> bool:
    """Whether a bare figure stands right beside the one before: "r = 0.55, 0.67 and 0.73"."""
    gap = source.folded[effect.span.end : number.start()]
    is_bare = effect.interval_span is None and tail.interval is None
    is_bare = is_bare and (effect.p is None or scale_of(effect.measure) is Scale.RATIO)
    has_decimals = not number["digits"].isdigit() and effect.point % 1 != 0
    return (
        is_bare and has_decimals and tail.unit == effect.unit and bool(_NEXT_OF_LIST.fullmatch(gap))
    )
