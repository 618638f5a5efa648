from __future__ import annotations

from pathlib import Path

import pytest

from curbside.errors import DataError
from curbside.text.rules import Columns, load_rules, strings

KINDS = "expected a string, a number, true/false or a list of strings"
KEYS = "the keys are text, weight, forms"
TABLES = {"cue": Columns(("text",), ("weight", "forms"))}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A package named `rule_files` whose folder holds `rules.toml`."""
    package = tmp_path / "rule_files"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "rule_files", raising=False)
    return lambda text: (package / "rules.toml").write_text(text, encoding="utf-8")


def test_rows_come_in_file_order_and_lists_become_tuples(write) -> None:
    write(
        'source = "x"\n[[cue]]\ntext = "no"\nforms = ["a", "b"]\n[[cue]]\ntext = "not"\nweight = 2'
    )
    assert load_rules("rule_files", "rules.toml", tables=TABLES) == {
        "cue": ({"text": "no", "forms": ("a", "b")}, {"text": "not", "weight": 2})
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[cue]]\ntext = "no"', 'rules.toml: expected `source = "…"`, where its rules come from'),
        ('source = " "\n[[cue]]\ntext = "no"',
         'rules.toml: expected `source = "…"`, where its rules come from'),
        ('source = "x"', "rules.toml: expected the tables ['cue'], found []"),
        ('source = "x"\n[[cue]]\ntext = "no"\n[[other]]\na = 1',
         "rules.toml: expected the tables ['cue'], found ['cue', 'other']"),
        ('source = "x"\n[[cue]]\ntext = "no"\n[[cue]]\nwords = "no"',
         f"rules.toml, [[cue]] 2: missing ['text'], unknown ['words']; {KEYS}"),
        ('source = "x"\n[[cue]]\ntext = {a = 1}',
         f"rules.toml, [[cue]] 1, text: {KINDS}"),
        ('source = "x"\n[[cue]]\ntext = ["a", 1]',
         f"rules.toml, [[cue]] 1, text: {KINDS}"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_its_rules_is_refused_with_its_place(write, text, message) -> None:
    write(text)
    with pytest.raises(DataError) as caught:
        load_rules("rule_files", "rules.toml", tables=TABLES)
    assert str(caught.value) == message


def test_a_file_that_is_not_toml_is_refused(write) -> None:
    write("source = ")
    with pytest.raises(DataError, match=r"^rules\.toml: expected TOML; "):
        load_rules("rule_files", "rules.toml", tables=TABLES)


def test_a_column_of_strings_is_read_as_strings_or_refused() -> None:
    assert strings({"forms": ("a", "b")}, "forms") == ("a", "b")
    with pytest.raises(DataError, match=r"^forms: expected a list of strings, found 'a'$"):
        strings({"forms": "a"}, "forms")
