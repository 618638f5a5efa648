"""A file, an archive or a folder -> documents; each is read by what it holds, not by its name."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import zstandard

from curbside.errors import SourceError
from curbside.ingest.jats import ROOTS as JATS_ROOTS
from curbside.ingest.jats import read_jats_set
from curbside.ingest.json_lines import read_json_lines
from curbside.ingest.pubmed import ROOTS as PUBMED_ROOTS
from curbside.ingest.pubmed import read_pubmed
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import root_of, shorten
from curbside.records import Document, Withdrawal

__all__ = ["Rejected", "read_path"]

_Record = Document | Withdrawal | Rejected
_Reader = Callable[[BinaryIO, str, str | None], Iterator[_Record]]

_EXPECTED: Final = "a PubMed XML, JATS or digest JSON-lines file"
_HEAD: Final = 1 << 16
_ZSTD_STEP: Final = 1 << 10
"""Packed bytes at a time: a bomb unpacks them to some forty megabytes, not to all memory."""
_PACKED_MAX: Final = 4
"""How deep compression and archives may lie in each other."""
_TAR_AT, _TAR = 257, b"ustar"
_ENTREZ = re.compile(r"e(?:Search|Summary|Link|Post|Info|Spell|CitMatch)\w*|ERROR", re.IGNORECASE)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html|head|body)\b", re.I | re.S)
_BROKEN: Final = (EOFError, zlib.error, zstandard.ZstdError, tarfile.TarError, OSError)


def read_path(path: Path, *, retrieved_at: str | None) -> Iterator[_Record]:
    """Read every document under a path: a file, an archive (tar, also packed) or a folder.

    Files of a folder come in the order of their names, subfolders included, names that start
    with a dot excluded; files of an archive in its own order. gzip and zstd are unpacked.

    Args:
        path: what the person named.
        retrieved_at: ISO date the documents carry.

    Yields:
        Documents, and a Rejected for every file and record that is none, with the reason; a
        broken one leaves the rest alone. Nothing at all for an empty folder.
    """
    for file in files_of(path):
        yield from _read_file(file, retrieved_at)


def files_of(path: Path) -> Iterator[Path]:
    """The files that `read_path` reads under a path, in its order; the path itself if it is one."""
    if not path.is_dir():
        yield path
        return
    # names are compared by code point, so that every machine reads in the same order
    for item in sorted(path.iterdir(), key=lambda each: each.name):
        if item.name.startswith("."):
            continue
        # a link to a folder may lead back here
        if item.is_dir() and item.is_symlink():
            yield item
        else:
            yield from files_of(item)


def _read_file(path: Path, retrieved_at: str | None) -> Iterator[_Record]:
    try:
        with path.open("rb") as stream:
            yield from _read(stream, str(path), retrieved_at, depth=0)
    except OSError as error:
        yield Rejected(str(path), None, f"cannot be read: {error.strerror or error}")


def _read(
    stream: BinaryIO, path: str, retrieved_at: str | None, *, depth: int
) -> Iterator[_Record]:
    """Read one stream; what is wrong with the whole of it becomes one Rejected."""
    try:
        head, rest = _peek(stream)
        if depth > _PACKED_MAX:
            raise SourceError(path, expected=f"at most {_PACKED_MAX} layers of packing")
        if head.startswith(b"\x1f\x8b"):
            unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=rest))
            yield from _read(unpacked, path, retrieved_at, depth=depth + 1)
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            frames = cast(BinaryIO, io.BufferedReader(_Frames(rest)))
            yield from _read(frames, path, retrieved_at, depth=depth + 1)
        elif head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            yield from _read_archive(rest, path, retrieved_at, depth=depth + 1)
        else:
            yield from _reader_of(head, path)(rest, path, retrieved_at)
    except SourceError as error:
        yield Rejected(path, error.record, str(error))
    except _BROKEN as error:
        yield Rejected(path, None, f"{path}: cannot be unpacked to the end: {error}")


def _read_archive(
    stream: BinaryIO, path: str, retrieved_at: str | None, *, depth: int
) -> Iterator[_Record]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            name = f"{path}!{member.name}"
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None:
                yield from _read(cast(BinaryIO, content), name, retrieved_at, depth=depth)
            elif not member.isdir():
                yield Rejected(name, None, f"{name}: expected a plain file; found a link or device")


def _peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still starts with them."""
    head = b""
    while len(head) < _HEAD and (more := stream.read(_HEAD - len(head))):
        head += more
    return head, cast(BinaryIO, io.BufferedReader(_Chained(head, stream), _HEAD))


class _Chained(io.RawIOBase):
    """Bytes already read, then the stream they came from."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a narrower Buffer
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        data = data or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Frames(io.RawIOBase):
    """The content of zstd frames; zstandard's own reader takes a cut-off frame for the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_inside = False
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a narrower Buffer
        while not self._held:
            packed = self._frame.unused_data or self._stream.read(_ZSTD_STEP)
            if not packed:
                if self._is_inside:
                    raise EOFError("the last zstd frame is cut off")
                return 0
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._held = self._frame.decompress(packed)
            self._is_inside = not self._frame.eof
        data, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _reader_of(head: bytes, path: str) -> _Reader:
    """The reader for what begins so; SourceError where there is none, saying what it is."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(path, expected=f"{_EXPECTED} in UTF-8", found="UTF-16")
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip().startswith(b"{"):
        return _read_json_lines
    if _HTML.match(text):
        raise SourceError(path, expected=_EXPECTED, found="an HTML page, perhaps of an error")
    root = root_of(text)
    local = (root or "").rpartition(":")[2]
    if local in PUBMED_ROOTS:
        return _read_pubmed
    if local in JATS_ROOTS:
        return _read_jats
    if root and _ENTREZ.fullmatch(root):
        found = f"an Entrez answer <{root}>, which holds no article; fetch the records with efetch"
        raise SourceError(path, expected=_EXPECTED, found=found)
    raise SourceError(path, expected=_EXPECTED, found=_looks_like(text, root))


def _looks_like(text: bytes, root: str | None) -> str:
    if root:
        return f"XML with the root <{root}>"
    if not text.strip():
        return "an empty file"
    if re.match(rb"\s*PMID- ", text):
        return "MEDLINE text; save the records as PubMed XML"
    if text.startswith(b"%PDF"):
        return "a PDF"
    if text.startswith(b"PK\x03\x04"):
        return "a zip archive; unpack it first"
    return shorten(ascii(text[:60].decode("utf-8", "replace")))


def _read_pubmed(stream: BinaryIO, path: str, retrieved_at: str | None) -> Iterator[_Record]:
    yield from read_pubmed(stream, path=path, retrieved_at=retrieved_at)


def _read_jats(stream: BinaryIO, path: str, retrieved_at: str | None) -> Iterator[_Record]:
    yield from read_jats_set(stream, path=path, retrieved_at=retrieved_at)


def _read_json_lines(stream: BinaryIO, path: str, retrieved_at: str | None) -> Iterator[_Record]:
    yield from read_json_lines(stream, path=path, retrieved_at=retrieved_at)
