"""The up to three claims of a page that answer directly; none where nothing does."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from curbside.compose.outcome_rates import completeness, outcome_rates
from curbside.compose.placed import Placed
from curbside.records import (
    Factor,
    FactorVerdict,
    Lane,
    Outcome,
    Question,
    Role,
    Selected,
    Status,
)
from curbside.text.mentions import mentioned, term_pattern
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems

_MOST = 3
_BESIDE = 0.5  # of the first claim's probability: what may stand beside it
_OTHERWISE = 0.6  # the same for what says otherwise
_AS_LIKELY = 0.8  # of the best leaflet's probability
_ALIKE = 0.7  # share of the shorter claim's stems from which it says the same again
# "median survival was 14 months": a time to the outcome
_TIMED = re.compile(
    r"\b(?:median|mean|average|overall)\b.{0,60}"
    r"\d[\d.]* ?(?:\([^)]*\) )?(?:days?|weeks?|months?|years?)\b"
)
_BEFELL = re.compile(
    r"(?:,|\band|\bor|\bincident|\bnew|\bnew-onset"
    r"|\b(?:risk|incidence|occurrence|onset|prevention) of|\bdevelop\w*"
    r"|\bhospitali[sz]\w+ for|\bdeaths? from|\bdue to|\bprevent\w*)\s(?:[\w-]+ )?$"
)
_ARMS = re.compile(r"\b(?:versus|vs|placebo|control group|compared (?:with|to)|than)\b")
_POLAR = re.compile(r"^(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have)\b")
_DENIES = re.compile(
    r"\b(?:did|does|do|was|were|is|are|has|have|had|could|can|would|may) not\b|\bineffective\b"
    r"|\b(?:no|without|lack of|absence of)\s(?:[\w-]+\s){0,3}"
    r"(?:effects?|efficacy|benefi\w+|differences?|improvements?|reductions?|evidence|associations?)\b"
    r"|\bfail(?:s|ed|ing|ure) to\b|\bnot (?:effective|superior|better|associated|improve\w*)\b"
)


def bottom_line(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
    *,
    threshold: float,
    of_page: Collection[str] = (),
) -> tuple[str, ...]:
    """Up to three claims that answer directly, the most telling first.

    On the page of a topic: how often, the firm factors and the disputed ones, as the topic has
    them. Anywhere else: the claims that most probably answer, from `threshold` on, none that says
    an earlier one again, and of a question that is answered by yes or no the best that says
    otherwise, if any. Patient information leads only where nothing else answers, or where it
    answers this very question.
    """
    if of_page:
        mine = [p for p in placed if p.doc_id in of_page]
        chosen = _of_topic(mine, by_id, factors, question, outcome)
        if chosen:
            return tuple(dict.fromkeys(p.claim.claim_id for p in chosen))[:_MOST]
    # a claim's own weight orders its heading: of a rate it says how full it is
    likely = [replace(p, relevance=by_id[p.claim.cites[0]].relevance) for p in placed]
    answering = [p for p in likely if p.relevance >= threshold]
    chosen = _most_telling(answering, by_id)
    if asks_yes_or_no(question):
        chosen = _with_other_side(chosen, answering)
    return tuple(p.claim.claim_id for p in chosen)


def _of_topic(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
) -> list[Placed]:
    eligible = [
        p
        for p in placed
        if p.claim.lane not in (Lane.LABEL, Lane.PATIENT)
        and _is_of_condition(by_id[p.claim.cites[0]], question, outcome)
    ]
    chosen = _on_factors(eligible, factors)
    rates = _rates(eligible, by_id, question, outcome, most=1)
    return [*rates, *chosen] if chosen else []


def _most_telling(placed: Sequence[Placed], by_id: Mapping[str, Selected]) -> list[Placed]:
    """The best claims that say different things, the later ones not much less likely than the
    first; superseded guidance comes after what stands."""
    leaflet = max((p.relevance for p in placed if p.claim.lane is Lane.PATIENT), default=0.0)
    ordered = sorted(
        placed,
        key=lambda p: (
            _standing(p, by_id[p.claim.cites[0]], leaflet=leaflet),
            -p.relevance,
            p.claim.claim_id,
        ),
    )
    chosen: list[Placed] = []
    told: list[set[str]] = []
    for p in ordered:
        if len(chosen) == _MOST or p.relevance < _BESIDE * ordered[0].relevance:
            break
        stems = set(content_stems(p.claim.text))
        if any(len(stems & other) >= _ALIKE * min(len(stems), len(other)) for other in told):
            continue
        chosen.append(p)
        told.append(stems)
    return chosen


def _standing(p: Placed, item: Selected, *, leaflet: float) -> int:
    """Who speaks first: who was asked this very question; then research and guidelines that are
    about as likely to answer as the best leaflet (of probability `leaflet`); leaflets; the rest."""
    if item.answers_it:
        return 0
    if item.standing.status is Status.SUPERSEDED:
        return 4
    if p.claim.lane is Lane.PATIENT:
        return 2
    return 1 if p.relevance >= _AS_LIKELY * leaflet else 3


def _with_other_side(chosen: Sequence[Placed], answering: Sequence[Placed]) -> list[Placed]:
    """The chosen, and where all of them affirm, or all deny, the best claim of another source that
    says otherwise; it takes the last place where there is none left."""
    sides = {denies(p.claim.text) for p in chosen}
    told = {p.doc_id for p in chosen}
    other = [p for p in answering if p.doc_id not in told and denies(p.claim.text) not in sides]
    if len(sides) != 1 or not other:
        return list(chosen)
    best = min(other, key=lambda p: (-p.relevance, p.claim.claim_id))
    if best.relevance < _OTHERWISE * chosen[0].relevance:
        return list(chosen)
    return [*chosen[: _MOST - 1], best]


def asks_yes_or_no(question: Question) -> bool:
    """Whether a question is worded to be answered by yes or no."""
    return bool(_POLAR.search(fold(question.query)))


def denies(text: str) -> bool:
    """Whether a sentence says that something has no effect, or no such one.

    >>> denies("Iron did not lower fever."), denies("Iron lowered fever.")
    (True, False)
    """
    return bool(_DENIES.search(fold(text)))


def _rates(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    question: Question,
    outcome: Outcome | None,
    *,
    most: int,
) -> list[Placed]:
    """The fullest rates of the outcome, each of another source; those that only set two arms of a
    trial against each other last."""
    about = [p for p in placed if p.aspect == "frequency"]
    items = [by_id[p.claim.cites[0]] for p in about]
    drawn, left = outcome_rates(question, outcome, items)
    of_outcome = {rate.item.evidence.evidence_id for rate in drawn}
    of_outcome |= {rate.item.evidence.evidence_id for rate in left}
    stated = [p for p in about if p.claim.cites[0] in of_outcome]
    timed = [p for p in about if _TIMED.search(fold(p.claim.text))]
    is_of_trial = not question.concepts_of(Role.INTERVENTION)

    def order(p: Placed) -> tuple[bool, float, str]:
        between_arms = is_of_trial and bool(_ARMS.search(fold(p.claim.text)))
        return between_arms, -completeness(by_id[p.claim.cites[0]]), p.claim.claim_id

    first: dict[str, Placed] = {}
    for p in sorted(stated or timed, key=order):
        first.setdefault(p.doc_id, p)
    return list(first.values())[:most]


def _on_factors(placed: Sequence[Placed], factors: Sequence[Factor]) -> list[Placed]:
    """The claim that tells of most firm factors, and that of most disputed ones."""
    chosen: list[Placed] = []
    for verdict in (FactorVerdict.FIRM, FactorVerdict.INCONSISTENT):
        told = [f for f in factors if f.verdict is verdict]
        chosen += sorted(
            (p for p in placed if _tells(p, told)),
            key=lambda p: (-_tells(p, told), p.rank, -p.relevance, p.claim.claim_id),
        )[:1]
    return chosen


def _is_of_condition(item: Selected, question: Question, outcome: Outcome | None) -> bool:
    """Whether a sentence is about people with the condition asked about: its title names it, or
    the sentence does, and not only as one more thing that befell them ("death and new gout")."""
    if item.document.digest is not None or outcome is None:
        return True
    about = [
        concept
        for concept in question.concepts_of(Role.CONDITION)
        if concept.is_required and concept.terms != outcome.terms
    ]
    titled = mentioned(item.document.title, tuple(c.terms for c in about))
    folded = fold(item.evidence.quote)
    return all(
        at in titled
        or any(
            not _BEFELL.search(folded[: mention.start()])
            for mention in term_pattern(concept.terms).finditer(folded)
        )
        for at, concept in enumerate(about)
    )


def _tells(placed: Placed, factors: Sequence[Factor]) -> int:
    """How many of these factors the claim's evidence speaks for or against."""
    cites = set(placed.claim.cites)
    return sum(1 for f in factors if cites & {*f.supporting, *f.opposing})
