"""Excerpts of one work are one document, however they are divided and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Section, Source, Span
from curbside.text.excerpts import (
    TITLE_LABEL,
    Excerpt,
    document_of_excerpts,
    is_of_excerpts,
    merge_excerpts,
)

EXCERPTS = st.builds(
    lambda label, place, text: Excerpt(
        label, f"{label.lower()}, characters {place[0]}–{place[1]}" if place else "part", text
    ),
    st.sampled_from([TITLE_LABEL, "ABSTRACT", "RESULTS"]),
    st.none() | st.tuples(st.integers(0, 12), st.integers(0, 12)),
    st.text("abc, –1", min_size=1, max_size=3).map(lambda text: f"x{text}x"),
)


@given(st.data(), st.lists(EXCERPTS, min_size=1, max_size=8))
def test_any_partition_in_any_order_gives_the_same_document(
    data: st.DataObject, excerpts: list[Excerpt]
) -> None:
    whole = document_of_excerpts("5", excerpts, retrieved_at=None)
    # every excerpt is in one file or in several
    files: dict[int, list[Excerpt]] = {}
    for excerpt in data.draw(st.permutations(excerpts)):
        for number in data.draw(st.sets(st.integers(0, 3), min_size=1)):
            files.setdefault(number, []).append(excerpt)
    made = [document_of_excerpts("5", each, retrieved_at=None) for each in files.values()]
    assert reduce(merge_excerpts, data.draw(st.permutations(made))) == whole
    for each in made:
        assert merge_excerpts(whole, each) == whole
    texts = [section.span.of(whole.text) for section in whole.sections[1:]]
    assert sorted(texts) == sorted({excerpt.text for excerpt in excerpts})


def test_excerpts_stand_by_their_place_and_each_text_once() -> None:
    document = document_of_excerpts(
        "5",
        [
            Excerpt("ABSTRACT", "abstract, characters 90–96", "Later."),
            Excerpt("RESULTS", "results, characters 7–15", "Earlier."),
            Excerpt("ABSTRACT", "abstract, characters 7–15", "Earlier."),
            Excerpt(TITLE_LABEL, "title, characters 40–50", "Its title."),
        ],
        retrieved_at="2026-01-02",
    )
    assert document.text == "Its title.\n\nIts title.\n\nEarlier.\n\nLater."
    assert (document.title, document.retrieved_at) == ("Its title.", "2026-01-02")
    assert document.sections == (
        Section("TITLE", Span(0, 10), "Title"),
        Section(TITLE_LABEL, Span(12, 22), "title, characters 40–50"),
        Section("ABSTRACT", Span(24, 32), "abstract, characters 7–15"),
        Section("ABSTRACT", Span(34, 40), "abstract, characters 90–96"),
    )
    # the first hex digits of the sha256 of the text, as of any document
    assert document.revision == "901a102aa5e8"


def test_a_title_that_a_library_of_before_kept_alone_stays_the_title() -> None:
    more = document_of_excerpts("5", [Excerpt("ABSTRACT", "abstract", "New.")], retrieved_at=None)
    assert more.title == "Excerpts of PMID 5"
    before = replace(
        more,
        title="Its title.",
        text="Its title.\n\nOld.",
        sections=(
            Section("TITLE", Span(0, 10), "Title"),
            Section("ABSTRACT", Span(12, 16), "abstract"),
        ),
        source=Source(pmid="5"),
    )
    assert merge_excerpts(before, more).text == "Its title.\n\nNew.\n\nOld."
    assert merge_excerpts(before, more) == merge_excerpts(more, before)


def test_no_other_document_is_put_together_with_another_of_its_name() -> None:
    assert [is_of_excerpts(name) for name in ("excerpts:5", "pmid:5", "file:excerpts:5")] == [
        True,
        False,
        False,
    ]
