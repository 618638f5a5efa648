"""Effect measures: their canonical names, their spellings, and the scale they live on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings


class Scale(StrEnum):
    """Where no effect lies: 1 for a ratio, 0 for a difference; OTHER cannot be pooled."""

    RATIO = "ratio"
    DIFFERENCE = "difference"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Measure:
    """An effect measure by its canonical name; `needs_sign` where a letter alone is no measure
    until "=" follows ("r = 0.4")."""

    name: str
    scale: Scale
    needs_sign: bool = False


def measure_named(words: str) -> Measure | None:
    """The measure of a name as printed or canonical; None where it is none.

    >>> measure_named("adjusted hazard ratios").name, measure_named("AOR").name
    ('aHR', 'aOR')
    """
    spelt = " ".join(words.split())
    prints, worded = _spellings()
    for name in (spelt, spelt.removesuffix("s")):
        if found := prints.get(name) or worded.get(fold(name)):
            return found
    return None


def scale_of(measure: str | None) -> Scale:
    """The scale of a measure by any of its names; OTHER where it is not known."""
    known = measure_named(measure) if measure else None
    return known.scale if known else Scale.OTHER


@cache
def worded_measures() -> str:
    """A pattern of every spelling that is matched in folded text, the longest first."""
    words = sorted(_spellings()[1], key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in words)


@cache
def printed_measures() -> str:
    """A pattern of every spelling that counts only as printed, the longest first."""
    prints = sorted(_spellings()[0], key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, prints))


@cache
def _spellings() -> tuple[dict[str, Measure], dict[str, Measure]]:
    """What is matched as printed, and what is matched folded."""
    rules = load_rules(
        "curbside.text.data",
        "effects.toml",
        tables={
            "measure": Columns(
                required=("name", "scale", "words", "prints"),
                optional=("can_adjust", "needs_sign"),
            )
        },
    )
    prints: dict[str, Measure] = {}
    worded: dict[str, Measure] = {}
    for row in rules["measure"]:
        name, needs_sign = str(row["name"]), bool(row.get("needs_sign", False))
        measure = Measure(name, Scale(str(row["scale"])), needs_sign)
        prints |= dict.fromkeys(strings(row, "prints"), measure)
        worded |= dict.fromkeys(strings(row, "words"), measure)
        if row.get("can_adjust"):
            adjusted = Measure(f"a{name}", measure.scale, needs_sign)
            short = [print_ for print_ in strings(row, "prints") if len(print_) > 1]
            prints |= {f"{a}{print_}": adjusted for print_ in short for a in ("a", "A")}
            adjusting = ("adjusted ", "multivariable-adjusted ", "multivariate-adjusted ")
            worded |= {f"{a}{word}": adjusted for word in strings(row, "words") for a in adjusting}
            worded |= {f"adjusted {print_.lower()}": adjusted for print_ in short}
    # "ARR" is the absolute risk reduction as often as an adjusted RR: the words beside it decide
    prints.pop("ARR", None)
    return prints, worded
