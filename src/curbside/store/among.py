"""Many values at once: whether a column has one of them, and many rows into a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, TextualSelect, column, text

_SQLITE = "SELECT value FROM json_each(:listed)"
_POSTGRESQL = "SELECT json_array_elements_text(CAST(:listed AS json))"


def among(
    connection: Connection, of: ColumnElement[Any], values: Iterable[str]
) -> ColumnElement[bool]:
    """`of IN values`. As a list of parameters the query would be written anew for every number of
    values, which takes longer than its answer."""
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    listed: TextualSelect = (
        text(query).bindparams(listed=json.dumps(list(values))).columns(column("value"))
    )
    return of.in_(listed)


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Insert rows, each a tuple of the columns' values as the driver takes them: what SQLAlchemy
    does for every row takes as long as the database."""
    if rows:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        marks = ", ".join([mark] * len(columns))
        query = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(query, [tuple(row) for row in rows])
