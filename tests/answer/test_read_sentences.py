"""A passage read once: where its sentences stand, and how one is quoted."""

from __future__ import annotations

from dataclasses import replace

from curbside.answer.sentences import (
    PassageReader,
    ReadPassage,
    beginning_of,
    read_alone,
    section_of,
)
from curbside.index.passages import split_passages
from curbside.records import Digest, Document, Section, Span
from index_builders import document


def read_all(doc: Document) -> list[ReadPassage]:
    reader = PassageReader()
    return [reader.read(passage, doc) for passage in split_passages(doc)]


def test_spans_point_into_the_text_of_the_document() -> None:
    first, second = "Iron eased gout. Pain fell by half.", "Gout came back in 12 of 40 adults."
    doc = document("pmid:1", first, second, title="Iron in gout", labels=("RESULTS", "CONCLUSIONS"))
    read = [sentence for passage in read_all(doc) for sentence in passage.sentences]
    assert [(s.text, s.span, s.position, s.words, s.zone) for s in read] == [
        ("Iron eased gout.", Span(0, 16), 0, 3, "result"),
        ("Pain fell by half.", Span(17, 35), 1, 4, "result"),
        ("Gout came back in 12 of 40 adults.", Span(37, 71), 0, 8, "conclusion"),
    ]
    assert all(s.span.of(doc.text) == s.text for s in read)


def test_the_statement_of_a_digest_is_one_sentence() -> None:
    text = "Iron eased gout. Pain fell by half."
    doc = document("digest:1", text, digest=Digest("read", "by us", "ours"))
    ((sentence,),) = [passage.sentences for passage in read_all(doc)]
    assert (sentence.text, sentence.span, sentence.zone) == (text, Span(0, 35), "statement")


def test_a_passage_names_what_its_text_its_title_and_its_headings_name() -> None:
    doc = document("pmid:1", "Allopurinol eased pain.", title="A trial in gout")
    doc = replace(doc, source=replace(doc.source, mesh=("Asthma",)))
    (read,) = read_all(doc)
    assert [concept.name for concept in read.diseases] == ["gout", "asthma"]
    assert [concept.name for concept in read.drugs] == ["allopurinol"]


def test_a_dangling_sentence_is_quoted_with_the_one_before() -> None:
    doc = document("pmid:1", "Fever fell. Iron eased gout. This lasted for a year.")
    (read,) = read_all(doc)
    fever, iron, this = read.sentences
    quoted = read_alone(this, read, doc)
    assert (quoted.text, quoted.span) == (
        "Iron eased gout. This lasted for a year.",
        Span(12, 52),
    )
    assert read_alone(iron, read, doc) == iron
    assert read_alone(fever, read, doc) == fever


def test_a_dangling_sentence_at_the_beginning_stands_as_it_is() -> None:
    doc = document("pmid:1", "This lasted for a year. Iron eased gout.")
    (read,) = read_all(doc)
    assert read_alone(read.sentences[0], read, doc) == read.sentences[0]


def test_a_pair_longer_than_600_characters_is_not_made() -> None:
    def of(words: int) -> tuple[str, str]:
        before = f"Iron eased {'very ' * words}gout."
        doc = document("pmid:1", f"{before} This lasted.")
        (read,) = read_all(doc)
        return read_alone(read.sentences[1], read, doc).text, f"{before} This lasted."

    short, whole = of(100)
    assert short == whole
    long, _ = of(120)
    assert long == "This lasted."


def test_a_pair_keeps_the_zone_of_the_sentence_that_was_chosen() -> None:
    doc = document(
        "pmid:1", "We conclude that iron eases gout. This was seen.", labels=("RESULTS",)
    )
    (read,) = read_all(doc)
    last = read.sentences[1]
    assert read_alone(last, read, doc).zone == last.zone


def test_the_beginning_is_the_first_three_whole_sentences_after_what_asks_or_heads() -> None:
    doc = document(
        "url:a", "What is gout? Gout hurts. It comes at night. Iron eases it. A fourth is left out."
    )
    (read,) = read_all(doc)
    beginning = beginning_of(read, doc)
    assert beginning is not None
    assert beginning.text == "Gout hurts. It comes at night. Iron eases it."
    assert beginning.span.of(doc.text) == beginning.text


def test_the_beginning_ends_before_500_characters() -> None:
    long = f"Gout {'really ' * 70}hurts."
    doc = document("url:a", f"Gout hurts. {long} Iron eases it.")
    (read,) = read_all(doc)
    beginning = beginning_of(read, doc)
    assert beginning is not None
    assert beginning.text == "Gout hurts."


def test_a_passage_without_a_whole_sentence_has_no_beginning() -> None:
    doc = document("url:a", "What is gout?")
    (read,) = read_all(doc)
    assert beginning_of(read, doc) is None


def test_the_section_of_a_span_is_the_innermost_that_holds_it() -> None:
    outer, inner = Section("RESULTS", Span(0, 30), "Results"), Section("", Span(10, 20), "Harms")
    doc = replace(document("pmid:1", "x" * 40), sections=(outer, inner))
    assert section_of(doc, Span(12, 14)) == inner
    assert section_of(doc, Span(2, 14)) == outer
    assert section_of(doc, Span(32, 34)) == Section("", Span(32, 34), "")
