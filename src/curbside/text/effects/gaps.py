"""The words between a measure and a number."""

from __future__ import annotations

import re

from curbside.text.effects.records import Source

CURRENCY = r"(?:[a-z]{0,3}[€$£¥])?"
# "the HR attenuated to 1.17"
TURNED = r"(?:attenuated|fell|dropped|decreased|increased|rose|reduced|declined|changed)\sto"
SHORT = re.compile(
    r"s?(?:\s{0,2}[(\[][^()\[\]]{0,60}[)\]]){0,3}\s{0,2}"
    r"(?:(?P<sign>[=:~≈∼≅])|[,;(\[]|(?P<verb>of|was|were|is|at|by|to\sbe|equal\sto|"
    rf"{TURNED})(?=\s))?"
    rf"(?:\s{{0,2}}[=:(\[])?\s{{0,2}}(?:(?:about|approximately|also|only)\s)?{CURRENCY}"
)
STRONG_END = re.compile(
    rf"(?:[=:(\[]|\s{TURNED}|[(\[](?:mean|average)[:=]?|,|\sfrom\sbaseline|\s(?:of|was|were|is|by|be|being|and))"
    rf"(?:\san?\s(?:average|mean|median)\sof)?\s{{0,2}}{CURRENCY}$"
)
STATED_END = re.compile(rf"(?:[=:]|\s(?:was|were|of|is))\s{{0,2}}{CURRENCY}$")
OPEN_END = re.compile(r"[(\[]\s?$")
ALONE_AFTER = re.compile(r"\s?[)\]]|\s(?:versus|vs\.?|and)\s-?\d+\.\d+\s?[)\]]")
VERBS = (" was ", " were ")
BREAK = re.compile(r"[;)\[\]](?<!\(oh\))|\((?!oh\))")
CLAUSE = re.compile(r",\s(?:but|which|while|whereas|although|with)\s")
# times, numbers of people and names: "12 h", "day 7", "(n = 65)", "25(oh)d"
_NO_FIGURE = re.compile(
    r"(?:\d+\s?(?:-|to|and)\s?)?\d+[\s-]?(?:h|hr|min|hour|day|week|month|year)s?(?![a-z])"
    r"|\b(?:day|week|month|year|visit)s?\s\d+|(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)|\(n\s?=\s?\d+\)"
    r"|(?<![\d.])\d{1,3}(?=\([a-z]|-(?:oh|hydroxy))"
    r"|\b\d{1,2}(?:,\s\d{1,2}){1,5},?\s(?:and|or)\s[<>≥≤]?\s?\d{1,2}(?![\d.])"
)
_FIGURE = re.compile(r"(?<![a-z\d])(?<![a-z]-)\d")
_SENTENCE_END = re.compile(
    r"(?<!vs)(?<!\bv)(?<!al)(?<!e\.g)(?<!i\.e)[.!?][)\]]?\s+(?=[A-Z])|\n\s*\n"
)
RATE = re.compile(
    r"\b(?:prevalence|incidence|rates?|proportions?|sensitivity|specificity|survival|frequency|"
    r"probability|range|percentage\sof|ratio|efficacy|effectiveness|accuracy)\b"
)
LONGEST_GAP = 120
LONGEST_WITH_INTERVALS = 400
LONGEST_PLAIN_GAP = 80
LONGEST_STATED_GAP = 200


def is_one_sentence(source: Source, start: int, end: int) -> bool:
    """Whether no sentence ends between two places."""
    return not _SENTENCE_END.search(source.printed[start:end])


def is_plain(gap: str, longest: int = LONGEST_PLAIN_GAP) -> bool:
    """Whether a gap is short and holds no figure but times."""
    return len(gap) <= longest and not _FIGURE.search(_NO_FIGURE.sub("", gap))


def is_said(gap: str) -> bool:
    """Whether "was" leads over a gap: a longer one where no bracket or clause opens in it."""
    if len(gap) <= LONGEST_PLAIN_GAP:
        return is_plain(gap) and bool(STATED_END.search(gap))
    is_open = CLAUSE.search(gap) or BREAK.search(gap)
    return is_plain(gap, LONGEST_STATED_GAP) and gap.endswith(VERBS) and not is_open
