"""Archives are taken apart, in each other too, and nothing in them is passed over in silence."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from golden_files import golden, read

from curbside.ingest.packed import FAULTS, Leaf, leaves
from curbside.ingest.rejected import Rejected
from curbside.records import Document

BOOK = golden("book").read_bytes()
ARTICLE = golden("full_text").read_bytes()


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def unpacked(data: bytes) -> list[tuple[str, bytes] | str]:
    """Path and content of every leaf, the reason of every rejection."""
    return [
        (each.path, each.stream.read()) if isinstance(each, Leaf) else each.reason
        for each in leaves(io.BytesIO(data), "a")
    ]


def test_pictures_in_a_zip_are_passed_over_and_the_rest_is_in_its_order() -> None:
    data = zipped({"z.xml": b"one", "structure.JPG": b"\xff\xd8", "dir/": b"", "b/a.txt": b"two"})
    assert unpacked(data) == [("a!z.xml", b"one"), ("a!b/a.txt", b"two")]


def test_a_zip_of_zips_and_a_zip_in_a_tar_are_taken_apart() -> None:
    inner = zipped({"label.xml": b"one", "label.png": b"\x89PNG"})
    assert unpacked(zipped({"1.zip": inner, "2.zip": inner})) == [
        ("a!1.zip!label.xml", b"one"),
        ("a!2.zip!label.xml", b"one"),
    ]
    assert unpacked(gzip.compress(tarred({"x.zip": inner}))) == [("a!x.zip!label.xml", b"one")]


def test_a_member_is_named_as_the_archive_names_it_and_written_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(zipped({"../../out.xml": BOOK}))
    (document,) = read(path)
    assert isinstance(document, Document)
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]


def test_a_link_in_a_zip_is_text_and_not_followed(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("a.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    path = tmp_path / "a.zip"
    path.write_bytes(file.getvalue())
    (rejected,) = read(path)
    assert isinstance(rejected, Rejected)
    assert rejected.reason.endswith("found '/etc/passwd'")


def test_a_member_that_is_damaged_leaves_the_others_alone() -> None:
    data = bytearray(zipped({"a.xml": BOOK, "b.xml": b"two"}))
    data[100] ^= 1
    damaged, whole = (unpacked_one for unpacked_one in _read_leniently(bytes(data)))
    assert damaged.startswith("a!a.xml: cannot be unpacked to the end: ")
    assert whole == "two"


def _read_leniently(data: bytes) -> list[str]:
    found = []
    for each in leaves(io.BytesIO(data), "a"):
        if isinstance(each, Rejected):
            found.append(each.reason)
            continue
        try:
            found.append(each.stream.read().decode())
        except FAULTS as error:
            found.append(each.fault(error).reason)
    return found


@pytest.mark.parametrize(
    "data",
    [zipped({}), zipped({"a.png": b"\x89PNG"})],
    ids=["empty", "pictures"],
)
def test_an_archive_without_a_source_says_so(data: bytes) -> None:
    assert unpacked(data) == ["a: expected an archive that holds a source; found none"]


def test_a_zip_with_a_password_says_so() -> None:
    data = bytearray(zipped({"a.xml": BOOK}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    (reason,) = unpacked(bytes(data))
    assert isinstance(reason, str)
    assert "encrypted" in reason


def test_a_damaged_header_in_a_tar_is_told_and_what_came_before_is_kept() -> None:
    data = bytearray(tarred({"a.xml": b"one", "b.xml": b"two"}))
    data[data.index(b"b.xml") + 100] ^= 1
    assert unpacked(bytes(data)) == [
        ("a!a.xml", b"one"),
        "a: expected the next header; found bad checksum",
    ]


def test_a_tar_that_ends_without_its_end_mark_is_told() -> None:
    data = tarred({"a.xml": b"one", "b.xml": b"two"})
    assert unpacked(data[: data.index(b"b.xml")]) == [
        ("a!a.xml", b"one"),
        "a: expected the next header; found empty header",
    ]


def test_a_long_name_in_a_tar_is_read() -> None:
    name = "folder/" * 40 + "a.xml"
    assert unpacked(tarred({name: b"one"})) == [(f"a!{name}", b"one")]
