"""Make the dense codes of the bundled topics again, after their evidence or the model changed.

Run from the repository's root: `.venv/bin/python scripts/build_bundled_codes.py`
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from curbside.index.bundled import CODES
from curbside.index.dense import DenseCodes, quantise, text_key, write_codes
from curbside.index.lexical import embedded_text
from curbside.index.passages import split_passages
from curbside.ingest.topics import bundled_topics
from curbside.models.minilm import MiniLM

texts = {
    text_key(text): text
    for topic in bundled_topics()
    for document in topic.documents
    for passage in split_passages(document)
    for text in [embedded_text(document, passage)]
}
keys = sorted(texts)
vectors = quantise(MiniLM(threads=2).embed([texts[key] for key in keys]))
codes = DenseCodes(tuple(keys), np.asarray(vectors))
path = Path(__file__).resolve().parents[1] / "src" / "curbside" / "index" / CODES
write_codes(path, dict(zip(codes.keys, codes.codes, strict=True)))
print(f"{len(keys)} codes written to {path.name}")  # noqa: T201 - a script speaks
