"""Settings to an engine: the one place that knows every part an answer is made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from curbside.answer.features import TokenMatcher
from curbside.answer.select import Chooser
from curbside.answer.selector import bundled_selector
from curbside.answer.sentences import PassageReader
from curbside.ingest.topics import bundled_topics, merge_vocabularies
from curbside.models import pooling
from curbside.models.minilm import IDENTITY, MiniLM
from curbside.models.onnx_encoder import OnnxEncoder
from curbside.pipeline import Engine, LibraryFacts
from curbside.records import Hit, Question, Vocabulary
from curbside.retrieve.hybrid import LEXICAL_WEIGHT, HybridRetriever
from curbside.wiring.ahead import loading_encoder
from curbside.wiring.config import Settings
from curbside.wiring.encoder import encoder_of
from curbside.wiring.opened import Opened, open_library, open_library_at

if TYPE_CHECKING:
    from curbside.store import Batch


def open_engine(settings: Settings, embedder: OnnxEncoder | None = None) -> Engine:
    """Open what answers: the library of this person, else the bundled topics, in memory.

    `embedder` is one that is being loaded already; None loads one while the library is opened.
    Without a library nothing is written. A digest whose source is in the library is not
    searched: the source's own words are preferred to our summary of it.

    Raises:
        LibraryError: the library cannot be read; the text says what to do.
    """
    embedder = embedder or loading_encoder(settings)
    return engine_of(open_library(settings, encoder=embedder.identity), embedder)


def open_engine_at(
    settings: Settings,
    as_of: str,
    embedder: OnnxEncoder | None = None,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Engine, Batch]:
    """Open what answers from the library as it was; see `open_library_at`."""
    embedder = embedder or encoder_of(settings)
    opened, batch = open_library_at(settings, as_of, encoder=embedder.identity, progress=progress)
    return engine_of(opened, embedder), batch


def topic_words() -> Vocabulary:
    """The words and pages of the bundled topics."""
    return merge_vocabularies(bundled_topics())


def topic_documents() -> dict[str, tuple[str, ...]]:
    """The documents that each page of the bundled topics was compiled from, by its question."""
    return {
        page: tuple(document.doc_id for document in topic.documents)
        for topic in bundled_topics()
        for page in topic.vocabulary.pages
    }


def engine_of(opened: Opened, embedder: OnnxEncoder) -> Engine:
    """The engine of a library that is open, whose codes were made with the encoder."""
    index = opened.index

    def by_words(question: Question, k: int) -> Sequence[Hit]:
        return index.search_lexical(question, k=k)

    def by_meaning(question: Question, k: int) -> Sequence[Hit]:
        if not opened.embedded:
            return ()
        (vector,) = embedder.embed_queries([question.query])
        return index.search_dense(vector, k=k)

    # where few passages have vectors, to have one is no sign of being about the question
    # the weights of the selector know the vectors of one encoder
    is_bundled = embedder.identity == IDENTITY
    share = opened.embedded / opened.passages if opened.passages else 0.0
    return Engine(
        library=opened.library,
        retriever=HybridRetriever(by_words, by_meaning, 1 - share * (1 - LEXICAL_WEIGHT)),
        chooser=Chooser(
            PassageReader(),
            TokenMatcher(embedder if is_bundled else MiniLM()),
            bundled_selector(),
            index.stem_frequency,
            opened.passages,
            knows_dense=is_bundled,
        ),
        topic_documents=topic_documents(),
        vocabulary=topic_words(),
        word_frequencies=index.word_frequencies(),
        facts=LibraryFacts(
            fingerprint=opened.fingerprint,
            documents=opened.documents,
            passages=opened.passages,
            searched=_searched(opened),
            models=(embedder.name,) if opened.embedded else (),
            checked_to=opened.checked_to,
        ),
        # an extra: without it effects are shown side by side
        pooler=pooling if find_spec("statsmodels") else None,
    )


def _searched(opened: Opened) -> tuple[str, ...]:
    passages = f"{opened.passages:,} passages"
    if not opened.embedded:
        return (f"lexical search of {passages}",)
    some = "" if opened.embedded == opened.passages else f"{opened.embedded:,} of "
    return (f"lexical search of {passages}", f"dense search of {some}{passages}")
