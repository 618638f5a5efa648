"""The trail: entries chained by hashes, checkpoints kept elsewhere, and finding what was changed.

A chain alone finds whatever does not fit it; who can write to the database can write a whole new
chain. What cannot be made anew are signed checkpoints kept outside the database: each says how
long the trail was and in which hash it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from curbside.articles import Checkpoint, Entry
from curbside.codec.records import Json
from curbside.review.content import canonical_json

_ENTRY: Final = b"curbside-trail/1\n"
_CHECKPOINT: Final = b"curbside-checkpoint/1\n"


@dataclass(frozen=True, slots=True)
class TrailFault:
    """What is wrong, and at which entry (of the numbering that should be)."""

    sequence: int
    reason: str


def next_entry(
    last: Entry | None, *, at: str, by: str, what: str, about: str, payload: Json
) -> Entry:
    """The entry that follows `last`; None where the trail is empty."""
    entry = Entry(
        sequence=last.sequence + 1 if last else 1,
        at=at,
        by=by,
        what=what,
        about=about,
        payload=canonical_json(payload),
        before=last.digest if last else "",
        digest="",
    )
    return replace(entry, digest=digest_of(entry))


def digest_of(entry: Entry) -> str:
    """The sha256, in hex, over everything in the entry but its own digest."""
    parts: list[Json] = [
        entry.sequence,
        entry.at,
        entry.by,
        entry.what,
        entry.about,
        entry.payload,
        entry.before,
    ]
    # JSON marks where each part ends, so that no text can pass from one into the next
    return sha256(_ENTRY + canonical_json(parts).encode()).hexdigest()


def faults_of_trail(
    entries: Iterable[Entry],
    checkpoints: Sequence[Checkpoint],
    *,
    is_signed: Callable[[Checkpoint], bool],
    after: Checkpoint | None = None,
) -> Iterator[TrailFault]:
    """Find what was changed, removed, inserted or put in another order, and where.

    Args:
        entries: in the order of the database, from the start or from the one after `after`.
        checkpoints: in any order; those up to `after` are not looked at again.
        is_signed: whether a checkpoint's signature is its key's.
        after: a checkpoint that was verified before; None starts at the first entry.

    Yields:
        One fault for each break: an entry whose digest is not its own, that does not follow the
        one before, whose number is not the next; a checkpoint that the trail does not fit or that
        is not signed; an end before the last checkpoint. After a break it goes on from what it
        found, so that one change gives one or two faults and not a thousand. None: all is whole.
    """
    start = after.sequence if after else 0
    waiting: dict[int, str] = {}
    yield from _waiting(checkpoints, waiting, start=start, is_signed=is_signed)
    expected, before = start + 1, after.digest if after else ""
    for entry in entries:
        if entry.sequence != expected:
            yield TrailFault(expected, _misnumbered(entry.sequence, expected))
        if digest_of(entry) != entry.digest:
            yield TrailFault(entry.sequence, "it was changed: its digest is another")
        if entry.before != before:
            yield TrailFault(
                entry.sequence, "it does not follow the entry before: one was changed, or moved"
            )
        if waiting.pop(entry.sequence, entry.digest) != entry.digest:
            yield TrailFault(
                entry.sequence, "a signed checkpoint says another digest: the trail was rewritten"
            )
        expected, before = entry.sequence + 1, entry.digest
    for sequence in sorted(waiting):
        told = "is missing" if sequence < expected else f"is lost: the trail ends at {expected - 1}"
        yield TrailFault(sequence, f"an entry that a signed checkpoint names {told}")


def _waiting(
    checkpoints: Sequence[Checkpoint],
    waiting: dict[int, str],
    *,
    start: int,
    is_signed: Callable[[Checkpoint], bool],
) -> Iterator[TrailFault]:
    """Fill `waiting` with the digest that each checkpoint asks for; what is wrong among them."""
    for checkpoint in sorted(checkpoints, key=lambda each: (each.sequence, each.at)):
        if not is_signed(checkpoint):
            yield TrailFault(checkpoint.sequence, "a checkpoint here is not signed by its key")
        elif checkpoint.sequence > start and (
            waiting.setdefault(checkpoint.sequence, checkpoint.digest) != checkpoint.digest
        ):
            yield TrailFault(checkpoint.sequence, "two checkpoints here do not agree")


def checkpoint_text(sequence: int, digest: str, at: str) -> bytes:
    """The bytes that a checkpoint's signature is over."""
    return _CHECKPOINT + canonical_json([sequence, digest, at]).encode()


def _misnumbered(found: int, expected: int) -> str:
    if found > expected:
        gone = f"{expected} is" if found == expected + 1 else f"{expected} to {found - 1} are"
        return f"{gone} missing; the next is {found}"
    return f"expected entry {expected}, found {found}: it stands twice or was moved"
