"""Sentences of the library that hold given words, for whoever looks for another source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from curbside.protocols import Library
from curbside.records import Hit, Span, Standing, Status
from curbside.text.sentences import split_sentences
from curbside.text.tokens import content_stems

FOUND: Final = 12
"""Sentences that are offered."""
_OF_ONE: Final = 3
"""Sentences of one document, so that a long one leaves room for others."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document: `place` is where it stands ("doc_id@revision#start-end"),
    `standing` how its document does."""

    place: str
    doc_id: str
    title: str
    section: str
    span: Span
    text: str
    standing: Standing


def sentences_with(
    words: str, hits: Iterable[Hit], *, library: Library, most: int = FOUND
) -> list[Sentence]:
    """The sentences of found passages that hold most of the words, those of the better passage
    first where they hold as many.

    Args:
        words: what is looked for.
        hits: passages that a search for it found, best first.
        library: has the documents. Of a retracted one nothing is offered: no claim may rest on it.
        most: how many at most.
    """
    wanted = frozenset(content_stems(words))
    ranked: dict[tuple[str, Span], tuple[int, int, Sentence]] = {}
    for place, hit in enumerate(hits):
        found = library.document(hit.passage.doc_id)
        if found is None or found[1].status is Status.RETRACTED:
            continue
        document, standing = found
        start = hit.passage.span.start
        for part in split_sentences(document.text[start : hit.passage.span.end]):
            span = Span(start + part.start, start + part.end)
            text = document.text[span.start : span.end]
            held = len(wanted & set(content_stems(text)))
            if held and (document.doc_id, span) not in ranked:
                at = f"{document.doc_id}@{document.revision}#{span.start}-{span.end}"
                sentence = Sentence(
                    at, document.doc_id, document.title, hit.passage.section, span, text, standing
                )
                ranked[document.doc_id, span] = (-held, place, sentence)
    chosen: list[Sentence] = []
    taken: dict[str, int] = {}
    order = sorted(ranked.values(), key=lambda each: (*each[:2], each[2].span.start))
    for _, _, sentence in order:
        if taken.get(sentence.doc_id, 0) < _OF_ONE and len(chosen) < most:
            taken[sentence.doc_id] = taken.get(sentence.doc_id, 0) + 1
            chosen.append(sentence)
    return chosen
