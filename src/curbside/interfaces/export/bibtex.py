"""The references as BibTeX, for LaTeX, JabRef and their kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from curbside.interfaces.export.csl import spaced
from curbside.interfaces.export.works import Group, Person, Work, page_note, passage_note

_TYPES: Final = {"article-journal": "article", "report": "techreport"}
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    # not \{ and \}: BibTeX counts those braces too
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "%&$#_"},
}


def bibtex(works: tuple[Work, ...]) -> str:
    """BibTeX entries in UTF-8, in the order of the page, a blank line between them.

    `note` holds what must be known of a source, so that a style prints it; `annote` what the page
    quotes of it. Titles keep their capitals.
    """
    return "\n".join(_entry(work) for work in works)


def escape(text: str) -> str:
    r"""`text` as LaTeX that shows exactly that text.

    >>> escape("50 % of {a_b}")
    '50 \\% of \\textbraceleft{}a\\_b\\textbraceright{}'
    """
    return "".join(_SPECIAL.get(character, character) for character in text)


def _entry(work: Work) -> str:
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _fields(work))
    return f"@{_TYPES.get(work.type, 'misc')}{{{work.key},\n{fields}\n}}\n"


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    names = [_name(name) for name in work.authors]
    names += ["others"] if names and work.has_more_authors else []
    is_article = work.type == "article-journal"
    publisher = "institution" if work.type == "report" else "publisher"
    fields: tuple[tuple[str, str | None], ...] = (
        ("author", " and ".join(names) or None),
        ("title", f"{{{escape(work.title)}}}"),
        ("journal", work.journal and escape(work.journal)),
        (publisher, None if is_article or not work.organisation else escape(work.organisation)),
        ("year", str(work.year) if work.year else None),
        ("volume", work.volume and escape(work.volume)),
        ("number", work.issue and escape(work.issue)),
        ("pages", work.pages and re.sub(r"\s*[-–]\s*", "--", escape(work.pages))),
        # addresses are read as they stand, so only what would end the field is changed
        ("doi", work.doi and _verbatim(work.doi)),
        ("pmid", work.pmid and _verbatim(work.pmid)),
        ("pmcid", work.pmcid and _verbatim(work.pmcid)),
        ("url", work.url and _verbatim(work.url)),
        ("type", escape(work.genre)),
        ("note", escape(page_note(work))),
        ("annote", " ".join(escape(passage_note(p)) for p in work.passages) or None),
    )
    return ((name, value) for name, value in fields if value)


def _name(name: Person | Group) -> str:
    if isinstance(name, Group):
        return f"{{{escape(name.name)}}}"
    family = f"{name.particle} {name.family}".strip()
    return ", ".join(escape(p) for p in (family, name.suffix, spaced(name.given)) if p)


def _verbatim(address: str) -> str:
    return "".join(quote(c, safe="") if c in "{}\\ " else c for c in address)
