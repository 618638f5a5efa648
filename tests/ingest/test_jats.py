from __future__ import annotations

import io
from collections import Counter

import pytest
from golden_files import golden, only, outline, read

from curbside.errors import SourceError
from curbside.ingest.jats import read_jats
from curbside.ingest.read import Rejected
from curbside.records import Document, Kind, Link, Recommendation, Source
from shared_data import needs_shared, shared


def article(
    title: str = "T", *, kind: str = "research-article", meta: str = "", body: str = ""
) -> Document:
    data = (
        f'<article article-type="{kind}"><front><article-meta><article-id pub-id-type="pmid">1'
        f"</article-id>{meta}<title-group><article-title>{title}</article-title></title-group>"
        f"</article-meta></front><body>{body}</body></article>"
    )
    document = read_jats(io.BytesIO(data.encode()), path="x.nxml", retrieved_at=None)
    assert isinstance(document, Document)
    return document


def test_front_body_tables_and_captions_of_an_article_are_its_sections() -> None:
    document = only(golden("full_text"))
    title = "Zinc for the common cold: a randomised controlled trial"
    assert outline(document) == [
        ("TITLE", "Title", title),
        ("Results", "Abstract > Results", "Colds lasted 4 days."),
        ("Main text", "Main text", "An opening."),
        (
            "Results",
            "Results",
            "In 45 [12] patients [3, 4] it fell, as known [1–3]. Count: 5 × 10^9/L in all.\n\n"
            "We saw:\n\n1. nausea;\n\n2. taste.\n\nBoth were mild.",
        ),
        (
            "Table 1",
            "Table 1",
            "Table 1. Outcomes\n\n| Zinc\n\nDays [a] | 4.2 [b]\n\nMean.",
        ),
        ("Adverse events", "Results > Adverse events", "The ratio was 1/2."),
        ("Figure 1", "Figure 1", "Figure 1 Flow.\n\nWho took part."),
        ("Main text", "Main text", "Key point\n\nZinc is bitter."),
    ]
    assert document.text == "\n\n".join(text for _, _, text in outline(document))


def test_the_metadata_of_an_article_are_those_of_its_issue() -> None:
    document = only(golden("full_text"))
    assert document.source == Source(
        authors=("Grün JPA", "Zinc Group"),
        journal="Journal of Inventions",
        year=2015,
        volume="7",
        issue="2",
        pages="10-19",
        doi="10.1000/full",
        pmid="5001",
        pmcid="PMC42",
        licence="http://creativecommons.org/licenses/by/4.0/",
        publication_types=("research-article",),
        links=(
            Link("correction-forward", "doi:10.1000/corr"),
            Link("companion", "pmcid:PMC99"),
            Link("cites", "Someone. Something."),
            Link("cites", "Grün JP, Zinc Group. Zinc again. J Invent. 2012;4:1-9"),
            Link("cites", "pmid:77"),
            Link("cites", "doi:10.1000/older"),
        ),
    )
    assert (document.doc_id, document.kind, document.language, document.published) == (
        "pmcid:PMC42", Kind.TRIAL, "en", "2014-12-03",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Zinc for colds: a randomised controlled trial", Kind.TRIAL),
        ("Zinc for colds: study protocol for a randomised controlled trial", Kind.ARTICLE),
        ("Zinc for colds in dogs: a randomized trial", Kind.ARTICLE),
        ("Porcine surfactant in infants: a randomized trial", Kind.TRIAL),
        ("Randomised trials of zinc: a systematic review", Kind.SYSTEMATIC_REVIEW),
        ("Colds in nurses: a cohort study", Kind.COHORT),
        ("Zinc poisoning: a case report", Kind.CASE_SERIES),
        ("Zinc: a narrative review", Kind.REVIEW),
        ("Guideline for the treatment of colds", Kind.ARTICLE),
    ],
)
def test_the_kind_is_what_the_title_names(title: str, kind: Kind) -> None:
    assert article(title).kind is kind


@pytest.mark.parametrize(
    ("abstract", "kind"),
    [
        ("Patients were randomly assigned to zinc or placebo.", Kind.TRIAL),
        ("Fifty women (aged 30.5 years) were randomised.", Kind.TRIAL),
        ("A randomised trial is warranted.", Kind.ARTICLE),
        ("The specimens were randomly divided.", Kind.ARTICLE),
    ],
)
def test_without_a_title_that_says_it_the_abstract_tells_a_trial(abstract: str, kind: Kind) -> None:
    assert article(meta=f"<abstract><p>{abstract}</p></abstract>").kind is kind


@pytest.mark.parametrize("kind", ["correction", "retraction", "letter"])
def test_a_notice_of_a_trial_is_no_trial(kind: str) -> None:
    assert article("Retraction: a randomised trial", kind=kind).kind is Kind.ARTICLE


def test_a_guideline_is_what_the_journal_files_under_guidelines() -> None:
    filed = (
        "<article-categories><subj-group><subject>Practice Guideline</subject></subj-group>"
        "</article-categories>"
    )
    assert article("Treating colds", meta=filed).kind is Kind.GUIDELINE


def test_a_recommendation_of_a_guideline_is_a_section_of_its_own() -> None:
    heading = (
        '<article-categories><subj-group subj-group-type="heading">'
        "<subject>Practice Guidelines</subject></subj-group></article-categories>"
    )
    statement = "We recommend rest for acute gout (strong recommendation)."
    body = f"<sec><title>Care</title><boxed-text><p>{statement}</p></boxed-text><p>Why.</p></sec>"
    document = article(meta=heading, body=body)
    assert [
        (s.locator, s.span.of(document.text), s.recommendation)
        for s in document.sections
        if s.recommendation
    ] == [
        (
            "Recommendation 1, Care",
            statement,
            Recommendation(strength="strong recommendation"),
        )
    ]


def test_a_guideline_is_issued_by_whom_it_names() -> None:
    filed = (
        "<article-categories><subj-group><subject>Guidelines</subject></subj-group>"
        "</article-categories><contrib-group><contrib><collab>US Preventive Services Task Force"
        "</collab></contrib></contrib-group>"
    )
    document = article("Treating colds", meta=filed)
    assert (document.source.organisation, document.jurisdiction) == (
        "US Preventive Services Task Force",
        "US",
    )
    assert article("Treating colds").source.organisation is None


def test_deep_nesting_within_the_limits_of_the_parser_is_read() -> None:
    depth = 100
    body = "<sec>" * depth + "<p>Down here.</p>" + "</sec>" * depth
    assert article(body=body).text == "T\n\nDown here."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<article><front>", "expected well-formed XML; found "),
        (b"<book/>", "expected <article>; found <book>"),
        (b"<article/>", "expected an <article> with <front><article-meta>; found <article>"),
        (
            b"<article><front><article-meta/></front></article>",
            "expected an article-id that is a pmc, pmid or doi",
        ),
        (b"<a>" * 300 + b"</a>" * 300, "expected well-formed XML; found "),
    ],
)
def test_what_is_no_article_is_an_error_that_says_what_was_expected(
    data: bytes, message: str
) -> None:
    with pytest.raises(SourceError) as error:
        read_jats(io.BytesIO(data), path="x.nxml", retrieved_at=None)
    assert str(error.value).startswith(f"x.nxml: {message}")


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("external_entity", "expected XML that declares no entity; found <!ENTITY secret …>"),
        ("named_entity", "expected characters instead of named entities; found &alpha;"),
        ("entity_bomb", "expected XML that declares no entity; found <!ENTITY …>"),
    ],
)
def test_a_file_with_entities_is_refused_and_not_read_with_holes(folder: str, message: str) -> None:
    path = golden(folder)
    assert read(path) == [Rejected(str(path), None, f"{path}: {message}")]


@pytest.mark.data
@needs_shared
def test_all_real_articles_are_read_with_disjoint_sections() -> None:
    kinds: Counter[str] = Counter()
    relations: Counter[str] = Counter()
    sections = 0
    for found in read(shared("data", "jats_nxml")):
        if isinstance(found, Rejected):
            kinds["rejected"] += 1
            continue
        kinds[found.kind.value] += 1
        relations.update(link.relation for link in found.source.links)
        # a recommendation lies in the section that it stands in
        own = [section for section in found.sections if section.recommendation is None]
        sections += len(own)
        ends = [0, *(section.span.end for section in own)]
        starts = [section.span.start for section in own]
        assert all(start >= end for start, end in zip(starts, ends, strict=False)), found.doc_id
        assert ends[-1] == len(found.text)
    # index.tsv is the one file that is no article
    assert (sum(kinds.values()), kinds["rejected"], sections) == (1254, 1, 30426)
    assert relations["retracted-article"] == 2
