"""RIS files (reference managers, library databases) -> documents, one reference at a time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from curbside.errors import SourceError
from curbside.ingest.jats import kind_of
from curbside.ingest.lines import text_lines
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Source

_REFERENCE_MAX: Final = 4 << 20
_FIELD: Final = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)")
_DOI: Final = re.compile(r"\b(10\.\d{4,9}/\S*[^\s.,;])")
_IDS: Final = ("N1", "ID", "AN", "UR", "L2", "C2", "C6", "C7", "M1")
_PUBMED: Final = re.compile(r"\b(?:PubMed|MEDLINE|NLM)\b", re.IGNORECASE)
_PMCID: Final = re.compile(r"\bPMC\d{1,9}\b", re.IGNORECASE)
_PMID: Final = re.compile(
    r"(?:\bPMID\W{0,20}|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,9})\b",
    re.IGNORECASE,
)


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


def _references(stream: BinaryIO, path: str) -> Iterator[dict[str, tuple[str, ...]]]:
    """The values of each reference by their tags."""
    fields: list[tuple[str, list[str]]] = []
    size = 0
    for number, line in text_lines(stream, path=path):
        size += len(line)
        if size > _REFERENCE_MAX:
            expected = f"references of at most {_REFERENCE_MAX >> 20} MiB"
            raise SourceError(path, record=f"line {number}", expected=expected)
        found = _FIELD.match(line)
        if found is None:
            # a value goes on below its field
            if fields and line.strip():
                fields[-1][1].append(line)
        elif found[1] == "ER":
            if fields:
                yield _by_tag(fields)
            fields, size = [], 0
        else:
            fields.append((found[1], [found[2]]))
    if fields:
        raise SourceError(path, expected="ER  - after the last reference", found="the end")


def _by_tag(fields: list[tuple[str, list[str]]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for tag, lines in fields:
        if value := " ".join(" ".join(lines).split()):
            values.setdefault(tag, []).append(value)
    return {tag: tuple(each) for tag, each in values.items()}


def _document(
    fields: Mapping[str, tuple[str, ...]], path: str, where: str, retrieved_at: str | None
) -> Document:
    def every(*tags: str) -> tuple[str, ...]:
        return tuple(value for tag in tags for value in fields.get(tag, ()))

    def first(*tags: str) -> str | None:
        return next(iter(every(*tags)), None)

    title = first("TI", "T1", "CT", "BT")
    if title is None:
        raise SourceError(path, record=where, expected="a title (TI or T1)", found="none")
    abstract = first("AB", "N2") or ""
    pieces = [Piece("TITLE", "Title", (title,)), Piece("ABSTRACT", "Abstract", (abstract,))]
    text, sections = assemble(pieces, gap="\n")
    year = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", first("PY", "Y1", "DA", "YR") or "")
    types = every("M3") if not _DOI.search(first("M3") or "") else ()
    source = Source(
        authors=every("AU", "A1"),
        journal=first("JO", "JF", "T2", "JA"),
        organisation=first("PB"),
        year=int(year[1]) if year else None,
        volume=first("VL"),
        issue=first("IS"),
        pages="-".join(every("SP", "EP")[:2]) or None,
        doi=_doi(every("DO", "M3", "UR", "L2", "N1")),
        pmid=_pmid(fields),
        pmcid=next((m[0].upper() for v in every(*_IDS) if (m := _PMCID.search(v))), None),
        url=next((value for value in every("UR", "LK") if value.startswith("http")), None),
        publication_types=types,
    )
    return Document(
        doc_id=_doc_id(source, title),
        title=title,
        text=text,
        kind=kind_of(tuple(kind.lower() for kind in types), (), title, abstract),
        sections=sections,
        source=source,
        revision=revision_of(text),
        language=_language(first("LA")),
        published=year[1] if year else None,
        retrieved_at=retrieved_at,
    )


def _doi(values: tuple[str, ...]) -> str | None:
    return next((match[1] for value in values if (match := _DOI.search(value))), None)


def _pmid(fields: Mapping[str, tuple[str, ...]]) -> str | None:
    """Where it is said to be one: an accession number is that of the database it comes from."""
    values = [value for tag in _IDS for value in fields.get(tag, ())]
    if named := next((match[1] for value in values if (match := _PMID.search(value))), None):
        return named
    databases = " ".join(fields.get("DB", ()) + fields.get("DP", ()))
    number = next(iter(fields.get("AN", ())), "")
    return number if number.isdecimal() and _PUBMED.search(databases) else None


def _language(said: str | None) -> str:
    """ "English", "eng" and "en" are all "en"."""
    return (said or "en").lower()[:2]


def _doc_id(source: Source, title: str) -> str:
    """A reference is a copy of a record: it is joined with it, and does not stand in its place."""
    if source.pmid:
        return f"ref:pmid:{source.pmid}"
    if source.doi:
        return f"ref:doi:{source.doi.lower()}"
    # without an id the reference itself is its name
    said = "\n".join((title, *source.authors, str(source.year)))
    return f"ref:{hashlib.sha256(said.encode()).hexdigest()[:12]}"
