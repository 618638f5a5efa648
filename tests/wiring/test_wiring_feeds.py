"""`sync` takes what the feeds give, moves on once it is in, and goes on after any cut."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.ingest.feeds.feed import (
    EntrezAccess,
    Feed,
    PubMedSearch,
    PubMedUpdates,
    WatchedFolder,
)
from curbside.ingest.rejected import Rejected
from curbside.records import Standing, Status
from curbside.store import PutCounts
from curbside.wiring.config import Settings
from curbside.wiring.feeds import FeedReport, plan, sync
from curbside.wiring.library import AddProgress, AddReport, add_paths
from curbside.wiring.opened import open_library
from feed_server import Asked, Patience, PubMed, Reply, Server, articles, search_answer, serving

AT = "2026-03-10T08:00:00Z"
LATER = "2026-03-20T08:00:00Z"
local = pytest.mark.allow_hosts(["127.0.0.1"])


class Killed(BaseException):
    """The process ends here, as by a signal."""


@dataclass
class Shelf:
    """Keeps the paths that are added in place of a library; may end the process at one of them."""

    added: list[Path] = field(default_factory=list)
    rejects: str | None = None
    dies_at: int | None = None

    def __call__(
        self,
        home: Path,
        paths: Sequence[Path],
        *,
        at: str,
        progress: Callable[[AddProgress], None],
    ) -> AddReport:
        if self.dies_at is not None and len(self.added) >= self.dies_at:
            raise Killed
        self.added += paths
        bad = [Rejected(str(p), None, "bad") for p in paths if p.name == self.rejects]
        return AddReport(PutCounts(added=len(paths)), tuple(bad), 0, 0, 0)


def run(
    home: Path, *feeds: Feed, shelf: object = None, names: Sequence[str] = (), at: str = AT
) -> list[FeedReport]:
    return list(
        sync(
            Settings(home, feeds=feeds),
            names,
            at=at,
            environ={},
            progress=lambda _: None,
            clock=Patience().clock,
            add=shelf or Shelf(),  # type: ignore[arg-type]  # a fake keeps the protocol
        )
    )


def gout(server: Server, name: str = "gout") -> PubMedSearch:
    return PubMedSearch(name, "gout", EntrezAccess("me@example.org", base_url=server.url))


def cursor(home: Path, name: str) -> dict[str, object]:
    found = json.loads((home / "feeds" / name / "cursor.json").read_text())
    assert isinstance(found, dict)
    return found


@local
def test_what_a_feed_gives_is_in_the_library_and_the_second_run_adds_nothing(
    tmp_path: Path,
) -> None:
    retracted = articles(1, 2).replace(
        b"</Article></MedlineCitation>",
        b"</Article><CommentsCorrectionsList><CommentsCorrections RefType='RetractionIn'>"
        b"<PMID>9</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation>",
        1,
    )

    def respond(asked: Asked) -> Reply:
        is_search = asked.path.endswith("esearch.fcgi")
        return Reply(search_answer([1, 2]) if is_search else retracted)

    with serving(respond) as server:
        first = run(tmp_path, gout(server), shelf=add_paths)
        second = run(tmp_path, gout(server), shelf=add_paths, at=LATER)
    assert [(r.changed.added, r.rejected, r.error) for r in first] == [(2, (), None)]
    assert [(r.changed.added, r.changed.revised) for r in second] == [(0, 0)]
    found = open_library(Settings(tmp_path)).library.document("pmid:1")
    assert found is not None
    assert found[1] == Standing(Status.RETRACTED, ("pmid:9",), "2026-03-10")


@local
@pytest.mark.parametrize("dies_at", [0, 1, 10])
def test_a_process_that_is_killed_while_adding_loses_and_doubles_nothing(
    dies_at: int, tmp_path: Path
) -> None:
    pubmed = PubMed(*range(1, 2_401))
    shelf = Shelf(dies_at=dies_at)
    with serving(pubmed) as server:
        with pytest.raises(Killed):
            run(tmp_path, gout(server), shelf=shelf)
        shelf.dies_at = None
        (report,) = run(tmp_path, gout(server), shelf=shelf, at=LATER)
    assert report.error is None
    pages = list(range(0, 2_400, 200))
    assert sorted({path.name for path in shelf.added}) == [f"{page:07}.xml" for page in pages]
    # no page was asked for twice, the search was made once
    assert [ids[0] for ids in pubmed.fetched] == [page + 1 for page in pages]
    assert len(pubmed.searched) == 1
    assert cursor(tmp_path, "gout") == {"query": "gout", "to": "2026-03-10"}


@local
def test_a_server_that_fails_half_way_leaves_what_came_before_and_the_next_run_goes_on(
    tmp_path: Path,
) -> None:
    pubmed = PubMed(*range(1, 1_001))
    is_broken = True

    def respond(asked: Asked) -> Reply:
        if is_broken and len(pubmed.fetched) == 3:
            return Reply(b"<html>down</html>")
        return pubmed(asked)

    shelf = Shelf()
    with serving(respond) as server:
        (failed,) = run(tmp_path, gout(server), shelf=shelf)
        is_broken = False
        (report,) = run(tmp_path, gout(server), shelf=shelf, at=LATER)
    assert failed.changed.added == 3
    assert failed.error is not None
    assert "found a web page (HTML)" in failed.error
    assert report.error is None
    assert [path.name for path in shelf.added] == [
        f"{page:07}.xml" for page in range(0, 1_000, 200)
    ]
    assert [ids[0] for ids in pubmed.fetched] == [1, 201, 401, 601, 801]


@local
def test_a_feed_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xml").write_bytes(articles(1))
    with serving(lambda _: Reply(status=403)) as server:
        bad, good = run(tmp_path, gout(server), WatchedFolder("in", tmp_path / "in"))
    assert bad.error is not None
    assert (good.name, good.changed.added, good.error) == ("in", 1, None)


def test_only_the_feeds_that_are_named_are_asked(tmp_path: Path) -> None:
    feeds = [WatchedFolder(name, tmp_path / name) for name in "ab"]
    (tmp_path / "b").mkdir()
    assert [report.name for report in run(tmp_path, *feeds, names=["b"])] == ["b"]
    with pytest.raises(InputError, match="unknown feed c; configured: a, b"):
        run(tmp_path, *feeds, names=["c"])


def test_a_numbered_file_that_is_not_taken_stops_the_feed_before_it(tmp_path: Path) -> None:
    folder = tmp_path / "pubmed"
    folder.mkdir()
    for number in (1, 2):
        data = gzip.compress(articles(number))
        name = f"pubmed26n000{number}.xml.gz"
        (folder / name).write_bytes(data)
        (folder / f"{name}.md5").write_text(hashlib.md5(data).hexdigest())
    shelf = Shelf(rejects="pubmed26n0002.xml.gz")
    (report,) = run(tmp_path, PubMedUpdates("pubmed", folder), shelf=shelf)
    assert report.error is not None
    assert report.error.endswith("pubmed26n0002.xml.gz: not taken, so nothing after it: bad")
    assert not (tmp_path / "feeds" / "pubmed" / "cursor.json").exists()
    (report,) = run(tmp_path, PubMedUpdates("pubmed", folder))
    assert (report.changed.added, report.error) == (2, None)
    assert cursor(tmp_path, "pubmed") == {"place": 2600002}


def test_a_broken_cursor_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "feeds" / "in" / "cursor.json"
    file.parent.mkdir(parents=True)
    file.write_text("[")
    (report,) = run(tmp_path, WatchedFolder("in", tmp_path / "in"))
    assert report.error is not None
    assert report.error.startswith(f"{file}: expected where the feed stands, as JSON; found ")
    assert report.error.endswith("delete it to begin anew")


def test_a_plan_asks_nothing_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    access = EntrezAccess("me@example.org", api_key_env="KEY")
    settings = Settings(tmp_path, feeds=(PubMedSearch("gout", "gout", access),))
    ((name, lines),) = plan(settings, (), at=AT, environ={"KEY": "SECRET"})
    assert name == "gout"
    assert lines[0].endswith("&email=me%40example.org&api_key=***")
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_not_set_is_an_error(tmp_path: Path) -> None:
    access = EntrezAccess("me@example.org", api_key_env="KEY")
    with pytest.raises(InputError, match="feed gout, api_key_env: KEY is not set"):
        run(tmp_path, PubMedSearch("gout", "gout", access))


def test_asking_and_adding_load_nothing_that_reaches_for_the_network() -> None:
    code = (
        "import sys, curbside.interfaces.cli, curbside.pipeline, curbside.wiring.engine,"
        " curbside.wiring.library, curbside.wiring.maintenance, curbside.ingest.read;"
        "print([m for m in ('httpx2', 'httpcore2', 'urllib.request', 'http.client')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
