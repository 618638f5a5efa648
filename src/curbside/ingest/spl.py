"""Structured Product Labelling (HL7 v3, DailyMed) -> documents for the Label lane."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, Final

from lxml import etree

from curbside.errors import SourceError
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, parse_xml, refuse_crowded, revision_of
from curbside.records import Document, Kind, Source
from curbside.text.rules import Columns, load_rules

ROOT: Final = "document"
NAMESPACE: Final = b"urn:hl7-org:v3"
_SIZE_MAX: Final = 16 << 20
_NODES_MAX: Final = 300_000
_NAMES_SHOWN: Final = 6
"""A kit has dozens."""
_FRAME: Final = re.compile(
    r"(?:highlights of prescribing information\W*)?"
    r"these highlights do not include all the information needed to use .{1,300}?"
    r"safely and effectively\W*"
    r"(?:see full prescribing information for .{1,300}?\.(?=\s|$)\s*)?",
    re.IGNORECASE,
)
_APPROVAL: Final = re.compile(r"\s*initial u\.?s\.? approval\W*\d{4}.*$", re.IGNORECASE)
_PAGE: Final = "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid="
_NS: Final = {"h": "urn:hl7-org:v3"}


def read_spl(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read one label: every section under its printed title, tables a row a line.

    The document is `label:<set id>`, its version the label's, `revised` its effective time. A
    section without a title is called by what its LOINC code says ("Boxed warning"). Highlights,
    which repeat the sections in short, and the listing of packages are left out.

    Args:
        stream: the bytes of one label, uncompressed.
        path: how errors name the file.
        retrieved_at: ISO date the document carries.

    Raises:
        SourceError: not well-formed, with entities, over 16 MiB or too many tags, no set id, no
            section.
    """
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"a label of at most {_SIZE_MAX >> 20} MiB")
    refuse_crowded(data, path=path, record=None, at_most=_NODES_MAX)
    root = parse_xml(data, path=path, record=None)
    node = root.find("h:setId", _NS)
    set_id = (node.get("root") or "").strip().lower() if node is not None else ""
    if not re.fullmatch(r"[\w.-]+", set_id):
        raise SourceError(path, expected="a label with a <setId root=…>")
    spelt: dict[str, str] = {}
    for name in _product_names(root):
        spelt.setdefault(name.casefold(), name)
    names = list(spelt.values())
    title = _title(_words(root.find("h:title", _NS)), names)
    pieces = [Piece("TITLE", "Title", (title,))]
    for component in root.iterfind("h:component/h:structuredBody/h:component/h:section", _NS):
        pieces += _pieces(component, ())
    text, sections = assemble(pieces, gap="\n\n")
    if len(sections) < 2:
        raise SourceError(path, expected="a label with sections of text", found="none")
    effective = re.match(r"(\d{4})(\d\d)?(\d\d)?", _value(root, "h:effectiveTime"))
    day = "-".join(part for part in effective.groups() if part) if effective else None
    organisation = root.find("h:author/h:assignedEntity/h:representedOrganization/h:name", _NS)
    yield Document(
        doc_id=f"label:{set_id}",
        title=title,
        text=text,
        kind=Kind.LABEL,
        sections=sections,
        source=Source(
            organisation=_words(organisation) or None,
            year=int(effective[1]) if effective else None,
            url=f"{_PAGE}{set_id}",
            publication_types=("Drug label",),
        ),
        revision=revision_of(text),
        published=day,
        revised=day,
        version=_value(root, "h:versionNumber") or None,
        jurisdiction="US",
        retrieved_at=retrieved_at,
    )


def _title(printed: str, names: list[str]) -> str:
    """The printed title without the frame that every label has, with the names it lacks.

    >>> _title("These highlights do not include all the information needed to use ZYX safely and "
    ...        "effectively. See full prescribing information for ZYX. ZYX (zinc) tablets "
    ...        "Initial U.S. Approval: 1961", ["Zyx", "zinc sulfate"])
    'ZYX (zinc) tablets (zinc sulfate)'
    """
    title = _APPROVAL.sub("", _FRAME.sub("", printed, count=1)).strip(" .")
    missing = [name for name in names if name.lower() not in title.lower()][:_NAMES_SHOWN]
    if not title:
        return ", ".join(names[:_NAMES_SHOWN])
    return f"{title} ({', '.join(missing)})" if missing else title


def _product_names(root: etree._Element) -> Iterator[str]:
    """The names the product is sold by, then those of its active substances."""
    for place in (
        ".//h:manufacturedProduct/h:manufacturedProduct/h:name",
        # labels made before 2012
        ".//h:manufacturedProduct/h:manufacturedMedicine/h:name",
        ".//h:manufacturedProduct//h:genericMedicine/h:name",
        ".//h:activeMoiety/h:activeMoiety/h:name",
    ):
        for node in root.iterfind(place, _NS):
            if name := _words(node):
                yield name


def _pieces(section: etree._Element, above: tuple[str, ...]) -> Iterator[Piece]:
    code = section.find("h:code", _NS)
    known = _names().get(code.get("code") or "") if code is not None else None
    if known == "":
        return
    title = _words(section.find("h:title", _NS)) or known or ""
    path = (*above, title) if title else above
    text = section.find("h:text", _NS)
    blocks = tuple(_blocks(text)) if text is not None else ()
    yield Piece(title or "TEXT", " > ".join(path) or "Label", blocks)
    for inner in section.iterfind("h:component/h:section", _NS):
        yield from _pieces(inner, path)


def _blocks(text: etree._Element) -> Iterator[str]:
    if words := " ".join((text.text or "").split()):
        yield words
    for node in text:
        tag = etree.QName(node).localname
        if tag == "table":
            rows = [
                " | ".join(_words(cell) for cell in row) for row in node.iter("{urn:hl7-org:v3}tr")
            ]
            caption = _words(node.find("h:caption", _NS))
            yield "\n".join(row for row in (caption, *rows) if row.strip(" |"))
        elif tag == "list":
            for item in node.iterfind("h:item", _NS):
                if words := _words(item):
                    yield words
        elif words := _words(node):
            yield words
        if tail := " ".join((node.tail or "").split()):
            yield tail


def _words(node: etree._Element | None) -> str:
    """All text below a node, blocks set apart by a space."""
    if node is None:
        return ""
    words: list[str] = []

    def add(each: etree._Element) -> None:
        tag = etree.QName(each).localname
        is_block = tag in ("paragraph", "item", "br", "list", "td", "th", "caption")
        if is_block:
            words.append(" ")
        if tag == "sup" and re.fullmatch(r"[+−-]?\d+", (each.text or "").strip()):
            before = "".join(words[-1:])
            words.append("^" if before[-1:].isdigit() else " ")
        words.append(each.text or "")
        for child in each:
            add(child)
            words.append(child.tail or "")
        if is_block:
            words.append(" ")

    add(node)
    return " ".join("".join(words).split())


def _value(root: etree._Element, place: str) -> str:
    node = root.find(place, _NS)
    return (node.get("value") or "").strip() if node is not None else ""


@cache
def _names() -> dict[str, str]:
    rows = load_rules(
        "curbside.ingest.data", "spl_sections.toml", tables={"section": Columns(("code", "name"))}
    )
    return {str(row["code"]): str(row["name"]) for row in rows["section"]}
