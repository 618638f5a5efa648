"""The promises: one method each, kept by real parts and by the fakes of the tests alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from curbside.records import (
    Document,
    Drafted,
    Hit,
    Offered,
    Question,
    Span,
    Standing,
)

if TYPE_CHECKING:
    # only the name of the type: this module loads nothing beyond the standard library
    import numpy as np
    from numpy.typing import NDArray


class Source(Protocol):
    """Where documents come from."""

    def documents(self) -> Iterator[Document]:
        """Yield each document once, in an order that is the same on every run.

        Raises SourceError for a record that is not what it claims; documents yielded before
        stay valid.
        """
        ...


class Embedder(Protocol):
    """Texts to vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of unit length per text, shape (len(texts), dimension), float32.

        A text's row does not depend on the other texts of the call.
        """
        ...


class TokenEncoder(Protocol):
    """Texts to a vector a token."""

    def embed_tokens(
        self, texts: Sequence[str]
    ) -> list[tuple[NDArray[np.float32], tuple[Span, ...]]]:
        """Return for every text, in order, the vectors of its tokens and where each stands.

        The vectors are of unit length, shape (n_tokens, dimension), float32; `spans[i]` holds the
        characters of the text that row i is of. Spans are in order and do not overlap. What a
        model puts around a text ([CLS], [SEP]) has no row; an empty text has none at all. A text
        longer than the model reads has rows for its beginning.

        A text's rows do not depend on the other texts of the call or on the number of threads.
        """
        ...


class Retriever(Protocol):
    """A question to ranked passages."""

    def retrieve(self, question: Question, *, k: int) -> Sequence[Hit]:
        """Return at most `k` hits, best first; fewer when the corpus is smaller."""
        ...


class Library(Protocol):
    """The documents as they stand now."""

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """The current revision of a document with its standing; None if it is not here."""
        ...


class Generator(Protocol):
    """A language model. Nothing it says is believed; every draft goes through every gate."""

    @property
    def name(self) -> str:
        """What a reader is told of who wrote ("llama3.2 at 127.0.0.1:11434")."""
        ...

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        """Yield drafts as they come, each a rewording or merging of what is offered.

        Raises GeneratorError where it was not asked, did not answer in time, or broke off; what
        was yielded before stays as good, or bad, as it is.
        """
        ...
