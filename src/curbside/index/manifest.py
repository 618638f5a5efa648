"""The manifest of an index: which files belong to it, with their checksums; replaced at once."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from curbside.errors import LibraryError

FILE: Final = "manifest.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the dense codes: `sums` holds the sha256 of its files by name."""

    name: str
    rows: int
    sums: dict[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """`embedded` of the `passages` can be found by meaning; `written` counts the parts ever
    written, so that a name is never used twice."""

    passages: int
    embedded: int
    written: int
    dense: tuple[Part, ...]


EMPTY: Final = Manifest(0, 0, 0, ())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an index; `EMPTY` where there is none yet.

    Raises:
        LibraryError: it cannot be read or is of another format; says what to do.
    """
    try:
        data = json.loads((folder / FILE).read_bytes())
        if data["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, found {data['format']!r}")
        return Manifest(
            int(data["passages"]),
            int(data["embedded"]),
            int(data["written"]),
            tuple(
                Part(str(part["name"]), int(part["rows"]), dict(part["sums"]))
                for part in data["dense"]
            ),
        )
    except (FileNotFoundError, NotADirectoryError):
        return EMPTY
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"{folder / FILE} cannot be read ({error}); remove the folder {folder} and run "
            "`curbside add` again, it is made again from the library"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, replacing the old one at once or not at all.

    Raises:
        LibraryError: it cannot be written.
    """
    partial = folder / f"{FILE}.partial"
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, sort_keys=True)
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
