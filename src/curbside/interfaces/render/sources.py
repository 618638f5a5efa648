"""A reference in words: kind, authors, where it was published, its addresses, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import quote, urlsplit

from curbside.interfaces.render.views import Link, Page, SourceView

TYPES: Final[Mapping[str, str]] = {
    "guideline": "Guideline",
    "systematic-review": "Systematic review",
    "trial": "Trial",
    "cohort": "Cohort",
    "case-series": "Case series",
    "review": "Review",
    "label": "Label",
    "patient-information": "Patient information",
    "article": "Article",
}
_STANDINGS: Final[Mapping[str, str]] = {
    "current": "Current",
    "corrected": "Corrected",
    "concern": "Expression of concern",
    "retracted": "Retracted",
    "superseded": "Superseded",
    "unknown": "Standing not checked",
}
# not strftime, which speaks the language of the machine
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def source_of(reference: Page, by_doc: Mapping[str, Page]) -> SourceView:
    """A reference as a page shows it; `by_doc` are the page's references, of which its standing
    may name one."""
    details = []
    if reference["digest"]:
        details.append("summary; consult the source")
    if reference["verification"]:
        details.append(f"what was read: {reference['verification']}")
    if reference["via"]:
        details.append(f"read in a secondary source: {reference['via']}")
    if reference["url"] and not _is_web_address(reference["url"]):
        details.append(f"address as recorded: {reference['url']}")
    return SourceView(
        number=reference["number"],
        doc_id=reference["doc_id"],
        type=TYPES[reference["type"]],
        title=reference["title"],
        title_is_description=reference["title_is_description"],
        authors=", ".join(reference["authors"]),
        line=_published(reference),
        short=_short(reference),
        links=_links(reference),
        standing=_standing(reference["standing"], by_doc),
        standing_status=reference["standing"]["status"],
        is_digest=reference["digest"],
        via=reference["via"],
        details=(*details, *reference["notes"]),
    )


def _published(reference: Page) -> str:
    """ "J Hepatol. 2013;58(1):141-147": what is known of it, in the usual order."""
    body = reference["journal"] or reference["organisation"] or ""
    issue = f"({reference['issue']})" if reference["issue"] else ""
    volume = f"{reference['volume'] or ''}{issue}"
    pages = f":{reference['pages']}" if reference["pages"] else ""
    year = str(reference["year"]) if reference["year"] else "year not known"
    when = f"{year};{volume}{pages}" if volume else f"{year}{pages}"
    line = ". ".join(part for part in (body, when) if part)
    if reference["journal"] and reference["organisation"]:
        line = f"{line}. {reference['organisation']}"
    return line


def _short(reference: Page) -> str:
    """ "Castel R et al., 2021": how a person would name the source in a sentence."""
    # a record may hold its authors in one string
    names = [name.strip() for authors in reference["authors"] for name in authors.split(",")]
    if len(names) == 2 and names[1] != "et al.":
        who = " and ".join(names)
    elif len(names) > 1:
        who = f"{names[0]} et al."
    else:
        who = names[0] if names else reference["organisation"] or reference["title"]
    return f"{who}, {reference['year']}" if reference["year"] else who


def _links(reference: Page) -> tuple[Link, ...]:
    """Addresses built from identifiers, and the source's own where it is a web address."""
    links = []
    if doi := reference["doi"]:
        links.append(Link(f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/:;()')}"))
    if pmid := reference["pmid"]:
        links.append(
            Link(f"PMID {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid, safe='')}/")
        )
    if pmcid := reference["pmcid"]:
        links.append(Link(pmcid, f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid, safe='')}/"))
    url = reference["url"]
    # a document's own address is data: only what a browser opens as a page is followed
    if url and _is_web_address(url):
        links.append(Link(str(urlsplit(url).hostname), url))
    return tuple(links)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not any(character in url for character in ' <>"\\')
        )
    except ValueError:
        return False


def _standing(standing: Page, by_doc: Mapping[str, Page]) -> str:
    words = _STANDINGS[standing["status"]]
    if standing["by"]:
        by = "; ".join(_named(target, by_doc) for target in standing["by"])
        words = f"{words} by {by}" if standing["status"] != "concern" else f"{words}: {by}"
    day = date_of(standing["checked_at"]) if standing["checked_at"] else None
    if standing["status"] == "unknown":
        return f"{words} (last tried {day})" if day else words
    return f"{words} (checked {day})" if day else f"{words} (date of check not known)"


def _named(doc_id: str, by_doc: Mapping[str, Page]) -> str:
    if doc_id in by_doc:
        return f"[{by_doc[doc_id]['number']}] {_short(by_doc[doc_id])}"
    return doc_id


def date_of(iso: str) -> str:
    """ "31 January 2026" of an ISO date; what is no whole date stays as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
