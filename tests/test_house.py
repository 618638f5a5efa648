"""The rules of the house that a machine can check."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "curbside"
TOPICS = SOURCE / "topics"


def _rules_and_code() -> list[Path]:
    """Every module and data file of the package, the topics' own data aside."""
    return [
        path
        for path in sorted(SOURCE.rglob("*"))
        if path.is_file()
        and TOPICS not in path.parents
        and path.suffix in {".py", ".toml", ".tsv", ".json", ".jinja", ".html", ".css", ".txt"}
        # a language model's word list holds every word there is
        and path.name != "tokenizer.json"
    ]


def _topic_words() -> list[str]:
    """The names and wordings of every topic's condition and factors."""
    import tomllib

    words = []
    for path in sorted(TOPICS.rglob("vocabulary.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["entry"]:
            if entry["role"] in {"condition", "factor"}:
                words += [entry["name"], *entry["terms"]]
    return words


# words that any clinical text uses of any disease; a rule may say them
_COMMON = {
    "age", "older", "younger", "sex", "male", "female", "men", "women", "gender", "biopsy",
    "duration of treatment", "treatment duration", "length of treatment", "long treatment",
    "short treatment", "prolonged treatment", "shorter treatment", "longer treatment",
    "genotype", "adherence", "compliance", "triggers", "trigger",
}  # fmt: skip


def test_no_module_or_data_file_names_a_topics_disease_or_factors() -> None:
    words = {word.lower() for word in _topic_words()} - _COMMON
    assert words, "the topics name no condition or factor"
    pattern = re.compile(
        r"(?<![\w-])(?:"
        + "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        + r")(?![\w-])",
        re.IGNORECASE,
    )
    named = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in _rules_and_code()
        for match in pattern.finditer(_without_examples(path))
    }
    assert named == set()


def _without_examples(path: Path) -> str:
    """The text of a file less docstrings and comments, where an example may stand."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = re.sub(r'"""(?:.|\n)*?"""', "", text)
        text = re.sub(r"(?m)#.*$", "", text)
    return text


def test_no_machine_path_or_index_host_stands_in_a_tracked_file() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"/work/|/farm/|/opt/pypi|/tmp/w/|files\.pythonhosted|/\.library")
    named = [
        name
        for name in listed.stdout.split()
        if name != "tests/test_house.py"
        and (ROOT / name).is_file()
        and forbidden.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert named == []


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import sys, json, curbside.pipeline;"
        "print(json.dumps(sorted(m for m in sys.modules if m.split('.')[0] in"
        " {'onnxruntime','tokenizers','tantivy','sqlalchemy','alembic','lxml','typer','jinja2'})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
