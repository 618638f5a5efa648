"""The fast reader says what the tree says, or nothing."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from random import Random

import pytest
from golden_files import GOLDEN
from hypothesis import example, given
from hypothesis import strategies as st

from curbside.errors import SourceError
from curbside.ingest.citation import Citation
from curbside.ingest.pubmed import RECORDS, ROOTS, citation_of
from curbside.ingest.pubmed_plain import plain_citation
from curbside.ingest.split import split_records
from curbside.ingest.xml import parse_xml
from evals.pubmed_files import write_pubmed_file
from shared_data import needs_shared, shared


def records(data: bytes) -> list[bytes]:
    split = split_records(io.BytesIO(data), path="x.xml", roots=ROOTS, records=RECORDS)
    return [raw.data for raw in split if raw.tag == "PubmedArticle"]


def by_tree(data: bytes) -> Citation | None:
    """What the record states, read as XML; None where it is refused."""
    try:
        return citation_of(parse_xml(data, path="x", record=None), path="x", name="record 1")
    except SourceError:
        return None


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    path: Path = tmp_path_factory.mktemp("pubmed") / "made.xml.gz"
    write_pubmed_file(path, range(1, 401), seed=3, deleted=(7,))
    return records(gzip.decompress(path.read_bytes()))


def test_records_in_the_usual_form_are_all_read_and_read_as_by_the_tree(
    invented: list[bytes],
) -> None:
    assert len(invented) == 400
    assert [plain_citation(data) for data in invented] == [by_tree(data) for data in invented]


def test_damage_is_refused_or_read_as_by_the_tree_or_lies_in_what_is_not_read(
    invented: list[bytes],
) -> None:
    random = Random(11)
    read = 0
    for _ in range(3_000):
        whole = random.choice(invented)
        data = bytearray(whole)
        at = random.randrange(len(data))
        match random.randrange(4):
            case 0:
                data[at] ^= 1 << random.randrange(8)
            case 1:
                del data[at : at + random.randint(1, 40)]
            case 2:
                data[at:at] = random.choice((b"<", b">", b"&", b"</Author>", b"<!-- -->", b"\x00"))
            case _:
                del data[at:]
        plain = plain_citation(bytes(data))
        if plain is not None:
            read += 1
            # a block that no document keeps may be broken without harm to what is kept
            assert plain in (by_tree(bytes(data)), by_tree(whole)), (at, bytes(data))
    assert read > 300


INNER = st.text(st.sampled_from("aé ≥\t\n\r\xa0\u2009<>&;#x3b]\"'/isupb1\ufffe\x01"), max_size=24)


@given(title=INNER, abstract=INNER, label=INNER)
@example(title="", abstract="", label="\r\n")
def test_any_text_is_read_as_by_the_tree_or_left_to_it(
    title: str, abstract: str, label: str
) -> None:
    data = RECORD.format(title=title, abstract=abstract, label=label).encode()
    plain = plain_citation(data)
    assert plain is None or plain == by_tree(data)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("p &lt; 0.05 &amp; n&gt;3", "p < 0.05 & n>3"),
        ("&amp;lt;", "&lt;"),
        ("4&#160;&#xd7; 10<sup>9</sup>/L", "4 × 10^9/L"),
        ("in <i>E. coli</i> and H<sub>2</sub>O", "in E. coli and H2O"),
        ("two  words\n   apart", "two words apart"),
    ],
)
def test_references_and_markup_are_read_as_characters(written: str, meant: str) -> None:
    citation = plain_citation(RECORD.format(title=written, abstract="A.", label="B").encode())
    assert citation is not None
    assert citation.titles[0] == meant


@pytest.mark.parametrize(
    "written", ["&eacute;", "a & b", "&#0;", "&#xD800;", "a ]]> b", "<i>open", "\x02"]
)
def test_what_is_no_plain_text_is_left_to_the_parser(written: str) -> None:
    data = RECORD.format(title=written, abstract="A.", label="B").encode()
    assert plain_citation(data) is None


@needs_shared
def test_real_records_are_read_as_by_the_tree() -> None:
    pairs = [
        (plain_citation(data), by_tree(data))
        for path in sorted(shared("data", "pubmed_xml").glob("*pubmed*.xml"))
        for data in records(path.read_bytes())
    ]
    assert len(pairs) == 9
    assert [plain for plain, tree in pairs if plain is not None and plain != tree] == []


def test_golden_records_are_read_as_by_the_tree() -> None:
    for path in (GOLDEN / "structured_abstract").iterdir():
        for data in records(path.read_bytes()):
            assert plain_citation(data) in (None, by_tree(data))


RECORD = """<PubmedArticle>
<MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">5</PMID>
<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate><Year>2001</Year>
</PubDate></JournalIssue><Title>J</Title></Journal><ArticleTitle>{title}</ArticleTitle>
<Abstract><AbstractText Label="{label}">{abstract}</AbstractText></Abstract>
<Language>eng</Language><PublicationTypeList><PublicationType UI="D1">Review</PublicationType>
</PublicationTypeList></Article><MedlineJournalInfo><MedlineTA>J</MedlineTA></MedlineJournalInfo>
</MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>
<ArticleId IdType="pubmed">5</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"""
