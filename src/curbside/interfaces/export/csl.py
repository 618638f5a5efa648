"""The references as CSL-JSON, which Zotero, Mendeley, Pandoc and citation processors read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from curbside.interfaces.export.works import Group, Person, Work, passage_note

if TYPE_CHECKING:
    from curbside.codec.records import Json


def csl_json(works: tuple[Work, ...]) -> str:
    """A CSL-JSON list in the order of the page; what CSL has no field for is under `custom`."""
    items = [_whole_item(work) for work in works]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def csl_item(work: Work) -> dict[str, Json]:
    """The bibliographic part of a CSL item; a field that is not known is absent."""
    fields: dict[str, Json] = {
        "id": work.key,
        "type": work.type,
        "title": work.title,
        "author": [_name(name) for name in work.authors],
        "container-title": work.journal,
        # who issued a report; of an article the organisation is no publisher
        "publisher": work.organisation if work.type != "article-journal" else None,
        "issued": {"date-parts": [[work.year]]} if work.year else None,
        "volume": work.volume,
        "issue": work.issue,
        "page": work.pages,
        "DOI": work.doi,
        "PMID": work.pmid,
        "PMCID": work.pmcid,
        "URL": work.url,
    }
    return {name: value for name, value in fields.items() if value}


def _whole_item(work: Work) -> dict[str, Json]:
    item = csl_item(work)
    authors = [_name(name) for name in work.authors]
    if work.has_more_authors:
        # the form has no "and others"; a literal name is what its tools print
        authors.append({"literal": "et al."})
    passages: list[Json] = [passage_note(passage) for passage in work.passages]
    return {
        **item,
        **({"author": authors} if authors else {}),
        "genre": work.genre,
        "note": "; ".join(work.remarks),
        "custom": {
            "number": work.number,
            "doc_id": work.doc_id,
            "passages": passages,
            "page": work.origin.title,
            "status": work.origin.state,
            "evidence_checked_to": work.origin.checked_to,
            "disclaimer": work.origin.disclaimer,
        },
    }


def _name(name: Person | Group) -> Json:
    if isinstance(name, Group):
        return {"literal": name.name}
    parts: dict[str, Json] = {
        "family": name.family,
        "given": spaced(name.given),
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {key: value for key, value in parts.items() if value}


def spaced(given: str) -> str:
    """ "NMF" as "N. M. F.", without which a style takes three initials for one name."""
    if re.fullmatch(r"[^\W\d_]{1,5}", given) and given.isupper():
        return " ".join(f"{letter}." for letter in given)
    return given
