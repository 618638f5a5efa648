"""What the table allows can be done by whom it names, on its conditions; nothing else can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from curbside.articles import DeskRole, Disclosure, Move, State
from curbside.review.conditions import Condition, Policy, conflicts_with
from curbside.review.moves import (
    TABLE,
    Moved,
    Refusal,
    Refused,
    access_table,
    allowed_moves,
    move,
    rule_of,
)
from desk_builders import a_person, a_signature, an_act, an_article, facts, interested

POLICY = Policy()
EVERYTHING = [(m, state, role) for m, state, role, _ in access_table()]


def _try(wanted: Move, state: State | None, role: DeskRole) -> Moved | Refusal:
    act = an_act(None if role is DeskRole.DESK else a_person("ann", role))
    if role is DeskRole.DESK:
        act = replace(act, by=None)
    needed = 2 if wanted is Move.SIGN else 1
    return move(wanted, facts(state, needed=needed), act, policy=POLICY)


@pytest.mark.parametrize(("wanted", "state", "role"), EVERYTHING)
def test_a_move_is_made_where_the_table_has_it_and_refused_elsewhere(
    wanted: Move, state: State | None, role: DeskRole
) -> None:
    rows = [rule for rule in TABLE if rule.move is wanted and state in rule.start]
    outcome = _try(wanted, state, role)
    if not rows:
        assert isinstance(outcome, Refusal)
        assert outcome.kind is Refused.STATE
    elif role not in rows[0].roles:
        assert isinstance(outcome, Refusal)
        assert outcome.kind is Refused.ROLE
    else:
        assert isinstance(outcome, Moved)
        assert (outcome.start, outcome.to) == (state, rows[0].to or state)
        assert (outcome.role, outcome.at, outcome.reason) == (role, an_act().at, "as it is")


def test_a_move_from_a_state_has_one_row_at_most() -> None:
    pairs = [(rule.move, state) for rule in TABLE for state in rule.start]
    assert len(pairs) == len(set(pairs))


def test_approved_is_reached_by_a_reviewers_signature_alone() -> None:
    to = [(rule.move, rule.roles) for rule in TABLE if rule.to is State.APPROVED]
    assert to == [(Move.APPROVE, (DeskRole.REVIEWER,))]


def test_what_would_change_the_text_leaves_no_article_approved() -> None:
    """Every move out of Approved that stays there is a remark."""
    staying = [rule.move for rule in TABLE if State.APPROVED in rule.start and rule.to is None]
    assert staying == [Move.COMMENT]


# for each condition, what breaks it and it alone
BREAKERS = {
    Condition.CURRENT: lambda f, a: (f, replace(a, step=2)),
    Condition.SHOWN: lambda f, a: (f, replace(a, shown="c0")),
    Condition.REASON: lambda f, a: (f, replace(a, reason=" ")),
    Condition.CHANGED: lambda f, a: (replace(f, proposed=f.content), a),
    Condition.CREDENTIALS: lambda f, a: (f, replace(a, by=replace(a.by, credentials=" "))),
    Condition.DISCLOSED: lambda f, a: (f, replace(a, by=replace(a.by, disclosure=None))),
    Condition.OWN: lambda f, a: (f, replace(a, let_in_by="Eve Adams")),
    Condition.NO_CONFLICT: lambda f, a: (
        f,
        replace(a, by=replace(a.by, disclosure=interested("Podagra"))),
    ),
    Condition.NOT_AUTHOR: lambda f, a: (
        replace(f, article=replace(f.article, authors=("otto", "ann"))),
        a,
    ),
    Condition.NOT_EDITOR: lambda f, a: (
        replace(f, article=replace(f.article, editors=("ann",))),
        a,
    ),
    Condition.NOT_OWN_WORDS: lambda f, a: (replace(f, own_words=("ann",)), a),
    Condition.PLAIN: lambda f, a: (replace(f, not_plain=("it is high-risk (dose)",)), a),
    Condition.HOLDS: lambda f, a: (replace(f, faults=("C1: another number",)), a),
    Condition.SOUND: lambda f, a: (replace(f, faults=("pmid:1 is retracted",)), a),
    Condition.DECIDED: lambda f, a: (replace(f, open_claims=("C2",)), a),
    Condition.UNSIGNED: lambda f, a: (
        replace(f, signed=(a_signature("ann"),), needed=f.needed + 1),
        a,
    ),
    Condition.FIRST_OF_TWO: lambda f, a: (replace(f, needed=1), a),
    Condition.LAST: lambda f, a: (replace(f, needed=2), a),
}
ROWS = [(rule, state, c) for rule in TABLE for state in rule.start for c in rule.conditions]


@pytest.mark.parametrize(
    ("rule", "state", "condition"), ROWS, ids=[f"{r.move}-{s}-{c.name}" for r, s, c in ROWS]
)
def test_each_condition_of_each_row_is_asked(rule, state, condition) -> None:
    needed = 2 if rule.move is Move.SIGN else 1
    act = an_act(a_person("ann", *(role for role in rule.roles if role is not DeskRole.DESK)))
    if rule.roles == (DeskRole.DESK,):
        act = replace(act, by=None)
    whole = facts(state, needed=needed)
    assert isinstance(move(rule.move, whole, act, policy=POLICY), Moved)
    outcome = move(rule.move, *BREAKERS[condition](whole, act), policy=POLICY)
    assert isinstance(outcome, Refusal)
    assert (outcome.kind, outcome.condition) == (Refused.CONDITION, condition)


def test_the_one_who_comes_second_is_told_who_was_first() -> None:
    approved = an_article(State.APPROVED, step=4, last="Bea approved version 1 on 2026-06-01")
    outcome = move(Move.APPROVE, facts(article=approved), an_act(), policy=POLICY)
    assert outcome == Refusal(
        Refused.CONDITION,
        "it was changed while you were reading: Bea approved version 1 on 2026-06-01; look at it"
        " again",
        Condition.CURRENT,
    )


def test_an_account_that_is_not_active_does_nothing() -> None:
    for rule in TABLE:
        person = a_person("ann", *DeskRole, is_active=False)
        outcome = move(rule.move, facts(rule.start[0]), an_act(person), policy=POLICY)
        assert isinstance(outcome, Refusal)
        assert outcome.kind is Refused.INACTIVE


def test_no_person_acts_as_the_desk() -> None:
    person = a_person("ann", DeskRole.DESK)
    outcome = move(Move.TOUCH, facts(), an_act(person), policy=POLICY)
    assert isinstance(outcome, Refusal)
    assert outcome.kind is Refused.ROLE


@pytest.mark.parametrize(
    ("stated", "holds"),
    [
        ("2025-06-01T12:00:00Z", True),
        ("2025-06-01T11:59:59Z", False),
        ("2026-06-01", True),
        ("2026-06-02", False),
    ],
)
def test_a_statement_of_interests_holds_for_so_many_days(stated: str, holds: bool) -> None:
    person = a_person(disclosure=Disclosure(stated))
    outcome = move(Move.TAKE_UP, facts(State.SUBMITTED), an_act(person), policy=POLICY)
    assert isinstance(outcome, Moved) is holds


@pytest.mark.parametrize(
    ("topics", "found"),
    [
        (("asthma",), ()),
        (("GOUT",), (("paid lectures", "GOUT"),)),
        (("makers of Allopurinol tablets",), (("paid lectures", "makers of Allopurinol tablets"),)),
        ((), (("paid lectures", "everything"),)),
        (("gouty",), ()),
    ],
)
def test_an_interest_concerns_a_page_by_any_of_its_wordings(topics, found) -> None:
    page = (("gout", "podagra"), ("allopurinol", "Zyloprim"))
    assert conflicts_with(interested(*topics), page) == found


def test_what_a_person_may_try_is_what_the_table_says() -> None:
    assert allowed_moves(State.APPROVED, (DeskRole.REVIEWER,)) == (Move.COMMENT,)
    assert allowed_moves(None, (DeskRole.AUTHOR,)) == (Move.SUBMIT,)
    assert allowed_moves(State.UNDER_REVIEW, (DeskRole.READER,)) == (Move.COMMENT,)
    assert rule_of(Move.SUBMIT, State.APPROVED) is None
