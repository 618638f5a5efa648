"""Opening the database of a library: which one, in what state, and what to do when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from curbside.errors import LibraryError
from curbside.store.store import Store
from curbside.store.tables import ALEMBIC_VERSION, HEAD

_WRITER_CACHE_KB: Final = 64 * 1024
_BUSY_TIMEOUT_S: Final = 30

# https://www.sqlite.org/rescode.html, primary codes
_ADVICE: Final = {
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put back a backup, or move the file away and add"
    " your sources again",
    sqlite3.SQLITE_NOTADB: "this is no library of Curbside; name another folder, or move the file"
    " away and add your sources again",
    sqlite3.SQLITE_READONLY: "it can be read but not written; allow writing to the file and its"
    " folder, or name a library of your own with CURBSIDE_HOME",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that the folder exists and that you may"
    " read and write it",
    sqlite3.SQLITE_PERM: "access was refused; check that you may read and write the file",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run the same command again,"
    " nothing of the unfinished batch was kept",
    sqlite3.SQLITE_IOERR: "the disk failed or is full; check it and run the same command again,"
    " nothing of the unfinished batch was kept",
    sqlite3.SQLITE_BUSY: "another process is writing to it; wait until it is done and run the same"
    " command again",
}


def open_store(place: str | Path) -> Store:
    """Open the store at `place`, creating or migrating it first where that is needed.

    Args:
        place: a file's path, for SQLite; or a database URL of SQLAlchemy
            ("postgresql+psycopg://user@host/name").

    Raises:
        LibraryError: it cannot be opened, is damaged, or was written by a newer Curbside; the
            text says what to do.
    """
    url = _url(place)
    name = url.database or "memory" if _is_sqlite(url) else url.render_as_string()
    with explained(name):
        engine = _engine(url)
        with engine.connect() as connection:
            found = _schema_version(connection)
        if found != HEAD:
            _migrate(engine, found, name)
    return Store(engine, explained=lambda: explained(name))


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what the database driver raises into a LibraryError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise LibraryError(f"library {name}: {_advice(error.orig)}") from error
    except sqlite3.Error as error:
        # the settings of a new connection are made below SQLAlchemy, which wraps nothing there
        raise LibraryError(f"library {name}: {_advice(error)}") from error
    except SQLAlchemyError as error:
        raise LibraryError(f"library {name}: {error}") from error


def _advice(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    # an extended code carries its primary code in the low byte
    advice = None if code is None else _ADVICE.get(code & 0xFF)
    first_line = str(error).strip().partition("\n")[0]
    return f"{advice} ({first_line})" if advice else first_line


def _url(place: str | Path) -> URL:
    if isinstance(place, str) and "://" in place:
        try:
            return make_url(place)
        except ArgumentError as error:
            raise LibraryError(
                "expected a path or a database URL like postgresql+psycopg://user@host/name"
            ) from error
    path = Path(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"library {path}: cannot make its folder; {error}") from error
    return URL.create("sqlite", database=str(path))


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _engine(url: URL) -> Engine:
    try:
        if not _is_sqlite(url):
            return create_engine(url)
        engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S})
    except (ImportError, NoSuchModuleError) as error:
        raise LibraryError(
            f"no driver for {url.drivername}; for PostgreSQL: pip install 'curbside[postgresql]'"
        ) from error
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Settings of every new connection to SQLite."""
    # the driver of Python 3.11 opens no transaction before a SELECT or a CREATE TABLE; without it
    # (None) the transactions are those of `_begin_sqlite`, so that a migration is whole or absent
    connection.isolation_level = None
    # not WAL: SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections checkpoint
    # at the same moment, and the SQLite that Python links is often one of these. The rollback
    # journal with FULL loses no committed batch in a power cut either
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes its lock before it reads: two that read first and write later can only fail
    is_writer = connection.get_execution_options().get("is_writer", False)
    if is_writer:
        # a batch touches pages all over the indexes of names: with the 2 MB of SQLite each is read
        # twice, and a large batch spills into the file before it is whole
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_WRITER_CACHE_KB}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def _schema_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(ALEMBIC_VERSION.name):
        return None
    return connection.scalar(select(ALEMBIC_VERSION.c.version_num))


def _migrate(engine: Engine, found: str | None, name: str) -> None:
    # here, as loading Alembic takes longer than opening the store
    from alembic.command import upgrade
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    with as_file(files("curbside.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        known = [script.revision for script in ScriptDirectory(str(folder)).walk_revisions()]
        if found is not None and found not in known:
            raise LibraryError(
                f"library {name}: it was written by a newer Curbside (schema {found}, this one"
                f" knows up to {HEAD}); update Curbside, or name another library"
            )
        with engine.execution_options(is_writer=True).begin() as connection:
            config.attributes["connection"] = connection
            upgrade(config, "head")
