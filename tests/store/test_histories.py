"""Random histories of PubMed files against a plain dictionary.

A history is a run of numbered files that add, revise, retract, take back and give again, put in any
order, some of them more than once. What stands in the end is what stands when they are put once
each in the order of their numbers, as a dictionary of a few lines has it.

CURBSIDE_HISTORIES says how many are tried; the seed of a history is its number.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from curbside.records import Document, Standing, Status, Withdrawal
from curbside.store import Store, open_store
from library_builders import NOT_CHECKED, document

HISTORIES = int(os.environ.get("CURBSIDE_HISTORIES", "400"))
RETRACTED = Standing(Status.RETRACTED, ("pmid:99",))


@dataclass(frozen=True)
class File:
    """A numbered file: records as (PMID, text, whether it says that it is retracted), then the
    PMIDs that are taken back."""

    place: int
    records: tuple[tuple[int, str, bool], ...]
    deleted: tuple[int, ...]


def random_files(random: Random) -> list[File]:
    pmids = range(random.randint(1, 4))
    return [
        File(
            place,
            tuple(
                (random.choice(pmids), f"Text {random.randint(1, 3)}.", random.random() < 0.2)
                for _ in range(random.randint(0, 4))
            ),
            tuple(pmid for pmid in pmids if random.random() < 0.2),
        )
        for place in range(1, random.randint(2, 6))
    ]


def random_order(random: Random, files: list[File]) -> list[File]:
    """In the order of their numbers, or in any; some come again, at any later time."""
    order = files + random.choices(files, k=random.randint(0, 3))
    if random.random() < 0.5:
        random.shuffle(order)
        return order
    again = order[len(files) :]
    order = list(files)
    for file in again:
        order.insert(random.randint(order.index(file) + 1, len(order)), file)
    return order


def model(files: list[File]) -> dict[int, tuple[str, bool]]:
    """The dictionary: each file once, in the order of their numbers."""
    standing: dict[int, tuple[str, bool]] = {}
    for file in sorted(files, key=lambda file: file.place):
        for pmid, text, is_retracted in file.records:
            standing[pmid] = (text, is_retracted)
        for pmid in file.deleted:
            standing.pop(pmid, None)
    return standing


def put(store: Store, name: str, file: File) -> None:
    statements: list[tuple[Document, Standing] | Withdrawal] = [
        (
            document(f"pmid:{name}-{pmid}", text=text, revision=text),
            RETRACTED if is_retracted else NOT_CHECKED,
        )
        for pmid, text, is_retracted in file.records
    ]
    statements += [Withdrawal(f"pmid:{name}-{pmid}", "taken back") for pmid in file.deleted]
    store.put(statements, at="2026-01-01", origin=f"file {file.place}", place=file.place)


def found(store: Store, name: str) -> dict[int, tuple[str, bool]]:
    standing = {}
    for pmid in range(4):
        pair = store.document(f"pmid:{name}-{pmid}")
        if pair is not None:
            standing[pmid] = (pair[0].text, pair[1].status is Status.RETRACTED)
    return standing


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "library.sqlite")
    yield opened
    opened.close()


def test_every_history_ends_as_the_dictionary_says(store: Store) -> None:
    differences = []
    for number in range(HISTORIES):
        random = Random(number)
        files = random_files(random)
        for file in random_order(random, files):
            put(store, str(number), file)
        if (ends := found(store, str(number))) != (expected := model(files)):
            differences.append((number, ends, expected))
    assert differences == []
    assert list(store.faults()) == []


def test_a_library_as_it_was_is_what_the_dictionary_was_then(store: Store) -> None:
    """Files in order, and after each the library as it is then, seen from the end."""
    random = Random(7)
    seen: list[tuple[int, dict[str, str]]] = []
    for number in range(30):
        files = random_files(random)
        for file in files:
            put(store, str(number), file)
            last = store.last_batch()
            texts = {each.doc_id: each.text for each, _ in store.documents()}
            if last is not None:
                seen.append((last.batch, texts))
    for batch, texts in seen:
        then = {each.doc_id: each.text for each, _ in store.at(batch).documents()}
        assert then == texts
