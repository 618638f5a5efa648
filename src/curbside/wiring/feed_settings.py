"""The tables `[feeds.NAME]` of the settings, read strictly into feeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from curbside.errors import InputError
from curbside.ingest.feeds.feed import (
    ENTREZ,
    EUROPE_PMC,
    PUBMED_FILES,
    EntrezAccess,
    EuropePmcSearch,
    Feed,
    PmidList,
    PubMedSearch,
    PubMedUpdates,
    WatchedFolder,
)
from curbside.wiring.addresses import is_fit

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def feeds_of(table: object, file: Path) -> tuple[Feed, ...]:
    """Read the feeds, in the order of the file.

    Args:
        table: what stands under `feeds`.
        file: how errors name the file; paths in the table are relative to its folder.

    Raises:
        InputError: an unknown kind or key, a key that is missing or of another form; the text
            names file, feed, key and what was expected.
    """
    if not isinstance(table, dict):
        raise InputError(f"{file}, feeds: expected tables [feeds.NAME], found {table!r}")
    return tuple(_feed(str(name), each, file) for name, each in table.items())


def _feed(name: str, table: object, file: Path) -> Feed:
    where = f"{file}, [feeds.{name}]"
    if not _NAME.fullmatch(name):
        expected = "a name of letters, digits, - and _, as it becomes that of a folder"
        raise InputError(f"{where}: expected {expected}")
    if not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, found {table!r}")
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise InputError(f"{where}, kind: expected one of {', '.join(_KINDS)}, found {kind!r}")
    known, make = _KINDS[kind]
    unknown = sorted(table.keys() - {"kind", *known})
    if unknown:
        raise InputError(
            f"{where}: unknown key {', '.join(unknown)}; known for {kind}: {', '.join(known)}"
        )
    return make(_Table(name, table, where, file.parent))


class _Table:
    """One table, key by key; every value is checked as it is taken."""

    def __init__(self, name: str, values: Mapping[str, object], where: str, folder: Path) -> None:
        self.name = name
        self.values = values
        self.where = where
        self.folder = folder

    def refuse(self, key: str, expected: str) -> InputError:
        found = repr(self.values[key]) if key in self.values and key != "api_key" else "none"
        return InputError(f"{self.where}, {key}: expected {expected}, found {found}")

    def text(self, key: str, expected: str) -> str | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, expected)
        return value.strip()

    def needed(self, key: str, expected: str) -> str:
        value = self.text(key, expected)
        if value is None:
            raise self.refuse(key, expected)
        return value

    def number(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.refuse(key, "a whole number from 1")
        return value

    def truth(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def path(self, key: str) -> Path | None:
        value = self.text(key, "a path")
        return None if value is None else self.folder / Path(value).expanduser()

    def address(self, default: str) -> str:
        expected = "an https address"
        value = self.text("base_url", expected) or default
        # a key and a query are no business of whoever listens between; a mirror on this machine is
        if not is_fit(value):
            raise self.refuse("base_url", expected)
        return value if value.endswith("/") else f"{value}/"

    def email(self) -> str | None:
        expected = "the address that the service's people may write to"
        value = self.text("email", expected)
        if value is not None and not _EMAIL.fullmatch(value):
            raise self.refuse("email", expected)
        return value

    def access(self) -> EntrezAccess:
        email = self.email()
        if email is None:
            raise self.refuse("email", "the address that NCBI's people may write to")
        key = self.text("api_key", "a key of NCBI")
        variable = self.text("api_key_env", "the name of a variable of the environment")
        if variable is not None and key is not None:
            raise self.refuse("api_key_env", "api_key or api_key_env, not both")
        tool = self.text("tool", "a name") or "curbside"
        return EntrezAccess(email, tool, key, variable, self.address(ENTREZ))


def _pubmed_search(table: _Table) -> Feed:
    query = table.needed("query", "a search of PubMed")
    return PubMedSearch(table.name, query, table.access(), table.number("max_records"))


def _europepmc(table: _Table) -> Feed:
    return EuropePmcSearch(
        table.name,
        table.needed("query", "a search of Europe PMC"),
        table.truth("full_text"),
        table.email(),
        table.address(EUROPE_PMC),
    )


def _pubmed_updates(table: _Table) -> Feed:
    folder = table.path("folder")
    if folder is not None and "base_url" in table.values:
        raise table.refuse("base_url", "folder or base_url, not both")
    if folder is None and "base_url" not in table.values:
        raise table.refuse("folder", f'a folder, or base_url = "{PUBMED_FILES}"')
    return PubMedUpdates(
        table.name, folder, table.address(PUBMED_FILES), table.number("start") or 1
    )


def _folder(table: _Table) -> Feed:
    path = table.path("path")
    if path is None:
        raise table.refuse("path", "the path of a folder")
    return WatchedFolder(table.name, path)


def _list(table: _Table) -> Feed:
    path = table.path("path")
    if path is None:
        raise table.refuse("path", "the path of a file of PMIDs, RIS or NBIB")
    return PmidList(table.name, path, table.access())


_ACCESS: Final = ("email", "tool", "api_key", "api_key_env", "base_url")
_KINDS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[_Table], Feed]]]] = {
    "pubmed-search": (("query", *_ACCESS, "max_records"), _pubmed_search),
    "pubmed-updates": (("folder", "base_url", "start"), _pubmed_updates),
    "europepmc": (("query", "full_text", "email", "base_url"), _europepmc),
    "folder": (("path",), _folder),
    "list": (("path", *_ACCESS), _list),
}
