"""Make the dense codes of the bundled topics again, after their evidence or the model changed.

Run from the repository's root: `.venv/bin/python scripts/build_bundled_codes.py`
"""

from __future__ import annotations

from pathlib import Path

from curbside.index.bundled import NAME
from curbside.index.dense import codes_of, text_key, write_codes
from curbside.index.lexical import embedded_text
from curbside.index.passages import split_passages
from curbside.ingest.topics import bundled_topics
from curbside.models.minilm import MiniLM

texts = {
    text_key(text): text
    for topic in bundled_topics()
    for document in topic.documents
    for passage in split_passages(document)
    for text in [embedded_text(document.title, passage.text)]
}
codes = codes_of(list(texts), MiniLM(threads=2).embed(list(texts.values())))
write_codes(Path(__file__).resolve().parents[1] / "src" / "curbside" / "index", NAME, codes)
print(f"{len(codes)} codes written")  # noqa: T201 - a script speaks
