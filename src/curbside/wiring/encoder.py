"""The encoder of the settings, and the table `[models]` that names it, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from curbside.errors import InputError

if TYPE_CHECKING:
    from curbside.models.onnx_encoder import OnnxEncoder
    from curbside.wiring.config import Settings

ENCODER_VARIABLE: Final = "CURBSIDE_ENCODER"
"""The variable of the environment that is preferred to the file."""
_KEYS: Final = ("encoder",)


def encoder_path(table: object, file: Path, environ: Mapping[str, str]) -> Path | None:
    """Where the encoder lies that a person brought; None for the bundled one.

    Args:
        table: what stands under `models` in the file; None where nothing does.
        file: how errors name the file; a path is relative to its folder.
        environ: a variable `CURBSIDE_ENCODER` is preferred.

    Raises:
        InputError: an unknown key, or a value that is no path.
    """
    where = f"{file}, [models]"
    if table is not None and not isinstance(table, dict):
        raise InputError(f"{where}: expected a table, found {table!r}")
    values: dict[str, object] = dict(table or {})
    unknown = sorted(values.keys() - set(_KEYS))
    if unknown:
        raise InputError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    value = environ.get(ENCODER_VARIABLE, "").strip() or values.get("encoder")
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}, encoder: expected the folder of an encoder, found {value!r}")
    return file.parent / Path(value).expanduser()


def encoder_of(settings: Settings, *, threads: int = 1) -> OnnxEncoder:
    """The encoder that is set; what is made with it is the same for any number of threads.

    Raises:
        LibraryError: it is not where the settings say, or not understood.
    """
    # each of the two where it is needed: a person brings an encoder or uses the bundled one
    if settings.encoder is None:
        from curbside.models.minilm import MiniLM

        return MiniLM(threads=threads)
    from curbside.models.encoder_folder import folder_encoder

    return folder_encoder(settings.encoder, threads=threads)
