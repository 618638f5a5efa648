"""`curbside sync` says what it asks, what came of it, and how to go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.interfaces.cli import main
from feed_server import PubMed, Reply, articles, serving


def run(home: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `curbside sync`."""
    with pytest.raises(SystemExit) as left:
        main(["sync", "--home", str(home), *arguments])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


def configure(home: Path, text: str) -> None:
    (home / "curbside.toml").write_text(text, encoding="utf-8")


def test_without_a_feed_nothing_is_asked_and_it_says_how_to_configure_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(tmp_path, capsys=capsys)
    assert (code, err) == (0, "")
    assert out == (
        "No feed is configured, so nothing was asked and nothing left this machine.\n"
        f"Add a table to {tmp_path}/curbside.toml, for example\n\n"
        "[feeds.gout]\n"
        'kind = "pubmed-search"\n'
        'query = "gout AND allopurinol"\n'
        'email = "you@example.org"\n'
    )
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_prints_what_would_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xml").write_bytes(articles(1))
    configure(tmp_path, '[feeds.inbox]\nkind = "folder"\npath = "in"\n')
    assert run(tmp_path, "--dry-run", capsys=capsys) == (
        0,
        f"inbox:\n  {tmp_path}/in/a.xml\n",
        "",
    )
    assert not (tmp_path / "feeds").exists()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_run_says_what_came_and_a_failed_feed_gives_its_reason_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search = '[feeds.gout]\nkind = "pubmed-search"\nquery = "gout"\nemail = "me@example.org"\n'
    with serving(PubMed(1, 2)) as server:
        configure(tmp_path, f'{search}base_url = "{server.url}"\n')
        assert run(tmp_path, capsys=capsys) == (
            0,
            "gout: 2 added, 0 revised, 0 unchanged, 0 rejected\n",
            "",
        )
        server.respond = lambda _: Reply(status=403)
        code, out, err = run(tmp_path, "gout", capsys=capsys)
    assert (code, out) == (1, "gout: 0 added, 0 revised, 0 unchanged, 0 rejected\n")
    assert err.startswith(f"curbside: gout: GET {server.url}esearch.fcgi?db=pubmed&term=gout")
    assert err.endswith("the server answered 403 Forbidden\n")


def test_a_feed_that_is_not_configured_is_an_error_that_lists_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, '[feeds.inbox]\nkind = "folder"\npath = "in"\n')
    code, out, err = run(tmp_path, "inbx", capsys=capsys)
    assert (code, out, err) == (2, "", "curbside: unknown feed inbx; configured: inbox\n")


def test_a_dry_run_of_a_feed_that_is_not_there_fails_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(tmp_path, '[feeds.inbox]\nkind = "folder"\npath = "in"\n')
    code, out, err = run(tmp_path, "--dry-run", capsys=capsys)
    assert (code, out) == (1, "")
    assert err == f"curbside: {tmp_path}/in: expected a folder that exists\n"


def test_an_interrupted_run_says_that_the_next_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("curbside.wiring.feeds.sync", interrupted)
    configure(tmp_path, '[feeds.inbox]\nkind = "folder"\npath = "in"\n')
    code, out, err = run(tmp_path, capsys=capsys)
    assert (code, out) == (130, "")
    assert err == (
        "curbside: interrupted; what was fetched is kept, run the same command again to go on\n"
    )
