"""What a document is known by outside the library."""

from __future__ import annotations

import pytest

from curbside.records import Source
from curbside.store.identity import Identifiers, identifiers
from library_builders import document


def test_identifiers_are_spelled_one_way_whatever_the_source_wrote() -> None:
    source = Source(doi=" https://doi.org/10.1000/ABC.1 ", pmid="12", pmcid="345")
    found = identifiers(document("doi:10.1000/abc.1", source=source))
    assert found == Identifiers("10.1000/abc.1", "12", "PMC345", has_body=True)


@pytest.mark.parametrize(
    ("doc_id", "expected"),
    [
        ("pmid:12", Identifiers(None, "12", None, has_body=True)),
        ("pmcid:PMC3", Identifiers(None, None, "PMC3", has_body=True)),
        ("doi:10.1/X", Identifiers("10.1/x", None, None, has_body=True)),
        ("guideline:nice-cg1", Identifiers(None, None, None, has_body=True)),
    ],
)
def test_an_identifier_may_stand_in_the_doc_id_alone(doc_id: str, expected: Identifiers) -> None:
    assert identifiers(document(doc_id)) == expected


@pytest.mark.parametrize(
    "text", ["Statins in adults.", "Statins  in adults", "Statins in adults.\n"]
)
def test_a_text_that_only_repeats_the_title_is_no_body(text: str) -> None:
    assert identifiers(document(text=text, title="Statins in adults.")).has_body is False
