"""The page as documents, and the commands that make them."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from builders import an_abstention, an_answer, with_a_leaflet
from curbside.codec.answer import answer_to_json
from curbside.errors import InputError
from curbside.interfaces.cli import main
from curbside.interfaces.export import BY_SUFFIX, ExportForm, Style, export_page
from curbside.interfaces.export.outline import (
    Entry,
    Grid,
    Heading,
    Jump,
    Line,
    Picture,
    Words,
    outline_of,
)
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import render_markdown
from curbside.interfaces.render.phrases import HOW_TO_ASK
from curbside.interfaces.render.text import render_text
from curbside.interfaces.render.view import read_page

PAGE: Any = answer_to_json(an_answer())
ABSTAINED: Any = answer_to_json(an_abstention())


def run(*words: str) -> int:
    """Run the command as a shell would; returns its exit code."""
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def said(line: Line) -> str:
    return "".join(part.text for part in line)


def docx_of(page: Any, style: Style = Style.NLM) -> Any:
    return Document(io.BytesIO(export_page(page, ExportForm.DOCX, style=style)))


def pdf_text(content: bytes) -> str:
    """All the words of a PDF, joined over its lines."""
    file = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in file)
    file.close()
    return " ".join(text.replace("\ufffe", "").split())


def with_a_table(columns: int, anchor: str) -> Any:
    head = [{"text": "Age", "cites": []}]
    cells = [{"text": f"cell {n}", "cites": ["E7"] if n == 1 else []} for n in range(1, columns)]
    return {
        **PAGE,
        "tables": [
            {
                "table_id": anchor,
                "title": "Side by side",
                "columns": [f"column {n}" for n in range(columns)],
                "rows": [[*head, *cells]],
                "notes": ["How to read it."],
            }
        ],
    }


@pytest.mark.parametrize("page", [PAGE, ABSTAINED])
def test_text_forms_are_those_of_the_page(page: Any) -> None:
    assert export_page(page, ExportForm.TEXT) == render_text(page, show_quotes=True).encode()
    assert export_page(page, ExportForm.MARKDOWN) == render_markdown(page).encode()
    assert export_page(page, ExportForm.HTML) == render_html(page).encode()
    assert json.loads(export_page(page, ExportForm.JSON)) == page


@pytest.mark.parametrize("form", ExportForm)
def test_the_same_page_gives_the_same_bytes(form: ExportForm) -> None:
    assert export_page(PAGE, form) == export_page(json.loads(json.dumps(PAGE)), form)


def test_a_document_has_the_parts_of_the_page_in_its_order() -> None:
    blocks = outline_of(PAGE, Style.NLM).blocks
    assert [b.text for b in blocks if isinstance(b, Heading) and b.level == 1] == [
        *("Bottom line", "From the Guidelines", "From the Research", "From the Drug Label"),
        *(
            "Factors",
            "Pictures",
            "Tables",
            "Where sources disagree",
            "What was not found",
            "Withheld",
        ),
        *("References", "Passages", "About this page"),
    ]


def test_patient_information_is_marked_in_a_document() -> None:
    page = answer_to_json(with_a_leaflet(an_answer()))
    said = list(outline_of(page, Style.NLM).blocks)
    heads = [b.text for b in said if isinstance(b, Heading) and b.level == 1]
    assert heads[3:5] == ["From the Drug Label", "From Patient Information"]
    words = [p.text for p in docx_of(page).paragraphs]
    at = words.index("From Patient Information")
    claim = words[at + 2 : at + 4]
    assert claim[0].startswith("“Gout often comes back when tablets are stopped.”")
    assert "Patient information" in " ".join(claim)


def test_a_citation_names_its_reference_and_each_passage() -> None:
    (heading,) = [
        block
        for block in outline_of(PAGE, Style.NLM).blocks
        if isinstance(block, Heading) and block.anchor == "passage-2"
    ]
    assert heading.text == "P2. Amadi T et al., 2019"
    document = docx_of(PAGE)
    claim = next(p for p in document.paragraphs if p.text.startswith("“Serum urate above"))
    assert claim.style.name == "List Bullet"
    assert [(link.text, link.fragment) for link in claim.hyperlinks] == [
        ("[1]", "reference-1"),
        ("P2", "passage-2"),
        ("[2]", "reference-2"),
        ("P3", "passage-3"),
    ]


def test_a_word_file_has_real_headings_lists_and_links_that_lead_somewhere() -> None:
    document = docx_of(PAGE)
    body = document.element.body
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    leads = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    assert leads <= marks
    assert {f"reference-{n}" for n in range(1, 6)} <= leads
    assert {passage.anchor for passage in read_page(PAGE).passages} <= leads
    assert document.paragraphs[0].text == PAGE["title"]
    assert [p.style.name for p in document.paragraphs[:5]] == [
        *("Title", "Curbside Note", "Curbside Note", "Normal", "Intense Quote"),
    ]
    assert document.paragraphs[4].text == f"Caution. {PAGE['status']['banner']}"
    # what the issuer of a file says of itself
    properties = document.core_properties
    assert (properties.title, properties.author) == (PAGE["title"], "Curbside")
    assert properties.created == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert PAGE["disclaimer"].startswith(properties.comments)


def test_references_of_a_word_file_are_one_list_with_the_numbers_of_the_page() -> None:
    page = json.loads(json.dumps(PAGE))
    for reference, number in zip(page["references"], (1, 2, 5, 6, 9), strict=True):
        reference["number"] = number
    document = docx_of(page)
    listed = [p._p.pPr.numPr for p in document.paragraphs if p.style.name == "List Number"]
    lists = [int(item.numId.val) for item in listed]
    numbering = document.part.numbering_part.element
    starts = {}
    for num in numbering.findall(qn("w:num")):
        kind = num.find(qn("w:abstractNumId")).get(qn("w:val"))
        (found,) = (
            k
            for k in numbering.findall(qn("w:abstractNum"))
            if k.get(qn("w:abstractNumId")) == kind
        )
        level = found.find(qn("w:lvl"))
        starts[int(num.get(qn("w:numId")))] = (
            level.find(qn("w:start")).get(qn("w:val")),
            level.find(qn("w:lvlText")).get(qn("w:val")),
        )
    assert [starts[number] for number in lists] == [
        *(("1", "[%1]"), ("1", "[%1]"), ("5", "[%1]"), ("5", "[%1]"), ("9", "[%1]")),
    ]


def test_a_reference_says_its_type_its_standing_and_whose_summary_it_is() -> None:
    entries = [b for b in outline_of(PAGE, Style.AMA).blocks if isinstance(b, Entry)]
    assert [[said(p.line) for p in entry.paragraphs] for entry in entries[1:3]] == [
        [
            "Cohort. Dorn P. Predictors of flare: results of a small registry. Ann Made-up Med."
            " 2015;7:33-40.",
            "PMID 90000002 · PMC9000002 · Corrected by pmid:90000009 (checked 30 January 2026)",
            "Passages: P3 P9 P11",
        ],
        [
            "Guideline. Invented College of Rheumatology. (description) Management of Gout:"
            " Recommendations on Stopping Treatment. Invented College of Rheumatology; 2024."
            " https://guidelines.example/gout-2024",
            "guidelines.example · Current (checked 30 January 2026); our summary of Invented"
            " College of Rheumatology, 2024; consult the source; the title is a description of"
            " ours; what was read: full text; read in a secondary source: a news page of the"
            " college; Replaces the 2012 guideline.",
            "Passages: P4",
        ],
    ]


def test_what_is_said_of_a_claim_stays_on_its_sheet() -> None:
    paragraphs = docx_of(PAGE).paragraphs
    pairs = [
        (before.text, before.paragraph_format.keep_with_next)
        for before, after in pairwise(paragraphs)
        if before.style.name == "List Bullet" and after.text.startswith("Our summary of")
    ]
    assert len(pairs) >= 2
    assert all(is_held for _, is_held in pairs)


def test_documents_offer_what_to_ask_next_and_how() -> None:
    page = {**PAGE, "next_questions": ["What of diet?"], "related": ["How is gout treated?"]}
    told = [p.text for p in docx_of(page).paragraphs]
    start = told.index("Ask next")
    assert told[start : start + 6] == [
        *("Ask next", HOW_TO_ASK, "What of diet?"),
        *("Related pages", HOW_TO_ASK, "How is gout treated?"),
    ]


def test_a_table_is_a_table() -> None:
    document = docx_of(with_a_table(3, "studies"))
    table = document.tables[-1]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["column 0", "column 1", "column 2"],
        ["Age", "cell 1 [5]\u2060P7", "cell 2"],
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize(
    ("anchor", "columns", "last"),
    [
        (
            "studies",
            ("column 0", "What it says"),
            "column 1: cell 1 [5]\u2060P7; "
            + "; ".join(f"column {n}: cell {n}" for n in range(2, 12)),
        ),
        (
            "factors",
            ("column 0", "column 1", "What the sources say"),
            "; ".join(f"cell {n}" for n in range(2, 12)),
        ),
    ],
)
def test_a_table_too_wide_for_paper_is_gathered_and_loses_no_cell(
    anchor: str, columns: tuple[str, ...], last: str
) -> None:
    page = with_a_table(12, anchor)
    *_, grid = [b for b in outline_of(page, Style.NLM).blocks if isinstance(b, Grid)]
    assert grid.columns == columns
    assert said(grid.rows[0][-1]) == last
    assert sum(grid.widths) == pytest.approx(1)


def test_a_figure_is_a_table_in_word_and_a_picture_with_its_table_on_paper() -> None:
    rates, icons, forest, timeline, *_ = docx_of(PAGE).tables
    assert [[cell.text for cell in row.cells] for row in forest.rows] == [
        ["Source", "Of what", "Effect (interval)", "Told of it"],
        ["[1] Amadi T 2019", "urate above 7 mg/dL", "2.4 (1.3 to 4.4) [1]\u2060P2", ""],
        ["[2] Dorn P 2015", "urate above 7 mg/dL", "1.8 (1.1 to 2.9) [2]\u2060P11", ""],
        [
            *("Pooled, 2 studies", "", "2.01 (1.38 to 2.94) [1]\u2060P2 [2]\u2060P11"),
            "computed here: inverse variance; I² 0%, tau² 0",
        ],
    ]
    assert [len(table.rows) for table in (rates, icons, timeline)] == [5, 3, 6]
    pictures = [b for b in outline_of(PAGE, Style.NLM).blocks if isinstance(b, Picture)]
    assert [picture.caption for picture in pictures] == [
        *("Over time", "No time stated", None, None, None),
    ]
    for picture in pictures:
        drawing = etree.fromstring(picture.svg)
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        # no variable is left that only a page could resolve
        assert "var(" not in picture.svg
        assert picture.words.endswith("The table below lists each with its passages.")


def test_a_pdf_is_tagged_titled_and_linked() -> None:
    content = export_page(PAGE, ExportForm.PDF)
    file = pypdfium2.PdfDocument(content)
    assert file.is_tagged()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    about = file.get_metadata_dict()
    assert {key: about[key] for key in ("Title", "Author", "Subject", "CreationDate")} == {
        "Title": PAGE["title"],
        "Author": "Curbside",
        "Subject": PAGE["disclaimer"],
        "CreationDate": "D:20260203040506Z",
    }
    last = file[len(file) - 1].get_textpage().get_text_bounded()
    assert f"{len(file)} / {len(file)}" in last
    assert [bookmark.get_title() for bookmark in file.get_toc() if bookmark.level == 0] == [
        block.text
        for block in outline_of(PAGE, Style.NLM).blocks
        if isinstance(block, Heading) and block.level == 1
    ]
    file.close()
    assert b"https://doi.org/10.5555/jir.2019.0201" in content


@pytest.mark.parametrize("page", [PAGE, ABSTAINED])
def test_every_document_says_what_the_page_says(page: Any) -> None:
    words = [page["title"], page["status"]["banner"], page["disclaimer"]]
    words += [claim["text"] for claim in page["claims"].values()]
    words += [passage.quote for passage in read_page(page).passages]
    words += [reference["title"] for reference in page["references"]]
    words += [factor["reason"] for factor in page["factors"]]
    in_word = "\n".join(paragraph.text for paragraph in docx_of(page).paragraphs)
    in_pdf = re.sub(r"\s", "", pdf_text(export_page(page, ExportForm.PDF)))
    assert [text for text in words if text not in in_word] == []
    assert [text for text in words if re.sub(r"\s", "", text) not in in_pdf] == []


def test_signs_that_figures_need_are_printed() -> None:
    signs = "α β ≥ ≤ ± µ μ χ² × – → Δ Ł ø И"
    page = {**PAGE, "title": signs}
    content = export_page(page, ExportForm.PDF)
    assert pdf_text(content).startswith(signs)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


def test_a_letter_that_no_font_holds_is_told_of(tmp_path: Path) -> None:
    # of a private area: in no font anywhere
    page = {**PAGE, "title": "What is \U000f1234?"}
    content = export_page(page, ExportForm.PDF)
    assert "Some letters of this page are in no font" in pdf_text(content)
    assert b"pdfuaid" not in content


def test_marks_of_other_forms_stay_words_in_documents() -> None:
    hostile = '#panic() $x$ *b* _i_ \\ @a <b> [c] "d" // e'
    page = json.loads(json.dumps(PAGE))
    page["title"] = hostile
    page["claims"]["C4"]["text"] = hostile
    assert pdf_text(export_page(page, ExportForm.PDF)).startswith(hostile)
    assert docx_of(page).paragraphs[0].text == hostile


def test_pdf_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match=r'pip install "curbside\[pdf\]"'):
        export_page(PAGE, ExportForm.PDF)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    file = tmp_path / "answer.json"
    file.write_bytes(export_page(PAGE, ExportForm.JSON))
    return file


@pytest.mark.parametrize(("suffix", "form"), BY_SUFFIX.items())
def test_the_name_of_the_file_says_the_form(stored: Path, suffix: str, form: ExportForm) -> None:
    file = stored.with_name(f"page{suffix.upper()}")
    assert run("export", str(stored), "-o", str(file)) == 0
    assert file.read_bytes() == export_page(PAGE, form)


def test_a_form_that_is_asked_for_goes_before_the_name(
    stored: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = stored.with_name("page.json")
    assert run("export", str(stored), "--to", "csl-json", "-o", str(file)) == 0
    assert file.read_bytes() == export_page(PAGE, ExportForm.CSL_JSON)
    assert run("export", str(stored), "--to", "ris") == 0
    assert capsysbinary.readouterr().out == export_page(PAGE, ExportForm.RIS)


def test_references_come_in_the_style_that_is_asked_for(stored: Path) -> None:
    file = stored.with_name("page.docx")
    assert run("export", str(stored), "--style", "apa", "-o", str(file)) == 0
    assert file.read_bytes() == export_page(PAGE, ExportForm.DOCX, style=Style.APA)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "odt"], "'text', 'markdown', 'html', 'json', 'pdf', 'docx'"),
        ([], "expected --to with one of text, markdown, html, json, pdf, docx, ris, nbib, bibtex"),
        (["-o", "page.doc"], ".docx .ris .nbib .bib; found page.doc"),
        (["--to", "ris", "--style", "apa"], "--style: expected with docx or pdf, found ris"),
        (["--to", "pdf", "--style", "vancouver"], "'nlm', 'ama', 'bmj', 'apa'"),
        (["--to", "ris", "-o", "no/page.ris"], "the folder no does not exist; make it first"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_was_expected(
    stored: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run("export", str(stored), *words) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_file_that_is_no_answer_is_not_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.json"
    file.write_text("[]", encoding="utf-8")
    assert run("export", str(file), "--to", "ris") == 2
    assert capsys.readouterr().err == (
        f"curbside: {file}: expected an answer of this version of Curbside (`ask --format json`);"
        " answer: expected an object, found list. Where another version made it, ask the question"
        " again\n"
    )
    assert run("export", str(tmp_path / "none.json"), "--to", "ris") == 2
    assert "expected a file that may be read" in capsys.readouterr().err


def test_a_banner_that_was_taken_away_is_back_in_the_export(stored: Path) -> None:
    stored.write_text(json.dumps({**PAGE, "disclaimer": ""}), encoding="utf-8")
    file = stored.with_name("page.md")
    assert run("export", str(stored), "-o", str(file)) == 0
    assert file.read_bytes() == export_page(PAGE, ExportForm.MARKDOWN)


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize("command", ["export", "ask"])
def test_a_terminal_is_not_written_to_in_bytes(
    stored: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    form: str,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    option = "--to" if command == "export" else "--format"
    assert run(command, str(stored), option, form) == 2
    assert capsys.readouterr().err == (
        f"curbside: {form} is not for a terminal; expected a file: -o answer.{form}, or a pipe\n"
    )


def test_jumps_lead_to_anchors_of_the_same_document() -> None:
    blocks = outline_of(PAGE, Style.NLM).blocks
    anchors = {b.anchor for b in blocks if isinstance(b, Heading | Entry) and b.anchor}
    lines: list[Line] = []
    for block in blocks:
        for paragraphs in getattr(block, "items", ()):
            lines += [paragraph.line for paragraph in paragraphs]
        lines += [paragraph.line for paragraph in getattr(block, "paragraphs", ())]
        lines += [block.line] if hasattr(block, "line") else []
    jumps = {part.anchor for line in lines for part in line if isinstance(part, Jump)}
    assert jumps == anchors
    assert all(part.text for line in lines for part in line if isinstance(part, Words))
