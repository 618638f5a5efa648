"""Files inside files: gzip, zstd, tar and zip, in each other, with caps that no bomb gets past."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

import zstandard

from curbside.errors import SourceError
from curbside.ingest.rejected import Rejected

_HEAD: Final = 1 << 16
_ZSTD_STEP: Final = 1 << 10
"""Packed bytes at a time: a bomb unpacks them to some forty megabytes, not to all memory."""
_PACKED_MAX: Final = 4
"""How deep compression and archives may lie in each other."""
_FREE: Final = 64 << 20
"""Bytes that anything may unpack to; beyond them, at most `_RATIO` times what was packed."""
_RATIO: Final = 150
"""PubMed's files unpack to ten times their size, articles to seven times."""
_MEMBERS_MAX: Final = 500_000
_SPOOLED: Final = 16 << 20
_TAR_AT, _TAR = 257, b"ustar"
_PICTURES: Final = (".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".svg", ".webp")
_BROKEN: Final = (
    EOFError,
    zlib.error,
    zstandard.ZstdError,
    tarfile.TarError,
    zipfile.BadZipFile,
    OSError,
    # zipfile raises these two for what it cannot read: a password, another compression
    RuntimeError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file that is no longer packed: `head` is how it begins, `stream` all of it.

    `path` is the file as the person named it, with "!member" for each archive it lies in.
    """

    path: str
    head: bytes
    stream: BinaryIO

    def fault(self, error: Exception) -> Rejected:
        """Why it could not be read to its end, for an error that reading `stream` raised."""
        return _fault(self.path, error)


FAULTS: Final = (SourceError, *_BROKEN)
"""What reading the stream of a leaf may raise."""


def leaves(stream: BinaryIO, path: str, *, depth: int = 0) -> Iterator[Leaf | Rejected]:
    """Unpack a stream as far as it goes.

    Each leaf must be read, or let go, before the next is asked for. What cannot be unpacked
    becomes a Rejected with the reason, and the rest is unharmed where the packing allows it.
    """
    try:
        head, rest = _peek(stream)
        if depth > _PACKED_MAX:
            raise SourceError(path, expected=f"at most {_PACKED_MAX} layers of packing")
        if head.startswith(b"\x1f\x8b"):
            counted = _Counted(rest)
            unpacked = gzip.GzipFile(fileobj=cast(BinaryIO, counted))
            yield from leaves(
                _capped(cast(BinaryIO, unpacked), counted, path), path, depth=depth + 1
            )
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            counted = _Counted(rest)
            frames = cast(BinaryIO, io.BufferedReader(_Frames(cast(BinaryIO, counted))))
            yield from leaves(_capped(frames, counted, path), path, depth=depth + 1)
        elif head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            yield from _tar(rest, path, depth=depth + 1)
        elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            yield from _zip(rest, path, depth=depth + 1)
        else:
            yield Leaf(path, head, rest)
    except FAULTS as error:
        yield _fault(path, error)


def _fault(path: str, error: Exception) -> Rejected:
    if isinstance(error, SourceError):
        return Rejected(path, error.record, str(error))
    return Rejected(path, None, f"{path}: cannot be unpacked to the end: {error}")


def _tar(stream: BinaryIO, path: str, *, depth: int) -> Iterator[Leaf | Rejected]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            _count(number, path)
            # a streamed archive remembers every member it has passed
            archive.members = []  # type: ignore[attr-defined]  # typeshed does not tell of it
            name = f"{path}!{member.name}"
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None:
                yield from leaves(cast(BinaryIO, content), name, depth=depth)
            elif not member.isdir():
                yield Rejected(name, None, f"{name}: expected a plain file; found a link or device")


def _zip(stream: BinaryIO, path: str, *, depth: int) -> Iterator[Leaf | Rejected]:
    """Members in the order of the archive; pictures, which come with labels, are passed over."""
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as file:
        # the list of members stands at the end
        while data := stream.read(1 << 20):
            file.write(data)
        with zipfile.ZipFile(cast(BinaryIO, file)) as archive:
            for number, member in enumerate(archive.infolist()):
                _count(number, path)
                name = f"{path}!{member.filename}"
                if member.is_dir() or member.filename.lower().endswith(_PICTURES):
                    continue
                try:
                    with archive.open(member) as content:
                        packed = _Fixed(member.compress_size)
                        capped = _capped(cast(BinaryIO, content), packed, name)
                        yield from leaves(capped, name, depth=depth)
                except _BROKEN as error:
                    yield _fault(name, error)


def _count(number: int, path: str) -> None:
    if number >= _MEMBERS_MAX:
        raise SourceError(path, expected=f"an archive of at most {_MEMBERS_MAX:,} files")


def _peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still starts with them."""
    head = b""
    while len(head) < _HEAD and (more := stream.read(_HEAD - len(head))):
        head += more
    return head, cast(BinaryIO, io.BufferedReader(_Chained(head, stream), _HEAD))


def _capped(stream: BinaryIO, packed: _Counted | _Fixed, path: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Capped(stream, packed, path), _HEAD))


class _Fixed:
    """How many packed bytes there are, where that is known."""

    def __init__(self, total: int) -> None:
        self.total = total


class _Counted:
    """A stream that counts what was read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.total = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.total += len(data)
        return data


class _Capped(io.RawIOBase):
    """What a stream unpacks to, as long as that is in proportion to what was packed."""

    def __init__(self, stream: BinaryIO, packed: _Counted | _Fixed, path: str) -> None:
        self._stream = stream
        self._packed = packed
        self._path = path
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a narrower Buffer
        data = self._stream.read(len(buffer))
        self._total += len(data)
        if self._total > _FREE and self._total > _RATIO * max(1, self._packed.total):
            expected = f"packing that unpacks to at most {_RATIO} times its size"
            found = f"over {self._total >> 20} MiB out of {self._packed.total:,} bytes"
            raise SourceError(self._path, expected=expected, found=found)
        buffer[: len(data)] = data
        return len(data)


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
