"""JSON of others: abstracts, passages, questions with answers, and sections of pages.

Which of them a file holds is told from the keys of its first line, never from its name. A file
that holds something else is refused as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO, Final, TypeAlias

from curbside.errors import SourceError
from curbside.ingest.digest import read_digest
from curbside.ingest.jats import kind_of
from curbside.ingest.rejected import Rejected
from curbside.ingest.xml import Piece, assemble, revision_of
from curbside.records import Document, Kind, Link, Source
from curbside.text.excerpts import TITLE_LABEL, Excerpt, document_of_excerpts

_LINE_MAX: Final = 4 << 20
"""Bytes: JSON of empty objects takes thirty times its size in memory."""
_ARRAY_MAX: Final = 32 << 20
"""Bytes of a file that is one array, and so held in memory."""
_GROUPED_MAX: Final = 128 << 20
"""Bytes of a file whose lines are put together, and so held in memory."""
_HELD_MAX: Final = 20
"""A file of so many objects that are none of what their keys promise holds something else."""
_PAST: Final = re.compile(r"([A-Za-z][A-Za-z ]*?)(?: \(.*\))?: (.+)", re.DOTALL)
_SPACE: Final = re.compile(r"\s*")
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_HALF: Final = re.compile("[\ud800-\udfff]")
_OFFSETS: Final = re.compile(r":(\d+)-(\d+)$")
_OWN_IDS: Final = ("doc_id", "_id", "id")
_IDS: Final = {
    "pmid": re.compile(r"\d{1,9}"),
    "pmcid": re.compile(r"PMC\d{1,9}"),
    "doi": re.compile(r"10\.\d{1,9}/\S+"),
}

_Row: TypeAlias = Mapping[str, object]
_Line: TypeAlias = tuple[str, _Row]
"""Which line of the file it is ("line 3"), and what stands there."""
_Made: TypeAlias = Document | Rejected


def read_json_lines(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read one JSON object a line, or the objects of one array; blank lines are skipped.

    These forms are known by their keys (others beside them are left alone):

    - a digest of this project: `statements`;
    - an abstract: `title` and `abstract`, a text, a list of sentences, or a list of objects with
      `label` and `text`; it is named by `pmid`, `pmcid` or `doi`, else by its `doc_id`, `_id`,
      `id` or another `…_id` in this file;
    - passages: `pmid`, `section` and `text`; those of one PMID become one document, which has the
      record's identifiers but does not pretend to be all of it (a library puts those of several
      files together);
    - a question with its answer: `question` and `answer`, of a `qtype` and about a `focus` where
      the row says so;
    - sections of pages: `url`, `heading` and `text`; those of one address become one document.

    Args:
        stream: UTF-8, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Raises:
        SourceError: the first object is of no known form, a line is over 4 MiB, an array over
            32 MiB, or a file whose lines are put together over 128 MiB; documents yielded before
            stay valid.
    """
    start = stream.readline(_LINE_MAX)
    is_array = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["
    lines = _items(start, stream, path) if is_array else _lines(start, stream, path)
    first = next(lines, None)
    if first is None:
        raise SourceError(path, expected="JSON Lines", found="blank lines alone")
    if isinstance(first, Rejected):
        raise SourceError(path, record=first.record, expected="a JSON object", found="none")
    keys = first[1].keys()
    for needed, reader in _FORMS:
        if needed <= keys:
            yield from reader(chain((first,), lines), path, retrieved_at)
            return
    raise SourceError(
        path,
        record=first[0],
        expected="the keys of digests, abstracts, passages, questions with answers, or page"
        " sections (docs/how-to.md names them)",
        found=", ".join(sorted(keys))[:80],
    )


def _lines(start: bytes, stream: BinaryIO, path: str) -> Iterator[_Line | Rejected]:
    number, raw = 1, start
    while raw:
        where = f"line {number}"
        if len(raw) == _LINE_MAX:
            expected = f"lines under {_LINE_MAX >> 20} MiB"
            raise SourceError(path, record=where, expected=expected)
        if raw.strip():
            try:
                data = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                yield _no_object(path, where, str(error))
            else:
                yield _object(data, path, where, may_be_no_text=b"\\u" in raw)
        raw = stream.readline(_LINE_MAX)
        number += 1


def _items(start: bytes, stream: BinaryIO, path: str) -> Iterator[_Line | Rejected]:
    """The objects of an array, one by one, so that they are not all held at once."""
    data = start + stream.read(_ARRAY_MAX)
    if len(data) > _ARRAY_MAX:
        expected = f"an array of at most {_ARRAY_MAX >> 20} MiB; JSON Lines may be longer"
        raise SourceError(path, expected=expected)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(path, expected="UTF-8", found=str(error)) from error
    decoder = json.JSONDecoder()
    at, number = text.index("[") + 1, 0
    while True:
        number += 1
        where = f"object {number}"
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it fits any text
        if number == 1 and text[at : at + 1] == "]":
            break
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise SourceError(path, record=where, expected="JSON", found=str(error)) from error
        yield _object(item, path, where, may_be_no_text=True)
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it fits any text
        if text[at : at + 1] != ",":
            break
        at += 1
    if text[at:].strip() != "]":
        found = text[at : at + 40] or "the end of the file"
        raise SourceError(
            path, record=f"object {number}", expected="`,` or a last `]`", found=found
        )


def _object(data: object, path: str, where: str, *, may_be_no_text: bool) -> _Line | Rejected:
    if not isinstance(data, dict):
        return _no_object(path, where, f"found {type(data).__name__}")
    if may_be_no_text:
        # an escape may name half a character or NUL, and neither can be kept as text
        written = json.dumps(data, ensure_ascii=False)
        if _NUL.search(written) or _HALF.search(written):
            reason = f"{path}, {where}: expected text; found a NUL or half a character"
            return Rejected(path, where, reason)
    return where, data


def _no_object(path: str, where: str, why: str) -> Rejected:
    return Rejected(path, where, f"{path}, {where}: expected a JSON object; {why}")


def _each(
    make: Callable[[_Row, str, str, str | None], Document],
) -> Callable[[Iterable[_Line | Rejected], str, str | None], Iterator[_Made]]:
    """A reader of one document a line."""

    def read(
        lines: Iterable[_Line | Rejected], path: str, retrieved_at: str | None
    ) -> Iterator[_Made]:
        held: list[Rejected] | None = []
        for line in lines:
            made: _Made
            if isinstance(line, Rejected):
                made = line
            else:
                try:
                    made = make(line[1], path, line[0], retrieved_at)
                except SourceError as error:
                    made = Rejected(path, error.record, str(error))
            if held is None:
                yield made
            elif isinstance(made, Rejected):
                held.append(made)
                if len(held) == _HELD_MAX:
                    expected = f"a document among the first {_HELD_MAX} objects"
                    found = f"none; the first: {held[0].reason}"
                    raise SourceError(path, expected=expected, found=found)
            else:
                yield from held
                held = None
                yield made
        yield from held or ()

    return read


def _grouped(
    by: str, make: Callable[[list[_Line], str, str | None], Document]
) -> Callable[[Iterable[_Line | Rejected], str, str | None], Iterator[_Made]]:
    """A reader of one document for all lines with the same text under `by`."""

    def read(
        lines: Iterable[_Line | Rejected], path: str, retrieved_at: str | None
    ) -> Iterator[_Made]:
        groups: dict[str, list[_Line]] = {}
        held = 0
        for line in lines:
            if isinstance(line, Rejected):
                yield line
                continue
            where, row = line
            try:
                held += len(_needed(row, "text", path, where))
                groups.setdefault(_needed(row, by, path, where), []).append(line)
            except SourceError as error:
                yield Rejected(path, error.record, str(error))
            if held > _GROUPED_MAX:
                expected = f"at most {_GROUPED_MAX >> 20} MiB of text whose lines belong together"
                raise SourceError(path, expected=expected)
        for group in groups.values():
            try:
                yield make(group, path, retrieved_at)
            except SourceError as error:
                yield Rejected(path, error.record, str(error))

    return read


def _digest(row: _Row, path: str, where: str, retrieved_at: str | None) -> Document:
    return read_digest(json.dumps(row), path=path, record=where, retrieved_at=retrieved_at)


def _abstract(row: _Row, path: str, where: str, retrieved_at: str | None) -> Document:
    title = _one_line(_needed(row, "title", path, where))
    pieces = [Piece("TITLE", "Title", (title,))]
    pieces += _parts_of(row.get("abstract"), path, where)
    text, sections = assemble(pieces, gap="\n")
    year = row.get("year")
    if year is not None and not (type(year) is int and 1000 <= year <= 9999):
        expected = "year: a whole number of four digits, or null"
        raise SourceError(path, record=where, expected=expected)
    types = _texts(row, "publication_types", path, where)
    source = Source(
        journal=_text(row, "journal", path, where),
        year=year,
        doi=_identifier(row, "doi", path, where),
        pmid=_identifier(row, "pmid", path, where),
        pmcid=_identifier(row, "pmcid", path, where),
        url=_text(row, "url", path, where),
        licence=_text(row, "licence", path, where),
        publication_types=types,
        mesh=_texts(row, "mesh", path, where),
        links=tuple(_link(each) for each in _texts(row, "comments_corrections", path, where)),
    )
    return Document(
        doc_id=_doc_id(row, path, where),
        title=title,
        text=text,
        kind=kind_of(types, (), title, " ".join(part for p in pieces[1:] for part in p.blocks)),
        sections=sections,
        source=source,
        revision=revision_of(text),
        published=str(year) if year is not None else None,
        retrieved_at=retrieved_at,
    )


def _parts_of(abstract: object, path: str, where: str) -> Iterator[Piece]:
    if abstract is None:
        return
    if isinstance(abstract, str):
        yield Piece("ABSTRACT", "Abstract", (_one_line(abstract),))
        return
    expected = "abstract: a text, a list of texts, or a list of objects with label and text"
    if not isinstance(abstract, list):
        raise SourceError(path, record=where, expected=expected)
    if all(isinstance(each, str) for each in abstract):
        yield Piece("ABSTRACT", "Abstract", (_one_line(" ".join(abstract)),))
        return
    for each in abstract:
        label: object = each.get("label") if isinstance(each, dict) else 0
        text = each.get("text") if isinstance(each, dict) else None
        if not (label is None or isinstance(label, str)) or not isinstance(text, str):
            raise SourceError(path, record=where, expected=expected)
        name = _one_line(label or "") or "ABSTRACT"
        place = f"Abstract > {name}" if name != "ABSTRACT" else "Abstract"
        yield Piece(name, place, (_one_line(text),))


def _doc_id(row: _Row, path: str, where: str) -> str:
    for scheme in _IDS:
        if name := _identifier(row, scheme, path, where):
            return f"{scheme}:{name}"
    others = sorted(key for key in row if key.endswith("_id") and key not in _OWN_IDS)
    for key in (*_OWN_IDS, *others[:1]):
        value = row.get(key)
        if isinstance(value, str | int) and str(value).strip():
            # an identifier that means something in this file alone
            return f"file:{_stem(path)}:{value}"
    expected = "a pmid, pmcid, doi, doc_id, _id, id or another …_id"
    raise SourceError(path, record=where, expected=expected)


def _identifier(row: _Row, scheme: str, path: str, where: str) -> str | None:
    name = _text(row, scheme, path, where)
    if name is not None and not _IDS[scheme].fullmatch(name):
        raise SourceError(path, record=where, expected=f"{scheme}: a {scheme.upper()}", found=name)
    return name


def _passages(group: list[_Line], path: str, retrieved_at: str | None) -> Document:
    pmid = _identifier(group[0][1], "pmid", path, group[0][0])
    excerpts = []
    for where, row in group:
        section = _needed(row, "section", path, where)
        text = _one_line(_needed(row, "text", path, where))
        label = TITLE_LABEL if section.lower() == "title" else section.upper()
        found = _OFFSETS.search(str(row.get("_id", "")))
        place = f"{section}, characters {found[1]}–{found[2]}" if found else section
        excerpts.append(Excerpt(label, place, text))
    return document_of_excerpts(str(pmid), excerpts, retrieved_at=retrieved_at)


def _answer(row: _Row, path: str, where: str, retrieved_at: str | None) -> Document:
    question = _one_line(_needed(row, "question", path, where))
    blocks = _blocks(_needed(row, "answer", path, where))
    pieces = [Piece("TITLE", "Question", (question,)), Piece("ANSWER", "Answer", blocks)]
    text, sections = assemble(pieces, gap="\n")
    name = next((str(row[key]) for key in ("qid", "_id", "id") if row.get(key)), None)
    if name is None:
        raise SourceError(path, record=where, expected="a qid, _id or id")
    return Document(
        # collections number their questions by page: one number may stand for several questions
        doc_id=f"file:{_stem(path)}:{name}:{_mark(question, _text(row, 'url', path, where))}",
        title=question,
        text=text,
        kind=Kind.PATIENT_INFORMATION,
        sections=sections,
        source=Source(
            organisation=_text(row, "source", path, where),
            url=_text(row, "url", path, where),
            licence=_text(row, "licence", path, where),
        ),
        revision=revision_of(text),
        retrieved_at=retrieved_at,
        question=question,
        question_type=_text(row, "qtype", path, where),
        focus=_text(row, "focus", path, where),
    )


def _mark(*parts: str | None) -> str:
    return revision_of("\n".join(part or "" for part in parts))[:8]


def _page(group: list[_Line], path: str, retrieved_at: str | None) -> Document:
    where, first = group[0]
    url = _needed(first, "url", path, where)
    pieces = []
    for line, row in group:
        heading = _one_line(_needed(row, "heading", path, line))
        above = _text(row, "section", path, line)
        lines = _blocks(_needed(row, "text", path, line))
        # the text may begin with its own heading
        blocks = lines[1:] if lines and lines[0] == heading else lines
        place = " > ".join(part for part in (above, heading) if part)
        pieces.append(Piece(heading, place, blocks))
    title = _text(first, "topic", path, where) or pieces[0].label
    text, sections = assemble([Piece("TITLE", "Title", (title,)), *pieces], gap="\n")
    issuer, _, licence = (_text(first, "source", path, where) or "").partition(", ")
    return Document(
        doc_id=f"url:{re.sub(r'^https?://', '', url)}",
        title=title,
        text=text,
        kind=Kind.PATIENT_INFORMATION,
        sections=sections,
        source=Source(organisation=issuer or None, url=url, licence=licence or None),
        revision=revision_of(text),
        retrieved_at=retrieved_at,
    )


def _link(text: str) -> Link:
    """ "Erratum in: BMJ. 2023" as PubMed prints it.

    >>> _link("Erratum in: BMJ. 2023 Feb 10;380:p330.")
    Link(relation='erratum-in', target='BMJ. 2023 Feb 10;380:p330.')
    """
    found = _PAST.fullmatch(text)
    if found is None:
        return Link("related", text)
    return Link("-".join(found[1].lower().split()), found[2])


def _needed(row: _Row, key: str, path: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SourceError(path, record=where, expected=f"{key}: a text", found=repr(value)[:80])
    return value.strip()


def _text(row: _Row, key: str, path: str, where: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        found = repr(value)[:80]
        raise SourceError(path, record=where, expected=f"{key}: a text or null", found=found)
    return _one_line(value) or None


def _texts(row: _Row, key: str, path: str, where: str) -> tuple[str, ...]:
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise SourceError(path, record=where, expected=f"{key}: a list of texts")
    return tuple(values)


def _blocks(text: str) -> tuple[str, ...]:
    return tuple(line for each in text.splitlines() if (line := _one_line(each)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _stem(path: str) -> str:
    """The name of the file without what it is packed and written in."""
    return PurePath(path.rpartition("!")[2]).name.partition(".")[0]


_FORMS: Final = (
    (frozenset({"statements"}), _each(_digest)),
    (frozenset({"title", "abstract"}), _each(_abstract)),
    (frozenset({"pmid", "section", "text"}), _grouped("pmid", _passages)),
    (frozenset({"question", "answer"}), _each(_answer)),
    (frozenset({"url", "heading", "text"}), _grouped("url", _page)),
)
"""The keys that tell a form, and its reader; the first that fits is taken."""
