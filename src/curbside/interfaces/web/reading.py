"""A document laid out to be read: its sections, sentence by sentence, with what is marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from curbside.interfaces.render.view import clean
from curbside.interfaces.render.views import Link
from curbside.records import Document, Section, Span
from curbside.text.sentences import split_sentences

WINDOW: Final = 30_000
"""Code points of a document on one page: a longer one has several."""
_AROUND: Final = 1_500
"""Code points of a long section that are shown before and after a passage."""
_WORDS: Final = 6
"""Words from each end of a quote by which a browser finds it in its source."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a sentence. `start` is where it stands in the text of the document."""

    text: str
    start: int
    is_marked: bool
    begins_sentence: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section, or what lies between two; `heading` and `locator` are "" there."""

    heading: str
    locator: str
    pieces: tuple[Piece, ...]


def laid_out(document: Document, window: Span, marks: Sequence[Span]) -> tuple[Stretch, ...]:
    """The text of a document in a window, section by section.

    Args:
        document: which one.
        window: the stretch of its text that is shown.
        marks: what is marked in it; stretches outside the window are left out.
    """
    stretches = []
    for section, span in _stretches(document, window):
        pieces = tuple(_pieces(document.text, span, marks))
        if pieces:
            heading = clean(section.label) if section else ""
            locator = clean(section.locator) if section else ""
            stretches.append(Stretch(heading, locator, pieces))
    return tuple(stretches)


def context_of(document: Document, span: Span) -> Span:
    """What is shown around a passage: its section, or, of a long one, what lies next to it."""
    around = [s.span for s in document.sections if s.span.contains(span)]
    whole = min(around, key=lambda s: (s.end - s.start, s.start), default=Span(0, span.end))
    if whole.end - whole.start < 4 * _AROUND and whole.end - whole.start > 2 * (
        span.end - span.start
    ):
        return whole
    sentences = split_sentences(document.text)
    start = max(0, span.start - _AROUND)
    end = min(len(document.text), span.end + _AROUND)
    # whole sentences, as half of one can say the opposite
    return Span(
        min((s.start for s in sentences if s.end > start), default=start),
        max((s.end for s in sentences if s.start < end), default=end),
    )


def windows(document: Document) -> tuple[Span, ...]:
    """The pages of a document, each of whole sentences; none for an empty one."""
    found: list[Span] = []
    begin = last = 0
    for sentence in split_sentences(document.text):
        if sentence.end - begin > WINDOW and last > begin:
            found.append(Span(begin, last))
            begin = sentence.start
        last = sentence.end
    return (*found, Span(begin, last)) if last > begin else tuple(found)


def at_the_passage(links: Sequence[Link], words: str | None, page: int | None) -> Link | None:
    """Where a source is opened at a passage.

    Args:
        links: the addresses of the source, the best first.
        words: the source's own words, by which a browser finds them; None where they are ours.
        page: the page of a PDF, from 1.
    """
    if not links:
        return None
    url = links[-1].url.partition("#")[0]
    if page is not None and url.lower().endswith(".pdf"):
        return Link(f"Open the source at page {page}", f"{url}#page={page}")
    if words is None:
        return None
    parts = words.split()
    ends = [parts] if len(parts) <= 2 * _WORDS else [parts[:_WORDS], parts[-_WORDS:]]
    found = ",".join(quote(" ".join(each), safe="").replace("-", "%2D") for each in ends)
    return Link("Open the source at these words", f"{url}#:~:text={found}")


def _stretches(document: Document, window: Span) -> Iterator[tuple[Section | None, Span]]:
    """The sections in the window and what lies between them, in order, none twice."""
    at = window.start
    for section in sorted(document.sections, key=lambda s: (s.span.start, -s.span.end)):
        start, end = max(at, section.span.start), min(section.span.end, window.end)
        if start >= end:
            continue
        if at < start:
            yield None, Span(at, start)
        yield section, Span(start, end)
        at = end
    if at < window.end:
        yield None, Span(at, window.end)


def _pieces(text: str, span: Span, marks: Sequence[Span]) -> Iterator[Piece]:
    for sentence in split_sentences(span.of(text)):
        whole = sentence.shift(span.start)
        edges = {whole.start, whole.end}
        for mark in marks:
            edges |= {edge for edge in (mark.start, mark.end) if whole.start < edge < whole.end}
        cuts = sorted(edges)
        for start, end in pairwise(cuts):
            is_marked = any(mark.start <= start and end <= mark.end for mark in marks)
            yield Piece(
                _spaced(text[start:end]), start, is_marked, begins_sentence=start == whole.start
            )


def _spaced(text: str) -> str:
    """`text` cleaned, with the space at its ends that parts it from its neighbours."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{clean(text)}{after}"
