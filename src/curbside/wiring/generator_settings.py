"""The table `[generator]` of the settings and its variables of the environment, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from curbside.errors import InputError

_KEYS: Final = ("url", "model", "api_key_env", "timeout_s", "allow_host")
PREFIX: Final = "CURBSIDE_GENERATOR_"
"""Before a key in capitals: the variable of the environment that is preferred to the file."""
_TIMEOUT_S: Final = 2.5
"""So that the page is there within three seconds, with the model or without it."""
_TIMEOUT_MAX_S: Final = 600.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """A language model behind an OpenAI-compatible endpoint.

    `url` is the base address ("http://127.0.0.1:11434/v1"), `api_key_env` names the variable that
    holds the key, `timeout_s` is for the whole answer.
    """

    url: str
    model: str
    api_key_env: str | None = None
    timeout_s: float = _TIMEOUT_S


def generator_of(table: object, file: Path, environ: Mapping[str, str]) -> GeneratorSettings | None:
    """Read the settings of the language model; None where there are none.

    Args:
        table: what stands under `generator` in the file; None where nothing does.
        file: how errors name the file.
        environ: a variable `CURBSIDE_GENERATOR_URL`, `…_MODEL` and so on is preferred.

    Raises:
        InputError: an unknown key, a key that is missing or of another form, or a host other than
            this machine that `allow_host` does not name.
    """
    where = f"{file}, [generator]"
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, found {table!r}")
    values: dict[str, object] = dict(table or {})
    unknown = sorted(values.keys() - set(_KEYS))
    if unknown:
        raise InputError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    for key in _KEYS:
        value = environ.get(f"{PREFIX}{key.upper()}", "").strip()
        if value:
            values[key] = value
    if not values:
        return None
    url = _text(values, "url", 'an address like "http://127.0.0.1:11434/v1"', where)
    model = _text(values, "model", "the name of a model", where)
    if url is None or model is None:
        missing = "url" if url is None else "model"
        raise InputError(f"{where}, {missing}: expected it beside the other keys, found none")
    allowed = _text(values, "allow_host", "the name of a host", where)
    _check(url, allowed, where)
    key_env = _text(values, "api_key_env", "the name of a variable of the environment", where)
    return GeneratorSettings(url, model, key_env, _timeout(values, where))


def _text(values: Mapping[str, object], key: str, expected: str, where: str) -> str | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(f"{where}, {key}: expected {expected}, found {value!r}")
    return value.strip()


def _check(url: str, allowed: str | None, where: str) -> None:
    """Refuse an address that is none, or a host that nobody agreed to send to."""
    expected = f"{where}, url: expected"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise InputError(f"{expected} an address, found {url!r}; {error}") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise InputError(f"{expected} http://… or https://…, found {url!r}")
    if parts.username or parts.password:
        raise InputError(f"{expected} no name or password in it; name a variable in api_key_env")
    if host in _LOOPBACK:
        return
    if parts.scheme != "https":
        raise InputError(f"{expected} https for a host that is not this machine, found {url!r}")
    if allowed is None or allowed.lower() != host:
        raise InputError(
            f'{where}: questions and passages would be sent to {host}; write allow_host = "{host}"'
            " there if you agree to that"
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
