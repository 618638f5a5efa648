"""The codes that ship with the package are those of its evidence as it stands."""

from __future__ import annotations

import numpy as np

from curbside.index.bundled import bundled_codes
from curbside.index.dense import text_key
from curbside.index.lexical import embedded_text
from curbside.index.passages import split_passages
from curbside.index.segments import memory_index
from curbside.ingest.topics import bundled_topics
from curbside.models.minilm import MiniLM

TEXTS = {
    text_key(text): text
    for topic in bundled_topics()
    for document in topic.documents
    for passage in split_passages(document)
    for text in [embedded_text(document.title, passage.text)]
}


def test_every_statement_of_the_topics_has_a_code_and_nothing_else_has() -> None:
    # after a change of the evidence: scripts/build_bundled_codes.py
    assert [key.decode() for key in bundled_codes().keys.tolist()] == sorted(TEXTS)


def test_the_shipped_codes_are_those_the_model_gives() -> None:
    codes = bundled_codes()
    # every eighth: a whole round takes ten seconds
    rows = range(0, len(codes), 8)
    vectors = MiniLM(threads=2).embed([TEXTS[codes.keys[row].decode()] for row in rows])
    shipped = codes.codes[list(rows)].astype(np.float32)
    cosines = (shipped * vectors).sum(axis=1) / np.linalg.norm(shipped, axis=1)
    assert cosines.min() > 0.99


def test_the_topics_are_found_whole_by_meaning() -> None:
    documents = [document for topic in bundled_topics() for document in topic.documents]
    index = memory_index(documents, codes=bundled_codes())
    assert index.embedded() == index.passages() == sum(len(split_passages(d)) for d in documents)
