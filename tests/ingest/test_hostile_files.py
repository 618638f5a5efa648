"""Damaged and hostile files: each is refused with a reason, soon, and in little memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import zstandard
from golden_files import golden

from pdf_builder import column, pdf

SECONDS = 2.0
MEGABYTES = 256
# reads every file under a folder as `add` does, in a process of its own, whose memory is its own
READ_ALL = """
import json, os, re, resource, sys
from pathlib import Path
from curbside.ingest.read import files_of, read_path
from curbside.records import Document
def peak():
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss begins with that of the process before
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def spent():
    # time on a core, of this process and those it started: another's work does not count
    return sum(os.times()[:4])
for file in files_of(Path(sys.argv[1])):
    start = spent()
    found = [
        each.doc_id if isinstance(each, Document) else ["refused", each.reason]
        for each in read_path(file, retrieved_at=None)
    ]
    seconds = spent() - start
    print(json.dumps([file.name, seconds, peak(), len(found), found[:3], found[-1:]]))
"""
BOOK = golden("book").read_bytes()
ARTICLE = golden("full_text").read_bytes()
MEDLINE = b"PMID- 7\nTI  - Zinc for colds.\nAB  - It helped.\nSO  - J Zinc. 2024.\n"
RIS = b"TY  - JOUR\nTI  - Zinc for colds\nAB  - It helped.\nER  - \n"
LINES = json.dumps({"pmid": "7", "title": "Zinc", "abstract": "It helped. " * 40}).encode() + b"\n"
LABEL = (
    b'<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><title>Zinc</title>'
    b'<setId root="a"/><versionNumber value="1"/><component><structuredBody><component><section>'
    b"<title>Dosage</title><text><paragraph>One a day.</paragraph></text></section></component>"
    b"</structuredBody></component></document>"
)
PAGE = b"<!DOCTYPE html><html><body><h1>Zinc</h1><p>It helped.</p></body></html>"
TEN_GIGABYTES = 10 << 30
DAMAGED = int(os.environ.get("CURBSIDE_DAMAGED", "300"))
"""How many damaged files are read; a tenth as many PDFs, as each takes a process of its own."""


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def read_all(folder: Path) -> dict[str, tuple[float, float, int, list[object], list[object]]]:
    """Of each file by name: seconds, megabytes so far, how many came of it, the first, the last."""
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: tuple(rest) for name, *rest in rows}


def long_tar_name() -> bytes:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    return header.tobuf(tarfile.GNU_FORMAT) + b"a" * (32 << 20)


def damaged_tar() -> bytes:
    whole = bytearray(tarred("a.xml", BOOK)[:-10240] + tarred("b.xml", BOOK))
    second = whole.rindex(b"b.xml")
    whole[second + 100] ^= 1
    return bytes(whole)


def crowded_zip() -> bytes:
    """A list of a million members that all are the same few bytes."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a", LINES)
        whole = file.getvalue()
    at = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entries = whole[at:end] * 1_000_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(entries), at, 0)
    return whole[:at] + entries + tail


def overlapping_zip() -> bytes:
    """One member of many bytes, named a thousand times."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.jsonl", LINES * 2_000)
        whole = file.getvalue()
    at, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entries = whole[at:end] * 1000
    return (
        whole[:at]
        + entries
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), at, 0)
    )


def quine_of_gzip() -> bytes:
    data = LINES * 20_000
    for _ in range(3):
        data = gzip.compress(data)
    return data


HOSTILE: dict[str, Callable[[], bytes]] = {
    "gzip_bomb": lambda: gzip.compress(LINES + b" " * (400 << 20)),
    "gzip_of_gzip": quine_of_gzip,
    "gzip_with_a_name_without_end": lambda: b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * (16 << 20),
    "gzip_of_nothing": lambda: gzip.compress(b"") * 100_000,
    "zstd_bomb": lambda: zstandard.compress(LINES + b" " * (400 << 20)),
    "zip_bomb": lambda: zipped({"a.jsonl": LINES + b" " * (400 << 20)}),
    "zip_of_a_million": crowded_zip,
    "zip_that_overlaps": overlapping_zip,
    "zip_in_zip": lambda: zipped({"b.zip": zipped({"a.jsonl": b" " * (200 << 20)})}),
    "tar_with_a_long_name": long_tar_name,
    "tar_damaged": damaged_tar,
    "tar_cut_at_a_member": lambda: tarred("a.xml", BOOK)[:1024],
    "comments_before_nothing": lambda: b"<!-- -->" * 8000 + b"x" * 1000,
    "doctype_without_end": lambda: b"<!DOCTYPE a [" + b"]  " * 20_000,
    "entity_bomb": golden("entity_bomb").read_bytes,
    "external_entity": golden("external_entity").read_bytes,
    "deep_json": lambda: b'{"a":' * 500_000,
    "json_of_empty_objects": lambda: b'{"title":"A","abstract":[' + b"{}," * 1_300_000 + b"{}]}\n",
    "json_with_half_a_character": lambda: b'{"pmid":"7","title":"\\ud800","abstract":"B"}\n',
    "json_with_nul": lambda: b'{"pmid":"7","title":"\\u0000","abstract":"B"}\n',
    "json_with_a_strange_id": lambda: b'{"pmid":"7\\n8","title":"A","abstract":"B"}\n',
    "json_with_a_long_number": lambda: b'{"pmid":"7","title":"A","abstract":"B","year":1'
    + b"0" * 4000 + b"}\n",
    "jats_of_empty_elements": lambda: ARTICLE.replace(b"</body>", b"<p/>" * 4_000_000 + b"</body>"),
    "jats_of_attributes": lambda: ARTICLE.replace(
        b"</body>", b'<p a="" b="" c="" d=""/>' * 600_000 + b"</body>"
    ),
    "html_of_empty_elements": lambda: PAGE.replace(b"</body>", b"<p></p>" * 4_000_000),
    "html_of_attributes": lambda: PAGE.replace(b"</body>", b'<p a="" b="" c="">' * 1_000_000),
    "html_too_deep": lambda: PAGE.replace(b"</body>", b"<div>" * 1_000_000),
    "jats_too_deep": lambda: ARTICLE.replace(b"</body>", b"<sec>" * 100_000 + b"</body>"),
    "label_of_empty_elements": lambda: LABEL.replace(b"</text>", b"<br/>" * 4_000_000 + b"</text>"),
    "label_too_deep": lambda: LABEL.replace(b"</text>", b"<list>" * 100_000 + b"</text>"),
    "medline_with_nul": lambda: MEDLINE.replace(b"Zinc", b"Zi\0nc"),
    "ris_with_nul": lambda: RIS.replace(b"Zinc", b"Zi\0nc"),
    "medline_in_latin": lambda: MEDLINE.replace(b"Zinc", b"Zi\xefc"),
}  # fmt: skip


def test_every_hostile_file_is_refused_with_a_reason(tmp_path: Path) -> None:
    for name, build in HOSTILE.items():
        (tmp_path / name).write_bytes(build())
    found = read_all(tmp_path)
    assert found.keys() == HOSTILE.keys()
    for name, (seconds, peak, _, _, last) in found.items():
        assert last, name
        assert last[0][0] == "refused", (name, last)
        assert seconds < SECONDS, (name, seconds)
        assert peak < MEGABYTES, (name, peak)


@pytest.mark.parametrize("is_text", [False, True], ids=["zeros", "letters"])
def test_ten_gigabytes_of_one_line_are_refused(tmp_path: Path, *, is_text: bool) -> None:
    beginnings = {
        "json": b'{"pmid": "', "array": b'[{"pmid": "', "medline": b"PMID- 7\nTI  - ",
        "ris": b"TY  - JOUR\nTI  - ", "pubmed": BOOK[:600], "jats": ARTICLE[:400],
        "label": LABEL[:120], "html": PAGE[:45], "markdown": b"---\ntitle: ", "pdf": b"%PDF-1.7\n",
        "nothing": b"", "tar": tarred("a", LINES)[:512], "zip": zipped({"a": LINES})[:40],
    }  # fmt: skip
    for name, beginning in beginnings.items():
        with (tmp_path / name).open("wb") as file:
            file.write(beginning)
            if is_text:
                file.write(b"a" * (80 << 20))
            # the rest takes no room on the disk
            file.truncate(TEN_GIGABYTES)
    for name, (seconds, peak, count, _, last) in read_all(tmp_path).items():
        assert count, name
        assert last[0][0] == "refused", (name, last)
        assert seconds < SECONDS, (name, seconds)
        assert peak < MEGABYTES, (name, peak)


def test_a_damaged_file_is_read_or_refused_and_breaks_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    whole = [
        BOOK, ARTICLE, MEDLINE * 3, RIS * 3, LINES * 3, LABEL, PAGE,
        gzip.compress(BOOK), zstandard.compress(ARTICLE), zipped({"a.xml": BOOK, "b.ris": RIS}),
        tarred("a.nbib", MEDLINE),
    ]  # fmt: skip
    for number in range(DAMAGED):
        data = bytearray(whole[number % len(whole)])
        if chance.random() < 0.5:
            del data[chance.randrange(len(data)) :]
        for _ in range(chance.randrange(4)):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (tmp_path / f"{number:03}").write_bytes(bytes(data))
    found = read_all(tmp_path)
    assert len(found) == DAMAGED
    for name, (seconds, peak, count, _, _) in found.items():
        assert count, name
        assert seconds < SECONDS, (name, seconds)
        assert peak < MEGABYTES, (name, peak)


def test_a_damaged_pdf_is_read_or_refused_and_breaks_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    page = column(72, 700, *("Zinc helped in 12 of 40 children with a cold." for _ in range(30)))
    script = "/OpenAction << /S /JavaScript /JS (while(true){}) >>"
    whole = [pdf(page), pdf(page, page), pdf(page, extra=script)]
    for number in range(DAMAGED // 10):
        data = bytearray(whole[number % len(whole)])
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        for _ in range(chance.randrange(1, 30)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / f"{number:03}").write_bytes(b"%PDF-1.7\n" + bytes(data[9:]))
    found = read_all(tmp_path)
    assert len(found) == DAMAGED // 10
    for name, (seconds, peak, count, _, _) in found.items():
        assert count, name
        assert seconds < SECONDS, (name, seconds)
        assert peak < MEGABYTES, (name, peak)
