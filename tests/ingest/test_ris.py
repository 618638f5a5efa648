"""References of reference managers become documents."""

from __future__ import annotations

import io

import pytest

from curbside.errors import SourceError
from curbside.ingest.rejected import Rejected
from curbside.ingest.ris import read_ris
from curbside.records import Document, Kind, Source

REFERENCE = """TY  - JOUR
AU  - Ames, Ann
A1  - Bo, Bea
TI  - Colchicine for gout
PY  - 2024/03/09/
JO  - J Gout
VL  - 12
IS  - 3
SP  - 5
EP  - 9
DO  - https://doi.org/10.1001/x.1
N1  - PMID: 7
AB  - It helped
 12 of 40.
ER  -
"""


def read(text: str) -> list[Document | Rejected]:
    return list(read_ris(io.BytesIO(text.encode()), path="a.ris", retrieved_at="2026-01-02"))


def test_a_reference_keeps_every_field() -> None:
    (document,) = read("\ufeff" + REFERENCE)
    assert isinstance(document, Document)
    assert document.doc_id == "ref:pmid:7"
    assert document.text == "Colchicine for gout\nIt helped 12 of 40."
    assert document.source == Source(
        authors=("Ames, Ann", "Bo, Bea"),
        journal="J Gout",
        year=2024,
        volume="12",
        issue="3",
        pages="5-9",
        doi="10.1001/x.1",
        pmid="7",
    )


@pytest.mark.parametrize(
    ("lines", "doc_id"),
    [
        ("DB  - PubMed\nAN  - 31415", "ref:pmid:31415"),
        ("DB  - Embase\nAN  - 31415\nDO  - 10.1001/X.1", "ref:doi:10.1001/x.1"),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/31415/", "ref:pmid:31415"),
        ("M3  - doi:10.1001/x.1", "ref:doi:10.1001/x.1"),
    ],
)
def test_a_number_is_a_pmid_where_that_is_said(lines: str, doc_id: str) -> None:
    (document,) = read(f"TY  - JOUR\nTI  - Gout\n{lines}\nER  - \n")
    assert isinstance(document, Document)
    assert document.doc_id == doc_id


def test_a_reference_is_of_the_kind_that_its_words_say() -> None:
    (document,) = read(
        "TY  - JOUR\nT1  - Rest for gout: a systematic review\nM3  - Review\nLA  - English\n"
        "AU  - Ames, A\nAU  - Bo, B\nAB  - One\n\n  two.\nC2  - PMC12\nER  - \n"
    )
    assert isinstance(document, Document)
    assert (document.kind, document.language) == (Kind.SYSTEMATIC_REVIEW, "en")
    assert document.text == "Rest for gout: a systematic review\nOne two."
    assert document.source == Source(
        authors=("Ames, A", "Bo, B"), pmcid="PMC12", publication_types=("Review",)
    )


def test_a_reference_without_an_id_is_named_by_itself() -> None:
    text = "TY  - JOUR\nTI  - Gout\nER  - \n"
    first, again = read(text * 2)
    assert isinstance(first, Document)
    assert first == again
    assert first.doc_id.startswith("ref:")


def test_a_reference_without_a_title_is_rejected() -> None:
    wrong, right = read("TY  - JOUR\nAB  - A\nER  - \n" + REFERENCE)
    assert isinstance(wrong, Rejected)
    assert (wrong.record, isinstance(right, Document)) == ("reference 1", True)


@pytest.mark.parametrize("text", ["", "TY  - JOUR\nTI  - Gout\n", "TY  - " + "A" * (1 << 20)])
def test_a_file_that_is_cut_off_or_no_ris_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read(text)
