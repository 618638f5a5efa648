"""PubMed XML (baseline, update files, efetch answers) -> documents, one record at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import BinaryIO, Final

from lxml import etree

from curbside.errors import SourceError
from curbside.ingest.inline import Marks, text_of
from curbside.ingest.rejected import Rejected
from curbside.ingest.split import RawRecord, split_records
from curbside.ingest.standing import standing_of
from curbside.ingest.xml import Piece, assemble, parse_xml, revision_of, shorten
from curbside.records import Document, Kind, Link, Source
from curbside.text.rules import Columns, load_rules

__all__ = ["read_pubmed", "standing_of"]

ROOTS: Final = frozenset(
    {"PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle"}
)
_RECORDS: Final = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_NOT_A_NAME = "N"
_ENGLISH: Final = frozenset({"eng", "en", None})
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
# the one RefType family of the DTD whose "and" is written small: "CorrectedandRepublishedIn"
_SMALL_AND = re.compile(r"(?<=ed)and(?=[A-Z])")


def read_pubmed(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read a PubmedArticleSet record by record; memory stays that of one record.

    Every abstract section is kept under its label, the title as a section "TITLE". Of other
    abstracts only the English ones are kept, as a document has one language. The document is in
    English, as PubMed's titles and abstracts are, whatever the article is written in.

    Args:
        stream: the bytes, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Yields:
        In file order a document, or why there is none, for every record. What is broken inside
        one record leaves the others alone; a withdrawn record (DeleteCitation) is listed.

    Raises:
        SourceError: the file is no PubMed XML in UTF-8, declares entities, or ends inside a
            record; documents yielded before stay valid.
    """
    for raw in split_records(stream, path=path, roots=ROOTS, records=_RECORDS):
        try:
            yield from _read(raw, path, retrieved_at)
        except SourceError as error:
            yield Rejected(path, error.record, str(error))


def _read(raw: RawRecord, path: str, retrieved_at: str | None) -> Iterator[Document | Rejected]:
    if raw.tag is None:
        found = shorten(raw.data.decode("utf-8", "replace"))
        expected = f"one of {', '.join(f'<{name}>' for name in _RECORDS)}"
        raise SourceError(path, record=raw.name, expected=expected, found=found)
    root = parse_xml(raw.data, path=path, record=raw.name)
    if raw.tag != "DeleteCitation":
        yield _document(root, path, raw.name, retrieved_at)
        return
    for pmid in root.iterfind("PMID"):
        yield Rejected(path, f"pmid {_text(pmid)}", "PubMed withdrew this record (DeleteCitation)")


def _document(root: etree._Element, path: str, name: str, retrieved_at: str | None) -> Document:
    is_book = root.tag == "PubmedBookArticle"
    citation = root.find("BookDocument" if is_book else "MedlineCitation")
    pmid = _text(citation.find("PMID")) if citation is not None else ""
    if citation is None or not pmid.isdecimal():
        raise SourceError(path, record=name, expected="a PMID of digits", found=pmid or "none")
    name = f"{name} (pmid {pmid})"
    article = citation if is_book else citation.find("Article")
    title = _title(article) if article is not None else ""
    pieces = [Piece("TITLE", "Title", (title,))]
    if article is not None:
        pieces += _abstract(article.find("Abstract"), "Abstract")
    for other in citation.iterfind("OtherAbstract"):
        if other.get("Language") in _ENGLISH:
            pieces += _abstract(other, f"Other abstract ({other.get('Type', 'no type')})")
    text, sections = assemble(pieces, gap="\n")
    if article is None or not sections:
        raise SourceError(path, record=name, expected="a title or an abstract", found="neither")
    source = _source(root, citation, article, pmid)
    return Document(
        doc_id=f"pmid:{pmid}",
        title=title,
        text=text,
        kind=_kind(source.publication_types),
        sections=sections,
        source=source,
        revision=revision_of(text),
        published=_published(article),
        retrieved_at=retrieved_at,
    )


def _title(article: etree._Element) -> str:
    places = ("ArticleTitle", "VernacularTitle", "Book/BookTitle")
    titles = (_text(article.find(place)) for place in places)
    return next((title for title in titles if title and title != "[Not Available]."), "")


def _abstract(abstract: etree._Element | None, place: str) -> Iterator[Piece]:
    if abstract is None:
        return
    for node in abstract.iterfind("AbstractText"):
        category = (node.get("NlmCategory") or "").strip()
        category = "" if category == "UNASSIGNED" else category
        label = " ".join((node.get("Label") or category or "ABSTRACT").split())
        yield Piece(label, _locator(place, label, category), (_text(node),))


def _locator(place: str, label: str, category: str) -> str:
    """ "Abstract > RESULTS"; with NLM's category where the label is of the authors' own making
    ("Abstract > Results (WHAT WE FOUND)")."""
    if label == "ABSTRACT":
        return place
    if not category or category.rstrip("S") in label.upper():
        return f"{place} > {label}"
    return f"{place} > {category.capitalize()} ({label})"


def _source(
    root: etree._Element, citation: etree._Element, article: etree._Element, pmid: str
) -> Source:
    types = tuple(_text(node) for node in article.iterfind(".//PublicationType"))
    groups = tuple(_text(node) for node in article.iterfind("AuthorList/Author/CollectiveName"))
    issue = "Journal/JournalIssue/"
    return Source(
        authors=tuple(_authors(article)),
        journal=_first(
            article, "Journal/ISOAbbreviation", "Journal/Title", "Book/BookTitle"
        ) or _first(citation, "MedlineJournalInfo/MedlineTA"),
        # who issues a guideline signs it as a group
        organisation=_first(article, "Book/Publisher/PublisherName")
        or (groups[0] if groups and _kind(types) is Kind.GUIDELINE else None),
        year=_year(article),
        volume=_first(article, f"{issue}Volume", "Book/Volume"),
        issue=_first(article, f"{issue}Issue"),
        pages=_pages(article),
        doi=_article_id(root, "doi") or _location(article),
        pmid=pmid,
        pmcid=_article_id(root, "pmc"),
        licence=_first(article, "Abstract/CopyrightInformation"),
        publication_types=types,
        mesh=tuple(_text(n) for n in citation.iterfind("MeshHeadingList/*/DescriptorName")),
        links=tuple(_links(citation)),
    )  # fmt: skip


def _authors(article: etree._Element) -> Iterator[str]:
    for author in article.iterfind("AuthorList[1]/Author"):
        # "N" marks a spelling that a later entry corrects
        if author.get("ValidYN") != _NOT_A_NAME:
            parts = (_text(author.find(part)) for part in ("LastName", "Initials", "Suffix"))
            name = " ".join(part for part in parts if part) or _text(author.find("CollectiveName"))
            if name:
                yield name


def _links(citation: etree._Element) -> Iterator[Link]:
    for node in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        target = _text(node.find("PMID"))
        yield Link(
            relation=_kebab(node.get("RefType") or "related"),
            target=f"pmid:{target}" if target else _text(node.find("RefSource")),
        )


@lru_cache(maxsize=128)
def _kebab(ref_type: str) -> str:
    """
    >>> _kebab("RetractionIn"), _kebab("CorrectedandRepublishedIn")
    ('retraction-in', 'corrected-and-republished-in')
    """
    spelt = _SMALL_AND.sub("And", ref_type)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", spelt).lower()


def _year(article: etree._Element) -> int | None:
    return int(published[:4]) if (published := _published(article)) else None


def _published(article: etree._Element) -> str | None:
    """The date of the issue as far as it is known ("2018", "2018-05", "2018-05-03"), else that of
    the electronic version. Of a MedlineDate ("1998 Dec-1999 Jan") the first year."""
    for place in ("Journal/JournalIssue/PubDate", "ArticleDate", "Book/PubDate"):
        for date in article.iterfind(place):
            written = _first(date, "Year", "MedlineDate") or ""
            if year := _YEAR.search(written):
                return "-".join((year[0], *_month_and_day(date)))
    return None


def _month_and_day(date: etree._Element) -> Iterator[str]:
    month = _text(date.find("Month")).lower()
    named = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else 0
    number = int(month) if month.isdecimal() else named
    if not 1 <= number <= 12:
        return
    yield f"{number:02}"
    day = _text(date.find("Day"))
    if day.isdecimal() and 1 <= int(day) <= 31:
        yield f"{int(day):02}"


def _pages(article: etree._Element) -> str | None:
    if pages := _first(article, "Pagination/MedlinePgn"):
        return pages
    ends = (_first(article, "Pagination/StartPage"), _first(article, "Pagination/EndPage"))
    return "-".join(end for end in ends if end) or None


def _article_id(root: etree._Element, kind: str) -> str | None:
    # not `.//`: the ids of the references hang below PubmedData too
    for place in ("PubmedData", "PubmedBookData"):
        for node in root.iterfind(f"{place}/ArticleIdList/ArticleId[@IdType='{kind}']"):
            if value := _text(node):
                return value
    return None


def _location(article: etree._Element) -> str | None:
    for node in article.iterfind("ELocationID[@EIdType='doi']"):
        if node.get("ValidYN") != _NOT_A_NAME and (value := _text(node)):
            return value
    return None


def _first(element: etree._Element, *places: str) -> str | None:
    return next((text for place in places if (text := _text(element.find(place)))), None)


def _text(element: etree._Element | None) -> str:
    return "" if element is None else text_of(element, marks=Marks.POWERS)


def _kind(types: tuple[str, ...]) -> Kind:
    return next((kind for name, kind in _kinds() if name in types), Kind.ARTICLE)


@cache
def _kinds() -> tuple[tuple[str, Kind], ...]:
    rules = load_rules(
        "curbside.ingest.data",
        "publication_types.toml",
        tables={"type": Columns(("name", "kind"))},
    )
    return tuple((str(row["name"]), Kind(str(row["kind"]))) for row in rules["type"])
