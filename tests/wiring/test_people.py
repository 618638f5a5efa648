"""Accounts, passwords and sessions: who is who, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from curbside.articles import DeskRole, Disclosure, Interest
from curbside.errors import InputError
from curbside.store import Store, open_store
from curbside.wiring.people import NotSignedIn, People, SignedIn

AT = "2026-06-01T12:00:00Z"
SECRET = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "library.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def people(store: Store) -> People:
    numbers = count(1)
    return People(store, new_token=lambda: f"token-{next(numbers)}")


def added(people: People, name: str = "Ann", *roles: DeskRole):
    email = f"{name}@Example.org"
    return people.add(name, email, roles or (DeskRole.REVIEWER,), by="terminal", at=AT)


def test_a_person_is_found_by_address_in_any_case_and_once(people: People) -> None:
    ann = added(people)
    assert (ann.person_id, people.of_email(" ann@example.ORG")) == ("p1", ann)
    with pytest.raises(InputError, match="has an account already"):
        added(people, "ann")
    with pytest.raises(InputError, match="curbside people list"):
        people.of_email("bea@example.org")


@pytest.mark.parametrize(
    ("name", "email", "roles"),
    [
        ("", "a@b", (DeskRole.AUTHOR,)),
        ("A", "no-address", (DeskRole.AUTHOR,)),
        ("A", "a@b", ()),
        ("A", "a@b", (DeskRole.DESK,)),
    ],
)
def test_what_is_no_account_is_refused(people: People, name, email, roles) -> None:
    with pytest.raises(InputError):
        people.add(name, email, roles, by="terminal", at=AT)
    assert people.all() == []


def test_the_right_password_signs_in_and_nothing_kept_gives_it_away(
    people: People, store: Store
) -> None:
    ann = added(people)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    found = people.sign_in("ann@example.org", SECRET, at=AT)
    assert found == SignedIn(ann, "token-1", "2026-06-02T00:00:00Z")
    assert people.of_session("token-1", at="2026-06-01T12:59:59Z") == ann
    assert people.of_session("token-2", at=AT) is None
    people.sign_out("token-1")
    assert people.of_session("token-1", at=AT) is None
    with store._engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert SECRET not in dump
    assert "token-1" not in dump
    assert "$argon2id$" in dump


def test_a_session_ends_an_hour_after_its_last_use_and_twelve_after_it_began(
    people: People,
) -> None:
    ann = added(people)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    people.sign_in(ann.email, SECRET, at=AT)
    idle = people.sign_in(ann.email, SECRET, at=AT)
    for minutes in range(0, 12 * 60, 45):
        at = f"2026-06-01T{12 + minutes // 60}:{minutes % 60:02}:00Z"
        assert people.of_session("token-1", at=at) == ann
    assert people.of_session("token-1", at="2026-06-01T23:59:59Z") == ann
    assert people.of_session("token-1", at="2026-06-02T00:00:00Z") is None
    assert people.of_session(idle.token, at="2026-06-01T13:00:00Z") is None


def test_one_signs_out_everywhere_and_changes_a_password_by_knowing_it(people: People) -> None:
    ann = added(people)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    first, second = (people.sign_in(ann.email, SECRET, at=AT).token for _ in range(2))
    people.sign_out_everywhere(ann.person_id, by=ann.person_id, at=AT)
    assert [people.of_session(token, at=AT) for token in (first, second)] == [None, None]
    kept = people.sign_in(ann.email, SECRET, at=AT).token
    wrong = people.change_password(ann.person_id, "wrong", SECRET * 2, at=AT)
    assert wrong == NotSignedIn("the password is not right")
    assert people.confirm(ann.person_id, "wrong", at=AT) == wrong
    assert people.confirm(ann.person_id, SECRET, at=AT) is None
    changed = people.change_password(ann.person_id, SECRET, SECRET * 2, at=AT)
    assert isinstance(changed, SignedIn)
    assert people.of_session(kept, at=AT) is None
    assert people.of_session(changed.token, at=AT) == ann


def test_the_first_account_is_made_with_the_token_that_was_printed_and_once(
    people: People,
) -> None:
    with pytest.raises(InputError, match="not the token"):
        people.add_first("", "Eve", "eve@example.org", SECRET, at=AT)
    token = people.open_first()
    assert token == "token-1"
    with pytest.raises(InputError, match="not the token"):
        people.add_first("token-2", "Eve", "eve@example.org", SECRET, at=AT)
    eve = people.add_first(token, "Eve", "eve@example.org", SECRET, at=AT)
    assert eve.roles == (DeskRole.ADMINISTRATOR,)
    with pytest.raises(InputError, match="not the token"):
        people.add_first(token, "Kim", "kim@example.org", SECRET, at=AT)
    assert people.open_first() is None
    assert isinstance(people.sign_in(eve.email, SECRET, at=AT), SignedIn)


@pytest.mark.parametrize("line", ["a\nb", "a\x00", "x" * 501, "a\u202eb"])
def test_a_name_is_one_line_that_can_be_printed(people: People, line: str) -> None:
    with pytest.raises(InputError, match="one line"):
        people.add(line, "a@example.org", (DeskRole.AUTHOR,), by="terminal", at=AT)
    ann = added(people)
    with pytest.raises(InputError, match="one line"):
        people.change(ann.person_id, credentials=line, by="terminal", at=AT)
    with pytest.raises(InputError, match="one line"):
        people.disclose(ann.person_id, Disclosure(AT, (Interest(line),)), by="terminal")


def test_no_account_no_password_and_a_wrong_one_are_told_alike(people: People) -> None:
    ann, bea = added(people), added(people, "Bea")
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    told = NotSignedIn("the address or the password is not right")
    assert people.sign_in("ann@example.org", "wrong horse battery", at=AT) == told
    assert people.sign_in(bea.email, SECRET, at=AT) == told
    assert people.sign_in("cid@example.org", SECRET, at=AT) == told


def test_failures_make_wait_longer_and_longer(people: People) -> None:
    ann = added(people)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    for _ in range(5):
        assert people.sign_in(ann.email, "wrong", at=AT) == NotSignedIn(
            "the address or the password is not right"
        )
    wait = people.sign_in(ann.email, SECRET, at=AT)
    assert wait == NotSignedIn("too many failures; wait, then try again", 2)
    assert people.sign_in(ann.email, "wrong", at="2026-06-01T12:00:02Z").wait_s == 0
    assert people.sign_in(ann.email, SECRET, at="2026-06-01T12:00:03Z").wait_s == 3
    assert isinstance(people.sign_in(ann.email, SECRET, at="2026-06-01T12:00:06Z"), SignedIn)
    assert isinstance(people.sign_in(ann.email, SECRET, at="2026-06-01T12:00:06Z"), SignedIn)


def test_an_address_without_an_account_waits_as_one_that_has_one(people: People) -> None:
    ann = added(people)
    times = [AT] * 6 + ["2026-06-01T12:00:02Z"] * 2
    told = [
        [people.sign_in(email, "wrong horse battery", at=at) for at in times]
        for email in (ann.email, "Nobody@example.org")
    ]
    assert told[0] == told[1]
    assert [each.wait_s for each in told[0] if isinstance(each, NotSignedIn)] == [
        *[0] * 5,
        *(2, 0, 4),
    ]
    assert people.sign_in(" nobody@EXAMPLE.org", "wrong", at=AT).wait_s > 0


def test_nobody_makes_the_desk_work_on_a_password_without_its_token(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(_: str) -> str:
        raise AssertionError

    monkeypatch.setattr("curbside.wiring.people._hashed", worked)
    people.open_first()
    with pytest.raises(InputError, match="is not the token"):
        people.add_first("guessed", "A", "a@example.org", SECRET, at=AT)
    with pytest.raises(InputError, match="is not valid"):
        people.redeem("guessed", SECRET, at=AT)


def test_an_invitation_sets_a_password_once(people: People) -> None:
    ann = added(people)
    token = people.invite(ann.person_id, by="terminal", at=AT)
    assert people.of_session(token, at=AT) is None
    with pytest.raises(InputError, match="of 12 to"):
        people.redeem(token, "short", at=AT)
    assert people.redeem(token, SECRET, at=AT) == ann
    with pytest.raises(InputError, match="not valid"):
        people.redeem(token, SECRET, at=AT)
    late = people.invite(ann.person_id, by="terminal", at=AT)
    with pytest.raises(InputError, match="not valid"):
        people.redeem(late, SECRET, at="2026-06-03T12:00:00Z")
    assert isinstance(people.sign_in(ann.email, SECRET, at=AT), SignedIn)


def test_a_new_invitation_ends_the_one_before(people: People) -> None:
    ann = added(people)
    first = people.invite(ann.person_id, by="terminal", at=AT)
    second = people.invite(ann.person_id, by="terminal", at=AT)
    with pytest.raises(InputError, match="not valid"):
        people.redeem(first, SECRET, at=AT)
    people.redeem(second, SECRET, at=AT)
    signed = people.sign_in(ann.email, SECRET, at=AT)
    people.invite(ann.person_id, by="terminal", at=AT)
    assert people.of_session(signed.token, at=AT) == ann


def test_whoever_gets_an_account_anew_is_confirmed_by_a_second_administrator(
    people: People, store: Store
) -> None:
    admins = {
        name: added(people, name, DeskRole.ADMINISTRATOR) for name in ("Eve", "Kim", "Lea", "Mia")
    }
    eve, kim, lea, mia = (each.person_id for each in admins.values())
    ann = added(people)
    # the first way in: nobody could have had it before
    people.redeem(people.invite(ann.person_id, by=eve, at=AT), SECRET, at=AT)
    assert people.let_in_by(ann.person_id) is None
    with pytest.raises(InputError, match="that was given another way in"):
        people.confirm_account(ann.person_id, by=kim, at=AT)
    token = people.invite(ann.person_id, by=eve, at=AT)
    # made, and not used: it is still Ann's
    assert people.let_in_by(ann.person_id) is None
    people.redeem(token, SECRET * 2, at=AT)
    assert (people.let_in_by(ann.person_id), people.unconfirmed()) == (eve, {ann.person_id})
    # Lea's account was given another way in by Eve too, Nia's was made for it
    people.redeem(people.invite(lea, by=eve, at=AT), SECRET, at=AT)
    people.redeem_as(people.invite(lea, by=eve, at=AT), "issuer lea", at=AT)
    nia = added(people, "Nia", DeskRole.ADMINISTRATOR).person_id
    bob = added(people, "Bob", DeskRole.EDITOR).person_id
    people.change(mia, is_active=False, by=kim, at=AT)
    for by, told in (
        (eve, "a second administrator"),
        (ann.person_id, "expected an administrator"),
        (bob, "expected an administrator"),
        (mia, "expected an administrator"),
        (lea, "was not given another way in itself"),
        (nia, "was there before"),
        ("p0", "expected an administrator"),
    ):
        with pytest.raises(InputError, match=told):
            people.confirm_account(ann.person_id, by=by, at=AT)
    assert people.let_in_by(ann.person_id) == eve
    people.confirm_account(ann.person_id, by=kim, at=AT)
    assert people.let_in_by(ann.person_id) is None
    people.confirm_account(lea, by="terminal: root", at=AT)
    assert people.unconfirmed() == frozenset()
    with store.reading_desk() as desk:
        told = [(entry.what, entry.by) for entry in desk.entries_about(ann.person_id)][-4:]
    assert told == [
        ("invitation", eve),
        ("let in anew", ann.person_id),
        ("password", ann.person_id),
        ("account confirmed", kim),
    ]


def test_an_administrator_whose_account_was_given_anew_cannot_confirm_their_own(
    people: People,
) -> None:
    eve, kim = (added(people, name, DeskRole.ADMINISTRATOR).person_id for name in ("Eve", "Kim"))
    people.redeem(people.invite(kim, by="terminal", at=AT), SECRET, at=AT)
    people.redeem(people.invite(kim, by=eve, at=AT), SECRET, at=AT)
    with pytest.raises(InputError, match="a second administrator"):
        people.confirm_account(kim, by=kim, at=AT)
    # who runs commands here may do anything, and is named in the trail
    people.redeem(people.invite(eve, by="terminal", at=AT), SECRET, at=AT)
    people.redeem(people.invite(eve, by="terminal", at=AT), SECRET, at=AT)
    assert people.let_in_by(eve) is None


def test_another_password_and_a_closed_account_end_every_session(people: People) -> None:
    ann, eve = added(people), added(people, "Eve", DeskRole.ADMINISTRATOR)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    first = people.sign_in(ann.email, SECRET, at=AT)
    people.set_password(ann.person_id, SECRET * 2, by=ann.person_id, at=AT)
    assert people.of_session(first.token, at=AT) is None
    second = people.sign_in(ann.email, SECRET * 2, at=AT)
    people.change(ann.person_id, is_active=False, by=eve.person_id, at=AT)
    assert people.of_session(second.token, at=AT) is None
    assert isinstance(people.sign_in(ann.email, SECRET * 2, at=AT), NotSignedIn)


def test_the_last_administrator_stays(people: People) -> None:
    eve = added(people, "Eve", DeskRole.ADMINISTRATOR)
    for changes in ({"is_active": False}, {"roles": (DeskRole.READER,)}):
        with pytest.raises(InputError, match="this is the last one"):
            people.change(eve.person_id, by="terminal", at=AT, **changes)
    added(people, "Kim", DeskRole.ADMINISTRATOR)
    people.change(eve.person_id, roles=(DeskRole.READER,), by="terminal", at=AT)


def test_an_identity_of_a_provider_signs_in_whom_it_is_linked_to(people: People) -> None:
    ann, bea = added(people), added(people, "Bea")
    subject = "https://id.example.org 123"
    assert isinstance(people.sign_in_as(subject, at=AT), NotSignedIn)
    people.link(ann.person_id, subject, by="terminal", at=AT)
    assert people.sign_in_as(subject, at=AT).person == ann
    with pytest.raises(InputError, match="another person's"):
        people.link(bea.person_id, subject, by="terminal", at=AT)


def test_what_was_stated_is_in_the_trail_and_passwords_are_not(
    people: People, store: Store
) -> None:
    ann = added(people)
    people.set_password(ann.person_id, SECRET, by="terminal", at=AT)
    people.disclose(ann.person_id, Disclosure(AT), by=ann.person_id)
    with store.reading_desk() as desk:
        entries = desk.entries_about(ann.person_id)
        hashed = desk.account(ann.person_id).password
    assert [(entry.what, entry.by) for entry in entries] == [
        ("person", "terminal"),
        ("password", "terminal"),
        ("person", "p1"),
    ]
    assert entries[1].payload == f'{{"hash":"{sha256(hashed.encode()).hexdigest()}"}}'
