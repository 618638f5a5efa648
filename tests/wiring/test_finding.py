"""Another source is found by the words that it should say."""

from __future__ import annotations

from dataclasses import replace

from curbside.records import Document, Hit, Passage, Span, Standing, Status
from curbside.wiring.finding import sentences_with
from library_builders import document

TEXT = "Urate fell. Flares were more frequent in men. In women flares were rare. Nothing else."


class Shelf:
    """A library of these documents; keeps the protocol `Library`."""

    def __init__(self, *held: tuple[Document, Standing]) -> None:
        self._held = {each.doc_id: (each, standing) for each, standing in held}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        return self._held.get(doc_id)


def hit(of: Document, start: int = 0, end: int | None = None) -> Hit:
    span = Span(start, end or len(of.text))
    place = f"{of.doc_id}@{of.revision}#{span.start}-{span.end}"
    return Hit(Passage(place, of.doc_id, span, "ABSTRACT", span.of(of.text)), 1.0, "lexical")


UNKNOWN = Standing(Status.UNKNOWN)


def test_the_sentence_that_holds_most_of_the_words_comes_first_with_its_place() -> None:
    one = document("pmid:1", text=TEXT)
    found = sentences_with("flares in women", [hit(one)], library=Shelf((one, UNKNOWN)))
    assert [each.text for each in found] == [
        "In women flares were rare.",
        "Flares were more frequent in men.",
    ]
    first = found[0]
    assert first.span.of(one.text) == first.text
    assert first.place == f"pmid:1@r1#{first.span.start}-{first.span.end}"
    assert (first.section, first.standing) == ("ABSTRACT", UNKNOWN)


def test_a_passage_inside_a_document_keeps_its_place_and_a_sentence_is_offered_once() -> None:
    one = document("pmid:1", text=TEXT)
    inner = hit(one, 12, 46)
    found = sentences_with("flares", [inner, hit(one)], library=Shelf((one, UNKNOWN)))
    assert [each.text for each in found] == [
        "Flares were more frequent in men.",
        "In women flares were rare.",
    ]


def test_nothing_is_offered_of_a_retracted_document_or_of_one_that_is_gone() -> None:
    one, two = document("pmid:1", text=TEXT), document("pmid:2", text=TEXT)
    shelf = Shelf((one, Standing(Status.RETRACTED)))
    assert sentences_with("flares", [hit(one), hit(two)], library=shelf) == []


def test_a_long_document_leaves_room_for_others_and_the_list_ends() -> None:
    long = document("pmid:1", text=" ".join(f"Flares in group {n}." for n in range(10)))
    others = [replace(document(f"pmid:{n}", text="Flares fell.")) for n in range(2, 30)]
    shelf = Shelf(*((each, UNKNOWN) for each in (long, *others)))
    found = sentences_with("flares", [hit(each) for each in (long, *others)], library=shelf)
    assert len(found) == 12
    assert [each.doc_id for each in found].count("pmid:1") == 3


def test_words_that_no_sentence_holds_find_nothing() -> None:
    one = document("pmid:1", text=TEXT)
    assert sentences_with("zebra", [hit(one)], library=Shelf((one, UNKNOWN))) == []
    assert sentences_with("the of", [hit(one)], library=Shelf((one, UNKNOWN))) == []
