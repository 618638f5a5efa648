"""JSON Lines of others become documents by what their keys say."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from curbside.codec.records import dumps, loads
from curbside.errors import SourceError
from curbside.index.passages import split_passages
from curbside.ingest.json_lines import read_json_lines
from curbside.ingest.read import read_path
from curbside.ingest.rejected import Rejected
from curbside.records import Document, Kind, Link, Source
from shared_data import SHARED


def read(*rows: object, path: str = "corpus.jsonl.gz") -> list[Document | Rejected]:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    stream = io.BytesIO(text.encode())
    return list(read_json_lines(stream, path=path, retrieved_at="2026-01-02"))


def sections(document: Document | Rejected) -> list[tuple[str, str, str]]:
    assert isinstance(document, Document)
    return [(s.label, s.locator, s.span.of(document.text)) for s in document.sections]


def test_an_abstract_of_sentences_is_named_by_its_number_in_the_file() -> None:
    row = {"doc_id": 4983, "title": "White  matter.", "abstract": ["One.", "Two."], "structured": 0}
    (document,) = read(row)
    assert isinstance(document, Document)
    assert document.doc_id == "file:corpus:4983"
    assert document.source == Source()
    assert sections(document) == [
        ("TITLE", "Title", "White matter."),
        ("ABSTRACT", "Abstract", "One. Two."),
    ]


def test_an_abstract_of_labelled_parts_keeps_them_and_its_identifiers() -> None:
    row = {
        "pmcid": "PMC9", "pmid": "7", "doi": "10.1/x", "title": "Zinc", "journal": "BMJ",
        "year": 2002, "licence": "CC BY", "mesh": ["Zinc"],
        "abstract": [{"label": "Methods", "text": "We tried."}, {"label": None, "text": "It did."}],
        "comments_corrections": ["Erratum in: BMJ. 2003. doi: 10.1/y."],
    }  # fmt: skip
    (document,) = read(row)
    assert isinstance(document, Document)
    assert document.doc_id == "pmid:7"
    assert document.source == Source(
        journal="BMJ",
        year=2002,
        doi="10.1/x",
        pmid="7",
        pmcid="PMC9",
        licence="CC BY",
        mesh=("Zinc",),
        links=(Link("erratum-in", "BMJ. 2003. doi: 10.1/y."),),
    )
    assert sections(document)[1:] == [
        ("Methods", "Abstract > Methods", "We tried."),
        ("ABSTRACT", "Abstract", "It did."),
    ]


def test_a_record_without_an_abstract_is_its_title() -> None:
    (document,) = read({"pmid": "7", "title": "Zinc.", "abstract": None})
    assert sections(document) == [("TITLE", "Title", "Zinc.")]


def test_passages_of_one_record_become_one_document_in_their_order() -> None:
    def passage(start: int, text: str, *, section: str = "abstract", pmid: str = "5") -> object:
        name = f"{pmid}:{section}:{start}-{start + len(text)}"
        return {"_id": name, "pmid": pmid, "section": section, "text": text}

    first, other = read(
        passage(90, "Later."),
        passage(0, "Alone.", pmid="6"),
        passage(7, "Earlier."),
        passage(0, "Its title.", section="title"),
    )
    assert isinstance(first, Document)
    assert (first.doc_id, first.title, first.source) == (
        "excerpts:5",
        "Its title.",
        Source(pmid="5"),
    )
    assert sections(first) == [
        ("TITLE", "Title", "Its title."),
        ("EXCERPT OF THE TITLE", "title, characters 0–10", "Its title."),
        ("ABSTRACT", "abstract, characters 7–15", "Earlier."),
        ("ABSTRACT", "abstract, characters 90–96", "Later."),
    ]
    assert isinstance(other, Document)
    assert other.title == "Excerpts of PMID 6"


def test_an_excerpt_of_a_title_can_be_quoted_and_still_names_the_document() -> None:
    (document,) = read({"pmid": "5", "section": "title", "text": "Zinc  eases colds."})
    assert isinstance(document, Document)
    assert document.title == "Zinc eases colds."
    (passage,) = split_passages(document)
    assert (passage.section, passage.text) == ("EXCERPT OF THE TITLE", "Zinc eases colds.")
    assert passage.span.of(document.text) == passage.text


def test_a_question_with_its_answer_is_information_for_patients() -> None:
    row = {
        "qid": "1-2", "question": "Is  it\nrare?", "answer": "Yes.\n\n   - Very  rare.",
        "source": "NIH", "url": "https://nih.gov/x",
    }  # fmt: skip
    (document,) = read(row, path="folder!pairs.jsonl")
    assert isinstance(document, Document)
    # the first hex digits of the sha256 of question and address
    name = "file:pairs:1-2:2821775c"
    assert (document.doc_id, document.kind) == (name, Kind.PATIENT_INFORMATION)
    assert document.source == Source(organisation="NIH", url="https://nih.gov/x")
    assert sections(document) == [
        ("TITLE", "Question", "Is it rare?"),
        ("ANSWER", "Answer", "Yes.\n- Very rare."),
    ]
    assert (document.question, document.question_type, document.focus) == (
        "Is it rare?",
        None,
        None,
    )


def test_the_type_and_the_subject_of_a_question_are_kept_and_change_neither_name_nor_text() -> None:
    row = {"qid": "1-2", "question": "Is it rare?", "answer": "Yes."}
    plain, typed = read(row, {**row, "qtype": " frequency", "focus": "Wilson  disease"})
    assert isinstance(plain, Document)
    assert isinstance(typed, Document)
    assert typed == replace(plain, question_type="frequency", focus="Wilson disease")
    assert loads(Document, dumps(typed)) == typed


def test_sections_of_one_page_become_one_document_under_their_headings() -> None:
    def part(heading: str, text: str, url: str = "https://nih.gov/a") -> object:
        return {
            "topic": "Gout", "section": "Treatment", "heading": heading, "text": text, "url": url,
            "source": "NIH, public domain", "id": "x",
        }  # fmt: skip

    first, second = read(
        part("How?", "How?\nBy rest.\nAnd  ice."),
        part("Else", "Nothing.", url="https://nih.gov/b"),
        part("When?", "Soon."),
    )
    assert isinstance(first, Document)
    assert (first.doc_id, first.title) == ("url:nih.gov/a", "Gout")
    assert first.source == Source(
        organisation="NIH", url="https://nih.gov/a", licence="public domain"
    )
    assert sections(first) == [
        ("TITLE", "Title", "Gout"),
        ("How?", "Treatment > How?", "By rest.\nAnd ice."),
        ("When?", "Treatment > When?", "Soon."),
    ]
    assert isinstance(second, Document)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"title": "A", "abstract": "B"}, "a pmid, pmcid, doi, doc_id, _id, id or another …_id"),
        ({"pmid": 7, "title": "A", "abstract": "B"}, "pmid: a text or null; found 7"),
        ({"pmid": "7", "title": " ", "abstract": "B"}, "title: a text"),
        ({"pmid": "7", "title": "A", "abstract": {"a": 1}}, "abstract: a text, a list of texts"),
        ({"pmid": "7", "title": "A", "abstract": [1]}, "abstract: a text, a list of texts"),
        (
            {"pmid": "7", "title": "A", "abstract": "B", "year": "2"},
            "year: a whole number of four digits, or null",
        ),
        ({"pmid": "7", "title": "A", "abstract": "B", "mesh": "Z"}, "mesh: a list of texts"),
        ([1], "expected a JSON object"),
        ("{", "expected a JSON object"),
    ],
)
def test_a_line_that_is_wrong_is_rejected_and_the_others_are_read(
    row: object, expected: str
) -> None:
    good = {"pmid": "1", "title": "Good", "abstract": "Text."}
    first, rejected, last = read(good, row, good)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert isinstance(rejected, Rejected)
    assert (rejected.record, expected in rejected.reason) == ("line 2", True)


@pytest.mark.parametrize(
    "rows", [[{"id": 1, "claim": "A", "evidence": {}}], [{"question": "A"}], [[1]], [""]]
)
def test_a_file_of_something_else_is_refused_once(rows: Sequence[object]) -> None:
    with pytest.raises(SourceError):
        read(*rows, *rows)


def test_a_file_whose_first_objects_are_no_documents_is_refused_once() -> None:
    row = {"doc_id": 1, "title": "", "abstract": ["A."]}
    assert [type(each) for each in read(*[row] * 3)] == [Rejected] * 3
    with pytest.raises(SourceError) as error:
        read(*[row] * 30)
    assert str(error.value).startswith(
        "corpus.jsonl.gz: expected a document among the first 20 objects; found none; "
        "the first: corpus.jsonl.gz, line 1: expected title: a text"
    )


def test_an_id_of_another_name_will_do() -> None:
    (document,) = read({"cord_id": "ab12", "title": "Zinc", "abstract": "Text."})
    assert isinstance(document, Document)
    assert document.doc_id == "file:corpus:ab12"


def test_the_objects_of_an_array_are_read_as_those_of_lines() -> None:
    rows = [{"pmid": str(n), "title": "Zinc", "abstract": "Text."} for n in (1, 2)]
    assert read(json.dumps(rows, indent=1), path="a.json") == read(*rows, path="a.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"pmid": "1", "title": "A", "abstract": null}, 7]', "expected a JSON object; found int"),
        ('[{"pmid": "1", "title": "A", "abstract": null},', "expected JSON; found "),
        ('[{"pmid": "1", "title": "A", "abstract": null}', "expected `,` or a last `]`"),
        ('[{"pmid": "1", "title": "A", "abstract": null}] x', "expected `,` or a last `]`"),
    ],
)
def test_an_array_that_goes_wrong_keeps_what_came_before(
    text: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    first, rejected = read_path(path, retrieved_at=None)
    assert isinstance(first, Document)
    assert isinstance(rejected, Rejected)
    assert expected in rejected.reason


@pytest.mark.data
@pytest.mark.skipif(SHARED is None, reason="the shared data folder is absent")
def test_a_statement_of_a_real_page_is_found_under_its_heading() -> None:
    assert SHARED is not None
    path: Path = SHARED / "data" / "niddk_liver" / "niddk_liver.jsonl.gz"
    documents = [d for d in read_path(path, retrieved_at=None) if isinstance(d, Document)]
    assert len(documents) == 13
    assert sum(len(document.sections) - 1 for document in documents) == 276
    (found,) = [
        (document.title, section.locator)
        for document in documents
        for section in document.sections
        if "About 1 in every 30,000 babies" in section.span.of(document.text)
    ]
    assert found == ("Alagille Syndrome", "Definition & Facts > How common is Alagille syndrome?")
