"""How long things take is counted on the clock that is asked for, and by the nearest rank."""

from __future__ import annotations

from itertools import count

import pytest

from curbside.interfaces.timing import Latency, measure, measure_cold, summarise


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert summarise([float(n) for n in range(20, 0, -1)]) == Latency(20, 10.0, 19.0, 20.0)
    with pytest.raises(ValueError, match="expected at least one time"):
        summarise([])


def test_calls_are_timed_in_turn_by_the_clock_that_is_given() -> None:
    made: list[str] = []
    ticks = count()
    # the clock goes on by a second each time that it is read
    calls = [lambda: made.append("a"), lambda: made.append("b")]
    told = measure(calls, rounds=2, warm_up=1, clock=lambda: float(next(ticks)))
    assert told == Latency(4, 1000.0, 1000.0, 1000.0)
    assert made == ["a", "b"] * 3


def test_cold_processes_are_timed_and_their_failure_is_told() -> None:
    told = measure_cold(["--version"], runs=1)
    assert told.processor_s > 0
    assert told.seconds > 0
    assert told.peak_mb > 5
    with pytest.raises(RuntimeError, match="No such command"):
        measure_cold(["nothing-of-the-kind"], runs=1)
