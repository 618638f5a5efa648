"""What was made for one reader and is handed to the next, by what it depends on."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

_SMALLEST: Final = 1_000
"""Bytes under which packing saves nothing."""


@dataclass(frozen=True, slots=True)
class Made:
    """A body with the headers that describe it. `packed` is the same with gzip, where smaller."""

    body: bytes
    packed: bytes | None
    media_type: str
    etag: str
    made_at: str
    file_name: str | None = None

    @property
    def size(self) -> int:
        """Bytes that keeping it takes."""
        return len(self.body) + len(self.packed or b"")


def made(body: bytes, media_type: str, *, made_at: str, file_name: str | None = None) -> Made:
    """A body, packed once. `made_at` is an ISO 8601 time; the same bytes give the same etag."""
    is_text = media_type.startswith("text/") or "json" in media_type
    # mtime, as the same bytes would else differ by the second
    packed = gzip.compress(body, 6, mtime=0) if is_text and len(body) > _SMALLEST else None
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    return Made(body, packed, media_type, etag, made_at, file_name)


class Shelf:
    """Keeps what was made, what was used last, up to `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, ...], Made] = OrderedDict()
        self._size = 0

    def get(self, key: tuple[str, ...]) -> Made | None:
        """What was put under a key, if it is still here."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: tuple[str, ...], item: Made) -> None:
        """Keep one thing more; what was not used for longest goes."""
        if item.size > self._most:
            return
        before = self._held.pop(key, None)
        self._size += item.size - (before.size if before else 0)
        self._held[key] = item
        while self._size > self._most:
            _, gone = self._held.popitem(last=False)
            self._size -= gone.size
