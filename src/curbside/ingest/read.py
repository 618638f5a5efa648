"""A file, an archive or a folder -> documents; each is read by what it holds, not by its name."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from curbside.errors import SourceError
from curbside.ingest.europepmc import read_europepmc
from curbside.ingest.html import read_html
from curbside.ingest.jats import ROOTS as JATS_ROOTS
from curbside.ingest.jats import read_jats_set
from curbside.ingest.json_lines import read_json_lines
from curbside.ingest.markdown import read_markdown
from curbside.ingest.medline import read_medline
from curbside.ingest.packed import FAULTS, Leaf, leaves
from curbside.ingest.pdf import read_pdf
from curbside.ingest.pubmed import ROOTS as PUBMED_ROOTS
from curbside.ingest.pubmed import read_pubmed
from curbside.ingest.rejected import Rejected
from curbside.ingest.ris import read_ris
from curbside.ingest.spl import NAMESPACE as SPL_NAMESPACE
from curbside.ingest.spl import ROOT as SPL_ROOT
from curbside.ingest.spl import read_spl
from curbside.ingest.xml import root_of, shorten
from curbside.records import Document, Withdrawal

__all__ = ["Rejected", "files_of", "read_path"]

_Record = Document | Withdrawal | Rejected


class _Reader(Protocol):
    """A reader of one form."""

    def __call__(
        self, stream: BinaryIO, *, path: str, retrieved_at: str | None
    ) -> Iterator[_Record]: ...


_EXPECTED: Final = "a source of a known form (docs/how-to.md lists them)"
_ENTREZ = re.compile(r"e(?:Search|Summary|Link|Post|Info|Spell|CitMatch)\w*|ERROR", re.IGNORECASE)
_EUROPE_PMC: Final = rb'(?s)\s*\{(?=.{0,300}?"hitCount"\s*:).{0,8000}?"resultList"\s*:'
_BY_BEGINNING: Final[tuple[tuple[re.Pattern[bytes], _Reader], ...]] = (
    (re.compile(_EUROPE_PMC), read_europepmc),
    (re.compile(rb"\s*(?:\{|\[\s*[{\]])"), read_json_lines),
    (re.compile(rb"(?s).{0,1000}?%PDF-"), read_pdf),
    (re.compile(rb"(?:\+\+\+|---)[ \t]*\r?\n"), read_markdown),
    (re.compile(rb"\s*PMID- "), read_medline),
    (re.compile(rb"\s*TY {1,2}- "), read_ris),
    # comments are passed over once: the ways to part them are too many to be tried
    (
        re.compile(rb"(?is)\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!DOCTYPE\s+html|html|head|body)\b"),
        read_html,
    ),
)
_BY_ROOT: Final[tuple[tuple[frozenset[str], _Reader], ...]] = (
    (PUBMED_ROOTS, read_pubmed),
    (JATS_ROOTS, read_jats_set),
    (frozenset({SPL_ROOT}), read_spl),
)


def read_path(path: Path, *, retrieved_at: str | None) -> Iterator[_Record]:
    """Read every document under a path: a file, an archive (tar, zip, also packed) or a folder.

    Files of a folder come in the order of their names, subfolders included, names that start
    with a dot excluded; files of an archive in its own order. gzip and zstd are unpacked.

    Args:
        path: what the person named.
        retrieved_at: ISO date the documents carry.

    Yields:
        Documents, and a Rejected for every file and record that is none, with the reason; a
        broken one leaves the rest alone. Nothing at all for an empty folder.
    """
    for file in files_of(path):
        yield from _read_file(file, retrieved_at)


def files_of(path: Path) -> Iterator[Path]:
    """The files that `read_path` reads under a path, in its order; the path itself if it is one."""
    if not path.is_dir():
        yield path
        return
    try:
        # names are compared by code point, so that every machine reads in the same order
        items = sorted(path.iterdir(), key=lambda each: each.name)
    except OSError:
        # who reads it is told why it cannot be read
        yield path
        return
    for item in items:
        if item.name.startswith("."):
            continue
        # a link to a folder may lead back here
        if item.is_dir() and item.is_symlink():
            yield item
        else:
            yield from files_of(item)


def _read_file(path: Path, retrieved_at: str | None) -> Iterator[_Record]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            next(path.iterdir(), None)
        if not stat.S_ISREG(mode):
            # a pipe would be waited for
            yield Rejected(str(path), None, f"{path}: expected a file; found something else")
            return
        with path.open("rb") as stream:
            for leaf in leaves(stream, str(path)):
                yield from [leaf] if isinstance(leaf, Rejected) else _read_leaf(leaf, retrieved_at)
    except OSError as error:
        yield Rejected(str(path), None, f"cannot be read: {error.strerror or error}")


def _read_leaf(leaf: Leaf, retrieved_at: str | None) -> Iterator[_Record]:
    """What is wrong with the whole of a file becomes one Rejected."""
    try:
        yield from _reader_of(leaf.head, leaf.path)(
            leaf.stream, path=leaf.path, retrieved_at=retrieved_at
        )
    except FAULTS as error:
        yield leaf.fault(error)


def _reader_of(head: bytes, path: str) -> _Reader:
    """The reader for what begins so; SourceError where there is none, saying what it is."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(path, expected=f"{_EXPECTED} in UTF-8", found="UTF-16")
    text = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, reader in _BY_BEGINNING:
        if pattern.match(text):
            return reader
    root = root_of(text)
    local = (root or "").rpartition(":")[2]
    for roots, reader in _BY_ROOT:
        if local in roots and (reader is not read_spl or SPL_NAMESPACE in text):
            return reader
    if root and _ENTREZ.fullmatch(root):
        found = f"an Entrez answer <{root}>, which holds no article; fetch the records with efetch"
        raise SourceError(path, expected=_EXPECTED, found=found)
    raise SourceError(path, expected=_EXPECTED, found=_looks_like(text, root))


def _looks_like(text: bytes, root: str | None) -> str:
    if root:
        return f"XML with the root <{root}>"
    if not text.strip():
        return "an empty file"
    return shorten(ascii(text[:60].decode("utf-8", "replace")))
