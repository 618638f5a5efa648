"""Numbers with what belongs to them: comparator, unit, range, share, spread, counted noun."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curbside.text.quantities.after import LIMITS, PERCENT, ReadUnit, unit_after
from curbside.text.quantities.counted import is_counted, is_year
from curbside.text.quantities.numbers import Number, number_at
from curbside.text.quantities.records import QuantityKind
from curbside.text.quantities.sentence import Found, Sentence
from curbside.text.quantities.words import words

_OLD = re.compile(r"[\s-](?:old|olds)(?![a-z])")
_SPREAD = re.compile(r"\s?(?:±|\+/-|\+-|\+\s/\s-)\s?")
_SD = re.compile(
    r"\s?[(\[]\s?(?:±|\+/-"
    r"|(?:sd|s\.d\.|sem|se|s\.e\.m?\.?|standard\s(?:deviation|error))(?![a-z])\s?[=:,±]?)\s?"
)
_CLOSE = re.compile(r"\s?[)\]]")
_SHARE = re.compile(r"\s?[(\[]\s?(?=[\d.])")
_CENTRAL = re.compile(r"\s?[(\[]\s?(?:(?:range|iqr)[:,]?\s)?(?=[\d.])")
_OF = re.compile(r"\s(?:out\s)?of\s(?:the\s|these\s|all\s)?|/(?=\d)|:(?=\d)|\sin\s(?=\d)")
_GLUED = re.compile(r"-?[^\W\d_]")
_DASH = re.compile(r"\s?-\s?|\sto\s")
_OR = re.compile(r"\sor\s")
_COMMA = re.compile(r",\s?(?=\d)")
# looked for ahead, so that a long row of numbers is not read again from each of them
_HAS_LAST = re.compile(r"(?:,\s?[\d.·]{1,12}){0,7}(?:,?\s(?:and|or|vs\.?|versus)\s|/)")
_LAST = re.compile(r",?\s(?:and|or|vs\.?|versus)\s|/")
_CUE = re.compile(
    r"(?:(?:interquartile\s)?rang(?:e[sd]?|ing)|iqr)"
    r"(?:\s?[:=,]|\s(?:is|was|of))?\s(?:from\s|between\s)?"
    r"|(?:interquartile\s)?(?:range|iqr)\s?[:=]\s?|between\s"
)
_TO = re.compile(r"\s?(?:-|,)\s?|\s(?:to|and)\s")
_AT = re.compile(r"(?:at|within|by)\s(?:about\s|approximately\s|around\s)?")
_N = re.compile(r"n\s?=\s?")
_ABOUT_A = re.compile(r"an?\s(?=(?:year|month|week|day)(?![a-z]))")
_FRACTION = re.compile(
    r"(?:(?P<n>one|two|three|four)[\s-]|(?P<a>an?)\s)"
    r"(?P<part>half|third|quarter|fifth|tenth)s?(?![a-z])"
    r"|(?P<half>half)(?=\s(?:of|the)\s)"
)
_PARTS = {"half": 2.0, "third": 3.0, "quarter": 4.0, "fifth": 5.0, "tenth": 10.0}
_COUNTS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0}


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before the number: where the quantity starts, its comparator and its cue."""

    start: int
    at: int
    comparator: str | None = None
    is_sign: bool = False
    is_point: bool = False
    is_range: bool = False


def value_at(sentence: Sentence, start: int) -> Found | None:
    """A number with comparator, unit and noun, in the longest reading that fits."""
    return _read(sentence, _compared(sentence, _Lead(start, start)))


def time_point_at(sentence: Sentence, start: int) -> Found | None:
    """ "at 3 years", "within 52 weeks", "at 1, 2 and 3 years"; None where no time follows."""
    match = _AT.match(sentence.folded, start)
    if match is None:
        return None
    found = _read(sentence, _compared(sentence, _Lead(start, match.end(), is_point=True)))
    return found if found and found[0].kind is QuantityKind.TIME_POINT else None


def range_at(sentence: Sentence, start: int) -> Found | None:
    """ "range 1 to 23", "between 5 and 10 mg"; None where no two numbers follow."""
    match = _CUE.match(sentence.folded, start)
    if match is None:
        return None
    first = number_at(sentence.folded, match.end())
    return _range(sentence, _Lead(start, match.end(), is_range=True), first) if first else None


def sample_size_at(sentence: Sentence, start: int) -> Found | None:
    """ "n = 39"."""
    match = _N.match(sentence.folded, start)
    number = number_at(sentence.folded, match.end()) if match else None
    if number is None or not number.is_whole:
        return None
    return (sentence.quantity(QuantityKind.COUNT, start, number.end, value=number.value),)


def fraction_at(sentence: Sentence, start: int) -> Found | None:
    """ "two-thirds", "a quarter", "half of"; half a limit of normal is a threshold instead."""
    match = _FRACTION.match(sentence.folded, start)
    if match is None or unit_after(sentence, match.end()):
        return None
    part = _PARTS[match["part"] or "half"]
    count = _COUNTS[match["n"]] if match["n"] else 1.0
    kind = QuantityKind.RATIO_OF
    return (sentence.quantity(kind, start, match.end(), numerator=count, denominator=part),)


def _compared(sentence: Sentence, lead: _Lead) -> _Lead:
    match = words().comparator.match(sentence.folded, lead.at)
    if match is None:
        return lead
    wording = " ".join(match[0].split())
    return _Lead(
        lead.start, match.end(), words().comparators[wording], not wording[0].isalpha(),
        lead.is_point, lead.is_range,
    )  # fmt: skip


def _number(sentence: Sentence, lead: _Lead) -> Number | None:
    if sentence.folded.startswith("half ", lead.at):
        return Number(0.5, lead.at, lead.at + len("half"), is_word=True, is_whole=False)
    if sentence.folded.startswith("twice the ", lead.at):
        number = Number(2.0, lead.at, lead.at + len("twice"), is_word=True, is_whole=False)
        limit = unit_after(sentence, number.end)
        return number if limit and limit.name in LIMITS else None
    if match := _ABOUT_A.match(sentence.folded, lead.at):
        if lead.comparator or lead.is_point:
            return Number(1.0, lead.at, match.end() - 1, is_word=True)
        return None
    return number_at(sentence.folded, lead.at)


def _read(sentence: Sentence, lead: _Lead) -> Found | None:
    number = _number(sentence, lead)
    if number is None:
        return None
    shapes = (_share, _mean_spread, _central, _listed, _range, _ratio, _measured, _bare)
    return next((found for shape in shapes if (found := shape(sentence, lead, number))), None)


def _share(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "61 (47%)"."""
    opened = _SHARE.match(sentence.folded, number.end) if number.is_whole else None
    share = number_at(sentence.folded, opened.end()) if opened else None
    percent = PERCENT.match(sentence.folded, share.end) if share else None
    closed = _CLOSE.match(sentence.folded, percent.end()) if percent else None
    if share is None or closed is None:
        return None
    return (
        sentence.quantity(
            QuantityKind.COUNT_PERCENT, lead.start, closed.end(), numerator=number.value,
            percent=share.value, comparator=lead.comparator,
        ),
    )  # fmt: skip


def _mean_spread(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "12.3 ± 4.5 mg", "57.9 years [SD 14.0]"."""
    folded = sentence.folded
    own = unit_after(sentence, number.end)
    at = own.end if own else number.end
    sign = _SPREAD.match(folded, at)
    bracket = None if sign else _SD.match(folded, at)
    link = sign or bracket
    spread = number_at(folded, link.end()) if link else None
    if spread is None:
        return None
    unit = unit_after(sentence, spread.end)
    end = unit.end if unit else spread.end
    if bracket:
        closed = _CLOSE.match(folded, end)
        if closed is None:
            return None
        end = closed.end()
        if not (unit or own) and (unit := unit_after(sentence, end)):
            end = unit.end
    unit = unit or own
    factor = unit.factor if unit else 1.0
    return (
        sentence.quantity(
            QuantityKind.MEAN_SD, lead.start, end, value=number.value * factor,
            spread=spread.value * factor, unit=unit.name if unit else None,
            comparator=lead.comparator,
        ),
    )  # fmt: skip


def _central(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "15 (10-21) days": a median with its range, where the unit follows both."""
    opened = _CENTRAL.match(sentence.folded, number.end)
    low = number_at(sentence.folded, opened.end()) if opened else None
    to = _DASH.match(sentence.folded, low.end) if low else None
    high = number_at(sentence.folded, to.end()) if to else None
    closed = _CLOSE.match(sentence.folded, high.end) if high else None
    unit = unit_after(sentence, closed.end()) if closed else None
    if low is None or high is None or unit is None:
        return None
    return (
        sentence.quantity(
            _kind(unit, lead, is_pair=False), lead.start, unit.end,
            value=number.value * unit.factor,
            low=low.value * unit.factor, high=high.value * unit.factor, unit=unit.name,
            comparator=lead.comparator,
        ),
    )  # fmt: skip


def _listed(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "1, 2 and 3 years", "5/10 mg": several values that share the unit of the last."""
    if _HAS_LAST.match(sentence.folded, number.end) is None:
        return None
    members = [number]
    at = number.end
    while len(members) < 8 and (comma := _COMMA.match(sentence.folded, at)):
        following = number_at(sentence.folded, comma.end())
        if following is None:
            break
        members.append(following)
        at = following.end
    link = _LAST.match(sentence.folded, at)
    last = number_at(sentence.folded, link.end()) if link else None
    unit = unit_after(sentence, last.end) if last else None
    if link is None or last is None or unit is None or unit.dimension == "ratio":
        return None
    is_pair_of_or = len(members) == 1 and link[0].strip() == "or"
    is_level = unit.name == "%" and _is_level(sentence, unit.end)
    if is_pair_of_or or is_level or any(is_year(sentence, member) for member in members):
        return None
    end, _ = _tail(sentence, lead, unit, last.end)
    found = [
        sentence.quantity(
            _kind(unit, lead, is_pair=False), lead.start if member is number else member.start,
            end if member is last else member.end, value=member.value * unit.factor, unit=unit.name,
            comparator=lead.comparator if member is number else None,
        )
        for member in (*members, last)
    ]  # fmt: skip
    return tuple(found)


def _is_level(sentence: Sentence, at: int) -> bool:
    return re.compile(r"\s?(?:c\.?i|confidence|credible)").match(sentence.folded, at) is not None


def _range(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "5-52 weeks", "1% to 100%", "37 or 38 weeks", "range 1 to 23"."""
    folded = sentence.folded
    own = unit_after(sentence, number.end)
    at = own.end if own else number.end
    to = (_TO if lead.is_range else _DASH).match(folded, at)
    either = None if to else _OR.match(folded, at)
    link = to or either
    high = number_at(folded, link.end()) if link else None
    if link is None or high is None or (to and high.value <= number.value):
        return None
    unit = unit_after(sentence, high.end)
    if own and (unit is None or unit.name != own.name or _is_change(sentence, lead)):
        return None
    if unit is None:
        is_glued = _GLUED.match(folded, high.end) is not None
        is_years = is_year(sentence, number) and is_year(sentence, high)
        if either or is_glued or is_years:
            return None
    if unit and unit.name == "%" and _is_level(sentence, unit.end):
        return None
    lead = _less_over(sentence, lead, unit)
    factor = unit.factor if unit else 1.0
    end, tail = _tail(sentence, lead, unit, high.end)
    kind = _kind(unit, lead, is_pair=True) if unit else QuantityKind.RANGE
    low = number.value * (own.factor if own else factor)
    return (
        sentence.quantity(
            kind, lead.start, end, low=low, high=high.value * factor,
            unit=unit.name if unit else None, comparator=lead.comparator or tail,
        ),
    )  # fmt: skip


def _is_change(sentence: Sentence, lead: _Lead) -> bool:
    """Whether "from" stands before: "from 4% to 9%" is a change, two values and no range."""
    return not lead.is_range and sentence.folded.endswith("from ", 0, lead.start)


def _ratio(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """ "8 of 12", "8/12", "1 in 5", "titre 1:40"."""
    link = _OF.match(sentence.folded, number.end) if number.is_whole else None
    of = number_at(sentence.folded, link.end()) if link else None
    if link is None or of is None or of.value <= 0 or not of.is_whole:
        return None
    word = link[0].strip()
    if (word != ":" and of.value < number.value) or (word == "in" and number.value != 1):
        return None
    if number.value == 1 and number.is_word and "the" in word:  # "one of the two groups"
        return None
    if is_year(sentence, of) or (word != "/" and unit_after(sentence, of.end)):
        return None
    if sentence.folded[of.end : of.end + 1].isalpha():
        return None
    return (
        sentence.quantity(
            QuantityKind.RATIO_OF, lead.start, of.end, numerator=number.value,
            denominator=of.value, comparator=lead.comparator,
        ),
    )  # fmt: skip


def _measured(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """A number with its unit: "2 mg/kg/day", "> 3x ULN", "12 years of age or older"."""
    more = words().tail.match(sentence.folded, number.end)
    unit = unit_after(sentence, more.end() if more else number.end)
    if unit is None and more:
        return None
    bound = words().tails[" ".join(more[0].split())] if more else None
    if bound and lead.comparator and bound != lead.comparator:
        # "up to 90 or more%" says two things, and is read as neither
        return None
    if unit is None or (unit.name == "%" and _is_level(sentence, unit.end)):
        return None
    lead = _less_over(sentence, lead, unit)
    end, tail = _tail(sentence, lead, unit, number.end)
    sign = bound or tail
    return (
        sentence.quantity(
            _kind(unit, lead, is_pair=False), lead.start, end, value=number.value * unit.factor,
            unit=unit.name, comparator=lead.comparator or sign,
        ),
    )  # fmt: skip


def _less_over(sentence: Sentence, lead: _Lead, unit: ReadUnit | None) -> _Lead:
    """The lead without an "over" that says how long ("over 6 weeks"), not how much longer."""
    is_over = lead.comparator is not None and sentence.folded.startswith("over ", lead.at - 5)
    return _Lead(lead.at, lead.at) if unit and unit.is_time and is_over else lead


def _tail(
    sentence: Sentence, lead: _Lead, unit: ReadUnit | None, end: int
) -> tuple[int, str | None]:
    """Where a quantity ends, and what the words behind it say ("or older")."""
    end = unit.end if unit else end
    if unit and unit.is_time and (old := _OLD.match(sentence.folded, end)):
        end = old.end()
    tail = words().tail.match(sentence.folded, end)
    if tail is None or lead.comparator:
        return end, None
    sign = words().tails[" ".join(tail[0].split())]
    return tail.end(), sign


def _kind(unit: ReadUnit, lead: _Lead, *, is_pair: bool) -> QuantityKind:
    if lead.is_range:
        return QuantityKind.RANGE
    if unit.is_time:
        return QuantityKind.TIME_POINT if lead.is_point else QuantityKind.DURATION
    if unit.name in LIMITS:
        return QuantityKind.THRESHOLD
    if unit.is_dose:
        return QuantityKind.DOSE
    if lead.comparator and (lead.is_sign or unit.name != "%"):
        return QuantityKind.THRESHOLD
    if is_pair:
        return QuantityKind.RANGE
    return QuantityKind.PERCENT if unit.name == "%" else QuantityKind.MEASURE


def _bare(sentence: Sentence, lead: _Lead, number: Number) -> Found | None:
    """A number without a unit: a count, a year, a threshold or just a number."""
    kind = _bare_kind(sentence, lead, number)
    if kind is None:
        return None
    end, sign = number.end, lead.comparator
    if not sign and (tail := words().tail.match(sentence.folded, number.end)):
        end, sign = tail.end(), words().tails[" ".join(tail[0].split())]
    return (sentence.quantity(kind, lead.start, end, value=number.value, comparator=sign),)


def _bare_kind(sentence: Sentence, lead: _Lead, number: Number) -> QuantityKind | None:
    if number.is_word and number.value == 0.5:
        return None
    if (
        number.is_whole
        and number.value > 0
        and is_counted(sentence, number, is_compared=lead.comparator is not None)
    ):
        return QuantityKind.COUNT
    if number.is_word and number.value == 1:
        return None
    if not lead.comparator and is_year(sentence, number):
        return QuantityKind.YEAR
    if lead.is_sign:
        return QuantityKind.THRESHOLD
    return QuantityKind.NUMBER
