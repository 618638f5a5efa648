"""What the documents promise is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from curbside.interfaces.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
)


def _commands(command: object, name: str) -> list[str]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [name]
    own = [name] if getattr(command, "invoke_without_command", False) and " " in name else []
    return own + [
        line for key, value in inner.items() for line in _commands(value, f"{name} {key}")
    ]


def test_every_command_is_documented() -> None:
    commands = _commands(typer.main.get_command(app), "curbside")
    assert [line for line in commands if line not in DOCS] == []


def test_every_command_that_a_document_shows_exists() -> None:
    commands = set(_commands(typer.main.get_command(app), "curbside"))
    groups = "articles|audit-log|bench|library|people"
    command = rf"(?m)^(?:\.venv/bin/)?(curbside (?:(?:{groups}) )?[a-z][a-z-]*)"
    shown = set(re.findall(command, DOCS))
    assert shown - commands == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{path.name}: {target}"
        for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_each_command_of_the_readme_is_one_line_that_installs_all() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark in ("serve-line", "ask-line", "test-line"):
        (line,) = re.findall(rf"<!-- {mark} -->\n```bash\n(.+)\n```", text)
        assert line.startswith("python3 -m venv .venv && ")
        assert "--require-hashes" in line
