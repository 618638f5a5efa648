"""How others read PubMed files: the peers of `python -m evals ingest`."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

from lxml import etree

from curbside.ingest.citation import document_of
from curbside.ingest.pubmed import citation_of
from curbside.ingest.pubmed_files import chunks, pubmed_file, read_chunk
from curbside.records import Document


def has_pubmed_parser() -> bool:
    """Whether `pubmed_parser`, which only developers install, is here."""
    return importlib.util.find_spec("pubmed_parser") is not None


def by_curbside(path: Path) -> int:
    """Read a file as `curbside add` does, up to whole documents. Returns how many there were."""
    file = pubmed_file(path)
    if file is None:
        raise ValueError(f"{path}: expected PubMed XML")
    return sum(
        isinstance(each, Document)
        for chunk, _ in chunks(file, retrieved_at=None)
        for each in read_chunk(chunk)
    )


def by_iterparse_whole(path: Path) -> int:
    """Read a file with lxml's iterparse into the very documents that Curbside makes."""
    count = 0
    with gzip.open(path) as stream:
        for _, article in etree.iterparse(stream, tag="PubmedArticle"):
            citation = citation_of(article, path=str(path), name="record")
            document_of(citation, path=str(path), record="record", retrieved_at=None)
            article.clear()
            while article.getprevious() is not None:
                del article.getparent()[0]
            count += 1
    return count


def by_iterparse(path: Path) -> int:
    """Read a file with lxml's iterparse, the fields that most scripts take: PMID, title, abstract,
    journal, year, authors, MeSH. Returns how many records there were."""
    count = 0
    with gzip.open(path) as stream:
        for _, article in etree.iterparse(stream, tag="PubmedArticle"):
            article.findtext("MedlineCitation/PMID")
            _text(article.find(".//ArticleTitle"))
            [_text(part) for part in article.iterfind(".//AbstractText")]
            article.findtext(".//Journal/Title")
            article.findtext(".//PubDate/Year")
            [
                (author.findtext("LastName"), author.findtext("Initials"))
                for author in article.iterfind(".//Author")
            ]
            [node.text for node in article.iterfind(".//DescriptorName")]
            article.clear()
            while article.getprevious() is not None:
                del article.getparent()[0]
            count += 1
    return count


def by_pubmed_parser(path: Path) -> int:
    """Read a file with `pubmed_parser`. Returns how many records there were."""
    import pubmed_parser

    return sum(1 for _ in pubmed_parser.parse_medline_xml(str(path)))


def _text(node: etree._Element | None) -> str:
    return "" if node is None else "".join(node.itertext())  # type: ignore[arg-type]  # text alone
