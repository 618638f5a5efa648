"""Documents -> passages: what is retrieved. A passage never crosses a section."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from curbside.records import Document, Passage, Section, Span
from curbside.text.sentences import split_sentences

LONGEST = 900
"""Code points a passage of running text aims at most to have (about 180 tokens)."""
LONGEST_TABLE = 2_700
"""The same for a table, whose rows say little without their head."""

_AROUND = 120
"""Code points on each side of a cut in which a sentence nearly always begins."""

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
    whole = group.of(text)
    runs = -(-len(whole) // longest)
    # at most once a group: where no sentence begins near any cut, all of it is looked at
    all_starts = cache(lambda: tuple(span.start for span in split_sentences(whole)))
    start = 0
    for run in range(1, runs):
        at = _sentence_start(whole, len(whole) * run // runs, all_starts)
        if start < at < len(whole):
            yield Span(start, start + len(whole[start:at].rstrip())).shift(group.start)
            start = at
    yield Span(start, len(whole)).shift(group.start)


def _sentence_start(text: str, near: int, all_starts: Callable[[], Sequence[int]]) -> int:
    """Where the sentence begins that begins nearest to a place; the end of the text for none.

    Only the text around is split, as splitting takes longer than all else of indexing.
    """
    for reach in (_AROUND, 4 * _AROUND):
        first, last = max(0, near - reach), min(len(text), near + reach)
        # what begins at the edge was cut there
        starts = [
            first + span.start for span in split_sentences(text[first:last]) if span.start > 0
        ]
        if starts:
            return min(starts, key=lambda at: abs(at - near))
    known = all_starts()
    at = bisect_left(known, near)
    around = [start for start in known[max(0, at - 1) : at + 1] if start > 0]
    return min(around, key=lambda start: abs(start - near), default=len(text))


def _length(span: Span) -> int:
    return span.end - span.start
