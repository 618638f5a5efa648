"""A watched folder gives what is new or changed, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from curbside.errors import FeedError
from curbside.ingest.feeds.feed import Cursor, WatchedFolder
from curbside.ingest.feeds.folders import folder_plan, folder_steps


def given(folder: Path, cursor: Cursor | None = None) -> tuple[list[str], Cursor]:
    """The names of the files that a run gives, and where it leaves the feed."""
    steps = list(folder_steps(WatchedFolder("in", folder), cursor or {}))
    names = [str(path.relative_to(folder)) for step in steps for path in step.paths]
    return names, steps[-1].cursor


def test_new_and_changed_files_are_given_once_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "c.xml").write_text("c")
    (tmp_path / "b" / "a.xml").write_text("a")
    (tmp_path / ".part").write_text("half")
    names, cursor = given(tmp_path)
    assert names == ["b/a.xml", "c.xml"]
    assert given(tmp_path, cursor) == ([], cursor)
    (tmp_path / "c.xml").write_text("changed")
    (tmp_path / "d.xml").write_text("d")
    names, cursor = given(tmp_path, cursor)
    assert names == ["c.xml", "d.xml"]
    assert given(tmp_path, cursor)[0] == []


def test_a_file_that_was_only_touched_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text("a")
    _, cursor = given(tmp_path)
    os.utime(file, ns=(1, 1))
    assert given(tmp_path, cursor)[0] == []


def test_a_change_of_the_same_size_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text("a")
    os.utime(file, ns=(1, 1))
    _, cursor = given(tmp_path)
    file.write_text("b")
    os.utime(file, ns=(2, 2))
    assert given(tmp_path, cursor)[0] == ["a.xml"]


def test_a_file_that_is_gone_is_forgotten_and_new_when_it_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text("a")
    _, cursor = given(tmp_path)
    file.unlink()
    assert given(tmp_path, cursor) == ([], {"files": {}})
    file.write_text("a")
    assert given(tmp_path, {"files": {}})[0] == ["a.xml"]


def test_a_run_that_was_cut_off_gives_only_the_rest(tmp_path: Path) -> None:
    for number in range(450):
        (tmp_path / f"{number:03}.txt").write_text(str(number))
    steps = list(folder_steps(WatchedFolder("in", tmp_path), {}))
    assert [len(step.paths) for step in steps] == [200, 200, 50]
    names, _ = given(tmp_path, steps[0].cursor)
    assert names == [f"{number:03}.txt" for number in range(200, 450)]


def test_the_plan_names_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("a")
    assert folder_plan(WatchedFolder("in", tmp_path), {}) == [str(tmp_path / "a.xml")]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="none: expected a folder that exists"):
        given(tmp_path / "none")
