"""Which articles a change of the evidence touches, and which of their claims.

An article rests on a document where one of its passages is from it (document, passage, claim), on
a work where that document is a copy or a summary of it, and on a work through which a summary was
made (work, summary, passage, claim). Nothing else of it is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from curbside.articles import SourceNow
from curbside.records import Answer, Reference, Status
from curbside.review.content import NOT_HERE
from curbside.text.identifiers import names_in, plain_doi, plain_pmcid


class What(StrEnum):
    """What happened to a source, or to the article itself, the gravest first."""

    RETRACTED = "retracted"
    CONCERN = "in doubt"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    RESTORED = "standing changed"
    GONE = "no longer in the library"
    THROUGH = "what it was read through is in doubt"
    REVISED = "its text changed"
    NEW = "new evidence"
    DATE = "the review date has passed"


_BY_STATUS: Final[Mapping[Status, What]] = {
    Status.RETRACTED: What.RETRACTED,
    Status.CONCERN: What.CONCERN,
    Status.SUPERSEDED: What.SUPERSEDED,
    Status.CORRECTED: What.CORRECTED,
    Status.CURRENT: What.RESTORED,
    Status.UNKNOWN: What.RESTORED,
}


LASTING: Final = (What.THROUGH, What.REVISED, What.NEW)
"""What stays so until the page is made anew, and is told once. The others are gone from the next
version, which has its sources as they stand by then."""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What happened to a work, known by any of its `names` ("doi:…", "pmid:…", a doc_id); `says`
    tells it to a person."""

    what: What
    names: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article is touched, and the claims (ids) that rest on what changed."""

    what: What
    says: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touch:
    """An article that is touched, with every reason, the gravest first."""

    article_id: str
    reasons: tuple[Reason, ...]

    @property
    def notice(self) -> str:
        """What readers are told."""
        return " ".join(_sentence(reason) for reason in self.reasons)


def names_of(reference: Reference) -> tuple[str, ...]:
    """Every name of the works that a reference rests on: its document, what that is a copy or a
    summary of, and what the summary was read through."""
    source = reference.source
    names = [reference.doc_id]
    names += [f"doi:{plain_doi(source.doi)}"] if source.doi else []
    names += [f"pmid:{source.pmid.strip()}"] if source.pmid else []
    names += [f"pmcid:{plain_pmcid(source.pmcid)}"] if source.pmcid else []
    return tuple(dict.fromkeys((*names, *names_in(reference.via or ""))))


def rests_on(answer: Answer) -> dict[str, tuple[str, ...]]:
    """By name of a work, the claims (ids, in page order) that rest on it; empty for a work that
    only a table, a factor or a conflict cites."""
    doc_of = {item.evidence_id: item.doc_id for item in answer.evidence}
    citing: dict[str, dict[str, None]] = {}
    for claim in answer.claims:
        for evidence_id in claim.cites:
            if evidence_id in doc_of:
                citing.setdefault(doc_of[evidence_id], {})[claim.claim_id] = None
    found: dict[str, dict[str, None]] = {}
    for reference in answer.references:
        for name in names_of(reference):
            found.setdefault(name, {}).update(citing.get(reference.doc_id, {}))
    order = {claim.claim_id: place for place, claim in enumerate(answer.claims)}
    return {name: tuple(sorted(claims, key=order.__getitem__)) for name, claims in found.items()}


def touched(articles: Mapping[str, Answer], changes: Iterable[SourceChange]) -> tuple[Touch, ...]:
    """The articles that rest on what changed, in order of their id, and no others."""
    listed = list(changes)
    found = []
    for article_id in sorted(articles):
        resting = rests_on(articles[article_id])
        reasons = [
            Reason(change.what, change.says, _claims(resting, change.names))
            for change in listed
            if any(name in resting for name in change.names)
        ]
        if reasons:
            found.append(Touch(article_id, in_order(reasons)))
    return tuple(found)


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons, each once, the gravest first."""
    order = list(What)
    return tuple(
        sorted(dict.fromkeys(reasons), key=lambda each: (order.index(each.what), each.says))
    )


def source_changes(answer: Answer, now: Mapping[str, SourceNow]) -> tuple[SourceChange, ...]:
    """What happened to the sources of a version since it was made.

    Args:
        answer: the version, with the standing and revisions of then.
        now: by doc_id how each cited document stands, without those that are gone; and by any
            other name, how the works stand of which something is known.
    """
    changes = []
    revisions: dict[str, str] = {item.doc_id: item.revision for item in answer.evidence}
    for reference in answer.references:
        found = now.get(reference.doc_id, NOT_HERE)
        then, said = reference.standing, found.standing
        known = f"{reference.doc_id} ({reference.title})"
        if found is NOT_HERE and then != NOT_HERE.standing:
            changes.append(SourceChange(What.GONE, (reference.doc_id,), known))
        elif (then.status, then.by) != (said.status, said.by):
            by = f" by {', '.join(said.by)}" if said.by else ""
            told = f"{known}: {then.status.value} before, {said.status.value}{by} now"
            changes.append(SourceChange(_BY_STATUS[said.status], (reference.doc_id,), told))
        if found.revision not in (None, revisions.get(reference.doc_id, found.revision)):
            told = f"{known}: revision {found.revision} now"
            changes.append(SourceChange(What.REVISED, (reference.doc_id,), told))
        changes += _through(reference, now)
    return tuple(dict.fromkeys(changes))


def new_evidence(old: Answer, new: Answer, fresh: Iterable[str]) -> tuple[SourceChange, ...]:
    """The sources that the page would rest on if it were made today, and that came since.

    Args:
        old: the version.
        new: the answer to the same question now.
        fresh: the doc_ids that the library got, or that changed, since the version was made.
    """
    came = set(fresh) - {reference.doc_id for reference in old.references}
    return tuple(
        SourceChange(What.NEW, (reference.doc_id,), f"{reference.doc_id} ({reference.title})")
        for reference in new.references
        if reference.doc_id in came
    )


def is_past(due: str | None, at: str) -> bool:
    """Whether a review date (ISO; None for none) has come by the time `at`."""
    return due is not None and date.fromisoformat(due[:10]) <= date.fromisoformat(at[:10])


def _through(reference: Reference, now: Mapping[str, SourceNow]) -> list[SourceChange]:
    """What is said of the works that a summary was read through, beside its own source."""
    grave = (Status.RETRACTED, Status.CONCERN, Status.SUPERSEDED)
    return [
        SourceChange(
            What.THROUGH,
            (name,),
            f"{name}, through which {reference.doc_id} ({reference.title}) was read, is"
            f" {now[name].standing.status.value}",
        )
        for name in names_in(reference.via or "")
        if name in now and now[name].standing.status in grave
    ]


def _claims(resting: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim for name in names for claim in resting.get(name, ())))


def _sentence(reason: Reason) -> str:
    what = reason.what.value
    return f"{what[0].upper()}{what[1:]}: {reason.says}." if reason.says else f"{what}."
