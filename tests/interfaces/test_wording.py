"""`ask --generator`: what leaves is shown before, what comes back once it is checked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from builders import a_claim
from curbside.interfaces.cli import main
from curbside.interfaces.wording import teller
from founding import QUESTION as FOUNDING
from model_server import ModelServer, drafts_as_text, serving_model, writing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUESTION = "How should patients be monitored after stopping azathioprine?"
# a page of a topic: with so long a number beside it another question finds nothing
PERSONAL = f"{FOUNDING} 078-05-1120"
NOTHING = writing(drafts_as_text())


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def a_home(folder: Path, server: ModelServer) -> str:
    text = f'[generator]\nurl = "{server.url}"\nmodel = "m"\ntimeout_s = 20\napi_key_env = "K"\n'
    (folder / "curbside.toml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K", "sk-secret")


def test_the_host_what_is_sent_and_the_screen_are_told_before_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving_model(NOTHING) as server:
        home = a_home(tmp_path, server)
        assert run("ask", QUESTION, "--generator", "--format", "json", "--home", home) == 0
    (asked,) = server.asked
    host = server.url.split("/")[2]
    passages = json.loads(asked.body["messages"][1]["content"])["passages"]
    out, err = capsys.readouterr()
    announced, account = err.splitlines()
    size = int(asked.headers["content-length"])
    assert announced == (
        f"curbside: giving the question and {len(passages)} passages ({size:,} bytes) to {host};"
        " the screen for personal data found none in it, and does not know bare names; --dry-run"
        " shows them"
    )
    said = (
        f"0 sentences worded by m at {host}, checked against the passages. All other sentences are"
        " those of the page without it"
    )
    assert account == f"curbside: {said}"
    assert json.loads(out)["provenance"]["options"]["wording"] == said
    assert "sk-secret" not in out + err


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    with serving_model(NOTHING) as server:
        home = a_home(tmp_path, server)
        assert run("ask", QUESTION, "--generator", "--dry-run", "--home", home) == 0
        shown, _ = capsysbinary.readouterr()
        assert server.asked == []
        assert run("ask", QUESTION, "--generator", "--home", home) == 0
    head, _, body = shown.decode().partition("\n\n")
    assert head == (
        f"POST {server.url}/chat/completions\nContent-Type: application/json\n"
        "Authorization: Bearer ***"
    )
    assert json.loads(body) == server.asked[0].body


def test_a_dry_run_of_a_follow_up_shows_the_follow_up(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    page = tmp_path / "page.json"
    with serving_model(NOTHING) as server:
        home = a_home(tmp_path, server)
        assert run("ask", QUESTION, "-o", str(page), "--home", home) == 0
        followed = ("ask", "And in children?", "--follow", str(page), "--generator")
        assert run(*followed, "--dry-run", "--home", home) == 0
        shown = capsysbinary.readouterr().out.decode()
        assert run(*followed, "--home", home) == 0
    assert json.loads(shown.partition("\n\n")[2]) == server.asked[0].body


def test_personal_data_is_not_sent_and_the_person_is_told_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving_model(NOTHING) as server:
        home = a_home(tmp_path, server)
        assert run("ask", PERSONAL, "--generator", "--format", "json", "--home", home) == 0
        assert server.asked == []
        out, err = capsys.readouterr()
        assert err.splitlines()[0] == (
            "curbside: nothing was sent, as the question holds what looks like personal data: a"
            " number in the form of a social security number ('078-05-1120'); ask again without"
            " it, or with --send-personal if the model may be given it"
        )
        page = json.loads(out)
        assert page["claims"]
        assert page["provenance"]["options"]["wording"].startswith(
            f"The language model m at {server.url.split('/')[2]} took no part: nothing was sent,"
            " as the question holds what looks like personal data (a number in the form of a social"
            " security number)."
        )
        allowed = ("ask", PERSONAL, "--generator", "--send-personal", "--home", home)
        assert run(*allowed) == 0
        assert len(server.asked) == 1


@pytest.mark.parametrize("option", ["--dry-run", "--send-personal"])
def test_an_option_of_the_generator_alone_is_refused(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", QUESTION, option) == 2
    assert capsys.readouterr().err == (
        f"curbside: {option} is about what --generator would send; give both\n"
    )


def test_without_a_model_in_the_settings_the_way_to_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", QUESTION, "--generator", "--home", str(tmp_path)) == 2
    assert "put a table [generator] with url and model, or path" in capsys.readouterr().err


def test_checked_sentences_are_shown_only_where_a_person_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    teller()(a_claim(text="Relapse\x1b[31m occurred."))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    teller()(a_claim(text="Relapse\x1b[31m occurred."))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("checked: Relapse")
    assert "\x1b" not in err
