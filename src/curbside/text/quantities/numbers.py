"""Numbers where they stand in folded text: "1,249", ".05", "1·28", "2 x 10^9", "thirty-five"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VALUES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|zero"
_SIMPLE = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_TEENS}|{_ONES})(?!(?!fold)[a-z])"
_HUNDREDS = rf"{_SIMPLE}(?:[- ]hundred(?![a-z])(?:(?: and)? {_SIMPLE})?)?"
NUMBER_WORD = rf"(?:{_TENS}|{_TEENS}|{_ONES})(?!(?!fold)[a-z])"
_WORDS = re.compile(
    rf"{_HUNDREDS}(?:[- ]thousand(?![a-z])(?:,?(?: and)? {_HUNDREDS})?)?"
    r"(?:[- ](?:million|billion)(?![a-z]))?(?P<half> and a half(?![a-z]))?"
)
# atomic, so that a failed attempt never reads a long run again for each of its digits
_DIGITS = r"(?>\d{1,3}(?:,\d{3})+(?![\d])(?:[.·]\d+)?|\d+(?:[.·]\d+)?|[.·]\d+)"
_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
# a lost superscript ("x 109/l") is read as one only where it is a usual power
_EXPONENT = (
    r"(?:\s?\^\s?\(?(?P<{0}caret>[-+]?\d{{1,3}})\)?|\((?P<{0}bracket>-?\d{{1,3}})\)"
    r"|(?P<{0}super>⁻?[⁰¹²³⁴-⁹]{{1,3}})|(?P<{0}bare>-\d{{1,2}}|[3-9]|1[0-2])(?![\d.,]))"
)
_TIMES_TEN = rf"(?:\s?[x×*]\s?10{_EXPONENT.format('t')})"
_NUMERAL = re.compile(
    rf"(?P<sign>-)?(?:10(?:\^\(?(?P<caret>-?\d{{1,3}})\)?|(?P<super>⁻?[⁰¹²³⁴-⁹]{{1,3}}))"
    rf"|(?P<digits>{_DIGITS})(?P<power>{_TIMES_TEN})?)"
    r"(?:\s(?P<scale>hundred|thousand|million|billion)(?![a-z]))?(?P<half> and a half(?![a-z]))?"
)
_LONGEST = 15  # digits a float holds exactly; a longer run is an identifier


@dataclass(frozen=True, slots=True)
class Number:
    """A number at [start, end); `is_word` where it is spelt out, `is_whole` where it can count."""

    value: float
    start: int
    end: int
    is_word: bool = False
    is_whole: bool = True


def number_at(folded: str, start: int) -> Number | None:
    """The longest number that starts at `start`, a sign included; None where there is none."""
    if match := _NUMERAL.match(folded, start):
        value = _numeral(match)
        if value is None:
            return None
        is_whole = value >= 0 and value == int(value) and "." not in match[0]
        return Number(value, start, match.end(), is_whole=is_whole)
    if match := _WORDS.match(folded, start):
        return Number(_spelt(match), start, match.end(), is_word=True, is_whole=not match["half"])
    return None


def _numeral(match: re.Match[str]) -> float | None:
    printed = (match["digits"] or "10").replace(",", "").replace("·", ".")
    if len(printed) > _LONGEST:
        return None
    exponents = [match[name] for name in ("tcaret", "tbracket", "tsuper", "tbare")]
    exponent = next((e for e in exponents if e), None) if match["power"] else None
    if match["digits"] is None:
        printed, exponent = "1", match["caret"] or match["super"]
    power = int(exponent.translate(_SUPER)) if exponent else 0
    if abs(power) > 290:
        return None
    # as text, as 1.5 times 10 to the -78 is not the float nearest to 1.5e-78
    value = float(f"{printed}e{power}") * (_SCALES[match["scale"]] if match["scale"] else 1)
    value += 0.5 if match["half"] else 0.0
    return -value if match["sign"] else value


def _spelt(match: re.Match[str]) -> float:
    total, part = 0, 0
    for word in re.split(r"[\s,-]+", match[0]):
        if word == "hundred":
            part *= 100
        elif word in _SCALES:
            total, part = total + part * _SCALES[word], 0
        else:
            part += _VALUES.get(word, 0)
    return total + part + (0.5 if match["half"] else 0.0)
