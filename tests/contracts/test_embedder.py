"""What every `Embedder` promises, over the fake of the tests and the real one alike."""

from __future__ import annotations

import numpy as np
import pytest

from curbside.models.minilm import MiniLM
from curbside.protocols import Embedder
from encoder_folders import brought_encoder
from index_builders import WordEncoder

TEXTS = ["Gout hurts.", "", "Urate fell in adults. " * 30, "Gout hurts."]
ENCODERS = [WordEncoder, MiniLM, lambda: MiniLM(threads=2), brought_encoder]


@pytest.fixture(scope="module", params=ENCODERS)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    made: Embedder = request.param()
    return made


class TestEmbedder:
    def test_there_is_one_row_of_unit_length_a_text(self, embedder: Embedder) -> None:
        rows = embedder.embed(TEXTS)
        assert rows.dtype == np.float32
        assert rows.ndim == 2
        assert len(rows) == len(TEXTS)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-5)

    def test_a_row_does_not_depend_on_the_other_texts(self, embedder: Embedder) -> None:
        rows = embedder.embed(TEXTS)
        for row, text in zip(rows, TEXTS, strict=True):
            assert np.array_equal(embedder.embed([text])[0], row)

    def test_no_text_gives_no_row(self, embedder: Embedder) -> None:
        assert len(embedder.embed([])) == 0
