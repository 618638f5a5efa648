"""Every setting in force is told with where it comes from, and no secret is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.wiring.backup import _as_toml
from curbside.wiring.config import settings_at
from curbside.wiring.origins import (
    Setting,
    lines_of,
    settings_told,
    unknown_variables,
    without_password,
)

FULL = '''\
# where the documents are
database = "postgresql+psycopg://me:sesame@host/name"

[desk]
review_days = 180

[generator]
url = "http://127.0.0.1:1/v1"
model = "small"
api_key_env = "LLM_KEY"

[feeds.gout]
kind = "pubmed-search"
query = """
gout"""
email = "a@example.org"
api_key = "sesame"
'''


def told(home: Path, environ: dict[str, str]) -> dict[str, tuple[str, str]]:
    settings = settings_at(home, environ)
    found = settings_told(settings, environ, is_home_named=True)
    assert len({each.name for each in found}) == len(found)
    return {each.name: (each.value, each.origin) for each in found}


def test_without_a_file_every_setting_is_a_default(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    assert settings_told(settings, {"CURBSIDE_HOME": "x"}, is_home_named=False) == (
        Setting("home", str(tmp_path), "CURBSIDE_HOME"),
        Setting("database", str(tmp_path / "library.sqlite"), "default"),
        Setting("desk.disclosure_days", "365", "default"),
        Setting("desk.review_days", "365", "default"),
        Setting("desk.checkpoints", str(tmp_path / "trail" / "checkpoints.jsonl"), "default"),
        Setting("models.encoder", "the bundled one", "default"),
        Setting("generator", "none", "default"),
        Setting("identity", "none", "default"),
        Setting("feeds", "none", "default"),
    )


def test_each_setting_comes_with_its_line_or_its_variable(tmp_path: Path) -> None:
    (tmp_path / "curbside.toml").write_text(FULL)
    environ = {
        "CURBSIDE_GENERATOR_MODEL": "large",
        "CURBSIDE_GENERATOR_ALLOW_HTTP": "false",
        "LLM_KEY": "sesame",
    }
    assert told(tmp_path, environ) == {
        "home": (str(tmp_path), "--home"),
        "database": ("postgresql+psycopg://me:***@host/name", "curbside.toml, line 2"),
        "desk.disclosure_days": ("365", "default"),
        "desk.review_days": ("180", "curbside.toml, line 5"),
        "desk.checkpoints": (str(tmp_path / "trail" / "checkpoints.jsonl"), "default"),
        "models.encoder": ("the bundled one", "default"),
        "generator.url": ("http://127.0.0.1:1/v1", "curbside.toml, line 8"),
        "generator.model": ("large", "CURBSIDE_GENERATOR_MODEL"),
        "generator.api_key_env": ("LLM_KEY (set, not shown)", "curbside.toml, line 10"),
        "generator.timeout_s": ("2.0", "default"),
        "generator.allow_http": ("false", "CURBSIDE_GENERATOR_ALLOW_HTTP"),
        "identity": ("none", "default"),
        "feeds.gout.query": ("gout", "curbside.toml, line 14"),
        "feeds.gout.max_records": ("none", "default"),
        "feeds.gout.email": ("a@example.org", "curbside.toml, line 16"),
        "feeds.gout.tool": ("curbside", "default"),
        "feeds.gout.api_key": ("(set, not shown)", "curbside.toml, line 17"),
        "feeds.gout.api_key_env": ("none", "default"),
        "feeds.gout.base_url": ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils/", "default"),
        "feeds.gout.kind": ("pubmed-search", "curbside.toml, line 13"),
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:a:b@host:5/n", "postgresql://me:***@host:5/n"),
        ("postgresql://me@host/n", "postgresql://me@host/n"),
        ("postgresql:///n?host=/run", "postgresql:///n?host=/run"),
        ("postgresql://h/n?password=a&x=1", "postgresql://h/n?password=***&x=1"),
        ("sqlite:////srv/a.sqlite", "sqlite:////srv/a.sqlite"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_a_variable_that_is_no_setting_is_named() -> None:
    environ = {"CURBSIDE_HOMER": "x", "CURBSIDE_HOME": "x", "CURBSIDE_GENERATOR_URL": "x", "A": "b"}
    environ["CURBSIDE_ENCODER"] = "x"
    assert unknown_variables(environ) == ("CURBSIDE_HOMER",)


def test_the_encoder_is_told_with_the_line_or_the_variable_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "curbside.toml").write_text('[models]\nencoder = "bge"\n')
    assert told(tmp_path, {})["models.encoder"] == (
        str(tmp_path / "bge"),
        "curbside.toml, line 2",
    )
    assert told(tmp_path, {"CURBSIDE_ENCODER": "/srv/medcpt"})["models.encoder"] == (
        "/srv/medcpt",
        "CURBSIDE_ENCODER",
    )


KEYS = st.from_regex(r"[a-z]{1,4}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | st.integers(0, 9)


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), max_size=4))
def test_the_line_of_a_key_is_the_line_on_which_it_stands(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, object]
) -> None:
    file = tmp_path_factory.mktemp("toml") / "a.toml"
    text = _as_toml(table)
    file.write_text(text, encoding="utf-8")
    lines = text.split("\n")
    found = lines_of(file)
    for key, (line, value) in found.items():
        name = key.rpartition(".")[2]
        assert tomllib.loads(lines[line - 1]) == {name: value}
    inner = sum(len(v) if isinstance(v, dict) else 1 for v in table.values())
    assert len(found) == inner
