"""Web pages of guidelines and patient information -> documents."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final
from urllib.parse import urldefrag

from lxml import etree, html

from curbside.errors import SourceError
from curbside.ingest.publication import printed_on
from curbside.ingest.recommendations import with_recommendations
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, refuse_crowded, revision_of, shorten
from curbside.records import Document, Kind, Source

_SIZE_MAX: Final = 16 << 20
_NODES_MAX: Final = 200_000
_LEAST_WORDS: Final = 40
_MAIN: Final = ("//main", "//*[@role='main']", "//article", "//*[@id='content']", "//body")
_DROPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form",
     "button", "iframe", "object", "embed", "svg", "canvas", "dialog", "menu", "select", "audio",
     "video", "head"}
)  # fmt: skip
_DROPPED_ROLES: Final = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"}
)
_CHROME: Final = re.compile(r"\b(?:cookie|consent|breadcrumb|share|social|newsletter|skip-?link)")
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS: Final = frozenset(
    {"p", "li", "dt", "dd", "blockquote", "pre", "figcaption", "caption", "address", "div",
     "section", "article", "main", "ul", "ol", "dl", "table", "figure", "body", "details",
     "summary", "td", "th", "tr", *_HEADINGS}
)  # fmt: skip
_FAILED: Final = re.compile(
    r"\b(?:404|403|429|50\d)\b|not found|access denied|forbidden|too many requests|"
    r"error\b|sign in|log ?in\b|just a moment|are you (?:a )?(?:human|robot)|captcha",
    re.IGNORECASE,
)


def read_html(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read one page: its main content under its headings, without what every page has.

    Nothing is fetched and nothing in the page is run. A section's locator is the path of its
    headings; a table is one line a row ("cell | cell"). Title, authors, DOI, PMID, date, language
    and address come from the page's metadata (citation_*, DC.*, og:*, JSON-LD).

    Args:
        stream: the bytes.
        path: how errors name the file.
        retrieved_at: ISO date the document carries.

    Raises:
        SourceError: no page of text: an error, a sign-in, an empty frame; over 16 MiB or too
            many tags.
    """
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"a page of at most {_SIZE_MAX >> 20} MiB")
    refuse_crowded(data, path=path, record=None, at_most=_NODES_MAX)
    root = _parsed(data, path)
    said = _metadata(root)
    for node in list(root.iter(etree.Element)):
        if _is_dropped(node):
            node.drop_tree()
    main = next((found[0] for place in _MAIN if (found := root.xpath(place))), root)
    parts = list(_parts(main))
    title = said.get("title") or next((h[-1] for h, _ in parts if h), "")
    words = sum(len(text.split()) for _, text in parts)
    if words < _LEAST_WORDS or (_FAILED.search(title) and words < 10 * _LEAST_WORDS):
        found = f"{words} words under the title {shorten(title)!r}"
        raise SourceError(path, expected="an HTML page that holds an article", found=found)
    yield with_recommendations(_document(parts, title, said, data, retrieved_at))


def _parsed(data: bytes, path: str) -> html.HtmlElement:
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        found = shorten(str(error) or "nothing")
        raise SourceError(path, expected="an HTML page", found=found) from error
    return root


def _document(
    parts: list[tuple[tuple[str, ...], str]],
    title: str,
    said: Mapping[str, str],
    data: bytes,
    retrieved_at: str | None,
) -> Document:
    pieces = [Piece("TITLE", "Title", (title,))]
    groups: dict[tuple[str, ...], list[str]] = {}
    for headings, text in parts:
        groups.setdefault(tuple(h for h in headings if h != title), []).append(text)
    for headings, texts in groups.items():
        label = headings[-1] if headings else "TEXT"
        pieces.append(Piece(label, " > ".join(headings) or "Text", tuple(texts)))
    body, sections = assemble(pieces, gap="\n\n")
    front = "\n".join(text for _, text in parts[:6])
    issuer = said.get("organisation", "")
    printed = printed_on(front, title=title, about={"Author": issuer})
    doi = said.get("doi") or (printed.doi if said.get("journal") else None)
    url = said.get("url")
    year = re.match(r"\d{4}", said.get("date", ""))
    kind = printed.kind
    if kind is Kind.ARTICLE and not said.get("journal") and not doi:
        # a page for the public, as no journal printed it
        kind = Kind.PATIENT_INFORMATION
    return Document(
        doc_id=_doc_id(doi, said.get("pmid"), url, data),
        title=title,
        text=body,
        kind=kind,
        sections=sections,
        source=Source(
            authors=tuple(filter(None, said.get("authors", "").split("\n"))),
            journal=said.get("journal"),
            organisation=issuer or printed.organisation,
            year=int(year[0]) if year else None,
            doi=doi,
            pmid=said.get("pmid"),
            url=url,
        ),
        revision=revision_of(body),
        language=(said.get("language") or "en").partition("-")[0].lower(),
        published=said.get("date"),
        jurisdiction=printed.jurisdiction,
        retrieved_at=retrieved_at,
    )


def _doc_id(doi: str | None, pmid: str | None, url: str | None, data: bytes) -> str:
    if pmid:
        return f"pmid:{pmid}"
    if doi:
        return f"doi:{doi.lower()}"
    if url:
        return f"url:{re.sub(r'^https?://', '', url)}"
    return f"file:{hashlib.sha256(data).hexdigest()[:12]}"


def _metadata(root: html.HtmlElement) -> dict[str, str]:
    """What the page says of itself, of several names for one thing the first."""
    named: dict[str, list[str]] = {}
    for node in root.iter("meta"):
        name = (node.get("name") or node.get("property") or "").strip().lower()
        value = " ".join((node.get("content") or "").split())
        if name and value:
            named.setdefault(name, []).append(value)
    linked = _linked(root)

    def first(*names: str) -> str:
        return next((named[name][0] for name in names if name in named), "")

    canonical = root.xpath("//link[@rel='canonical']/@href")
    heading = root.xpath("//h1")
    title = first("citation_title", "dc.title", "og:title") or linked.get("headline", "")
    named_doi = first("citation_doi", "dc.identifier.doi")
    doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", named_doi)
    said = {
        "title": title or (_words(heading[0]) if heading else _words(root.find(".//title"))),
        "authors": "\n".join(named.get("citation_author", named.get("dc.creator", []))),
        "journal": first("citation_journal_title"),
        "organisation": first("citation_publisher", "dc.publisher", "og:site_name")
        or linked.get("publisher", ""),
        "doi": doi if doi.startswith("10.") else "",
        "pmid": first("citation_pmid") if first("citation_pmid").isdecimal() else "",
        "date": _date(
            first("citation_publication_date", "citation_date", "dc.date", "dcterms.modified",
                  "article:modified_time", "article:published_time")
            or linked.get("date", "")
        ),
        "url": urldefrag(str(canonical[0]) if canonical else first("og:url")).url,
        "language": root.get("lang") or "",
    }  # fmt: skip
    return {key: value for key, value in said.items() if value}


def _linked(root: html.HtmlElement) -> dict[str, str]:
    """Headline, publisher and date of JSON-LD."""
    for node in root.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(node.text or "")
        except (ValueError, RecursionError):
            continue
        for each in data if isinstance(data, list) else [data]:
            if isinstance(each, dict) and isinstance(each.get("headline") or each.get("name"), str):
                publisher = each.get("publisher")
                name = publisher.get("name") if isinstance(publisher, dict) else publisher
                date = each.get("dateModified") or each.get("datePublished")
                said = {"headline": each.get("headline"), "publisher": name, "date": date}
                return {key: value for key, value in said.items() if isinstance(value, str)}
    return {}


def _date(text: str) -> str:
    found = re.match(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", text)
    return "-".join(part.zfill(2) for part in found.groups() if part) if found else ""


def _is_dropped(node: html.HtmlElement) -> bool:
    if node.getparent() is None or node.tag == "body":
        return False
    marks = f"{node.get('id') or ''} {node.get('class') or ''}".lower()
    return (
        node.tag in _DROPPED
        or (node.get("role") or "") in _DROPPED_ROLES
        or node.get("hidden") is not None
        or node.get("aria-hidden") == "true"
        or (node.tag in ("div", "section", "ul", "p") and _CHROME.search(marks) is not None)
    )


def _parts(main: html.HtmlElement) -> Iterator[tuple[tuple[str, ...], str]]:
    """Blocks of text in order, each with the headings above it."""
    headings: list[tuple[int, str]] = []
    for block, text in _blocks(main):
        if block in _HEADINGS:
            level = int(block[1])
            headings = [each for each in headings if each[0] < level]
            if text:
                headings.append((level, text))
        elif text and block != "pre":
            # what is set as typed is a program's output, no prose
            yield tuple(name for _, name in headings), text


def _blocks(node: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """(tag, text) of every run of text that no block parts; iterative, as pages nest deeply."""
    held: list[str] = []
    inside = str(node.tag)
    stack: list[tuple[str, html.HtmlElement | None, str]] = [("open", node, "")]
    while stack:
        step, element, tail = stack.pop()
        if step == "text":
            held.append(tail)
            continue
        if step == "close":
            yield inside, _line(held)
            held, inside = [], tail
            continue
        assert element is not None  # noqa: S101
        tag = str(element.tag)
        if tag == "table":
            yield inside, _line(held)
            held = []
            rows = (_row(row) for row in element.iter("tr"))
            yield "table", "\n".join(row for row in rows if row)
            continue
        is_block = tag in _BLOCKS
        if is_block:
            yield inside, _line(held)
            held = []
            stack.append(("close", None, inside))
            inside = tag
        elif tag == "br":
            held.append(" ")
        elif tag == "sup" and re.fullmatch(r"[+−-]?\d+", _words(element)) and held:
            held.append("^" if held[-1][-1:].isdigit() else " ")
        for child in reversed(element):
            stack.append(("text", None, child.tail or ""))
            if isinstance(child.tag, str):
                stack.append(("open", child, ""))
        stack.append(("text", None, element.text or ""))
    yield inside, _line(held)


def _row(row: html.HtmlElement) -> str:
    cells = [_words(cell) for cell in row if cell.tag in ("td", "th")]
    return " | ".join(cells) if any(cells) else ""


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _words(node: html.HtmlElement | None) -> str:
    return "" if node is None else " ".join("".join(node.itertext()).split())
