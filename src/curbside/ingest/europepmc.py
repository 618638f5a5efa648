"""Answers of Europe PMC's search (JSON, result type "core") -> documents, one record at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, Final

from lxml import etree, html

from curbside.errors import SourceError
from curbside.ingest.citation import AbstractPart, Citation, Comment, Date, document_of
from curbside.ingest.inline import Marks, text_of
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import shorten
from curbside.records import Document

_SIZE_MAX: Final = 64 << 20
_HEADING: Final = re.compile(r"<h4>(.*?)</h4>", re.IGNORECASE | re.DOTALL)
_PMCID: Final = re.compile(r"PMC\d{1,9}")


def read_europepmc(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read the records of an answer, in its order.

    A record that PubMed has too is named by its PMID and says what PubMed's says, its links to
    retractions, corrections and concerns included; any other by its PMCID, DOI or Europe PMC's id.

    Args:
        stream: JSON in UTF-8, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Raises:
        SourceError: no such answer, over 64 MiB.
    """
    expected = "an answer of Europe PMC's search as JSON"
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"{expected} of at most {_SIZE_MAX >> 20} MiB")
    try:
        results = json.loads(data)["resultList"].get("result") or []
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        found = shorten(repr(error))
        raise SourceError(path, expected=expected, found=found) from error
    if not isinstance(results, list):
        raise SourceError(path, expected=expected, found=type(results).__name__)
    for number, result in enumerate(results, start=1):
        name = f"record {number}"
        try:
            yield _document(_Result(result, path, name), retrieved_at)
        except SourceError as error:
            yield Rejected(path, error.record, str(error))


class _Result:
    """One record, read by names; what is absent is "" or ()."""

    def __init__(self, data: object, path: str, name: str) -> None:
        if not isinstance(data, dict):
            raise SourceError(path, record=name, expected="an object", found=type(data).__name__)
        self.data: Mapping[str, object] = data
        self.path = path
        self.name = f"{name} ({data.get('source', '?')} {data.get('id', '?')})"

    def text(self, *keys: str) -> str:
        """A text at the end of the keys."""
        value = self._at(*keys)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return _plain(value) if isinstance(value, str) else ""

    def rows(self, *keys: str) -> tuple[Mapping[str, object], ...]:
        """A list of objects at the end of the keys; one that stands alone counts as a list."""
        value = self._at(*keys)
        rows = value if isinstance(value, list) else [value]
        return tuple(row for row in rows if isinstance(row, dict))

    def texts(self, *keys: str) -> tuple[str, ...]:
        """A list of texts at the end of the keys; one that stands alone counts as a list."""
        value = self._at(*keys)
        rows = value if isinstance(value, list) else [value]
        return tuple(_plain(row) for row in rows if isinstance(row, str) and row.strip())

    def _at(self, *keys: str) -> object:
        value: object = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def _document(result: _Result, retrieved_at: str | None) -> Document:
    pmid = result.text("pmid") or (result.text("id") if result.text("source") == "MED" else "")
    pmcid = result.text("pmcid")
    doi = result.text("doi")
    document = document_of(
        Citation(
            pmid=pmid,
            version="",
            revised=_date(result.text("dateOfRevision")),
            titles=(result.text("title"),),
            abstract=tuple(_abstract(result)),
            authors=_authors(result),
            groups=tuple(_texts_of(result.rows("authorList", "author"), "collectiveName")),
            journals=(
                result.text("journalInfo", "journal", "medlineAbbreviation"),
                result.text("journalInfo", "journal", "isoabbreviation"),
                result.text("journalInfo", "journal", "title"),
                result.text("bookOrReportDetails", "publisher"),
            ),
            publisher=result.text("bookOrReportDetails", "publisher"),
            dates=tuple(_dates(result)),
            volume=result.text("journalInfo", "volume"),
            issue=result.text("journalInfo", "issue"),
            pages=result.text("pageInfo"),
            doi=doi,
            pmcid=pmcid,
            copyright=result.text("license"),
            types=tuple(_type(name) for name in result.texts("pubTypeList", "pubType")),
            mesh=tuple(_texts_of(result.rows("meshHeadingList", "meshHeading"), "descriptorName")),
            comments=tuple(_comments(result)),
        ),
        path=result.path,
        record=result.name,
        retrieved_at=retrieved_at,
    )
    if pmid.isdecimal():
        return document
    own = f"{result.text('source')}:{result.text('id')}"
    if not (_PMCID.fullmatch(pmcid) or doi or own.strip(":")):
        expected = "a pmid, pmcid, doi or id"
        raise SourceError(result.path, record=result.name, expected=expected, found="none")
    doc_id = f"pmcid:{pmcid}" if pmcid else f"doi:{doi.lower()}" if doi else f"europepmc:{own}"
    return replace(document, doc_id=doc_id, source=replace(document.source, pmid=None))


def _abstract(result: _Result) -> Iterator[AbstractPart]:
    """Its parts: Europe PMC marks the labels as headings (<h4>) inside one text."""
    value = result.data.get("abstractText")
    text = value if isinstance(value, str) else ""
    first, *rest = _HEADING.split(text)
    yield AbstractPart("Abstract", "", "", _plain(first))
    for label, part in zip(rest[::2], rest[1::2], strict=True):
        yield AbstractPart("Abstract", _plain(label).rstrip(":").upper(), "", _plain(part))


def _authors(result: _Result) -> tuple[str, ...]:
    rows = result.rows("authorList", "author")
    names = tuple(_texts_of(rows, "fullName", "collectiveName"))
    if names:
        return names
    said = result.text("authorString").rstrip(".")
    return tuple(name for name in said.split(", ") if name)


def _texts_of(rows: tuple[Mapping[str, object], ...], *keys: str) -> Iterator[str]:
    for row in rows:
        value = next((row[key] for key in keys if row.get(key)), None)
        if isinstance(value, str):
            yield _plain(value)


def _dates(result: _Result) -> Iterator[Date]:
    info = "journalInfo"
    year = result.text(info, "yearOfPublication") or result.text("pubYear")
    yield Date(year, result.text(info, "monthOfPublication") if year else "")
    first = _date(result.text("firstPublicationDate"))
    if first is not None:
        yield first


def _date(text: str) -> Date | None:
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", text)
    return Date(found[1], found[2], found[3]) if found else None


def _type(name: str) -> str:
    """As PubMed spells it, where Europe PMC leaves out the capitals.

    >>> _type("retracted publication"), _type("research-article")
    ('Retracted Publication', 'research-article')
    """
    if not name.islower() or "-" in name:
        return name
    words = name.title().split()
    return " ".join(word.lower() if word in {"Of", "And"} else word for word in words)


def _comments(result: _Result) -> Iterator[Comment]:
    """Links to other works: "Retraction in" is PubMed's RefType RetractionIn."""
    for row in result.rows("commentCorrectionList", "commentCorrection"):
        kind = "".join(word.capitalize() for word in str(row.get("type") or "").split())
        target = str(row.get("id") or "")
        is_pmid = row.get("source") == "MED" and target.isdecimal()
        cited = str(row.get("reference") or "") or f"{row.get('source', '')}:{target}"
        yield Comment(kind, target if is_pmid else "", cited)


def _plain(text: str) -> str:
    """A text without its tags, white space collapsed; powers are written as in PubMed's own."""
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    try:
        element = html.fragment_fromstring(text, create_parent="p")
    except (etree.ParserError, ValueError):
        return " ".join(text.split())
    return text_of(element, marks=Marks.POWERS)
