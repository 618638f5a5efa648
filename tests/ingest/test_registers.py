"""What registers say of works, read strictly: nothing is taken for sound that is not said to be."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.errors import SourceError
from curbside.ingest.registers import read_crossref, read_register, read_retraction_watch
from curbside.ingest.rejected import Rejected
from curbside.records import Notice, Status

HEAD = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,"
    "RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes\n"
)
DAY = "2026-11-23"


def row(
    number: int,
    *,
    doi: str = "",
    pmid: str = "0",
    nature: str = "Retraction",
    by: str = "unavailable",
    by_pmid: str = "0",
    date: str = "9/28/2019 0:00",
) -> str:
    return (
        f'{number},"Gout, and more",(HSC),Uni,J,P,Land,"A;B",,Article,{date},"{by}",{by_pmid},'
        f'1/1/2018 0:00,"{doi}",{pmid},{nature},+Error;,No,"two\nlines"\n'
    )


def watch(*rows: str) -> list[Notice | Rejected]:
    data = io.BytesIO((HEAD + "".join(rows)).encode())
    return list(read_retraction_watch(data, path="rw.csv", checked_at=DAY))


def test_a_row_names_the_work_and_what_was_published_about_it() -> None:
    (notice,) = watch(row(7, doi="10.1001/A.B", pmid="123", by="10.1001/c", by_pmid="456"))
    assert notice == Notice(
        ("doi:10.1001/a.b", "pmid:123"),
        Status.RETRACTED,
        "Retraction Watch",
        ("doi:10.1001/c", "pmid:456"),
        "2019-09-28",
        DAY,
    )


def test_a_doi_with_a_comma_survives() -> None:
    (notice,) = watch(row(1, doi="https://doi.org/10.1016/s0140(97)11096-0,x"))
    assert isinstance(notice, Notice)
    assert notice.work == ("doi:10.1016/s0140(97)11096-0,x",)


@pytest.mark.parametrize(
    ("nature", "status"),
    [
        ("Retraction", Status.RETRACTED),
        ("Expression of concern", Status.CONCERN),
        ("Correction", Status.CORRECTED),
        ("Reinstatement", Status.CORRECTED),
    ],
)
def test_the_nature_of_a_notice_decides(nature: str, status: Status) -> None:
    (notice,) = watch(row(1, pmid="5", nature=nature))
    assert isinstance(notice, Notice)
    assert notice.status is status


def test_a_row_without_a_work_or_of_unknown_nature_is_rejected_and_the_others_are_read() -> None:
    nameless, odd, short, good = watch(
        row(1, doi="unavailable"), row(2, pmid="5", nature="Poem"), "3,4\n", row(4, pmid="6")
    )
    assert isinstance(nameless, Rejected)
    assert isinstance(odd, Rejected)
    assert isinstance(short, Rejected)
    assert [nameless.record, odd.record, short.record] == [
        "line 3 (record 1)",
        "line 5 (record 2)",
        "line 6 (record 3)",
    ]
    assert isinstance(good, Notice)


def test_another_csv_is_refused() -> None:
    with pytest.raises(SourceError, match="the CSV of Retraction Watch, with the columns"):
        list(read_retraction_watch(io.BytesIO(b"a,b\n1,2\n"), path="a.csv", checked_at=None))


def crossref(*works: object) -> list[Notice | Rejected]:
    data = {"status": "ok", "message-type": "work-list", "message": {"items": list(works)}}
    stream = io.BytesIO(json.dumps(data).encode())
    return list(read_crossref(stream, path="c.json", checked_at=DAY))


def update(kind: str, doi: str, **more: str) -> object:
    return {"type": kind, "DOI": doi, "updated": {"date-parts": [[2020, 3]]}, **more}


def test_both_directions_are_read() -> None:
    by = ("doi:10.1001/n",)
    assert crossref(
        {"DOI": "10.1001/A", "title": ["Gout"], "updated-by": [update("retraction", "10.1001/n")]},
        {"DOI": "10.1001/n", "title": ["Note"], "update-to": [update("correction", "10.1001/B")]},
    ) == [
        Notice(("doi:10.1001/a",), Status.RETRACTED, "Crossref", by, "2020-03", DAY),
        Notice(("doi:10.1001/b",), Status.CORRECTED, "Crossref", by, "2020-03", DAY),
        Notice(("doi:10.1001/n",), Status.CURRENT, "Crossref", (), None, DAY),
    ]


def test_a_work_of_which_nothing_is_said_is_current_but_not_if_its_title_says_otherwise() -> None:
    sound, marked = crossref(
        {"DOI": "10.1001/a", "title": ["Gout"]}, {"DOI": "10.1001/b", "title": ["RETRACTED: Gout"]}
    )
    assert isinstance(sound, Notice)
    assert isinstance(marked, Notice)
    assert (sound.status, marked.status) == (Status.CURRENT, Status.RETRACTED)


def test_an_update_of_an_unknown_kind_is_unknown() -> None:
    (notice,) = crossref({"DOI": "10.1001/a", "updated-by": [update("poem", "10.1001/b")]})
    assert isinstance(notice, Notice)
    assert notice.status is Status.UNKNOWN


def test_who_told_crossref_is_told() -> None:
    told = update("retraction", "10.1001/n", source="retraction-watch")
    (notice,) = crossref({"DOI": "10.1001/a", "updated-by": [told]})
    assert isinstance(notice, Notice)
    assert notice.register == "Crossref (Retraction Watch)"


def test_one_work_and_one_a_line_are_read_too(tmp_path: Path) -> None:
    one = {"status": "ok", "message": {"DOI": "10.1001/a"}}
    single, lines = tmp_path / "one.json", tmp_path / "lines.jsonl"
    single.write_text(json.dumps(one))
    lines.write_text(json.dumps(one) + "\n" + json.dumps({"DOI": "10.1001/b"}) + "\n")
    assert len(list(read_register(single, checked_at=DAY))) == 1
    assert len(list(read_register(lines, checked_at=DAY))) == 2


@pytest.mark.parametrize("work", [3, {}, {"DOI": "x"}, {"DOI": "10.1001/a", "updated-by": [{}]}])
def test_what_is_no_work_is_rejected(work: object) -> None:
    assert [type(each) for each in crossref(work)] == [Rejected]


@given(st.binary(max_size=200))
def test_no_bytes_are_ever_taken_for_a_sound_work(data: bytes) -> None:
    for reader in (read_crossref, read_retraction_watch):
        try:
            found = list(reader(io.BytesIO(data), path="x", checked_at=DAY))
        except SourceError:
            continue
        assert not [each for each in found if isinstance(each, Notice)]
