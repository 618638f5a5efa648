"""Files inside files: gzip, zstd, tar and zip, in each other, with caps that no bomb gets past."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
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
_FREE: Final = 4 << 20
"""Bytes that anything may unpack to; beyond them, at most `_RATIO` times what was packed."""
_RATIO: Final = 150
"""PubMed's files unpack to ten times their size, articles to seven times."""
_SILENT_MAX: Final = 1 << 18
"""Packed bytes that may come to nothing: a header or empty blocks, not a file."""
_MEMBERS_MAX: Final = 500_000
_DIRECTORY_MAX: Final = 8 << 20
"""Bytes of a zip's list of members, which is read as a whole; some 80,000 of them."""
_NAME_MAX: Final = 1 << 16
"""Bytes of a tar member's long name or other facts, which are read as a whole."""
_SPOOLED: Final = 16 << 20
_SPOOL_MAX: Final = 2 << 30
"""Bytes of a zip inside another file: it is put on the disk to be read."""
_TAR_AT, _TAR = 257, b"ustar"
_ZIP_TAIL: Final = (1 << 16) + 100
"""Bytes from the end of a zip in which its list of members is told of."""
_IN_PROPORTION: Final = f"packing that unpacks to at most {_RATIO} times its size"
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


def leaves(
    stream: BinaryIO, path: str, *, depth: int = 0, outer: _Capped | None = None
) -> Iterator[Leaf | Rejected]:
    """Unpack a stream as far as it goes.

    Each leaf must be read, or let go, before the next is asked for. What cannot be unpacked
    becomes a Rejected with the reason, and the rest is unharmed where the packing allows it.

    Args:
        stream: what may be packed.
        path: how rejections name it.
        depth: how many layers it lies in.
        outer: the innermost of them that unpacks.
    """
    try:
        head, rest = _peek(stream)
        if depth > _PACKED_MAX:
            raise SourceError(path, expected=f"at most {_PACKED_MAX} layers of packing")
        if head.startswith(b"\x1f\x8b"):
            counted = _Counted(rest, path)
            unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, counted)))
            yield from _unpacked(_Capped(unpacked, counted, path, outer), path, depth + 1)
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            counted = _Counted(rest, path)
            frames = cast(BinaryIO, io.BufferedReader(_Frames(cast(BinaryIO, counted))))
            yield from _unpacked(_Capped(frames, counted, path, outer), path, depth + 1)
        elif head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            yield from _tar(rest, path, depth=depth + 1, outer=outer)
        elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with _on_disk(stream, rest, path, depth) as file:
                yield from _zip(file, path, depth=depth + 1, outer=outer)
        else:
            yield Leaf(path, head, rest)
    except FAULTS as error:
        yield _fault(path, error)


def _fault(path: str, error: Exception) -> Rejected:
    if isinstance(error, SourceError):
        return Rejected(path, error.record, str(error))
    return Rejected(path, None, f"{path}: cannot be unpacked to the end: {error}")


def _unpacked(capped: _Capped, path: str, depth: int) -> Iterator[Leaf | Rejected]:
    stream = cast(BinaryIO, io.BufferedReader(capped, _HEAD))
    return leaves(stream, path, depth=depth, outer=capped)


class _HeaderError(SourceError):
    """A header that is refused; which archive it stands in is told where it is caught."""


class _Header(tarfile.TarInfo):
    """A header of a tar that is never passed over in silence.

    tarfile takes a damaged header for the end of the archive, and reads a long name of any
    length into memory.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            # the one that is no damage: a block of zeros, which ends an archive
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise
            raise _HeaderError("a tar", expected="the next header", found=str(error)) from error
        is_fact = header.type in (
            tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
        )  # fmt: skip
        if is_fact and header.size > _NAME_MAX:
            expected = f"a name and facts of at most {_NAME_MAX >> 10} KiB"
            raise _HeaderError("a tar", expected=expected, found=f"{header.size:,} bytes")
        return header


def _tar(
    stream: BinaryIO, path: str, *, depth: int, outer: _Capped | None
) -> Iterator[Leaf | Rejected]:
    is_empty = True
    for number, (member, content) in enumerate(_members(stream, path)):
        _count(number, path)
        is_empty = False
        name = f"{path}!{member.name}"
        if content is not None:
            yield from leaves(content, name, depth=depth, outer=outer)
        elif not member.isdir():
            yield Rejected(name, None, f"{name}: expected a plain file; found a link or device")
    if is_empty:
        raise SourceError(path, expected="an archive that holds a source", found="none")


def _members(stream: BinaryIO, path: str) -> Iterator[tuple[tarfile.TarInfo, BinaryIO | None]]:
    """The members of a tar with their content, None for what is no plain file."""
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
            while (member := archive.next()) is not None:
                # a streamed archive remembers every member it has passed
                archive.members = []  # type: ignore[attr-defined]  # typeshed does not tell of it
                is_plain = member.isreg() and not member.issparse()
                content = archive.extractfile(member) if is_plain else None
                yield member, cast(BinaryIO, content)
    except _HeaderError as error:
        raise SourceError(path, expected=error.expected, found=error.found) from error


@contextmanager
def _on_disk(stream: BinaryIO, rest: BinaryIO, path: str, depth: int) -> Iterator[BinaryIO]:
    """A zip that can be read from its end, where its list of members stands."""
    if depth == 0 and stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as file:
        while data := rest.read(1 << 20):
            file.write(data)
            if file.tell() > _SPOOL_MAX:
                expected = f"a zip of at most {_SPOOL_MAX >> 30} GiB inside another file"
                raise SourceError(path, expected=expected)
        yield cast(BinaryIO, file)


def _zip(
    file: BinaryIO, path: str, *, depth: int, outer: _Capped | None
) -> Iterator[Leaf | Rejected]:
    """Members in the order of the archive; pictures, which come with labels, are passed over."""
    size = file.seek(0, io.SEEK_END)
    _check_directory(file, size, path)
    unpacked, is_empty = 0, True
    with zipfile.ZipFile(file) as archive:
        if sum(member.compress_size for member in archive.infolist()) > size:
            # a list may name the same bytes again and again
            raise SourceError(path, expected="a zip whose files lie apart", found="some overlap")
        for number, member in enumerate(archive.infolist()):
            _count(number, path)
            name = f"{path}!{member.filename}"
            if member.is_dir() or member.filename.lower().endswith(_PICTURES):
                continue
            is_empty = False
            if unpacked > _FREE and unpacked > _RATIO * size:
                raise SourceError(path, expected=_IN_PROPORTION, found=f"{unpacked >> 20} MiB")
            try:
                with archive.open(member) as content:
                    packed = _Fixed(member.compress_size)
                    capped = _Capped(cast(BinaryIO, content), packed, name, outer)
                    yield from _unpacked(capped, name, depth)
                    unpacked += capped.total
            except _BROKEN as error:
                yield _fault(name, error)
    if is_empty:
        raise SourceError(path, expected="an archive that holds a source", found="none")


def _check_directory(file: BinaryIO, size: int, path: str) -> None:
    """Refuse a list of members that is too long, before zipfile reads it as a whole."""
    file.seek(max(0, size - _ZIP_TAIL))
    tail = file.read(_ZIP_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise SourceError(path, expected="a zip with its list of members", found="none at its end")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    large = at - 76
    if (
        large >= 0
        and tail[at - 20 : at - 16] == b"PK\x06\x07"
        and tail[large:].startswith(b"PK\x06\x06")
    ):
        (length,) = struct.unpack_from("<Q", tail, large + 40)
    if length > _DIRECTORY_MAX:
        expected = f"a list of members of at most {_DIRECTORY_MAX >> 20} MiB"
        raise SourceError(path, expected=expected, found=f"{length:,} bytes")


def _count(number: int, path: str) -> None:
    if number >= _MEMBERS_MAX:
        raise SourceError(path, expected=f"an archive of at most {_MEMBERS_MAX:,} files")


def _peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still starts with them."""
    head = b""
    while len(head) < _HEAD and (more := stream.read(_HEAD - len(head))):
        head += more
    return head, cast(BinaryIO, io.BufferedReader(_Chained(head, stream), _HEAD))


class _Fixed:
    """How many packed bytes there are, where that is known."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.silent = 0


class _Counted:
    """A stream that counts what was read of it, and since anything came of it (`silent`)."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        self._stream = stream
        self._path = path
        self.total = 0
        self.silent = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.total += len(data)
        self.silent += len(data)
        if self.silent > _SILENT_MAX:
            found = f"nothing in {self.silent >> 10} KiB"
            raise SourceError(self._path, expected="something that is packed", found=found)
        return data


class _Capped(io.RawIOBase):
    """What a stream unpacks to, as long as that is in proportion to what was packed.

    Layers count together: ten times inside ten times is a hundred times.
    """

    def __init__(
        self, stream: BinaryIO, packed: _Counted | _Fixed, path: str, outer: _Capped | None
    ) -> None:
        self._stream = stream
        self._packed = packed
        self._path = path
        self._outer = outer
        self.total = 0

    def readable(self) -> bool:
        return True

    def ratio(self) -> float:
        """How many bytes came of each byte of the outermost file so far; at least one."""
        above = self._outer.ratio() if self._outer else 1.0
        return above * max(1.0, self.total / max(1, self._packed.total))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a narrower Buffer
        data = self._stream.read(len(buffer))
        self.total += len(data)
        if data:
            self._packed.silent = 0
        if self.total > _FREE and self.ratio() > _RATIO:
            found = f"over {self.total >> 20} MiB out of {self._packed.total:,} bytes"
            raise SourceError(self._path, expected=_IN_PROPORTION, found=found)
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
