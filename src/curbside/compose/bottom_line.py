"""The up to three claims of a page that answer directly; none where nothing does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from curbside.compose.condense import Candidate, choose_sentences
from curbside.compose.direct import (
    acting,
    asks_yes_or_no,
    denies,
    is_direct,
    states_what_is_asked,
)
from curbside.compose.kinds import asks_to_compare, plan_of, tells_comparison
from curbside.compose.outcome_rates import completeness, outcome_rates
from curbside.compose.placed import Placed, is_of_all
from curbside.records import (
    Direction,
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
from curbside.text.mentions import mentioned, term_pattern
from curbside.text.normalise import fold

_MOST = 3
_CONDENSED = 12  # claims of one standing among which the ranking chooses
_CONCLUDING = frozenset({"conclusion", "statement"})
# kinds of question about what to do: guidelines answer first
_DOING = frozenset({QuestionKind.TREATMENT, QuestionKind.DOSE, QuestionKind.MONITORING})
# kinds of question that a drug's label is written to answer
_OF_LABELS = frozenset({QuestionKind.DOSE, QuestionKind.SAFETY, QuestionKind.MONITORING})
# aspects that speak of stopping, starting or changing something
_OF_PROCESS = frozenset({"before", "taper", "monitoring-after"})
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
# what has no end is a heading, or was cut off
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_SECOND_HAND = re.compile(r"\bet al\b|\[\d[\d,\s–-]*\]")


def bottom_line(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
) -> tuple[str, ...]:
    """Up to three claims that answer directly: the figure, then what the kind of question asks.

    A label answers only what it is written for: dose, harms, tests. Patient information answers
    only where nothing else does. A claim that does not state what is asked is never taken
    (`direct`), so a page may have none.
    """
    leaflets = [p for p in placed if p.claim.lane is Lane.PATIENT]
    others = [p for p in placed if p.claim.lane is not Lane.PATIENT]
    return _answering(others, by_id, factors, question, outcome) or _answering(
        leaflets, by_id, factors, question, outcome
    )


def _answering(
    placed: Sequence[Placed],
    by_id: Mapping[str, Selected],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
) -> tuple[str, ...]:
    eligible = [p for p in placed if p.claim.lane is not Lane.LABEL] or list(placed)
    if question.kind in _OF_LABELS:
        eligible = list(placed)
    if question.kind in (QuestionKind.PREDICTORS, QuestionKind.FREQUENCY):
        eligible = [
            p for p in eligible if _is_of_condition(by_id[p.claim.cites[0]], question, outcome)
        ]
    answering = [
        p for p in eligible if states_what_is_asked(by_id[p.claim.cites[0]], question, outcome)
    ]
    chosen: list[Placed] = []
    if question.kind is QuestionKind.FREQUENCY:
        chosen = _rates(eligible, by_id, question, outcome, most=2)
    elif question.kind in (QuestionKind.PREDICTORS, QuestionKind.CAUSE):
        is_cause = question.kind is QuestionKind.CAUSE
        chosen = _on_factors(eligible, answering, factors, raising=is_cause)
        if chosen and question.kind is QuestionKind.PREDICTORS:
            chosen = [*_rates(eligible, by_id, question, outcome, most=1), *chosen]
    if not chosen and not (question.kind is QuestionKind.FREQUENCY and outcome):
        standing = [
            p for p in answering if not _is_superseded(by_id[p.claim.cites[0]])
        ] or answering
        direct = [p for p in standing if is_direct(by_id[p.claim.cites[0]], question, outcome)]
        chosen = _most_telling(direct or standing, by_id, question)
    return tuple(dict.fromkeys(p.claim.claim_id for p in chosen))[:_MOST]


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


def _on_factors(
    placed: Sequence[Placed],
    answering: Sequence[Placed],
    factors: Sequence[Factor],
    *,
    raising: bool,
) -> list[Placed]:
    """The claim that tells of most firm factors, and that of most disputed ones; where neither is
    known, two of those that state what is asked and tell of one study each (what a treatment did
    in a trial predicts nothing). `raising`: what protects does not count."""
    chosen: list[Placed] = []
    for verdict, most in (
        (FactorVerdict.FIRM, 1),
        (FactorVerdict.INCONSISTENT, 1),
        (FactorVerdict.LIMITED, 2),
    ):
        told = [f for f in factors if f.verdict is verdict]
        told = [f for f in told if not raising or f.direction is not Direction.LOWERS]
        is_limited = verdict is FactorVerdict.LIMITED
        if is_limited and chosen:
            break
        chosen += sorted(
            (p for p in (answering if is_limited else placed) if _tells(p, told)),
            key=lambda p: (-_tells(p, told), p.rank, -p.relevance, p.claim.claim_id),
        )[:most]
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


@dataclass(frozen=True, slots=True)
class _Judged:
    """A claim with how it stands to a question. `misses`: what it is not; those that miss least
    are taken. `lacks`: it does not speak of the process, or does not compare. `named`: how much of
    what is asked it is about, `is_of_all` whether it names all of that itself."""

    placed: Placed
    misses: tuple[bool, ...]
    lacks: tuple[bool, bool]
    named: int
    is_of_all: bool
    concludes: bool
    step: tuple[int | bool, ...]


def _judge(placed: Placed, item: Selected, question: Question) -> _Judged:
    plan = plan_of(question.kind)
    process = {concept.name for concept in question.concepts_of(Role.PROCESS)}
    wants_process = bool(process) and question.kind in _DOING
    is_of_process = wants_process and placed.aspect in _OF_PROCESS
    named = len(question.concepts) if is_of_all(item, question) else len(item.named)
    compares = asks_to_compare(question.query)
    lacks = (
        not process <= set(item.named),
        compares and not tells_comparison(placed.claim.text),
    )
    guides = question.kind in _DOING and placed.claim.lane is Lane.GUIDELINE
    concludes = item.evidence.zone in _CONCLUDING
    return _Judged(
        placed,
        misses=(
            wants_process and not is_of_process,
            placed.aspect not in plan.answers and not is_of_process,
            placed.aspect not in plan.aspects and not wants_process,
        ),
        lacks=lacks,
        named=named,
        is_of_all=len(item.named) == len(question.concepts),
        concludes=concludes,
        step=(
            lacks[0],
            not guides,
            plan.answers.index(placed.aspect) if guides and placed.aspect in plan.answers else 0,
            bool(_SECOND_HAND.search(placed.claim.text)),
            lacks[1],
            -named,
            not _ENDED.search(placed.claim.text),
            not concludes,
        ),
    )


def _most_telling(
    placed: Sequence[Placed], by_id: Mapping[str, Selected], question: Question
) -> list[Placed]:
    """The claims that answer the kind of question, the most telling few first.

    Where a process is asked about, what speaks of it stands first; where it is asked what to do,
    guidelines; where things are compared, what compares them; then what names most of what is
    asked, is whole, and concludes. Among those the ranking of `condense` decides. A claim of an
    aspect that does not answer is taken only where none does, and never for a kind that is strict;
    one of a study that is not about the treatment or the cause asked about is never taken.
    """
    judged = [
        _judge(p, by_id[p.claim.cites[0]], question)
        for p in placed
        if _is_of_what_acts(by_id[p.claim.cites[0]], question)
    ]
    least = min((each.misses for each in judged), default=())
    if plan_of(question.kind).is_strict and any(least):
        return []
    pool = sorted(
        (each for each in judged if each.misses == least),
        key=lambda each: (each.step, -each.placed.relevance, each.placed.claim.claim_id),
    )
    chosen: list[Placed] = []
    concluded: set[str] = set()
    for _, group in groupby(pool, key=lambda each: each.step):
        more = [each for each in group if _adds(each, pool[0], concluded)]
        if not more or len(chosen) == _MOST:
            continue
        candidates = [each.placed for each in more]
        chosen = [*chosen, *_condensed(question.query, candidates[:_CONDENSED])][:_MOST]
        if asks_yes_or_no(question):
            chosen = _with_other_side(chosen, candidates)
        concluded |= {each.placed.doc_id for each in more if each.concludes}
    return chosen


def _adds(each: _Judged, best: _Judged, concluded: Collection[str]) -> bool:
    """What speaks of less of the question than the best does adds nothing to it; nor, under a
    conclusion, a result of its study or one that leaves to its title what it is about."""
    if each.lacks > best.lacks or each.named < best.named:
        return False
    is_new = each.placed.doc_id not in concluded and each.is_of_all
    return each.concludes or not concluded or is_new


def _with_other_side(chosen: Sequence[Placed], group: Sequence[Placed]) -> list[Placed]:
    """The chosen, and where all of them affirm, or all deny, the nearest of the same standing from
    another source that says otherwise; it takes the last place where there is none left."""
    sides = {denies(p.claim.text) for p in chosen}
    told = {p.doc_id for p in chosen}
    other = [p for p in group if p.doc_id not in told and denies(p.claim.text) not in sides]
    if len(sides) > 1 or not other:
        return list(chosen)
    nearest = min(other, key=lambda p: (-p.relevance, p.claim.claim_id))
    return [*chosen[: _MOST - 1], nearest]


def _is_superseded(item: Selected) -> bool:
    return item.standing.status is Status.SUPERSEDED


def _is_of_what_acts(item: Selected, question: Question) -> bool:
    """Whether a sentence, or the title above it, names a treatment that is asked about, or one of
    the possible causes, if any is: what is known of the disease alone answers no such question."""
    acts = acting(question)
    if not acts or question.concepts_of(Role.PROCESS):
        return True
    if any(concept.name in item.named for concept in acts):
        return True
    return bool(mentioned(item.document.title, tuple(concept.terms for concept in acts)))


def _condensed(query: str, placed: Sequence[Placed]) -> list[Placed]:
    sources = list(dict.fromkeys(p.doc_id for p in placed))
    seen: dict[str, int] = defaultdict(int)
    candidates = []
    for p in placed:
        candidates.append(Candidate(p.claim.text, sources.index(p.doc_id), seen[p.doc_id]))
        seen[p.doc_id] += 1
    return [placed[at] for at in choose_sentences(query, candidates, most=_MOST)]


def _tells(placed: Placed, factors: Sequence[Factor]) -> int:
    """How many of these factors the claim's evidence speaks for or against."""
    cites = set(placed.claim.cites)
    return sum(1 for f in factors if cites & {*f.supporting, *f.opposing})
