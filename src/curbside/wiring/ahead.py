"""The encoder, loaded in a thread of its own while the rest of a program is."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from curbside.errors import CurbsideError
from curbside.models.onnx_encoder import OnnxEncoder
from curbside.wiring.config import Settings
from curbside.wiring.encoder import encoder_of


def loading_encoder(settings: Settings) -> OnnxEncoder:
    """An encoder that has begun to load. It takes as long as to import what answers a question,
    needs no lock of the interpreter meanwhile, and waits in `embed` until it is there.

    Raises LibraryError as `encoder_of` does.
    """
    # two: an answer reads some forty texts token by token
    embedder = encoder_of(settings, threads=2)

    def load() -> None:
        # the same error comes again, and is told, where the encoder is needed
        with suppress(CurbsideError):
            embedder.embed((" ",))

    # no daemon: a process that ends while native code loads would end in a crash
    Thread(target=load).start()
    return embedder
