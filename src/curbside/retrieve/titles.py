"""The canonical title of a question: a frame that says all of it, else the user's words, tidied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curbside.records import Concept, QuestionKind, Role, Span
from curbside.retrieve.lexicon import Frame, frames
from curbside.text.normalise import fold
from curbside.text.tokens import is_stopword, tokenize

Placed = Sequence[tuple[Span, Concept]]
"""The concepts of a text with where they stand, in order; one may stand twice."""


def title_of(text: str, kind: QuestionKind, placed: Placed) -> str:
    """The title of a question.

    Args:
        text: the question, corrected.
        kind: what it asks.
        placed: its concepts.

    Returns:
        A question that ends with "?"; a drug by its generic name with the brand in brackets.
    """
    rest = _other_words(text, placed)
    for frame in frames():
        if frame.kind is kind and rest <= frame.words:
            filled = _fill(frame, placed)
            if filled is not None:
                return filled
    return _tidied(text, placed)


def _other_words(text: str, placed: Placed) -> set[str]:
    spans = [span for span, _ in placed]
    return {
        fold(token.text)
        for token in tokenize(text)
        if not any(span.contains(token.span) for span in spans) and not is_stopword(token.text)
    }


def _fill(frame: Frame, placed: Placed) -> str | None:
    concepts = {(c.role, c.name): c for _, c in placed}.values()
    by_role: dict[str, Concept] = {}
    for concept in concepts:
        if concept.role.value in by_role:
            return None
        by_role[concept.role.value] = concept
    if sorted(by_role) != sorted(frame.slots):
        return None
    return frame.title.format(**{role: _shown(c) for role, c in by_role.items()})


def _shown(concept: Concept) -> str:
    return f"{concept.name} ({concept.brand})" if concept.brand else concept.name


def _tidied(text: str, placed: Placed) -> str:
    pieces = []
    told: set[str] = set()
    end = 0
    for span, concept in placed:
        if concept.role is not Role.INTERVENTION or not concept.brand:
            continue
        between = text[end : span.start]
        if concept.name in told and re.fullmatch(r"\s*[(\[,/]?\s*", between):
            # "allopurinol (Zyloric)" names one drug twice
            closing = re.match(r"\s*[)\]]", text[span.end :])
            end = span.end + (closing.end() if closing else 0)
            continue
        # "Amoxicillin" keeps its capital: only another name than the generic one is replaced
        typed = span.of(text)
        name = typed if fold(typed) == fold(concept.name) else concept.name
        pieces += [between, name if concept.name in told else f"{name} ({concept.brand})"]
        told.add(concept.name)
        end = span.end
    title = "".join([*pieces, text[end:]]).strip().rstrip(" ?!.;:,？！。；：，؟") + "?"
    return title[0].upper() + title[1:]
