"""What changed in meaning between two versions of a page, so that nobody needs to read both.

Two wordings say the same where neither says anything that the other does not bear out, by the
gates that hold a claim against its quotes (`verify.alignment`). What differs in a value is a
change of number, in anything else a change of conclusion; only the rest is a matter of wording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from curbside.records import Answer, Claim, Evidence, Reference
from curbside.review.content import claim_hashes
from curbside.text.tokens import content_stems
from curbside.verify.alignment import About, find_faults

_ALIKE: Final = 0.5
"""Two claims that share half of their content words are taken for one that was changed."""


class ChangeKind(StrEnum):
    """What of the meaning changed, the gravest first."""

    CONCLUSION = "conclusion"
    NUMBER = "number"
    SOURCE = "source"
    CERTAINTY = "certainty"
    STANDING = "standing"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of what ("claim C3", "factor age", "pmid:1"), from what, to what; None where
    there was nothing, or is nothing now. `claim_id` is that of the newer version, of the older
    one where the claim is gone, None where no claim is meant."""

    kind: ChangeKind
    where: str
    before: str | None
    after: str | None
    claim_id: str | None = None


def meaning_diff(old: Answer, new: Answer) -> tuple[Change, ...]:
    """Every change from one version of a page to another, the gravest kinds first, then in the
    order of the page. Empty where both say the same of the same sources."""
    changes = [
        *_of_claims(old, new),
        *_of_bottom_line(old, new),
        *_of_factors(old, new),
        *_of_conflicts(old, new),
        *_of_references(old, new),
    ]
    order = list(ChangeKind)
    return tuple(sorted(dict.fromkeys(changes), key=lambda change: order.index(change.kind)))


def _of_claims(old: Answer, new: Answer) -> Iterator[Change]:
    pairs = _pairs(old, new)
    paired = set(pairs.values())
    before = {claim.claim_id: claim for claim in old.claims}
    old_sources, new_sources = _Sources(old), _Sources(new)
    for claim in new.claims:
        was = pairs.get(claim.claim_id)
        if was is None:
            yield Change(
                ChangeKind.CONCLUSION, f"claim {claim.claim_id}", None, claim.text, claim.claim_id
            )
        else:
            yield from _of_pair(before[was], claim, old_sources, new_sources)
    for claim in old.claims:
        if claim.claim_id not in paired:
            yield Change(
                ChangeKind.CONCLUSION, f"claim {claim.claim_id}", claim.text, None, claim.claim_id
            )


def _of_pair(
    was: Claim, now: Claim, old_sources: _Sources, new_sources: _Sources
) -> Iterator[Change]:
    where = f"claim {now.claim_id}"
    if was.text != now.text:
        for kind in _meant(was.text, now.text):
            yield Change(kind, where, was.text, now.text, now.claim_id)
    if was.lane is not now.lane:
        yield Change(
            ChangeKind.CONCLUSION, f"{where}, lane", was.lane.value, now.lane.value, now.claim_id
        )
    for kind, said in (
        (ChangeKind.SOURCE, _Sources.cited),
        (ChangeKind.CERTAINTY, _Sources.certainty),
    ):
        before, after = said(old_sources, was), said(new_sources, now)
        if before != after:
            yield Change(kind, where, before, after, now.claim_id)


def _meant(was: str, now: str) -> list[ChangeKind]:
    """How the meaning of one wording differs from that of another."""
    faults = (*find_faults(now, (was,)), *find_faults(was, (now,)))
    kinds = {
        ChangeKind.NUMBER if fault.about is About.QUANTITIES else ChangeKind.CONCLUSION
        for fault in faults
    }
    return [kind for kind in ChangeKind if kind in kinds] or [ChangeKind.WORDING]


class _Sources:
    """What the claims of one version rest on, in words that compare."""

    def __init__(self, answer: Answer) -> None:
        self._evidence: Mapping[str, Evidence] = {e.evidence_id: e for e in answer.evidence}

    def cited(self, claim: Claim) -> str:
        """The passages, by document and words: a passage that only moved is the same."""
        found = {(item.doc_id, item.quote) for item in self._of(claim)}
        return "; ".join(f"{doc_id}: “{quote}”" for doc_id, quote in sorted(found))

    def certainty(self, claim: Claim) -> str:
        """The certainty, grade and design of each source."""
        said = {
            (
                item.certainty.value if item.certainty else "not rated",
                item.strength or "",
                item.design or "",
            )
            for item in self._of(claim)
        }
        return "; ".join(", ".join(filter(None, parts)) for parts in sorted(said))

    def _of(self, claim: Claim) -> list[Evidence]:
        return [self._evidence[each] for each in claim.cites if each in self._evidence]


def _pairs(old: Answer, new: Answer) -> dict[str, str]:
    """By claim_id of the newer version that of the older one: the same claim, else one with the
    same words, else one that cites the same, else the most alike in its lane."""
    old_hashes, new_hashes = claim_hashes(old), claim_hashes(new)
    cited = {
        id(answer): {e.evidence_id: (e.doc_id, e.quote) for e in answer.evidence}
        for answer in (old, new)
    }
    keys = (
        lambda claim, answer: (old_hashes if answer is old else new_hashes)[claim.claim_id],
        lambda claim, answer: claim.text,  # noqa: ARG005  (all keys are asked alike)
        lambda claim, answer: (
            claim.claim_id,
            tuple(cited[id(answer)].get(each) for each in claim.cites),
        ),
        lambda claim, answer: tuple(cited[id(answer)].get(each) for each in claim.cites),
    )
    pairs: dict[str, str] = {}
    free_old, free_new = list(old.claims), list(new.claims)
    for key in keys:
        waiting: dict[object, list[Claim]] = {}
        for claim in free_old:
            waiting.setdefault(key(claim, old), []).append(claim)
        for claim in list(free_new):
            if same := waiting.get(key(claim, new)):
                was = same.pop(0)
                pairs[claim.claim_id] = was.claim_id
                free_old.remove(was)
                free_new.remove(claim)
    pairs.update(_most_alike(free_old, free_new))
    return pairs


def _most_alike(old: Sequence[Claim], new: Sequence[Claim]) -> dict[str, str]:
    likeness = sorted(
        (
            (-_likeness(was.text, now.text), now.claim_id, was.claim_id)
            for was in old
            for now in new
            if was.lane is now.lane
        ),
    )
    pairs: dict[str, str] = {}
    for negative, claim_id, was in likeness:
        if -negative >= _ALIKE and claim_id not in pairs and was not in pairs.values():
            pairs[claim_id] = was
    return pairs


def _likeness(one: str, other: str) -> float:
    first, second = set(content_stems(one)), set(content_stems(other))
    together = first | second
    return len(first & second) / len(together) if together else 0.0


def _of_bottom_line(old: Answer, new: Answer) -> Iterator[Change]:
    texts = [
        [claim.text for claim_id in answer.bottom_line for claim in answer.claims
         if claim.claim_id == claim_id]
        for answer in (old, new)
    ]  # fmt: skip
    before, after = texts
    if len(before) != len(after) or any(
        was != now and _meant(was, now) != [ChangeKind.WORDING]
        for was, now in zip(before, after, strict=True)
    ):
        yield Change(ChangeKind.CONCLUSION, "bottom line", " ".join(before), " ".join(after))


def _of_factors(old: Answer, new: Answer) -> Iterator[Change]:
    before = {factor.name: _verdict(factor.verdict, factor.direction) for factor in old.factors}
    after = {factor.name: _verdict(factor.verdict, factor.direction) for factor in new.factors}
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield Change(ChangeKind.CONCLUSION, f"factor {name}", before.get(name), after.get(name))


def _verdict(verdict: StrEnum, direction: StrEnum | None) -> str:
    return f"{verdict.value}, {direction.value}" if direction else verdict.value


def _of_conflicts(old: Answer, new: Answer) -> Iterator[Change]:
    before, after = (
        {c.about: "; ".join(side.position for side in c.sides) for c in answer.conflicts}
        for answer in (old, new)
    )
    for about in dict.fromkeys((*after, *before)):
        if before.get(about) != after.get(about):
            yield Change(
                ChangeKind.CONCLUSION, f"conflict {about}", before.get(about), after.get(about)
            )


def _of_references(old: Answer, new: Answer) -> Iterator[Change]:
    before = {reference.doc_id: reference for reference in old.references}
    for reference in new.references:
        was = before.get(reference.doc_id)
        if was is not None and _standing(was) != _standing(reference):
            yield Change(
                ChangeKind.STANDING, reference.doc_id, _standing(was), _standing(reference)
            )


def _standing(reference: Reference) -> str:
    standing = reference.standing
    return " by ".join(filter(None, (standing.status.value, ", ".join(standing.by))))
