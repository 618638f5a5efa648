"""A file of many XML records, cut at its records, so that a broken one leaves the rest alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

from curbside.errors import SourceError
from curbside.ingest.xml import after_markup, root_of, shorten

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 256
"""Bytes searched again when more is read; longer than any tag that is looked for."""
_RECORD_MAX: Final = 16 << 20
"""Bytes. The largest PubMed records have some hundred kilobytes."""
_ENCODING = re.compile(rb"\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']+)")
_ASCII_ALIKE: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class RawRecord(NamedTuple):
    """One record as it stands in the file; `name` is "record 3", counted from 1.

    `tag` is None for what stands between records and is none: `name` says after which.
    """

    tag: str | None
    name: str
    data: bytes


def split_records(
    stream: BinaryIO, *, path: str, roots: frozenset[str], records: Sequence[str]
) -> Iterator[RawRecord]:
    """Cut a file into its records, holding one at a time.

    A record without an end is cut where the next one begins; nothing is left out.

    Args:
        stream: UTF-8 XML, uncompressed.
        path: how errors name the file.
        roots: the root elements that are expected; a root may be a record itself.
        records: element names of the records, none of which holds another.

    Raises:
        SourceError: another root or encoding, a declared entity, a record over 16 MiB, no end of
            the root: the file is cut off.
    """
    window = _Window(stream, path)
    root = _enter(window, path, roots, records)
    tags = {name.encode(): (name, f"<{name}".encode(), f"</{name}>".encode()) for name in records}
    opening = rb"<(" + b"|".join(tags) + rb")[\s/>]"
    root_end = rb"</" + root.encode() + rb"\s*>"
    is_single = root in records
    next_one = re.compile(opening if is_single else opening + b"|" + root_end)
    number = 0
    while (found := window.find(next_one, 0, "the next record")) is not None:
        between = window.take(window.offset(found.start()))
        # nearly always white space, which is told apart at once
        if not (between.isspace() or not between[after_markup(between) :]):
            yield RawRecord(None, _after(number), between)
        if found[0].startswith(b"</"):
            window.take(len(found[0]))
            break
        number += 1
        name = f"record {number}"
        tag, start_tag, end_tag = tags[found[1]]
        if (whole := window.take_element(start_tag, end_tag)) is not None:
            yield RawRecord(tag, name, whole)
            continue
        end = re.compile(rb"</" + tag.encode() + rb"\s*>|" + next_one.pattern)
        stop = window.find(end, len(found[0]) - 1, name)
        if stop is None:
            yield RawRecord(tag, name, window.take_all(name))
        else:
            is_end = stop[0].startswith(b"</" + tag.encode())
            last = stop.end() if is_end else stop.start()
            yield RawRecord(tag, name, window.take(window.offset(last)))
    else:
        if not is_single:
            raise SourceError(
                path, record=_after(number), expected=f"</{root}>", found="the end of the file"
            )
    rest = window.take_all(_after(number))
    if rest[after_markup(rest) :]:
        yield RawRecord(None, _after(number), rest)


def _after(number: int) -> str:
    return f"after record {number}" if number else "before the first record"


def _enter(window: _Window, path: str, roots: frozenset[str], records: Sequence[str]) -> str:
    """Read up to the records: the name of the root, whose start tag is taken unless it is one."""
    head = window.peek()
    encoding = _ENCODING.match(head)
    if encoding and encoding[1].lower() not in _ASCII_ALIKE:
        found = encoding[1].decode("ascii", "replace")
        raise SourceError(path, expected="XML in UTF-8", found=found)
    at = after_markup(head)
    root = root_of(head)
    if root not in roots:
        expected = f"one of {', '.join(f'<{name}>' for name in sorted(roots))}"
        found = f"<{root}>" if root else shorten(head[at : at + 200].decode("utf-8", "replace"))
        raise SourceError(path, expected=expected, found=found or "an empty file")
    if b"<!ENTITY" in head[:at]:
        # an entity that is not read silently loses the text it stands for
        raise SourceError(path, expected="XML that declares no entity", found="<!ENTITY …>")
    window.take(at if root in records else head.index(b">", at) + 1)
    return root


class _Window:
    """The bytes between what was taken and what was read so far."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        self._stream = stream
        self._path = path
        self._held = b""
        self._at = 0  # before it, everything was taken

    def peek(self) -> bytes:
        """The first bytes of the file, byte order mark aside."""
        while len(self._held) < _CHUNK and self._read_on():
            pass
        self._held = self._held.removeprefix(_BYTE_ORDER_MARK)
        return self._held

    def find(self, pattern: re.Pattern[bytes], start: int, where: str) -> re.Match[bytes] | None:
        """The next match from `start` bytes after what was taken; None at the end of the file.

        The positions of the match are not those of `take`: see `offset`.
        """
        while (found := pattern.search(self._held, self._at + start)) is None:
            start = max(start, self._left() - _OVERLAP)
            self._check(where, "a record of at most")
            if not self._read_on():
                return None
        return found

    def offset(self, position: int) -> int:
        """A position of a match as the number of bytes to `take` up to it."""
        return position - self._at

    def take(self, length: int) -> bytes:
        """Remove and return the next `length` bytes."""
        start = self._at
        self._at += length
        return self._held[start : self._at]

    def take_element(self, start_tag: bytes, end_tag: bytes) -> bytes | None:
        """Remove and return the element that begins here; None unless its end was read and no
        other of its kind begins before it."""
        end = self._held.find(end_tag, self._at)
        if end < 0 or self._held.find(start_tag, self._at + 1, end) >= 0:
            return None
        return self.take(end + len(end_tag) - self._at)

    def take_all(self, where: str) -> bytes:
        """Remove and return what is left of the file, which must not be large."""
        while self._read_on():
            self._check(where, "up to the end of the file at most")
        return self.take(self._left())

    def _check(self, where: str, expected: str) -> None:
        if self._left() > _RECORD_MAX:
            limit = f"{expected} {_RECORD_MAX >> 20} MiB"
            raise SourceError(self._path, record=where, expected=limit)

    def _left(self) -> int:
        return len(self._held) - self._at

    def _read_on(self) -> bool:
        # what was taken is let go of here, and not at every record: that would copy the rest
        more = self._stream.read(_CHUNK)
        self._held = self._held[self._at :] + more
        self._at = 0
        return bool(more)
