"""Pieces come as they are produced, and the wait for them ends in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from threading import Event
from time import monotonic

import pytest

from curbside.errors import GeneratorError
from curbside.models.within import within


def test_pieces_are_given_on_in_order_however_many_they_are() -> None:
    assert list(within(5, lambda _: map(str, range(100)))) == [str(n) for n in range(100)]
    assert list(within(5, lambda _: iter(()))) == []


def test_each_piece_is_there_before_the_next_is_made() -> None:
    taken = Event()

    def produce(_: Event) -> Iterator[str]:
        yield "a"
        assert taken.wait(5)
        yield "b"

    pieces = within(5, produce)
    assert next(pieces) == "a"
    taken.set()
    assert list(pieces) == ["b"]


def test_who_is_silent_is_left_when_the_time_is_up_and_told_so() -> None:
    ended = Event()

    def produce(over: Event) -> Iterator[str]:
        yield "a"
        over.wait(5)
        ended.set()
        yield "b"

    start = monotonic()
    pieces = within(0.05, produce)
    assert next(pieces) == "a"
    with pytest.raises(GeneratorError, match=r"^no whole answer within 0\.05 s$"):
        next(pieces)
    assert monotonic() - start < 1
    assert ended.wait(5)


def test_who_never_ends_is_left_when_the_time_is_up() -> None:
    def produce(_: Event) -> Iterator[str]:
        while True:
            yield "a"

    with pytest.raises(GeneratorError, match=r"^no whole answer within 0\.05 s$"):
        list(within(0.05, produce))


def test_who_produces_is_told_when_nobody_waits_any_more() -> None:
    ended = Event()

    def produce(over: Event) -> Iterator[str]:
        yield "a"
        over.wait(5)
        ended.set()

    with closing(within(5, produce)) as pieces:
        assert next(pieces) == "a"
    assert ended.wait(5)


def test_an_error_comes_after_the_pieces_before_it() -> None:
    def produce(_: Event) -> Iterator[str]:
        yield "a"
        raise GeneratorError("it went away")

    pieces = within(5, produce)
    assert next(pieces) == "a"
    with pytest.raises(GeneratorError, match=r"^it went away$"):
        next(pieces)


def test_an_error_of_the_program_is_named_without_its_text() -> None:
    def produce(_: Event) -> Iterator[str]:
        yield from ()
        raise ValueError("sk-secret")

    with pytest.raises(GeneratorError, match=r"^an error of this program \(ValueError\)$"):
        list(within(5, produce))
