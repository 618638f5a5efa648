"""The one table of what may be done to an article, and the one function that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from curbside.articles import DeskRole, Move, Person, State
from curbside.review.conditions import Act, Condition, Facts, Policy, unmet


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table; `to` is None where the state stays."""

    move: Move
    start: tuple[State | None, ...]
    to: State | None
    roles: tuple[DeskRole, ...]
    conditions: tuple[Condition, ...]


_REVIEWER: Final = (
    Condition.CREDENTIALS,
    Condition.DISCLOSED,
    Condition.OWN,
    Condition.NO_CONFLICT,
)
_SIGNER: Final = (*_REVIEWER, Condition.NOT_AUTHOR, Condition.NOT_EDITOR)
_SIGNING: Final = (
    Condition.CURRENT,
    Condition.SHOWN,
    *_SIGNER,
    Condition.REASON,
    Condition.SOUND,
    Condition.DECIDED,
    Condition.UNSIGNED,
)
_AT_WORK: Final = (State.SUBMITTED, State.CHANGES_REQUESTED, State.DUE)
_HERE: Final = tuple(State)
_WRITERS: Final = (DeskRole.AUTHOR, DeskRole.EDITOR)
_PEOPLE: Final = tuple(role for role in DeskRole if role is not DeskRole.DESK)
_REWORDING: Final = (Condition.CURRENT, Condition.SHOWN, Condition.REASON, Condition.CHANGED)

TABLE: Final[tuple[Rule, ...]] = (
    Rule(Move.SUBMIT, (None,), State.SUBMITTED, _WRITERS, ()),
    Rule(
        Move.REVISE,
        (*_AT_WORK, State.APPROVED),
        State.SUBMITTED,
        _WRITERS,
        (Condition.CURRENT, Condition.REASON, Condition.CHANGED),
    ),
    Rule(
        Move.RESUBMIT,
        (State.CHANGES_REQUESTED, State.DUE),
        State.SUBMITTED,
        _WRITERS,
        (Condition.CURRENT, Condition.REASON),
    ),
    Rule(
        Move.TAKE_UP,
        (State.SUBMITTED, State.DUE),
        State.UNDER_REVIEW,
        (DeskRole.REVIEWER,),
        (Condition.CURRENT, *_REVIEWER, Condition.NOT_AUTHOR),
    ),
    Rule(
        Move.ACCEPT,
        (State.UNDER_REVIEW,),
        None,
        (DeskRole.REVIEWER,),
        (
            Condition.SHOWN,
            *_REVIEWER,
            Condition.NOT_AUTHOR,
            Condition.NOT_OWN_WORDS,
            Condition.HOLDS,
        ),
    ),
    Rule(
        Move.ACCEPT_TOGETHER,
        (State.UNDER_REVIEW,),
        None,
        (DeskRole.REVIEWER,),
        (
            Condition.SHOWN,
            *_REVIEWER,
            Condition.NOT_AUTHOR,
            Condition.NOT_OWN_WORDS,
            Condition.PLAIN,
            Condition.HOLDS,
        ),
    ),
    *(
        Rule(
            move,
            (State.UNDER_REVIEW,),
            None,
            (DeskRole.REVIEWER,),
            (*_REWORDING, *_REVIEWER, Condition.HOLDS),
        )
        for move in (Move.EDIT, Move.CHANGE_SOURCE)
    ),
    *(
        Rule(move, _AT_WORK, None, _WRITERS, (*_REWORDING, Condition.HOLDS))
        for move in (Move.EDIT, Move.CHANGE_SOURCE)
    ),
    Rule(
        Move.REJECT,
        (State.UNDER_REVIEW,),
        None,
        (DeskRole.REVIEWER,),
        (*_REWORDING, *_REVIEWER),
    ),
    Rule(Move.REJECT, _AT_WORK, None, _WRITERS, _REWORDING),
    Rule(Move.COMMENT, _HERE, None, _PEOPLE, (Condition.REASON,)),
    Rule(
        Move.SIGN,
        (State.UNDER_REVIEW,),
        None,
        (DeskRole.REVIEWER,),
        (*_SIGNING, Condition.FIRST_OF_TWO),
    ),
    Rule(
        Move.APPROVE,
        (State.UNDER_REVIEW,),
        State.APPROVED,
        (DeskRole.REVIEWER,),
        (*_SIGNING, Condition.LAST),
    ),
    Rule(
        Move.REQUEST_CHANGES,
        (State.UNDER_REVIEW,),
        State.CHANGES_REQUESTED,
        (DeskRole.REVIEWER, DeskRole.EDITOR),
        (Condition.CURRENT, Condition.REASON),
    ),
    Rule(
        Move.TOUCH,
        (*_AT_WORK, State.UNDER_REVIEW),
        None,
        (DeskRole.DESK,),
        (Condition.REASON,),
    ),
    Rule(
        Move.REVOKE,
        (State.APPROVED,),
        State.DUE,
        (DeskRole.DESK, DeskRole.EDITOR),
        (Condition.REASON,),
    ),
    Rule(
        Move.WITHDRAW,
        tuple(state for state in State if state is not State.WITHDRAWN),
        State.WITHDRAWN,
        (DeskRole.EDITOR, DeskRole.ADMINISTRATOR),
        (Condition.CURRENT, Condition.REASON),
    ),
    Rule(
        Move.RESTORE,
        (State.WITHDRAWN,),
        State.SUBMITTED,
        (DeskRole.EDITOR,),
        (Condition.CURRENT, Condition.REASON),
    ),
)
"""Every move there is. What is not here is refused; a move from a state has one row at most."""


class Refused(StrEnum):
    """Why a move was refused, for programs; the condition's own name where one failed."""

    STATE = "the state does not allow it"
    ROLE = "the role does not allow it"
    INACTIVE = "the account is not active"
    CONDITION = "a condition does not hold"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was done. `condition` is set where one failed; `reason` is for the person."""

    kind: Refused
    reason: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move makes of an article: from `start` (None where there was none) `to`."""

    move: Move
    start: State | None
    to: State
    by: str
    role: DeskRole
    at: str
    reason: str


def move(move: Move, facts: Facts, act: Act, *, policy: Policy) -> Moved | Refusal:
    """Decide a move.

    Args:
        move: what is wanted.
        facts: how things stand, read in the same transaction that will write the outcome.
        act: who wants it, when, and what they saw.
        policy: how long statements and approvals hold.

    Returns:
        What the article becomes, or why nothing may be done. The first thing that does not hold
        is told: that another came between, the state, the role, then the conditions of the row in
        their order.
    """
    start = facts.article.state if facts.article else None
    rule = rule_of(move, start)
    if facts.article and act.step is not None and act.step != facts.article.step:
        # before the state: who came second is told who was first, not that the state is wrong
        return Refusal(
            Refused.CONDITION,
            f"it was changed while you were reading: {facts.article.last}; look at it again",
            Condition.CURRENT,
        )
    if rule is None:
        return Refusal(Refused.STATE, _not_from(move, start))
    if act.by is not None and not act.by.is_active:
        return Refusal(Refused.INACTIVE, "this account is not active; ask an administrator")
    role = next((role for role in rule.roles if role in _held(act)), None)
    if role is None:
        roles = " or ".join(f"{role.value}" for role in rule.roles)
        return Refusal(Refused.ROLE, f"to {move.value} takes the role {roles}")
    for condition in rule.conditions:
        reason = unmet(condition, facts, act, policy=policy)
        if reason is not None:
            return Refusal(Refused.CONDITION, reason, condition)
    to = rule.to or start
    # a row without `to` starts from a state
    assert to is not None  # noqa: S101
    by = act.by.person_id if act.by else DeskRole.DESK.value
    return Moved(move, start, to, by, role, act.at, act.reason.strip())


def may_stand(
    person: Person | None,
    facts: Facts,
    *,
    at: str,
    policy: Policy,
    let_in_by: str | None = None,
) -> bool:
    """Whether a signature that a person gave before still counts towards an approval: that of one
    who has left, whose account may be another's, or who stated an interest or changed its words
    since, does not."""
    if person is None or not person.is_active or DeskRole.REVIEWER not in person.roles:
        return False
    act = Act(person, at, let_in_by=let_in_by)
    return all(unmet(each, facts, act, policy=policy) is None for each in _SIGNER)


def _held(act: Act) -> tuple[DeskRole, ...]:
    if act.by is None:
        return (DeskRole.DESK,)
    return tuple(role for role in act.by.roles if role is not DeskRole.DESK)


def rule_of(move: Move, start: State | None) -> Rule | None:
    """The row of the table for a move from a state; None where there is none."""
    return next((rule for rule in TABLE if rule.move is move and start in rule.start), None)


def allowed_moves(state: State | None, roles: Sequence[DeskRole]) -> tuple[Move, ...]:
    """What a person with these roles may try on an article in this state, in table order."""
    return tuple(
        dict.fromkeys(
            rule.move
            for rule in TABLE
            if state in rule.start and any(role in rule.roles for role in roles)
        )
    )


def access_table() -> Iterator[tuple[Move, State | None, DeskRole, bool]]:
    """Every move from every state by every role, and whether the table allows it."""
    for move in Move:
        for state in (None, *State):
            rule = rule_of(move, state)
            for role in DeskRole:
                yield move, state, role, rule is not None and role in rule.roles


def _not_from(move: Move, start: State | None) -> str:
    starts = [state for rule in TABLE if rule.move is move for state in rule.start]
    names = " or ".join("a new article" if state is None else state.value for state in starts)
    found = "there is no such article" if start is None else f"it is {start.value}"
    return f"to {move.value} expects {names}; {found}"
