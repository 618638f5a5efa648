"""The manifest of an index: which files belong to it, with their checksums; replaced at once."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from threading import get_ident
from typing import Any, Final

from curbside.errors import LibraryError

FILE: Final = "manifest.json"
FORMAT: Final = 2

REBUILD: Final = "run `curbside library rebuild`, which makes the index again from the library"
"""What to do about an index that cannot be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the dense codes: `sums` holds the sha256 of its files by name."""

    name: str
    rows: int
    sums: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """What the lexical index will have been made from once it has committed past `opstamp`."""

    made_from: str
    opstamp: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What belongs to an index.

    `embedded` of the `passages` can be found by meaning, None where that was not counted yet;
    `written` counts the files ever written, so that a name is never used twice; `lexical` is the
    folder of the lexical index, "" for none; `made_from` is what its maker noted of its sources.
    """

    passages: int
    embedded: int | None
    written: int
    dense: tuple[Part, ...]
    lexical: str = ""
    made_from: str = ""
    pending: Pending | None = None


EMPTY: Final = Manifest(0, None, 0, ())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an index; `EMPTY` where there is none yet.

    Of one that an older Curbside wrote the dense codes are kept; the rest is made again.

    Raises:
        LibraryError: it cannot be read, is damaged or is of another format; says what to do.
    """
    try:
        data = json.loads((folder / FILE).read_bytes())
        if data["format"] == 1:
            return Manifest(0, None, int(data["written"]), _parts(data))
        if data["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, found {data['format']!r}")
        if data.pop("sum") != _sum(data):
            raise ValueError("its checksum is another: it was changed or damaged")
        embedded, pending = data["embedded"], data["pending"]
        return Manifest(
            int(data["passages"]),
            None if embedded is None else int(embedded),
            int(data["written"]),
            _parts(data),
            str(data["lexical"]),
            str(data["made_from"]),
            pending and Pending(str(pending["made_from"]), int(pending["opstamp"])),
        )
    except (FileNotFoundError, NotADirectoryError):
        return EMPTY
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(f"{folder / FILE} cannot be read ({error}); {REBUILD}") from error


def _parts(data: dict[str, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(str(part["name"]), int(part["rows"]), dict(part["sums"])) for part in data["dense"]
    )


def _sum(data: dict[str, Any]) -> str:
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, replacing the old one at once or not at all.

    Raises:
        LibraryError: it cannot be written.
    """
    # a name of its own: two that write at once must not replace it with half of the other's
    partial = folder / f"{FILE}.{os.getpid()}-{get_ident()}.partial"
    data = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps({**data, "sum": _sum(data)}, indent=1, sort_keys=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(folder / FILE)
    except OSError as error:
        raise LibraryError(
            f"the index in {folder} cannot be written ({error}); free some space or allow "
            "writing, and run the same command again"
        ) from error
