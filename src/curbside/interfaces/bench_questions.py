"""Questions to time answers with, taken from a library itself."""

from __future__ import annotations

from curbside.pipeline import Engine
from curbside.records import Concept, Question, QuestionKind, Role


def sample_questions(engine: Engine, *, titles: int) -> tuple[str, ...]:
    """The pages of the library's topics, then titles of its documents as questions.

    Args:
        engine: an open library.
        titles: at most so many titles, of the documents nearest to the word "treatment", so that
            the same library gives the same questions.

    Returns:
        At least one question for a library that holds a page or finds any document.
    """
    probe = Concept(Role.OTHER, "treatment", "treatment", ("treatment",))
    question = Question(
        "treatment", "Treatment?", "treatment", QuestionKind.GENERAL, (probe,), "treatment"
    )
    found: list[str] = []
    for hit in engine.retriever.retrieve(question, k=40 * titles):
        held = engine.library.document(hit.passage.doc_id)
        if held is not None:
            found.append(held[0].title.rstrip(".?") + "?")
    return (*engine.vocabulary.pages, *tuple(dict.fromkeys(found))[:titles])
