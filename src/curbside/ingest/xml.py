"""XML from strangers, parsed without reading anything but the bytes given; text with sections."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from curbside.errors import SourceError
from curbside.records import Section, Span

_FOUND_MAX = 80
_NODES_MAX = 1_000_000
"""A parsed node has some 120 bytes; an article of ten megabytes has about so many nodes."""
# one by one and anchored, so that no input makes it slow
_MARKUP = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_START_TAG = re.compile(rb"<([A-Za-z_][\w:.-]*)[\s/>]")


class Piece(NamedTuple):
    """What becomes one section: its name, where a person finds it, its paragraphs in order."""

    label: str
    locator: str
    blocks: tuple[str, ...]


def assemble(pieces: Iterable[Piece], *, gap: str) -> tuple[str, tuple[Section, ...]]:
    """Join pieces into a text and the sections that span them, `gap` between any two blocks.

    Blank blocks and pieces without a block are left out; the sections are sorted and disjoint.
    """
    blocks: list[str] = []
    sections: list[Section] = []
    at = 0
    for piece in pieces:
        start = at
        for block in piece.blocks:
            if block:
                blocks.append(block)
                at += len(block) + len(gap)
        if at > start:
            sections.append(Section(piece.label, Span(start, at - len(gap)), piece.locator))
    return gap.join(blocks), tuple(sections)


def revision_of(text: str) -> str:
    """The revision of a document whose source does not count its versions."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def parse_xml(
    data: bytes, *, path: str, record: str | None, encoding: str | None = None
) -> etree._Element:
    """Parse one document; nothing outside `data` is read and no entity is put in.

    Comments and processing instructions are left out.

    Args:
        data: the whole document.
        path: how errors name the file.
        record: how errors name the record, None for the whole file.
        encoding: overrides what the document says of itself.

    Raises:
        SourceError: not well-formed, cut off, too large, too many tags or too deep for the
            parser's limits, or with entities: an entity that is not read silently loses the text
            it stands for.
    """
    refuse_crowded(data, path=path, record=record, at_most=_NODES_MAX)
    # a parser is no place for two threads, and a new one costs microseconds
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            path, record=record, expected="well-formed XML", found=shorten(error.msg or "nothing")
        ) from error
    _refuse_entities(root, path, record)
    return root


def refuse_crowded(data: bytes, *, path: str, record: str | None, at_most: int) -> None:
    """Raise SourceError where markup has more than `at_most` tags and attributes.

    An attribute counts twice, as it takes two nodes; counted before parsing, as it is the parsed
    nodes that fill the memory.
    """
    if len(data) > at_most and data.count(b"<") + 2 * data.count(b"=") > at_most:
        expected = f"markup of at most {at_most:,} tags and attributes"
        raise SourceError(path, record=record, expected=expected)


def _refuse_entities(root: etree._Element, path: str, record: str | None) -> None:
    declared = root.getroottree().docinfo.internalDTD
    names: list[str] = []
    if declared is not None:
        # lxml's stubs know no entities of a DTD
        names = [entity.name for entity in declared.iterentities()]  # type: ignore[attr-defined]
    if names:
        found = f"<!ENTITY {names[0]} …>"
        raise SourceError(path, record=record, expected="XML that declares no entity", found=found)
    for entity in root.iter(etree.Entity):
        found = shorten(str(entity.text))
        raise SourceError(
            path, record=record, expected="characters instead of named entities", found=found
        )


def after_markup(data: bytes) -> int:
    """Where the first thing begins that is no white space, comment, instruction or DOCTYPE."""
    at = 0
    while found := _MARKUP.match(data, at):
        at = found.end()
    return at


def root_of(head: bytes) -> str | None:
    """The name of the root element of a document that begins so; None where there is none."""
    tag = _START_TAG.match(head, after_markup(head))
    return tag[1].decode() if tag else None


def shorten(text: str) -> str:
    """One line of at most 80 characters, to be shown in an error."""
    line = " ".join(text.split())
    return line if len(line) <= _FOUND_MAX else line[: _FOUND_MAX - 1] + "…"
