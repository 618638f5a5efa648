"""Where nothing can be written, questions are answered and nothing is half done."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event

from curbside.interfaces.server.readiness import ROOM
from curbside.interfaces.web import Site
from curbside.wiring.maintenance import verify_library
from web_client import served

QUESTION = "How is gout treated?"
FEEDBACK = {"kind": "wrong", "about": "", "words": "No."}


def forbid_writing(site: Site) -> None:
    """As for a file on a disk that may only be read: SQLite's own error."""
    engine = site.pages.store._engine
    engine.dispose()
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA query_only=ON"))


def test_a_library_that_may_only_be_read_answers_and_says_what_it_could_not_keep(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as (client, site):
        forbid_writing(site)
        address = client.get("/ask", params={"q": QUESTION}).headers["location"]
        page = client.get(address)
        assert page.status_code == 200
        assert "gout" in page.text.lower()
        refused = client.post(f"{address}/feedback", data=FEEDBACK)
        assert refused.status_code == 503
        assert "<h1>This could not be kept, and nothing of it was</h1>" in refused.text
        assert "it can be read but not written; allow writing to the file" in refused.text
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["writable"]) == (200, False)
        assert "curbside_writes_fail 1\n" in client.get("/metrics").text
        assert site.pages.store.asked.recent(9) == []


def test_a_disk_that_is_nearly_full_is_no_longer_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path) as (client, _):
        usage = shutil._ntuple_diskusage
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10 * ROOM, 9 * ROOM, ROOM))
        assert client.get("/readyz").status_code == 200
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10 * ROOM, 9 * ROOM, ROOM - 1))
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["reason"].endswith("63 MiB are free of 64 that are needed")


@pytest.mark.parametrize(
    ("code", "status", "heading"),
    [
        (errno.ENOSPC, 503, "This could not be kept, and nothing of it was"),
        (errno.EROFS, 503, "This could not be kept, and nothing of it was"),
        (errno.EIO, 500, "Something went wrong here"),
    ],
)
def test_an_upload_for_which_there_is_no_room_is_told_so_and_another_failure_is_not(
    code: int, status: int, heading: str, tmp_path: Path
) -> None:
    with served(tmp_path) as (client, site):

        def broken(_: object) -> None:
            raise OSError(code, "xyzzy")

        assert site.intake is not None
        site.intake.take_files = broken  # type: ignore[method-assign,assignment]
        response = client.post(
            "/library/add", data={"what": "files"}, files={"files": ("a.md", b"a")}
        )
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.text


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own of 80 MiB; not below pytest's folders, which others tidy up."""
    with tempfile.TemporaryDirectory() as folder:
        mounting = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", folder]
        if os.geteuid() or subprocess.run(mounting, capture_output=True, check=False).returncode:
            pytest.skip("needs the right to mount a small disk")
        try:
            yield Path(folder)
        finally:
            # lazily, as the index is still mapped into memory
            subprocess.run(["umount", "-l", folder], check=True)


def test_on_a_full_disk_questions_are_answered_and_nothing_is_half_written(
    small_disk: Path,
) -> None:
    source = b"# Gout\n\nColchicine was given to 40 adults with gout flares.\n" * 400
    files = {"files": ("notes.md", source)}
    with served(small_disk) as (client, site):
        fingerprint = site.pages.store.fingerprint()
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as out:
            while True:
                out.write(b"\0" * 4096)
        address = client.get("/ask", params={"q": QUESTION}).headers["location"]
        assert client.get(address).status_code == 200
        assert client.get("/readyz").status_code == 503
        refused = client.post(f"{address}/feedback", data=FEEDBACK)
        assert refused.status_code == 503
        assert "This could not be kept, and nothing of it was" in refused.text
        refused = client.post("/library/add", data={"what": "files"}, files=files)
        assert refused.status_code == 503
        assert "make room and hand it in again" in refused.text
        assert list((small_disk / "incoming").iterdir()) == []
        assert site.pages.store.asked.recent(9) == []

        filler.unlink()
        assert client.get("/readyz").status_code == 200
        assert client.post(f"{address}/feedback", data=FEEDBACK).status_code == 303
        client.get("/ask", params={"q": "How is gout prevented?"})
        assert client.get("/readyz").json()["writable"] is True
        assert site.pages.store.fingerprint() == fingerprint
    assert list(verify_library(small_disk, progress=lambda _, __: None)) == []
