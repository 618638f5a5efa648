"""The table `[generator]` of the settings and its variables of the environment, read strictly.

No error repeats a key, or an address with what may be one in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from curbside.errors import InputError
from curbside.wiring.addresses import is_this_machine, leads_nowhere

_ENDPOINT_KEYS: Final = ("url", "model", "api_key_env", "allow_host", "allow_http")
_KEYS: Final = (*_ENDPOINT_KEYS, "path", "timeout_s")
_VARIABLES: Final = tuple(key.upper() for key in _KEYS)
PREFIX: Final = "CURBSIDE_GENERATOR_"
"""Before a key in capitals: the variable of the environment that is preferred to the file."""
_TIMEOUT_S: Final = 2.0
"""So that the page is there within three seconds, with the model or without it."""
_TIMEOUT_MAX_S: Final = 600.0
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BOOLEANS: Final[Mapping[object, bool]] = {True: True, False: False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """A language model behind an OpenAI-compatible endpoint.

    `url` is the base address ("http://127.0.0.1:11434/v1"), `api_key_env` names the variable that
    holds the key, `timeout_s` is for the whole answer.
    """

    url: str
    model: str
    api_key_env: str | None = None
    timeout_s: float = _TIMEOUT_S


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """A language model in a file (GGUF), run on this machine; `timeout_s` is for the whole
    answer, loading it included."""

    path: Path
    timeout_s: float = _TIMEOUT_S


GeneratorSettings = EndpointSettings | EmbeddedSettings


def generator_of(table: object, file: Path, environ: Mapping[str, str]) -> GeneratorSettings | None:
    """Read the settings of the language model; None where there are none.

    Args:
        table: what stands under `generator` in the file; None where nothing does.
        file: how errors name the file; a path in the table is relative to its folder.
        environ: a variable `CURBSIDE_GENERATOR_URL`, `…_MODEL` and so on is preferred.

    Raises:
        InputError: an unknown key or variable, a key that is missing or of another form, an
            address beside a path, a host other than this machine that `allow_host` does not name,
            or plain HTTP to one without `allow_http`.
    """
    where = f"{file}, [generator]"
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, found {table!r}")
    values: dict[str, object] = dict(table or {})
    unknown = sorted(values.keys() - set(_KEYS))
    if unknown:
        raise InputError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    wrong = sorted(
        name
        for name in environ
        if name.startswith(PREFIX) and name[len(PREFIX) :] not in _VARIABLES
    )
    if wrong:
        known = ", ".join(f"{PREFIX}{name}" for name in _VARIABLES)
        raise InputError(f"environment: unknown variable {', '.join(wrong)}; known: {known}")
    for key in _KEYS:
        value = environ.get(f"{PREFIX}{key.upper()}", "").strip()
        if value:
            values[key] = value
    if not values:
        return None
    if "path" in values:
        return _embedded(values, file, where)
    return _endpoint(values, where)


def _embedded(values: Mapping[str, object], file: Path, where: str) -> EmbeddedSettings:
    both = [key for key in _ENDPOINT_KEYS if key in values]
    if both:
        raise InputError(f"{where}: expected path, or url and model; found path and {both[0]}")
    path = _text(values, "path", "the path of a GGUF file", where) or ""
    return EmbeddedSettings(file.parent / Path(path).expanduser(), _timeout(values, where))


def _endpoint(values: Mapping[str, object], where: str) -> EndpointSettings:
    url = _text(values, "url", 'an address like "http://127.0.0.1:11434/v1"', where)
    model = _text(values, "model", "the name of a model", where)
    if url is None or model is None:
        missing = "url" if url is None else "model"
        raise InputError(f"{where}, {missing}: expected it beside the other keys, found none")
    allowed = _text(values, "allow_host", "the name of a host", where)
    _check(url, allowed, where, may_be_plain=_boolean(values, "allow_http", where))
    return EndpointSettings(url, model, _variable(values, where), _timeout(values, where))


def _text(values: Mapping[str, object], key: str, expected: str, where: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(f"{where}, {key}: expected {expected}, found {value!r}")
    return value.strip()


def _boolean(values: Mapping[str, object], key: str, where: str) -> bool:
    value = values.get(key, False)
    if not isinstance(value, bool | str) or value not in _BOOLEANS:
        raise InputError(f"{where}, {key}: expected true or false, found {value!r}")
    return _BOOLEANS[value]


def _variable(values: Mapping[str, object], where: str) -> str | None:
    value = values.get("api_key_env")
    if value is None:
        return None
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value.strip()):
        # not the value, as it may be the key itself
        raise InputError(
            f"{where}, api_key_env: expected the name of a variable of the environment that holds"
            " the key, like LLM_API_KEY; the key itself belongs in no file"
        )
    return value.strip()


def _check(url: str, allowed: str | None, where: str, *, may_be_plain: bool) -> None:
    """Refuse an address that is none, or a host that nobody agreed to send to."""
    expected = f"{where}, url: expected"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise InputError(f"{expected} an address like http://127.0.0.1:11434/v1") from error
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InputError(
            f"{expected} no name, password or key in it; name the variable that holds the key in"
            " api_key_env"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(f"{expected} http://… or https://…, found {url!r}")
    if leads_nowhere(host):
        raise InputError(f"{expected} a host that a model can be at, found {url!r}")
    if is_this_machine(host):
        return
    if allowed is None or allowed.lower() != host:
        raise InputError(
            f'{where}: questions and passages would be sent to {host}; write allow_host = "{host}"'
            " there if you agree to that"
        )
    if parts.scheme != "https" and not may_be_plain:
        raise InputError(
            f"{expected} https for a host that is not this machine, found {url!r}; write"
            " allow_http = true there if all that can read on the way may read it"
        )


def _timeout(values: Mapping[str, object], where: str) -> float:
    value = values.get("timeout_s", _TIMEOUT_S)
    try:
        seconds = float(value) if isinstance(value, str | int | float) else -1.0
    except ValueError:
        seconds = -1.0
    if isinstance(value, bool) or not isfinite(seconds) or not 0 < seconds <= _TIMEOUT_MAX_S:
        expected = f"seconds, more than 0 and at most {_TIMEOUT_MAX_S:.0f}"
        raise InputError(f"{where}, timeout_s: expected {expected}, found {value!r}")
    return seconds
