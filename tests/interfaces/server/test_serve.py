"""`curbside serve` says where it serves, serves there, and stops when it is told to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from curbside.interfaces.cli import main
from founding import QUESTION


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_that_others_can_reach_must_be_meant(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", "--host", host])
    assert left.value.code == 2
    assert "there is no encryption; say --public" in capsys.readouterr().err


def test_it_prints_the_address_of_every_page_and_stops_on_a_signal(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "curbside", "serve", "--port", "0", "--home", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert server.stdout is not None
    lines = [server.stdout.readline() for _ in range(7)]
    address = re.fullmatch(r"Curbside serves (http://127\.0\.0\.1:\d+)/ until Ctrl-C\n", lines[0])
    assert address is not None, lines
    assert lines[1:3] == ["\n", f"{QUESTION}\n"]
    assert lines[3].startswith(f"{address[1]}/q/what-are-the-predictors")
    assert lines[5].startswith("The review desk has no accounts yet")
    assert re.fullmatch(re.escape(address[1]) + r"/desk/first\?token=[A-Za-z0-9_-]{43}\n", lines[6])
    server.send_signal(signal.SIGTERM)
    _, errors = server.communicate(timeout=30)
    assert errors == ""
