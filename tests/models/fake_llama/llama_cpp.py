"""In the place of llama-cpp-python: what the "model" does stands in its file, behind "GGUF "."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path


class Llama:
    def __init__(self, model_path: str, *, n_ctx: int, seed: int, verbose: bool) -> None:
        self._does = Path(model_path).read_text("utf-8").removeprefix("GGUF ")
        # as native code does
        os.write(1, b"llama_model_loader: loaded\n")
        os.write(2, b"a warning\n")
        if self._does == "refuse":
            raise ValueError(f"Failed to load model from file: {model_path}")

    def create_chat_completion(
        self,
        messages: list[dict[str, str]],
        *,
        temperature: float,
        max_tokens: int,
        stream: bool,
        response_format: dict[str, object],
    ) -> Iterator[dict[str, object]]:
        yield {"choices": [{"delta": {"role": "assistant"}}]}
        task = json.loads(messages[1]["content"])
        text = json.dumps(
            {"claims": [{"text": p["text"], "cites": [p["id"]]} for p in task["passages"]]}
        )
        for at in range(0, len(text), 9):
            yield {"choices": [{"delta": {"content": text[at : at + 9]}}]}
            if at and self._does == "crash":
                os._exit(139)
            if at and self._does == "break":
                raise RuntimeError("llama_decode returned -1")
            if at and self._does == "hang":
                time.sleep(3600)
