"""The load that is measured is the load that was sent, and everything sent is accounted for."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from curbside.interfaces.server.load import at_capacity, at_rate, server

pytestmark = pytest.mark.enable_socket


def test_what_is_sent_is_served_refused_or_failed(tmp_path: Path) -> None:
    with server(tmp_path) as address:
        steady = at_rate(address, cycle(["/healthz"]), rate=40, seconds=0.5)
        assert (steady.sent, steady.served, steady.refused, steady.failed) == (20, 20, 0, 0)
        assert steady.p50_ms is not None
        assert steady.p95_ms is not None
        assert steady.p50_ms <= steady.p95_ms

        # a redirect is followed, and what is not there is no success
        asked = at_rate(address, cycle(["/ask?q=gout", "/nowhere"]), rate=20, seconds=0.5)
        assert (asked.sent, asked.served, asked.refused, asked.failed) == (10, 5, 0, 5)

        busy = at_capacity(address, cycle(["/healthz"]), at_once=3, seconds=0.3)
        assert busy.sent == busy.served > 3
        assert busy.served_per_s == busy.served / busy.seconds


def test_where_nobody_listens_every_request_failed() -> None:
    load = at_rate("http://127.0.0.1:9", cycle(["/"]), rate=10, seconds=0.3)
    assert (load.sent, load.served, load.refused, load.failed) == (3, 0, 0, 3)
    assert (load.p50_ms, load.p95_ms) == (None, None)
