"""The numbered files that PubMed distributes: baseline and updates, packed, with checksums."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from isal import igzip, isal_zlib

from curbside.errors import SourceError
from curbside.ingest.pubmed import RECORDS, ROOTS, read_record
from curbside.ingest.rejected import Rejected
from curbside.ingest.split import RawRecord, split_records
from curbside.ingest.xml import root_of
from curbside.records import Document, Withdrawal

_NAME: Final = re.compile(r"pubmed(\d\d)n(\d{4,5})\.xml(?:\.gz)?", re.IGNORECASE)
_MD5: Final = re.compile(r"\b([0-9a-f]{32})\b", re.IGNORECASE)
_GZIP: Final = b"\x1f\x8b"
_HEAD: Final = 1 << 16
_CHUNK: Final = 1 << 20
_CHUNK_RECORDS: Final = 400


@dataclass(frozen=True, slots=True)
class PubMedFile:
    """A file of PubMed XML. `place` orders the numbered ones of all years, the baseline of a year
    before its updates; None for a file of another name. `digest` is the sha256 of its bytes."""

    path: Path
    place: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of a file, not yet read; any process can read them."""

    path: str
    retrieved_at: str | None
    records: tuple[RawRecord, ...]


def place_of(path: Path) -> int | None:
    """The place of a numbered file by its name ("pubmed26n0012.xml.gz"); None for any other.

    >>> place_of(Path("pubmed25n1274.xml.gz")), place_of(Path("pubmed26n0001.xml.gz"))
    (2501274, 2600001)
    """
    found = _NAME.fullmatch(path.name)
    return int(found[1]) * 100_000 + int(found[2]) if found else None


def is_checksum(path: Path) -> bool:
    """Whether a file is the checksum of the numbered file beside it, and no source itself."""
    name = path.name.removesuffix(".md5")
    return name != path.name and place_of(path.with_name(name)) is not None


def pubmed_file(path: Path) -> PubMedFile | None:
    """What PubMed XML file lies at a path; None where there is none.

    Raises:
        SourceError: its checksum beside it is another: it was not received whole.
        OSError: it cannot be read.
    """
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        if not _is_pubmed(stream):
            return None
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        _check_md5(path, stream)
    return PubMedFile(path, place_of(path), digest)


def chunks(file: PubMedFile, *, retrieved_at: str | None) -> Iterator[tuple[Chunk, float]]:
    """Cut a file at its records, a megabyte at a time, each with the share of the file behind it.

    Raises:
        SourceError: as `read_pubmed`, or the packing is broken or cut off.
    """
    path = str(file.path)
    size = file.path.stat().st_size or 1
    with file.path.open("rb") as raw:
        records: list[RawRecord] = []
        held = 0
        for record in split_records(
            cast(BinaryIO, _Whole(_unpacked(raw), path)), path=path, roots=ROOTS, records=RECORDS
        ):
            records.append(record)
            held += len(record.data)
            if held >= _CHUNK or len(records) >= _CHUNK_RECORDS:
                yield Chunk(path, retrieved_at, tuple(records)), min(1.0, raw.tell() / size)
                records, held = [], 0
        if records:
            yield Chunk(path, retrieved_at, tuple(records)), 1.0


def read_chunk(chunk: Chunk) -> Sequence[Document | Withdrawal | Rejected]:
    """What `read_pubmed` gives for the records of a chunk."""
    return [
        each
        for record in chunk.records
        for each in read_record(record, path=chunk.path, retrieved_at=chunk.retrieved_at)
    ]


class _Whole:
    """A packed stream of which a fault is a SourceError that says so."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        self._stream = stream
        self._path = path

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except (EOFError, igzip.BadGzipFile, isal_zlib.error) as error:  # type: ignore[misc]  # no hints
            raise SourceError(
                self._path, expected="a gzip file that can be unpacked to its end", found=str(error)
            ) from error


def _is_pubmed(stream: IO[bytes]) -> bool:
    stream.seek(0)
    try:
        head = _unpacked(stream).read(_HEAD)
    except (EOFError, OSError, isal_zlib.error):  # type: ignore[misc]  # no hints there
        return False
    return root_of(head.removeprefix(b"\xef\xbb\xbf")) in ROOTS


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    head = stream.read(len(_GZIP))
    stream.seek(0)
    if head != _GZIP:
        return stream
    # a third of the time that zlib takes
    packed = igzip.IGzipFile(fileobj=stream)  # type: ignore[no-untyped-call]  # no hints there
    return cast(IO[bytes], packed)


def _check_md5(path: Path, stream: BufferedReader) -> None:
    beside = path.with_name(f"{path.name}.md5")
    if not beside.is_file():
        return
    said = _MD5.search(beside.read_text("ascii", "replace"))
    if said is None:
        raise SourceError(str(beside), expected="an MD5 checksum of 32 hex digits")
    stream.seek(0)
    found = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != said[1].lower():
        raise SourceError(
            str(path),
            expected=f"the MD5 checksum that {beside.name} names, {said[1].lower()}",
            found=f"{found}; the file was not received whole, fetch it again",
        )
