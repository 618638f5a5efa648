"""Sources -> what the store and the index take, on every core, with the place of each file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from curbside.errors import CodecError, SourceError
from curbside.index.lexical import IndexedPassage, indexed_passages
from curbside.ingest.digest import standing_of_digest
from curbside.ingest.pubmed import standing_of
from curbside.ingest.pubmed_files import (
    Chunk,
    PubMedFile,
    chunks,
    is_checksum,
    place_of,
    pubmed_file,
    read_chunk,
)
from curbside.ingest.read import files_of, read_path
from curbside.ingest.rejected import Rejected
from curbside.ingest.standing import notices_of
from curbside.records import Document, Withdrawal
from curbside.store import Row, row_of
from curbside.wiring.workers import spread

_AT_ONCE: Final = 64
"""Documents that a process prepares at once."""


class Taken(NamedTuple):
    """A document as the store and the index keep it."""

    row: Row
    passages: tuple[IndexedPassage, ...]


Item: TypeAlias = Taken | Withdrawal | Rejected
_Record: TypeAlias = Document | Withdrawal | Rejected


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of a file, read.

    `place` and `digest` are those of a numbered file, None for others. `is_end` says that no more
    comes of the file, `is_whole` that it was read to its end without a fault of the whole,
    `is_known` that it was read to its end before, and so is left out.
    `share` of the bytes of all files lies behind.
    """

    path: Path
    place: int | None = None
    digest: str | None = None
    items: Sequence[Item] = ()
    is_end: bool = False
    is_whole: bool = False
    is_known: bool = False
    share: float = 0.0


def read_all(
    paths: Sequence[Path], *, retrieved_at: str | None, is_known: Callable[[str], bool]
) -> Iterator[Portion]:
    """Read every file under the paths, on all cores, in one order.

    Files come in the order of the paths, those of a folder by name; numbered files of PubMed
    come in the order of their numbers, whatever the order they are named in.

    Args:
        paths: files and folders that exist.
        retrieved_at: ISO date that the documents carry.
        is_known: whether a numbered file with this digest was read before; it is then left out.
    """
    files = _in_order([file for path in paths for file in files_of(path)])
    sizes = [file.lstat().st_size for file in files]
    total, behind = sum(sizes) or 1, 0
    waiting: deque[Portion] = deque()

    def tasks() -> Iterator[Sequence[_Record] | Chunk]:
        nonlocal behind
        for file, size in zip(files, sizes, strict=True):
            for task, portion in _with_end(_tasks_of(file, retrieved_at, is_known)):
                share = (behind + portion.share * size) / total
                waiting.append(replace(portion, share=share))
                yield task
            behind += size

    for items in spread(prepare, tasks()):
        yield replace(waiting.popleft(), items=items)


def prepare(task: Sequence[_Record] | Chunk) -> list[Item]:
    """Documents as store and index keep them, with what else was read left between them."""
    records = read_chunk(task) if isinstance(task, Chunk) else task
    # one kind of work after the other: that is a tenth faster than document by document
    rows: list[Row | Withdrawal | Rejected] = [
        _row(each) if isinstance(each, Document) else each for each in records
    ]
    return [
        Taken(row, indexed_passages(each))  # type: ignore[arg-type]  # a row is of a document
        if isinstance(row, Row)
        else row
        for row, each in zip(rows, records, strict=True)
    ]


def _with_end(
    tasks: Iterator[tuple[Sequence[_Record] | Chunk, Portion]],
) -> Iterator[tuple[Sequence[_Record] | Chunk, Portion]]:
    """The tasks of a file, the last of which says that the file ends: the mark that comes after
    them is no task of its own."""
    last: tuple[Sequence[_Record] | Chunk, Portion] | None = None
    for task, portion in tasks:
        if last is not None and portion.is_end and not isinstance(task, Chunk) and not task:
            last = (last[0], portion)
            continue
        if last is not None:
            yield last
        last = (task, portion)
    if last is not None:
        yield last


def _row(document: Document) -> Row | Rejected:
    standing = standing_of_digest(document) if document.digest else standing_of(document)
    try:
        return row_of(document, standing, notices_of(document))
    except CodecError as error:
        return Rejected(document.doc_id, None, str(error))


def _in_order(files: Sequence[Path]) -> list[Path]:
    """The files, the numbered ones of PubMed by their numbers in the places that they have."""
    numbered = iter(sorted(filter(place_of, files), key=lambda file: (place_of(file), str(file))))
    return [next(numbered) if place_of(file) else file for file in files if not is_checksum(file)]


def _tasks_of(
    file: Path, retrieved_at: str | None, is_known: Callable[[str], bool]
) -> Iterator[tuple[Sequence[_Record] | Chunk, Portion]]:
    blank = Portion(file)
    end = Portion(file, is_end=True, share=1.0)
    try:
        pubmed = pubmed_file(file)
    except SourceError as error:
        yield [Rejected(str(file), None, str(error))], end
        return
    except OSError:
        # the other reader says what is the matter
        pubmed = None
    if pubmed is not None:
        yield from _tasks_of_pubmed(pubmed, retrieved_at, is_known)
        return
    records = read_path(file, retrieved_at=retrieved_at)
    while batch := list(islice(records, _AT_ONCE)):
        yield batch, blank
    yield [], end


def _tasks_of_pubmed(
    file: PubMedFile, retrieved_at: str | None, is_known: Callable[[str], bool]
) -> Iterator[tuple[Sequence[_Record] | Chunk, Portion]]:
    digest = file.digest if file.place is not None else None
    portion = Portion(file.path, file.place, digest)
    end = replace(portion, is_end=True, share=1.0)
    if digest is not None and is_known(digest):
        yield [], replace(end, is_known=True)
        return
    try:
        for chunk, share in chunks(file, retrieved_at=retrieved_at):
            yield chunk, replace(portion, share=share)
    except SourceError as error:
        yield [Rejected(str(file.path), error.record, str(error))], end
        return
    yield [], replace(end, is_whole=True)
