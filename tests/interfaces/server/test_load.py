"""The load that is measured is the load that was sent, and everything sent is accounted for."""

from __future__ import annotations

import socket
import threading
from itertools import cycle
from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.interfaces.server.load import (
    at_capacity,
    at_rate,
    each_once,
    opening,
    server,
)

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

        all_of_them = each_once(address, ["/healthz", "/nowhere", "/healthz"], at_once=2)
        assert (all_of_them.sent, all_of_them.served, all_of_them.failed) == (3, 2, 1)

        # the page of policies with two style sheets, the picture and two scripts
        opened = opening(address, "/policies", times=3)
        assert opened.files == 6
        assert 15_000 < opened.size < 60_000
        assert opened.first_byte.p95_ms <= opened.whole.p95_ms
        with pytest.raises(InputError, match="expected a page at /nowhere; found status 404"):
            opening(address, "/nowhere", times=1)


def test_where_nobody_listens_every_request_failed() -> None:
    load = at_rate("http://127.0.0.1:9", cycle(["/"]), rate=10, seconds=0.3)
    assert (load.sent, load.served, load.refused, load.failed) == (3, 0, 0, 3)
    assert (load.p50_ms, load.p95_ms) == (None, None)


def test_a_connection_that_was_closed_while_idle_is_no_failure() -> None:
    """A server that answers one request a connection without saying that it closes it."""
    asked: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        for _ in range(3):
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65_536).split()[1])
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=serve, args=(listening,))
        server.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        load = each_once(address, ["/1", "/2", "/3"], at_once=1)
        server.join(10)
    assert (load.served, load.failed) == (3, 0)
    assert asked == [b"/1", b"/2", b"/3"]
