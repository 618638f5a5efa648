"""Whether the server can do its work now: is the library readable, is there room to write."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from curbside.errors import LibraryError

if TYPE_CHECKING:
    from curbside.codec.records import Json
    from curbside.wiring.embedding import BackgroundEmbedding
    from curbside.wiring.pages import Pages

ROOM: Final = 64 * 2**20
"""Free bytes under which a disk counts as full: a batch of documents with its index needs some
tens of megabytes."""


def readiness_of(pages: Pages, embedding: BackgroundEmbedding) -> dict[str, Json]:
    """What `/readyz` tells: `ready`, with the `reason` where it is false.

    `writable` is False where the last question could not be kept: it was answered, and the server
    goes on answering, so that alone makes it no less ready (a home may be read-only on purpose).
    `embedded` of the `passages` are found by meaning too; the others are found by words.
    """
    try:
        last = pages.store.last_batch()
        free = shutil.disk_usage(pages.home).free
    except LibraryError as error:
        return {"ready": False, "reason": str(error)}
    except OSError as error:
        return {"ready": False, "reason": f"{pages.home}: {error.strerror or error}"}
    if free < ROOM:
        reason = f"{pages.home}: the disk is full, {free // 2**20} MiB are free of {ROOM // 2**20}"
        return {"ready": False, "reason": f"{reason} that are needed"}
    now = embedding.now
    return {
        "ready": True,
        "writable": pages.unkept is None,
        "documents": pages.opened.documents,
        "passages": now.passages,
        "embedded": now.embedded,
        "batch": last.batch if last else 0,
        "fingerprint": pages.fingerprint,
    }
