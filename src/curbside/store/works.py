"""Which documents are the same work, how that work stands, and which of them is searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from curbside.records import Standing, Status

_GRAVEST_LAST: Final = (
    Status.UNKNOWN,
    Status.CURRENT,
    Status.CORRECTED,
    Status.SUPERSEDED,
    Status.CONCERN,
    Status.RETRACTED,
)


class Kept(NamedTuple):
    """A document as the documents' table holds it; see there."""

    doc_id: str
    revision: str
    content: str
    stated: str
    standing: str
    kind: str
    sections: int
    length: int
    is_digest: bool
    has_body: bool
    retrieved_at: str | None
    revised: str | None
    version: int | None
    place: int | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    updated_in: str | None
    preferred: str | None


def graver_standing(known: Standing, found: Standing) -> Standing:
    """Which of two standings of one document to keep: the one known, or the one found now.

    The graver, as an old copy of a record that is read late does not know of a retraction, and
    a retracted source that is taken for sound does harm; to lift one, remove the document and
    put it again. Of two that are as grave the known one, as the same statement read again is no
    new check; what it lacks in `by` is added, with the later date.
    """
    if found.status is not known.status:
        return max(known, found, key=_gravity)
    by = tuple(sorted({*known.by, *found.by}))
    return known if len(by) == len(known.by) else Standing(known.status, by, _later(known, found))


def joint_standing(standings: Iterable[Standing]) -> Standing:
    """How a work stands of which all of these are said, in whatever order: the gravest status,
    with everything and the last day that is named for it."""
    said = list(standings)
    status = max(said, key=_gravity).status
    gravest = [standing for standing in said if standing.status is status]
    by = {name for standing in gravest for name in standing.by}
    days = [standing.checked_at for standing in gravest if standing.checked_at]
    return Standing(status, tuple(sorted(by)), max(days, default=None))


def names_of(document: Kept) -> tuple[str, ...]:
    """What registers call the work: "doi:…", "pmid:…", "pmcid:…", and the doc_id itself."""
    pairs = (("doi", document.doi), ("pmid", document.pmid), ("pmcid", document.pmcid))
    return tuple(
        dict.fromkeys((document.doc_id, *(f"{key}:{value}" for key, value in pairs if value)))
    )


def works_of(documents: Sequence[Kept]) -> list[list[str]]:
    """The doc_ids in groups of one work each; each group, and the groups, in order of doc_id.

    Two documents with one PMID or one PMCID are the same work; so are two with one DOI, unless
    their PMIDs or PMCIDs differ: then the DOI of one of them is mistaken.
    """
    parent = {document.doc_id: document.doc_id for document in documents}

    def root(doc_id: str) -> str:
        while parent[doc_id] != doc_id:
            parent[doc_id] = parent[parent[doc_id]]
            doc_id = parent[doc_id]
        return doc_id

    for group in _sharing(documents):
        first, *others = group
        for other in others:
            low, high = sorted((root(first), root(other)))
            parent[high] = low
    works: dict[str, list[str]] = defaultdict(list)
    for doc_id in sorted(parent):
        works[root(doc_id)].append(doc_id)
    return [works[key] for key in sorted(works)]


def _sharing(documents: Sequence[Kept]) -> Iterator[list[str]]:
    ordered = sorted(documents, key=lambda document: document.doc_id)
    for field in ("pmid", "pmcid"):
        shared: dict[str, list[str]] = defaultdict(list)
        for document in ordered:
            if value := getattr(document, field):
                shared[value].append(document.doc_id)
        yield from shared.values()
    by_doi: dict[str, list[Kept]] = defaultdict(list)
    for document in ordered:
        if document.doi:
            by_doi[document.doi].append(document)
    for sharers in by_doi.values():
        yield from _agreeing(sharers)


def _agreeing(sharers: list[Kept]) -> Iterator[list[str]]:
    """Documents with one DOI, parted where their PMIDs or PMCIDs differ."""
    groups: list[tuple[dict[str, str], list[str]]] = []
    # those with the most names first, so that a document without any joins what is known
    for document in sorted(sharers, key=lambda each: (not each.pmid, not each.pmcid)):
        own = {k: v for k, v in (("pmid", document.pmid), ("pmcid", document.pmcid)) if v}
        for known, members in groups:
            if all(known.get(key, value) == value for key, value in own.items()):
                known.update(own)
                members.append(document.doc_id)
                break
        else:
            groups.append((own, [document.doc_id]))
    for _, members in groups:
        yield members


def preferred_of(work: Sequence[Kept], published: str | None) -> Mapping[str, str | None]:
    """By doc_id the document that is searched instead of each, None where it is itself.

    The one with the longest text of the source's own words; a digest is searched only where
    there is nothing but titles besides. A title alone is searched if there is nothing else.

    Args:
        work: the documents of one work.
        published: the document that is searched for what these are a preprint of, if any is.
    """
    if published is not None:
        return {document.doc_id: published for document in work}
    bodies = [each for each in work if each.has_body and not each.is_digest]
    if not bodies:
        return {document.doc_id: None for document in work}
    best = min(bodies, key=lambda each: (-each.length, each.doc_id)).doc_id
    return {each.doc_id: None if each.doc_id == best else best for each in work}


def _gravity(standing: Standing) -> int:
    return _GRAVEST_LAST.index(standing.status)


def _later(known: Standing, found: Standing) -> str | None:
    return max((day for day in (known.checked_at, found.checked_at) if day), default=None)
