from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.errors import SourceError
from curbside.ingest.xml import Piece, assemble, parse_xml, root_of, shorten

BLOCKS = st.lists(st.text(alphabet="ab é", max_size=6), max_size=4).map(tuple)
PIECES = st.lists(st.builds(Piece, st.just("L"), st.just("l"), BLOCKS), max_size=6)


@given(PIECES, st.sampled_from(["\n", "\n\n"]))
def test_sections_are_sorted_disjoint_and_hold_every_block(pieces: list[Piece], gap: str) -> None:
    text, sections = assemble(pieces, gap=gap)
    kept = [gap.join(block for block in piece.blocks if block) for piece in pieces]
    assert [section.span.of(text) for section in sections] == [each for each in kept if each]
    assert text == gap.join(each for each in kept if each)


@pytest.mark.parametrize(
    ("head", "root"),
    [
        (b"<a>", "a"),
        (b'<?xml version="1.0"?>\n<!-- <b> -->\n<!DOCTYPE a [<!ELEMENT b ANY>]>\n<a/>', "a"),
        (b"<x:a >", "x:a"),
        (b"plain text <a>", None),
        (b"<!-- open", None),
        (b"", None),
    ],
)
def test_the_root_is_the_first_element(head: bytes, root: str | None) -> None:
    assert root_of(head) == root


def test_a_text_over_the_limits_of_the_parser_is_an_error_that_names_the_record() -> None:
    with pytest.raises(SourceError, match=r"^f, record 1: expected well-formed XML; found "):
        parse_xml(b"<a>" + b"x" * 10_000_001 + b"</a>", path="f", record="record 1")


def test_what_is_shown_of_a_file_is_one_short_line() -> None:
    assert shorten("a\n b " + "c" * 100) == "a b " + "c" * 75 + "…"
