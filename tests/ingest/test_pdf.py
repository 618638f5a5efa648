"""A PDF is read as a person reads it: columns, headings, paragraphs, tables, pages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from curbside.errors import SourceError
from curbside.ingest.pdf import read_pdf
from curbside.records import Document, Kind, Recommendation
from pdf_builder import Text, column, pdf
from shared_data import SHARED

LEFT = (
    "Gout is treated with colchicine in most adults,",
    "and a low dose is as good as a high one when it",
    "is begun on the very first day of such a flare.",
    "Ice helps too, though only for some hours.",
)
RIGHT = (
    "In the second column the text goes on about the",
    "kidney, whose function must be known before any",
    "dose is chosen, and about the drugs that are not",
    "to be given with it.",
)


def read(data: bytes) -> Document:
    (document,) = read_pdf(io.BytesIO(data), path="a.pdf", retrieved_at="2026-01-02")
    assert isinstance(document, Document)
    return document


def sections(document: Document) -> list[tuple[str, str, str]]:
    return [(s.label, s.locator, s.span.of(document.text)) for s in document.sections]


def page(*more: Text) -> list[Text]:
    return [(72, 700, 16, "Gout in adults"), *more]


def framed(number: int, *more: Text) -> list[Text]:
    """A page with a running head and its number."""
    return [(72, 760, 8, "Journal of Gout"), *more, (300, 30, 8, str(number))]


def test_columns_are_read_one_after_the_other_and_running_heads_left_out() -> None:
    first = framed(1, *page(*column(72, 660, *LEFT), *column(330, 660, *RIGHT)))
    last = "A last paragraph stands on the second page, and it is"
    second = framed(2, *column(72, 700, last, "short."))
    assert sections(read(pdf(first, second))) == [
        ("TITLE", "Title", "Gout in adults"),
        ("TEXT", "page 1", f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"),
        ("TEXT", "page 2", "A last paragraph stands on the second page, and it is short."),
    ]


def test_lines_that_the_file_draws_across_columns_are_put_in_order() -> None:
    rows = [
        text for pair in zip(column(72, 660, *LEFT), column(330, 660, *RIGHT), strict=True)
        for text in pair
    ]  # fmt: skip
    assert sections(read(pdf(page(*rows))))[1][2] == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_headings_are_sections_with_their_page() -> None:
    document = read(
        pdf(
            page(
                (72, 660, 13, "Treatment"),
                *column(72, 640, *LEFT),
                (72, 570, 11, "*Kidney"),
                *column(72, 550, *RIGHT),
            )
        )
    )
    assert sections(document)[1:] == [
        ("Treatment", "page 1, Treatment", " ".join(LEFT)),
        ("Kidney", "page 1, Treatment > Kidney", " ".join(RIGHT)),
    ]


def test_a_sentence_that_a_page_cuts_is_joined() -> None:
    begun = ("The dose is halved where the kidney fails, as the", "drug then")
    first = framed(1, *page(*column(72, 120, *begun)))
    second = framed(2, *column(72, 700, "stays for days in the body."))
    text = "The dose is halved where the kidney fails, as the drug then stays for days in the body."
    assert sections(read(pdf(first, second)))[1] == ("TEXT", "pages 1–2", text)


def test_a_table_is_a_row_a_line() -> None:
    rows = [
        text
        for number, (drug, dose) in enumerate(
            [("Drug", "Dose"), ("Colchicine", "0.5 mg"), ("Prednisone", "30 mg")]
        )
        for text in ((72, 560 - 14 * number, 10, drug), (260, 560 - 14 * number, 10, dose))
    ]
    text = sections(read(pdf(page(*column(72, 660, *LEFT), *rows))))[1][2]
    assert text.endswith("\n\nDrug | Dose\nColchicine | 0.5 mg\nPrednisone | 30 mg")


def test_a_recommendation_is_a_unit_with_its_grade_as_printed() -> None:
    body = column(
        72, 660,
        "The panel recommends colchicine for a flare in adults",
        "whose kidneys work (strong recommendation, moderate",
        "certainty of evidence). Ice helps too.",
    )  # fmt: skip
    document = read(pdf(page(*body), title="Gout: a practice guideline 2026"))
    assert document.kind is Kind.GUIDELINE
    (unit,) = [section for section in document.sections if section.recommendation]
    assert unit.recommendation == Recommendation(
        None, "strong recommendation", "moderate certainty of evidence"
    )
    assert unit.locator == "Recommendation 1, page 1, Gout in adults"
    assert unit.span.of(document.text) == (
        "The panel recommends colchicine for a flare in adults whose kidneys work"
        " (strong recommendation, moderate certainty of evidence)."
    )


def test_a_script_in_a_file_is_not_run_and_no_text() -> None:
    extra = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\);) >>"
    whole = page(*column(72, 660, *LEFT))
    assert read(pdf(whole, extra=extra)).text == read(pdf(whole)).text


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7\nnothing", "one that PDFium refuses"),
        (pdf([(72, 700, 10, "1")]), "pages without a layer of text"),
        (pdf(page())[:300], "one that PDFium refuses"),
    ],
)
def test_what_cannot_be_read_says_so(data: bytes, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        read(data)


def test_an_encrypted_file_is_refused() -> None:
    encrypt = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (" + b"x" * 32 + b") /U ("
    encrypt += b"y" * 32 + b") /P -4 >> "
    data = pdf(page(*column(72, 660, *LEFT))).replace(b"/Info 5 0 R", encrypt)
    with pytest.raises(SourceError, match="PDFium refuses"):
        read(data)


@pytest.mark.data
@pytest.mark.skipif(SHARED is None, reason="the shared data folder is absent")
@pytest.mark.parametrize(
    ("file", "statement", "strength", "locator", "sections_at"),
    [
        (
            "uspstf_hepatitis-b-pregnant-women-final-rec-statement.pdf",
            "The USPSTF recommends screening for hepatitis B virus (HBV) infection in pregnant"
            " women at their first prenatal visit (A recommendation) (Figure 1).",
            "A recommendation",
            "Recommendation 2, page 1, Summary of Recommendation and Evidence",
            {"Screening Interval": "page 3", "Research Needs and Gaps": "page 4"},
        ),
        (
            "uspstf_hepatitis-c-screening-final-recommendation.pdf",
            "The USPSTF recommends screening for HCV infection in adults aged 18 to 79 years."
            " (B recommendation)",
            "B recommendation",
            "Recommendation 1, page 1",
            {"Assessment of Risk": "page 2", "Scope of Review": "pages 3–4"},
        ),
    ],
)
def test_a_real_statement_comes_out_with_its_grade_pages_and_headings(
    file: str, statement: str, strength: str, locator: str, sections_at: dict[str, str]
) -> None:
    assert SHARED is not None
    path: Path = SHARED / "data" / "niddk_liver" / file
    document = read(path.read_bytes())
    assert document.kind is Kind.GUIDELINE
    assert document.source.organisation == "US Preventive Services Task Force"
    assert document.jurisdiction == "US"
    found = {
        section.span.of(document.text): (section.recommendation, section.locator)
        for section in document.sections
        if section.recommendation
    }
    assert found[statement] == (Recommendation(None, strength, None), locator)
    for label, pages in sections_at.items():
        place = next(s.locator for s in document.sections if s.label == label)
        assert place.startswith(f"{pages}, ")
