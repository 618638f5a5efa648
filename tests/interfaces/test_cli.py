from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from builders import an_answer
from curbside import __version__
from curbside.codec.answer import answer_schema, answer_to_json
from curbside.errors import InputError
from curbside.interfaces import cli
from curbside.interfaces.cli import main
from curbside.interfaces.export import ExportForm
from curbside.interfaces.terminal import write_file
from curbside.wiring.config import settings_at
from curbside.wiring.library import library_summary
from encoder_folders import encoder_folder
from library_builders import digests


def run(*words: str) -> int:
    """Run the command as a shell would; returns its exit code."""
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"curbside {__version__}\n"


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from curbside.interfaces.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as left:\n    assert not left.code\n"
        "heavy = {'numpy', 'onnxruntime', 'tantivy', 'sqlalchemy', 'lxml', 'jinja2'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[-1] == "[]"
    for command in ("ask", "add", "library", "check", "schema"):
        assert any(line.startswith(f"  {command} ") for line in lines)
    assert "Exit codes: 0 done" in done.stdout


def test_a_page_for_a_clinician_loads_what_it_needs_and_makes_no_plain_words(
    tmp_path: Path,
) -> None:
    code = (
        "import sys\n"
        "from curbside.interfaces.cli import main\n"
        "from curbside.text.plain import lexicon_for\n"
        f"try:\n    main(['ask', 'What predicts relapse?', '--home', {str(tmp_path)!r}])\n"
        "except SystemExit as left:\n    assert not left.code\n"
        "others = {'alembic', 'jinja2', 'lxml', 'pandas', 'pydantic', 'sqlalchemy', 'starlette'}\n"
        "print(sorted(others & sys.modules.keys()), lexicon_for.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_the_schema_is_printed_whole(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("schema") == 0
    printed = json.loads(capsysbinary.readouterr().out)
    assert printed == answer_schema()
    Draft202012Validator.check_schema(printed)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "expected a file that may be read; No such file or directory"),
        (b"", "expected JSON; Expecting value"),
        (b"\xff\xfe", "expected JSON; "),
        (b"[" * 100_000, "expected JSON; "),
        (b"[]", "answer: expected an object, found list"),
        (b'{"schema": "x"}', "answer: missing abstained"),
    ],
)
def test_what_cannot_be_read_as_an_answer_is_not_checked(
    content: bytes | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.json"
    if content is not None:
        file.write_bytes(content)
    assert run("check", str(file)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("curbside: ")
    assert told in err
    assert err.count("\n") == 1


def test_a_target_that_cannot_be_written_is_refused_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "no" / "page.html"
    assert run("ask", "Does it?", "-o", str(missing)) == 2
    assert capsys.readouterr().err == (
        f"curbside: {missing}: the folder {missing.parent} does not exist; make it first\n"
    )
    assert run("ask", "Does it?", "-o", str(tmp_path)) == 2
    assert capsys.readouterr().err == (f"curbside: {tmp_path}: expected a file, found a folder\n")


def test_a_time_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "Does it?", "--at", "yesterday") == 2
    assert "--at: expected an ISO 8601 time" in capsys.readouterr().err


def test_a_file_is_replaced_whole_and_leaves_no_part_behind(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old", encoding="utf-8")
    write_file(file, "new – page\n".encode())
    assert file.read_bytes() == "new – page\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # opened for reading first, or writing would wait for a reader
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, b"page")
        assert os.read(reading, 100) == b"page"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_file_in_a_folder_that_takes_none_is_told() -> None:
    with pytest.raises(InputError, match=r"cannot be written .*; name another file"):
        write_file(Path("/proc/page.html"), b"page")


def test_an_unknown_format_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "Does it?", "--format", "odt") == 2
    err = " ".join(capsys.readouterr().err.split())
    assert "'text', 'markdown', 'html', 'json', 'pdf', 'docx'" in err


def test_a_question_on_stdin_must_be_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff?")))
    assert run("ask", "-") == 2
    assert "expected UTF-8 text on stdin" in capsys.readouterr().err


def test_an_error_of_our_own_is_one_line_and_a_traceback_only_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Any:
        raise RuntimeError("a\x1b[31m bug")

    monkeypatch.setattr("curbside.codec.answer.answer_schema", broken)
    assert run("schema") == 70
    assert capsys.readouterr().err == (
        "curbside: internal error, please report it with the output of --debug:"
        " RuntimeError: a[31m bug\n"
    )
    assert run("--debug", "schema") == 70
    assert "Traceback (most recent call last):" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (ExportForm.TEXT, "What predicts a gout flare"),
        (ExportForm.MARKDOWN, "# What predicts a gout flare"),
        (ExportForm.HTML, "<!doctype html>"),
        (ExportForm.JSON, '{\n  "schema": "https://curbside.invalid/schema/answer/1"'),
    ],
)
def test_each_format_is_drawn_as_itself(form: ExportForm, start: str) -> None:
    drawn = cli._drawn(answer_to_json(an_answer()), form, show_quotes=False).decode()
    assert drawn.startswith(start)
    assert drawn.endswith("\n")


def test_all_that_is_added_is_found_by_meaning_unless_a_number_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = tmp_path / "home", digests(tmp_path / "a.jsonl", gout="Quokkas flare.", b="Zinc.")
    assert run("add", str(file), "--embed", "1", "--home", str(home)) == 0
    summary = library_summary(home)
    assert summary.embedded == summary.passages - 1
    assert run("add", str(file), "--home", str(home)) == 0
    assert library_summary(home).embedded == summary.passages
    capsys.readouterr()
    assert run("embed", "--home", str(home)) == 0
    assert capsys.readouterr().out == "0 passages made findable by meaning\n"


def test_an_interrupted_add_leaves_a_library_and_says_what_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    home, file = tmp_path / "home", digests(tmp_path / "a.jsonl", gout="Quokkas flare.")
    monkeypatch.setattr("curbside.index.segments.Index.embed_pending", interrupted)
    assert run("add", str(file), "--home", str(home)) == 130
    assert capsys.readouterr().err == (
        "curbside: interrupted; all that was read is found by its words, `curbside embed` goes on"
        " making it findable by meaning\n"
    )
    summary = library_summary(home)
    assert summary.embedded == summary.passages - 1
    assert run("embed", "--home", str(home)) == 130
    assert capsys.readouterr().err == (
        "curbside: interrupted; what was made is kept, `curbside embed` goes on\n"
    )
    monkeypatch.setattr("curbside.index.lexical.LexicalIndex.put", interrupted)
    other = digests(tmp_path / "b.jsonl", warts="Zinc did not clear warts.")
    assert run("add", str(other), "--home", str(home)) == 130
    assert capsys.readouterr().err == (
        "curbside: interrupted; what was read is kept, run the same command again to go on\n"
    )


def test_another_encoder_is_refused_until_the_library_is_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file = tmp_path / "home", digests(tmp_path / "a.jsonl", gout="Quokkas flare.")
    assert run("add", str(file), "--home", str(home)) == 0
    monkeypatch.setenv("CURBSIDE_ENCODER", str(encoder_folder(tmp_path / "brought")))
    for words in (["ask", "Why?"], ["add", str(file)], ["embed"], ["library"]):
        capsys.readouterr()
        assert run(*words, "--home", str(home)) == 3
        assert "run `curbside library rebuild`, which makes the codes again" in (
            capsys.readouterr().err
        )
    assert run("library", "rebuild", "--home", str(home)) == 0
    passages = library_summary(home, settings=settings_at(home, os.environ)).passages
    assert capsys.readouterr().out == (
        f"{passages:,} passages indexed; their vectors are of another encoder\n"
        f"{passages:,} passages made findable by meaning\n"
    )
    assert run("library", "verify", "--home", str(home)) == 0
