"""The words around numbers, read from `data/quantities.toml`: comparators, measures, nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from curbside.text.alternation import any_of
from curbside.text.measures import Needs, spellings
from curbside.text.rules import Columns, load_rules, strings


@dataclass(frozen=True, slots=True)
class Words:
    """`comparators`, `tails` and `measures` give the meaning of a wording, in folded text;
    `printed_measures` that of one that counts only in these capitals. Patterns match one wording,
    the longest first."""

    comparators: dict[str, str]
    tails: dict[str, str]
    measures: dict[str, str]
    printed_measures: dict[str, str]
    counted: frozenset[str]
    plurals: frozenset[str]
    comparator: re.Pattern[str]
    tail: re.Pattern[str]
    measure: re.Pattern[str]
    label: re.Pattern[str]
    starts: str
    """An alternation of the words that may start a quantity before its number."""


@cache
def words() -> Words:
    """The rows of `data/quantities.toml` as look-ups and patterns."""
    rules = load_rules(
        "curbside.text.data",
        "quantities.toml",
        tables={
            "comparator": Columns(("sign", "words")),
            "after": Columns(("sign", "words")),
            "label": Columns(("words",)),
            "counted": Columns(("words",)),
            "plural": Columns(("words",)),
        },
    )
    comparators = {w: str(r["sign"]) for r in rules["comparator"] for w in strings(r, "words")}
    tails = {w: str(r["sign"]) for r in rules["after"] for w in strings(r, "words")}
    measures, printed = _measures()
    spelt = [*measures, *(spelling.lower() for spelling in printed)]
    labels = [word for row in rules["label"] for word in strings(row, "words")]
    worded = [word for word in comparators if word[0].isalpha()]
    return Words(
        comparators=comparators,
        tails=tails,
        measures=measures,
        printed_measures=printed,
        counted=frozenset(w for r in rules["counted"] for w in strings(r, "words")),
        plurals=frozenset(w for r in rules["plural"] for w in strings(r, "words")),
        comparator=re.compile(rf"(?:{_any_of(comparators)})\s?"),
        tail=re.compile(rf"\s(?:{_any_of(tails)})(?![a-z])"),
        measure=re.compile(rf"(?:{_any_of(spelt)})(?![a-z0-9])"),
        label=re.compile(rf"(?:{_any_of(labels)})[\s-]?"),
        starts="|".join(
            (
                rf"(?:{_any_of([*worded, *spelt])})(?![a-z0-9])",
                rf"(?:{_any_of(labels)})[\s-]?(?=[\divx])",
            )
        ),
    )


def _measures() -> tuple[dict[str, str], dict[str, str]]:
    """The names of effect measures, folded and as printed, with what they are but for adjustment;
    those that are letters with other meanings are none here."""
    known = spellings()
    measures: dict[str, str] = {}
    for name, measure in known.words.items():
        forms = (name, f"adjusted {name}") if measure.name in known.adjustable else (name,)
        measures |= {f"{form}{s}": measure.name for form in forms for s in ("", "s")}
    printed = {
        f"{short}{s}": measure.plain
        for short, measure in known.prints.items()
        if measure.needs is not Needs.SIGN
        for s in ("", "s")
    }
    return measures, printed


def _any_of(wordings: Iterable[str]) -> str:
    # a word ends where letters end, and a sign wherever its number starts
    return any_of(wordings, end=lambda word: r"(?![a-z])" if word[-1].isalpha() else "")
