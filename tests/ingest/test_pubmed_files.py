"""PubMed's numbered files: their order, their checksums, their packing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from curbside.errors import SourceError
from curbside.ingest.pubmed_files import (
    PubMedFile,
    chunks,
    is_checksum,
    place_of,
    pubmed_file,
    read_chunk,
)
from curbside.ingest.read import read_path
from evals.pubmed_files import write_pubmed_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "pubmed26n0007.xml.gz"
    write_pubmed_file(made, range(1, 31), seed=1, deleted=(5, 6))
    return made


def whole(path: Path) -> PubMedFile:
    file = pubmed_file(path)
    assert file is not None
    return file


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("pubmed26n0007.xml.gz", 2_600_007),
        ("pubmed26n1274.xml", 2_601_274),
        ("pubmed26n12345.xml.gz", 2_612_345),
        ("pubmed26n0007.xml.gz.md5", None),
        ("my-pubmed26n0007.xml.gz", None),
    ],
)
def test_a_number_is_a_place_and_the_next_year_comes_after(name: str, place: int | None) -> None:
    assert place_of(Path(name)) == place


def test_a_checksum_beside_its_file_is_no_source() -> None:
    assert is_checksum(Path("pubmed26n0007.xml.gz.md5"))
    assert not is_checksum(Path("notes.md5"))


def test_a_file_cut_at_its_records_gives_what_it_gives_as_a_whole(path: Path) -> None:
    pieces = list(chunks(whole(path), retrieved_at="2026-01-02"))
    assert [share for _, share in pieces][-1] == 1.0
    found = [each for chunk, _ in pieces for each in read_chunk(chunk)]
    assert found == list(read_path(path, retrieved_at="2026-01-02"))
    assert len(found) == 32


def test_a_file_whose_checksum_is_another_is_refused(path: Path) -> None:
    beside = path.with_name(f"{path.name}.md5")
    beside.write_text(f"MD5({path.name})= {'0' * 32}\n")
    with pytest.raises(SourceError, match="the file was not received whole, fetch it again"):
        pubmed_file(path)
    beside.write_text("nothing")
    with pytest.raises(SourceError, match="expected an MD5 checksum of 32 hex digits"):
        pubmed_file(path)
    beside.unlink()
    assert whole(path).place == 2_600_007


def test_a_file_that_is_cut_off_says_so(path: Path) -> None:
    path.with_name(f"{path.name}.md5").unlink()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match="a gzip file that can be unpacked to its end"):
        list(chunks(whole(path), retrieved_at=None))


def test_what_is_no_pubmed_file_is_left_to_other_readers(tmp_path: Path) -> None:
    other = tmp_path / "a.xml.gz"
    other.write_bytes(gzip.compress(b"<article/>"))
    assert pubmed_file(other) is None
    other.write_bytes(b"\x1f\x8bnothing")
    assert pubmed_file(other) is None
    assert pubmed_file(tmp_path) is None
