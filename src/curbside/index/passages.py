"""Documents -> passages: what is retrieved. A passage never crosses a section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from curbside.records import Document, Passage, Section, Span
from curbside.text.sentences import split_sentences

LONGEST = 900
"""Code points a passage of running text aims at most to have (about 180 tokens)."""
LONGEST_TABLE = 2_700
"""The same for a table, whose rows say little without their head."""

_TITLE = "TITLE"
_PARAGRAPH = re.compile(r"\S(?:.*\S)?")
_TABLE = re.compile(r"\s*tables?\b", re.IGNORECASE)


def split_passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document, in its order; every word outside the title is in exactly one.

    A statement of a digest and a labelled section of an abstract are one passage each as long as
    they are short. Longer text gives groups of whole paragraphs, and a paragraph that is too
    long is cut between sentences into parts of about the same length; a long table is cut
    between rows. A title is no passage: it is searched with every passage of its document.
    """
    return tuple(
        Passage(
            f"{document.doc_id}@{document.revision}#{span.start}-{span.end}",
            document.doc_id,
            span,
            section.label,
            span.of(document.text),
            document.title,
        )
        for section, stretch in _stretches(document)
        for span in _parts(document, section, stretch)
    )


def _stretches(document: Document) -> Iterator[tuple[Section, Span]]:
    """The text cut where a section begins or ends; each stretch with its innermost section.

    Text outside every section belongs to the document itself and has no label.
    """
    end = len(document.text)
    if not end:
        return
    whole = Section("", Span(0, end), "")
    # an outer section comes before those it holds
    ordered = sorted(document.sections, key=lambda s: (s.span.start, -s.span.end))
    open_sections = [whole]
    at = 0
    for section in [*ordered, None]:
        start = section.span.start if section else end
        while len(open_sections) > 1 and open_sections[-1].span.end <= start:
            closed = open_sections.pop()
            yield from _stretch(document, closed, at, closed.span.end)
            at = max(at, closed.span.end)
        yield from _stretch(document, open_sections[-1], at, start)
        at = max(at, start)
        if section:
            open_sections.append(section)


def _stretch(
    document: Document, section: Section, start: int, end: int
) -> Iterator[tuple[Section, Span]]:
    words = document.text[start:end].strip() if start < end else ""
    if not words or section.label == _TITLE or (not section.label and words == document.title):
        return
    first = document.text.index(words, start)
    yield section, Span(first, first + len(words))


def _parts(document: Document, section: Section, stretch: Span) -> Iterator[Span]:
    longest = LONGEST_TABLE if _TABLE.match(section.label) else LONGEST
    if document.digest is not None or _length(stretch) <= longest:
        yield stretch
        return
    text = stretch.of(document.text)
    group: Span | None = None
    for match in _PARAGRAPH.finditer(text):
        paragraph = Span(*match.span()).shift(stretch.start)
        if group is not None and paragraph.end - group.start <= longest:
            group = Span(group.start, paragraph.end)
            continue
        if group is not None:
            yield from _cut(document.text, group, longest)
        group = paragraph
    if group is not None:
        yield from _cut(document.text, group, longest)


def _cut(text: str, group: Span, longest: int) -> Iterator[Span]:
    """A group as it is, or, where it is too long, runs of its sentences of like length."""
    if _length(group) <= longest:
        yield group
        return
    sentences = [span.shift(group.start) for span in split_sentences(group.of(text))]
    runs = -(-_length(group) // longest)
    target = _length(group) / runs
    for run in range(runs):
        inside = [s for s in sentences if _run_of(s, group, target) == run]
        if inside:
            yield _around(inside)


def _run_of(sentence: Span, group: Span, target: float) -> int:
    middle = (sentence.start + sentence.end) / 2 - group.start
    return int(middle / target)


def _around(spans: Sequence[Span]) -> Span:
    return Span(spans[0].start, spans[-1].end)


def _length(span: Span) -> int:
    return span.end - span.start
