"""A trail that was touched anywhere says so, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.articles import Checkpoint, Entry
from curbside.review.trail import digest_of, faults_of_trail, next_entry

KEY = "k"


def a_trail(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, length + 1):
        entries.append(
            next_entry(
                entries[-1] if entries else None,
                at=f"2026-01-01T00:00:{number % 60:02}Z",
                by=f"p{number % 7}",
                what="approve",
                about=f"a{number % 5}",
                payload={"number": number, "why": "as read"},
            )
        )
    return entries


def marks(entries: Sequence[Entry], *sequences: int) -> list[Checkpoint]:
    return [
        Checkpoint(n, entries[n - 1].digest, entries[n - 1].at, KEY, "signed") for n in sequences
    ]


def faults(entries: Sequence[Entry], checkpoints: Sequence[Checkpoint] = ()) -> list[int]:
    return [
        fault.sequence
        for fault in faults_of_trail(
            entries, checkpoints, is_signed=lambda each: each.signature == "signed"
        )
    ]


def rewritten(entries: Sequence[Entry], start: int) -> list[Entry]:
    """From `start` on every digest made anew, as who can write to the database would."""
    found = list(entries[: start - 1])
    for entry in entries[start - 1 :]:
        before = found[-1].digest if found else ""
        made = replace(entry, sequence=len(found) + 1, before=before)
        found.append(replace(made, digest=digest_of(made)))
    return found


def test_a_whole_trail_has_no_fault() -> None:
    entries = a_trail(20)
    assert faults(entries) == []
    assert faults(entries, marks(entries, 5, 20)) == []
    assert faults([]) == []


def test_the_digest_is_that_of_another_implementation() -> None:
    import hashlib

    first = next_entry(None, at="t", by="p", what="w", about="a", payload={"b": 1, "a": "é"})
    line = '[1,"t","p","w","a","{\\"a\\":\\"é\\",\\"b\\":1}",""]'
    expected = hashlib.sha256(b"curbside-trail/1\n" + line.encode()).hexdigest()
    assert first.digest == expected


FIELDS = ("at", "by", "what", "about", "payload", "before", "digest")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("number", [1, 7, 20])
def test_a_changed_entry_is_found_where_it_stands(field: str, number: int) -> None:
    entries = a_trail(20)
    entry = entries[number - 1]
    entries[number - 1] = replace(entry, **{field: getattr(entry, field) + "0"})
    assert faults(entries)[0] == number


def test_a_removed_entry_is_found_where_it_stood() -> None:
    entries = a_trail(20)
    assert faults([*entries[:6], *entries[7:]])[0] == 7
    assert faults(entries[1:])[0] == 1


def test_an_inserted_entry_is_found() -> None:
    entries = a_trail(20)
    extra = next_entry(entries[6], at="t", by="p", what="w", about="a", payload=None)
    # it is a proper eighth; the one that was the eighth is then one too many
    assert faults([*entries[:7], extra, *entries[7:]])[0] == 9


def test_two_entries_in_each_others_place_are_found() -> None:
    entries = a_trail(20)
    entries[4], entries[9] = (
        replace(entries[9], sequence=5),
        replace(entries[4], sequence=10),
    )
    assert faults(entries)[0] == 5


def test_a_lost_end_is_found_by_the_last_checkpoint_alone() -> None:
    entries = a_trail(20)
    assert faults(entries[:15]) == []
    assert faults(entries[:15], marks(entries, 10, 20)) == [20]
    assert faults([], marks(entries, 20)) == [20]


@pytest.mark.parametrize("start", [1, 5, 10])
def test_a_trail_written_anew_is_found_by_a_checkpoint_alone(start: int) -> None:
    entries = a_trail(20)
    entries[start - 1] = replace(entries[start - 1], by="another")
    anew = rewritten(entries, start)
    assert faults(anew) == []
    assert faults(anew, marks(a_trail(20), 10)) == [10]


def test_an_entry_taken_out_and_the_rest_written_anew_is_found() -> None:
    entries = a_trail(20)
    anew = rewritten([*entries[:6], *entries[7:]], 7)
    assert faults(anew) == []
    assert faults(anew, marks(entries, 19)) == [19]


def test_a_checkpoint_that_is_not_signed_or_disagrees_is_a_fault() -> None:
    entries = a_trail(20)
    (mark,) = marks(entries, 10)
    assert faults(entries, [replace(mark, signature="forged")]) == [10]
    assert faults(entries, [mark, replace(mark, digest="0")]) == [10]


def test_what_was_verified_before_need_not_be_read_again() -> None:
    entries = a_trail(20)
    (mark,) = marks(entries, 10)
    after = list(faults_of_trail(entries[10:], [mark], is_signed=lambda _: True, after=mark))
    assert after == []
    entries[10] = replace(entries[10], by="another")
    found = faults_of_trail(entries[10:], [mark], is_signed=lambda _: True, after=mark)
    assert next(found).sequence == 11


@given(seed=st.integers(0, 10_000))
def test_no_tamper_with_a_trail_goes_unseen(seed: int) -> None:
    """Change, remove, double, move, cut off or write anew at any place, past a checkpoint or
    before it: against the trail itself where the chain shows it, else the checkpoints."""
    random = Random(seed)
    whole = a_trail(12)
    kept = marks(whole, 4, 8, 12)
    entries = list(whole)
    place = random.randrange(len(entries))
    kind = random.choice(["field", "remove", "double", "move", "cut", "anew"])
    if kind == "field":
        field = random.choice([*FIELDS, "sequence"])
        value = 99 if field == "sequence" else "x"
        entries[place] = replace(entries[place], **{field: value})
    elif kind == "remove":
        del entries[place]
    elif kind == "double":
        entries.insert(place, entries[place])
    elif kind == "move":
        other = random.choice([n for n in range(len(entries)) if n != place])
        entries[place], entries[other] = entries[other], entries[place]
    elif kind == "cut":
        del entries[place:]
    else:
        entries[place] = replace(entries[place], payload="{}")
        entries = rewritten(entries, place + 1)
    assert faults(entries, kept) != []
