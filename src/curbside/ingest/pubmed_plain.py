"""PubMed records in the usual form, read from their bytes: three times as fast as from a tree.

One expression describes a whole <PubmedArticle> as NLM's files write it, element by element in
the order of the DTD. A record that it does not describe to the last byte (other attributes,
comments, other abstracts, damage of any kind) is none of ours: `plain_citation` gives None, and
the record is parsed as XML. Blocks that no document keeps (references, affiliations, history,
grants) are passed over unread.

What is passed over is not looked at: damage there goes unnoticed, and changes nothing of what is
read. All repetition is possessive: no record makes it go back, so that reading takes time in
proportion to the bytes whatever they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from lxml import etree

from curbside.ingest.citation import AbstractPart, Citation, Comment, Date
from curbside.ingest.inline import Marks, text_of

_GAP: Final = rb"[ \t\r\n]*+"
_ATTRIBUTES: Final = rb"(?:[ \t\r\n]++[A-Za-z:]++=\"[^\"<\x00-\x08\x0b\x0c\x0e-\x1f]*+\")*+"
_TEXT: Final = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
# what else `str.split` takes for white space and XML may hold
_SPACES: Final = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_CONTROLS: Final = bytes({*range(0x20)} - {9, 10, 13})
_LOOKS: Final = re.compile(rb"<(i|b|u|sub)>([^<]*+)</\1>")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos);|#(\d{1,7});|#x([0-9A-Fa-f]{1,6});)?")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _leaf(tag: bytes, *, name: bytes = b"") -> bytes:
    """An element without elements inside; its text is captured where it is given a name."""
    text = rb"(?P<" + name + rb">" + _TEXT + rb")" if name else _TEXT
    return rb"<" + tag + _ATTRIBUTES + rb">" + text + rb"</" + tag + rb">" + _GAP


def _inside(tag: bytes) -> bytes:
    """Everything up to the end tag, whatever it is."""
    return rb"[^<]*+(?:<(?!/" + tag + rb">)[^<]*+)*+"


def _block(tag: bytes, *, name: bytes = b"") -> bytes:
    """An element with whatever it holds; that is captured where it is given a name."""
    inner = rb"(?P<" + name + rb">" + _inside(tag) + rb")" if name else _inside(tag)
    return rb"<" + tag + _ATTRIBUTES + rb">" + inner + rb"</" + tag + rb">" + _GAP


def _element(tag: bytes, *content: bytes) -> bytes:
    return (
        rb"<" + tag + _ATTRIBUTES + rb">" + _GAP + b"".join(content) + rb"</" + tag + rb">" + _GAP
    )


def _optional(*patterns: bytes) -> bytes:
    return rb"(?:" + b"".join(patterns) + rb")?+"


def _any(pattern: bytes, *, name: bytes = b"") -> bytes:
    repeated = rb"(?:" + pattern + rb")*+"
    return rb"(?P<" + name + rb">" + repeated + rb")" if name else repeated


def _list(tag: bytes, item: bytes, *, name: bytes) -> bytes:
    """An element that holds items and nothing else; they are captured as one."""
    return _element(tag, _any(item, name=name))


def _unnamed(pattern: bytes) -> bytes:
    """The same expression, capturing nothing."""
    return re.sub(rb"\(\?P<\w+>", b"(?:", pattern)


_ABSTRACT_TEXT: Final = (
    rb"<AbstractText(?P<attributes>" + _ATTRIBUTES + rb")>(?P<text>" + _inside(b"AbstractText")
    + rb")</AbstractText>" + _GAP
)  # fmt: skip
# not passed over as one block: where its end is damaged, the next author would go with it
_AFFILIATION: Final = _element(
    b"AffiliationInfo", _leaf(b"Affiliation"), _any(_leaf(b"Identifier"))
)
_AUTHOR: Final = (
    rb"<Author(?P<attributes>" + _ATTRIBUTES + rb")>" + _GAP + rb"(?:"
    + _leaf(b"LastName", name=b"last") + _optional(_leaf(b"ForeName"))
    + _optional(_leaf(b"Initials", name=b"initials")) + _optional(_leaf(b"Suffix", name=b"suffix"))
    + rb"|" + _leaf(b"CollectiveName", name=b"group") + rb")"
    + _any(_leaf(b"Identifier")) + _any(_AFFILIATION) + rb"</Author>" + _GAP
)  # fmt: skip
_TYPE: Final = _leaf(b"PublicationType", name=b"text")
_MESH: Final = _element(
    b"MeshHeading", _leaf(b"DescriptorName", name=b"text"), _any(_leaf(b"QualifierName"))
)
_COMMENT: Final = (
    rb'<CommentsCorrections RefType="(?P<kind>[A-Za-z]++)">' + _GAP
    + _leaf(b"RefSource", name=b"source") + _optional(_leaf(b"PMID", name=b"pmid"))
    + _optional(_leaf(b"Note")) + rb"</CommentsCorrections>" + _GAP
)  # fmt: skip
_ID: Final = rb'<ArticleId IdType="(?P<kind>[a-z]++)">(?P<text>' + _TEXT + rb")</ArticleId>" + _GAP
_LOCATION: Final = (
    rb"<ELocationID(?P<attributes>" + _ATTRIBUTES + rb")>(?P<text>" + _TEXT + rb")</ELocationID>"
    + _GAP
)  # fmt: skip
_DATE: Final = (
    _GAP + _leaf(b"Year", name=b"year") + _leaf(b"Month", name=b"month")
    + _leaf(b"Day", name=b"day")
)  # fmt: skip
_ARTICLE_DATE: Final = rb"<ArticleDate" + _ATTRIBUTES + rb">" + _DATE + rb"</ArticleDate>" + _GAP

_PUB_DATE: Final = _element(
    b"PubDate",
    rb"(?:",
    _leaf(b"Year", name=b"year"),
    _optional(_leaf(b"Month", name=b"month")),
    _optional(_leaf(b"Day", name=b"day")),
    _optional(_leaf(b"Season")),
    rb"|",
    _leaf(b"MedlineDate", name=b"medline_date"),
    rb")",
)
_JOURNAL: Final = _element(
    b"Journal",
    _optional(_leaf(b"ISSN")),
    _element(
        b"JournalIssue",
        _optional(_leaf(b"Volume", name=b"volume")),
        _optional(_leaf(b"Issue", name=b"issue")),
        _PUB_DATE,
    ),
    _optional(_leaf(b"Title", name=b"journal")),
    _optional(_leaf(b"ISOAbbreviation", name=b"abbreviation")),
)
_PAGINATION: Final = _element(
    b"Pagination",
    _optional(_leaf(b"StartPage", name=b"start_page")),
    _optional(_leaf(b"EndPage", name=b"end_page")),
    _optional(_leaf(b"MedlinePgn", name=b"pages")),
)
_ARTICLE: Final = _element(
    b"Article",
    _JOURNAL,
    _block(b"ArticleTitle", name=b"title"),
    _optional(_PAGINATION),
    _any(_unnamed(_LOCATION), name=b"locations"),
    _optional(
        _element(
            b"Abstract",
            _any(_unnamed(_ABSTRACT_TEXT), name=b"abstract"),
            _optional(_leaf(b"CopyrightInformation", name=b"copyright")),
        )
    ),
    _optional(_list(b"AuthorList", _unnamed(_AUTHOR), name=b"authors")),
    _any(_leaf(b"Language")),
    _optional(_block(b"DataBankList")),
    _optional(_block(b"GrantList")),
    _list(b"PublicationTypeList", _unnamed(_TYPE), name=b"types"),
    _optional(_leaf(b"VernacularTitle", name=b"vernacular")),
    _any(_unnamed(_ARTICLE_DATE), name=b"article_dates"),
)
_CITATION: Final = (
    rb'<MedlineCitation' + _ATTRIBUTES + rb">" + _GAP
    + rb'<PMID Version="(?P<version>\d++)">(?P<pmid>\d++)</PMID>' + _GAP
    + _optional(_block(b"DateCompleted"))
    + _optional(_element(b"DateRevised", rb"(?P<revised>", _unnamed(_DATE), rb")"))
    + _ARTICLE
    + _element(
        b"MedlineJournalInfo",
        _optional(_leaf(b"Country")),
        _leaf(b"MedlineTA", name=b"medline_ta"),
        _optional(_leaf(b"NlmUniqueID")),
        _optional(_leaf(b"ISSNLinking")),
    )
    + _optional(_block(b"ChemicalList"))
    + _optional(_block(b"SupplMeshList"))
    + _any(_leaf(b"CitationSubset"))
    + _optional(_list(b"CommentsCorrectionsList", _unnamed(_COMMENT), name=b"comments"))
    + _optional(_block(b"GeneSymbolList"))
    + _optional(_list(b"MeshHeadingList", _unnamed(_MESH), name=b"mesh"))
    + _optional(_leaf(b"NumberOfReferences"))
    + _optional(_block(b"PersonalNameSubjectList"))
    + _any(_leaf(b"OtherID"))
    + _any(_block(b"KeywordList"))
    + _optional(_block(b"CoiStatement"))
    + _any(_leaf(b"SpaceFlightMission"))
    + _optional(_block(b"InvestigatorList"))
    + _any(_leaf(b"GeneralNote"))
    + rb"</MedlineCitation>" + _GAP
)  # fmt: skip
_RECORD: Final = re.compile(
    rb"<PubmedArticle>" + _GAP + _CITATION
    + _element(
        b"PubmedData",
        _optional(_block(b"History")),
        _leaf(b"PublicationStatus"),
        _list(b"ArticleIdList", _unnamed(_ID), name=b"ids"),
        _optional(_block(b"ObjectList")),
        # a list may hold lists: up to the last end tag
        rb"(?:<ReferenceList>.*</ReferenceList>" + _GAP + rb")?+",
    )
    + rb"</PubmedArticle>",
    re.DOTALL,
)  # fmt: skip

# on blocks whose form `_RECORD` has made sure of
_ABSTRACT_TEXTS: Final = re.compile(_ABSTRACT_TEXT)
_AUTHORS: Final = re.compile(_AUTHOR)
_TYPES: Final = re.compile(_TYPE)
_MESHES: Final = re.compile(rb"<DescriptorName" + _ATTRIBUTES + rb">([^<]*+)")
_COMMENTS: Final = re.compile(_COMMENT)
_IDS: Final = re.compile(_ID)
_LOCATIONS: Final = re.compile(_LOCATION)
_DATES: Final = re.compile(_DATE)
_ATTRIBUTE: Final = re.compile(rb'([A-Za-z:]+)="([^"]*)"')


class _UnusualError(Exception):
    """The record is not in the usual form."""


def plain_citation(data: bytes) -> Citation | None:
    """What a <PubmedArticle> in the usual form states; None for any other.

    Args:
        data: the record from its start tag to its end tag, UTF-8.
    """
    found = _RECORD.fullmatch(data)
    if found is None:
        return None
    try:
        return _citation(found)
    except (_UnusualError, UnicodeDecodeError, etree.XMLSyntaxError):
        return None


def _citation(record: re.Match[bytes]) -> Citation:
    part = record.groupdict(b"")
    authors, groups = _authors(part["authors"])
    ids = _IDS.findall(part["ids"])
    pages = (_text(part["start_page"]), _text(part["end_page"]))
    year = _text(part["year"]) or _text(part["medline_date"])
    return Citation(
        pmid=part["pmid"].decode(),
        version=part["version"].decode(),
        revised=_dates(part["revised"])[0] if part["revised"] else None,
        titles=(_marked(part["title"]), _text(part["vernacular"]), ""),
        abstract=tuple(
            [
                AbstractPart("Abstract", *_label(attributes), _marked(text))
                for attributes, text in _ABSTRACT_TEXTS.findall(part["abstract"])
            ]
        ),
        authors=authors,
        groups=groups,
        journals=(
            _text(part["abbreviation"]), _text(part["journal"]), "", _text(part["medline_ta"])
        ),
        publisher="",
        dates=(
            Date(year, _text(part["month"]), _text(part["day"])), *_dates(part["article_dates"])
        ),
        volume=_text(part["volume"]),
        issue=_text(part["issue"]),
        pages=_text(part["pages"]) or "-".join(page for page in pages if page),
        doi=_first_id(ids, b"doi") or _location(part["locations"]),
        pmcid=_first_id(ids, b"pmc"),
        copyright=_text(part["copyright"]),
        types=_names(part["types"]),
        mesh=tuple(map(_text, _MESHES.findall(part["mesh"]))),
        comments=_comments(part["comments"]),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _label(attributes: bytes) -> tuple[str, str]:
    """Label and category of an AbstractText."""
    read = _attributes(attributes)
    return read.get(b"Label", ""), read.get(b"NlmCategory", "").strip()


def _authors(block: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is named as an author, and the groups among all that are listed."""
    authors, groups = [], []
    for attributes, last, initials, suffix, group in _AUTHORS.findall(block):
        if group:
            groups.append(_text(group))
        # "N" marks a spelling that a later entry corrects
        if b'ValidYN="N"' not in attributes:
            names = (last, initials, suffix) if suffix else (last, initials)
            authors.append(" ".join([_text(name) for name in names if name]) or _text(group))
    return tuple([name for name in authors if name]), tuple(groups)


@lru_cache(maxsize=65536)
def _dates(block: bytes) -> tuple[Date, ...]:
    return tuple(
        Date(_text(year), _text(month), _text(day)) for year, month, day in _DATES.findall(block)
    )


@lru_cache(maxsize=4096)
def _names(types: bytes) -> tuple[str, ...]:
    return tuple(map(_text, _TYPES.findall(types)))


def _comments(block: bytes) -> tuple[Comment, ...]:
    if not block:
        return ()
    return tuple(
        [
            Comment(kind.decode(), _text(pmid), _text(source))
            for kind, source, pmid in _COMMENTS.findall(block)
        ]
    )


def _first_id(ids: Sequence[tuple[bytes, bytes]], kind: bytes) -> str:
    return next((text for name, value in ids if name == kind and (text := _text(value))), "")


def _location(block: bytes) -> str:
    for attributes, value in _LOCATIONS.findall(block):
        told = _attributes(attributes)
        is_doi = told.get(b"EIdType") == "doi" and told.get(b"ValidYN") != "N"
        if is_doi and (text := _text(value)):
            return text
    return ""


def _attributes(text: bytes) -> dict[bytes, str]:
    # as XML reads an attribute: a line end is one, however it is written, and each is a space
    return {
        name: re.sub(r"\r\n|[\t\r\n]", " ", _characters(value))
        for name, value in _ATTRIBUTE.findall(text)
    }


def _marked(inner: bytes) -> str:
    """Text that may hold markup: what only changes how letters look goes, other is parsed."""
    if len(inner.translate(None, _CONTROLS)) != len(inner):
        raise _UnusualError
    if b"<" in inner:
        inner = _LOOKS.sub(rb"\2", inner)
    if b"<" in inner:
        root = etree.fromstring(b"<text>%b</text>" % inner, _parser())
        return text_of(root, marks=Marks.POWERS)
    return _collapsed(_characters(inner))


@cache
def _parser() -> etree.XMLParser:
    # lxml lets one thread at a time use it
    return etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


@lru_cache(maxsize=65536)
def _text(raw: bytes) -> str:
    # names, headings and years come again and again
    return _collapsed(_characters(raw))


def _collapsed(text: str) -> str:
    # most abstracts need none of it, and looking is cheaper than taking all words apart
    is_loose = "  " in text or "\n" in text or "\t" in text or "\r" in text
    if is_loose or text[:1] == " " or text[-1:] == " " or not _is_spaced_plainly(text):
        return " ".join(text.split())
    return text


def _is_spaced_plainly(text: str) -> bool:
    if text.isascii():
        return True
    for space in _SPACES:  # noqa: SIM110  (a generator would take twice as long)
        if space in text:
            return False
    return True


def _characters(raw: bytes) -> str:
    text = raw.decode()
    if "]]>" in text or "\ufffe" in text or "\uffff" in text:
        # the end of a CDATA section, and two code points that are no characters of XML
        raise _UnusualError
    if "&" not in text:
        return text
    # the two that abstracts are full of; what comes of them is no reference
    text = text.replace("&lt;", "<").replace("&gt;", ">")
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    if name := reference[1]:
        return _NAMED[name]
    digits = reference[2] or reference[3]
    if not digits:
        raise _UnusualError
    number = int(digits, 10 if reference[2] else 16)
    is_text = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
    if not is_text and not 0x10000 <= number <= 0x10FFFF:
        raise _UnusualError
    return chr(number)
