"""Dense codes of the bundled topics, made ahead of time by `scripts/build_bundled_codes.py`."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Final

from curbside.index.dense import DenseCodes, read_codes
from curbside.index.manifest import BUNDLED_ENCODER
from curbside.records import EncoderIdentity

NAME: Final = "bundled"
"""The codes lie beside this module, as `dense.write_codes` writes them."""


def known_codes(encoder: EncoderIdentity) -> tuple[DenseCodes, ...]:
    """The parts of codes that need not be made with an encoder: none with another than the
    bundled one."""
    return (bundled_codes(),) if encoder == BUNDLED_ENCODER else ()


def bundled_codes() -> DenseCodes:
    """The codes that ship with the package, by `text_key` of title and statement.

    A statement that was changed since has none, and is searched by its words alone until it is
    embedded again.
    """
    with as_file(files("curbside.index")) as folder:
        return read_codes(folder, NAME)
