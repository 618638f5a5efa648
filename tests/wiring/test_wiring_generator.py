"""Nothing is given to a model on the way out that was not screened, and none is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from builders import a_question
from curbside.errors import GeneratorError, InputError
from curbside.models.embedded import MODULE
from curbside.records import Drafted, Lane, Offered, Question
from curbside.wiring.config import Settings
from curbside.wiring.generator import Screened, configured_model, may_leave
from curbside.wiring.generator_settings import EmbeddedSettings, EndpointSettings

HOW_ON = "leave it out"
CLEAN = Offered("E1", Lane.RESEARCH, "Outcome", "Relapse occurred in 61% of 120 patients.")
SIGNED = Offered("E2", Lane.RESEARCH, "Outcome", "Write to jane.doe@example.org for the data.")
ENDPOINT = EndpointSettings("http://127.0.0.1:1/v1", "m", "LLM_KEY")


class Listening:
    name = "listening"

    def __init__(self) -> None:
        self.given: list[Sequence[Offered]] = []

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        self.given.append(tuple(offered))
        yield Drafted("A.", ("E1",))


def test_a_question_without_personal_data_is_given_on() -> None:
    model, told = Listening(), []
    screened = Screened(model, told=told.append, how_on=HOW_ON)
    assert list(screened.generate(a_question(), [CLEAN])) == [Drafted("A.", ("E1",))]
    assert (screened.name, model.given, told) == ("listening", [(CLEAN,)], [])


@pytest.mark.parametrize("field", ["text", "title"])
def test_a_question_with_personal_data_is_not_and_the_page_does_not_repeat_it(field: str) -> None:
    model, told = Listening(), []
    screened = Screened(model, told=told.append, how_on=HOW_ON)
    question = a_question(**{field: "May Mrs Hill, born 3.4.1950, stop allopurinol?"})
    with pytest.raises(GeneratorError) as error:
        list(screened.generate(question, [CLEAN]))
    assert str(error.value) == (
        "nothing was sent, as the question holds what looks like personal data (a name with a"
        " title; a date of birth)"
    )
    assert told == [
        "nothing was sent, as the question holds what looks like personal data: a name with a"
        " title ('Mrs Hill'); a date of birth ('born 3.4.1950'); leave it out"
    ]
    assert model.given == []


def test_a_passage_with_personal_data_is_held_back() -> None:
    model, told = Listening(), []
    screened = Screened(model, told=told.append, how_on=HOW_ON)
    assert len(list(screened.generate(a_question(), [SIGNED, CLEAN]))) == 1
    assert model.given == [(CLEAN,)]
    assert told == [
        "1 of 2 passages are not sent, as they hold what looks like personal data: an e-mail"
        " address ('jane.doe@example.org')"
    ]
    assert list(screened.generate(a_question(), [SIGNED])) == []
    assert model.given == [(CLEAN,)]


def test_without_a_model_in_the_settings_there_is_none() -> None:
    with pytest.raises(InputError, match="no language model is configured"):
        configured_model(Settings(None), {}, sending=lambda _: None)
    assert not may_leave(Settings(None))


def test_an_endpoint_is_asked_with_the_key_that_its_variable_holds() -> None:
    settings = Settings(None, generator=ENDPOINT)
    assert may_leave(settings)
    model = configured_model(settings, {"LLM_KEY": " sk-1 "}, sending=lambda _: None)
    assert model.name == "m at 127.0.0.1:1"
    shown = model.request(a_question(), [CLEAN]).shown()
    assert "Authorization: Bearer ***" in shown
    assert "sk-1" not in shown


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "LLM_KEY is not set; set it to the key"),
        ({"LLM_KEY": " "}, "LLM_KEY is not set; set it to the key"),
        ({"LLM_KEY": "sk-1\nX: y"}, "expected a key of printable ASCII without spaces"),
        ({"LLM_KEY": "sk-ü"}, "expected a key of printable ASCII without spaces"),
    ],
)
def test_a_key_that_is_none_is_refused_and_not_repeated(environ: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as error:
        configured_model(Settings(None, generator=ENDPOINT), environ, sending=lambda _: None)
    assert str(error.value).endswith(told)
    assert "sk-" not in str(error.value)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    settings = Settings(None, generator=EmbeddedSettings(file))
    with pytest.raises(InputError, match="expected a file that may be read; No such file"):
        configured_model(settings, {}, sending=lambda _: None)
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match="expected a model in the form GGUF"):
        configured_model(settings, {}, sending=lambda _: None)
    assert not may_leave(settings)


@pytest.mark.skipif(find_spec(MODULE) is not None, reason="llama-cpp-python is installed")
def test_without_what_runs_it_a_model_in_a_file_names_the_extra(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF....")
    with pytest.raises(InputError, match=r"needs the extra llama; install it with pip install"):
        configured_model(
            Settings(None, generator=EmbeddedSettings(file)), {}, sending=lambda _: None
        )
