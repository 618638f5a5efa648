"""`curbside config`, `backup` and `restore` as a person at a terminal meets them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from curbside.interfaces.cli import main
from desk_library import Staff, a_desk, a_page_of, approved, fill


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_config_prints_what_is_in_force_and_refuses_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "curbside.toml").write_text("[desk]\nreview_days = 90\n")
    assert run("config", "--home", str(tmp_path)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if line.startswith("desk.review_days")] == [
        ["desk.review_days", "90", "curbside.toml,", "line", "2"]
    ]
    (tmp_path / "curbside.toml").write_text("[desk]\nreview_day = 90\n")
    assert run("config", "--home", str(tmp_path)) == 2
    assert "unknown key review_day; known: disclosure_days, review_days, checkpoints" in (
        capsys.readouterr().err
    )


def test_a_library_goes_into_a_file_and_comes_back_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file, again = tmp_path / "home", tmp_path / "all.tar.zst", tmp_path / "again"
    home.mkdir()
    with closing(a_desk(home / "library.sqlite", home)) as desk:
        fill(desk.store, "Of 120 adults who stopped, 61 percent had a flare.")
        approved(desk, Staff(desk), a_page_of(desk.store, "pmid:1"))
        fingerprint = desk.store.fingerprint()
    assert run("backup", str(file), "--home", str(home)) == 0
    assert f"Fingerprint  {fingerprint}" in capsys.readouterr().out
    assert run("restore", str(file), "--home", str(again)) == 0
    told = capsys.readouterr()
    assert f"Fingerprint  {fingerprint}" in told.out
    assert "put trail/key.pem back from where it is kept" in told.err
    assert run("audit-log", "verify", "--home", str(again)) == 0
    assert run("restore", str(file), "--home", str(again)) == 2
    assert "say --replace to move what is there aside" in capsys.readouterr().err


def test_a_damaged_backup_gives_exit_status_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.tar.zst").write_bytes(b"no backup at all")
    assert run("restore", str(tmp_path / "bad.tar.zst"), "--home", str(tmp_path / "h")) == 3
    assert "it is no backup of Curbside, or was cut off or changed" in capsys.readouterr().err
