"""What every language model promises, whatever stands behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import curbside
from builders import a_question
from curbside.compose.generated import shown_name
from curbside.models.chat import ChatModel
from curbside.models.embedded import EmbeddedModel
from curbside.protocols import Generator
from curbside.records import Drafted, Lane, Offered
from curbside.wiring.generator import Screened
from lying_model import Liar, Lie
from model_server import drafts_as_text, serving_model, writing

OFFERED = (
    Offered("E1", Lane.RESEARCH, "Outcome", "Relapse occurred in 61% of patients."),
    Offered("E2", Lane.RESEARCH, "Outcome", "Age was not associated."),
)
SAID = [Drafted(item.quote, (item.evidence_id,)) for item in OFFERED]


@pytest.fixture(params=["fake", "endpoint", "screened endpoint", "file"])
def generator(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Generator]:
    """A model that repeats what it is offered."""
    with ExitStack() as stack:
        yield _made(request.param, tmp_path, monkeypatch, stack)


def _made(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> Generator:
    if kind == "fake":
        return Liar(lambda _: [Lie("as it stands", drafted) for drafted in SAID])
    if kind == "file":
        fake = Path(__file__).parents[1] / "models" / "fake_llama"
        source = Path(curbside.__file__).parents[1]
        monkeypatch.setenv("PYTHONPATH", f"{fake}{os.pathsep}{source}")
        file = folder / "tiny.gguf"
        file.write_text("GGUF write", encoding="utf-8")
        return EmbeddedModel(path=file, timeout_s=60)
    text = drafts_as_text(*((drafted.text, drafted.cites) for drafted in SAID))
    server = stack.enter_context(serving_model(writing(text)))
    model = ChatModel(url=server.url, model="m", timeout_s=60)
    if kind == "endpoint":
        return model
    return Screened(model, told=lambda _: None, how_on="")


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_has_a_name_of_one_line_and_drafts_the_same_each_time(generator: Generator) -> None:
    assert generator.name == shown_name(generator.name) != ""
    assert list(generator.generate(a_question(), OFFERED)) == SAID
    assert list(generator.generate(a_question(), OFFERED)) == SAID


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_can_be_left_after_the_first_draft(generator: Generator) -> None:
    drafts = generator.generate(a_question(), OFFERED)
    assert next(iter(drafts)) == SAID[0]
    drafts.close()
