"""PubMed XML (baseline, update files, efetch answers) -> documents, one record at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from curbside.errors import SourceError
from curbside.ingest.citation import AbstractPart, Citation, Comment, Date, document_of
from curbside.ingest.inline import Marks, text_of
from curbside.ingest.pubmed_plain import plain_citation
from curbside.ingest.rejected import Rejected
from curbside.ingest.split import RawRecord, split_records
from curbside.ingest.standing import standing_of
from curbside.ingest.xml import parse_xml, shorten
from curbside.records import Document, Withdrawal

__all__ = ["read_pubmed", "standing_of"]

ROOTS: Final = frozenset(
    {"PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle"}
)
RECORDS: Final = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_NOT_A_NAME = "N"
_ENGLISH: Final = frozenset({"eng", "en", None})

_Record = Document | Withdrawal | Rejected


def read_pubmed(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Withdrawal | Rejected]:
    """Read a PubmedArticleSet record by record; memory stays that of one record.

    Every abstract section is kept under its label, the title as a section "TITLE". Of other
    abstracts only the English ones are kept, as a document has one language. The document is in
    English, as PubMed's titles and abstracts are, whatever the article is written in.

    Args:
        stream: the bytes, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Yields:
        In file order a document, or why there is none, for every record, and a Withdrawal for
        every PMID that a DeleteCitation takes back. What is broken inside one record leaves the
        others alone.

    Raises:
        SourceError: the file is no PubMed XML in UTF-8, declares entities, or ends inside a
            record; documents yielded before stay valid.
    """
    for raw in split_records(stream, path=path, roots=ROOTS, records=RECORDS):
        yield from read_record(raw, path=path, retrieved_at=retrieved_at)


def read_record(raw: RawRecord, *, path: str, retrieved_at: str | None) -> Iterator[_Record]:
    """What one record of a file gives; `read_pubmed` says what."""
    try:
        yield from _read(raw, path, retrieved_at)
    except SourceError as error:
        yield Rejected(path, error.record, str(error))


def _read(raw: RawRecord, path: str, retrieved_at: str | None) -> Iterator[_Record]:
    if raw.tag is None:
        found = shorten(raw.data.decode("utf-8", "replace"))
        expected = f"one of {', '.join(f'<{name}>' for name in RECORDS)}"
        raise SourceError(path, record=raw.name, expected=expected, found=found)
    if raw.tag == "DeleteCitation":
        for pmid in parse_xml(raw.data, path=path, record=raw.name).iterfind("PMID"):
            reason = "PubMed withdrew this record (DeleteCitation)"
            yield Withdrawal(f"pmid:{_text(pmid)}", reason, pmid.get("Version"))
        return
    citation = plain_citation(raw.data)
    if citation is None:
        root = parse_xml(raw.data, path=path, record=raw.name)
        citation = citation_of(root, path=path, name=raw.name)
    name = f"{raw.name} (pmid {citation.pmid})"
    yield document_of(citation, path=path, record=name, retrieved_at=retrieved_at)


def citation_of(root: etree._Element, *, path: str, name: str) -> Citation:
    """What a parsed record states; `name` is how errors call it. Raises SourceError without PMID
    or article."""
    is_book = root.tag == "PubmedBookArticle"
    citation = root.find("BookDocument" if is_book else "MedlineCitation")
    pmid = _text(citation.find("PMID")) if citation is not None else ""
    if citation is None or not pmid.isdecimal():
        raise SourceError(path, record=name, expected="a PMID of digits", found=pmid or "none")
    article = citation if is_book else citation.find("Article")
    if article is None:
        name = f"{name} (pmid {pmid})"
        raise SourceError(path, record=name, expected="a title or an abstract", found="neither")
    issue = "Journal/JournalIssue/"
    places = ("Journal/JournalIssue/PubDate", "ArticleDate", "Book/PubDate")
    revised = citation.find("DateRevised")
    return Citation(
        pmid=pmid,
        version=(citation.find("PMID").get("Version") or "").strip(),  # type: ignore[union-attr]  # it has a text
        revised=None if revised is None else _date(revised),
        titles=_all(article, "ArticleTitle", "VernacularTitle", "Book/BookTitle"),
        abstract=tuple(_abstracts(citation, article)),
        authors=tuple(_authors(article)),
        groups=tuple(_text(n) for n in article.iterfind("AuthorList/Author/CollectiveName")),
        journals=(
            *_all(article, "Journal/ISOAbbreviation", "Journal/Title", "Book/BookTitle"),
            *_all(citation, "MedlineJournalInfo/MedlineTA"),
        ),
        publisher=_first(article, "Book/Publisher/PublisherName"),
        dates=tuple(_date(date) for place in places for date in article.iterfind(place)),
        volume=_first(article, f"{issue}Volume", "Book/Volume"),
        issue=_first(article, f"{issue}Issue"),
        pages=_first(article, "Pagination/MedlinePgn") or _page_range(article),
        doi=_article_id(root, "doi") or _location(article),
        pmcid=_article_id(root, "pmc"),
        copyright=_first(article, "Abstract/CopyrightInformation"),
        types=tuple(_text(node) for node in article.iterfind(".//PublicationType")),
        mesh=tuple(_text(n) for n in citation.iterfind("MeshHeadingList/*/DescriptorName")),
        comments=tuple(
            Comment(node.get("RefType") or "", _first(node, "PMID"), _first(node, "RefSource"))
            for node in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        ),
    )


def _abstracts(citation: etree._Element, article: etree._Element) -> Iterator[AbstractPart]:
    yield from _abstract(article.find("Abstract"), "Abstract")
    for other in citation.iterfind("OtherAbstract"):
        if other.get("Language") in _ENGLISH:
            yield from _abstract(other, f"Other abstract ({other.get('Type', 'no type')})")


def _abstract(abstract: etree._Element | None, place: str) -> Iterator[AbstractPart]:
    if abstract is not None:
        for node in abstract.iterfind("AbstractText"):
            category = (node.get("NlmCategory") or "").strip()
            yield AbstractPart(place, node.get("Label") or "", category, _text(node))


def _authors(article: etree._Element) -> Iterator[str]:
    for author in article.iterfind("AuthorList[1]/Author"):
        # "N" marks a spelling that a later entry corrects
        if author.get("ValidYN") != _NOT_A_NAME:
            parts = (_text(author.find(part)) for part in ("LastName", "Initials", "Suffix"))
            name = " ".join(part for part in parts if part) or _text(author.find("CollectiveName"))
            if name:
                yield name


def _date(date: etree._Element) -> Date:
    year = _first(date, "Year", "MedlineDate")
    return Date(year, _text(date.find("Month")), _text(date.find("Day")))


def _page_range(article: etree._Element) -> str:
    ends = (_first(article, "Pagination/StartPage"), _first(article, "Pagination/EndPage"))
    return "-".join(end for end in ends if end)


def _article_id(root: etree._Element, kind: str) -> str:
    # not `.//`: the ids of the references hang below PubmedData too
    for place in ("PubmedData", "PubmedBookData"):
        for node in root.iterfind(f"{place}/ArticleIdList/ArticleId[@IdType='{kind}']"):
            if value := _text(node):
                return value
    return ""


def _location(article: etree._Element) -> str:
    for node in article.iterfind("ELocationID[@EIdType='doi']"):
        if node.get("ValidYN") != _NOT_A_NAME and (value := _text(node)):
            return value
    return ""


def _all(element: etree._Element, *places: str) -> tuple[str, ...]:
    return tuple(_text(element.find(place)) for place in places)


def _first(element: etree._Element, *places: str) -> str:
    return next((text for place in places if (text := _text(element.find(place)))), "")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else text_of(element, marks=Marks.POWERS)
