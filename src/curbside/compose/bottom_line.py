"""The up to three claims of a page that answer directly; none where nothing does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

from curbside.compose.condense import Candidate, choose_sentences
from curbside.compose.kinds import asks_to_compare, plan_of, tells_comparison
from curbside.compose.outcome_rates import completeness
from curbside.compose.placed import Placed, is_of_all
from curbside.records import (
    Factor,
    FactorVerdict,
    Lane,
    Outcome,
    Question,
    QuestionKind,
    Role,
    Selected,
    Status,
)
from curbside.text.mentions import mentioned
from curbside.text.normalise import fold
from curbside.text.quantities import QuantityKind, find_quantities

_MOST = 3
_CONDENSED = 12  # claims of one standing among which the ranking chooses
_AMOUNTS = frozenset({"g", "mg", "ug", "µg", "mg/kg", "U", "IU", "mL"})
_RATES = frozenset({QuantityKind.PERCENT, QuantityKind.COUNT_PERCENT})
_CONCLUDING = frozenset({"conclusion", "statement"})
# kinds of question about what to do: guidelines answer first
_DOING = frozenset({QuestionKind.TREATMENT, QuestionKind.DOSE, QuestionKind.MONITORING})
# aspects that speak of stopping, starting or changing something
_OF_PROCESS = frozenset({"before", "taper", "monitoring-after"})
_SECOND_HAND = re.compile(r"\bet al\b|\[\d[\d,\s–-]*\]")


def bottom_line(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
) -> tuple[str, ...]:
    """Up to three claims that answer directly: the figure, then what the kind of question asks."""
    research = [p for p in placed if p.claim.lane is not Lane.LABEL] or list(placed)
    chosen: list[Placed] = []
    if question.kind in (QuestionKind.PREDICTORS, QuestionKind.FREQUENCY) and outcome:
        about = [p for p in research if p.aspect == "frequency"]
        rates = [p for p in about if _states_a_rate(p.claim.text)] or about
        fullest = sorted(
            rates, key=lambda p: (-completeness(by_id[p.claim.cites[0]]), p.claim.claim_id)
        )
        chosen += fullest[:1]
        if question.kind is QuestionKind.FREQUENCY:
            chosen += [p for p in fullest if p.doc_id != chosen[0].doc_id][:1]
    if question.kind in (QuestionKind.PREDICTORS, QuestionKind.CAUSE):
        for verdict in (FactorVerdict.FIRM, FactorVerdict.INCONSISTENT):
            told = [f for f in factors if f.verdict is verdict]
            chosen += sorted(
                (p for p in research if _tells(p, told)),
                key=lambda p: (-_tells(p, told), p.rank, -p.relevance, p.claim.claim_id),
            )[:1]
    if not chosen:
        chosen = _most_telling(research, by_id, question)
    return tuple(dict.fromkeys(p.claim.claim_id for p in chosen))[:_MOST]


def _most_telling(
    placed: Sequence[Placed], by_id: Mapping[str, Selected], question: Question
) -> list[Placed]:
    """The claims that answer the kind of question, the most telling few first.

    Where a process is asked about, what speaks of it stands first; where it is asked what to do,
    guidelines; where things are compared, what compares them; then what names most of what is
    asked, and concludes. Among those the ranking of `condense` decides. A claim of an aspect that
    does not answer is taken only where none does, and never for a kind that is strict; one of a
    study that is not about the treatment or the cause asked about is never taken.
    """
    placed = [p for p in placed if _is_of_what_acts(by_id[p.claim.cites[0]], question)]
    plan = plan_of(question.kind)
    has_process = bool(question.concepts_of(Role.PROCESS)) and question.kind in _DOING
    wants_dose = question.kind is QuestionKind.DOSE and not has_process
    compares = asks_to_compare(question.query)
    process = {concept.name for concept in question.concepts_of(Role.PROCESS)}

    def misses(p: Placed) -> tuple[bool, ...]:
        is_answer = p.aspect in plan.answers
        return (
            by_id[p.claim.cites[0]].standing.status is Status.SUPERSEDED,
            has_process and p.aspect not in _OF_PROCESS,
            wants_dose and not _states_a_dose(p.claim.text),
            not is_answer and not (has_process and p.aspect in _OF_PROCESS),
            p.aspect not in plan.aspects and not has_process,
        )

    def named(p: Placed) -> int:
        item = by_id[p.claim.cites[0]]
        return len(question.concepts) if is_of_all(item, question) else len(item.named)

    def lacks(p: Placed) -> tuple[bool, bool]:
        is_of_process = process <= set(by_id[p.claim.cites[0]].named)
        return not is_of_process, compares and not tells_comparison(p.claim.text)

    def step(p: Placed) -> tuple[int | bool, ...]:
        guides = question.kind in _DOING and p.claim.lane is Lane.GUIDELINE
        lacks_process, lacks_comparison = lacks(p)
        return (
            lacks_process,
            not guides,
            plan.answers.index(p.aspect) if guides and p.aspect in plan.answers else 0,
            bool(_SECOND_HAND.search(p.claim.text)),
            lacks_comparison,
            -named(p),
            by_id[p.claim.cites[0]].evidence.zone not in _CONCLUDING,
        )

    least = min(map(misses, placed), default=None)
    if plan.is_strict and least is not None and any(least[1:]):
        return []
    pool = sorted(
        (p for p in placed if misses(p) == least),
        key=lambda p: (step(p), -p.relevance, p.claim.claim_id),
    )
    chosen: list[Placed] = []
    for _, group in groupby(pool, key=step):
        # what speaks of less of the question than the best does adds nothing to it
        more = [p for p in group if lacks(p) <= lacks(pool[0]) and named(p) >= named(pool[0])]
        if more and len(chosen) < _MOST:
            chosen += _condensed(question.query, more[:_CONDENSED])
    return chosen[:_MOST]


def _is_of_what_acts(item: Selected, question: Question) -> bool:
    """Whether a sentence, or the title above it, names a treatment that is asked about, or one of
    the possible causes, if any is: what is known of the disease alone answers no such question."""
    roles = [Role.INTERVENTION, *([Role.OTHER] if question.kind is QuestionKind.CAUSE else [])]
    acting = tuple(concept for role in roles for concept in question.concepts_of(role))
    if not acting or question.concepts_of(Role.PROCESS):
        return True
    if any(concept.name in item.named for concept in acting):
        return True
    return bool(mentioned(item.document.title, tuple(concept.terms for concept in acting)))


def _condensed(query: str, placed: Sequence[Placed]) -> list[Placed]:
    sources = list(dict.fromkeys(p.doc_id for p in placed))
    seen: dict[str, int] = defaultdict(int)
    candidates = []
    for p in placed:
        candidates.append(Candidate(p.claim.text, sources.index(p.doc_id), seen[p.doc_id]))
        seen[p.doc_id] += 1
    return [placed[at] for at in choose_sentences(query, candidates, most=_MOST)]


def _states_a_dose(text: str) -> bool:
    """Whether a text tells a dose, or an amount where it speaks of doses."""
    found = find_quantities(text)
    if any(quantity.kind is QuantityKind.DOSE for quantity in found):
        return True
    return "dos" in fold(text) and any(quantity.unit in _AMOUNTS for quantity in found)


def _states_a_rate(text: str) -> bool:
    """Whether a text tells how many of how many: a percentage, a range of them, "12 of 40"."""
    return any(
        q.unit == "%" or q.kind in _RATES or q.kind is QuantityKind.RATIO_OF
        for q in find_quantities(text)
    )


def _tells(placed: Placed, factors: Sequence[Factor]) -> int:
    """How many of these factors the claim's evidence speaks for or against."""
    cites = set(placed.claim.cites)
    return sum(1 for f in factors if cites & {*f.supporting, *f.opposing})
