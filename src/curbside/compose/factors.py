"""Factors weighed over all sources: firm, limited, inconsistent, not associated.

The rule (docs/design/factors.md):
- a source's weight is that of its kind (`data/weighing.toml`); a cohort of fewer than 100 people
  (or of unknown size) and a superseded guideline count half, evidence of very low certainty half;
- reports of one cohort (same first author, same number of people) count once, with the larger
  weight;
- **inconsistent**: a review or guideline calls the reports inconsistent, or both sides have
  weight and the lighter is at least half the heavier;
- **not associated**: what stands against outweighs what stands for more than twice, or nothing
  stands for it;
- **firm**: two or more independent sources, or one review of studies, stand for it, and what
  stands against weighs less than half;
- **limited**: one study only.
A suggestion ("may explain") weighs nothing either way. A study that found no predictor at all
did not examine every factor, so it is told beside the lists and weighs on none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from curbside.records import (
    Certainty,
    Direction,
    Factor,
    FactorVerdict,
    Finding,
    Kind,
    Selected,
    Status,
    Vocabulary,
)
from curbside.text.rules import Columns, load_rules

_MANY_STUDIES = frozenset({Kind.REVIEW, Kind.SYSTEMATIC_REVIEW})
_COMPARABLE = 0.5
_QUALIFIED = re.compile(
    r"\b(?:raised|higher|high|abnormal|elevated|increased|longer|long|greater|older|another|more|"
    r"earlier|persistent)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Vote:
    item: Selected
    finding: Finding
    weight: float
    cohort: tuple[str, int | None]


def _cohorts(selected: Sequence[Selected]) -> dict[str, tuple[str, int | None]]:
    """The cohort of each document by its id. Two reports by one group about as many people are one
    cohort, and so are a summary of a work and the work itself."""
    by_work: dict[str, tuple[str, int | None]] = {}
    cohorts = {}
    # a summary says who was studied; it is asked first
    for item in sorted(selected, key=lambda item: (item.document.digest is None, _number(item))):
        document, source = item.document, item.document.source
        n = document.study.n if document.study else None
        author = source.authors[0] if source.authors else ""
        own = (author, n) if author and n else (document.doc_id, None)
        names = [
            f"pmid:{source.pmid}" if source.pmid else "",
            f"doi:{source.doi}" if source.doi else "",
        ]
        known = next((by_work[name] for name in names if name in by_work), own)
        by_work.update((name, known) for name in names if name)
        cohorts[document.doc_id] = known
    return cohorts


def weigh_factors(selected: Sequence[Selected], *, vocabulary: Vocabulary) -> tuple[Factor, ...]:
    """Place every factor that the evidence speaks of in one of four lists.

    Args:
        selected: evidence of sources that may be quoted; order does not matter.
        vocabulary: gives factors their names; a factor it does not know is named by the words of
            its weightiest source.

    Returns:
        Factors by verdict (firm, limited, inconsistent, not associated), the weightiest first
        in each, ties by name. Each factor stands in exactly one list; evidence ids are in order
        of weight.
    """
    votes: dict[str, list[_Vote]] = defaultdict(list)
    cohorts = _cohorts(selected)
    for item in selected:
        for finding in item.evidence.findings:
            if finding.factor is not None and not finding.is_hedged:
                votes[finding.concept].append(
                    _Vote(item, finding, _weight(item), cohorts[item.document.doc_id])
                )
    weighed = [_weigh(concept, group, vocabulary) for concept, group in votes.items()]
    order = list(FactorVerdict)
    ranked = sorted(
        weighed, key=lambda pair: (order.index(pair[0].verdict), -pair[1], pair[0].name)
    )
    return tuple(factor for factor, _ in ranked)


def blanket_evidence(selected: Sequence[Selected]) -> tuple[str, ...]:
    """Evidence ids of studies that found no predictor at all among those they examined."""
    return tuple(
        item.evidence.evidence_id
        for item in selected
        if any(f.factor is None and f.direction is Direction.NONE for f in item.evidence.findings)
    )


def _weigh(concept: str, votes: Sequence[_Vote], vocabulary: Vocabulary) -> tuple[Factor, float]:
    mixed = [vote for vote in votes if vote.finding.direction is Direction.MIXED]
    none = [vote for vote in votes if vote.finding.direction is Direction.NONE]
    raises = [vote for vote in votes if vote.finding.oriented is Direction.RAISES]
    lowers = [vote for vote in votes if vote.finding.oriented is Direction.LOWERS]
    heavier, lighter = sorted((raises, lowers), key=_total, reverse=True)
    supporting, opposing = heavier, [*lighter, *none, *mixed]
    weight_for, weight_against = _total(supporting), _total([*lighter, *none])
    verdict, reason = _verdict(supporting, weight_for, weight_against, bool(mixed))
    factor = Factor(
        name=_name(concept, supporting or opposing, verdict, vocabulary),
        verdict=verdict,
        supporting=_ids(supporting),
        opposing=_ids(opposing),
        reason=reason,
        direction=_direction(supporting, verdict),
    )
    return factor, weight_for + weight_against


def _verdict(
    supporting: Sequence[_Vote], weight_for: float, weight_against: float, is_mixed: bool
) -> tuple[FactorVerdict, str]:
    sources = len({vote.cohort for vote in supporting})
    weights = f"weight {weight_for:g} for, {weight_against:g} against"
    if is_mixed:
        return FactorVerdict.INCONSISTENT, f"a review calls the reports inconsistent ({weights})"
    if not supporting or weight_against > weight_for / _COMPARABLE:
        return FactorVerdict.NOT_ASSOCIATED, f"no weightier source links it ({weights})"
    if weight_against >= weight_for * _COMPARABLE:
        return FactorVerdict.INCONSISTENT, f"comparable weight on both sides ({weights})"
    if any(vote.item.document.kind in _MANY_STUDIES for vote in supporting) and sources == 1:
        return FactorVerdict.FIRM, f"one review of studies ({weights})"
    if sources > 1:
        return FactorVerdict.FIRM, f"{sources} independent sources ({weights})"
    return FactorVerdict.LIMITED, f"one source only ({weights})"


def _total(votes: Iterable[_Vote]) -> float:
    heaviest: dict[tuple[str, int | None], float] = {}
    for vote in votes:
        heaviest[vote.cohort] = max(heaviest.get(vote.cohort, 0.0), vote.weight)
    return sum(heaviest.values())


def _ids(votes: Sequence[_Vote]) -> tuple[str, ...]:
    ordered = sorted(votes, key=lambda vote: (-vote.weight, _number(vote.item)))
    return tuple(dict.fromkeys(vote.item.evidence.evidence_id for vote in ordered))


def _number(item: Selected) -> tuple[int, str]:
    return (len(item.evidence.evidence_id), item.evidence.evidence_id)


def _name(
    concept: str, votes: Sequence[_Vote], verdict: FactorVerdict, vocabulary: Vocabulary
) -> str:
    """A firm factor in the words of its weightiest source; a disputed one by its plain name,
    as no wording of one side should head a list that both sides stand in."""
    known = any(entry.name == concept for entry in vocabulary.entries)
    if known and verdict in (FactorVerdict.INCONSISTENT, FactorVerdict.NOT_ASSOCIATED):
        return _capitalised(concept)
    factor = _best(votes).finding.factor
    return _capitalised(factor.text if factor else concept)


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _direction(supporting: Sequence[_Vote], verdict: FactorVerdict) -> Direction | None:
    """As worded in the name; a factor under its plain name has no wording to go by."""
    if not supporting or verdict in (FactorVerdict.INCONSISTENT, FactorVerdict.NOT_ASSOCIATED):
        return None
    return _best(supporting).finding.direction


def _best(votes: Sequence[_Vote]) -> _Vote:
    """The weightiest; of those as weighty a wording that says what of the factor counts, and any
    wording of more ("raised") before one of less ("no", "normal")."""

    def order(vote: _Vote) -> tuple[bool, float, bool, tuple[int, str]]:
        words = vote.finding.factor.text if vote.finding.factor else ""
        is_bare = not _QUALIFIED.search(words)
        return (vote.finding.sense < 0, -vote.weight, is_bare, _number(vote.item))

    return min(votes, key=order)


def _weight(item: Selected) -> float:
    document = item.document
    weight = _kind_weights().get(document.kind, 1.0)
    n = document.study.n if document.study else None
    if document.kind is Kind.COHORT and (n is None or n < 100):
        weight /= 2
    if item.evidence.certainty is Certainty.VERY_LOW:
        weight /= 2
    if item.standing.status is Status.SUPERSEDED:
        weight /= 2
    return weight


@cache
def _kind_weights() -> dict[Kind, float]:
    rules = load_rules(
        "curbside.compose.data", "weighing.toml", tables={"kind": Columns(("name", "weight"))}
    )
    return {Kind(str(row["name"])): float(str(row["weight"])) for row in rules["kind"]}
