"""A whole library as one file, and back: JSON Lines, packed with zstd, checked at its end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import IO, Final

import zstandard
from sqlalchemy import Connection, Table, func, select, update

from curbside.errors import LibraryError
from curbside.store.among import insert_rows
from curbside.store.tables import (
    BATCHES,
    CHANGES,
    DOCUMENTS,
    FILES,
    GONE,
    HEAD,
    LIBRARY,
    NOTICES,
    RECORDS,
)

_TABLES: Final = (RECORDS, DOCUMENTS, CHANGES, BATCHES, GONE, NOTICES, FILES)
_AT_ONCE: Final = 2_000
_LINE_MAX: Final = 64 << 20
_FORM: Final = "curbside-library"


def write_all(connection: Connection, out: IO[bytes], *, progress: Callable[[int], None]) -> int:
    """Write every row of the library; returns how many.

    The first line names the form and the schema, each further one a table and a row of it, the
    last one how many rows there are and the sha256 of all lines before it.
    """
    total = sha256()
    rows = 0
    with zstandard.ZstdCompressor(level=6).stream_writer(out, closefd=False) as packed:
        for line in _lines(connection):
            data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            total.update(data)
            packed.write(data)
            rows += "table" in line
            if rows % _AT_ONCE == 0:
                progress(rows)
        end = {"rows": rows, "sha256": total.hexdigest()}
        packed.write(json.dumps(end).encode() + b"\n")
    return rows


def _lines(connection: Connection) -> Iterator[dict[str, object]]:
    yield {"form": _FORM, "schema": HEAD}
    decompressor = zstandard.ZstdDecompressor()
    for table in _TABLES:
        keys = list(table.primary_key.columns)
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(
            select(table).order_by(*keys)
        )
        for row in rows:
            values = dict(row._mapping)
            if table is RECORDS:
                # as text, so that a person can read it
                values["record"] = decompressor.decompress(values["record"]).decode()
            yield {"table": table.name, "row": values}


def read_all(
    connection: Connection, packed: IO[bytes], *, name: str, progress: Callable[[int], None]
) -> int:
    """Read what `write_all` wrote into an empty library; returns how many rows.

    Raises:
        LibraryError: the library is not empty, or the file is damaged, cut off, or of another
            version. The transaction must then be rolled back.
    """
    if connection.scalar(select(func.count()).select_from(BATCHES)):
        raise LibraryError(
            "expected an empty library to import into; name another folder with --home"
        )
    tables = {table.name: table for table in _TABLES}
    total = sha256()
    rows = 0
    held: dict[str, list[list[object]]] = {}
    lines = _read_lines(packed, name)
    first = next(lines, (b"", {}))
    if first[1] != {"form": _FORM, "schema": HEAD}:
        raise LibraryError(
            f"{name}: expected an exported library of schema {HEAD}; it is another file, or was"
            " exported by another version of Curbside"
        )
    total.update(first[0])
    for data, line in lines:
        table = tables.get(str(line.get("table")))
        if table is None:
            _check_end(line, rows, total.hexdigest(), name)
            for table_name, waiting in held.items():
                _insert(connection, tables[table_name], waiting)
            connection.execute(update(LIBRARY).values(fingerprint=None))
            return rows
        total.update(data)
        rows += 1
        waiting = held.setdefault(table.name, [])
        waiting.append(_values(table, line.get("row"), name))
        if len(waiting) == _AT_ONCE:
            _insert(connection, table, waiting)
            waiting.clear()
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
    if table is RECORDS:
        at = names.index("record")
        values[at] = zstandard.ZstdCompressor().compress(str(values[at]).encode())
    return values


def _insert(connection: Connection, table: Table, rows: list[list[object]]) -> None:
    insert_rows(connection, table, [column.name for column in table.columns], rows)


def _check_end(line: dict[str, object], rows: int, digest: str, name: str) -> None:
    if line != {"rows": rows, "sha256": digest}:
        raise LibraryError(f"{name}: its checksum is another: it was changed; nothing was imported")
