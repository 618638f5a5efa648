"""Answers of Europe PMC's search become the documents that PubMed's records would be."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest

from curbside.errors import SourceError
from curbside.ingest.europepmc import read_europepmc
from curbside.ingest.pubmed import standing_of
from curbside.ingest.read import read_path
from curbside.ingest.rejected import Rejected
from curbside.ingest.standing import notices_of
from curbside.records import Document, Kind, Link, Notice, Section, Source, Span, Standing, Status

TRIAL: dict[str, object] = {
    "id": "123",
    "source": "MED",
    "pmid": "123",
    "pmcid": "PMC77",
    "doi": "10.1000/ABC",
    "title": "Allopurinol in <i>gout</i>.",
    "authorString": "Doe J, Roe R.",
    "journalInfo": {
        "issue": "2",
        "volume": "10",
        "yearOfPublication": 2019,
        "monthOfPublication": 5,
        "journal": {"title": "Journal of Gout", "medlineAbbreviation": "J Gout"},
    },
    "pageInfo": "1-9",
    "abstractText": "<h4>Background: </h4>Counts of 10<sup>9</sup>/L &amp; more.<h4>Results</h4>"
    "It lowered urate.",
    "dateOfRevision": "2021-03-04",
    "pubTypeList": {"pubType": ["Randomized Controlled Trial", "research-article"]},
    "meshHeadingList": {"meshHeading": [{"descriptorName": "Gout", "majorTopic_YN": "Y"}]},
    "license": "cc by",
}


def read(*results: object) -> list[Document | Rejected]:
    data = {"version": "6.9", "hitCount": len(results), "resultList": {"result": results}}
    stream = BytesIO(json.dumps(data).encode())
    return list(read_europepmc(stream, path="page.json", retrieved_at="2026-03-10"))


def test_a_record_is_read_field_by_field() -> None:
    text = "Allopurinol in gout.\nCounts of 10^9/L & more.\nIt lowered urate."
    (found,) = read(TRIAL)
    assert isinstance(found, Document)
    assert found == Document(
        doc_id="pmid:123",
        title="Allopurinol in gout.",
        text=text,
        kind=Kind.TRIAL,
        sections=(
            Section("TITLE", Span(0, 20), "Title"),
            Section("BACKGROUND", Span(21, 45), "Abstract > BACKGROUND"),
            Section("RESULTS", Span(46, 63), "Abstract > RESULTS"),
        ),
        source=Source(
            authors=("Doe J", "Roe R"),
            journal="J Gout",
            year=2019,
            volume="10",
            issue="2",
            pages="1-9",
            doi="10.1000/ABC",
            pmid="123",
            pmcid="PMC77",
            licence="cc by",
            publication_types=("Randomized Controlled Trial", "research-article"),
            mesh=("Gout",),
        ),
        revision=found.revision,
        published="2019-05",
        revised="2021-03-04",
        retrieved_at="2026-03-10",
    )
    assert [section.span.of(text) for section in found.sections] == text.split("\n")


@pytest.mark.parametrize(
    ("types", "comments", "standing"),
    [
        (["retracted publication"], [], Standing(Status.RETRACTED, (), "2026-03-10")),
        (
            [],
            [{"id": "999", "source": "MED", "type": "Retraction in"}],
            Standing(Status.RETRACTED, ("pmid:999",), "2026-03-10"),
        ),
        (
            [],
            [{"id": "8", "source": "MED", "type": "Expression of concern in"}],
            Standing(Status.CONCERN, ("pmid:8",), "2026-03-10"),
        ),
        (
            [],
            {"reference": "J Gout. 2020;1:3", "type": "Erratum in"},
            Standing(Status.CORRECTED, ("J Gout. 2020;1:3",), "2026-03-10"),
        ),
        ([], [{"id": "7", "source": "MED", "type": "Comment in"}], Standing(Status.UNKNOWN)),
    ],
)
def test_what_the_record_says_of_its_standing_counts(
    types: list[str], comments: object, standing: Standing
) -> None:
    (found,) = read(
        TRIAL
        | {
            "pubTypeList": {"pubType": types},
            "commentCorrectionList": {"commentCorrection": comments},
        }
    )
    assert isinstance(found, Document)
    assert standing_of(found) == standing


def test_a_notice_says_what_it_takes_back() -> None:
    link = {"id": "123", "source": "MED", "type": "Retraction of"}
    (found,) = read(TRIAL | {"id": "999", "pmid": "999", "commentCorrectionList": {
        "commentCorrection": [link]}})  # fmt: skip
    assert isinstance(found, Document)
    assert found.source.links == (Link("retraction-of", "pmid:123"),)
    assert notices_of(found) == (
        Notice(("pmid:123",), Status.RETRACTED, "pmid:999", ("pmid:999",), "2019-05", "2026-03-10"),
    )


@pytest.mark.parametrize(
    ("result", "doc_id"),
    [
        ({"id": "5", "source": "MED", "title": "T"}, "pmid:5"),
        ({"id": "PMC7", "source": "PMC", "pmcid": "PMC7", "title": "T"}, "pmcid:PMC7"),
        ({"id": "PPR1", "source": "PPR", "doi": "10.1101/ABC", "title": "T"}, "doi:10.1101/abc"),
        ({"id": "C9", "source": "CTX", "title": "T"}, "europepmc:CTX:C9"),
    ],
)
def test_a_record_is_named_by_the_first_name_that_it_has(
    result: dict[str, str], doc_id: str
) -> None:
    (found,) = read(result)
    assert isinstance(found, Document)
    assert found.doc_id == doc_id
    assert found.source.pmid == (doc_id[5:] if doc_id.startswith("pmid:") else None)


def test_a_broken_record_leaves_the_others_alone() -> None:
    first, second, third = read({"id": "1", "source": "MED"}, 7, TRIAL)
    assert first == Rejected(
        "page.json",
        "record 1 (MED 1)",
        "page.json, record 1 (MED 1): expected a title or an abstract; found neither",
    )
    assert second == Rejected(
        "page.json", "record 2", "page.json, record 2: expected an object; found int"
    )
    assert isinstance(third, Document)


def test_an_answer_without_a_record_holds_none() -> None:
    assert read() == []


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'{"resultList": 3}', b'{"resultList": {"result": 3}}']
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="expected an answer of Europe PMC's search as JSON"):
        list(read_europepmc(BytesIO(data), path="p", retrieved_at=None))


def test_an_answer_is_known_by_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "anything.txt"
    request = {"queryString": "gout", "cursorMark": "*"}
    data = {"version": "6.9", "hitCount": 1, "request": request, "resultList": {"result": [TRIAL]}}
    file.write_text(json.dumps(data), encoding="utf-8")
    (found,) = read_path(file, retrieved_at=None)
    assert isinstance(found, Document)
    assert found.doc_id == "pmid:123"
