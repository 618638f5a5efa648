"""MEDLINE text (PubMed's "PubMed" and NBIB formats) -> documents, one record at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, Final

from curbside.errors import SourceError
from curbside.ingest.citation import AbstractPart, Citation, Comment, Date, document_of
from curbside.ingest.lines import text_lines
from curbside.ingest.rejected import Rejected
from curbside.records import Document

_RECORD_MAX: Final = 4 << 20
_END: Final = "SO"
"""PubMed closes a record with it; other programs may write none."""
_FIELD: Final = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)")
_LABEL: Final = re.compile(
    r"(?:^|(?<=[.?!)] ))"
    r"([A-Z][A-Z /,&()-]{3,60}|(?:Background|Introduction|Objectives?|Aims?|Purpose|Design|Setting"
    r"|Patients|Participants|Methods?|Interventions?|Measurements|Results?|Findings|Discussion"
    r"|Conclusions?|Interpretation|Limitations)(?: (?:and|&|/) [A-Z][a-z]+)?): "
)
_ID: Final = re.compile(r"(\S+) \[(doi|pii)\]")
_AUTHORS: Final = ("AU", "CN")
_COMMENTED_PMID: Final = re.compile(r"PMID:\s*(\d+)")
# tags of comments and corrections, and what PubMed's XML calls them
_COMMENTS: Final = {
    "CIN": "CommentIn", "CON": "CommentOn", "EIN": "ErratumIn", "EFR": "ErratumFor",
    "CRI": "CorrectedandRepublishedIn", "CRF": "CorrectedandRepublishedFrom",
    "DDIN": "AssociatedDataset", "DRIN": "AssociatedPublication",
    "ECI": "ExpressionOfConcernIn", "ECF": "ExpressionOfConcernFor",
    "RPI": "RepublishedIn", "RPF": "RepublishedFrom", "RIN": "RetractionIn",
    "ROF": "RetractionOf", "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom", "UIN": "UpdateIn", "UOF": "UpdateOf",
    "SPIN": "SummaryForPatientsIn", "ORI": "OriginalReportIn",
}  # fmt: skip


def read_medline(
    stream: BinaryIO, *, path: str, retrieved_at: str | None
) -> Iterator[Document | Rejected]:
    """Read records that begin with `PMID- `; a record gives what the same record as XML gives,
    as far as this format carries it.

    Args:
        stream: UTF-8, uncompressed.
        path: how rejections and errors name the file.
        retrieved_at: ISO date the documents carry.

    Raises:
        SourceError: no record, no UTF-8, a line over 1 MiB or a record over 4 MiB; documents
            yielded before stay valid.
    """
    number = 0
    ends: set[str] = set()
    for fields in _records(stream, path):
        number += 1
        name = f"record {number}"
        try:
            if ends and not ends & {tag for tag, _ in fields}:
                expected = f"the field {_END}, as in the records before it"
                raise SourceError(path, record=name, expected=expected, found="a record cut off")
            ends |= {_END} & {tag for tag, _ in fields}
            citation = _citation(fields, path, name)
            where = f"{name} (pmid {citation.pmid})"
            yield document_of(citation, path=path, record=where, retrieved_at=retrieved_at)
        except SourceError as error:
            yield Rejected(path, error.record, str(error))
    if not number:
        raise SourceError(path, expected="records that begin with PMID-", found="none")


def _records(stream: BinaryIO, path: str) -> Iterator[list[tuple[str, str]]]:
    """The fields of each record in order, lines that go on joined."""
    fields: list[tuple[str, list[str]]] = []
    size = 0
    for number, line in text_lines(stream, path=path):
        found = _FIELD.match(line)
        if found and found[1] == "PMID" and fields:
            yield _joined(fields)
            fields, size = [], 0
        if found:
            fields.append((found[1], [found[2]]))
        elif fields and line[:1].isspace() and line.strip():
            fields[-1][1].append(line)
        elif line.strip():
            expected = "a field (`TI  - …`) or a line that goes on with one"
            where = f"line {number}"
            raise SourceError(path, record=where, expected=expected, found=line.strip()[:60])
        size += len(line)
        if size > _RECORD_MAX:
            raise SourceError(path, expected=f"records of at most {_RECORD_MAX >> 20} MiB")
    if fields:
        yield _joined(fields)


def _joined(fields: list[tuple[str, list[str]]]) -> list[tuple[str, str]]:
    joined = ((tag, " ".join(" ".join(lines).split())) for tag, lines in fields)
    return [(tag, value) for tag, value in joined if value]


def _citation(fields: list[tuple[str, str]], path: str, name: str) -> Citation:
    named: dict[str, list[str]] = {}
    for tag, value in fields:
        named.setdefault(tag, []).append(value)

    def first(*tags: str) -> str:
        return next((named[tag][0] for tag in tags if tag in named), "")

    pmid = first("PMID")
    if not pmid.isdecimal():
        raise SourceError(path, record=name, expected="a PMID of digits", found=pmid or "none")
    # as in PubMed's XML the ids of the article come before those of its place in the journal
    ids = [_ID.search(value) for tag in ("AID", "LID") for value in named.get(tag, [])]
    return Citation(
        pmid=pmid,
        version=first("VR"),
        revised=_day(first("LR")) if first("LR") else None,
        titles=(first("TI"), first("TT"), first("BTI")),
        abstract=(*_abstract(first("AB")), *_other_abstracts(fields)),
        authors=tuple(value for tag, value in fields if tag in _AUTHORS),
        groups=tuple(named.get("CN", [])),
        journals=(first("TA"), first("JT"), first("BTI")),
        publisher=first("PB"),
        dates=tuple(_date(value) for value in (first("DP"), first("DEP")) if value),
        volume=first("VI"),
        issue=first("IP"),
        pages=first("PG"),
        doi=next((match[1] for match in ids if match and match[2] == "doi"), ""),
        pmcid=first("PMC"),
        copyright=first("CI"),
        types=tuple(named.get("PT", [])),
        mesh=tuple(value.partition("/")[0].lstrip("*") for value in named.get("MH", [])),
        comments=tuple(
            Comment(_COMMENTS[tag], found[1] if found else "", value)
            for tag, value in fields
            if tag in _COMMENTS
            for found in (_COMMENTED_PMID.search(value),)
        ),
    )


def _abstract(text: str) -> Iterator[AbstractPart]:
    """The abstract, parted at labels that are printed in capitals ("METHODS: ")."""
    if not text:
        return
    labels = list(_LABEL.finditer(text))
    if not labels or labels[0].start():
        labels = []
    if not labels:
        yield AbstractPart("Abstract", "", "", text)
    for at, label in enumerate(labels):
        end = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        yield AbstractPart("Abstract", label[1], "", text[label.end() : end].strip())


def _other_abstracts(fields: list[tuple[str, str]]) -> Iterator[AbstractPart]:
    """The English ones; the language stands below the text that begins with what it is."""
    for (tag, text), (below, language) in pairwise(fields):
        if (tag, below, language) == ("OAB", "OABL", "eng"):
            kind, _, words = text.partition(": ")
            yield AbstractPart(f"Other abstract ({kind})", "", "", words)


def _date(text: str) -> Date:
    """ "2009 Jul 15", "2009 Jul-Aug", or "20090715"."""
    if re.fullmatch(r"\d{8}", text):
        return _day(text)
    year, _, rest = text.partition(" ")
    month, _, day = rest.partition(" ")
    return Date(year, month, day)


def _day(text: str) -> Date:
    return Date(text[:4], text[4:6], text[6:8])
