"""Feeds are read strictly: what is not understood is named, with what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.ingest.feeds.feed import (
    EntrezAccess,
    EuropePmcSearch,
    PmidList,
    PubMedSearch,
    PubMedUpdates,
    WatchedFolder,
)
from curbside.wiring.config import Settings, settings_at


def settings(home: Path, text: str) -> Settings:
    (home / "curbside.toml").write_text(text, encoding="utf-8")
    return settings_at(home)


def test_every_kind_is_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """
[feeds.trials]
kind = "pubmed-search"
query = "gout"
email = "me@example.org"
tool = "ward-9"
api_key_env = "KEY"
max_records = 50
base_url = "http://127.0.0.1:8000/entrez"
[feeds.europe]
kind = "europepmc"
query = "gout"
full_text = true
[feeds.local]
kind = "pubmed-updates"
folder = "pubmed"
start = 1400
[feeds.remote]
kind = "pubmed-updates"
base_url = "https://mirror.example.org/pubmed/"
[feeds.inbox]
kind = "folder"
path = "/data/inbox"
[feeds.reading]
kind = "list"
path = "pmids.txt"
email = "me@example.org"
api_key = "SECRET"
"""
    found = settings(tmp_path, text).feeds
    assert found == (
        PubMedSearch(
            "trials",
            "gout",
            EntrezAccess("me@example.org", "ward-9", None, "KEY", "http://127.0.0.1:8000/entrez/"),
            50,
        ),
        EuropePmcSearch("europe", "gout", full_text=True),
        PubMedUpdates("local", tmp_path / "pubmed", start=1400),
        PubMedUpdates("remote", None, "https://mirror.example.org/pubmed/"),
        WatchedFolder("inbox", Path("/data/inbox")),
        PmidList(
            "reading",
            tmp_path / "pmids.txt",
            EntrezAccess("me@example.org", api_key="SECRET"),
        ),
    )
    assert "SECRET" not in repr(found)


SEARCH = '[feeds.a]\nkind = "pubmed-search"\nquery = "gout"\nemail = "me@example.org"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("feeds = 3", r"feeds: expected tables \[feeds.NAME\], found 3"),
        ('feeds.a = "x"', r"\[feeds.a\]: expected a table, found 'x'"),
        ('[feeds."../x"]\nkind = "folder"', r"expected a name of letters, digits"),
        (
            '[feeds.a]\nkind = "ftp"',
            r"\[feeds.a\], kind: expected one of pubmed-search, pubmed-updates, europepmc, folder,"
            r" list, found 'ftp'",
        ),
        ("[feeds.a]\npath = 'x'", r"kind: expected one of .*, found None"),
        (
            '[feeds.a]\nkind = "folder"\npaht = "x"',
            r"\[feeds.a\]: unknown key paht; known for folder: path",
        ),
        ('[feeds.a]\nkind = "folder"', r"path: expected the path of a folder, found none"),
        ('[feeds.a]\nkind = "folder"\npath = 3', r"path: expected a path, found 3"),
        (
            '[feeds.a]\nkind = "pubmed-search"\nquery = "gout"',
            r"email: expected the address that NCBI's people may write to, found none",
        ),
        (
            '[feeds.a]\nkind = "pubmed-search"\nquery = " "\nemail = "me@example.org"',
            r"query: expected a search of PubMed, found ' '",
        ),
        (SEARCH.replace("@", " at "), r"email: expected the address that the service's people"),
        (SEARCH + "max_records = 0", r"max_records: expected a whole number from 1, found 0"),
        (SEARCH + "max_records = true", r"max_records: expected a whole number from 1, found True"),
        (
            SEARCH + 'base_url = "http://mirror.example.org/"',
            r"base_url: expected an https address, found 'http://mirror.example.org/'",
        ),
        (
            SEARCH + 'api_key = "S"\napi_key_env = "KEY"',
            r"api_key_env: expected api_key or api_key_env, not both",
        ),
        (
            '[feeds.a]\nkind = "europepmc"\nquery = "gout"\nfull_text = "yes"',
            r"full_text: expected true or false, found 'yes'",
        ),
        ('[feeds.a]\nkind = "pubmed-updates"', r"folder: expected a folder, or base_url = "),
        (
            '[feeds.a]\nkind = "pubmed-updates"\nfolder = "x"\nbase_url = "https://a.org/"',
            r"base_url: expected folder or base_url, not both",
        ),
    ],
)
def test_what_is_not_understood_is_an_error_that_names_it(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message) as raised:
        settings(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "curbside.toml"))


def test_a_key_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="api_key: expected a key of NCBI, found none"):
        settings(tmp_path, SEARCH + "api_key = 12345")
