"""Digests: our summaries of named sources, one JSON object a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from curbside.errors import SourceError
from curbside.records import (
    Certainty,
    Digest,
    Document,
    Kind,
    Link,
    Section,
    Source,
    Span,
    Standing,
    Status,
    Study,
)

_E = TypeVar("_E", Kind, Certainty)
_REQUIRED = ("id", "kind", "title", "statements", "verification", "licence_note", "certainty_basis")
_TEXTS = (
    "authors", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "design",
    "population", "intervention", "follow_up", "relapse_definition", "outcome_definition",
    "seen_at", "via", "superseded_by", "supersedes", "organisation",
)  # fmt: skip
_KNOWN = frozenset((*_REQUIRED, *_TEXTS, "year", "n", "notes", "title_is_description"))
_STATEMENT = frozenset(("text", "locator", "strength_of_recommendation", "certainty"))


def read_digests(
    lines: Iterable[str],
    *,
    path: str,
    retrieved_at: str | None,
    organisations: Mapping[str, str] | None = None,
) -> Iterator[Document]:
    """Read digests, one a line; blank lines are skipped.

    Args:
        lines: JSON objects.
        path: how errors name the file.
        retrieved_at: ISO date the documents carry.
        organisations: issuing body by record id, where the record itself does not say.

    Yields:
        Documents in file order. Each statement is one line of the text and one section.

    Raises:
        SourceError: a line that is no such object, naming the line and what was expected.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield read_digest(
                line,
                path=path,
                record=f"line {number}",
                retrieved_at=retrieved_at,
                organisations=organisations,
            )


def standing_of_digest(document: Document) -> Standing:
    """Superseded where its own record says so; else unknown, as nobody checked."""
    by = tuple(link.target for link in document.source.links if link.relation == "superseded-by")
    return Standing(Status.SUPERSEDED, by) if by else Standing(Status.UNKNOWN)


def read_digest(
    line: str,
    *,
    path: str,
    record: str,
    retrieved_at: str | None,
    organisations: Mapping[str, str] | None = None,
) -> Document:
    """Read one digest from its line, as `read_digests` does; `record` is how errors name it."""
    where = record
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(path, record=where, expected="a JSON object", found=str(error)) from error
    if not isinstance(data, dict):
        raise SourceError(path, record=where, expected="a JSON object", found=type(data).__name__)
    where = f"{where} ({data.get('id', 'no id')})"
    _check_keys(data, _REQUIRED, _KNOWN, path, where)
    for key in _TEXTS:
        if not isinstance(data.get(key), str | None):
            raise SourceError(path, record=where, expected=f"text or null in {key!r}")
    text, sections = _statements(data["statements"], path, where)
    kind = _one_of(Kind, data["kind"], path, where)
    return Document(
        doc_id=f"digest:{data['id']}",
        title=data["title"],
        text=text,
        kind=kind,
        sections=sections,
        source=_source(data, kind, organisations or {}),
        revision=hashlib.sha256(text.encode()).hexdigest()[:12],
        study=Study(
            design=data.get("design"),
            n=data.get("n"),
            population=data.get("population"),
            intervention=data.get("intervention"),
            follow_up=data.get("follow_up"),
            outcome_definition=data.get("outcome_definition") or data.get("relapse_definition"),
        ),
        digest=Digest(
            verification=data["verification"],
            certainty_basis=data["certainty_basis"],
            licence_note=data["licence_note"],
            via=data.get("via"),
            title_is_description=bool(data.get("title_is_description", False)),
            notes=tuple(data.get("notes") or ()),
        ),
        retrieved_at=retrieved_at,
    )


def _source(data: Mapping[str, object], kind: Kind, organisations: Mapping[str, str]) -> Source:
    def text(key: str) -> str | None:
        value = data.get(key)
        return value if isinstance(value, str) and value else None

    organisation = text("organisation") or organisations.get(str(data["id"]))
    if organisation is None and kind in (Kind.GUIDELINE, Kind.LABEL):
        # a body that issues without a journal stands in the place of one ("NHS … web page")
        organisation = text("journal")
    links = tuple(
        Link(relation, f"digest:{target}")
        for relation, target in (
            ("superseded-by", text("superseded_by")),
            ("supersedes", text("supersedes")),
        )
        if target
    )
    authors = text("authors")
    year = data.get("year")
    return Source(
        authors=(authors,) if authors else (),
        journal=text("journal"),
        organisation=organisation,
        year=year if isinstance(year, int) else None,
        volume=text("volume"),
        issue=text("issue"),
        pages=text("pages"),
        doi=text("doi"),
        pmid=text("pmid"),
        pmcid=text("pmcid"),
        url=text("seen_at"),
        links=links,
    )


def _statements(rows: object, path: str, where: str) -> tuple[str, tuple[Section, ...]]:
    if not isinstance(rows, list) or not rows:
        raise SourceError(path, record=where, expected="a list of one or more statements")
    sections = []
    at = 0
    for number, row in enumerate(rows, start=1):
        place = f"{where}, statement {number}"
        if not isinstance(row, dict):
            raise SourceError(path, record=place, expected="an object")
        _check_keys(row, ("text", "locator"), _STATEMENT, path, place)
        text = row["text"]
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise SourceError(path, record=place, expected="one line of text")
        certainty = row.get("certainty")
        sections.append(
            Section(
                label="statement",
                span=Span(at, at + len(text)),
                locator=str(row["locator"]),
                certainty=_one_of(Certainty, certainty, path, place) if certainty else None,
                strength=row.get("strength_of_recommendation"),
            )
        )
        at += len(text) + 1
    return "\n".join(row["text"] for row in rows), tuple(sections)


def _check_keys(
    data: Mapping[str, object],
    required: Iterable[str],
    known: frozenset[str],
    path: str,
    where: str,
) -> None:
    missing = sorted(set(required) - data.keys())
    unknown = sorted(data.keys() - known)
    if missing or unknown:
        raise SourceError(
            path,
            record=where,
            expected=f"the keys {', '.join(sorted(known))}",
            found=f"missing {missing}, unknown {unknown}",
        )


def _one_of(kinds: type[_E], value: object, path: str, where: str) -> _E:
    try:
        return kinds(str(value))
    except ValueError as error:
        raise SourceError(
            path, record=where, expected=f"one of {', '.join(kinds)}", found=repr(value)
        ) from error
