"""Is the trail whole, and does the desk hold what the trail says: `curbside audit-log`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from curbside.articles import Checkpoint, Entry
from curbside.codec.records import encode
from curbside.errors import DeskError, InputError
from curbside.review.content import content_hash
from curbside.review.trail import faults_of_trail
from curbside.store import DeskReading, Store
from curbside.wiring.checkpoints import Checkpoints, signed_by

_NOT_SAID: Final = ""
"""In the place of a password's hash where its entry, of an earlier version, has none."""
_KINDS: Final = ("decision", "signature", "comment")


def faults_of_desk(
    store: Store, checkpoints: Checkpoints, *, key: str | None = None
) -> Iterator[str]:
    """What is wrong with the trail, or with what is kept beside it, a line each.

    Args:
        store: holds the trail and the records.
        checkpoints: those kept outside the database.
        key: the public key (hex) that is trusted; None takes the desk's own.

    Yields:
        Each fault with the number of its entry; nothing where all is whole. Without a trail there
        is nothing to check, unless a checkpoint says that there was one.

    Raises:
        DeskError: the checkpoints cannot be read.
    """
    marks = checkpoints.read()
    trusted = key or checkpoints.trusted_key()
    if marks and trusted is None:
        yield "the public key is lost: no checkpoint can be trusted; give it with --key"
    with store.reading_desk() as desk:
        is_whole = True
        for fault in faults_of_trail(desk.entries(), marks, is_signed=signed_by(trusted)):
            is_whole = False
            yield f"entry {fault.sequence}: {fault.reason}"
        # against a trail that was changed nothing can be held
        if is_whole:
            yield from _faults_of_records(desk)


def checkpoint_now(store: Store, checkpoints: Checkpoints, *, at: str) -> Checkpoint:
    """Sign where the trail ends now, after checking that it is whole up to there.

    Raises:
        InputError: there is no entry yet.
        DeskError: the trail is not whole: it is not signed then.
    """
    with store.reading_desk() as desk:
        last = desk.last_entry()
    if last is None:
        raise InputError("expected an entry in the trail: nothing was done at this desk yet")
    fault = next(faults_of_desk(store, checkpoints), None)
    if fault is not None:
        raise DeskError(f"the trail is not whole and is not signed: {fault}")
    return checkpoints.add(last, at=at)


def _faults_of_records(desk: DeskReading) -> Iterator[str]:
    """Articles, versions, people, decisions, signatures and remarks are those of the trail."""
    articles: dict[str, Any] = {}  # what JSON holds
    contents: dict[tuple[str, int], tuple[str, int]] = {}
    people: dict[str, Any] = {}
    said: dict[tuple[int, str], Any] = {}
    for entry in desk.entries():
        payload = json.loads(entry.payload)
        if entry.what == "person":
            people[entry.about] = payload
        elif isinstance(payload, dict) and "article" in payload:
            article = articles[entry.about] = payload["article"]
            place = (entry.about, article["version"])
            contents.setdefault(place, (article["content"], entry.sequence))
            said |= {(entry.sequence, k): payload[k] for k in _KINDS if k in payload}
    yield from _faults_of_articles(desk, articles)
    yield from _faults_of_versions(desk, contents)
    yield from _faults_of_sign_in(desk)
    known = {person.person_id: encode(person) for person in desk.people()}
    for person_id in sorted(known.keys() | people.keys()):
        if known.get(person_id) != people.get(person_id):
            yield f"person {person_id} is not what the trail says"
    for sequence, kind, record in desk.kept_under_entries():
        if said.pop((sequence, kind), None) != json.loads(record):
            yield f"entry {sequence}: the {kind} that is kept is not the one it tells of"
    for sequence, kind in sorted(said):
        yield f"entry {sequence}: the {kind} that it tells of is lost"


def _faults_of_sign_in(desk: DeskReading) -> Iterator[str]:
    """What a person signs in with is what the trail says was set: else another signs in their
    name."""
    for person_id in [person.person_id for person in desk.people()]:
        account = desk.account(person_id)
        if account is None:
            continue
        said = _last_said(desk, "password", person_id, "hash")
        hashed = sha256(account.password.encode()).hexdigest() if account.password else None
        if said not in (hashed, _NOT_SAID):
            yield f"person {person_id} has another password than the trail says"
        if account.subject != _last_said(desk, "identity", person_id, "subject"):
            yield f"person {person_id} has another identity than the trail says"


def _last_said(desk: DeskReading, what: str, person_id: str, field: str) -> str | None:
    """What the last entry of a kind says of a person; None where there is no such entry."""
    entry = desk.last_of(what, about=person_id)
    return None if entry is None else json.loads(entry.payload).get(field, _NOT_SAID)


def _faults_of_articles(desk: DeskReading, articles: dict[str, Any]) -> Iterator[str]:
    known = {article.article_id: encode(article) for article in desk.articles()}
    for article_id in sorted(known.keys() | articles.keys()):
        if known.get(article_id) != articles.get(article_id):
            yield f"article {article_id} is not what the trail says"


def _faults_of_versions(
    desk: DeskReading, contents: dict[tuple[str, int], tuple[str, int]]
) -> Iterator[str]:
    for article_id in sorted({article_id for article_id, _ in contents}):
        for version in desk.versions(article_id):
            name = f"version {version.version} of {article_id}"
            said = contents.pop((article_id, version.version), None)
            if said is None:
                yield f"{name} is not in the trail"
            elif {said[0], version.content, content_hash(version.answer)} != {said[0]}:
                yield f"entry {said[1]}: {name} is not what was put"
    for (article_id, number), (_, sequence) in sorted(contents.items()):
        yield f"entry {sequence}: version {number} of {article_id} is lost"


def entries_of(store: Store, about: str | None, *, most: int) -> list[Entry]:
    """The newest entries, the newest first; of one article or person those about it."""
    with store.reading_desk() as desk:
        if about is not None:
            return desk.entries_about(about)[-most:][::-1]
        last = desk.last_entry()
        after = max(0, last.sequence - most) if last else 0
        return list(desk.entries(after=after))[::-1]
