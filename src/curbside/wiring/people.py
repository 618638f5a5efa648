"""People of the review desk: accounts, statements of interests, passwords, sessions.

Who has an account, which roles and what they stated is in the trail; passwords and tokens are
not, nor are they kept anywhere but as hashes. Times and tokens are arguments.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final

from curbside.articles import DeskRole, Disclosure, Entry, Person
from curbside.codec.records import Json, encode
from curbside.errors import InputError
from curbside.review.conditions import time_of
from curbside.review.trail import next_entry
from curbside.store import (
    CONFIRMED_ACCOUNT,
    LET_IN,
    Account,
    DeskReading,
    DeskWriting,
    Store,
    Token,
)

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD: Final = 12
"""NIST SP 800-63B-4, section 3.1.1.2, asks for 8 with a second factor and 15 without; OWASP ASVS
5.0, 6.2.1, for 8 and recommends 15. Twelve, with waits after failures, and any characters."""
_LONGEST_PASSWORD: Final = 1_024
_LONGEST_LINE: Final = 500
_SESSION: Final = timedelta(hours=12)
_IDLE: Final = timedelta(hours=1)
"""NIST SP 800-63B-4, section 2.2.3 (AAL2): at most 24 hours, and one without activity."""
_PUT_OFF: Final = timedelta(minutes=10)
"""Activity is noted once in this time, as noting it takes the one lock of the library."""
_INVITATION: Final = timedelta(hours=48)
_CONFIRMED_FOR: Final = timedelta(minutes=10)
"""How long a signature may take once the provider said who it is that signs."""
_FREE_FAILURES: Final = 5
_LONGEST_WAIT_S: Final = 3_600
_STRANGERS: Final = 10_000
"""Addresses without an account whose failures are remembered."""
_AT_ONCE: Final = timedelta(0)
SESSION: Final = "session"
INVITATION: Final = "invitation"
TERMINAL: Final = "terminal"
"""How who runs commands on the machine begins in the trail."""
CONFIRMED: Final = "confirmed"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: the token is what the person holds and is kept nowhere."""

    person: Person
    token: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """Why nobody was signed in. `wait_s` is how long nothing will be tried; 0 to try again."""

    reason: str
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Ways:
    """What a person can sign in with."""

    password: bool
    identity: bool


class People:
    """The people of one library's desk."""

    def __init__(
        self, store: Store, *, new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32)
    ) -> None:
        self._store = store
        self._new_token = new_token
        self._first: str | None = None
        self._strangers: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._lock = Lock()

    # looking

    def all(self) -> list[Person]:
        """Everyone with an account, by name."""
        with self._store.reading_desk() as desk:
            return desk.people()

    def person(self, person_id: str) -> Person | None:
        """A person; None if there is none."""
        with self._store.reading_desk() as desk:
            return desk.person(person_id)

    def of_email(self, email: str) -> Person:
        """The person of an address. Raises InputError where there is none."""
        with self._store.reading_desk() as desk:
            return _of_email(desk, email).person

    def ways(self, person_id: str) -> Ways:
        """What a person can sign in with. Raises InputError where there is no such person."""
        with self._store.reading_desk() as desk:
            account = _account(desk, person_id)
        return Ways(account.password is not None, account.subject is not None)

    # changing

    def add(
        self,
        name: str,
        email: str,
        roles: Sequence[DeskRole],
        *,
        credentials: str = "",
        password: str | None = None,
        by: str,
        at: str,
    ) -> Person:
        """Make an account; without a password it cannot sign in yet (see `invite`, `link`).

        Raises:
            InputError: no name, no address, one that is known, a role no person can hold, or a
                password that is too short or too long.
        """
        hashed = None if password is None else _hashed(password)
        with self._store.writing_desk() as desk:
            person = _new_person(desk, name, email, roles, credentials)
            _keep(desk, person, by=by, at=at)
            if hashed is not None:
                _keep_password(desk, person.person_id, hashed, by=by, at=at)
            return person

    def open_first(self) -> str | None:
        """A token with which whoever is shown it makes the first account, an administrator's, once
        (see `add_first`); None where there is an account. There is no default password."""
        self._first = None if self.all() else self._new_token()
        return self._first

    def add_first(
        self, token: str, name: str, email: str, password: str, *, credentials: str = "", at: str
    ) -> Person:
        """Make the first account, with the token of `open_first`.

        Raises:
            InputError: another token, or there is an account; else as `add`.
        """
        # first, as a password takes work and memory that only who has the token may ask for
        self._check_first(token, self.all())
        hashed = _hashed(password)
        with self._store.writing_desk() as desk:
            self._check_first(token, desk.people())
            roles = (DeskRole.ADMINISTRATOR,)
            person = _new_person(desk, name, email, roles, credentials)
            _keep(desk, person, by=person.person_id, at=at)
            _keep_password(desk, person.person_id, hashed, by=person.person_id, at=at)
            self._first = None
            return person

    def _check_first(self, token: str, people: Sequence[Person]) -> None:
        is_open = self._first is not None and not people
        if not is_open or not secrets.compare_digest(_digest(token), _digest(self._first or "")):
            raise InputError(
                "this is not the token that `curbside serve` printed, or the first account was"
                " made; start it again where there is none"
            )

    def change(
        self,
        person_id: str,
        *,
        by: str,
        at: str,
        roles: Sequence[DeskRole] | None = None,
        credentials: str | None = None,
        is_active: bool | None = None,
    ) -> Person:
        """Change what is known of a person; None leaves it. An account that is made inactive is
        signed out everywhere.

        Raises:
            InputError: no such person; the last active administrator would be gone.
        """
        with self._store.writing_desk() as desk:
            person = _person(desk, person_id)
            changed = replace(
                person,
                roles=person.roles if roles is None else _roles(roles),
                credentials=person.credentials if credentials is None else _line(credentials),
                is_active=person.is_active if is_active is None else is_active,
            )
            if _administers(person) and not _administers(changed):
                others = (each for each in desk.people() if each.person_id != person_id)
                if not any(map(_administers, others)):
                    raise InputError("expected another administrator first: this is the last one")
            if not changed.is_active:
                desk.remove_tokens(person_id=person_id)
            return _keep(desk, changed, by=by, at=at)

    def disclose(self, person_id: str, disclosure: Disclosure, *, by: str) -> Person:
        """Take a person's statement of interests, dated `disclosure.at`; earlier ones stay in the
        trail."""
        time_of(disclosure.at)
        for interest in disclosure.interests:
            if not all(map(_line, (interest.what, *interest.topics))):
                raise InputError("expected words for each interest and each topic")
        with self._store.writing_desk() as desk:
            person = replace(_person(desk, person_id), disclosure=disclosure)
            return _keep(desk, person, by=by, at=disclosure.at)

    # signing in

    def set_password(self, person_id: str, password: str, *, by: str, at: str) -> None:
        """Give a person a password; sessions and invitations they have end.

        Raises:
            InputError: no such person, or a password that is too short or too long.
        """
        hashed = _hashed(password)
        with self._store.writing_desk() as desk:
            _keep_password(desk, person_id, hashed, by=by, at=at)

    def invite(self, person_id: str, *, by: str, at: str) -> str:
        """A token with which the person can set a password, once, within two days; one that they
        had before is worth nothing any more.

        Where the account had a way in, whoever uses it reviews nothing until a second administrator
        confirms whose it is (see `confirm_account`): who made the invitation could use it.
        """
        token = self._new_token()
        with self._store.writing_desk() as desk:
            _person(desk, person_id)
            desk.remove_tokens(person_id=person_id, purpose=INVITATION)
            hours = int(_INVITATION.total_seconds()) // 3_600
            _note(desk, "invitation", person_id, {"hours": hours}, by=by, at=at)
            desk.add_token(_token(token, person_id, INVITATION, at, holds=_INVITATION))
        return token

    def redeem(self, token: str, password: str, *, at: str) -> Person:
        """Set a password with an invitation.

        Raises:
            InputError: no such invitation, or not any more; a password that is too short.
        """
        with self._store.reading_desk() as reading:
            # first, as a password takes work and memory that only who was invited may ask for
            _invited(reading, token, at)
        hashed = _hashed(password)
        with self._store.writing_desk() as desk:
            found = _invited(desk, token, at)
            _note_let_in(desk, found.person_id, at=at)
            _keep_password(desk, found.person_id, hashed, by=found.person_id, at=at)
            return _person(desk, found.person_id)

    def let_in_by(self, person_id: str) -> str | None:
        """Who gave a person's account, which had a way in, another (an id), where no second
        administrator confirmed whose it is; else None."""
        with self._store.reading_desk() as desk:
            found = desk.let_in(person_id)
        return None if found is None else str(json.loads(found.payload)["by"])

    def unconfirmed(self) -> frozenset[str]:
        """The people (ids) whose account was given another way in that nobody confirmed."""
        with self._store.reading_desk() as desk:
            return frozenset(
                each.person_id for each in desk.people() if desk.let_in(each.person_id) is not None
            )

    def confirm_account(self, person_id: str, *, by: str, at: str) -> None:
        """Say that an account that was given another way in is still its person's.

        Raises:
            InputError: it was not given one; or `by` may not say so: it takes an administrator who
                did not give it, whose account is another, was there before, and is sure itself.
                Who may run commands on the machine may say so too.
        """
        with self._store.writing_desk() as desk:
            found = desk.let_in(_person(desk, person_id).person_id)
            if found is None:
                raise InputError("expected an account that was given another way in")
            if not by.startswith(TERMINAL):
                _check_second(desk, person_id, found, by)
            _note(desk, CONFIRMED_ACCOUNT, person_id, {"entry": found.sequence}, by=by, at=at)

    def sign_in(self, email: str, password: str, *, at: str) -> SignedIn | NotSignedIn:
        """Sign a person in with a password.

        After five failures each further try must wait, twice as long each time, up to an hour.
        An address that has no account takes as long, waits as long and is told the same.
        """
        with self._store.reading_desk() as desk:
            account = desk.account_of_email(email)
        failures, failed_at = self._failures(email, account)
        if wait := _wait_s(failures, failed_at, at):
            return NotSignedIn("too many failures; wait, then try again", wait)
        kept = account.password if account else None
        is_right = _verifies(kept, password)
        with self._store.writing_desk() as desk:
            now = desk.account(account.person.person_id) if account else None
            if now is None or not is_right or now.password != kept or not now.person.is_active:
                if now is None:
                    self._note_stranger(email, at)
                    # writes as much as a failure does, so that time tells nothing
                    nobody = _token("", "", SESSION, at, holds=_AT_ONCE)
                    desk.add_token(nobody)
                    desk.remove_tokens(digest=nobody.digest)
                else:
                    desk.keep_sign_in(
                        now.person.person_id,
                        password=now.password,
                        subject=now.subject,
                        failures=now.failures + 1,
                        failed_at=at,
                    )
                return NotSignedIn("the address or the password is not right")
            desk.keep_sign_in(
                now.person.person_id,
                password=now.password,
                subject=now.subject,
                failures=0,
                failed_at=None,
            )
            return self._session(desk, now.person, at)

    def link(self, person_id: str, subject: str, *, by: str, at: str) -> None:
        """Let an identity provider's subject ("issuer subject") sign in as a person, in the place
        of the one that did.

        Raises:
            InputError: no such person, or the subject is another's.
        """
        with self._store.writing_desk() as desk:
            _link(desk, person_id, subject, by=by, at=at)

    def unlink(self, person_id: str, *, by: str, at: str) -> None:
        """Let no identity sign in as a person any more.

        Raises:
            InputError: no such person, or one that could not sign in any more.
        """
        with self._store.writing_desk() as desk:
            if _account(desk, person_id).password is None:
                raise InputError("expected a password first: there is no other way to sign in")
            _link(desk, person_id, None, by=by, at=at)

    def redeem_as(self, token: str, subject: str, *, at: str) -> SignedIn:
        """Let an identity sign in as a person, with the invitation of that person.

        Raises:
            InputError: no such invitation, or not any more; the subject is another's.
        """
        with self._store.writing_desk() as desk:
            person_id = _invited(desk, token, at).person_id
            _note_let_in(desk, person_id, at=at)
            _link(desk, person_id, subject, by=person_id, at=at)
            desk.remove_tokens(person_id=person_id)
            return self._session(desk, _person(desk, person_id), at)

    def sign_in_as(self, subject: str, *, at: str) -> SignedIn | NotSignedIn:
        """Sign in whom an identity provider has identified; the caller has verified that."""
        with self._store.writing_desk() as desk:
            account = desk.account_of_subject(subject)
            if account is None or not account.person.is_active:
                return NotSignedIn("no active account is linked to this identity")
            return self._session(desk, account.person, at)

    def confirm_as(self, session: str, person_id: str, subject: str, *, at: str) -> bool:
        """Note that a provider said anew who it is that uses a session; whether it is that person.
        It holds for ten minutes and for one signature (see `spend_confirmation`)."""
        with self._store.writing_desk() as desk:
            if _account(desk, person_id).subject != subject:
                return False
            kept = _token(_spoken(session), person_id, CONFIRMED, at, holds=_CONFIRMED_FOR)
            desk.remove_tokens(digest=kept.digest)
            desk.add_token(kept)
            return True

    def is_confirmed(self, session: str, person_id: str, *, at: str) -> bool:
        """Whether a provider said of late who it is that uses a session."""
        with self._store.reading_desk() as desk:
            found = _valid(desk, _spoken(session), CONFIRMED, at)
        return found is not None and found.person_id == person_id

    def spend_confirmation(self, session: str, person_id: str, *, at: str) -> bool:
        """As `is_confirmed`, once."""
        with self._store.writing_desk() as desk:
            found = _valid(desk, _spoken(session), CONFIRMED, at)
            if found is None or found.person_id != person_id:
                return False
            desk.remove_tokens(digest=found.digest)
            return True

    def of_session(self, token: str, *, at: str) -> Person | None:
        """Who is signed in with a session's token; None for nobody (any more). A session ends an
        hour after its last use, twelve hours after it began, and with `sign_out`."""
        with self._store.reading_desk() as desk:
            found = _valid(desk, token, SESSION, at)
            person = desk.person(found.person_id) if found else None
        if found is None or person is None or not person.is_active:
            return None
        until = _session_end(found.created_at, at)
        if until > _utc(found.expires_at, later=_PUT_OFF):
            with self._store.writing_desk() as writing:
                # ended meanwhile, or put off by another request
                if writing.token(found.digest) == found:
                    writing.remove_tokens(digest=found.digest)
                    writing.add_token(replace(found, expires_at=until))
        return person

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._store.writing_desk() as desk:
            desk.remove_tokens(digest=_digest(token))

    def sign_out_everywhere(self, person_id: str, *, by: str, at: str) -> None:
        """End every session and invitation of a person."""
        with self._store.writing_desk() as desk:
            _person(desk, person_id)
            _note(desk, "signed out", person_id, {"everywhere": True}, by=by, at=at)
            desk.remove_tokens(person_id=person_id)

    def confirm(self, person_id: str, password: str, *, at: str) -> NotSignedIn | None:
        """Ask a person who is signed in for their password once more; None where it is right.
        Failures count as in `sign_in`."""
        found = self.sign_in(self._email(person_id), password, at=at)
        if isinstance(found, NotSignedIn):
            return replace(found, reason=found.reason.replace("the address or ", ""))
        self.sign_out(found.token)
        return None

    def change_password(
        self, person_id: str, password: str, new: str, *, at: str
    ) -> SignedIn | NotSignedIn:
        """Give oneself another password; every session ends, and a new one begins.

        Raises InputError for a new password that is too short or too long.
        """
        refused = self.confirm(person_id, password, at=at)
        if refused is not None:
            return refused
        self.set_password(person_id, new, by=person_id, at=at)
        return self.sign_in(self._email(person_id), new, at=at)

    def _failures(self, email: str, account: Account | None) -> tuple[int, str | None]:
        if account is not None:
            return account.failures, account.failed_at
        with self._lock:
            return self._strangers.get(_digest(email.strip().lower()), (0, None))

    def _note_stranger(self, email: str, at: str) -> None:
        """Count a failure of an address that has no account, until it is long ago among many."""
        digest = _digest(email.strip().lower())
        with self._lock:
            failures, _ = self._strangers.pop(digest, (0, at))
            self._strangers[digest] = failures + 1, at
            while len(self._strangers) > _STRANGERS:
                self._strangers.popitem(last=False)

    def _email(self, person_id: str) -> str:
        with self._store.reading_desk() as desk:
            return _person(desk, person_id).email

    def _session(self, desk: DeskWriting, person: Person, at: str) -> SignedIn:
        desk.remove_tokens(expired_at=_utc(at))
        token = self._new_token()
        kept = _token(token, person.person_id, SESSION, at, holds=_IDLE)
        desk.add_token(kept)
        return SignedIn(person, token, _utc(at, later=_SESSION))


def _new_person(
    desk: DeskReading, name: str, email: str, roles: Sequence[DeskRole], credentials: str
) -> Person:
    name, email = _line(name), _line(email)
    if not name or email.count("@") != 1 or email.startswith("@") or email.endswith("@"):
        raise InputError(f"expected a name and an e-mail address, found {name!r}, {email!r}")
    if desk.account_of_email(email) is not None:
        raise InputError(f"{email} has an account already")
    last = desk.last_entry()
    # the number of its first entry in the trail: no two people share one, ever
    person_id = f"p{last.sequence + 1 if last else 1}"
    return Person(person_id, name, email, _roles(roles), _line(credentials))


def _keep(desk: DeskWriting, person: Person, *, by: str, at: str) -> Person:
    _note(desk, "person", person.person_id, encode(person), by=by, at=at)
    desk.keep_person(person)
    return person


def _note(desk: DeskWriting, what: str, about: str, payload: Json, *, by: str, at: str) -> None:
    desk.append(
        next_entry(desk.last_entry(), at=at, by=by, what=what, about=about, payload=payload)
    )


def _keep_password(desk: DeskWriting, person_id: str, hashed: str, *, by: str, at: str) -> None:
    """Put a password; what the person held before to sign in with holds no more."""
    account = _account(desk, person_id)
    desk.remove_tokens(person_id=person_id)
    # the hash of the hash: who puts another password into the database is found by the trail
    _note(desk, "password", person_id, {"hash": _digest(hashed)}, by=by, at=at)
    desk.keep_sign_in(
        person_id, password=hashed, subject=account.subject, failures=0, failed_at=None
    )


def _note_let_in(desk: DeskWriting, person_id: str, *, at: str) -> None:
    """Note that an invitation is used for an account that had a way in already, unless one who
    runs commands on the machine made it."""
    account, made = _account(desk, person_id), desk.last_of("invitation", about=person_id)
    has_way_in = account.password is not None or account.subject is not None
    if has_way_in and made is not None and not made.by.startswith(TERMINAL):
        payload: Json = {"by": made.by, "invitation": made.sequence}
        _note(desk, LET_IN, person_id, payload, by=person_id, at=at)


def _check_second(desk: DeskReading, person_id: str, let_in: Entry, by: str) -> None:
    """Raise InputError where one may not say whose an account is that was given another way in."""
    told, person = json.loads(let_in.payload), desk.person(by)
    if person is None or not _administers(person):
        raise InputError("expected an administrator to confirm whose the account is")
    if by in (told["by"], person_id):
        raise InputError(
            "expected a second administrator: who gave the account another way in, or has it,"
            " cannot say whose it is"
        )
    # made up for it, or taken over in the same way
    first = desk.entries_about(by)[0]
    if desk.let_in(by) is not None or first.sequence > told["invitation"]:
        raise InputError(
            "expected an administrator whose account was there before, and was not given another"
            " way in itself"
        )


def _link(desk: DeskWriting, person_id: str, subject: str | None, *, by: str, at: str) -> None:
    account = _account(desk, person_id)
    other = None if subject is None else desk.account_of_subject(subject)
    if other is not None and other.person.person_id != person_id:
        raise InputError("this identity is another person's")
    _note(desk, "identity", person_id, {"subject": subject}, by=by, at=at)
    desk.keep_sign_in(
        person_id,
        password=account.password,
        subject=subject,
        failures=account.failures,
        failed_at=account.failed_at,
    )


def _spoken(session: str) -> str:
    """What stands for a provider's word on a session; worth nothing without the session."""
    return f"confirmed {session}"


def _line(text: str) -> str:
    """A line that a person entered, without the space around it. Raises InputError."""
    line = text.strip()
    if len(line) > _LONGEST_LINE or not (line + " ").isprintable():
        raise InputError(
            f"expected one line of at most {_LONGEST_LINE} characters that can be printed"
        )
    return line


def _roles(roles: Sequence[DeskRole]) -> tuple[DeskRole, ...]:
    if not roles or DeskRole.DESK in roles:
        known = ", ".join(role.value for role in DeskRole if role is not DeskRole.DESK)
        raise InputError(f"expected one or more of the roles {known}")
    return tuple(role for role in DeskRole if role in roles)


def _administers(person: Person) -> bool:
    return person.is_active and DeskRole.ADMINISTRATOR in person.roles


def _account(desk: DeskReading, person_id: str) -> Account:
    found = desk.account(person_id)
    if found is None:
        raise InputError(f"expected a person with an account, found {person_id!r}")
    return found


def _person(desk: DeskReading, person_id: str) -> Person:
    return _account(desk, person_id).person


def _of_email(desk: DeskReading, email: str) -> Account:
    found = desk.account_of_email(email)
    if found is None:
        raise InputError(
            f"expected the address of an account; `curbside people list` lists them; found"
            f" {email!r}"
        )
    return found


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(
            f"expected a password of {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD:,} characters"
        )
    return _hasher().hash(password)


def _verifies(hashed: str | None, password: str) -> bool:
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        # without an account or a password the same work is done, so that time tells nothing
        _hasher().verify(hashed or _nobody(), password[:_LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError):
        return False
    return hashed is not None


@cache
def _hasher() -> PasswordHasher:
    # argon2id with the parameters of RFC 9106 for little memory
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _wait_s(failures: int, failed_at: str | None, at: str) -> int:
    if failures < _FREE_FAILURES or failed_at is None:
        return 0
    wait = min(_LONGEST_WAIT_S, 1 << min(12, failures - _FREE_FAILURES + 1))
    since = (time_of(at) - time_of(failed_at)).total_seconds()
    return max(0, round(wait - since))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _token(token: str, person_id: str, purpose: str, at: str, *, holds: timedelta) -> Token:
    return Token(_digest(token), person_id, purpose, at, _utc(at, later=holds))


def _session_end(began: str, at: str) -> str:
    """Until when a session holds that is used at a time."""
    return min(_utc(at, later=_IDLE), _utc(began, later=_SESSION))


def _utc(at: str, *, later: timedelta = _AT_ONCE) -> str:
    """A time so much later, in one form that compares as text."""
    then = time_of(at).astimezone(UTC) + later
    return then.isoformat(timespec="seconds").replace("+00:00", "Z")


def _invited(desk: DeskReading, token: str, at: str) -> Token:
    found = _valid(desk, token, INVITATION, at)
    if found is None:
        raise InputError("this invitation is not valid (any more); ask for another")
    return found


def _valid(desk: DeskReading, token: str, purpose: str, at: str) -> Token | None:
    found = desk.token(_digest(token))
    if found is None or found.purpose != purpose or found.expires_at <= _utc(at):
        return None
    return found
