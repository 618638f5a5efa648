"""The evidence library: what is in it, and each document with what it says and where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.codec.answer import reference_to_json
from curbside.compose.assemble import reference_of
from curbside.errors import InputError
from curbside.interfaces.render.sources import TYPES
from curbside.interfaces.render.view import clean, read_source
from curbside.interfaces.render.views import SourceView
from curbside.interfaces.web.drawing import document_url, draw, page_response
from curbside.interfaces.web.reading import laid_out, windows
from curbside.interfaces.web.shelf import Made, made
from curbside.interfaces.web.site import Site, respond, shelved, site_of
from curbside.records import Document, Kind, Standing, Status

_A_PAGE: Final = 40
_SEARCHED: Final = 300
"""Passages that a search looks at: of these, the documents are shown."""
_LONGEST_ID: Final = 300
_LONGEST_NUMBER: Final = 6

STANDINGS: Final = {
    Status.CURRENT: "current",
    Status.CORRECTED: "corrected",
    Status.CONCERN: "expression of concern",
    Status.RETRACTED: "retracted",
    Status.SUPERSEDED: "superseded",
    Status.UNKNOWN: "not checked",
}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list; `said` is the passage that was found in it, else ""."""

    url: str
    source: SourceView
    said: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the library is listed."""

    words: str
    kind: Kind | None
    status: Status | None
    after: str


async def listed(request: Request) -> Response:
    """The documents, searched and filtered."""
    site = site_of(request)
    asked = request.query_params
    wanted = Wanted(
        words=asked.get("q", "").strip(),
        kind=_chosen(Kind, asked.get("kind")),
        status=_chosen(Status, asked.get("standing")),
        after=asked.get("after", "")[:_LONGEST_ID],
    )
    try:
        entries, after = await site.gate.run(_entries, site, wanted)
    except InputError as error:
        return page_response(
            "error.html.jinja", status=400, heading="This cannot be searched", reason=str(error)
        )
    kept = {"kind": asked.get("kind", ""), "standing": asked.get("standing", "")}
    more = f"/library?{urlencode({**kept, 'after': after})}" if after else ""
    return page_response(
        "library.html.jinja",
        here="Library",
        site=site,
        embedded=site.embedding.now,
        wanted=wanted,
        entries=entries,
        more=more,
        kinds=TYPES,
        standings=STANDINGS,
        by_kind=site.pages.opened.by_kind,
    )


async def document(request: Request) -> Response:
    """One document."""
    site = site_of(request)
    doc_id: str = request.path_params["doc_id"]
    number = request.query_params.get("part", "1")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    if len(doc_id) > _LONGEST_ID or not is_number:
        raise HTTPException(404)
    key = (site.pages.fingerprint, "document", doc_id, str(int(number)))
    # what uses it changes as pages are asked for: not kept longer than its own text
    item = await shelved(site, key, lambda _: _document(site, doc_id, int(number)))
    if item is None:
        raise HTTPException(404)
    return respond(request, item)


def _chosen(choices: type[_Choice], text: str | None) -> _Choice | None:
    """What was chosen of a list; a value that is none of it chooses nothing. Raises 400."""
    if not text:
        return None
    try:
        return choices(text)
    except ValueError as error:
        expected = ", ".join(choices)
        raise HTTPException(400, f"Expected one of {expected}; found {text[:40]}.") from error


def _entries(site: Site, wanted: Wanted) -> tuple[list[Entry], str]:
    """The documents to list, and after which the next page begins."""
    if wanted.words:
        return _found(site, wanted), ""
    rows = site.pages.store.listed(
        after=wanted.after, most=_A_PAGE + 1, kind=wanted.kind, status=wanted.status
    )
    entries = [_entry(document, standing) for document, standing in rows[:_A_PAGE]]
    return entries, rows[_A_PAGE - 1][0].doc_id if len(rows) > _A_PAGE else ""


def _found(site: Site, wanted: Wanted) -> list[Entry]:
    question = site.pages.read(wanted.words)
    entries: dict[str, Entry] = {}
    for hit in site.pages.opened.index.search_lexical(question, k=_SEARCHED):
        doc_id = hit.passage.doc_id
        if doc_id in entries:
            continue
        found = site.pages.store.document(doc_id)
        if found is None or wanted.kind not in (None, found[0].kind):
            continue
        if wanted.status in (None, found[1].status):
            entries[doc_id] = _entry(*found, said=clean(hit.passage.text))
        if len(entries) == _A_PAGE:
            break
    return list(entries.values())


def _entry(document: Document, standing: Standing, *, said: str = "") -> Entry:
    return Entry(document_url(document.doc_id), _source(document, standing), said)


def _source(document: Document, standing: Standing) -> SourceView:
    return read_source(reference_to_json(reference_of(document, standing, number=0)))


def _document(site: Site, doc_id: str, number: int) -> Made | None:
    found = site.pages.store.document(doc_id)
    if found is None:
        return None
    document, standing = found
    parts = windows(document)
    if not 1 <= number <= max(1, len(parts)):
        return None
    uses = site.pages.uses(doc_id)
    marks = [use.span for use in uses if use.revision == document.revision]
    window = parts[number - 1] if parts else None
    text = draw(
        "document.html.jinja",
        here="Library",
        url=document_url(doc_id),
        doc_id=doc_id,
        source=_source(document, standing),
        facts=_facts(document),
        related=_related(site, document, standing),
        stretches=laid_out(document, window, marks) if window else (),
        number=number,
        last=len(parts),
        uses=list(dict.fromkeys((f"/q/{use.slug}", use.title) for use in uses)),
        batches=site.pages.store.batches_of(doc_id),
    )
    return made(text.encode(), "text/html; charset=utf-8", made_at=site.now())


def _facts(document: Document) -> list[tuple[str, str]]:
    """What the document says of itself; what is not known is left out."""
    study, source = document.study, document.source
    facts = (
        ("Kind", TYPES[document.kind]),
        ("Study design", study.design if study else None),
        ("Participants", f"{study.n:,}" if study and study.n else None),
        ("Population", study.population if study else None),
        ("Outcome", study.outcome_definition if study else None),
        ("Issued by", source.organisation),
        ("Holds in", document.jurisdiction),
        ("Version", document.version),
        ("Published", document.published),
        ("Revised", document.revised),
        ("Retrieved", document.retrieved_at),
        ("Licence", source.licence),
        ("Subjects", ", ".join(source.mesh) or None),
    )
    return [(name, clean(value)) for name, value in facts if value]


def _related(site: Site, document: Document, standing: Standing) -> list[tuple[str, str, str]]:
    """What was said of the document by others, and by it of others: relation, words, address."""
    said = [(standing.status.value + " by", target) for target in standing.by]
    said += [
        (link.relation.replace("-", " "), link.target)
        for link in document.source.links
        if link.relation != "cites"
    ]
    return [
        (relation, clean(target), document_url(target) if site.pages.store.document(target) else "")
        for relation, target in dict.fromkeys(said)
    ]
