"""Which aspect of a question a sentence speaks of: its heading on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from curbside.compose.kinds import plan_of
from curbside.records import Evidence, Outcome, Question, QuestionKind, Role
from curbside.text.mentions import OPPOSITE, OUTCOME, mask_outcome
from curbside.text.normalise import fold
from curbside.text.quantities import QuantityKind, find_quantities
from curbside.text.rules import Columns, Value, load_rules, strings

PREDICTORS = "predictors"
FINDINGS = "findings"
_STEM = 6  # letters that a word shares with its plural
SPECIAL = "special"
# a rate or a time: a year or the number in a name is no figure
_FIGURES = frozenset(
    {
        QuantityKind.PERCENT,
        QuantityKind.COUNT_PERCENT,
        QuantityKind.RATIO_OF,
        QuantityKind.RANGE,
        QuantityKind.COUNT,
        QuantityKind.DURATION,
        QuantityKind.TIME_POINT,
    }
)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One heading. `missing` names, for a person, what a page without it does not tell; `kinds`
    limits it to questions of those kinds, where it is not empty; `unasked` says that a word which
    the question uses does not count; `unless` names outcomes that have no such aspect, `event` that
    a condition has none."""

    name: str
    heading: str
    rank: int
    pattern: str
    figures: bool = False
    process: bool = False
    missing: str | None = None
    kinds: tuple[str, ...] = ()
    unasked: bool = False
    unless: tuple[str, ...] = ()
    event: bool = False


def aspect_of(evidence: Evidence, question: Question, outcome: Outcome | None) -> Aspect:
    """The aspect a piece of evidence speaks of.

    A sentence with a finding speaks of predictors; else the first rule of `data/aspects.toml`
    that it fits; else it is one of the plain findings.
    """
    if any(finding.factor and not finding.is_hedged for finding in evidence.findings):
        return _PREDICTORS
    if evidence.findings:
        return _SUGGESTED if evidence.findings[0].is_hedged else _NO_PREDICTOR
    return _aspect_of_text(
        evidence.quote,
        outcome,
        bool(question.concepts_of(Role.PROCESS)),
        _asks_of_an_event(question),
        question.query,
        question.kind,
    )


def _asks_of_an_event(question: Question) -> bool:
    """Whether what is asked about happens to people; a question about predictors or causes that
    names no outcome asks about a condition."""
    of_conditions = (QuestionKind.PREDICTORS, QuestionKind.CAUSE)
    return question.kind not in of_conditions or bool(question.concepts_of(Role.OUTCOME))


@lru_cache(maxsize=16384)
def _aspect_of_text(
    text: str,
    outcome: Outcome | None,
    has_process: bool,
    has_event: bool,
    query: str,
    kind: QuestionKind,
) -> Aspect:
    folded = fold(text)
    if outcome is not None:
        folded = mask_outcome(folded, outcome.terms, outcome.opposite_terms)
    for aspect, pattern in _patterns():
        if (aspect.process and not has_process) or (aspect.kinds and kind not in aspect.kinds):
            continue
        if not _suits(aspect, outcome) or (aspect.event and not has_event):
            continue
        # a group that the question is about is not a special one
        if aspect.name.startswith(SPECIAL) and pattern.search(fold(query)):
            continue
        if aspect.figures and not has_figures(text):
            continue
        if aspect.unasked and not _goes_beyond(query, pattern, folded):
            continue
        if pattern.search(folded):
            return aspect
    return _FINDINGS


def _suits(aspect: Aspect, outcome: Outcome | None) -> bool:
    if outcome is None:
        return "{outcome}" not in aspect.heading
    return not set(aspect.unless) & {outcome.name, *outcome.terms}


def _goes_beyond(query: str, pattern: re.Pattern[str], folded: str) -> bool:
    asked = fold(query)
    return any(match[0][:_STEM] not in asked for match in pattern.finditer(folded))


def has_figures(text: str) -> bool:
    """Whether a text holds a rate, a count or a time."""
    return any(quantity.kind in _FIGURES for quantity in find_quantities(text))


def expected_aspects(question: Question) -> tuple[Aspect, ...]:
    """The aspects whose absence a page must own up to, in page order."""
    plan = plan_of(question.kind)
    has_process = bool(question.concepts_of(Role.PROCESS))
    query = fold(question.query)
    expected = [
        aspect
        for aspect, pattern in _patterns()
        if aspect.missing
        and (aspect.name in plan.aspects or plan.takes_all)
        and (aspect.name in plan.expects or (aspect.process and has_process))
        and (not aspect.kinds or question.kind in aspect.kinds)
        and not (aspect.name.startswith(SPECIAL) and pattern.search(query))
    ]
    return tuple(sorted(expected, key=lambda aspect: aspect.rank))


def heading_of(template: str, question: Question, outcome: Outcome | None) -> str:
    """A heading with the question's own words in it ("Before discontinuing")."""
    process = question.concepts_of(Role.PROCESS)
    return template.format(
        outcome=outcome.name if outcome else "the outcome",
        process=process[0].name if process else "treatment",
    )


_PREDICTORS = Aspect(PREDICTORS, "Factors linked with {outcome}", 30, "")
_SUGGESTED = Aspect("suggested", "Suggested, without a direct test", 36, "")
_NO_PREDICTOR = Aspect("no-predictor", "Studies that found no predictor", 34, "")
_FINDINGS = Aspect(FINDINGS, "What was found", 85, "")


@cache
def _aspects() -> tuple[Aspect, ...]:
    rules = load_rules(
        "curbside.compose.data",
        "aspects.toml",
        tables={
            "aspect": Columns(
                ("name", "heading", "pattern", "rank"),
                ("figures", "process", "missing", "kinds", "unasked", "unless", "event"),
            )
        },
    )
    return tuple(
        Aspect(
            str(row["name"]),
            str(row["heading"]),
            _whole(row["rank"]),
            str(row["pattern"]),
            bool(row.get("figures", False)),
            bool(row.get("process", False)),
            str(row["missing"]) if "missing" in row else None,
            strings(row, "kinds") if "kinds" in row else (),
            bool(row.get("unasked", False)),
            strings(row, "unless") if "unless" in row else (),
            bool(row.get("event", False)),
        )
        for row in rules["aspect"]
    )


def _whole(value: Value) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(f"expected a whole number, found {value!r}")


@cache
def _patterns() -> tuple[tuple[Aspect, re.Pattern[str]], ...]:
    """The rules, for text in which the outcome is masked."""
    out, opp = f"(?:{OUTCOME}+)", f"(?:{OPPOSITE}+)"
    return tuple(
        (aspect, re.compile(aspect.pattern.replace("{OUT}", out).replace("{OPP}", opp)))
        for aspect in _aspects()
    )
