"""What `deploy/` and docs/operation.md name is there: files, commands, options, limits."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from a_server import a_server
from curbside.interfaces.cli import app
from curbside.interfaces.server.door import LEFT_S
from curbside.interfaces.server.serve import CLOSES_AFTER_S

ROOT = Path(__file__).resolve().parents[1]
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "curbside.service").read_text(encoding="utf-8")
SYNC = (ROOT / "deploy" / "curbside-sync.service").read_text(encoding="utf-8")
TIMER = (ROOT / "deploy" / "curbside-sync.timer").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DOCKER_WAITS_S = 10
"""Seconds after SIGTERM in which Docker waits, unless it is told otherwise."""


def instructions(name: str) -> list[str]:
    """What follows an instruction of the container file, one for each time it stands there."""
    whole = CONTAINER.replace("\\\n", " ")
    return [line.partition(" ")[2] for line in whole.splitlines() if line.startswith(f"{name} ")]


def unit(text: str = UNIT) -> ConfigParser:
    read = ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(text)
    return read


def parsed(words: list[str]) -> dict[str, object]:
    """The options of a command line of Curbside; fails where it is not understood."""
    command = typer.main.get_command(app)
    with command.make_context("curbside", list(words)) as context:
        name, inner, rest = command.resolve_command(  # type: ignore[attr-defined]
            context, [*context._protected_args, *context.args]
        )
        with inner.make_context(name, rest, parent=context) as made:
            return dict(made.params)


def served_by_container() -> dict[str, object]:
    (entry,), (words,) = instructions("ENTRYPOINT"), instructions("CMD")
    assert json.loads(entry)[1:] == ["-m", "curbside"]
    return parsed(json.loads(words))


def served_by_unit() -> dict[str, object]:
    program, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert program == "/opt/curbside/bin/curbside"
    return parsed(words)


def test_what_the_container_copies_is_there_and_let_in() -> None:
    let_in = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = [
        word
        for line in instructions("COPY")
        if not line.startswith("--from")
        for word in line.split()[:-1]
    ]
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert Path(path).parts[0] in let_in, path


def test_the_container_serves_on_the_port_that_it_opens_and_asks_for_its_health() -> None:
    options = served_by_container()
    (port,), (health,) = instructions("EXPOSE"), instructions("HEALTHCHECK")
    assert options["port"] == int(port) == 8765
    assert (options["public"], options["log"], options["host"]) == (True, True, "0.0.0.0")
    assert f"127.0.0.1', {port}" in health


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_health_of_the_container_is_that_the_server_lives(tmp_path: Path) -> None:
    (health,) = instructions("HEALTHCHECK")
    _, code, program = json.loads(health.partition("CMD ")[2])
    assert code == "-c"

    def ask(port: int) -> int:
        asked = [sys.executable, "-c", program.replace("8765", str(port))]
        return subprocess.run(asked, capture_output=True, check=False).returncode

    with a_server(tmp_path) as server:
        server.wait_open()
        assert ask(server.port) == 0
        server.process.kill()
        server.process.wait()
        assert ask(server.port) == 1


def test_the_container_is_no_root_fetches_by_hash_and_needs_no_tools() -> None:
    (user,) = instructions("USER")
    assert user == "10001:10001"
    assert re.search(r"pip install [^\n]*--require-hashes -r /requirements\.lock", CONTAINER)
    assert len(re.findall(r"pip install", CONTAINER)) == 1
    assert not re.search(r"(?m)^[^#]*\b(curl|wget|apt|nvidia|cuda)\b", CONTAINER)


def test_every_package_has_a_hash_and_none_is_for_a_gpu() -> None:
    names = re.findall(r"(?m)^([a-z0-9][\w.-]*)==", LOCK)
    assert len(names) > 20
    for block in re.split(r"(?m)^(?=[a-z0-9])", LOCK)[1:]:
        assert "--hash=sha256:" in block, block
    assert [name for name in names if re.search("nvidia|cuda|torch|gpu", name)] == []


def test_the_package_runs_from_a_folder_where_pip_installed_nothing(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "src" / "curbside", tmp_path / "curbside", ignore=shutil.ignore_patterns("*.pyc")
    )
    code = (
        "import curbside.interfaces.cli as c; print(c.__file__); c.main(['library', '--home', 'h'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "curbside"))


def test_who_stops_the_server_waits_until_it_has_stopped() -> None:
    after = LEFT_S + CLOSES_AFTER_S
    stop_after = served_by_container()["stop_after"]
    assert isinstance(stop_after, int)
    assert stop_after + after <= DOCKER_WAITS_S
    stop_after = served_by_unit()["stop_after"]
    assert isinstance(stop_after, int)
    assert stop_after + after < int(unit()["Service"]["TimeoutStopSec"])


def test_the_unit_serves_loopback_and_holds_nothing_that_it_does_not_need() -> None:
    options, service = served_by_unit(), unit()["Service"]
    assert (options["host"], options["public"], options["log"]) == ("127.0.0.1", True, True)
    needed = {
        "User": "curbside",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "ProtectKernelTunables": "yes",
        "RestrictNamespaces": "yes",
        "RestrictSUIDSGID": "yes",
        "IPAddressDeny": "any",
        "StandardOutput": "null",
    }
    assert {key: service[key] for key in needed} == needed
    home = service["Environment"].removeprefix("CURBSIDE_HOME=")
    assert home == f"/var/lib/{service['StateDirectory']}"


def test_once_a_day_the_feeds_are_asked_and_what_was_approved_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, timer = unit(SYNC)["Service"], unit(TIMER)["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == ("daily", "yes")
    # the service of the same name is what a timer starts
    assert "Unit" not in timer
    monkeypatch.setenv("CURBSIDE_HOME", str(tmp_path))
    told = []
    for key in ("ExecStart", "ExecStopPost"):
        program, *words = shlex.split(service[key])
        assert program == "/opt/curbside/bin/curbside"
        told.append(CliRunner().invoke(app, words))
    assert [(each.exit_code, each.output.splitlines()[0]) for each in told] == [
        (0, "No feed is configured, so nothing was asked and nothing left this machine."),
        (0, "0 articles looked at, 0 touched"),
    ]


def test_what_asks_the_feeds_differs_from_the_server_in_that_it_reaches_the_network() -> None:
    server, sync = unit()["Service"], unit(SYNC)["Service"]
    of_network = {"IPAddressDeny", "IPAddressAllow"}
    of_serving = {"Type", "ExecStart", "StandardOutput", "StandardError", "Restart", "RestartSec"}
    of_asking = {"ExecStopPost", "EnvironmentFile", "TimeoutStartSec", "Nice"}
    differs = {key for key in {*server, *sync} if server.get(key) != sync.get(key)}
    assert differs == of_network | of_serving | of_asking | {"TimeoutStopSec"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name, text in (
        ("curbside.service", UNIT), ("curbside-sync.service", SYNC), ("curbside-sync.timer", TIMER)
    ):  # fmt: skip
        copy = text.replace("/opt/curbside/bin/curbside", sys.executable)
        (tmp_path / name).write_text(copy)
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_the_documents_name_of_deploy_is_there() -> None:
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    named = set(re.findall(r"deploy/[\w.-]+[\w]", text))
    assert named == {f"deploy/{each.name}" for each in (ROOT / "deploy").iterdir()}
    assert all((ROOT / name).is_file() for name in named)
    for line in re.findall(r"(?m)^sudo -u curbside (/opt/curbside/bin/curbside .*)$", text):
        _, *words = shlex.split(line)
        # groups of commands need their own commands too
        command = typer.main.get_command(app)
        for word in words[:2]:
            command = command.commands[word]  # type: ignore[attr-defined]
        command.make_context("curbside", words[2:])
