"""What a document is known by outside the library, in one spelling each, for finding its twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from curbside.records import Document
from curbside.text.identifiers import plain_doi, plain_pmcid

_ROOM: Final = 200
"""White space and full stops around a title are not so long."""


@dataclass(frozen=True, slots=True)
class Identifiers:
    """DOI in lower case without resolver, PMID in digits, PMCID as "PMC123"; None where unknown.

    `has_body` says that the text is more than the title: a record without abstract has none.
    """

    doi: str | None
    pmid: str | None
    pmcid: str | None
    has_body: bool


def identifiers(document: Document) -> Identifiers:
    """Read them from `document.source`, else from the doc_id ("pmid:…", "pmcid:…", "doi:…")."""
    scheme, _, rest = document.doc_id.partition(":")
    own = {scheme: rest}
    source = document.source
    doi = plain_doi(source.doi or own.get("doi", ""))
    pmid = (source.pmid or own.get("pmid", "")).strip()
    pmcid = plain_pmcid(source.pmcid or own.get("pmcid", ""))
    return Identifiers(doi or None, pmid or None, pmcid or None, _has_body(document))


def _has_body(document: Document) -> bool:
    if len(document.text) > 2 * len(document.title) + _ROOM:
        return True
    text = " ".join(document.text.split())
    title = " ".join(document.title.split()).rstrip(".")
    return bool(text.removeprefix(title).strip(" ."))
