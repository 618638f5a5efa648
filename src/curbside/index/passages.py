"""Documents -> passages: what is retrieved. A passage never crosses a section."""

from __future__ import annotations

from collections.abc import Iterator

from curbside.records import Document, Passage, Section, Span
from curbside.text.sentences import split_sentences

LONGEST = 900
"""Code points a passage of running text aims at most to have (about 180 tokens)."""


def split_passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document, in its order.

    A statement of a digest and a labelled section of an abstract are one passage each as long as
    they are short; longer text is cut into runs of whole sentences. A title is no passage: it
    is searched with every passage of its document.
    """
    return tuple(
        Passage(
            f"{document.doc_id}@{document.revision}#{span.start}-{span.end}",
            document.doc_id,
            span,
            section.label,
            span.of(document.text),
        )
        for section in _innermost(document.sections)
        if section.label != "TITLE"
        for span in _runs(document, section)
    )


def _innermost(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Sections without those that only hold others, so that no text is a passage twice."""
    ordered = sorted(sections, key=lambda s: (s.span.start, -s.span.end))
    for at, section in enumerate(ordered):
        following = ordered[at + 1] if at + 1 < len(ordered) else None
        if following is None or not section.span.contains(following.span):
            yield section


def _runs(document: Document, section: Section) -> Iterator[Span]:
    if document.digest is not None or section.span.end - section.span.start <= LONGEST:
        yield section.span
        return
    text = section.span.of(document.text)
    start = end = -1
    for sentence in split_sentences(text):
        if start >= 0 and sentence.end - start > LONGEST:
            yield Span(start, end).shift(section.span.start)
            start = -1
        start = sentence.start if start < 0 else start
        end = sentence.end
    if start >= 0:
        yield Span(start, end).shift(section.span.start)
