"""A page without a direct answer shows what comes nearest, apart from any answer, in every form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from builders import an_abstention, an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.notebook import Page
from curbside.interfaces.render.view import read_page
from curbside.pipeline import read_as
from curbside.records import Answer, Reader, Standing, Status, Vocabulary
from forms import READERS, Read, tight

TITLE = "No direct answer found. Closest evidence"
SAID = (
    "These passages are the nearest that this library holds; none was judged to answer the"
    " question."
)
FORMS = {name: read for name, read in READERS.items() if name != "json"}
SHOWN = (
    ("Cohort", "Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.", "[1]"),
    ("Patient information", "Warts often go away without treatment.", "[2]"),
)


def part_of(read: Read) -> str:
    """What stands under the heading, whose capitals a terminal changes."""
    titles = [title for title in read.parts if title.lower() == TITLE.lower()]
    assert len(titles) == 1, list(read.parts)
    return read.parts[titles[0]]


def retracted(page: Answer) -> Answer:
    first, *others = page.references
    return replace(page, references=(replace(first, standing=Standing(Status.RETRACTED)), *others))


@pytest.mark.parametrize("read", FORMS.values(), ids=FORMS)
def test_every_form_shows_the_quotes_best_first_with_their_kind_and_number(
    read: Callable[[Any], Read],
) -> None:
    for order in (SHOWN, SHOWN[::-1]):
        page = an_abstention()
        page = page if order is SHOWN else replace(page, closest=page.closest[::-1])
        found = part_of(read(answer_to_json(page)))
        assert found.startswith(tight(SAID))
        at = -1
        for kind, quote, number in order:
            label = found.index(tight(kind), at + 1)
            words = found.index(tight(f"“{quote}”"), label)
            at = found.index(number, words)


@pytest.mark.parametrize("read", FORMS.values(), ids=FORMS)
def test_no_form_shows_a_source_that_was_retracted_since(read: Callable[[Any], Read]) -> None:
    found = read(answer_to_json(retracted(an_abstention())))
    assert tight(SHOWN[0][1]) not in found.words
    assert tight(SHOWN[1][1]) in part_of(found)


@pytest.mark.parametrize("read", FORMS.values(), ids=FORMS)
def test_a_page_with_nothing_close_says_only_why(read: Callable[[Any], Read]) -> None:
    for page in (an_answer(), an_abstention(closest=(), evidence=(), references=())):
        found = read(answer_to_json(page))
        assert tight(SAID) not in found.words
        assert TITLE.lower() not in map(str.lower, found.parts)


@pytest.mark.parametrize("reader", Reader)
def test_every_reader_is_shown_the_same(reader: Reader) -> None:
    page = read_as(an_abstention(), reader, vocabulary=Vocabulary())
    view = read_page(answer_to_json(page))
    assert [passage.quote for passage in view.closest] == [quote for _, quote, _ in SHOWN]


def test_a_script_reads_the_passages_and_the_score() -> None:
    page = Page(an_abstention())
    assert [each.quote for each in page.closest] == [quote for _, quote, _ in SHOWN]
    assert page.top_score == 0.21
    assert (Page(an_answer()).closest, Page(an_answer()).top_score) == ((), None)
