"""The nouns of the review desk: articles and what people do to them, frozen like `records`.

An article is one question's page in the care of the desk. Nothing of it is ever overwritten: a
change is a new version, a decision or a signature is a new record, and each has its entry in the
trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from curbside.records import Answer, Standing


class State(StrEnum):
    """Where an article stands in review, as a reader is told."""

    SUBMITTED = "Submitted"
    UNDER_REVIEW = "Under Review"
    CHANGES_REQUESTED = "Changes requested"
    APPROVED = "Approved"
    DUE = "Due"
    WITHDRAWN = "Withdrawn"


class DeskRole(StrEnum):
    """What a person may be at the desk. DESK is the program itself: no person can hold it."""

    READER = "reader"
    AUTHOR = "author"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    DESK = "desk"


class Move(StrEnum):
    """What can be done to an article; `review.moves` says who may do it when."""

    SUBMIT = "submit"
    REVISE = "revise"
    RESUBMIT = "resubmit"
    TAKE_UP = "take up"
    ACCEPT = "accept"
    ACCEPT_TOGETHER = "accept with others"
    EDIT = "edit"
    CHANGE_SOURCE = "change source"
    REJECT = "reject"
    COMMENT = "comment"
    SIGN = "sign"
    APPROVE = "approve"
    REQUEST_CHANGES = "request changes"
    TOUCH = "touch"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Interest:
    """One interest that a person declares. `topics` are the drugs, conditions or makers that it
    concerns, in any wording; an interest without topics concerns everything."""

    what: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A dated statement of conflicts of interest; without an interest it says "none"."""

    at: str
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account. `credentials` is what stands after the name ("MD, hepatology"),
    empty where none were given; `disclosure` is the latest statement, None where there is none."""

    person_id: str
    name: str
    email: str
    roles: tuple[DeskRole, ...]
    credentials: str = ""
    disclosure: Disclosure | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's name under an exact text: `content` is the hash of what the person was shown,
    `disclosure` the person's statement of interests of then."""

    article_id: str
    version: int
    content: str
    by: str
    name: str
    credentials: str
    meaning: str
    at: str
    disclosure: Disclosure | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one claim. `claim` is the hash of what was decided on (see
    `review.content.claim_hash`), so that a decision holds for that text alone; `before` and
    `after` are texts, `cites_…` evidence ids, None and empty where nothing was there."""

    article_id: str
    version: int
    claim_id: str
    claim: str
    move: Move
    by: str
    at: str
    why: str = ""
    before: str | None = None
    after: str | None = None
    cites_before: tuple[str, ...] = ()
    cites_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on an article or on one of its claims."""

    article_id: str
    version: int
    text: str
    by: str
    at: str
    claim_id: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it stands.

    `step` counts whatever changed its text or state, from 1: who acts says which step they saw,
    and is refused where another came between. `content` is the hash of the current version as it
    was composed. `authors` wrote or revised it, `editors` changed the words or sources of a claim;
    neither may sign. `due` is the ISO date by which it must be looked at again. `notice` tells
    readers why it fell back. `last` says in words what was done last, by whom and when.
    """

    article_id: str
    title: str
    state: State
    version: int
    content: str
    step: int
    authors: tuple[str, ...]
    editors: tuple[str, ...]
    updated_at: str
    last: str
    due: str | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article, numbered from 1, and the move that made it. `batch` is the last
    batch of the library that its evidence was looked for in, 0 for a library without any."""

    article_id: str
    version: int
    move: Move
    answer: Answer
    content: str
    by: str
    at: str
    why: str
    batch: int


@dataclass(frozen=True, slots=True)
class SourceNow:
    """How a work stands now: its revision (None where the library has no such document, and only
    something is said of the work) and its standing."""

    revision: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the trail. `what` is a word ("approve", "person", "setting"), `about` names the
    article or person, `payload` is canonical JSON. `digest` is over all else and `before`, the
    digest of the entry before ("" for the first)."""

    sequence: int
    at: str
    by: str
    what: str
    about: str
    payload: str
    before: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That the trail was `sequence` entries long and ended in `digest`; `signature` is hex."""

    sequence: int
    digest: str
    at: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a page says of its review. `version` is None for a page that no desk has; `signatures`
    are those on its exact text; `notice` says why it is no longer approved."""

    state: State = State.SUBMITTED
    version: int | None = None
    updated_at: str | None = None
    due: str | None = None
    notice: str | None = None
    signatures: tuple[Signature, ...] = ()


UNREVIEWED = Review()
"""Where every page stands that no desk has."""


def banner_of(state: State) -> str | None:
    """The caution that goes with a page in this state; None exactly where it is approved."""
    if state is State.APPROVED:
        return None
    return _BANNERS[state]


_CARE = "Exercise caution, and open the passages before you rely on it."
_BANNERS = {
    State.SUBMITTED: f"This page has not been reviewed by a person yet. {_CARE}",
    State.UNDER_REVIEW: f"This page is being reviewed and is not approved. {_CARE}",
    State.CHANGES_REQUESTED: (
        f"A reviewer asked for changes to this page; it is not approved. {_CARE}"
    ),
    State.DUE: (
        "This page is no longer approved: its evidence changed, or its review date has passed."
        f" {_CARE}"
    ),
    State.WITHDRAWN: "This page was withdrawn. Do not rely on it.",
}
