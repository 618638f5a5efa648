"""Which claims can do the most harm when they are wrong: they come first, and two persons sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from curbside.errors import DataError
from curbside.records import Answer, Claim, Lane
from curbside.text.normalise import fold
from curbside.text.polarity import Strength, strength_of
from curbside.text.quantities import QuantityKind, find_quantities
from curbside.text.rules import Columns, Row, load_rules, strings

_ADVISING_LANES: Final = (Lane.GUIDELINE, Lane.LABEL, Lane.PATIENT)
ONE_SIGNATURE: Final = 1
TWO_SIGNATURES: Final = 2


def risks_of(claim: Claim) -> tuple[str, ...]:
    """The high risks of a claim ("dose", "threshold", "stop or start", "pregnancy", "children"),
    in the order of `data/high_risk.toml`; empty for most claims.

    Its heading counts too: under "In children" a claim need not say so again.

    >>> risks_of(Claim("C1", "Azathioprine 50 mg daily was given.", Lane.RESEARCH, "", ("E1",)))
    ('dose',)
    """
    rules = _rules()
    found = {
        quantity.risk
        for each in find_quantities(claim.text)
        for quantity in rules.quantities
        if each.kind in quantity.kinds and _has_unit(each.unit, quantity.units)
    }
    is_advice = claim.lane in _ADVISING_LANES or strength_of(claim.text) is not Strength.ASSERTED
    text = fold(claim.text)
    for wording in rules.wordings:
        if wording.is_advice:
            match = wording.pattern.search(text)
            fits = match is not None and (is_advice or not text[: match.start()].strip())
        else:
            fits = any(wording.pattern.search(each) for each in (text, fold(claim.heading)))
        if fits:
            found.add(wording.risk)
    return tuple(risk for risk in rules.order if risk in found)


def high_risk_claims(answer: Answer) -> dict[str, tuple[str, ...]]:
    """By claim_id the risks of each claim that has any, in the order of the page."""
    risks = {claim.claim_id: risks_of(claim) for claim in answer.claims}
    return {claim_id: found for claim_id, found in risks.items() if found}


def in_order_of_review(answer: Answer) -> Sequence[Claim]:
    """The claims as a reviewer should meet them: the high-risk ones first, else as on the page."""
    risky = high_risk_claims(answer)
    return sorted(answer.claims, key=lambda claim: claim.claim_id not in risky)


def signatures_needed(answer: Answer) -> int:
    """Two where a claim is high-risk, or a table gives what such a claim would; else one."""
    is_risky = bool(high_risk_claims(answer)) or any(
        _is_risky_cell(cell.text) for table in answer.tables for row in table.rows for cell in row
    )
    return TWO_SIGNATURES if is_risky else ONE_SIGNATURE


def _is_risky_cell(text: str) -> bool:
    """Whether a cell of a table holds a dose or a threshold."""
    return any(
        each.kind in rule.kinds and _has_unit(each.unit, rule.units)
        for each in find_quantities(text)
        for rule in _rules().quantities
    )


@dataclass(frozen=True, slots=True)
class _QuantityRule:
    risk: str
    kinds: frozenset[QuantityKind]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _WordingRule:
    risk: str
    pattern: re.Pattern[str]
    is_advice: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    quantities: tuple[_QuantityRule, ...]
    wordings: tuple[_WordingRule, ...]
    order: tuple[str, ...]


@cache
def _rules() -> _Rules:
    rows = load_rules(
        "curbside.review.data",
        "high_risk.toml",
        tables={
            "quantity": Columns(("risk", "kinds"), ("units",)),
            "wording": Columns(("risk", "words", "advice")),
        },
    )
    quantities = tuple(
        _QuantityRule(
            str(row["risk"]),
            frozenset(map(_kind, strings(row, "kinds"))),
            strings(row, "units") if "units" in row else (),
        )
        for row in rows["quantity"]
    )
    wordings = tuple(
        _WordingRule(str(row["risk"]), _pattern(row), bool(row["advice"]))
        for row in rows["wording"]
    )
    order = dict.fromkeys([*(rule.risk for rule in quantities), *(rule.risk for rule in wordings)])
    return _Rules(quantities, wordings, tuple(order))


def _kind(name: str) -> QuantityKind:
    try:
        return QuantityKind(name)
    except ValueError as error:
        known = ", ".join(QuantityKind)
        raise DataError(f"high_risk.toml: expected a kind of {known}; found {name!r}") from error


def _pattern(row: Row) -> re.Pattern[str]:
    words = sorted(map(fold, strings(row, "words")), key=lambda word: (-len(word), word))
    stems = [
        re.escape(word.removesuffix("-")) + (r"\w*" if word.endswith("-") else "") for word in words
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(stems)})(?!\w)")


def _has_unit(unit: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or unit in wanted
