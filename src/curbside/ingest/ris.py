"""RIS files (reference managers, library databases) -> documents, one reference at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from curbside.errors import SourceError
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Kind, Source

_LINE_MAX: Final = 1 << 20
_REFERENCE_MAX: Final = 4 << 20
_FIELD: Final = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)")
_DOI: Final = re.compile(r"\b(10\.\d{4,9}/\S*[^\s.,;])")
_PMID: Final = re.compile(r"\b(?:PMID|pubmed)\W{0,20}(\d{1,9})\b", re.IGNORECASE)


def read_ris(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read references from `TY  - ` to `ER  - `. One without an abstract is its title.

    Args:
        stream: UTF-8, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Raises:
        SourceError: no reference, no UTF-8, a line over 1 MiB or a reference over 4 MiB, or the
            file ends within a reference; documents yielded before stay valid.
    """
    number = 0
    for fields in _references(stream, path):
        number += 1
        try:
            yield _document(fields, path, f"reference {number}", retrieved_at)
        except SourceError as error:
            yield Rejected(path, error.record, str(error))
    if not number:
        raise SourceError(path, expected="references that begin with TY  -", found="none")


def _references(stream: BinaryIO, path: str) -> Iterator[dict[str, list[str]]]:
    fields: dict[str, list[str]] = {}
    last, number, size = "", 0, 0
    while raw := stream.readline(_LINE_MAX):
        number += 1
        where = f"line {number}"
        size += len(raw)
        if len(raw) == _LINE_MAX or size > _REFERENCE_MAX:
            expected = f"lines under {_LINE_MAX >> 20} MiB, references under 4 MiB"
            raise SourceError(path, record=where, expected=expected)
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise SourceError(path, record=where, expected="UTF-8", found=str(error)) from error
        found = _FIELD.match(line)
        if found is None:
            # a value goes on below its field
            if last and line.strip():
                fields[last][-1] += f" {line.strip()}"
            continue
        tag, value = found[1], found[2].strip()
        if tag == "ER":
            if fields:
                yield fields
            fields, last, size = {}, "", 0
        else:
            fields.setdefault(tag, []).append(value)
            last = tag
    if fields:
        raise SourceError(path, expected="ER  - after the last reference", found="the end")


def _document(
    fields: dict[str, list[str]], path: str, where: str, retrieved_at: str | None
) -> Document:
    def first(*tags: str) -> str:
        return next((v for tag in tags for v in fields.get(tag, ()) if v), "")

    title = " ".join(first("TI", "T1", "CT", "BT").split())
    if not title:
        raise SourceError(path, record=where, expected="a title (TI or T1)", found="none")
    abstract = " ".join(first("AB", "N2").split())
    pieces = [Piece("TITLE", "Title", (title,)), Piece("ABSTRACT", "Abstract", (abstract,))]
    text, sections = assemble(pieces, gap="\n")
    everything = " ".join(value for tag in ("DO", "M3", "UR", "L2", "N1", "ID", "AN", "C2")
                          for value in fields.get(tag, ()))  # fmt: skip
    doi = _DOI.search(first("DO") or everything)
    pmid = _PMID.search(everything)
    year = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", first("PY", "Y1", "DA", "YR"))
    pages = "-".join(part for part in (first("SP"), first("EP")) if part)
    source = Source(
        authors=tuple(v for tag in ("AU", "A1") for v in fields.get(tag, ()) if v),
        journal=first("JO", "JF", "T2", "JA") or None,
        organisation=first("PB") or None,
        year=int(year[1]) if year else None,
        volume=first("VL") or None,
        issue=first("IS") or None,
        pages=pages or None,
        doi=doi[1] if doi else None,
        pmid=pmid[1] if pmid else None,
        url=first("UR") or None,
    )
    return Document(
        doc_id=_doc_id(source, title),
        title=title,
        text=text,
        kind=Kind.ARTICLE,
        sections=sections,
        source=source,
        revision=revision_of(text),
        language=first("LA").lower()[:2] or "en",
        published=year[1] if year else None,
        retrieved_at=retrieved_at,
    )


def _doc_id(source: Source, title: str) -> str:
    if source.pmid:
        return f"pmid:{source.pmid}"
    if source.doi:
        return f"doi:{source.doi.lower()}"
    # without an id the reference itself is its name
    said = "\n".join((title, *source.authors, str(source.year)))
    return f"ref:{hashlib.sha256(said.encode()).hexdigest()[:12]}"
