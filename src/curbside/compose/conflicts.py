"""Where sources disagree: on a factor, on a rate, on advice. Both sides stand beside each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from curbside.records import Conflict, ConflictSide, Document, Factor, Outcome, Selected
from curbside.text.mentions import term_pattern
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Value, load_rules

_PERCENT = re.compile(r"(\d+(?:[.·]\d+)?)\s?%")
_SPREAD = 20.0  # percentage points between the lowest and the highest rate: worth a word


def factor_conflicts(
    factors: Sequence[Factor], selected: Sequence[Selected], *, blanket: Sequence[str] = ()
) -> tuple[Conflict, ...]:
    """One conflict for each factor with sources on both sides, and one where some studies found
    no predictor at all while others did."""
    by_id = {item.evidence.evidence_id: item for item in selected}
    conflicts = [
        Conflict(
            about=factor.name,
            sides=(
                ConflictSide("linked", factor.supporting),
                ConflictSide("not linked, or reports inconsistent", factor.opposing),
            ),
            differs=_differs([by_id[i] for i in (*factor.supporting, *factor.opposing)]),
        )
        for factor in factors
        if factor.supporting and factor.opposing
    ]
    found = tuple(dict.fromkeys(i for factor in factors for i in factor.supporting[:1]))
    if blanket and found:
        conflicts.append(
            Conflict(
                about="Whether any factor predicts it",
                sides=(
                    ConflictSide("at least one factor is linked", found),
                    ConflictSide("no factor examined was linked", tuple(blanket)),
                ),
                differs=_differs([by_id[i] for i in (*found, *blanket)]),
            )
        )
    return tuple(conflicts)


def rate_conflict(rates: Sequence[Selected], outcome: Outcome) -> Conflict | None:
    """The rates of one outcome side by side, where they lie far apart; one side a source."""
    figures = {
        item.evidence.evidence_id: [
            float(f.replace("·", ".")) for f in _PERCENT.findall(item.evidence.quote)
        ]
        for item in rates
    }
    # a rate of the opposite is another figure: 13% in remission does not disagree with 87%
    with_rate = [
        item
        for item in rates
        if figures[item.evidence.evidence_id]
        and term_pattern(outcome.terms).search(fold(item.evidence.quote))
    ]
    everything = [f for item in with_rate for f in figures[item.evidence.evidence_id]]
    sources = dict.fromkeys(item.document.doc_id for item in with_rate)
    if len(sources) < 2 or max(everything) - min(everything) < _SPREAD:
        return None
    sides = tuple(
        ConflictSide(
            _short_name(document),
            tuple(i.evidence.evidence_id for i in with_rate if i.document.doc_id == doc_id),
        )
        for doc_id in sources
        for document in [next(i.document for i in with_rate if i.document.doc_id == doc_id)]
    )
    return Conflict(f"How often: {outcome.name}", sides, _differs(with_rate))


def advice_conflicts(selected: Sequence[Selected]) -> tuple[Conflict, ...]:
    """Opposed advice, by the stances of `data/stances.toml`; a sentence that says both is on
    neither side."""
    conflicts = []
    for stance in _stances():
        first, second = [], []
        for item in selected:
            folded = fold(item.evidence.quote)
            says_first = any(cue in folded for cue in stance.first_cues)
            says_second = any(cue in folded for cue in stance.second_cues)
            if says_first and not says_second:
                first.append(item)
            elif says_second and not says_first:
                second.append(item)
        if first and second:
            conflicts.append(
                Conflict(
                    stance.about,
                    (
                        ConflictSide(stance.first, tuple(i.evidence.evidence_id for i in first)),
                        ConflictSide(stance.second, tuple(i.evidence.evidence_id for i in second)),
                    ),
                    _differs([*first, *second]),
                )
            )
    return tuple(conflicts)


@dataclass(frozen=True, slots=True)
class _Stance:
    about: str
    first: str
    first_cues: tuple[str, ...]
    second: str
    second_cues: tuple[str, ...]


@cache
def _stances() -> tuple[_Stance, ...]:
    rules = load_rules(
        "curbside.compose.data",
        "stances.toml",
        tables={"stance": Columns(("about", "first", "first_cues", "second", "second_cues"))},
    )
    return tuple(
        _Stance(
            str(row["about"]),
            str(row["first"]),
            _words(row["first_cues"]),
            str(row["second"]),
            _words(row["second_cues"]),
        )
        for row in rules["stance"]
    )


def _words(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _short_name(document: Document) -> str:
    """ "van Gerven NMF et al., 2013": who and when, else the title."""
    source = document.source
    who = source.authors[0] if source.authors else source.organisation or document.title
    who = who if len(who) <= 60 else f"{who[:57].rstrip()}…"
    return f"{who}, {source.year}" if source.year else who


def _differs(items: Sequence[Selected]) -> tuple[str, ...]:
    """What the sources' own descriptions say differently, of what could explain a difference."""
    studies = [item.document.study for item in items if item.document.study]
    facts = {
        "design": {study.design for study in studies},
        "population": {study.population for study in studies},
        "definition": {study.outcome_definition for study in studies},
        "time window": {study.follow_up for study in studies},
    }
    return tuple(name for name, values in facts.items() if len(values - {None}) > 1)
