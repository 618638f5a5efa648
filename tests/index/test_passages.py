"""A document is cut into passages that never cross a section and leave no word out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from curbside.index.passages import LONGEST, split_passages
from curbside.records import Digest, Document, Passage, Section, Span
from index_builders import document

DIGEST = Digest(verification="read", certainty_basis="ours", licence_note="our words")


def texts(of: Document) -> list[tuple[str, str]]:
    return [(passage.section, passage.text) for passage in split_passages(of)]


def test_a_labelled_section_is_one_passage_with_an_id_that_says_where_it_stands() -> None:
    doc = document("pmid:7", "Gout hurts.", "Urate fell.", labels=("BACKGROUND", "RESULTS"))
    assert split_passages(doc) == (
        Passage("pmid:7@r1#0-11", "pmid:7", Span(0, 11), "BACKGROUND", "Gout hurts."),
        Passage("pmid:7@r1#13-24", "pmid:7", Span(13, 24), "RESULTS", "Urate fell."),
    )


def test_a_title_is_no_passage() -> None:
    labelled = document("pmid:7", "Gout.", "Urate fell.", title="Gout.", labels=("TITLE", "A"))
    assert texts(labelled) == [("A", "Urate fell.")]
    outside = replace(labelled, sections=labelled.sections[1:])
    assert texts(outside) == [("A", "Urate fell.")]


def test_a_statement_of_a_digest_is_one_passage_however_long() -> None:
    statement = "Urate fell in adults. " * 100
    assert texts(document("digest:a", statement.strip(), labels=("s1",), digest=DIGEST)) == [
        ("s1", statement.strip())
    ]


def test_a_long_section_is_cut_between_sentences_into_parts_of_like_length() -> None:
    sentence = "Urate fell by a tenth in all adults of the group that was treated."
    text = " ".join([sentence] * 15)
    assert len(text) == 15 * 67 - 1  # 1,004: two parts, not 900 and a rest
    assert texts(document("pmid:7", text)) == [
        ("ABSTRACT", " ".join([sentence] * 7)),
        ("ABSTRACT", " ".join([sentence] * 8)),
    ]


def test_whole_paragraphs_stay_together_as_long_as_they_fit() -> None:
    paragraph = "Urate fell. " * 33
    paragraph = paragraph.strip()
    assert len(paragraph) == 395
    text = "\n".join([paragraph] * 3)
    assert texts(document("pmcid:1", text, labels=("Methods",))) == [
        ("Methods", f"{paragraph}\n{paragraph}"),
        ("Methods", paragraph),
    ]


def test_a_table_is_one_passage_until_it_is_very_long_and_is_cut_between_rows() -> None:
    row = "allopurinol | 300 mg | 12 of 40 | 0.04"
    table = "\n".join([row] * 60)
    assert len(table) == 60 * 39 - 1
    assert texts(document("pmcid:1", table, labels=("Table 1",))) == [("Table 1", table)]
    long_table = "\n".join([row] * 80)
    assert texts(document("pmcid:1", long_table, labels=("Table 1",))) == [
        ("Table 1", "\n".join([row] * 69)),
        ("Table 1", "\n".join([row] * 11)),
    ]


def test_text_of_a_section_beside_its_subsections_is_a_passage_of_the_section() -> None:
    text = "We asked. Sixty came. We thank them."
    doc = replace(
        document("pmcid:1", text),
        sections=(
            Section("Methods", Span(0, 36), "Methods"),
            Section("Patients", Span(10, 21), "Methods > Patients"),
        ),
    )
    assert texts(doc) == [
        ("Methods", "We asked."),
        ("Patients", "Sixty came."),
        ("Methods", "We thank them."),
    ]


def test_text_outside_every_section_is_a_passage_without_a_label() -> None:
    doc = replace(document("pmid:7", "Urate fell. Gout went."), sections=())
    assert texts(doc) == [("", "Urate fell. Gout went.")]


def test_an_empty_document_has_no_passage() -> None:
    assert split_passages(replace(document("pmid:7"), text="")) == ()


SPANS = st.tuples(st.integers(0, 400), st.integers(1, 300))


@given(
    st.text(alphabet="ab .\n", min_size=1, max_size=2500),
    st.lists(SPANS, max_size=6),
)
def test_every_character_that_is_not_white_space_lies_in_exactly_one_passage(
    text: str, spans: list[tuple[int, int]]
) -> None:
    inside = [Span(a % len(text), min(len(text), a % len(text) + n)) for a, n in spans]
    sections = tuple(Section(f"S{i}", span, "") for i, span in enumerate(inside))
    passages = split_passages(replace(document("pmid:7", text), title="x", sections=sections))
    held = [0] * len(text)
    for passage in passages:
        assert passage.text == passage.span.of(text)
        for at in range(passage.span.start, passage.span.end):
            held[at] += 1
    assert all(n == 1 or (n == 0 and char.isspace()) for n, char in zip(held, text, strict=True))
    assert [p.span for p in passages] == sorted(p.span for p in passages)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_running_text_gives_no_passage_much_longer_than_the_longest(words: list[int]) -> None:
    text = " ".join("Urate " + "fell " * n + "then." for n in words)
    most = max(len(p.text) for p in split_passages(document("pmid:7", text)))
    # a part may end half a sentence later, never later
    assert most <= LONGEST + max(words) * 5 + 11
