"""A page is read for what it says, not for what every page has around it."""

from __future__ import annotations

import io

import pytest

from curbside.errors import SourceError
from curbside.ingest.html import read_html
from curbside.records import Document, Kind, Source

PROSE = "Gout comes and goes, and most people who have it live well with it for years. " * 4


def read(body: str, head: str = "") -> Document:
    data = f"<!DOCTYPE html><html lang='en-GB'><head>{head}</head><body>{body}</body></html>"
    (document,) = read_html(io.BytesIO(data.encode()), path="a.html", retrieved_at="2026-01-02")
    assert isinstance(document, Document)
    return document


def sections(document: Document) -> list[tuple[str, str, str]]:
    return [(s.label, s.locator, s.span.of(document.text)) for s in document.sections]


def test_the_main_content_is_read_under_its_headings() -> None:
    document = read(
        "<nav>Home</nav><div class='cookie-banner'>We use cookies</div><main><h1>Gout</h1>"
        f"<p>{PROSE}</p><h2>Treatment</h2><p>Rest, 10<sup>9</sup> times.<br>Ice.</p>"
        "<ul><li>Cherries</li><li><p>Water</p></li></ul><h3>Doses</h3>"
        "<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>A</td><td>5 mg</td></tr></table>"
        "<script>alert(1)</script><aside>Subscribe</aside></main><footer>© 2026</footer>"
    )
    assert sections(document) == [
        ("TITLE", "Title", "Gout"),
        ("TEXT", "Text", PROSE.strip()),
        ("Treatment", "Treatment", "Rest, 10^9 times. Ice.\n\nCherries\n\nWater"),
        ("Doses", "Treatment > Doses", "Drug | Dose\nA | 5 mg"),
    ]
    assert (document.kind, document.language) == (Kind.PATIENT_INFORMATION, "en")


def test_the_metadata_of_a_page_name_it() -> None:
    head = (
        "<meta name='citation_title' content='Gout: a clinical practice guideline'>"
        "<meta name='citation_doi' content='https://doi.org/10.1/X'>"
        "<meta name='citation_journal_title' content='J Gout'>"
        "<meta name='citation_author' content='Ames A'><meta name='citation_author' content='Bo B'>"
        "<meta name='citation_publication_date' content='2024/3/9'>"
        "<link rel='canonical' href='https://gout.org/g#top'>"
    )
    document = read(f"<main><p>{PROSE}</p><p>We suggest rest (1B).</p></main>", head)
    assert document.doc_id == "doi:10.1/x"
    assert (document.kind, document.published) == (Kind.GUIDELINE, "2024-03-09")
    assert document.source == Source(
        authors=("Ames A", "Bo B"), journal="J Gout", year=2024, doi="10.1/X",
        url="https://gout.org/g",
    )  # fmt: skip
    assert [s.locator for s in document.sections if s.recommendation] == ["Recommendation 1, Text"]


def test_json_of_a_page_names_it_where_nothing_else_does() -> None:
    head = (
        '<script type="application/ld+json">{"headline": "About gout", "publisher":'
        ' {"name": "Gout Trust"}, "dateModified": "2025-02-01T10:00:00Z"}</script>'
    )
    document = read(f"<article><p>{PROSE}</p></article>", head)
    assert (document.title, document.source.organisation) == ("About gout", "Gout Trust")
    assert document.published == "2025-02-01"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>404 Not Found</h1><p>nginx</p>",
        "<h1>Just a moment...</h1><p>Checking your browser. " + "Please wait. " * 30 + "</p>",
        "<h1>Gout</h1><p>Short.</p>",
        "<pre>" + PROSE + "</pre>",
        "",
    ],
)
def test_a_page_without_an_article_is_refused(body: str) -> None:
    with pytest.raises(SourceError, match="expected an HTML page"):
        read(body)


def test_a_page_that_nests_without_end_is_refused() -> None:
    with pytest.raises(SourceError, match="expected an HTML page that holds an article"):
        read("<div>" * 5_000 + f"<p>{PROSE}</p>" + "</div>" * 5_000)
