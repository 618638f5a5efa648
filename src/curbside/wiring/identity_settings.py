"""The table `[identity]` of `curbside.toml`: an identity provider that people may sign in with.

No error repeats a secret, and there is no key that would hold one: it stands in a variable of the
environment or in a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from curbside.errors import InputError
from curbside.wiring.addresses import is_fit

_KEYS: Final = (
    *("issuer", "client_id", "client_secret_env", "client_secret_file"),
    *("address", "name", "hosts", "timeout_s"),
)
_NEEDED: Final = ("issuer", "client_id", "address")
_TIMEOUT_S: Final = 5.0
_TIMEOUT_MAX_S: Final = 30.0
_LONGEST: Final = 500
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_WAY_BACK: Final = "/desk/identity/back"


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """An OpenID Connect provider.

    `issuer` is its address as its own tokens name it. `address` is where this site is reached by a
    browser ("https://curbside.example.org"). `hosts` are those beside the issuer's own that its
    endpoints may be on; nothing else is ever asked. The secret is in the variable
    `client_secret_env` or in `client_secret_file`; a public client has neither. `timeout_s` is for
    the whole of one answer. `name` is what the button says.
    """

    issuer: str
    client_id: str
    address: str
    name: str
    client_secret_env: str | None = None
    client_secret_file: Path | None = None
    hosts: tuple[str, ...] = ()
    timeout_s: float = _TIMEOUT_S

    @property
    def way_back(self) -> str:
        """Where the provider sends people back to; it must be registered there."""
        return f"{self.address}{_WAY_BACK}"


def identity_of(table: object, file: Path) -> IdentitySettings | None:
    """Read the table `[identity]`; None for a file without it.

    Raises:
        InputError: an unknown key, one that is missing or of another form, plain HTTP to another
            machine, or an address that no provider is at (link-local, unspecified, multicast).
    """
    if table is None:
        return None
    where = f"{file}, [identity]"
    if not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, found {table!r}")
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise InputError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    missing = [key for key in _NEEDED if key not in table]
    if missing:
        raise InputError(f"{where}, {missing[0]}: expected it beside the other keys, found none")
    if "client_secret_env" in table and "client_secret_file" in table:
        raise InputError(f"{where}: expected client_secret_env or client_secret_file, found both")
    issuer = _text(table, "issuer", 'an address like "https://id.example.org"', where)
    parts = _address(issuer, "issuer", where)
    address = _text(table, "address", 'an address like "https://curbside.example.org"', where)
    if _address(address, "address", where).path not in ("", "/"):
        raise InputError(f"{where}, address: expected no path in it, found {address!r}")
    secret_file = (
        _text(table, "client_secret_file", "a path", where)
        if "client_secret_file" in table
        else None
    )
    return IdentitySettings(
        issuer=issuer,
        client_id=_text(table, "client_id", "what the provider calls this site", where),
        address=address.rstrip("/"),
        name=_text(table, "name", "what the button says", where)
        if "name" in table
        else parts.netloc,
        client_secret_env=_variable(table, where),
        client_secret_file=file.parent / Path(secret_file).expanduser() if secret_file else None,
        hosts=_hosts(table, where),
        timeout_s=_timeout(table, where),
    )


def client_secret(settings: IdentitySettings, environ: Mapping[str, str]) -> str | None:
    """The secret of the client; None for a public one.

    Raises:
        InputError: the variable is not set, or the file cannot be read or is empty.
    """
    if settings.client_secret_env is not None:
        secret = environ.get(settings.client_secret_env, "").strip()
        if not secret:
            raise InputError(
                f"[identity]: expected the secret in the variable {settings.client_secret_env} of"
                " the environment, found none"
            )
        return secret
    if settings.client_secret_file is None:
        return None
    try:
        secret = settings.client_secret_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"[identity]: expected the secret in {settings.client_secret_file}; it cannot be read"
            f" ({type(error).__name__})"
        ) from error
    if not secret:
        raise InputError(
            f"[identity]: expected the secret in {settings.client_secret_file}, found nothing"
        )
    return secret


def _address(url: str, key: str, where: str) -> SplitResult:
    if not is_fit(url):
        # not the value, as it may have a password in it
        raise InputError(
            f"{where}, {key}: expected https://… (http://… on this machine alone) of a host that"
            " can be reached, with no name, password, query or fragment in it"
        )
    return urlsplit(url)


def _text(table: Mapping[str, object], key: str, expected: str, where: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(f"{where}, {key}: expected {expected}, found {value!r}")
    if len(value) > _LONGEST:
        raise InputError(f"{where}, {key}: expected at most {_LONGEST} characters")
    return value.strip()


def _variable(table: Mapping[str, object], where: str) -> str | None:
    value = table.get("client_secret_env")
    if value is None:
        return None
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value.strip()):
        # not the value, as it may be the secret itself
        raise InputError(
            f"{where}, client_secret_env: expected the name of a variable of the environment that"
            " holds the secret; the secret itself belongs in no setting"
        )
    return value.strip()


def _hosts(table: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = table.get("hosts", [])
    names = value if isinstance(value, list) else [None]
    if not all(isinstance(each, str) and _HOST.fullmatch(each.lower()) for each in names):
        raise InputError(
            f'{where}, hosts: expected a list of hosts like ["keys.example.org"], found {value!r}'
        )
    return tuple(str(each).lower() for each in names)


def _timeout(table: Mapping[str, object], where: str) -> float:
    value = table.get("timeout_s", _TIMEOUT_S)
    seconds = float(value) if isinstance(value, int | float) else -1.0
    if isinstance(value, bool) or not isfinite(seconds) or not 0 < seconds <= _TIMEOUT_MAX_S:
        raise InputError(
            f"{where}, timeout_s: expected seconds, more than 0 and at most"
            f" {_TIMEOUT_MAX_S:.0f}, found {value!r}"
        )
    return seconds
