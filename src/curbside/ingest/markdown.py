"""Markdown with front matter -> documents: guidelines and leaflets that people write themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from curbside.errors import SourceError
from curbside.ingest.recommendations import with_recommendations
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Kind, Link, Source

_SIZE_MAX: Final = 16 << 20
_KEYS: Final = (
    "title", "kind", "body", "year", "jurisdiction", "version", "supersedes", "doi", "pmid",
    "url", "licence", "language", "published", "id",
)  # fmt: skip
_OF_A_GUIDELINE: Final = ("body", "year")
_FENCES: Final = ("+++", "---")
_ID: Final = re.compile(r"(?:guideline|label|leaflet):[\w.-]+")


def read_markdown(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read one file: front matter, then text under headings.

    The front matter stands at the top, as TOML between two lines `+++`, or as `key: value` lines
    between two lines `---`. `title` and `kind` (a value of `Kind`) are needed, of a guideline
    `body` and `year` too; `supersedes` lists the ids of what this one replaces. A section's
    locator is the path of its headings; a row of a table is one line ("cell | cell").

    Args:
        stream: UTF-8.
        path: how errors name the file.
        retrieved_at: ISO date the document carries.

    Raises:
        SourceError: no UTF-8, no front matter, an unknown key or value, no text.
    """
    data = stream.read(_SIZE_MAX + 1)
    if len(data) > _SIZE_MAX:
        raise SourceError(path, expected=f"a file of at most {_SIZE_MAX >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(path, expected="Markdown in UTF-8", found=str(error)) from error
    front, rest = _front_matter(text.replace("\r\n", "\n"), path)
    said = _checked(front, path)
    title = str(said["title"])
    pieces = [Piece("TITLE", "Title", (title,)), *_pieces(rest, title)]
    body, sections = assemble(pieces, gap="\n\n")
    if len(sections) < 2:
        raise SourceError(path, expected="text below the front matter", found="none")
    supersedes = said.get("supersedes", [])
    assert isinstance(supersedes, list)  # noqa: S101  (checked)
    document = Document(
        doc_id=_doc_id(said),
        title=title,
        text=body,
        kind=Kind(str(said["kind"])),
        sections=sections,
        source=Source(
            organisation=_maybe(said, "body"),
            year=int(str(said["year"])) if "year" in said else None,
            doi=_maybe(said, "doi"),
            pmid=_maybe(said, "pmid"),
            url=_maybe(said, "url"),
            licence=_maybe(said, "licence"),
            links=tuple(Link("supersedes", str(each)) for each in supersedes),
        ),
        revision=revision_of(body),
        language=_maybe(said, "language") or "en",
        published=_maybe(said, "published") or _maybe(said, "year"),
        version=_maybe(said, "version"),
        jurisdiction=_maybe(said, "jurisdiction"),
        retrieved_at=retrieved_at,
    )
    yield with_recommendations(document)


def _front_matter(text: str, path: str) -> tuple[dict[str, object], str]:
    fence, _, rest = text.partition("\n")
    close = re.search(rf"^{re.escape(fence.strip())}[ \t]*$", rest, re.MULTILINE)
    if fence.strip() not in _FENCES or close is None:
        raise SourceError(path, expected="front matter between two lines +++ or ---")
    head, body = rest[: close.start()], rest[close.end() :]
    if fence.strip() == "---":
        return _plain(head, path), body
    try:
        return tomllib.loads(head), body
    except tomllib.TOMLDecodeError as error:
        raise SourceError(path, expected=f"TOML between the lines +++; {error}") from error


def _plain(head: str, path: str) -> dict[str, object]:
    """`key: value` lines; a list is written [a, b]."""
    said: dict[str, object] = {}
    for number, line in enumerate(head.splitlines(), start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if not colon or key != key.strip() or not value.strip():
            raise SourceError(path, record=f"line {number}", expected="key: value", found=line[:80])
        value = value.strip()
        if value.startswith("[") and value.endswith("]"):
            said[key] = [_bare(each) for each in value[1:-1].split(",") if each.strip()]
        else:
            said[key] = _bare(value)
    return said


def _bare(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _checked(front: Mapping[str, object], path: str) -> Mapping[str, object]:
    unknown = sorted(front.keys() - set(_KEYS))
    if unknown:
        found = ", ".join(unknown)
        raise SourceError(path, expected=f"the keys {', '.join(_KEYS)}", found=found)
    needed = ["title", "kind"]
    if front.get("kind") == Kind.GUIDELINE.value:
        needed += _OF_A_GUIDELINE
    missing = [key for key in needed if not str(front.get(key, "")).strip()]
    if missing:
        raise SourceError(path, expected=f"the keys {', '.join(needed)}", found=f"no {missing[0]}")
    if front["kind"] not in {kind.value for kind in Kind}:
        kinds = ", ".join(kind.value for kind in Kind)
        raise SourceError(path, expected=f"kind: one of {kinds}", found=str(front["kind"]))
    if "year" in front and not re.fullmatch(r"(?:1[5-9]|20)\d\d", str(front["year"])):
        raise SourceError(path, expected="year: four digits", found=str(front["year"]))
    listed = front.get("supersedes", [])
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise SourceError(path, expected='supersedes: a list of ids ["guideline:…"]')
    if "id" in front and not _ID.fullmatch(str(front["id"])):
        expected = "id: guideline:NAME, label:NAME or leaflet:NAME"
        raise SourceError(path, expected=expected, found=str(front["id"])[:80])
    for key in set(_KEYS) - {"supersedes", "year"}:
        if key in front and not isinstance(front[key], str | int | float):
            raise SourceError(path, expected=f"{key}: a text", found=str(front[key])[:80])
    return front


def _doc_id(said: Mapping[str, object]) -> str:
    if "id" in said:
        return str(said["id"])
    if "pmid" in said:
        return f"pmid:{said['pmid']}"
    if "doi" in said:
        return f"doi:{str(said['doi']).lower()}"
    words = " ".join(str(said.get(key, "")) for key in ("body", "title", "year"))
    name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:80]
    scheme = {"guideline": "guideline", "label": "label"}.get(str(said["kind"]), "leaflet")
    return f"{scheme}:{name}"


def _maybe(said: Mapping[str, object], key: str) -> str | None:
    return str(said[key]) if key in said else None


def _pieces(text: str, title: str) -> Iterator[Piece]:
    """A piece for every heading that has text of its own."""
    headings: list[tuple[int, str]] = []
    blocks: list[str] = []
    for level, words in _blocks(text):
        if not level:
            blocks.append(words)
            continue
        if blocks:
            yield _piece(headings, blocks, title)
            blocks = []
        headings = [*(each for each in headings if each[0] < level), (level, words)]
    if blocks:
        yield _piece(headings, blocks, title)


def _piece(headings: list[tuple[int, str]], blocks: list[str], title: str) -> Piece:
    names = [name for _, name in headings if name != title]
    return Piece(names[-1] if names else "TEXT", " > ".join(names) or "Text", tuple(blocks))


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The words of every block, with their level where it is a heading, else 0."""
    level = 0
    table: list[list[str]] | None = None
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "table_open":
            table = []
        elif token.type == "tr_open" and table is not None:
            table.append([])
        elif token.type == "table_close" and table is not None:
            yield 0, "\n".join(" | ".join(row) for row in table)
            table = None
        elif token.type == "inline" or token.type in ("fence", "code_block"):
            words = _words(token.children) if token.children else token.content.strip()
            if table is not None:
                table[-1].append(words)
            elif words:
                yield level, words
                level = 0


def _words(children: Sequence[Token]) -> str:
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return " ".join("".join(parts).split())
