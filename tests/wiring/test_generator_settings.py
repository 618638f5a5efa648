"""The settings of a language model are read strictly, and no error repeats a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.errors import InputError
from curbside.wiring.config import settings_at
from curbside.wiring.generator_settings import (
    EmbeddedSettings,
    EndpointSettings,
    GeneratorSettings,
)

LOCAL = 'url = "http://127.0.0.1:11434/v1"\nmodel = "llama3.2"\n'
KEY = "sk-abc-DEF-123"


def read(home: Path, text: str, **environ: str) -> GeneratorSettings | None:
    (home / "curbside.toml").write_text(f"[generator]\n{text}", encoding="utf-8")
    return settings_at(home, environ).generator


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOCAL, EndpointSettings("http://127.0.0.1:11434/v1", "llama3.2", None, 2.0)),
        (
            f'{LOCAL}api_key_env = "KEY_1"\ntimeout_s = 30',
            EndpointSettings("http://127.0.0.1:11434/v1", "llama3.2", "KEY_1", 30.0),
        ),
        (
            'url = "http://localhost:1/v1"\nmodel = "m"',
            EndpointSettings("http://localhost:1/v1", "m"),
        ),
        ('url = "http://[::1]:1/v1"\nmodel = "m"', EndpointSettings("http://[::1]:1/v1", "m")),
        ('url = "http://127.8.9.1"\nmodel = "m"', EndpointSettings("http://127.8.9.1", "m")),
        (
            'url = "https://LLM.example.org/v1"\nmodel = "m"\nallow_host = "llm.example.org"',
            EndpointSettings("https://LLM.example.org/v1", "m"),
        ),
        (
            'url = "http://gpu/v1"\nmodel = "m"\nallow_host = "gpu"\nallow_http = true',
            EndpointSettings("http://gpu/v1", "m"),
        ),
    ],
)
def test_an_endpoint_is_read(tmp_path: Path, text: str, expected: GeneratorSettings) -> None:
    assert read(tmp_path, text) == expected


def test_a_model_in_a_file_is_found_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    assert read(tmp_path, 'path = "models/m.gguf"\ntimeout_s = 60') == EmbeddedSettings(
        tmp_path / "models" / "m.gguf", 60.0
    )
    assert read(tmp_path, 'path = "/models/m.gguf"') == EmbeddedSettings(Path("/models/m.gguf"))


def test_nothing_is_configured_by_default(tmp_path: Path) -> None:
    assert settings_at(tmp_path, {}).generator is None
    assert read(tmp_path, "") is None


def test_variables_of_the_environment_are_preferred(tmp_path: Path) -> None:
    assert read(
        tmp_path,
        LOCAL,
        CURBSIDE_GENERATOR_URL="http://gpu/v1",
        CURBSIDE_GENERATOR_ALLOW_HOST="gpu",
        CURBSIDE_GENERATOR_ALLOW_HTTP="true",
        CURBSIDE_GENERATOR_TIMEOUT_S="9",
    ) == EndpointSettings("http://gpu/v1", "llama3.2", None, 9.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('url = "http://127.0.0.1/v1"', "model: expected it beside the other keys, found none"),
        ('model = "m"', "url: expected it beside the other keys, found none"),
        (
            f'{LOCAL}path = "m.gguf"',
            "expected path, or url and model; found path and url",
        ),
        (f"{LOCAL}key = 1", "unknown key key; known: url, model, api_key_env, allow_host"),
        ('url = "ftp://127.0.0.1"\nmodel = "m"', "expected http://… or https://…, found 'ftp:"),
        ('url = "http://[::1"\nmodel = "m"', "url: expected an address like http://127.0.0.1"),
        (
            'url = "https://llm.example.org/v1"\nmodel = "m"',
            "questions and passages would be sent to llm.example.org; write"
            ' allow_host = "llm.example.org" there if you agree to that',
        ),
        (
            'url = "https://llm.example.org/v1"\nmodel = "m"\nallow_host = "example.org"',
            "questions and passages would be sent to llm.example.org",
        ),
        (
            'url = "http://gpu/v1"\nmodel = "m"\nallow_host = "gpu"',
            "expected https for a host that is not this machine, found 'http://gpu/v1'; write"
            " allow_http = true there",
        ),
        ('url = "http://127.0.0.1.nip.example"\nmodel = "m"', "would be sent to 127.0.0.1.nip"),
        ('url = "http://0.0.0.0"\nmodel = "m"', "expected a host that a model can be at"),
        (f"{LOCAL}allow_http = 1", "allow_http: expected true or false, found 1"),
        (f"{LOCAL}timeout_s = 0", "timeout_s: expected seconds, more than 0 and at most 600"),
        (f"{LOCAL}timeout_s = nan", "timeout_s: expected seconds"),
        ("path = 1", "path: expected the path of a GGUF file, found 1"),
    ],
)
def test_what_is_not_understood_or_not_agreed_to_is_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert told in str(error.value)
    assert str(error.value).startswith(f"{tmp_path / 'curbside.toml'}, [generator]")


@pytest.mark.parametrize(
    "text",
    [
        f'{LOCAL}api_key_env = "{KEY}"',
        f'url = "https://me:{KEY}@llm.example.org/v1"\nmodel = "m"',
        f'url = "https://{KEY}@llm.example.org:x/v1"\nmodel = "m"',
        f'url = "ftp://me:{KEY}@llm.example.org/v1"\nmodel = "m"',
        f'url = "https://llm.example.org/v1?key={KEY}"\nmodel = "m"',
        f'url = "https://llm.example.org/v1#{KEY}"\nmodel = "m"',
    ],
)
def test_a_key_in_the_wrong_place_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert KEY not in str(error.value)
    assert KEY not in repr(error.value)
