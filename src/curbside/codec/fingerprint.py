"""One name for a set of documents: the same documents and standings, the same name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from curbside.codec.records import dumps, encode
from curbside.records import Document, Standing


def content_of(document: Document) -> str:
    """The sha256, in hex, of a document, but for when it was fetched: that is no change."""
    return sha256(dumps(replace(document, retrieved_at=None))).hexdigest()


def chain_of(
    before: str, *, batch: int, at: str, origin: str, changes: Iterable[tuple[str, str, str]]
) -> str:
    """The sha256, in hex, that a batch adds to the chain of a library's history.

    Args:
        before: the chain of the batch before, "" for the first.
        batch: its number.
        at: its time.
        origin: where it came from.
        changes: (doc_id, content, standing) of all that changed, in order of doc_id; content and
            standing are "" where a document was taken out.
    """
    total = sha256(before.encode())
    for doc_id, content, standing in changes:
        total.update(f"{doc_id} {content} {standing}\n".encode())
    total.update(f"{batch} {at} {origin}\n".encode())
    return total.hexdigest()


@lru_cache(maxsize=4096)
def standing_json(standing: Standing) -> str:
    """A standing as one line of JSON, the same for the same standing."""
    return json.dumps(encode(standing), sort_keys=True)


def fingerprint_of(documents: Iterable[tuple[Document, Standing]]) -> str:
    """The sha256, in hex, over all documents with their standing, whatever their order.

    A doc_id may come once. No documents have a fingerprint too.
    """
    return fingerprint_of_rows(
        sorted(
            (document.doc_id, document.revision, content_of(document), standing_json(standing))
            for document, standing in documents
        )
    )


def fingerprint_of_rows(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """As `fingerprint_of`, of rows (doc_id, revision, content, standing) in order of doc_id."""
    total = sha256()
    for doc_id, revision, content, standing in rows:
        total.update(f"{doc_id}@{revision} {content} {standing}\n".encode())
    return total.hexdigest()
