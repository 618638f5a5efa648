from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
import zstandard
from golden_files import golden, read

from curbside.ingest.read import Rejected
from curbside.records import Document
from shared_data import needs_shared, shared

EXPECTED = "expected a source of a known form (docs/how-to.md lists them); found "
BOOK = golden("book").read_bytes()
ARTICLE = golden("full_text").read_bytes()


def digest(name: str) -> bytes:
    record = {
        "id": name, "kind": "cohort", "title": "T", "verification": "abstract",
        "licence_note": "l", "certainty_basis": "c",
        "statements": [{"text": "It rained.", "locator": "abstract"}],
    }  # fmt: skip
    return json.dumps(record).encode() + b"\n"


def tar(members: dict[str, bytes], *, mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def ids(path: Path) -> list[str]:
    """The doc_id of each document, "-" for what was rejected."""
    return [each.doc_id if isinstance(each, Document) else "-" for each in read(path)]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "doc_ids"),
    [
        (BOOK, ["pmid:3001"]),
        (b"\xef\xbb\xbf" + BOOK, ["pmid:3001"]),
        (ARTICLE, ["pmcid:PMC42"]),
        (digest("a") + b"\n" + digest("b"), ["digest:a", "digest:b"]),
        (gzip.compress(BOOK), ["pmid:3001"]),
        (b"".join(map(zstandard.compress, map(digest, "ab"))), ["digest:a", "digest:b"]),
        (tar({"b.xml": BOOK, "a.jsonl": digest("a")}), ["pmid:3001", "digest:a"]),
        (tar({"x/a.nxml": ARTICLE}, mode="w:gz"), ["pmcid:PMC42"]),
        (zstandard.compress(tar({"a.xml.gz": gzip.compress(BOOK)})), ["pmid:3001"]),
    ],
)  # fmt: skip
def test_a_file_is_read_by_what_it_holds_whatever_its_name(
    data: bytes, doc_ids: list[str], tmp_path: Path
) -> None:
    assert ids(write(tmp_path / "file.dat", data)) == doc_ids


def test_a_folder_is_read_in_the_order_of_names_and_hidden_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "z.jsonl", digest("z"))
    write(tmp_path / "a.jsonl", digest("a"))
    write(tmp_path / "c.jsonl", digest("c"))
    write(tmp_path / ".hidden", b"x")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    assert ids(tmp_path) == ["digest:a", "-", "digest:z", "digest:c"]


def test_a_bad_file_or_line_leaves_the_rest_alone_and_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "1.jsonl", digest("a") + b"{not json\n" + b'{"\xff": 1}\n' + digest("b"))
    write(tmp_path / "2.xml", BOOK[:200])
    write(tmp_path / "3.nxml", ARTICLE)
    found = read(tmp_path)
    assert [each.doc_id if isinstance(each, Document) else each.record for each in found] == [
        "digest:a", "line 2", "line 3", "digest:b", "record 1", "after record 1", "pmcid:PMC42",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (
            b'<?xml version="1.0"?><eSearchResult><Count>0</Count></eSearchResult>',
            "an Entrez answer <eSearchResult>, which holds no article; "
            "fetch the records with efetch",
        ),
        (b"<rss/>", "XML with the root <rss>"),
        (b"one,two\n", "'one,two\\n'"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_listed_with_what_it_is(
    data: bytes, found: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "file.xml", data)
    assert read(path) == [Rejected(str(path), None, f"{path}: {EXPECTED}{found}")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"<!DOCTYPE html><html><body>502</body></html>",
            "expected an HTML page that holds an article; found 1 words under the title ''",
        ),
        (b"%PDF-1.7", "expected a PDF that can be read; found one that PDFium refuses"),
        (b"PK\x03\x04", "expected a zip with its list of members; found none at its end"),
        (
            b"---\nkind: guideline\n---\n",
            "expected the keys title, kind, body, year; found no title",
        ),
        (b"TY  - JOUR\nTI  - Zinc\n", "expected ER  - after the last reference; found the end"),
        (b"PMID- 12230038\n", "record 1 (pmid 12230038): expected a title or an abstract"),
    ],
)
def test_what_is_no_source_after_all_says_what_was_expected(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "file", data)
    (rejected,) = read(path)
    assert isinstance(rejected, Rejected)
    assert reason in rejected.reason


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(BOOK)[:-20],
        zstandard.compress(digest("a"))[:-5],
        tar({"a.xml": BOOK, "b.xml": BOOK})[:1800],
    ],
    ids=["gzip", "zstd", "tar"],
)
def test_a_cut_off_archive_is_never_taken_for_a_whole_one(data: bytes, tmp_path: Path) -> None:
    path = write(tmp_path / "file", data)
    last = read(path)[-1]
    assert isinstance(last, Rejected)
    assert last.reason.startswith(f"{path}: cannot be unpacked to the end: ") or (
        last.path == f"{path}!a.xml"
    )


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("passwords.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    path = write(tmp_path / "a.tar", file.getvalue())
    name = f"{path}!passwords.xml"
    assert read(path) == [
        Rejected(name, None, f"{name}: expected a plain file; found a link or device")
    ]


def test_packing_inside_packing_has_an_end(tmp_path: Path) -> None:
    data = BOOK
    for _ in range(6):
        data = gzip.compress(data)
    path = write(tmp_path / "a", data)
    assert read(path) == [
        Rejected(str(path), None, f"{path}: expected at most 4 layers of packing")
    ]


def test_a_path_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "absent"
    assert read(path) == [Rejected(str(path), None, "cannot be read: No such file or directory")]


@pytest.mark.data
@needs_shared
def test_every_real_pubmed_answer_is_loaded_or_listed() -> None:
    found = read(shared("data", "pubmed_xml"))
    listed = {
        Path(each.path).name: each.reason.partition("found ")[2].partition(",")[0]
        for each in found
        if isinstance(each, Rejected)
    }
    search, summary = "an Entrez answer <eSearchResult>", "an Entrez answer <eSummaryResult>"
    assert listed == {
        "BIOPYTHON_LICENSE.rst": "'Biopython is currently released under the \"Biopython License'",
        **{f"biopython_esearch{n}.xml": search for n in (1, 2, 3, 5, 6, 7, 8)},
        **{f"biopython_esummary{n}.xml": summary for n in (1, 3, 4)},
        "biopython_pubmed3.html": "0 words under the title 'PmFetch response'",
    }
    # nine PubMed records, the article of the PMC answer, and the records of MEDLINE text
    assert len(found) - len(listed) == 10 + 6
