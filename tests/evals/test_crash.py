"""Kills lose nothing. A thousand are for people: `python -m evals crash --count 1000`."""

from __future__ import annotations

import os

from evals.crash import crash

KILLS = int(os.environ.get("CURBSIDE_KILLS", "50"))


def test_ingests_that_are_killed_at_random_lose_and_double_nothing() -> None:
    report = crash(KILLS, seed=2026, progress=lambda _: None)
    assert report.faults == ()
    assert report.kills == KILLS
