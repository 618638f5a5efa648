"""The process in which `embedded` runs a model: one request as a line of JSON on stdin, what the
model writes as lines of JSON on stdout ("piece"), then "end" or "fault"."""

from __future__ import annotations

import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from llama_cpp import Llama

_CONTEXT: Final = 8192
"""Tokens of task and answer together: two dozen passages are some 2,000."""
_ANSWER: Final = 4096
_SEED: Final = 0


def main() -> None:
    """Read the request, run the model, tell what it writes."""
    # threads that wait for each other by spinning take the processor from whoever else needs it
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # what native code prints must not stand between the lines; they go out by another way
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    request = json.loads(sys.stdin.buffer.readline())
    step = "load"
    try:
        from llama_cpp import Llama

        model = Llama(request["path"], n_ctx=_CONTEXT, seed=_SEED, verbose=False)
        step = "run"
        _write(model, request, out)
    except Exception as error:  # noqa: BLE001  (the one place: the process that asked tells of it)
        # not its text, which may hold a path, or what a file of weights holds
        _tell(out, {"fault": f"{step} it ({type(error).__name__})"})


# Any: JSON of our own making
def _write(model: Llama, request: dict[str, Any], out: IO[bytes]) -> None:
    for event in model.create_chat_completion(
        request["messages"],
        temperature=0,
        max_tokens=_ANSWER,
        stream=True,
        response_format={"type": "json_object", "schema": request["schema"]},
    ):
        piece = event["choices"][0]["delta"].get("content")
        if piece:
            _tell(out, {"piece": piece})
    _tell(out, {"end": "end"})


def _tell(out: IO[bytes], told: dict[str, str]) -> None:
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
