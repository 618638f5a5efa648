"""Rules that a clinician may read and change: TOML files beside the code that uses them.

A file is one `source` line (where its rules come from) and arrays of tables. It is loaded
strictly: an unknown table or key, a missing key or a missing source is a DataError that names
file, place and what was expected.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeAlias

from curbside.errors import DataError

Value: TypeAlias = str | int | float | bool | tuple[str, ...]
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Columns:
    """The keys a table's rows must have, and those they may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


def load_rules(
    package: str, name: str, *, tables: Mapping[str, Columns]
) -> dict[str, tuple[Row, ...]]:
    """Read `name` (a TOML file in `package`'s folder) and check it against `tables`.

    Args:
        package: dotted name of the package that holds the file, "curbside.text.data".
        name: file name, "negation.toml".
        tables: every array of tables the file has, with its columns.

    Returns:
        The rows of each table in file order; a list value becomes a tuple of strings.

    Raises:
        DataError: anything that does not fit, with file, table and row.
    """
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{name}: expected TOML; {error}") from error
    source = raw.pop("source", None)
    if not isinstance(source, str) or not source.strip():
        raise DataError(f'{name}: expected `source = "…"`, where its rules come from')
    if raw.keys() != tables.keys():
        raise DataError(f"{name}: expected the tables {sorted(tables)}, found {sorted(raw)}")
    return {
        table: tuple(
            _row(row, columns, f"{name}, [[{table}]] {number}")
            for number, row in enumerate(raw[table], 1)
        )
        for table, columns in tables.items()
    }


def _row(row: Mapping[str, object], columns: Columns, where: str) -> Row:
    missing = sorted(set(columns.required) - row.keys())
    unknown = sorted(row.keys() - set(columns.required) - set(columns.optional))
    if missing or unknown:
        known = ", ".join((*columns.required, *columns.optional))
        raise DataError(f"{where}: missing {missing}, unknown {unknown}; the keys are {known}")
    return {key: _value(value, f"{where}, {key}") for key, value in row.items()}


def _value(value: object, where: str) -> Value:
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise DataError(f"{where}: expected a string, a number, true/false or a list of strings")


def strings(row: Row, key: str) -> tuple[str, ...]:
    """The list of strings that stands under `key`; DataError where it is anything else."""
    value = row[key]
    if not isinstance(value, tuple):
        raise DataError(f"{key}: expected a list of strings, found {value!r}")
    return value
