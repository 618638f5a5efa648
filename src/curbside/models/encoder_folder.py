"""An encoder that a person brings: a folder as sentence-transformers and its exporters write it.

It holds `model.onnx` (or `onnx/model.onnx`) and `tokenizer.json`. How texts are read stands in
`modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`,
`config_sentence_transformers.json` and `tokenizer_config.json`, where they are there. A model that
reads questions otherwise than passages (MedCPT) is a folder with two such folders in it, `query`
and `passage`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from curbside.errors import LibraryError
from curbside.models.onnx_encoder import OnnxEncoder, Pooling, Recipe
from curbside.records import EncoderIdentity

_MODELS: Final = ("model.onnx", "onnx/model.onnx")
_TOKENIZER: Final = "tokenizer.json"
_TWO: Final = ("query", "passage")
_KNOWN_MODULES: Final = ("Transformer", "Pooling", "Normalize")
_POOLINGS: Final = {
    "pooling_mode_mean_tokens": Pooling.MEAN,
    "pooling_mode_cls_token": Pooling.CLS,
}
_QUERY_PROMPTS: Final = ("query",)
_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")
_MOST_TOKENS: Final = 512
"""Where a folder says nothing: what models of BERT's kind have places for."""
_NO_LIMIT: Final = 100_000
"""A tokenizer without a limit says a number far above."""


def folder_encoder(place: Path, *, threads: int = 1) -> OnnxEncoder:
    """The encoder in a folder, or of a file `…/model.onnx` with its folder.

    Vectors are always brought to unit length, whether the folder has a module for that or not.

    Args:
        place: the folder or the file.
        threads: texts read at the same time.

    Raises:
        LibraryError: a file is missing or not understood, or the model needs a step that is not
            done here; names the file and what was expected. A model that does not give what its
            folder says is told of at the first text.
    """
    if all((place / name).is_dir() for name in _TWO):
        query, passage = (_one(place / name, threads=threads) for name in _TWO)
        # the vectors of both are compared, so what names one must name the other too
        identity = replace(
            passage.identity,
            title=place.name,
            reading=f"{passage.identity.reading}; queries by {query.identity.model_sha256},"
            f" {query.identity.tokenizer_sha256}, {query.identity.reading}",
        )
        return _one(place / "passage", identity=identity, queries=query, threads=threads)
    return _one(place, threads=threads)


def _one(
    place: Path,
    *,
    identity: EncoderIdentity | None = None,
    queries: OnnxEncoder | None = None,
    threads: int,
) -> OnnxEncoder:
    model, folder = _model_of(place)
    tokenizer = folder / _TOKENIZER
    if not tokenizer.is_file():
        raise LibraryError(f"{tokenizer}: expected the tokenizer of the encoder; it is not there")
    recipe = _recipe_of(folder)
    if identity is None:
        identity = EncoderIdentity(
            folder.name, _sha256_of_model(model), _sha256(tokenizer), str(recipe)
        )
    return OnnxEncoder(
        str(folder),
        identity=identity,
        # by its name, as a large model keeps its weights in a file beside it
        weights=lambda: model,
        tokenizer=tokenizer.read_bytes,
        recipe=recipe,
        dimension=_dimension_of(folder),
        queries=queries,
        threads=threads,
    )


def _model_of(place: Path) -> tuple[Path, Path]:
    """The file of the model, and the folder that says how it is used."""
    if place.is_file() and place.suffix == ".onnx":
        return place, place.parent.parent if place.parent.name == "onnx" else place.parent
    if not place.is_dir():
        raise LibraryError(f"{place}: expected the folder of an encoder, or its model.onnx")
    for name in _MODELS:
        if (place / name).is_file():
            return place / name, place
    raise LibraryError(
        f"{place}: expected {' or '.join(_MODELS)}; a model of PyTorch is exported with"
        " `optimum-cli export onnx`"
    )


def _recipe_of(folder: Path) -> Recipe:
    modules = _modules_of(folder)
    sentences = _read(folder / "sentence_bert_config.json")
    prompts = _prompts_of(folder / "config_sentence_transformers.json")
    return Recipe(
        pooling=_pooling_of(folder / modules.get("Pooling", "1_Pooling") / "config.json"),
        max_tokens=_limit_of(folder, sentences),
        query_prefix=_prompt(prompts, _QUERY_PROMPTS),
        passage_prefix=_prompt(prompts, _PASSAGE_PROMPTS),
        is_lowercased=bool(sentences.get("do_lower_case", False)),
    )


def _modules_of(folder: Path) -> dict[str, str]:
    """The folder of every step, by its kind."""
    file = folder / "modules.json"
    found: dict[str, str] = {}
    listed = _read_any(file)
    if listed is None:
        return found
    if not isinstance(listed, list):
        raise LibraryError(f"{file}: expected a list of modules")
    for module in listed:
        kind = str(module.get("type", "")).rpartition(".")[2] if isinstance(module, dict) else ""
        if kind not in _KNOWN_MODULES:
            raise LibraryError(
                f"{file}: expected {', '.join(_KNOWN_MODULES)}, found"
                f" {kind or 'a module without a type'}, which is not done here"
            )
        found[kind] = str(module.get("path", ""))
    return found


def _pooling_of(file: Path) -> Pooling:
    config = _read(file)
    ways = [
        key for key, value in config.items() if key.startswith("pooling_mode_") and value is True
    ]
    if "pooling_mode" in config:
        ways.append(f"pooling_mode {config['pooling_mode']}")
    if not ways:
        return Pooling.MEAN
    named = {**_POOLINGS, **{f"pooling_mode {way.value}": way for way in Pooling}}
    found = {named.get(way) for way in ways}
    (pooling,) = found if len(found) == 1 else (None,)
    if pooling is None:
        raise LibraryError(
            f"{file}: expected one of {', '.join(_POOLINGS)}, found {', '.join(sorted(ways))}"
        )
    return pooling


def _limit_of(folder: Path, sentences: Mapping[str, object]) -> int:
    tokenizer = _read(folder / "tokenizer_config.json")
    for limit in (sentences.get("max_seq_length"), tokenizer.get("model_max_length")):
        if isinstance(limit, int | float) and 2 < limit < _NO_LIMIT:
            return int(limit)
    return _MOST_TOKENS


def _dimension_of(folder: Path) -> int | None:
    pooling = _modules_of(folder).get("Pooling", "1_Pooling")
    said = _read(folder / pooling / "config.json").get("word_embedding_dimension")
    said = _read(folder / "config.json").get("hidden_size") if said is None else said
    return said if isinstance(said, int) else None


def _prompts_of(file: Path) -> dict[str, str]:
    config = _read(file)
    prompts = config.get("prompts") or {}
    if not isinstance(prompts, dict) or not all(isinstance(v, str) for v in prompts.values()):
        raise LibraryError(f"{file}, prompts: expected texts by name")
    usual = config.get("default_prompt_name")
    return {**prompts, "": prompts.get(usual, "") if isinstance(usual, str) else ""}


def _prompt(prompts: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((prompts[name] for name in names if name in prompts), prompts[""])


def _read(file: Path) -> dict[str, object]:
    """What a file holds as JSON, empty where it is not there."""
    found = _read_any(file)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise LibraryError(f"{file}: expected keys and values")
    return found


def _read_any(file: Path) -> object:
    try:
        found: object = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise LibraryError(f"{file}: expected JSON that may be read; {error}") from error
    return found


def _sha256_of_model(model: Path) -> str:
    """The sha256 of the file, or of those of it and the files beside it that hold its weights."""
    beside = sorted(
        file for end in ("_data", ".data") if (file := model.with_name(model.name + end)).is_file()
    )
    if not beside:
        return _sha256(model)
    sums = "".join(_sha256(file) for file in (model, *beside))
    return hashlib.sha256(sums.encode()).hexdigest()


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise LibraryError(f"{file}: expected a file that may be read; {error}") from error
