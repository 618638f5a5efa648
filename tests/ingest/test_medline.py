"""MEDLINE text gives what the same record as XML gives."""

from __future__ import annotations

import io

import pytest

from curbside.errors import SourceError
from curbside.ingest.medline import read_medline
from curbside.ingest.rejected import Rejected
from curbside.records import Document, Kind, Link, Source

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
