"""Nothing that people asked, sent or hold is ever in the logs or in the metrics."""

from __future__ import annotations

import errno
import json
import logging
import signal
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest

from a_server import a_server
from curbside.errors import LibraryError
from curbside.interfaces.server.log import Lines, told_of
from web_client import NOW, served

SECRETS = ("xyzzy", "plugh", "ann.marker", "COOKIE", "TOKEN")
"""Parts of a question, of feedback, of an e-mail address, of a cookie, of a token."""


def line_of(record: logging.LogRecord) -> dict[str, str]:
    told = json.loads(Lines(lambda: NOW).format(record))
    assert isinstance(told, dict)
    return told


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_whatever_is_sent_no_line_and_no_metric_holds_it(tmp_path: Path) -> None:
    question = "Does xyzzy help with flares, ann.marker@example.org?"
    form = urlencode({"kind": "wrong", "about": "C1", "words": "plugh ann.marker@example.org"})
    sign_in = urlencode({"email": "ann.marker@example.org", "password": "plugh"})
    held = {"Cookie": "session=COOKIE", "Authorization": "Bearer TOKEN"}
    with a_server(tmp_path, "--log") as server:
        server.wait_open()
        page = server.get("/ask?" + urlencode({"q": question}), **held).headers["location"]
        assert "xyzzy" in page
        typed = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"http://x{page}"}
        statuses = [
            server.get(page, **held).status,
            server.get(f"{page}.json", **held).status,
            server.get(f"{page}.nothing-TOKEN", **held).status,
            server.get(f"{page}/passage/E999").status,
            server.get(f"{page}/feedback", method="POST", body=form, **typed).status,
            server.get("/q/no-such-xyzzy/feedback", method="POST", body=form, **typed).status,
            server.get("/ask?q=And+xyzzy&follows=no-such-xyzzy").status,
            server.get("/library?q=xyzzy").status,
            server.get("/library/document/pmid:xyzzy").status,
            server.get("/invitation/TOKEN?email=ann.marker@example.org").status,
            server.get("/desk/first?token=TOKEN", **held).status,
            server.get("/desk/invitation?token=TOKEN", **held).status,
            server.get("/desk/sign-in", method="POST", body=sign_in, **typed, **held).status,
            server.get("/desk/articles/xyzzy", **held).status,
            server.get("/", method="TOKEN").status,
            server.get("/", Host="xyzzy.example").status,
            server.get("/ask", method="POST", body="xyzzy", Origin="http://xyzzy").status,
        ]
        metrics = server.get("/metrics").text
        server.process.send_signal(signal.SIGTERM)
        _, errors = server.end()
    assert {200, 404, 303, 421, 403} <= set(statuses), statuses
    lines = [json.loads(line) for line in errors.splitlines()]
    assert len(lines) == len(statuses) + 2
    assert {line["method"] for line in lines} == {"GET", "POST", "other"}
    for secret in SECRETS:
        assert secret not in errors
        assert secret not in metrics


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path) as (client, site):

        def broken(slug: str, **_: object) -> None:
            raise LibraryError(f"xyzzy {slug}") from OSError(errno.ENOSPC, "plugh")

        site.pages.shown = broken  # type: ignore[method-assign,assignment]
        response = client.get("/q/xyzzy-page")
    assert response.status_code == 503
    (record,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert record.getMessage().startswith("LibraryError from OSError ENOSPC at ")
    assert "xyzzy" not in caplog.text
    assert "plugh" not in caplog.text


def test_other_libraries_are_quoted_by_the_first_line_of_their_pattern() -> None:
    try:
        raise ValueError("xyzzy")
    except ValueError as error:
        record = logging.LogRecord(
            "asyncio", logging.ERROR, __file__, 1, "never retrieved\nfuture: xyzzy %s", ("plugh",),
            (ValueError, error, error.__traceback__),
        )  # fmt: skip
    line = line_of(record)
    assert line.pop("error").startswith("ValueError at test_other_libraries")
    assert line == {"at": NOW, "level": "error", "message": "asyncio: never retrieved"}


def test_an_error_in_a_thread_is_a_line_too(caplog: pytest.LogCaptureFixture) -> None:
    from curbside.interfaces.server.log import _told_of_thread

    def broken() -> None:
        raise ZeroDivisionError("xyzzy")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", _told_of_thread)
        thread = threading.Thread(target=broken)
        thread.start()
        thread.join()
    assert "a thread ended in an error: ZeroDivisionError at " in caplog.text
    assert "xyzzy" not in caplog.text


def test_an_error_is_told_with_what_it_came_from() -> None:
    import sqlite3

    cause = sqlite3.OperationalError("xyzzy")
    cause.sqlite_errorname = "SQLITE_FULL"
    error = LibraryError("plugh")
    error.__cause__ = cause
    assert told_of(error) == "LibraryError from OperationalError SQLITE_FULL at "
