"""The references of a page as works that reference managers know: typed, names taken apart.

A page keeps authors as its sources print them. Here a name is taken apart only where its form
says how; a name that could be an organisation's stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from curbside.interfaces.render.phrases import words_of
from curbside.interfaces.render.sources import TYPES
from curbside.interfaces.render.view import clean, read_page
from curbside.interfaces.render.views import Page, PassageView, SourceView

_SUFFIXES: Final = frozenset({"Jr", "Jr.", "Sr", "Sr.", "2nd", "3rd", "4th", "II", "III", "IV"})
_PARTICLES: Final = frozenset(
    {
        *("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le"),
        *("ter", "ten", "zu", "zum", "zur", "bin", "al", "el", "st", "'t", "af", "av"),
    }
)
_OF_GROUPS: Final = frozenset(
    {
        *("of", "for", "and", "the", "on", "in", "group", "committee", "association", "society"),
        *("college", "institute", "ministry", "agency", "department", "university", "hospital"),
        *("organization", "organisation", "service", "network", "consortium", "collaboration"),
        *("foundation", "council", "academy", "federation", "center", "centre", "centers", "board"),
    }
)
_OTHERS: Final = re.compile(r"[,;]?\s*\bet al\b\.?\s*$", re.IGNORECASE)
_ON_BEHALF: Final = re.compile(r"\s*\((?P<group>[^()]+)\)$")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.?[-‐ ]?){1,5}")
_LONGEST_FAMILY: Final = 4
_LONGEST_INITIALS: Final = 5


@dataclass(frozen=True, slots=True)
class Person:
    """A name taken apart. `given` is printed initials ("NMF") or a given name; may be empty."""

    family: str
    given: str
    particle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation, or a name whose parts are not known."""

    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The page that cites a work, and what belongs on every copy of it."""

    title: str
    state: str
    checked_to: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class Work:
    """One reference. `type` is a CSL type, `genre` the page's word for it ("Guideline").

    `authors` of a guideline begin with the body that issued it. `has_more_authors` where the
    source prints "et al.". `url` is a web address or None. `remarks` say what a reader must
    still know: its standing, that the summary is ours, what is not known. `passages` are what
    the page quotes of it, each with its place. `origin` is the page, as a list of references is
    read without it.
    """

    number: int
    doc_id: str
    key: str
    type: str
    genre: str
    title: str
    title_is_description: bool
    authors: tuple[Person | Group, ...]
    has_more_authors: bool
    journal: str | None
    organisation: str | None
    year: int | None
    volume: str | None
    issue: str | None
    pages: str | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    url: str | None
    is_retracted: bool
    remarks: tuple[str, ...]
    passages: tuple[PassageView, ...]
    origin: Origin


def works_of(page: Page) -> tuple[Work, ...]:
    """The references of `page`, in the order and with the numbers of the page."""
    view = read_page(page)
    keys = _keys([clean(reference["doc_id"]) for reference in page["references"]])
    origin = Origin(view.title, view.state, view.checked_to_words, view.disclaimer)
    return tuple(
        _work(reference, source, key, [p for p in view.passages if p.source is source], origin)
        for reference, source, key in zip(page["references"], view.references, keys, strict=True)
    )


def page_note(work: Work, *more: str) -> str:
    """Which page cites the work by which number, what must be known of it, and the disclaimer."""
    page = work.origin
    told = "; ".join((*more, *work.remarks))
    return (
        f"Reference {work.number} of “{page.title}” ({page.state}, evidence checked to"
        f" {page.checked_to}): {told}. {page.disclaimer}"
    )


def passage_note(passage: PassageView) -> str:
    """What the page quotes of a work, and where it stands, on one line."""
    is_ours = ("our summary",) if passage.source.is_digest else ()
    return f"{words_of(passage)} ({'; '.join((passage.place, *is_ours))})"


def names_of(authors: Sequence[str]) -> tuple[tuple[Person | Group, ...], bool]:
    """Take authors apart; the second value says whether the source names more than these.

    >>> names_of(["van Gerven NMF, O'Brien J, et al."])[0][0]
    Person(family='Gerven', given='NMF', particle='van', suffix='')
    >>> names_of(["World Health Organization"])
    ((Group(name='World Health Organization'),), False)
    """
    names: list[Person | Group] = []
    has_more = False
    for printed in authors:
        text = printed.strip()
        # "Dorn P et al. (ESCR)": the body for which they write
        body = _ON_BEHALF.search(text)
        before = text[: body.start()] if body else text
        others = _OTHERS.search(before)
        has_more = has_more or others is not None
        people = _people(before[: others.start()] if others else before)
        if body and (others or all(isinstance(name, Person) for name in people)):
            names += [*people, Group(body["group"])]
        else:
            names += _people(text) if body else people
    return tuple(dict.fromkeys(names)), has_more


def _people(text: str) -> list[Person | Group]:
    """The names in one string: a list of "Family II", one "Family, Given", or a name as it is."""
    pieces = [piece.strip() for piece in re.split(r"[,;]", text) if piece.strip()]
    people = [_person(piece) for piece in pieces]
    if pieces and all(people):
        return [person for person in people if person]
    if len(pieces) == 2 and "," in text and not _is_of_a_group(text):
        particle, family = _split_particle(pieces[0].split())
        return [Person(family, pieces[1], particle)]
    return [Group(text)] if text else []


def _person(name: str) -> Person | None:
    """A person printed as "van den Brand FF" or "Dorn P Jr"; None for any other form."""
    words = name.split()
    suffix = words.pop() if len(words) > 2 and words[-1] in _SUFFIXES else ""
    if not 2 <= len(words) <= _LONGEST_FAMILY + 1 or _is_of_a_group(name):
        return None
    initials, before = words[-1], words[:-1]
    letters = [letter for letter in initials if letter.isalpha()]
    if (
        not _INITIALS.fullmatch(initials)
        or not all(letter.isupper() for letter in letters)
        or len(letters) > _LONGEST_INITIALS
        # "World Health Organization WHO" is no one's name
        or (len(before) > 1 and "".join(word[0] for word in before).upper() == "".join(letters))
    ):
        return None
    particle, family = _split_particle(before)
    return Person(family, initials, particle, suffix)


def _split_particle(words: Sequence[str]) -> tuple[str, str]:
    """ "van den", "Brand": small words before a family name; the last word is never one."""
    count = 0
    while count < len(words) - 1 and words[count] in _PARTICLES:
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def _is_of_a_group(text: str) -> bool:
    words = re.findall(r"\w+", text.casefold())
    return (
        "&" in text
        or any(character in text for character in "()/")
        or not _OF_GROUPS.isdisjoint(words)
    )


def _work(
    reference: Page,
    source: SourceView,
    key: str,
    passages: Sequence[PassageView],
    origin: Origin,
) -> Work:
    def text(field: str) -> str | None:
        return clean(str(reference[field])) or None if reference[field] else None

    kind = reference["type"]
    organisation = text("organisation")
    printed = [clean(author) for author in reference["authors"]]
    # who issued a label is not its author, and a name there is a manufacturer's
    names, has_more = ((), False) if kind == "label" else names_of(printed)
    if kind == "label":
        names = tuple(Group(name) for name in printed)
    names = _issued_by(organisation, names) if kind == "guideline" else names
    if not names and organisation:
        names = (Group(organisation),)
    url = text("url")
    is_followed = url is not None and any(link.url == url for link in source.links)
    return Work(
        number=reference["number"],
        doc_id=clean(reference["doc_id"]),
        key=key,
        type=_type(kind, has_journal=text("journal") is not None, has_url=is_followed),
        genre=TYPES[kind],
        title=source.title,
        title_is_description=source.title_is_description,
        authors=names,
        has_more_authors=has_more,
        journal=text("journal"),
        organisation=organisation,
        year=reference["year"],
        volume=text("volume"),
        issue=text("issue"),
        pages=text("pages"),
        doi=text("doi"),
        pmid=text("pmid"),
        pmcid=text("pmcid"),
        url=url if is_followed else None,
        is_retracted=source.standing_status == "retracted",
        remarks=_remarks(reference, source, names),
        passages=tuple(passages),
        origin=origin,
    )


def _type(kind: str, *, has_journal: bool, has_url: bool) -> str:
    """The CSL type of a kind of source; what is no article of a journal is not called one."""
    if kind == "guideline":
        return "report"
    if kind == "label":
        return "pamphlet"
    if has_journal:
        return "article-journal"
    return "webpage" if has_url else "document"


def _issued_by(
    organisation: str | None, names: tuple[Person | Group, ...]
) -> tuple[Person | Group, ...]:
    """The issuing body first; a shorter name of the same body is not said twice."""
    if organisation is None:
        return names
    others = (n for n in names if not (isinstance(n, Group) and n.name in organisation))
    return (Group(organisation), *others)


def _remarks(
    reference: Page, source: SourceView, names: Sequence[Person | Group]
) -> tuple[str, ...]:
    """What a reader must know of the source beside its bibliography."""
    address = clean(reference["url"] or "")
    is_followed = any(link.url == address for link in source.links)
    said = (
        (True, source.standing),
        (source.is_digest, f"our summary of {source.short}; consult the source"),
        (source.title_is_description, "the title is a description of ours"),
        (not names, "authors not known"),
        (not reference["year"], "year not known"),
        (reference["verification"], f"what was read: {clean(reference['verification'] or '')}"),
        (source.via, f"read in a secondary source: {source.via}"),
        (address and not is_followed, f"address as recorded: {address}"),
    )
    return (*(words for holds, words in said if holds), *map(clean, reference["notes"]))


def _keys(doc_ids: Iterable[str]) -> tuple[str, ...]:
    """A key of letters, digits and hyphens for each work, the same on every page that cites it."""
    keys: dict[str, None] = {}
    for doc_id in doc_ids:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", doc_id).strip("-") or "work"
        key, count = plain, 1
        # ids that differ only in punctuation
        while key in keys:
            count += 1
            key = f"{plain}-{count}"
        keys[key] = None
    return tuple(keys)
