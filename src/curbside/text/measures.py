"""Effect measures: their canonical names, their spellings, and the scale they live on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings


class Scale(StrEnum):
    """Where no effect lies: 1 for a ratio, 0 for a difference; OTHER is never pooled."""

    RATIO = "ratio"
    DIFFERENCE = "difference"
    OTHER = "other"


class Needs(StrEnum):
    """What must follow a spelling that means other things as well ("r", "PR")."""

    NOTHING = "nothing"
    SIGN = "sign"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Measure:
    """An effect measure by its canonical name.

    `is_adjusted`: a form adjusted for other factors ("aOR"); `is_in_percent`: a ratio that is
    printed in percent as well.
    """

    name: str
    scale: Scale
    needs: Needs = Needs.NOTHING
    is_adjusted: bool = False
    is_in_percent: bool = False

    @property
    def plain(self) -> str:
        """The name of the measure without adjustment ("OR" for "aOR")."""
        return self.name[1:] if self.is_adjusted and self.name.startswith("a") else self.name


DIFFERENCE: Final = Measure("difference", Scale.DIFFERENCE, Needs.INTERVAL)
"""A difference of which the print does not say whether it is one of means or of risks."""
ADJUSTED_DIFFERENCE: Final = Measure(
    "adjusted difference", Scale.DIFFERENCE, Needs.INTERVAL, is_adjusted=True
)
CHANGE: Final = Measure("change", Scale.OTHER, Needs.INTERVAL)
"""How far something rose or fell: within a group, or the print does not say against what. It is
never pooled, as the one is no estimate of the other."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """Measures by the words that are matched folded, and by the prints that count as they stand;
    `adjustable` maps a canonical name to the measure's adjusted form."""

    words: dict[str, Measure]
    prints: dict[str, Measure]
    adjustable: dict[str, Measure]


def measure_named(words: str) -> Measure | None:
    """The measure of a name as printed or canonical; None where it is none.

    >>> measure_named("adjusted hazard ratios").name, measure_named("AOR").name
    ('aHR', 'aOR')
    """
    spelt = " ".join(words.split())
    known = spellings()
    for name in (spelt, spelt.removesuffix("s")):
        folded = fold(name)
        found = known.prints.get(name) or known.words.get(folded) or _UNNAMED.get(folded)
        if found:
            return found
        plain = folded.removeprefix("adjusted ")
        bare = known.words.get(plain) or known.prints.get(name.partition(" ")[2])
        if plain != folded and bare and bare.name in known.adjustable:
            return known.adjustable[bare.name]
    return None


def scale_of(measure: str | None) -> Scale:
    """The scale of a measure by any of its names; OTHER where it is not known."""
    known = measure_named(measure) if measure else None
    return known.scale if known else Scale.OTHER


@cache
def spellings() -> Spellings:
    """Every spelling of the data file."""
    rules = load_rules(
        "curbside.text.data",
        "effects.toml",
        tables={
            "measure": Columns(
                required=("name", "scale", "words", "prints"),
                optional=("can_adjust", "needs", "is_in_percent"),
            )
        },
    )
    known = Spellings({}, {}, {})
    for row in rules["measure"]:
        name, scale = str(row["name"]), Scale(str(row["scale"]))
        needs = Needs(str(row.get("needs", Needs.NOTHING)))
        in_percent = bool(row.get("is_in_percent", False))
        measure = Measure(name, scale, needs, is_in_percent=in_percent)
        known.words.update(
            dict.fromkeys(strings(row, "words"), replace(measure, needs=Needs.NOTHING))
        )
        known.prints.update(dict.fromkeys(strings(row, "prints"), measure))
        if row.get("can_adjust"):
            adjusted = Measure(f"a{name}", scale, is_adjusted=True, is_in_percent=in_percent)
            known.adjustable[name] = adjusted
            short = [words for words in strings(row, "prints") if words.isupper()]
            known.prints.update(
                {f"{a}{w}": adjusted for w in short if len(w) > 1 for a in ("a", "A", "adj", "Adj")}
            )
            known.prints[adjusted.name] = adjusted
    # "ARR" is the absolute risk reduction as often as an adjusted RR: `effects` looks beside it
    known.prints.pop("ARR")
    return known


_UNNAMED: Final = {m.name: m for m in (DIFFERENCE, ADJUSTED_DIFFERENCE, CHANGE)}


def pattern_of(spelt: dict[str, Measure]) -> str:
    """An alternation of the spellings, the longest first; a space stands for any white space."""
    longest = sorted(spelt, key=lambda words: (-len(words), words))
    return "|".join(re.escape(words).replace(r"\ ", r"\s") for words in longest)
