"""Dense codes are searched exactly, and a file that was changed is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.errors import LibraryError
from curbside.index.dense import (
    DenseCodes,
    best_rows,
    codes_of,
    cosines,
    join_codes,
    quantise,
    read_codes,
    text_key,
    write_codes,
)

KEY_A, KEY_B, KEY_C = "a" * 24, "b" * 24, "c" * 24


def codes(**rows: list[float]) -> DenseCodes:
    keys = [name * 24 for name in rows]
    return codes_of(keys, np.array(list(rows.values()), dtype=np.float32))


def test_a_unit_vector_is_rounded_to_127_steps_each_way() -> None:
    vectors = np.array([[1.0, -1.0, 0.5, 0.004, 0.0]], dtype=np.float32)
    assert quantise(vectors).tolist() == [[127, -127, 64, 1, 0]]


def test_a_key_is_the_start_of_the_sha256_of_the_text() -> None:
    assert text_key("gout") != text_key("gout ")
    assert text_key("abc") == "ba7816bf8f01cfea414140de"


def test_rows_lie_in_the_order_of_their_keys() -> None:
    made = codes(b=[0.0, 1.0], a=[1.0, 0.0])
    assert made.keys.tolist() == [KEY_A.encode(), KEY_B.encode()]
    assert made.codes.tolist() == [[127, 0], [0, 127]]


def test_as_many_keys_as_rows_are_needed() -> None:
    with pytest.raises(LibraryError, match=r"name \(1,\) texts and hold \(2, 2\) rows"):
        DenseCodes(np.array([b"x"]), np.zeros((2, 2), dtype=np.int8))


def test_the_cosine_of_every_row_of_every_part_is_found() -> None:
    parts = [codes(a=[1.0, 0.0], b=[0.6, 0.8]), codes(c=[-1.0, 0.0])]
    found = cosines(parts, np.array([1.0, 0.0], dtype=np.float32))
    assert found.tolist() == [1.0, 76 / 127, -1.0]
    assert cosines([], np.array([1.0, 0.0], dtype=np.float32)).tolist() == []


@given(st.integers(0, 2**32 - 1), st.integers(1, 2999))
def test_a_score_does_not_depend_on_how_the_rows_are_cut_into_parts(seed: int, cut: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(3000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keys = np.array([b"%024d" % row for row in range(3000)])
    whole = quantise(vectors)
    parts = [DenseCodes(keys[:cut], whole[:cut]), DenseCodes(keys[cut:], whole[cut:])]
    query = vectors[0]
    exact = whole.astype(np.int64) @ np.rint(query * 2**16).astype(np.int64) / (127 * 2**16)
    assert np.array_equal(cosines(parts, query), exact)


def test_the_best_rows_come_with_every_row_tied_with_the_last() -> None:
    scores = np.array([0.3, 0.9, 0.3, 0.1, 0.3])
    assert sorted(best_rows(scores, 2).tolist()) == [0, 1, 2, 4]
    assert best_rows(scores, 1).tolist() == [1]
    assert best_rows(scores, 9).tolist() == [0, 1, 2, 3, 4]


def test_of_a_key_in_several_parts_the_last_row_stays() -> None:
    joined = join_codes([codes(b=[1.0, 0.0], a=[1.0, 0.0]), codes(b=[0.0, 1.0])])
    assert joined.keys.tolist() == [KEY_A.encode(), KEY_B.encode()]
    assert joined.codes.tolist() == [[127, 0], [0, 127]]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    made = codes(a=[1.0, 0.0], c=[0.0, -1.0])
    sums = write_codes(tmp_path / "dense", "000001", made)
    assert sorted(sums) == ["000001.codes.npy", "000001.keys.npy"]
    read = read_codes(tmp_path / "dense", "000001", sums=sums)
    assert read.keys.tolist() == made.keys.tolist()
    assert read.codes.tolist() == made.codes.tolist()


@pytest.mark.parametrize("file", ["000001.codes.npy", "000001.keys.npy"])
def test_a_file_that_is_cut_changed_or_gone_is_refused(tmp_path: Path, file: str) -> None:
    sums = write_codes(tmp_path, "000001", codes(a=[1.0, 0.0]))
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(LibraryError, match=r"its checksum is not .*run `curbside library rebuild`"):
        read_codes(tmp_path, "000001", sums=sums)
    (tmp_path / file).write_bytes(whole[:-1])
    with pytest.raises(LibraryError, match="cannot be read"):
        read_codes(tmp_path, "000001")
    (tmp_path / file).unlink()
    with pytest.raises(LibraryError, match="cannot be read"):
        read_codes(tmp_path, "000001", sums=sums)
