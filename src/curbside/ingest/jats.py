"""JATS and NLM full text (PMC articles) -> documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import BinaryIO, Final

from lxml import etree

from curbside.errors import SourceError
from curbside.ingest.inline import BLOCK, Marks, tag_of, text_of
from curbside.ingest.publication import printed_on
from curbside.ingest.recommendations import with_recommendations
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, parse_xml, revision_of
from curbside.records import Document, Kind, Link, Source
from curbside.text.rules import Columns, Row, load_rules

ROOTS: Final = frozenset({"article", "pmc-articleset"})
_SIZE_MAX: Final = 16 << 20
"""Bytes. The largest PMC articles have some ten megabytes."""
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

# a picture, and what repeats the title for a table of contents, are no abstract
_NO_ABSTRACT: Final = frozenset({"graphical", "toc", "teaser", "web-summary", "video"})
_FLOATS: Final = frozenset(
    {"table-wrap", "table-wrap-group", "fig", "fig-group", "floats-group", "floats-wrap"}
)
_NESTED: Final = frozenset({"boxed-text", "disp-quote", "statement", "list", "def-list", "sec"})
_LEFT_OUT: Final = frozenset(
    {"title", "label", "caption", "sec-meta", "object-id", "graphic", "media", "permissions",
     "supplementary-material", "ref-list", "fn-group", "alternatives", "attrib"}
)  # fmt: skip
# the issue's date before the electronic one, as volume and pages belong to the issue
_DATES: Final = ("ppub", "epub-ppub", "collection", "epub", "pub", "ecorrected")
_NOTICES: Final = frozenset(
    {"addendum", "correction", "expression-of-concern", "partial-retraction", "retraction"}
)
_LICENCE_URL = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/[\w./-]*\w/?")
_CITATIONS: Final = frozenset({"citation", "element-citation", "mixed-citation", "nlm-citation"})
_CITED_BY: Final = {"pmid": "pmid", "doi": "doi", "pmcid": "pmcid"}
_SCHEMES: Final = {"pubmed": "pmid", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid", "doi": "doi"}


def read_jats(stream: BinaryIO, *, path: str, retrieved_at: str | None) -> Document | Rejected:
    """Read one article: title, abstracts, body, tables, figure captions, appendices.

    Every heading that has paragraphs of its own is a section whose locator is its path
    ("Results > Adverse events"); a table is a section of its caption, one line a row
    ("cell | cell") and its notes. Paragraphs are set apart by a blank line. Not in the text: the
    reference list, acknowledgements, footnotes, reviewers' reports and other languages' abstracts.

    Args:
        stream: the bytes of one `<article>`, uncompressed.
        path: how errors name the file.
        retrieved_at: ISO date the document carries.

    Raises:
        SourceError: not well-formed, with entities, over 16 MiB, no `<article>`, without an id.
    """
    root = _parse(stream, path)
    if tag_of(root) != "article":
        raise SourceError(path, expected="<article>", found=f"<{tag_of(root)}>")
    return _document(root, path, None, retrieved_at)


def read_jats_set(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read an `<article>`, or each article of a `<pmc-articleset>` (an efetch answer), in order.

    Raises SourceError as `read_jats` does, where it concerns the whole file.
    """
    root = _parse(stream, path)
    if tag_of(root) not in ROOTS:
        expected = "<article> or <pmc-articleset>"
        raise SourceError(path, expected=expected, found=f"<{tag_of(root)}>")
    articles = [root] if tag_of(root) == "article" else list(root)
    for number, article in enumerate(articles, start=1):
        name = f"record {number}" if len(articles) > 1 else None
        try:
            yield _document(article, path, name, retrieved_at)
        except SourceError as error:
            yield Rejected(path, error.record, str(error))


def _parse(stream: BinaryIO, path: str) -> etree._Element:
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"an article of at most {_SIZE_MAX >> 20} MiB")
    return parse_xml(data, path=path, record=None)


@dataclass(frozen=True, slots=True)
class _Front:
    """The metadata of an article: its journal's and its own."""

    journal: etree._Element | None
    article: etree._Element


def _document(
    root: etree._Element, path: str, record: str | None, retrieved_at: str | None
) -> Document:
    meta = root.find("front/article-meta")
    if tag_of(root) != "article" or meta is None:
        expected = "an <article> with <front><article-meta>"
        raise SourceError(path, record=record, expected=expected, found=f"<{tag_of(root)}>")
    source = _source(root, _Front(root.find("front/journal-meta"), meta))
    doc_id = _doc_id(source)
    if doc_id is None:
        raise SourceError(path, record=record, expected="an article-id that is a pmc, pmid or doi")
    title = _title(meta)
    pieces = [Piece("TITLE", "Title", (title,)), *_pieces(root, meta)]
    text, sections = assemble(pieces, gap="\n\n")
    if not sections:
        raise SourceError(path, record=record, expected="a title, an abstract or a text")
    abstract = " ".join(b for p in pieces if p.locator.startswith("Abstract") for b in p.blocks)
    document = Document(
        doc_id=doc_id,
        title=title,
        text=text,
        kind=kind_of(source.publication_types, _subjects(meta), title, abstract),
        sections=sections,
        source=source,
        revision=revision_of(text),
        language=(root.get(_LANG) or "en").partition("-")[0].lower(),
        published=_published(meta),
        retrieved_at=retrieved_at,
    )
    return _as_issued(document, abstract) if document.kind is Kind.GUIDELINE else document


def _as_issued(document: Document, abstract: str) -> Document:
    """A guideline with who issues it, where it holds, and its recommendations as sections."""
    source = document.source
    issuer = printed_on(abstract, title=document.title, about={"Author": "; ".join(source.authors)})
    issued = replace(
        document,
        source=replace(source, organisation=issuer.organisation),
        jurisdiction=issuer.jurisdiction,
    )
    return with_recommendations(issued)


# --- text -------------------------------------------------------------------------------------


def _title(meta: etree._Element) -> str:
    parts = (_heading(meta.find(f"title-group/{name}")) for name in ("article-title", "subtitle"))
    return ": ".join(part for part in parts if part)


def _heading(element: etree._Element | None) -> str:
    """A title without the marks of its notes ("… in two cohorts<xref>1</xref>")."""
    if element is None:
        return ""
    text = text_of(element, marks=Marks.POWERS, blocks=lambda child: tag_of(child) == "xref")
    return " ".join(text.replace(BLOCK, "").split())


def _pieces(root: etree._Element, meta: etree._Element) -> Iterator[Piece]:
    for abstract in meta.iterfind("abstract"):
        if abstract.get("abstract-type") not in _NO_ABSTRACT:
            yield from _abstract(abstract)
    for body in root.iterfind("body"):
        yield from _sections(body, (), opening=("Main text", "Main text"))
    for section in root.iterfind("back/sec"):
        yield from _sections(section, ())
    for appendix in root.iterfind("back/app-group/app"):
        yield from _sections(appendix, (), opening=("Appendix", "Appendix"))
    for group in (*root.iterfind("floats-group"), *root.iterfind("floats-wrap")):
        yield from _float(group)


def _abstract(abstract: etree._Element) -> Iterator[Piece]:
    title = _heading(abstract.find("title"))
    is_plain = title.lower() in ("", "abstract", "summary")
    label = "ABSTRACT" if is_plain else title
    place = "Abstract" if is_plain else f"Abstract > {title}"
    for piece in _sections(abstract, (), opening=(label, place), is_titled=False):
        is_section = piece.locator != place
        yield piece._replace(locator=f"{place} > {piece.locator}") if is_section else piece


def _sections(
    element: etree._Element,
    trail: tuple[str, ...],
    *,
    opening: tuple[str, str] = ("Text", "Main text"),
    is_titled: bool = True,
) -> Iterator[Piece]:
    """The section of an element's own paragraphs, then its tables and figures, and its
    subsections in their order. `opening` names (label, locator) where no heading stands above."""
    title = _heading(element.find("title")) if is_titled else ""
    here = (*trail, title) if title else trail
    label, locator = (here[-1], " > ".join(here)) if here else opening
    for is_section, children in groupby(element, key=lambda child: tag_of(child) == "sec"):
        if is_section:
            for section in children:
                yield from _sections(section, here, opening=opening)
        else:
            blocks, floats = _flow(tuple(children))
            yield Piece(label, locator, tuple(blocks))
            for each in floats:
                yield from _float(each)


def _flow(elements: Sequence[etree._Element]) -> tuple[list[str], list[etree._Element]]:
    """The paragraphs among elements in order, and the tables and figures set aside."""
    blocks: list[str] = []
    floats: list[etree._Element] = []
    for element in elements:
        tag = tag_of(element)
        if tag in _FLOATS:
            floats.append(element)
        elif tag in _NESTED:
            inner, inside = _flow_of_nested(element, tag)
            blocks += inner
            floats += inside
        elif tag and tag not in _LEFT_OUT:
            inner, inside = _paragraph(element)
            blocks += inner
            floats += inside
    return blocks, floats


def _flow_of_nested(element: etree._Element, tag: str) -> tuple[list[str], list[etree._Element]]:
    if tag == "def-list":
        items = element.iterfind("def-item")
        return [": ".join(_text(part) for part in item if _text(part)) for item in items], []
    blocks: list[str] = []
    floats: list[etree._Element] = []
    heading = _heading(element.find("title")) or _heading(element.find("caption/title"))
    if heading:
        blocks.append(heading)
    for caption in element.iterfind("caption"):
        blocks += [_text(node) for node in caption if tag_of(node) == "p"]
    parts = [list(item) for item in element.iterfind("list-item")] if tag == "list" else [element]
    for part in parts:
        mark = next((_text(node) for node in part if tag_of(node) == "label"), "")
        inner, inside = _flow(list(part))
        if mark and inner and tag == "list":
            inner[0] = f"{mark} {inner[0]}"
        blocks += inner
        floats += inside
    return blocks, floats


def _paragraph(element: etree._Element) -> tuple[list[str], list[etree._Element]]:
    """A paragraph's text, cut where a list or quotation stands in it; tables cut nothing."""
    taken: list[etree._Element] = []

    def is_block(child: etree._Element) -> bool:
        is_taken = tag_of(child) in _FLOATS or tag_of(child) in _NESTED
        if is_taken:
            taken.append(child)
        return is_taken

    pieces = text_of(element, marks=Marks.REFERENCES, blocks=is_block).split(BLOCK)
    blocks = [pieces[0].strip()]
    floats: list[etree._Element] = []
    for child, after in zip(taken, pieces[1:], strict=True):
        inner, inside = _flow([child])
        floats += inside
        if inner:
            blocks += [*inner, after.strip()]
        else:
            blocks[-1] = f"{blocks[-1]} {after.strip()}".strip()
    return [block for block in blocks if block], floats


def _float(element: etree._Element) -> Iterator[Piece]:
    tag = tag_of(element)
    if tag in ("table-wrap-group", "fig-group", "floats-group", "floats-wrap"):
        groups = [child for child in element if tag_of(child) in _FLOATS]
        own = _caption(element)
        if own:
            yield Piece(_name(element, "Group"), _name(element, "Group"), tuple(own))
        for child in groups:
            yield from _float(child)
        return
    name = _name(element, "Table" if tag == "table-wrap" else "Figure")
    blocks = [*_caption(element), *_rows(element)]
    for foot in element.iterfind("table-wrap-foot"):
        blocks += [_text(node) for node in _notes(foot)]
    yield Piece(name, name, tuple(blocks))


def _name(element: etree._Element, otherwise: str) -> str:
    return _text(element.find("label")).rstrip(".:") or otherwise


def _caption(element: etree._Element) -> list[str]:
    """The label and the caption's first paragraph on one line, further ones below."""
    lines = [_text(n) for caption in element.iterfind("caption") for n in caption]
    lines = [line for line in lines if line]
    label = _text(element.find("label"))
    if label and lines:
        return [f"{label} {lines[0]}", *lines[1:]]
    return [label] if label else lines


def _rows(element: etree._Element) -> Iterator[str]:
    for row in element.iter("tr"):
        cells = [_text(cell) for cell in row if tag_of(cell) in ("td", "th")]
        if any(cells):
            yield " | ".join(cells).strip()


def _notes(foot: etree._Element) -> Iterator[etree._Element]:
    for node in foot:
        if tag_of(node) == "fn-group":
            yield from node
        else:
            yield node


def _text(element: etree._Element | None) -> str:
    return "" if element is None else text_of(element, marks=Marks.REFERENCES)


# --- metadata ---------------------------------------------------------------------------------


def _source(root: etree._Element, front: _Front) -> Source:
    meta = front.article
    kind = (root.get("article-type") or "").strip()
    pages = [_text(meta.find(name)) for name in ("fpage", "lpage")]
    pages = list(dict.fromkeys(page for page in pages if page))
    pmcid = _article_id(meta, "pmcid") or _article_id(meta, "pmc")
    date = _issue_date(meta)
    return Source(
        authors=tuple(_authors(meta)),
        journal=_journal(front.journal),
        year=int(date[:4]) if date else None,
        volume=_text(meta.find("volume")) or None,
        issue=_text(meta.find("issue")) or None,
        pages="-".join(pages) or _text(meta.find("elocation-id")) or None,
        doi=_article_id(meta, "doi"),
        pmid=_article_id(meta, "pmid"),
        pmcid=f"PMC{pmcid.upper().removeprefix('PMC')}" if pmcid else None,
        licence=_licence(meta),
        publication_types=(kind,) if kind else (),
        links=tuple(dict.fromkeys((*_links(root, meta), *_references(root)))),
    )


def _doc_id(source: Source) -> str | None:
    ids = (("pmcid", source.pmcid), ("pmid", source.pmid), ("doi", source.doi))
    return next((f"{scheme}:{value}" for scheme, value in ids if value), None)


def _article_id(meta: etree._Element, kind: str) -> str | None:
    return _text(meta.find(f"article-id[@pub-id-type='{kind}']")) or None


def _journal(journal: etree._Element | None) -> str | None:
    if journal is None:
        return None
    # versions of the DTD before 3.0 have no group around the title
    places = ("journal-title-group/journal-title", "journal-title", "abbrev-journal-title")
    return next((text for place in places if (text := _text(journal.find(place)))), None)


def _authors(meta: etree._Element) -> Iterator[str]:
    for contrib in meta.iterfind("contrib-group/contrib"):
        if contrib.get("contrib-type", "author") != "author":
            continue
        name = contrib.find("name")
        name = contrib.find("name-alternatives/name") if name is None else name
        if name is not None:
            given = name.find("given-names")
            parts = (
                _text(name.find("surname")),
                _initials(given) if given is not None else "",
                _text(name.find("suffix")),
            )
            yield " ".join(part for part in parts if part)
        else:
            # the text before a nested list of the group's members
            group = contrib.find("collab")
            other = _text(contrib.find("string-name"))
            if named := (_group_name(group) if group is not None else other):
                yield named


def _group_name(group: etree._Element) -> str:
    named = group.find("institution")
    return (
        _text(named)
        or text_of(
            group, marks=Marks.REFERENCES, blocks=lambda child: tag_of(child) == "contrib-group"
        )
        .partition(BLOCK)[0]
        .strip()
    )


def _initials(given: etree._Element) -> str:
    """ "Jean-Paul A." -> "JPA"."""
    if written := given.get("initials"):
        return written
    return "".join(word[0].upper() for word in re.split(r"[\s.-]+", _text(given)) if word)


def _issue_date(meta: etree._Element) -> str | None:
    dates: dict[str, str] = {}
    for node in meta.iterfind("pub-date"):
        kind = node.get("pub-type") or node.get("date-type") or ""
        if date := _date(node):
            dates.setdefault(kind, date)
    return next((dates[kind] for kind in _DATES if kind in dates), None)


def _published(meta: etree._Element) -> str | None:
    """The earliest date of the issue, the collection or the electronic version."""
    nodes = meta.iterfind("pub-date")
    dates = (
        _date(node) for node in nodes if (node.get("pub-type") or node.get("date-type")) in _DATES
    )
    return min((date for date in dates if date), default=None)


def _date(node: etree._Element) -> str | None:
    year, month, day = (_text(node.find(name)) for name in ("year", "month", "day"))
    if not re.fullmatch(r"1[5-9]\d\d|20\d\d", year):
        return None
    if not (month.isdecimal() and 1 <= int(month) <= 12):
        return year
    if not (day.isdecimal() and 1 <= int(day) <= 31):
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}"


def _licence(meta: etree._Element) -> str | None:
    licence = meta.find("permissions/license")
    licence = meta.find("license") if licence is None else licence
    if licence is None:
        return None
    reference = _text(licence.find("{http://www.niso.org/schemas/ali/1.0/}license_ref"))
    text = _text(licence)
    url = _LICENCE_URL.search(text)
    return licence.get(_HREF) or reference or (url[0] if url else text) or None


def _links(root: etree._Element, meta: etree._Element) -> Iterator[Link]:
    # a notice may name what it is about in its text alone; an article's text names much else
    is_notice = (root.get("article-type") or "") in _NOTICES
    nodes = root.iter("related-article") if is_notice else meta.iterfind("related-article")
    for node in nodes:
        relation = (node.get("related-article-type") or "related").strip().lower()
        target = _target(node)
        if target:
            yield Link(re.sub(r"[\s_]+", "-", relation), target)


def _references(root: etree._Element) -> Iterator[Link]:
    """The reference list in its order: what is cited by PMID, DOI or PMCID, else as printed."""
    for reference in root.iterfind("back//ref"):
        for cited in reference:
            if tag_of(cited) in _CITATIONS and (target := _cited(cited)):
                yield Link("cites", target)


def _cited(cited: etree._Element) -> str:
    ids = {node.get("pub-id-type"): _text(node) for node in cited.iter("pub-id")}
    for name, scheme in _CITED_BY.items():
        if value := ids.get(name):
            return f"{scheme}:{value}"
    # what stands between its elements: nothing, where points and spaces were left to the reader
    between = "".join([cited.text or "", *(child.tail or "" for child in cited)])
    return _text(cited) if between.strip() or not len(cited) else _spelt(cited)


def _spelt(cited: etree._Element) -> str:
    """A citation of bare elements as Vancouver style puts them: authors. Title. Source.
    Year;volume:pages."""
    people = [
        " ".join(part for part in (_text(n.find("surname")), _text(n.find("given-names"))) if part)
        for n in cited.iter("name")
    ]
    people += [_text(node) for node in cited.iter("collab")]
    volume, pages = (
        joint.join(text for name in names if (text := _text(cited.find(name))))
        for joint, names in ((" ", ("volume",)), ("-", ("fpage", "lpage")))
    )
    place = ":".join(part for part in (volume, pages) if part)
    printed = ";".join(part for part in (_text(cited.find("year")), place) if part)
    titles = (_text(cited.find(name)) for name in ("article-title", "source", "publisher-name"))
    parts = (", ".join(people), *titles, printed)
    return ". ".join(part.rstrip(".") for part in parts if part)


def _target(node: etree._Element) -> str:
    href = (node.get(_HREF) or "").strip()
    scheme = _SCHEMES.get(node.get("ext-link-type") or "")
    if scheme == "pmcid" and href:
        return f"pmcid:PMC{href.upper().removeprefix('PMC')}"
    if scheme == "doi" and href:
        return f"doi:{re.sub(r'^(?:https?://(?:dx[.])?doi[.]org/|doi:)', '', href)}"
    if href:
        return f"{scheme}:{href}" if scheme else href
    # an article that has no id yet is named by its place in print
    place = [node.get(name) for name in ("journal-id", "vol", "page")]
    return " ".join(part for part in place if part) or _text(node)


def _subjects(meta: etree._Element) -> tuple[str, ...]:
    nodes = meta.iterfind("article-categories/subj-group/subject")
    return tuple(_text(node).lower() for node in nodes)


# --- kind -------------------------------------------------------------------------------------


def kind_of(types: tuple[str, ...], subjects: tuple[str, ...], title: str, abstract: str) -> Kind:
    """What an article is by its types, the subjects it is filed under, and its own words."""
    rules = _rules()
    for row in rules["article_type"]:
        if row["name"] in types:
            return Kind(str(row["kind"]))
    texts = {"subject": subjects, "title": (title.lower(),), "abstract": (abstract.lower(),)}
    for row in rules["words"]:
        if any(re.search(str(row["pattern"]), text) for text in texts[str(row["where"])]):
            return Kind(str(row["kind"]))
    return Kind.REVIEW if "review-article" in types else Kind.ARTICLE


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.ingest.data",
        "article_kinds.toml",
        tables={
            "article_type": Columns(("name", "kind")),
            "words": Columns(("where", "pattern", "kind")),
        },
    )
