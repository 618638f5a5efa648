"""The lists of references, read back by the programs' own readers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import bibtexparser
import nbib as nbib_reader
import pytest
import rispy
from awkward_references import AWKWARD, AWKWARD_DOI, BRACED, HTML_TITLE, page_of
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from builders import a_reference, an_abstention, an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.export import ExportForm, Style, export_page
from curbside.interfaces.export.bibtex import escape
from curbside.interfaces.export.citations import Run, cite, plain
from curbside.interfaces.export.works import Group, Person, names_of, works_of
from curbside.records import Source


@pytest.mark.parametrize(
    ("printed", "names", "has_more"),
    [
        (["van Gerven NMF et al."], [Person("Gerven", "NMF", "van")], True),
        (["Harrison L, Gleeson D"], [Person("Harrison", "L"), Person("Gleeson", "D")], False),
        (["Snij RJALM", "de Boer Y"], [Person("Snij", "RJALM"), Person("Boer", "Y", "de")], False),
        (["Dorn P Jr"], [Person("Dorn", "P", "", "Jr")], False),
        (["Smith, John A."], [Person("Smith", "John A.")], False),
        (["Manns MP et al. (AASLD)"], [Person("Manns", "MP"), Group("AASLD")], True),
        (["Pape S (IAIHG)"], [Person("Pape", "S"), Group("IAIHG")], False),
        (["World Health Organization WHO"], [Group("World Health Organization WHO")], False),
        (["Centers for Control, Atlanta"], [Group("Centers for Control, Atlanta")], False),
        (["makers' labels (one; two)"], [Group("makers' labels (one; two)")], False),
        (["NICE"], [Group("NICE")], False),
        (["山田太郎"], [Group("山田太郎")], False),
        (["Иванов ИИ"], [Person("Иванов", "ИИ")], False),
        (["Dorn P", "Dorn P"], [Person("Dorn", "P")], False),
        (["et al."], [], True),
        ([], [], False),
    ],
)  # fmt: skip
def test_a_name_is_taken_apart_only_where_its_form_says_how(
    printed: list[str], names: list[Any], has_more: bool
) -> None:
    assert names_of(printed) == (tuple(names), has_more)


def test_a_guideline_is_a_report_of_the_body_that_issued_it() -> None:
    items = json.loads(export_page(answer_to_json(an_answer()), ExportForm.CSL_JSON))
    assert items[2] == {
        "id": "digest-invented-2024",
        "type": "report",
        "title": "Management of gout: recommendations on stopping treatment",
        "author": [{"literal": "Invented College of Rheumatology"}],
        "publisher": "Invented College of Rheumatology",
        "issued": {"date-parts": [[2024]]},
        "URL": "https://guidelines.example/gout-2024",
        "genre": "Guideline",
        "note": (
            "Current (checked 30 January 2026); our summary of Invented College of Rheumatology,"
            " 2024; consult the source; the title is a description of ours; what was read: full"
            " text; read in a secondary source: a news page of the college; Replaces the 2012"
            " guideline."
        ),
        "custom": {
            "number": 3,
            "doc_id": "digest:invented-2024",
            "passages": [
                "The 2024 guideline advises stopping only after two years without a flare."
                " (recommendation 7; our summary)"
            ],
            "page": "What predicts a gout flare after stopping allopurinol (Zyloprim)?",
            "status": "Submitted",
            "evidence_checked_to": "31 January 2026",
            "disclaimer": answer_to_json(an_answer())["disclaimer"],
        },
    }


def test_who_shows_a_guideline_is_never_its_author() -> None:
    items = json.loads(export_page(AWKWARD, ExportForm.CSL_JSON))
    assert items[3]["author"] == [
        {"literal": "European Society of Livers (ESL)"},
        {"family": "Brand", "given": "F. F.", "non-dropping-particle": "van den"},
        {"family": "O'Brien", "given": "J.", "suffix": "Jr"},
        {"literal": "et al."},
    ]
    assert [item["type"] for item in items] == [
        *("webpage", "article-journal", "article-journal", "report", "pamphlet", "document"),
        "webpage",
    ]
    assert items[4]["author"] == [{"literal": "Makers Ltd (text), Other"}]
    assert "URL" not in items[4]
    assert "address as recorded: a shelf" in items[4]["note"]


def test_ris_reads_back_as_it_was_written() -> None:
    records = rispy.loads(export_page(AWKWARD, ExportForm.RIS).decode())
    assert [record["title"] for record in records] == [r["title"] for r in AWKWARD["references"]]
    assert [record["type_of_reference"] for record in records] == [
        *("ELEC", "JOUR", "JOUR", "RPRT", "PAMP", "GEN", "ELEC"),
    ]
    assert records[2]["authors"] == ["山田 太郎", "Иванов, И. И."]
    assert records[2]["doi"] == AWKWARD_DOI
    guideline = records[3]
    assert guideline == {
        "type_of_reference": "RPRT",
        "id": "pmid-90000004",
        "type_of_work": "Guideline",
        "authors": [
            *("European Society of Livers (ESL)", "van den Brand, F. F.", "O'Brien, J., Jr"),
            "et al.",
        ],
        "title": a_reference().title,
        "secondary_title": "J Liv",
        "publisher": "European Society of Livers (ESL)",
        "year": "2019",
        "volume": "7",
        "start_page": "S1",
        "end_page": "S20",
        "notes": [
            "Reference 4 of “Is zinc good for warts?” (Submitted, evidence checked to 31 January"
            " 2026): Retracted (checked 30 January 2026); our summary of van den Brand FF and"
            " O'Brien J Jr et al. (ESL), 2019; consult the source. " + AWKWARD["disclaimer"]
        ],
    }
    assert "year" not in records[0]
    assert "year not known" in records[0]["notes"][0]


def test_nbib_reads_back_as_it_was_written() -> None:
    records = nbib_reader.read(export_page(AWKWARD, ExportForm.NBIB).decode())
    assert [record["title"] for record in records] == [r["title"] for r in AWKWARD["references"]]
    assert records[2]["doi"] == AWKWARD_DOI
    assert records[0]["corporate_author"] == "World Health Organization"
    assert records[3]["publication_types"] == ["Guideline", "Retracted Publication"]
    assert [author["author"] for author in records[3]["authors"]] == [
        *("van den Brand, F F", "O'Brien, J, Jr", "et al."),
    ]
    first = nbib_reader.read(export_page(answer_to_json(an_answer()), ExportForm.NBIB).decode())[0]
    assert {key: first[key] for key in ("pubmed_id", "journal", "journal_volume", "pages")} == {
        "pubmed_id": 90000001,
        "journal": "J Invented Rheumatol",
        "journal_volume": "12",
        "pages": "201-209",
    }


def test_bibtex_reads_back_as_it_was_written() -> None:
    library = bibtexparser.parse_string(export_page(AWKWARD, ExportForm.BIBTEX).decode())
    assert library.failed_blocks == []
    assert [entry.entry_type for entry in library.entries] == [
        *("misc", "article", "article", "techreport", "misc", "misc", "misc"),
    ]
    titles = [_shown(entry["title"][1:-1]) for entry in library.entries]
    assert titles == [reference["title"] for reference in AWKWARD["references"]]
    assert library.entries[2]["doi"] == AWKWARD_DOI
    assert library.entries[0]["url"] == "https://who.example/a%20b"
    assert library.entries[3]["author"] == (
        "{European Society of Livers (ESL)} and van den Brand, F. F. and O'Brien, Jr, J. and others"
    )
    assert library.entries[3]["pages"] == "S1--S20"


def _shown(latex: str) -> str:
    """What LaTeX sets; the reader does not know its names of the braces and the circumflex."""
    known = latex.replace(r"\textbraceleft{}", r"\{").replace(r"\textbraceright{}", r"\}")
    return str(LatexNodes2Text().latex_to_text(known)).replace("ˆ", "^")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_escaped_latex_has_its_braces_in_pairs_and_says_the_same(text: str) -> None:
    escaped = escape(text)
    depth = 0
    for character in escaped:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    # what LaTeX itself gives a meaning to, and nothing else, is changed
    assert len(escaped) - len(text) >= sum(character in "\\{}~^%&$#_" for character in text)


@pytest.mark.parametrize("form", [ExportForm.RIS, ExportForm.NBIB, ExportForm.BIBTEX])
def test_a_page_without_references_gives_an_empty_list(form: ExportForm) -> None:
    page = answer_to_json(replace(an_abstention(), references=(), not_found=(), evidence=()))
    assert export_page(page, form) == b""
    assert json.loads(export_page(page, ExportForm.CSL_JSON)) == []


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            Style.NLM,
            "Amadi T, Brandt L, Castel R. Flares after stopping urate-lowering treatment: a cohort"
            " study. J Invented Rheumatol. 2019;12(3):201–9. doi:10.5555/jir.2019.0201 PubMed PMID:"
            " 90000001.",
        ),
        (
            Style.AMA,
            "Amadi T, Brandt L, Castel R. Flares after stopping urate-lowering treatment: a cohort"
            " study. J Invented Rheumatol. 2019;12(3):201-209. doi:10.5555/jir.2019.0201",
        ),
        (
            Style.BMJ,
            "Amadi T, Brandt L, Castel R. Flares after stopping urate-lowering treatment: a cohort"
            " study. J Invented Rheumatol. 2019;12:201–9. doi: 10.5555/jir.2019.0201",
        ),
        (
            Style.APA,
            "Amadi, T., Brandt, L., & Castel, R. (2019). Flares after stopping urate-lowering"
            " treatment: a cohort study. J Invented Rheumatol, 12(3), 201–209."
            " https://doi.org/10.5555/jir.2019.0201",
        ),
    ],
)
def test_a_reference_is_written_as_its_style_writes_it(style: Style, expected: str) -> None:
    works = works_of(answer_to_json(an_answer()))
    assert plain(cite(works, style)[0]) == expected


def test_a_style_sets_in_italics_what_it_means_to() -> None:
    works = works_of(answer_to_json(an_answer()))
    assert Run("J Invented Rheumatol", is_italic=True) in cite(works, Style.AMA)[0]


@pytest.mark.parametrize("style", Style)
def test_a_style_keeps_the_order_of_the_page_and_adds_no_number(style: Style) -> None:
    cited = [plain(runs) for runs in cite(works_of(AWKWARD), style)]
    assert len(cited) == 7
    assert [text[:12] for text in cited[:5]] == [
        *("World Health", "Łukasz-Żak Ö"[:12] if style is not Style.APA else "Łukasz-Żak, "),
        "山田 太郎, Иванов"[:12] if style is not Style.APA else "山田 太郎, & Ива",
        *("European Soc", "Makers Ltd ("),
    ]


def test_more_authors_are_said_to_be_more_and_an_organisation_leads_its_guideline() -> None:
    works = works_of(AWKWARD)
    starts = [plain(cite(works, style)[3]).split(". Flares")[0] for style in Style]
    assert starts == [
        "European Society of Livers (ESL), van den Brand FF, O'Brien J Jr, et al",
        "European Society of Livers (ESL), van den Brand FF, O'Brien J Jr, et al",
        "European Society of Livers (ESL), van den Brand FF, O'Brien J Jr, et al",
        "European Society of Livers (ESL), van den Brand, F. F., O'Brien, J., Jr, et al. (2019)",
    ]


@pytest.mark.parametrize("style", Style)
def test_a_work_without_authors_has_its_title_once(style: Style) -> None:
    page = page_of({"source": Source(journal="J Inv", year=2020, volume="3")})
    text = plain(cite(works_of(page), style)[0])
    assert text.count("Flares after stopping") == 1


def test_marks_in_a_title_stay_words() -> None:
    assert plain(cite(works_of(AWKWARD), Style.NLM)[5]) == f"{HTML_TITLE}."
    assert BRACED in plain(cite(works_of(AWKWARD), Style.NLM)[1])


def test_nothing_is_said_to_have_been_published_online_first() -> None:
    page = page_of(
        {"source": Source(authors=("Dorn P",), journal="J Inv", year=2020, doi="10.1/x")}
    )
    works = works_of(page)
    title = "Flares after stopping urate-lowering treatment: a cohort study"
    assert [plain(cite(works, style)[0]) for style in (Style.AMA, Style.BMJ)] == [
        f"Dorn P. {title}. J Inv. 2020. doi:10.1/x",
        f"Dorn P. {title}. J Inv. 2020. doi: 10.1/x",
    ]
