"""Tables as one file, and back: JSON Lines, packed with zstd, checked at its end.

A library is taken elsewhere without what people did with it; a backup holds that too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Final

import zstandard
from sqlalchemy import Connection, LargeBinary, Table, func, select, text, update

from curbside.errors import LibraryError
from curbside.store.among import insert_rows
from curbside.store.tables import (
    ARTICLES,
    ASKED,
    BATCHES,
    CHANGES,
    COMMENTS,
    DECISIONS,
    DOCUMENTS,
    FEEDBACK,
    FILES,
    GONE,
    HEAD,
    LIBRARY,
    NOTICES,
    PEOPLE,
    RECORDS,
    SIGNATURES,
    TRAIL,
    VERSION_SOURCES,
    VERSIONS,
)

_AT_ONCE: Final = 2_000
_HELD_MAX: Final = 32 << 20
"""Characters of rows that are held before they are put: a version is as large as its page."""
_LINE_MAX: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """What a file holds: its name in the first line and for people, its tables, and those of them
    that must be empty before such a file is read."""

    name: str
    called: str
    tables: tuple[Table, ...]
    empty: tuple[Table, ...]


LIBRARY_FORM: Final = Form(
    "curbside-library",
    "an exported library",
    (RECORDS, DOCUMENTS, CHANGES, BATCHES, GONE, NOTICES, FILES),
    (BATCHES,),
)
WHOLE_FORM: Final = Form(
    "curbside-database",
    "the database of a backup",
    (
        *LIBRARY_FORM.tables,
        *(ASKED, FEEDBACK, PEOPLE, ARTICLES, VERSIONS, VERSION_SOURCES),
        *(DECISIONS, SIGNATURES, COMMENTS, TRAIL),
    ),
    (BATCHES, TRAIL, PEOPLE, ASKED, FEEDBACK),
)
"""All but the sessions, which end with the server they were begun at, and what is worked out."""


def write_all(
    connection: Connection,
    out: IO[bytes],
    *,
    progress: Callable[[int], None],
    form: Form = LIBRARY_FORM,
) -> int:
    """Write every row of the tables of a form; returns how many.

    The first line names the form and the schema, each further one a table and a row of it, the
    last one how many rows there are and the sha256 of all lines before it.
    """
    total = sha256()
    rows = 0
    with zstandard.ZstdCompressor(level=6).stream_writer(out, closefd=False) as packed:
        for line in _lines(connection, form):
            data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            total.update(data)
            packed.write(data)
            rows += "table" in line
            if rows % _AT_ONCE == 0:
                progress(rows)
        end = {"rows": rows, "sha256": total.hexdigest()}
        packed.write(json.dumps(end).encode() + b"\n")
    return rows


def _lines(connection: Connection, form: Form) -> Iterator[dict[str, object]]:
    yield {"form": form.name, "schema": HEAD}
    decompressor = zstandard.ZstdDecompressor()
    for table in form.tables:
        packed = _packed(table)
        keys = list(table.primary_key.columns)
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(
            select(table).order_by(*keys)
        )
        for row in rows:
            values = dict(row._mapping)
            for name in packed:
                # as text, so that a person can read it
                values[name] = decompressor.decompress(values[name]).decode()
            yield {"table": table.name, "row": values}


def read_all(
    connection: Connection,
    packed: IO[bytes],
    *,
    name: str,
    progress: Callable[[int], None],
    form: Form = LIBRARY_FORM,
) -> int:
    """Read what `write_all` wrote in the same form into an empty library; returns how many rows.

    Raises:
        LibraryError: the library is not empty, or the file is damaged, cut off, or of another
            version. The transaction must then be rolled back.
    """
    if any(connection.scalar(select(func.count()).select_from(t)) for t in form.empty):
        raise LibraryError(
            "expected an empty library to import into; name another folder with --home"
        )
    tables = {table.name: table for table in form.tables}
    total = sha256()
    rows = size = 0
    held: dict[str, list[list[object]]] = {}
    lines = _read_lines(packed, name)
    first = next(lines, (b"", {}))
    if first[1] != {"form": form.name, "schema": HEAD}:
        raise LibraryError(
            f"{name}: expected {form.called} of schema {HEAD}; it is another file, or was"
            " made by another version of Curbside"
        )
    total.update(first[0])
    for data, line in lines:
        table = tables.get(str(line.get("table")))
        if table is None:
            _check_end(line, rows, total.hexdigest(), name)
            _put(connection, tables, held)
            _count_on(connection)
            connection.execute(update(LIBRARY).values(fingerprint=None))
            return rows
        total.update(data)
        rows += 1
        size += len(data)
        held.setdefault(table.name, []).append(_values(table, line.get("row"), name))
        if rows % _AT_ONCE == 0 or size > _HELD_MAX:
            _put(connection, tables, held)
            held.clear()
            size = 0
            progress(rows)
    raise LibraryError(f"{name}: it is cut off after {rows:,} rows; nothing was imported")


def _read_lines(packed: IO[bytes], name: str) -> Iterator[tuple[bytes, dict[str, object]]]:
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            buffered = io.BufferedReader(stream)
            while data := buffered.readline(_LINE_MAX):
                line = json.loads(data)
                if not isinstance(line, dict):
                    raise ValueError("expected an object a line")
                yield data, line
    except (zstandard.ZstdError, ValueError, EOFError) as error:
        raise LibraryError(
            f"{name}: it is damaged or no exported library ({error}); nothing was imported"
        ) from error


def _values(table: Table, row: object, name: str) -> list[object]:
    names = [column.name for column in table.columns]
    if not isinstance(row, dict) or list(row) != names:
        raise LibraryError(f"{name}: expected the columns {', '.join(names)} in {table.name}")
    values = list(row.values())
    for column in _packed(table):
        at = names.index(column)
        values[at] = zstandard.ZstdCompressor().compress(str(values[at]).encode())
    return values


def _packed(table: Table) -> tuple[str, ...]:
    """The columns that hold compressed text."""
    return tuple(c.name for c in table.columns if isinstance(c.type, LargeBinary))


def _put(
    connection: Connection, tables: dict[str, Table], held: dict[str, list[list[object]]]
) -> None:
    for name, rows in held.items():
        table = tables[name]
        insert_rows(connection, table, [column.name for column in table.columns], rows)


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL, which was told the numbers of readers' remarks, go on after the last."""
    if connection.dialect.name == "postgresql":
        last = select(func.max(FEEDBACK.c.number))
        if (number := connection.scalar(last)) is not None:
            sequence = "setval(pg_get_serial_sequence('feedback', 'number'), :number)"
            connection.execute(text(f"SELECT {sequence}"), {"number": number})


def _check_end(line: dict[str, object], rows: int, digest: str, name: str) -> None:
    if line != {"rows": rows, "sha256": digest}:
        raise LibraryError(f"{name}: its checksum is another: it was changed; nothing was imported")
