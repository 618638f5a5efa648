"""Every setting in force with where it comes from: a default, a line of the file, a variable."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curbside.errors import InputError
from curbside.ingest.feeds.feed import (
    EntrezAccess,
    EuropePmcSearch,
    Feed,
    PmidList,
    PubMedSearch,
    PubMedUpdates,
)
from curbside.wiring.checkpoints import FILE, FOLDER
from curbside.wiring.config import FILE_NAME, HOME_VARIABLE, Settings
from curbside.wiring.encoder import ENCODER_VARIABLE
from curbside.wiring.generator_settings import PREFIX, EndpointSettings
from curbside.wiring.identity_settings import IdentitySettings
from curbside.wiring.opened import STORE_FILE

DEFAULT: Final = "default"
NONE: Final = "none"
_BUNDLED: Final = "the bundled one"
HIDDEN: Final = "(set, not shown)"
_SECRET: Final = ("api_key", "password", "secret", "token")
"""What the name of a key holds whose value is shown to nobody."""
_NAMED_ONLY: Final = "_env"
"""The end of a key that holds the name of a variable, and not what the variable holds."""
_PLACES: Final = (_NAMED_ONLY, "_file")
"""The ends of keys that say where a secret is, and not what it is."""

Value = str | int | float | bool | Path | None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is in force: its name, its value as text with what is secret left out, and
    where it comes from ("default", "curbside.toml, line 3", "CURBSIDE_GENERATOR_URL")."""

    name: str
    value: str
    origin: str


def settings_told(
    settings: Settings, environ: Mapping[str, str], *, is_home_named: bool
) -> tuple[Setting, ...]:
    """Every setting in force, those of one table together.

    Args:
        settings: as they were read, so that nothing unknown stands in the file.
        environ: what they were read with.
        is_home_named: whether the folder was named on the command line.

    Raises:
        InputError: the file changed meanwhile and can no longer be read.
    """
    home = settings.home
    lines = lines_of(home / FILE_NAME) if home else {}
    values = dict(_in_force(settings))
    for name in sorted(name for name in environ if name.startswith(PREFIX)):
        values.setdefault(f"generator.{name.removeprefix(PREFIX).lower()}", environ[name].strip())
    for key, (_, written) in lines.items():
        values.setdefault(key, written)
    told = [Setting("home", _text("home", home), _origin_of_home(environ, is_named=is_home_named))]
    for key, value in values.items():
        variable = f"{PREFIX}{key.removeprefix('generator.').upper()}"
        if key.startswith("generator.") and environ.get(variable, "").strip():
            origin = variable
        elif key == "models.encoder" and environ.get(ENCODER_VARIABLE, "").strip():
            origin = ENCODER_VARIABLE
        elif key in lines:
            origin = f"{FILE_NAME}, line {lines[key][0]}"
        else:
            origin = DEFAULT
        told.append(Setting(key, _text(key, value, environ), origin))
    return tuple(told)


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that are named like a setting of Curbside and are none, in order."""
    return tuple(
        sorted(
            name
            for name in environ
            if name.startswith("CURBSIDE_")
            and name not in (HOME_VARIABLE, ENCODER_VARIABLE)
            and not name.startswith(PREFIX)
        )
    )


def lines_of(file: Path) -> dict[str, tuple[int, Value]]:
    """Each key of a TOML file ("desk.review_days") with its line, from 1, and what is written.

    A value over several lines counts for the first of them. Empty where there is no file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        written = file.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: expected a text file that may be read; {error}") from error
    found: dict[str, tuple[int, Value]] = {}
    begun = 1
    for number in range(1, len(written) + 1):
        # the parser tells no lines: a key stands where the file so far is TOML that has it
        try:
            table = tomllib.loads("".join(written[:number]))
        except tomllib.TOMLDecodeError:
            continue
        for key, value in _leaves(table):
            found.setdefault(key, (begun, value))
        begun = number + 1
    return found


def is_secret(key: str) -> bool:
    """Whether the value of a setting is shown to nobody, by its name."""
    last = key.rpartition(".")[2]
    return not last.endswith(_PLACES) and any(word in last for word in _SECRET)


def without_password(url: str) -> str:
    """An address with `***` where a password stands in it.

    >>> without_password("postgresql+psycopg://me:secret@host/name?sslmode=require")
    'postgresql+psycopg://me:***@host/name?sslmode=require'
    """
    scheme, mark, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    account, at, host = netloc.rpartition("@")
    name, colon, _ = account.partition(":")
    where, asked, query = path.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    shown = "&".join(
        f"{key}{sign}{'***' if is_secret(key) else value}" for key, sign, value in pairs
    )
    password = ":***" if colon else ""
    return f"{scheme}{mark}{name}{password}{at}{host}{slash}{where}{asked}{shown}"


def _leaves(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, Value]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{key}.")
        elif isinstance(value, str | int | float | bool):
            yield f"{above}{key}", value
        else:
            yield f"{above}{key}", str(value)


def _in_force(settings: Settings) -> Iterator[tuple[str, Value]]:
    """Every setting by the name that it has in the file, defaults too."""
    home = settings.home
    yield "database", settings.database or (home / STORE_FILE if home else None)
    desk = settings.desk
    yield "desk.disclosure_days", desk.policy.disclosure_days
    yield "desk.review_days", desk.policy.review_days
    yield "desk.checkpoints", desk.checkpoints or (home / FOLDER / FILE if home else None)
    yield "models.encoder", settings.encoder or _BUNDLED
    generator = settings.generator
    if generator is None:
        yield "generator", None
    elif isinstance(generator, EndpointSettings):
        yield "generator.url", generator.url
        yield "generator.model", generator.model
        yield "generator.api_key_env", generator.api_key_env
        yield "generator.timeout_s", generator.timeout_s
    else:
        yield "generator.path", generator.path
        yield "generator.timeout_s", generator.timeout_s
    yield from _of_identity(settings.identity)
    if not settings.feeds:
        yield "feeds", None
    for feed in settings.feeds:
        for key, value in _of_feed(feed):
            yield f"feeds.{feed.name}.{key}", value


def _of_identity(identity: IdentitySettings | None) -> Iterator[tuple[str, Value]]:
    if identity is None:
        yield "identity", None
        return
    yield "identity.issuer", identity.issuer
    yield "identity.client_id", identity.client_id
    yield "identity.client_secret_env", identity.client_secret_env
    yield "identity.client_secret_file", identity.client_secret_file
    yield "identity.address", identity.address
    yield "identity.name", identity.name
    yield "identity.hosts", ", ".join(identity.hosts) or None
    yield "identity.timeout_s", identity.timeout_s


def _of_feed(feed: Feed) -> Iterator[tuple[str, Value]]:
    if isinstance(feed, PubMedSearch):
        yield "query", feed.query
        yield "max_records", feed.max_records
        yield from _of_access(feed.access)
    elif isinstance(feed, EuropePmcSearch):
        yield "query", feed.query
        yield "full_text", feed.full_text
        yield "email", feed.email
        yield "base_url", feed.base_url
    elif isinstance(feed, PubMedUpdates):
        yield from [("folder", feed.folder)] if feed.folder else [("base_url", feed.base_url)]
        yield "start", feed.start
    else:
        yield "path", feed.path
        if isinstance(feed, PmidList):
            yield from _of_access(feed.access)


def _of_access(access: EntrezAccess) -> Iterator[tuple[str, Value]]:
    yield "email", access.email
    yield "tool", access.tool
    yield "api_key", access.api_key
    yield "api_key_env", access.api_key_env
    yield "base_url", access.base_url


def _text(key: str, value: Value, environ: Mapping[str, str] | None = None) -> str:
    if value is None:
        return NONE
    if is_secret(key):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if key == "database" and isinstance(value, str):
        return without_password(value)
    if key.endswith(_NAMED_ONLY):
        is_there = bool((environ or {}).get(str(value), "").strip())
        return f"{value} ({'set, not shown' if is_there else 'not set'})"
    return str(value)


def _origin_of_home(environ: Mapping[str, str], *, is_named: bool) -> str:
    if is_named:
        return "--home"
    return HOME_VARIABLE if environ.get(HOME_VARIABLE, "").strip() else DEFAULT
