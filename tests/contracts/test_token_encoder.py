"""What every `TokenEncoder` promises, over the fake of the tests and the real one alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from curbside.models.minilm import MiniLM
from curbside.protocols import TokenEncoder
from encoder_folders import brought_encoder
from index_builders import WordEncoder

TEXTS = ["Gout hurts.", "", "Urate fell by 2 µmol/L in naïve adults. " * 30, "Gout hurts."]
ENCODERS = [WordEncoder, MiniLM, lambda: MiniLM(threads=2), brought_encoder]


@pytest.fixture(scope="module", params=ENCODERS)
def encoder(request: pytest.FixtureRequest) -> TokenEncoder:
    made: TokenEncoder = request.param()
    return made


class TestTokenEncoder:
    def test_there_is_one_row_of_unit_length_a_token(self, encoder: TokenEncoder) -> None:
        made = encoder.embed_tokens(TEXTS)
        assert len(made) == len(TEXTS)
        for rows, spans in made:
            assert rows.dtype == np.float32
            assert rows.shape == (len(spans), made[0][0].shape[1])
            assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(spans)), abs=1e-5)

    def test_spans_stand_in_the_text_in_order_and_apart(self, encoder: TokenEncoder) -> None:
        for text, (_, spans) in zip(TEXTS, encoder.embed_tokens(TEXTS), strict=True):
            assert all(before.end <= after.start for before, after in pairwise(spans))
            assert all(span.of(text).strip() == span.of(text) for span in spans)

    def test_rows_do_not_depend_on_the_other_texts(self, encoder: TokenEncoder) -> None:
        for text, (rows, spans) in zip(TEXTS, encoder.embed_tokens(TEXTS), strict=True):
            ((alone, places),) = encoder.embed_tokens([text])
            assert np.array_equal(alone, rows)
            assert places == spans

    def test_an_empty_text_has_no_row_and_no_text_has_no_entry(self, encoder: TokenEncoder) -> None:
        rows, spans = encoder.embed_tokens(TEXTS)[1]
        assert (len(rows), spans) == (0, ())
        assert encoder.embed_tokens([]) == []
