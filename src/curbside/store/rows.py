"""A document as the store keeps it. Making a row is most of the work of keeping a document, needs
no database, and so can be done in another process."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

import zstandard

from curbside.codec.fingerprint import standing_json
from curbside.codec.records import dumps, loads
from curbside.records import Document, Notice, Standing
from curbside.store.identity import identifiers

_PREPRINT: Final = frozenset({"Preprint", "preprint"})
_ID_SCHEMES: Final = ("doi:", "pmid:", "pmcid:")


class Row(NamedTuple):
    """What is kept of a document.

    `content` is the hash of `record`, which is compressed JSON without `retrieved_at`; `stated`
    is the standing that it states of itself, as JSON; `notices` is what it says of other works.
    `version` is None where the source counts in another way than 1, 2, 3. `updated_in` names
    what a preprint became. The rest is as in `Document` and `Identifiers`.
    """

    doc_id: str
    revision: str
    content: str
    stated: str
    kind: str
    sections: int
    length: int
    is_digest: bool
    has_body: bool
    retrieved_at: str | None
    revised: str | None
    version: int | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    updated_in: str | None
    record: bytes
    notices: tuple[Notice, ...]


def row_of(document: Document, standing: Standing, notices: tuple[Notice, ...] = ()) -> Row:
    """The row of a document. Raises CodecError for text that UTF-8 cannot hold."""
    ids = identifiers(document)
    record = dumps(replace(document, retrieved_at=None))
    version = document.version
    return Row(
        doc_id=document.doc_id,
        revision=document.revision,
        content=sha256(record).hexdigest(),
        stated=standing_json(standing),
        kind=document.kind.value,
        sections=len(document.sections),
        length=len(document.text),
        is_digest=document.digest is not None,
        has_body=ids.has_body,
        retrieved_at=document.retrieved_at,
        revised=document.revised,
        version=int(version) if version and version.isdecimal() and len(version) < 10 else None,
        doi=ids.doi,
        pmid=ids.pmid,
        pmcid=ids.pmcid,
        updated_in=_updated_in(document),
        record=_compressor().compress(record),
        notices=notices,
    )


def document_of_row(record: bytes, retrieved_at: str | None) -> Document:
    """The document that a row's `record` holds. Raises CodecError, zstandard.ZstdError."""
    text = zstandard.ZstdDecompressor().decompress(record)
    return replace(loads(Document, text), retrieved_at=retrieved_at)


def _updated_in(document: Document) -> str | None:
    """PubMed says "update-in" of old reviews too, which stay works of their own."""
    if _PREPRINT.isdisjoint(document.source.publication_types):
        return None
    targets = (link.target for link in document.source.links if link.relation == "update-in")
    return next((target for target in targets if target.startswith(_ID_SCHEMES)), None)


@cache
def _compressor() -> zstandard.ZstdCompressor:
    # a new one for every record costs a fifth of compressing it
    return zstandard.ZstdCompressor()
