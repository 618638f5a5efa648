"""A document is laid out whole, with just what is marked marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curbside.interfaces.render.view import clean
from curbside.interfaces.render.views import Link
from curbside.interfaces.web import reading
from curbside.interfaces.web.reading import at_the_passage, context_of, laid_out, windows
from curbside.records import Document, Kind, Section, Source, Span

TEXT = "Aims. To see. Methods were these. We looked. Results: 5 of 9 fell. All rose."


def _document(text: str, *sections: Section) -> Document:
    return Document("pmid:1", "T", text, Kind.TRIAL, sections, Source(), "r1")


def _words(document: Document, window: Span, *marks: Span) -> str:
    stretches = laid_out(document, window, marks)
    pieces = [piece for stretch in stretches for piece in stretch.pieces]
    return "".join((" " if p.begins_sentence else "") + p.text for p in pieces)


def test_sections_have_their_headings_and_what_lies_between_has_none() -> None:
    document = _document(
        TEXT, Section("AIMS", Span(0, 13), "abstract"), Section("RESULTS", Span(45, 76), "page 2")
    )
    shown = laid_out(document, Span(0, len(TEXT)), [Span(54, 60)])
    assert [(s.heading, s.locator) for s in shown] == [
        ("AIMS", "abstract"),
        ("", ""),
        ("RESULTS", "page 2"),
    ]
    assert [(p.text, p.start) for s in shown for p in s.pieces if p.is_marked] == [("5 of 9", 54)]


def test_a_section_inside_another_is_not_shown_twice() -> None:
    document = _document(TEXT, Section("ALL", Span(0, 76), ""), Section("AIMS", Span(0, 13), ""))
    assert _words(document, Span(0, 76)).split() == TEXT.split()


@given(st.data())
def test_every_word_of_a_window_is_shown_once_whatever_is_marked(data: st.DataObject) -> None:
    def span() -> Span:
        start = data.draw(st.integers(0, len(TEXT) - 1))
        return Span(start, data.draw(st.integers(start + 1, len(TEXT))))

    sections = [Section("S", span(), "") for _ in range(data.draw(st.integers(0, 3)))]
    marks = [span() for _ in range(data.draw(st.integers(0, 3)))]
    document = _document(TEXT, *sections)
    shown = laid_out(document, Span(0, len(TEXT)), marks)
    pieces = [piece for stretch in shown for piece in stretch.pieces]
    assert "".join("".join(p.text for p in pieces).split()) == "".join(TEXT.split())
    for piece in pieces:
        inside = [m for m in marks if m.start <= piece.start < m.end]
        assert piece.is_marked == bool(inside)


def test_the_context_of_a_passage_is_its_section() -> None:
    document = _document(TEXT, Section("AIMS", Span(0, 13), ""), Section("REST", Span(14, 76), ""))
    assert context_of(document, Span(54, 60)) == Span(14, 76)


def test_of_a_long_section_whole_sentences_around_the_passage_are_shown() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(2_000))
    document = _document(text, Section("BODY", Span(0, len(text)), ""))
    start = text.index("Sentence number 1000 ")
    context = context_of(document, Span(start, start + 30))
    words = context.of(text)
    assert words.startswith("Sentence number ")
    assert words.endswith(" is here.")
    assert 3_000 <= len(words) <= 3_200


def test_a_long_document_has_parts_that_together_are_all_of_it() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(3_000))
    document = _document(text)
    parts = windows(document)
    assert len(parts) == 3
    assert all(part.end - part.start <= reading.WINDOW for part in parts)
    assert [word for part in parts for word in part.of(text).split()] == text.split()


def test_a_source_is_opened_at_its_own_words() -> None:
    link = at_the_passage(
        [Link("doi", "https://doi.org/10.1/a"), Link("x", "https://example.org/a#top")],
        "Of 5-year survivors, 3% & more were alive after ten years of treatment with it",
        None,
    )
    assert link == Link(
        "Open the source at these words",
        "https://example.org/a#:~:text=Of%205%2Dyear%20survivors%2C%203%25%20%26%20more,"
        "ten%20years%20of%20treatment%20with%20it",
    )


def test_a_pdf_is_opened_at_its_page_and_a_summary_nowhere() -> None:
    pdf = [Link("x", "https://example.org/a.pdf")]
    assert at_the_passage(pdf, "words", 7) == Link(
        "Open the source at page 7", "https://example.org/a.pdf#page=7"
    )
    assert at_the_passage(pdf, None, None) is None
    assert at_the_passage([], "words", None) is None


def test_pieces_are_cleaned_as_everything_shown_is() -> None:
    text = "Red \x1b[31m alert.\nAnd more."
    assert clean(text) == " ".join(_words(_document(text), Span(0, len(text))).split())
