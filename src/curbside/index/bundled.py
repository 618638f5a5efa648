"""Dense codes of the bundled topics, made ahead of time by `scripts/build_bundled_codes.py`."""

from __future__ import annotations

from importlib.resources import as_file, files

from curbside.index.dense import DenseCodes, read_codes

CODES = "bundled.codes"


def bundled_codes() -> DenseCodes:
    """The codes that ship with the package, by `text_key`."""
    with as_file(files("curbside.index").joinpath(CODES)) as path:
        return read_codes(path)
