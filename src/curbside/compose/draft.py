"""Evidence -> claims: lanes, headings by aspect. Extractive: a claim is what its evidence
says, word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from curbside.compose.abbreviate import Meanings, meanings_of, wordings_of
from curbside.compose.aspects import FINDINGS, PREDICTORS, Aspect, aspect_of, heading_of
from curbside.compose.bottom_line import bottom_line
from curbside.compose.conflicts import advice_conflicts, factor_conflicts, rate_conflict
from curbside.compose.factors import blanket_evidence, weigh_factors
from curbside.compose.kinds import plan_of
from curbside.compose.outcome_rates import completeness
from curbside.compose.placed import Placed
from curbside.records import (
    Claim,
    Conflict,
    Factor,
    FactorVerdict,
    Kind,
    Lane,
    Outcome,
    Question,
    Role,
    Selected,
    Status,
    Vocabulary,
    lane_of,
)
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems

_PER_SECTION = 6
_MOST = {"frequency": 12, "before": 8, "consequences": 8, "maintenance": 8, "gaps": 4, "outcome": 4}
_ADVICE = re.compile(r"\b(?:should|could be|advis\w+|recommend\w*|consider\w*|candidates?)\b")
_ALIKE = 0.6  # Jaccard of content stems above which two claims with the same figures are one
_MANY_STUDIES = frozenset({Kind.REVIEW, Kind.SYSTEMATIC_REVIEW, Kind.GUIDELINE})
# aspects that speak of the care asked about even where they name the disease alone
_CARE = frozenset(
    {
        "before",
        "monitoring",
        "safety",
        "dose",
        "maintenance",
        "consequences",
        "currency",
        "definition",
    }
)
_VERDICT_HEADINGS = {
    FactorVerdict.FIRM: ("Factors linked with {outcome} in consistent reports", 30),
    FactorVerdict.LIMITED: ("Factors linked with {outcome} in one study", 31),
    FactorVerdict.INCONSISTENT: ("Factors with inconsistent reports", 32),
    FactorVerdict.NOT_ASSOCIATED: ("Factors not found to be linked with {outcome}", 33),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything composed, before any of it is verified.

    `meanings` are what the abbreviations of each claim stand for, by its id. `usable` is all the
    evidence that belongs on the page and may be drawn, said or, for want of room, not; best first.
    """

    placed: tuple[Placed, ...]
    bottom_line: tuple[str, ...]
    factors: tuple[Factor, ...]
    conflicts: tuple[Conflict, ...]
    aspects: tuple[str, ...]
    meanings: Mapping[str, Meanings]
    usable: tuple[Selected, ...] = ()


def compose(
    question: Question,
    selected: Sequence[Selected],
    *,
    outcome: Outcome | None,
    vocabulary: Vocabulary,
    threshold: float = 0.0,
    of_page: Collection[str] = (),
) -> Draft:
    """Write the page's claims from the evidence.

    Args:
        question: decides the order of the headings.
        selected: evidence that may be quoted, best first.
        threshold: the relevance from which evidence may answer in the bottom line.
        of_page: the documents that were compiled for this question's own page, if any.
        outcome: what the question asks about, if it names one.
        vocabulary: names of factors.

    Returns:
        Claims in page order (lane, heading, relevance), numbered C1…; near-duplicates merged
        under the best wording with every source cited; the bottom line names up to three of them.
    """
    aspects = {i.evidence.evidence_id: aspect_of(i.evidence, question, outcome) for i in selected}
    # a retracted source weighs nothing and answers nothing; its claims are drafted all the same,
    # so that the ledger says which gate withheld them
    usable = [i for i in selected if i.standing.status is not Status.RETRACTED]
    # a leaflet retells what others found: it is no source more on a factor, takes no side, and
    # puts nothing else off the page
    weighed = [i for i in usable if lane_of(i.document.kind) is not Lane.PATIENT]
    factors = weigh_factors(weighed, vocabulary=vocabulary) if outcome else ()
    blanket = blanket_evidence(weighed)
    placed = _place(selected, aspects, factors, question, outcome)
    wordings = wordings_of(question, vocabulary)
    meanings = {
        item.evidence.evidence_id: meanings_of(
            item.evidence.quote, item.document.text, asked=question.text, wordings=wordings
        )
        for item in selected
    }
    numbered = _number(_cut(_merge(placed), is_process=bool(question.concepts_of(Role.PROCESS))))
    by_id = {item.evidence.evidence_id: item for item in usable}
    said = [p for p in numbered if p.claim.cites[0] in by_id]
    heard = [p for p in said if p.claim.lane is not Lane.PATIENT]
    rates = [by_id[p.claim.cites[0]] for p in heard if p.aspect == "frequency"]
    rate = rate_conflict(rates, outcome) if outcome else None
    conflicts = factor_conflicts(factors, weighed, blanket=blanket)
    advice = advice_conflicts([by_id[i] for p in heard for i in p.claim.cites if i in by_id])
    return Draft(
        placed=numbered,
        bottom_line=bottom_line(
            said, by_id, factors, question, outcome, threshold=threshold, of_page=of_page
        ),
        factors=factors,
        conflicts=(*((rate,) if rate else ()), *conflicts, *advice),
        aspects=tuple(dict.fromkeys(p.aspect for p in numbered)),
        meanings={p.claim.claim_id: meanings[p.claim.cites[0]] for p in numbered},
        usable=tuple(weighed),
    )


def _place(
    items: Sequence[Selected],
    aspects: Mapping[str, Aspect],
    factors: Sequence[Factor],
    question: Question,
    outcome: Outcome | None,
) -> list[Placed]:
    priority = plan_of(question.kind).aspects
    verdicts = _verdicts_by_evidence(factors)
    placed = []
    for item in items:
        evidence = item.evidence
        aspect = aspects[evidence.evidence_id]
        template, rank = aspect.heading, aspect.rank
        named = verdicts.get(evidence.evidence_id, ())
        if aspect.name == PREDICTORS and named:
            template, rank = _VERDICT_HEADINGS[_strictest(named)]
        if aspect.name in priority:
            rank -= 100 * (len(priority) - priority.index(aspect.name))
        placed.append(
            Placed(
                Claim(
                    claim_id="",
                    text=evidence.quote,
                    lane=lane_of(item.document.kind),
                    heading=heading_of(template, question, outcome),
                    cites=(evidence.evidence_id,),
                    is_quoted=item.document.digest is None,
                    remark=_remark(named),
                ),
                rank,
                aspect.name,
                _weight_on_page(item, aspect),
                item.document.doc_id,
                frozenset(name for name, _ in named),
                frozenset({fold(item.document.title).rstrip(".")}),
            )
        )
    return placed


def _weight_on_page(item: Selected, aspect: Aspect) -> float:
    """Among rates, those over many studies stand first, then the one that says of whom and when;
    where care is asked about, advice before a count and many studies before one; else the
    nearest."""
    if aspect.name == "frequency":
        return completeness(item) + (5.0 if item.document.kind in _MANY_STUDIES else 0.0)
    is_advice = aspect.name in _CARE and bool(_ADVICE.search(item.evidence.quote.lower()))
    speaks_of_many = aspect.name in _CARE and item.document.kind in _MANY_STUDIES
    return item.relevance + (0.3 if is_advice else 0.0) + (0.15 if speaks_of_many else 0.0)


def _verdicts_by_evidence(
    factors: Sequence[Factor],
) -> dict[str, tuple[tuple[str, FactorVerdict], ...]]:
    found: dict[str, list[tuple[str, FactorVerdict]]] = defaultdict(list)
    for factor in factors:
        for evidence_id in (*factor.supporting, *factor.opposing):
            found[evidence_id].append((factor.name, factor.verdict))
    return {key: tuple(value) for key, value in found.items()}


def _strictest(named: Sequence[tuple[str, FactorVerdict]]) -> FactorVerdict:
    """A sentence that names a disputed factor stands among the disputed, whatever else it names."""
    present = {verdict for _, verdict in named}
    for verdict in (
        FactorVerdict.INCONSISTENT,
        FactorVerdict.FIRM,
        FactorVerdict.LIMITED,
        FactorVerdict.NOT_ASSOCIATED,
    ):
        if verdict in present:
            return verdict
    raise ValueError("a factor without a verdict")


def _remark(named: Sequence[tuple[str, FactorVerdict]]) -> str | None:
    verdicts = {verdict for _, verdict in named}
    if not verdicts or (len(verdicts) == 1 and len(named) == 1):
        return None
    if verdicts == {FactorVerdict.FIRM}:
        return None
    words = {
        FactorVerdict.FIRM: "consistent",
        FactorVerdict.LIMITED: "one study",
        FactorVerdict.INCONSISTENT: "inconsistent",
        FactorVerdict.NOT_ASSOCIATED: "not linked",
    }
    told = "; ".join(f"{name}: {words[verdict]}" for name, verdict in named)
    return f"Across all sources here: {told}."


def _merge(placed: Sequence[Placed]) -> list[Placed]:
    """Claims of one lane that say the same of the same figures become one, with every citation.

    Under one heading any two may; across headings only where neither tells of a factor, since a
    factor's lists hold their own, and the heading that the page shows first keeps the claim.
    """
    kept: list[Placed] = []
    alike: dict[tuple[Lane, tuple[str, ...]], list[int]] = defaultdict(list)
    for candidate in placed:
        claim = candidate.claim
        rows = alike[claim.lane, _figures(claim.text)]
        same = next((at for at in rows if _say_the_same(candidate, kept[at])), None)
        if same is None:
            rows.append(len(kept))
            kept.append(candidate)
        else:
            kept[same] = _merged(kept[same], candidate)
    return kept


def _say_the_same(one: Placed, other: Placed) -> bool:
    is_apart = one.claim.heading != other.claim.heading
    if is_apart and (one.factors or other.factors):
        return False
    return _is_alike(one.claim.text, other.claim.text)


def _merged(kept: Placed, other: Placed) -> Placed:
    works = kept.works | other.works
    cites = tuple(dict.fromkeys((*kept.claim.cites, *other.claim.cites)))
    said = f"{len(works)} sources say this" if len(works) > 1 else None
    first = min(kept, other, key=lambda p: p.rank)
    return replace(
        kept,
        claim=replace(
            kept.claim,
            cites=cites,
            heading=first.claim.heading,
            remark=kept.claim.remark if kept.factors and kept.claim.remark else said,
        ),
        rank=first.rank,
        aspect=first.aspect,
        works=works,
    )


def _is_alike(one: str, other: str) -> bool:
    a, b = set(content_stems(one)), set(content_stems(other))
    return bool(a | b) and len(a & b) / len(a | b) >= _ALIKE


def _figures(text: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"\d+(?:[.·]\d+)?", text)))


def _cut(placed: Sequence[Placed], *, is_process: bool) -> list[Placed]:
    """The best of each heading; of findings on factors, one a source and set of factors."""
    count: dict[tuple[Lane, str], int] = defaultdict(int)
    most = {**_MOST, **({FINDINGS: 3} if is_process else {FINDINGS: 8, "outcome": 8})}
    told: set[tuple[str, frozenset[str]]] = set()
    kept = []
    for item in sorted(placed, key=lambda p: (-p.relevance, p.claim.cites)):
        key = (item.claim.lane, item.claim.heading)
        about = (item.doc_id, item.factors)
        # one sentence a source and factor; the others stay evidence of the factor
        if item.factors and about in told:
            continue
        told.add(about)
        count[key] += 1
        if item.factors or count[key] <= most.get(item.aspect, _PER_SECTION):
            kept.append(item)
    return kept


def _number(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    lanes = list(Lane)
    ordered = sorted(
        placed,
        key=lambda p: (
            lanes.index(p.claim.lane),
            p.rank,
            p.claim.heading,
            -p.relevance,
            len(p.claim.cites[0]),
            p.claim.cites,
        ),
    )
    return tuple(
        replace(p, claim=replace(p.claim, claim_id=f"C{number}"))
        for number, p in enumerate(ordered, start=1)
    )
