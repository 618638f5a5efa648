"""PubMed's numbered files are taken in order, whole, and none is left out."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from curbside.errors import FeedError
from curbside.ingest.feeds.feed import Cursor, PubMedUpdates, Step
from curbside.ingest.feeds.fetch import Fetcher, Pace
from curbside.ingest.feeds.updates import updates_plan, updates_steps
from feed_server import Asked, Patience, Reply, articles, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def name(place: int) -> str:
    return f"pubmed{place // 100_000}n{place % 100_000:04}.xml.gz"


def packed(place: int) -> bytes:
    return gzip.compress(articles(place), mtime=0)


def checksum(place: int) -> bytes:
    return f"MD5({name(place)})= {hashlib.md5(packed(place)).hexdigest()}\n".encode()


def write(folder: Path, *places: int) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    for place in places:
        (folder / name(place)).write_bytes(packed(place))
        (folder / f"{name(place)}.md5").write_bytes(checksum(place))


def taken(
    feed: PubMedUpdates, cursor: Cursor | None = None, *, to: Path | None = None
) -> list[Step]:
    pace = Pace(Patience().clock)
    with closing(Fetcher(contact=None, interval_s=0, cache=None, pace=pace)) as fetcher:
        return list(updates_steps(feed, cursor or {}, folder=to or Path(), fetcher=fetcher))


def names(steps: list[Step]) -> list[str]:
    return [path.name for step in steps for path in step.paths]


def test_the_baseline_comes_before_the_updates_in_the_order_of_their_numbers(
    tmp_path: Path,
) -> None:
    write(tmp_path / "updatefiles", 2600003, 2600004)
    write(tmp_path / "baseline", 2600001, 2600002)
    steps = taken(PubMedUpdates("pubmed", tmp_path))
    assert names(steps) == [name(2600000 + number) for number in (1, 2, 3, 4)]
    assert steps[0] == Step(
        (tmp_path / "baseline" / name(2600001),),
        {"place": 2600001},
        f"1 of 4 files ({name(2600001)})",
        is_strict=True,
    )


def test_only_what_comes_after_the_last_one_is_taken(tmp_path: Path) -> None:
    write(tmp_path, 2600001, 2600002, 2600003)
    feed = PubMedUpdates("pubmed", tmp_path)
    assert names(taken(feed, {"place": 2600002})) == [name(2600003)]
    assert taken(feed, {"place": 2600003}) == [Step((), {"place": 2600003}, "no new file")]
    assert updates_plan(feed, {"place": 2600002}) == [str(tmp_path / name(2600003))]


def test_a_new_baseline_takes_the_place_of_the_year_before(tmp_path: Path) -> None:
    write(tmp_path, 2501301, 2501302, 2600001, 2600002)
    assert names(taken(PubMedUpdates("pubmed", tmp_path), {"place": 2501300})) == [
        name(2600001),
        name(2600002),
    ]


@pytest.mark.parametrize(
    ("there", "cursor", "expected", "found"),
    [
        ((2600001, 2600003), {}, 2600002, 2600003),
        ((2600002, 2600003), {}, 2600001, 2600002),
        ((2600001, 2600004), {"place": 2600002}, 2600003, 2600004),
        ((2601400, 2601401), {"place": 2501300}, 2501301, 2601400),
    ],
)
def test_a_number_that_is_missing_is_named_and_nothing_after_it_is_taken(
    there: tuple[int, ...], cursor: Cursor, expected: int, found: int, tmp_path: Path
) -> None:
    write(tmp_path, *there)
    with pytest.raises(FeedError, match=f"expected the file {name(expected)}.*{name(found)}"):
        taken(PubMedUpdates("pubmed", tmp_path), cursor)


def test_a_person_may_begin_with_a_later_number(tmp_path: Path) -> None:
    write(tmp_path, 2601400, 2601401)
    feed = PubMedUpdates("pubmed", tmp_path, start=1400)
    assert names(taken(feed)) == [name(2601400), name(2601401)]


def test_a_file_of_another_checksum_or_without_one_is_not_taken(tmp_path: Path) -> None:
    write(tmp_path, 2600001, 2600002)
    (tmp_path / name(2600001)).write_bytes(packed(2600001)[:-1])
    feed = PubMedUpdates("pubmed", tmp_path)
    with pytest.raises(FeedError, match=r"n0001.xml.gz: expected the MD5 checksum .* fetch it aga"):
        taken(feed)
    (tmp_path / f"{name(2600002)}.md5").unlink()
    with pytest.raises(FeedError, match=r"n0002.xml.gz.md5: expected the file"):
        taken(feed, {"place": 2600001})


class Mirror:
    """A server with a baseline and updates; counts what it is asked."""

    def __init__(self, *places: int) -> None:
        self.places = places
        self.damaged: set[int] = set()
        self.asked: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked.path)
        folder, _, file = asked.path.rpartition("/")
        here = [p for p in self.places if (p % 100_000 > 2) == folder.endswith("updatefiles")]
        if not file:
            links = (f'<a href="{name(p)}{end}">x</a>' for p in here for end in ("", ".md5"))
            return Reply(f"<html><pre>{' '.join(links)}</pre></html>".encode())
        place = next(p for p in here if file.startswith(name(p)))
        if file.endswith(".md5"):
            return Reply(checksum(place))
        data = packed(place)
        return Reply(data[:40], length=len(data)) if place in self.damaged else Reply(data)


def test_files_of_a_server_are_fetched_checked_and_kept(tmp_path: Path) -> None:
    mirror = Mirror(2600001, 2600002, 2600003)
    with serving(mirror) as server:
        feed = PubMedUpdates("pubmed", base_url=server.url)
        steps = taken(feed, to=tmp_path)
        mirror.asked.clear()
        again = taken(feed, to=tmp_path)
    assert names(steps) == [name(2600001), name(2600002), name(2600003)]
    assert [path.read_bytes() for step in steps for path in step.paths] == [
        packed(place) for place in mirror.places
    ]
    # only the listings: what lies there whole is not fetched again
    assert mirror.asked == ["/baseline/", "/updatefiles/"]
    assert again == steps


def test_a_file_that_never_comes_whole_stops_the_feed_before_it(tmp_path: Path) -> None:
    mirror = Mirror(2600001, 2600002, 2600003)
    mirror.damaged.add(2600002)
    with serving(mirror) as server:
        feed = PubMedUpdates("pubmed", base_url=server.url)
        with pytest.raises(FeedError, match=r"n0002.*given up after 5 attempts"):
            taken(feed, to=tmp_path)
        mirror.damaged.clear()
        mirror.asked.clear()
        assert names(taken(feed, {"place": 2600001}, to=tmp_path)) == [
            name(2600002),
            name(2600003),
        ]
    assert f"/baseline/{name(2600001)}" not in mirror.asked


def test_a_page_that_lists_nothing_is_no_listing() -> None:
    with (
        serving(lambda _: Reply(b"<html>Welcome</html>")) as server,
        pytest.raises(FeedError, match="expected a listing of PubMed's files, found none"),
    ):
        taken(PubMedUpdates("pubmed", base_url=server.url))


def test_the_plan_of_a_server_names_its_listings() -> None:
    assert updates_plan(PubMedUpdates("pubmed"), {"place": 2600007}) == [
        "GET https://ftp.ncbi.nlm.nih.gov/pubmed/baseline/",
        "GET https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/",
        "then every file after pubmed26n0007.xml.gz with its .md5, in order",
    ]
