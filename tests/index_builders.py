"""Documents, questions and an encoder for the tests of retrieval."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from curbside.answer.features import TokenMatcher
from curbside.answer.select import Chooser
from curbside.answer.selector import bundled_selector
from curbside.answer.sentences import PassageReader
from curbside.index.segments import Index
from curbside.models.minilm import MiniLM
from curbside.records import (
    Concept,
    Digest,
    Document,
    Kind,
    Question,
    QuestionKind,
    Section,
    Source,
    Span,
)


def document(
    doc_id: str,
    *texts: str,
    title: str = "",
    labels: Sequence[str] = (),
    digest: Digest | None = None,
    revision: str = "r1",
) -> Document:
    """A document of one section a text, with a blank line between."""
    sections = []
    at = 0
    for number, text in enumerate(texts):
        label = labels[number] if labels else "ABSTRACT"
        sections.append(Section(label, Span(at, at + len(text)), label))
        at += len(text) + 2
    return Document(
        doc_id=doc_id,
        title=title,
        text="\n\n".join(texts),
        kind=Kind.ARTICLE,
        sections=tuple(sections),
        source=Source(),
        revision=revision,
        digest=digest,
    )


def question(query: str, *concepts: Concept) -> Question:
    """A question that is searched by `query`."""
    return Question(query, query, "q", QuestionKind.GENERAL, concepts, query)


class WordEncoder:
    """An `Embedder` and `TokenEncoder` for tests: texts with the same words are near each other.

    `embedded` lists every text it was given.
    """

    dimension = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(
            len(texts), self.dimension
        )

    def embed_tokens(
        self, texts: Sequence[str]
    ) -> list[tuple[NDArray[np.float32], tuple[Span, ...]]]:
        made = []
        for text in texts:
            found = [*re.finditer(r"\w+", text)]
            rows = np.array([self._vector(word.group()) for word in found], dtype=np.float32)
            spans = tuple(Span(*word.span()) for word in found)
            made.append((rows.reshape(len(spans), self.dimension), spans))
        return made

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self.dimension, dtype=np.float32)
        # the first place keeps a text without words from having no length
        vector[0] = 0.1
        for word in text.lower().replace(".", " ").split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        return vector / np.linalg.norm(vector)


def a_chooser(index: Index) -> Chooser:
    """What chooses sentences with the bundled weights, over an index in memory."""
    return Chooser(
        PassageReader(),
        TokenMatcher(MiniLM()),
        bundled_selector(),
        index.stem_frequency,
        index.passages(),
    )
