"""Markdown with front matter becomes a guideline that says whose it is."""

from __future__ import annotations

import io

import pytest

from curbside.errors import SourceError
from curbside.ingest.markdown import read_markdown
from curbside.records import Document, Kind, Link, Recommendation, Source

BODY = """
# Gout

Rest *first*, `then`
ice.

## Doses

| Drug | Dose |
|------|------|
| A    | 5 mg |

1. We suggest rest (1B).
"""
TOML = """+++
title = "Gout"
kind = "guideline"
body = "Gout Trust"
year = 2026
version = "2"
jurisdiction = "Europe"
supersedes = ["guideline:gout-2019"]
+++
"""


def read(text: str) -> Document:
    stream = io.BytesIO(text.encode())
    (document,) = read_markdown(stream, path="a.md", retrieved_at="2026-01-02")
    assert isinstance(document, Document)
    return document


def test_a_guideline_says_whose_it_is_and_what_it_supersedes() -> None:
    document = read(TOML + BODY)
    assert document.doc_id == "guideline:gout-trust-gout-2026"
    assert (document.kind, document.version) == (Kind.GUIDELINE, "2")
    assert (document.jurisdiction, document.published) == ("Europe", "2026")
    assert document.source == Source(
        organisation="Gout Trust", year=2026, links=(Link("supersedes", "guideline:gout-2019"),)
    )
    found = [
        (s.label, s.locator, s.span.of(document.text), s.recommendation) for s in document.sections
    ]
    assert found == [
        ("TITLE", "Title", "Gout", None),
        ("TEXT", "Text", "Rest first, then ice.", None),
        ("Doses", "Doses", "Drug | Dose\nA | 5 mg\n\nWe suggest rest (1B).", None),
        (
            "Recommendation 1",
            "Recommendation 1, Doses",
            "We suggest rest (1B).",
            Recommendation(None, "1", "B"),
        ),
    ]


def test_lines_of_key_and_value_are_front_matter_too() -> None:
    front = "---\r\ntitle: 'Gout at home'\r\nkind: patient-information\r\n---\r\n"
    document = read(front + "Rest.\r\n")
    assert (document.doc_id, document.title) == ("leaflet:gout-at-home", "Gout at home")
    assert document.text == "Gout at home\n\nRest."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Gout\n", "front matter between two lines"),
        ("+++\ntitle = 3", "front matter between two lines"),
        ("+++\ntitle = \n+++\nText", "TOML between the lines"),
        ("---\ntitle\n---\nText", "line 2: expected key: value"),
        ("---\ntitle: A\nkind: trial\ncolour: red\n---\nText", "found colour"),
        ("---\ntitle: A\n---\nText", "found no kind"),
        ("---\ntitle: A\nkind: guideline\nbody: B\n---\nText", "found no year"),
        ("---\ntitle: A\nkind: poem\n---\nText", "kind: one of guideline"),
        ("---\ntitle: A\nkind: trial\nyear: 26\n---\nText", "year: four digits"),
        ("---\ntitle: A\nkind: trial\nsupersedes: x\n---\nText", "supersedes: a list"),
        ("---\ntitle: A\nkind: trial\nid: pmid:1\n---\nText", "id: guideline:NAME"),
        ("---\ntitle: A\nkind: trial\n---\n", "text below the front matter"),
    ],
)
def test_what_is_missing_is_named(text: str, expected: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert expected in str(caught.value)
