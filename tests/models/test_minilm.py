"""MiniLM turns a text into the same vector whatever else it is given, from checked files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from curbside.errors import LibraryError
from curbside.models import minilm
from curbside.models.minilm import DIMENSION, MiniLM

TEXTS = [
    "Relapse after stopping azathioprine",
    "Flares when treatment was withdrawn",
    "The price of copper rose in March",
    "A much longer text, so that a batch would have to be padded: " + "urate fell again " * 40,
]


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


def test_texts_of_like_meaning_are_near_each_other(encoder: MiniLM) -> None:
    relapse, flares, copper, _ = encoder.embed(TEXTS)
    assert float(relapse @ flares) > 0.3 > 0.1 > float(relapse @ copper)


def test_a_vector_is_the_same_to_the_last_bit_alone_in_a_batch_and_on_two_threads(
    encoder: MiniLM,
) -> None:
    together = encoder.embed(TEXTS)
    assert np.array_equal(MiniLM(threads=2).embed(TEXTS[::-1])[::-1], together)
    for row, text in enumerate(TEXTS):
        assert np.array_equal(encoder.embed([text])[0], together[row])


def test_words_past_the_256th_token_change_nothing(encoder: MiniLM) -> None:
    # two of the 256 mark the beginning and the end of the text
    exact, more, fewer = encoder.embed(["gout " * 254, "gout " * 254 + "copper", "gout " * 100])
    assert np.array_equal(exact, more)
    assert not np.array_equal(exact, fewer)


def test_an_empty_text_has_a_vector_and_no_text_has_no_row(encoder: MiniLM) -> None:
    assert np.linalg.norm(encoder.embed([""])[0]) == pytest.approx(1, abs=1e-6)
    assert encoder.embed([]).shape == (0, DIMENSION)


def test_tokens_have_vectors_that_are_the_same_on_two_threads_and_tell_where_they_stand(
    encoder: MiniLM,
) -> None:
    together = encoder.embed_tokens(TEXTS)
    threaded = MiniLM(threads=2).embed_tokens(TEXTS[::-1])[::-1]
    for (rows, spans), (others, places) in zip(together, threaded, strict=True):
        assert np.array_equal(rows, others)
        assert spans == places
    pieces = [span.of(TEXTS[0]) for span in together[0][1]]
    assert pieces == ["Re", "la", "pse", "after", "stopping", "az", "athi", "op", "rine"]


def test_the_vectors_of_tokens_of_like_meaning_are_near_each_other(encoder: MiniLM) -> None:
    (one, _), (other, _), (far, _) = encoder.embed_tokens(["relapse", "relapses", "copper"])
    assert float((one @ other.T).max()) > 0.6 > 0.4 > float((one @ far.T).max())


def test_the_name_tells_model_and_tokenizer_by_their_hashes() -> None:
    assert MiniLM().name == "all-MiniLM-L6-v2 int8 (model 8199be6f699a, tokenizer be50c3628f2b)"


@pytest.mark.parametrize("constant", ["MODEL_SHA256", "TOKENIZER_SHA256"])
def test_a_file_that_is_not_the_expected_one_is_refused(
    constant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minilm, constant, "0" * 64)
    with pytest.raises(LibraryError, match=r"is not the expected one .*install the locked version"):
        MiniLM().embed(["gout"])


def test_heavy_libraries_are_loaded_at_the_first_text_and_no_hub_client_is() -> None:
    code = (
        "import sys, json, curbside.models.minilm as m\n"
        "heavy = lambda: sorted({n.split('.')[0] for n in sys.modules} &"
        " {'onnxruntime', 'tokenizers', 'huggingface_hub', 'torch', 'requests', 'httpx'})\n"
        "before = heavy(); m.MiniLM().embed(['gout']); print(json.dumps([before, heavy()]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], ["onnxruntime", "tokenizers"]]


def test_the_runtime_sends_and_writes_nothing_of_its_own(tmp_path: Path) -> None:
    code = "from curbside.models.minilm import MiniLM; MiniLM().embed(['gout'])"
    # without CI in the environment, which alone would keep the runtime quiet
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=kept | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    # a device id and a queue of events would stand in .cache
    assert (done.stderr, sorted(tmp_path.rglob("*"))) == ("", [])
