from __future__ import annotations

import json
from typing import Any

import pytest
from golden_files import outline

from curbside.errors import SourceError
from curbside.ingest.digest import read_digests, standing_of_digest
from curbside.records import (
    Certainty,
    Digest,
    Document,
    Kind,
    Link,
    Source,
    Standing,
    Status,
    Study,
)  # fmt: skip

GOUT: dict[str, Any] = {
    "id": "doe-2001", "kind": "cohort", "title": "Gout after stopping", "authors": "Doe A et al.",
    "journal": "J Gout", "year": 2001, "volume": "3", "issue": None, "pages": "1-9",
    "doi": "10.1000/g", "pmid": "77", "design": "cohort", "n": 40, "population": "men",
    "intervention": "stopping", "follow_up": "2 years", "relapse_definition": "a new attack",
    "seen_at": "https://example.org/g", "verification": "abstract",
    "statements": [
        {"text": "Half had an attack.", "locator": "abstract", "strength_of_recommendation": "1B",
         "certainty": "very-low"},
        {"text": "µ-stone: 3 of 40.", "locator": "table 2", "strength_of_recommendation": None,
         "certainty": None},
    ],
    "licence_note": "a summary", "certainty_basis": "by design", "superseded_by": "doe-2009",
    "via": "Roe 2010", "title_is_description": True, "notes": ["volume not seen"],
}  # fmt: skip


def documents(*records: dict[str, Any]) -> list[Document]:
    lines = [json.dumps(record) for record in records]
    return list(read_digests(lines, path="d.jsonl", retrieved_at="2026-11-01"))


def test_a_digest_is_its_statements_each_a_section_with_its_grade() -> None:
    (document,) = documents(GOUT)
    assert document.text == "Half had an attack.\nµ-stone: 3 of 40."
    assert outline(document) == [
        ("statement", "abstract", "Half had an attack."),
        ("statement", "table 2", "µ-stone: 3 of 40."),
    ]
    assert [(s.certainty, s.strength) for s in document.sections] == [
        (Certainty.VERY_LOW, "1B"),
        (None, None),
    ]
    assert (document.doc_id, document.kind, document.title) == (
        "digest:doe-2001", Kind.COHORT, "Gout after stopping",
    )  # fmt: skip
    assert document.source == Source(
        authors=("Doe A et al.",),
        journal="J Gout",
        year=2001,
        volume="3",
        pages="1-9",
        doi="10.1000/g",
        pmid="77",
        url="https://example.org/g",
        links=(Link("superseded-by", "digest:doe-2009"),),
    )
    assert document.study == Study("cohort", 40, "men", "stopping", "2 years", "a new attack")
    assert document.digest == Digest(
        verification="abstract",
        certainty_basis="by design",
        licence_note="a summary",
        via="Roe 2010",
        title_is_description=True,
        notes=("volume not seen",),
    )
    assert standing_of_digest(document) == Standing(Status.SUPERSEDED, ("digest:doe-2009",))


def test_blank_lines_are_no_records_and_unknown_is_no_clean_bill() -> None:
    lines = ["", json.dumps({**GOUT, "superseded_by": None}), "  "]
    (document,) = read_digests(lines, path="d.jsonl", retrieved_at=None)
    assert standing_of_digest(document) == Standing(Status.UNKNOWN)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "found missing [], unknown ['colour']"),
        ({"kind": "essay"}, "found 'essay'"),
        ({"pmid": 77}, "expected text or null in 'pmid'"),
        ({"statements": []}, "expected a list of one or more statements"),
        ({"statements": [{"text": "A\nB", "locator": "x"}]}, "expected one line of text"),
        ({"statements": [{"text": "A", "locator": "x", "odd": 1}]}, "unknown ['odd']"),
    ],
)
def test_a_record_that_breaks_the_format_names_the_line_and_what_was_expected(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError) as error:
        documents({**GOUT, **changes})
    assert str(error.value).startswith("d.jsonl, line 1 (doe-2001)")
    assert message in str(error.value)


def test_a_line_that_is_no_object_names_the_line() -> None:
    with pytest.raises(
        SourceError, match=r"^d\.jsonl, line 2: expected a JSON object; found list$"
    ):
        list(read_digests(["", "[]"], path="d.jsonl", retrieved_at=None))
