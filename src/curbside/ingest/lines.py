"""Text from strangers, line by line: in UTF-8, of lines that end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from curbside.errors import SourceError

_LINE_MAX: Final = 1 << 20


def text_lines(stream: BinaryIO, *, path: str) -> Iterator[tuple[int, str]]:
    """Number, from 1, and text of every line, without its end and without a byte order mark.

    Raises SourceError for a line over 1 MiB, one that is no UTF-8, and one with a NUL, which is
    no text; lines yielded before stay valid.
    """
    number = 0
    while raw := stream.readline(_LINE_MAX):
        number += 1
        where = f"line {number}"
        if len(raw) == _LINE_MAX:
            expected = f"lines under {_LINE_MAX >> 20} MiB"
            raise SourceError(path, record=where, expected=expected)
        if b"\0" in raw:
            raise SourceError(path, record=where, expected="text", found="a NUL character")
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise SourceError(path, record=where, expected="UTF-8", found=str(error)) from error
