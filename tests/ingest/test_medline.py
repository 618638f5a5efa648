"""MEDLINE text gives what the same record as XML gives."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from curbside.errors import SourceError
from curbside.ingest.medline import read_medline
from curbside.ingest.pubmed import read_pubmed
from curbside.ingest.rejected import Rejected
from curbside.records import Document, Kind, Link, Source
from shared_data import needs_shared, shared

RECORD = """
PMID- 7
STAT- MEDLINE
LR  - 20251103
VI  - 12
IP  - 3
DP  - 2024 Mar 9
TI  - Colchicine for gout: a
      trial.
PG  - 5-9
LID - 10.1/x [doi]
AB  - BACKGROUND: Gout hurts. METHODS: We gave colchicine, 0.5 mg. RESULTS: It
      helped 12 of 40.
FAU - Ames, Ann
AU  - Ames A
CN  - The Gout Group
PT  - Randomized Controlled Trial
TA  - J Gout
JT  - Journal of Gout
MH  - *Gout/drug therapy
MH  - Humans
PMC - PMC9
RIN - J Gout. 2025;13(1):1. PMID: 99
EIN - J Gout. 2024;12(4):2
"""


def read(text: str) -> list[Document | Rejected]:
    return list(read_medline(io.BytesIO(text.encode()), path="a.nbib", retrieved_at="2026-01-02"))


def test_a_record_keeps_every_field() -> None:
    (document,) = read(RECORD)
    assert isinstance(document, Document)
    assert (document.doc_id, document.kind) == ("pmid:7", Kind.TRIAL)
    assert (document.published, document.revised) == ("2024-03-09", "2025-11-03")
    assert document.source == Source(
        authors=("Ames A", "The Gout Group"),
        journal="J Gout",
        year=2024,
        volume="12",
        issue="3",
        pages="5-9",
        doi="10.1/x",
        pmid="7",
        pmcid="PMC9",
        publication_types=("Randomized Controlled Trial",),
        mesh=("Gout", "Humans"),
        links=(
            Link("retraction-in", "pmid:99"),
            Link("erratum-in", "J Gout. 2024;12(4):2"),
        ),
    )
    assert [(s.label, s.locator, s.span.of(document.text)) for s in document.sections] == [
        ("TITLE", "Title", "Colchicine for gout: a trial."),
        ("BACKGROUND", "Abstract > BACKGROUND", "Gout hurts."),
        ("METHODS", "Abstract > METHODS", "We gave colchicine, 0.5 mg."),
        ("RESULTS", "Abstract > RESULTS", "It helped 12 of 40."),
    ]


def test_labels_in_small_letters_part_an_abstract_where_it_begins_with_one() -> None:
    (parted,) = read("PMID- 1\nAB  - Methods: We tried (twice). Results: It did.\n")
    assert isinstance(parted, Document)
    assert [(s.label, s.span.of(parted.text)) for s in parted.sections] == [
        ("Methods", "We tried (twice)."),
        ("Results", "It did."),
    ]
    (whole,) = read("PMID- 1\nAB  - We tried. RESULTS: It did.\n")
    assert isinstance(whole, Document)
    assert [s.label for s in whole.sections] == ["ABSTRACT"]


def test_an_english_abstract_of_others_is_kept_as_one() -> None:
    text = "PMID- 1\nTI  - Zinc\nOAB - Publisher: Zinc\n      helps.\nOABL- {}\n"
    (english,) = read(text.format("eng"))
    assert isinstance(english, Document)
    assert [(s.locator, s.span.of(english.text)) for s in english.sections] == [
        ("Title", "Zinc"),
        ("Other abstract (Publisher)", "Zinc helps."),
    ]
    (french,) = read(text.format("fre"))
    assert isinstance(french, Document)
    assert french.text == "Zinc"


def test_a_record_cut_off_after_whole_ones_is_rejected() -> None:
    whole, cut = read("PMID- 1\nTI  - A\nSO  - J. 2024\n\nPMID- 2\nTI  - B\nAB  - It he")
    assert isinstance(whole, Document)
    assert isinstance(cut, Rejected)
    assert cut.reason == (
        "a.nbib, record 2: expected the field SO, as in the records before it; "
        "found a record cut off"
    )


XML = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID>
<DateRevised><Year>2025</Year><Month>11</Month><Day>03</Day></DateRevised>
<Article><Journal><JournalIssue><Volume>12</Volume><Issue>3</Issue><PubDate><Year>2024</Year>
<Month>Mar</Month><Day>9</Day></PubDate></JournalIssue><Title>Journal of Gout</Title>
<ISOAbbreviation>J Gout</ISOAbbreviation></Journal>
<ArticleTitle>Colchicine for gout: a trial.</ArticleTitle><Pagination><MedlinePgn>5-9</MedlinePgn>
</Pagination><ELocationID EIdType="doi">10.1/x</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">Gout hurts.</AbstractText>
<AbstractText Label="METHODS">We gave colchicine, 0.5 mg.</AbstractText>
<AbstractText Label="RESULTS">It helped 12 of 40.</AbstractText></Abstract>
<AuthorList><Author><LastName>Ames</LastName><Initials>A</Initials></Author>
<Author><CollectiveName>The Gout Group</CollectiveName></Author></AuthorList>
<PublicationTypeList><PublicationType>Randomized Controlled Trial</PublicationType>
</PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">
<RefSource>J Gout. 2025;13(1):1</RefSource><PMID>99</PMID></CommentsCorrections>
<CommentsCorrections RefType="ErratumIn"><RefSource>J Gout. 2024;12(4):2</RefSource>
</CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName>Gout</DescriptorName>
<QualifierName>drug therapy</QualifierName></MeshHeading>
<MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading></MeshHeadingList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC9</ArticleId>
</ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"""


def test_a_record_as_text_equals_the_same_record_as_xml_but_for_the_version() -> None:
    (as_text,) = read(RECORD)
    stream = io.BytesIO(XML.encode())
    (as_xml,) = read_pubmed(stream, path="a.xml", retrieved_at="2026-01-02")
    assert isinstance(as_text, Document)
    # MEDLINE text tells no version
    assert replace(as_text, version="1") == as_xml


@pytest.mark.data
@needs_shared
def test_a_real_record_comes_whole() -> None:
    path = shared("data", "pubmed_xml", "biopython_pubmed_result3.txt")
    with path.open("rb") as stream:
        (document,) = read_medline(stream, path="a", retrieved_at=None)
    assert isinstance(document, Document)
    assert (document.doc_id, document.published) == ("pmid:23039619", "2012-10")
    assert [s.label for s in document.sections] == [
        "TITLE", "PURPOSE", "METHODS", "RESULTS", "CONCLUSIONS",
    ]  # fmt: skip
    assert document.source.doi == "10.1118/1.4748329"
    assert document.source.pages == "5795-813"


def test_a_record_that_is_wrong_leaves_the_others_alone() -> None:
    first, wrong, last = read(f"{RECORD}\nPMID- x\nTI  - A\n\nPMID- 8\nTI  - B\n")
    assert isinstance(first, Document)
    assert isinstance(wrong, Rejected)
    assert wrong.record == "record 2"
    assert isinstance(last, Document)
    assert last.text == "B"


@pytest.mark.parametrize(
    "text", ["", "PMID- 7\nnot a field\n", "PMID- 7\nTI  - " + "A" * (1 << 20) + "\n"]
)
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read(text)
