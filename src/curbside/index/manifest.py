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
from curbside.records import EncoderIdentity

FILE: Final = "manifest.json"
FORMAT: Final = 3
_WITHOUT_ENCODER: Final = 2
"""The format that named no encoder, as there was one."""

REBUILD: Final = "run `curbside library rebuild`, which makes the index again from the library"
"""What to do about an index that cannot be read."""


BUNDLED_ENCODER: Final = EncoderIdentity(
    "all-MiniLM-L6-v2 int8",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "mean, 256 tokens",
)
"""What the codes of the package, and of every index that names no encoder, were made with."""


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
    `encoder` made the dense codes, and `dimension` is that of its vectors; None where there are
    none.
    """

    passages: int
    embedded: int | None
    written: int
    dense: tuple[Part, ...]
    lexical: str = ""
    made_from: str = ""
    pending: Pending | None = None
    encoder: EncoderIdentity | None = None
    dimension: int | None = None


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
            dense = _parts(data)
            return Manifest(0, None, int(data["written"]), dense, encoder=_bundled_for(dense))
        if data["format"] not in (_WITHOUT_ENCODER, FORMAT):
            raise ValueError(f"expected format {FORMAT}, found {data['format']!r}")
        if data.pop("sum") != _sum(data):
            raise ValueError("its checksum is another: it was changed or damaged")
        embedded, pending, dense = data["embedded"], data["pending"], _parts(data)
        has_encoder = data["format"] == FORMAT
        encoder = data["encoder"] if has_encoder else None
        return Manifest(
            int(data["passages"]),
            None if embedded is None else int(embedded),
            int(data["written"]),
            dense,
            str(data["lexical"]),
            str(data["made_from"]),
            pending and Pending(str(pending["made_from"]), int(pending["opstamp"])),
            _encoder(encoder) if has_encoder else _bundled_for(dense),
            _dimension(data["dimension"]) if has_encoder else None,
        )
    except (FileNotFoundError, NotADirectoryError):
        return EMPTY
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(f"{folder / FILE} cannot be read ({error}); {REBUILD}") from error


def _bundled_for(dense: tuple[Part, ...]) -> EncoderIdentity | None:
    return BUNDLED_ENCODER if dense else None


def _encoder(data: dict[str, Any] | None) -> EncoderIdentity | None:
    if data is None:
        return None
    return EncoderIdentity(
        str(data["title"]),
        str(data["model_sha256"]),
        str(data["tokenizer_sha256"]),
        str(data["reading"]),
    )


def _dimension(data: object) -> int | None:
    if data is not None and not isinstance(data, int):
        raise TypeError(f"expected a number of dimensions, found {data!r}")
    return data


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
