"""Settings: where the library of this person is. Read once, at the door, into one record."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from platformdirs import user_data_path

from curbside.errors import InputError
from curbside.ingest.feeds.feed import Feed
from curbside.wiring.desk_settings import USUAL, DeskSettings, desk_of
from curbside.wiring.encoder import encoder_path
from curbside.wiring.feed_settings import feeds_of
from curbside.wiring.generator_settings import GeneratorSettings, generator_of
from curbside.wiring.identity_settings import IdentitySettings, identity_of

HOME_VARIABLE: Final = "CURBSIDE_HOME"
FILE_NAME: Final = "curbside.toml"
_KEYS: Final = ("database", "desk", "feeds", "generator", "identity", "models")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person has set.

    `home` is the folder of the library; None answers from the bundled topics alone. `database`
    is a database URL for the documents; None keeps them in a file in `home`. `feeds` is where
    `curbside sync` fetches from. `generator` is the language model that `curbside ask --generator`
    asks. `identity` is the provider that people may sign in to the review desk with. Nothing else
    ever leaves this machine. `desk` is how the review desk works. `encoder` is the folder of the
    model that makes vectors; None uses the one that ships with the package.
    """

    home: Path | None
    database: str | None = None
    feeds: tuple[Feed, ...] = ()
    generator: GeneratorSettings | None = None
    desk: DeskSettings = USUAL
    identity: IdentitySettings | None = None
    encoder: Path | None = None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings: `CURBSIDE_HOME` of the environment, and the file in that folder.

    Variables `CURBSIDE_GENERATOR_…` are preferred to the table `[generator]` of the file, and
    `CURBSIDE_ENCODER` to the encoder that it names.

    Unset or empty, the home is this system's folder for a person's data. Raises InputError as
    `settings_at` does.
    """
    named = environ.get(HOME_VARIABLE, "").strip()
    if named:
        return settings_at(Path(named).expanduser(), environ)
    return settings_at(user_data_path("curbside", appauthor=False), environ)


def settings_at(home: Path, environ: Mapping[str, str] = MappingProxyType({})) -> Settings:
    """Read `curbside.toml` in `home`, and the variables of `environ` that are preferred to it.
    Neither the folder nor the file need exist.

    Raises:
        InputError: `home` is no folder; the file cannot be read, is no TOML, or has a key or a
            value that is not known; the text names file, key and what was expected.
    """
    if home.exists() and not home.is_dir():
        raise InputError(f"{home}: expected a folder for the library, found a file")
    file = home / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(
            home,
            generator=generator_of(None, file, environ),
            encoder=encoder_path(None, file, environ),
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: expected a text file that may be read; {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: expected TOML; {error}") from error
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise InputError(f"{file}: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    database = table.get("database")
    if database is not None and not (isinstance(database, str) and "://" in database):
        raise InputError(
            f"{file}, database: expected a database URL like"
            f' "postgresql+psycopg://user@host/name", found {database!r}'
        )
    return Settings(
        home,
        database,
        feeds_of(table.get("feeds", {}), file),
        generator_of(table.get("generator"), file, environ),
        desk_of(table.get("desk"), file),
        identity_of(table.get("identity"), file),
        encoder_path(table.get("models"), file, environ),
    )
