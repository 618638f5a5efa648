"""Any transformer in ONNX form as an encoder: a text to its vector, or to one a token."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from curbside.errors import LibraryError
from curbside.records import EncoderIdentity, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_Made = TypeVar("_Made")
_STATES: Final = ("last_hidden_state", "token_embeddings")
"""What exporters call the output that has a vector for every token."""
_INTEGERS: Final = {"tensor(int64)": "int64", "tensor(int32)": "int32"}


class Pooling(StrEnum):
    """How the vectors of the tokens become that of the text."""

    MEAN = "mean"
    CLS = "cls"
    """The vector of the mark at the beginning."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a text is given to a model, and its vector taken. A text of more than `max_tokens`,
    marks included, is cut."""

    pooling: Pooling
    max_tokens: int
    query_prefix: str = ""
    passage_prefix: str = ""
    is_lowercased: bool = False

    def __str__(self) -> str:
        """All of it in a line: two recipes of one line make equal vectors."""
        parts = [self.pooling.value, f"{self.max_tokens} tokens"]
        parts += [f"queries after {self.query_prefix!r}"] if self.query_prefix else []
        parts += [f"passages after {self.passage_prefix!r}"] if self.passage_prefix else []
        parts += ["lower case"] if self.is_lowercased else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Running:
    """A model that is loaded, with what it takes and gives."""

    session: InferenceSession
    tokenizer: Tokenizer
    inputs: tuple[tuple[str, str], ...]
    """Each with the kind of its numbers."""
    output: str
    dimension: int


class OnnxEncoder:
    """An `Embedder` and a `TokenEncoder`. The model is loaded at the first text.

    Args:
        where: what an error names the model by.
        identity: what its vectors are kept under.
        weights: gives the model, as bytes or as a file.
        tokenizer: gives the content of its `tokenizer.json`.
        recipe: how texts are read.
        dimension: of its vectors, where that is known: another is refused.
        queries: reads what is searched for, where that is another model; None for this one.
        threads: texts read at the same time. Each is a run of its own on one thread: quickest
            for a query, and what is made of it depends on nothing else.
    """

    def __init__(
        self,
        where: str,
        *,
        identity: EncoderIdentity,
        weights: Callable[[], bytes | Path],
        tokenizer: Callable[[], bytes],
        recipe: Recipe,
        dimension: int | None = None,
        queries: OnnxEncoder | None = None,
        threads: int = 1,
    ) -> None:
        self.identity = identity
        self._where = where
        self._weights = weights
        self._read_tokenizer = tokenizer
        self._recipe = recipe
        self._dimension = dimension
        self._queries = queries
        self._threads = threads
        self._loading = Lock()
        self._running: _Running | None = None

    @property
    def name(self) -> str:
        """The model with the first digits of its hashes, for an answer's provenance."""
        return self.identity.name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of passages, shape (len(texts), dimension); see `protocols.Embedder`.

        Raises:
            LibraryError: the model or its tokenizer is absent or not what was expected.
        """
        return self._embed([self._recipe.passage_prefix + text for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed`, for texts that passages are looked for with: some models tell them apart."""
        if self._queries is not None:
            return self._queries.embed_queries(texts)
        return self._embed([self._recipe.query_prefix + text for text in texts])

    def embed_tokens(
        self, texts: Sequence[str]
    ) -> list[tuple[NDArray[np.float32], tuple[Span, ...]]]:
        """Unit vectors of tokens; see `protocols.TokenEncoder`. No prefix is put before a text.

        Raises:
            LibraryError: as `embed`.
        """
        running = self._load() if texts else None
        return self._each(lambda text: self._tokens_of(text, running), texts) if running else []

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts and self._dimension is not None:
            return np.zeros((0, self._dimension), dtype=np.float32)
        running = self._load()
        rows = self._each(lambda text: self._vector_of(text, running), texts)
        return np.array(rows, dtype=np.float32).reshape(len(texts), running.dimension)

    def _each(self, make: Callable[[str], _Made], texts: Sequence[str]) -> list[_Made]:
        # one text a run: padding would let what is made of a text depend on its neighbours
        if self._threads == 1 or len(texts) == 1:
            return [make(text) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            # list: an exception of a thread is raised here
            return list(pool.map(make, texts))

    def _vector_of(self, text: str, running: _Running) -> NDArray[np.float32]:
        states = _states(running, running.tokenizer.encode(self._as_read(text)).ids)
        pooled = states[0] if self._recipe.pooling is Pooling.CLS else states.mean(axis=0)
        # never zero: the states of the two marks around a text are in every mean
        unit: NDArray[np.float32] = pooled / np.float32(np.linalg.norm(pooled))
        return unit

    def _tokens_of(
        self, text: str, running: _Running
    ) -> tuple[NDArray[np.float32], tuple[Span, ...]]:
        encoded = running.tokenizer.encode(self._as_read(text))
        kept = [
            (row, Span(start, end))
            for row, ((start, end), is_mark) in enumerate(
                zip(encoded.offsets, encoded.special_tokens_mask, strict=True)
            )
            # some tokenizers make tokens that stand for no character
            if not is_mark and start < end
        ]
        if not kept:
            return np.zeros((0, running.dimension), dtype=np.float32), ()
        states = _states(running, encoded.ids)[[row for row, _ in kept]]
        lengths = np.linalg.norm(states, axis=1, keepdims=True)
        return states / lengths, tuple(span for _, span in kept)

    def _as_read(self, text: str) -> str:
        if not self._recipe.is_lowercased:
            return text
        # a letter whose lower case is two would move every offset after it
        return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)

    def _load(self) -> _Running:
        # so that several callers may share one encoder, and one of them load it ahead of time
        with self._loading:
            if self._running is None:
                self._running = self._start()
                self._dimension = self._running.dimension
            return self._running

    def _start(self) -> _Running:
        tokenizer = _tokenizer_of(self._read_tokenizer(), self._where, self._recipe.max_tokens)
        session = _session_of(self._weights(), self._where)
        output = self._output_of(session)
        inputs = self._inputs_of(session)
        running = _Running(session, tokenizer, inputs, output, 0)
        states = _states(running, tokenizer.encode("").ids)
        if states.ndim != 2:
            raise LibraryError(
                f"{self._where}: expected a model that gives a vector for every token, found an"
                f" output {output} of {states.ndim + 1} dimensions"
            )
        dimension = states.shape[1]
        if self._dimension not in (None, dimension):
            raise LibraryError(
                f"{self._where}: expected vectors of {self._dimension} dimensions, as its folder"
                f" says, found {dimension}; model.onnx is of another model"
            )
        return _Running(session, tokenizer, inputs, output, dimension)

    def _output_of(self, session: InferenceSession) -> str:
        outputs = session.get_outputs()
        named = [each.name for each in outputs if each.name in _STATES]
        whole = [each.name for each in outputs if len(each.shape) == 3]
        if found := [*named, *whole]:
            return str(found[0])
        raise LibraryError(
            f"{self._where}: expected a model with an output for every token"
            f" ({' or '.join(_STATES)}), found {', '.join(each.name for each in outputs)}"
        )

    def _inputs_of(self, session: InferenceSession) -> tuple[tuple[str, str], ...]:
        inputs = []
        for each in session.get_inputs():
            if each.name not in _INPUTS or each.type not in _INTEGERS:
                raise LibraryError(
                    f"{self._where}: expected a model that takes {', '.join(_INPUTS)} as whole"
                    f" numbers, found the input {each.name}, {each.type}"
                )
            inputs.append((each.name, _INTEGERS[each.type]))
        return tuple(inputs)


_INPUTS: Final[dict[str, Callable[[Sequence[int]], Sequence[int]]]] = {
    "input_ids": lambda ids: ids,
    "attention_mask": lambda ids: [1] * len(ids),
    "token_type_ids": lambda ids: [0] * len(ids),
    "position_ids": lambda ids: range(len(ids)),
}
"""What a model may take, of the tokens of one text."""


def _states(running: _Running, ids: Sequence[int]) -> NDArray[np.float32]:
    """The vectors of the tokens of one text, (n_tokens, dimension)."""
    fed = {name: np.array([_INPUTS[name](ids)], dtype=kind) for name, kind in running.inputs}
    (states,) = running.session.run([running.output], fed)
    return np.asarray(states[0], dtype=np.float32)


def _session_of(weights: bytes | Path, where: str) -> InferenceSession:
    # wheels for Linux, from 1.29 on, keep a device id and send events to their maker, unless this
    # is set before the library is loaded (its pull request 27379)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # the step above "extended" concerns convolutions: it costs 60 ms here and changes nothing
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    model = weights if isinstance(weights, bytes) else str(weights)
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except (
        failures.Fail,
        failures.InvalidArgument,
        failures.InvalidGraph,
        failures.InvalidProtobuf,
        failures.NoSuchFile,
        failures.NotImplemented,
        failures.RuntimeException,
    ) as error:
        raise LibraryError(
            f"{where}: expected a model in ONNX form that runs on a CPU; {error}"
        ) from error


def _tokenizer_of(content: bytes, where: str, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(content)
    except ValueError as error:
        raise LibraryError(f"{where}: tokenizer.json is no tokenizer; {error}") from error
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer
