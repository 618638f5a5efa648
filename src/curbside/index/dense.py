"""Dense codes: one int8 vector a text, scanned whole.

Exact rather than approximate: a scan runs at memory bandwidth, fast enough up to a few million
passages, and misses nothing.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curbside.errors import LibraryError
from curbside.index.manifest import REBUILD

if TYPE_CHECKING:
    from numpy.typing import NDArray

DENSE_RUN = "dense"
KEY_LENGTH = 24
_BLOCK = 1024  # rows: as float32 they stay in a core's cache
_SCALE = 127
_QUERY_SCALE = 2**16


def quantise(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Unit vectors as int8; recall@10 against float32 is .993 (measured on real sentences)."""
    codes: NDArray[np.int8] = np.clip(np.rint(vectors * _SCALE), -127, 127).astype(np.int8)
    return codes


def text_key(text: str) -> str:
    """Names a text by its content, so that a changed text is never searched by an old vector."""
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class DenseCodes:
    """`keys[i]` (ASCII, see `text_key`) names the text of row i of `codes`, (n, dimension).

    Both may lie in memory-mapped files.
    """

    keys: NDArray[np.bytes_]
    codes: NDArray[np.int8]

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or self.keys.shape != self.codes.shape[:1]:
            raise LibraryError(
                f"the dense codes name {self.keys.shape} texts and hold {self.codes.shape} rows"
            )

    def __len__(self) -> int:
        return len(self.keys)


def codes_of(keys: Sequence[str], vectors: NDArray[np.float32]) -> DenseCodes:
    """Quantised vectors under their keys, in the order of the keys, so that equal parts are equal
    files."""
    order = sorted(range(len(keys)), key=lambda row: keys[row])
    return DenseCodes(
        np.array([keys[row].encode() for row in order], dtype=f"S{KEY_LENGTH}"),
        quantise(vectors)[order],
    )


def join_codes(parts: Sequence[DenseCodes]) -> DenseCodes:
    """Several parts as one, sorted by key; of a key that is in several the last row stays."""
    keys = np.concatenate([part.keys for part in parts])
    codes = np.concatenate([part.codes for part in parts])
    # unique takes the first of equals: turned round, that is the last
    kept, rows = np.unique(keys[::-1], return_index=True)
    return DenseCodes(kept, codes[::-1][rows])


def cosines(parts: Sequence[DenseCodes], vector: NDArray[np.float32]) -> NDArray[np.float64]:
    """The cosine of every row of every part with a unit vector, in their order.

    The query is rounded to whole numbers too, so small that every sum is a whole number below
    2^24: exact in float32 in any order of addition, so the same on every machine and however
    the rows are cut into parts.
    """
    query = np.rint(vector * _QUERY_SCALE).astype(np.float32)
    blocks = [
        part.codes[at : at + _BLOCK].astype(np.float32) @ query
        for part in parts
        for at in range(0, len(part), _BLOCK)
    ]
    if not blocks:
        return np.zeros(0)
    return np.concatenate(blocks).astype(np.float64) / (_SCALE * _QUERY_SCALE)


def best_rows(scores: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """The rows of the `k` highest scores, in no order, and every row tied with the last."""
    if k >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    return np.flatnonzero(scores >= least)


def write_codes(folder: Path, name: str, codes: DenseCodes) -> dict[str, str]:
    """Write a part as `NAME.keys.npy` and `NAME.codes.npy`.

    Returns:
        The sha256 of each file by its name. The files hold for good once this returns; until a
        manifest names them they mean nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sums = {}
    for file, matrix in ((f"{name}.keys.npy", codes.keys), (f"{name}.codes.npy", codes.codes)):
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(matrix), allow_pickle=False)
        with (folder / file).open("wb") as out:
            out.write(buffer.getbuffer())
            out.flush()
            os.fsync(out.fileno())
        sums[file] = hashlib.sha256(buffer.getbuffer()).hexdigest()
    return sums


def read_codes(folder: Path, name: str, *, sums: dict[str, str] | None = None) -> DenseCodes:
    """Map what `write_codes` wrote into memory.

    Args:
        folder: where the files lie.
        name: of the part.
        sums: the sha256 the files must have; None for files that are checked otherwise.

    Raises:
        LibraryError: a file is absent, cut or changed; says what to do.
    """
    parts = []
    for file in (f"{name}.keys.npy", f"{name}.codes.npy"):
        try:
            if sums is not None and _sha256(folder / file) != sums[file]:
                raise ValueError("its checksum is not the one in the manifest")
            parts.append(np.load(folder / file, mmap_mode="r", allow_pickle=False))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise LibraryError(
                f"the dense codes in {folder / file} cannot be read ({error}); {REBUILD}"
            ) from error
    return DenseCodes(parts[0], parts[1])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
