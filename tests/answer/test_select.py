"""Which sentences of what was found answer, and which are only near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any, cast

import numpy as np
import pytest

from builders import a_question
from chooser_builders import a_chooser, a_selector, hits_of
from curbside.answer.features import MATCHED, Asked, Candidate, TokenMatcher
from curbside.answer.select import Chooser
from curbside.answer.selector import Selector
from curbside.answer.sentences import PassageReader
from curbside.index.passages import split_passages
from curbside.pipeline import _nearest
from curbside.records import Document, Hit, Kind, Selected, Selection, Standing, Status
from curbside.text.tokens import content_stems
from index_builders import document, question
from shelf import Shelf, shelf

TEXTS = tuple(f"Zinc cleared {n} of 90 warts in adults." for n in range(10, 17))
ASKED = a_question(query="Does zinc clear warts?", concepts=())


class Scored:
    """A selector and a matcher: a sentence answers with the probability given for its place."""

    threshold = 0.5

    def __init__(self, *scores: float) -> None:
        self._scores = scores

    def likely(self, plain: Any) -> Any:
        return -np.arange(len(plain), dtype=np.float64)

    def topical_of(self, rows: Any) -> Any:
        return np.zeros(len(rows))

    def score(self, rows: Any) -> Any:
        return np.array(self._scores[: len(rows)])

    def features(self, _: Asked, candidates: Sequence[Candidate]) -> Any:
        return np.zeros((len(candidates), len(MATCHED)), dtype=np.float32)


def chosen(*scores: float, library: Shelf, query: str = ASKED.query) -> Selection:
    held = {stem for text in TEXTS for stem in content_stems(text)}
    fake = Scored(*scores)
    chooser = Chooser(
        PassageReader(),
        cast(TokenMatcher, fake),
        cast(Selector, fake),
        lambda stem: int(stem in held),
        len(TEXTS),
    )
    hits = [
        Hit(passage, 1.0, "rrf")
        for document, _ in library.documents.values()
        for passage in split_passages(document)
    ]
    return chooser.choose(replace(ASKED, query=query), hits, library=library)


def test_where_none_answers_the_five_closest_stand_best_first_with_the_best_probability() -> None:
    found = chosen(0.1, 0.4, 0.2, 0.3, 0.05, 0.25, 0.15, library=shelf(*TEXTS))
    assert found.selected == ()
    assert [(e.evidence.evidence_id, e.evidence.doc_id, e.relevance) for e in found.nearest] == [
        ("N1", "pmid:2", 0.4),
        ("N2", "pmid:4", 0.3),
        ("N3", "pmid:6", 0.25),
        ("N4", "pmid:3", 0.2),
        ("N5", "pmid:7", 0.15),
    ]
    assert found.top_score == 0.4


def test_a_retracted_source_is_neither_near_nor_the_best() -> None:
    documents = dict(shelf(*TEXTS[:2]).documents)
    documents["pmid:1"] = (documents["pmid:1"][0], Standing(Status.RETRACTED))
    found = chosen(0.9, 0.2, library=Shelf(documents))
    assert [item.evidence.doc_id for item in found.nearest] == ["pmid:2"]
    assert found.top_score == 0.2


def test_where_one_answers_nothing_is_only_near() -> None:
    found = chosen(0.9, 0.2, library=shelf(*TEXTS[:2]))
    assert ([e.evidence.quote for e in found.selected], found.nearest) == ([TEXTS[0]], ())
    assert found.top_score == 0.9


@pytest.mark.parametrize("query", ["Flimbrous quorvax?", "What is it?"])
def test_a_question_of_which_the_library_holds_no_word_has_nothing_near(query: str) -> None:
    found = chosen(0.4, 0.3, library=shelf(*TEXTS[:2]), query=query)
    assert (found.selected, found.nearest, found.retrieved) == ((), (), 2)


def test_nothing_found_has_no_probability() -> None:
    found = chosen(library=shelf())
    assert (found.selected, found.nearest, found.top_score) == ((), (), None)


def test_what_does_not_stand_in_its_source_as_it_is_now_is_not_shown_as_near() -> None:
    found = chosen(0.1, 0.4, library=shelf(*TEXTS[:2]))
    now = dict(shelf(*TEXTS[:2]).documents)
    now["pmid:2"] = (replace(now["pmid:2"][0], revision="r2"), now["pmid:2"][1])
    shown = _nearest(found, Shelf(now))
    assert [item.evidence.doc_id for item in shown] == ["pmid:1"]


IRON = document("pmid:2", "Iron has eased gout. Pain was rare in adults.", title="Iron")
ZINC = document("pmid:3", "Gout was not seen to ease with zinc.", title="Zinc")
BOTH = document("pmid:1", "We gave iron to ease gout pain.", title="Iron")
EASE = question("Does iron ease gout?")


def held(*documents: Document, retracted: Sequence[str] = ()) -> Shelf:
    return Shelf(
        {
            d.doc_id: (
                d,
                Standing(Status.RETRACTED if d.doc_id in retracted else Status.CURRENT),
            )
            for d in documents
        }
    )


def told(items: Sequence[Selected]) -> list[tuple[str, str, str, float]]:
    return [
        (e.evidence.evidence_id, e.evidence.doc_id, e.evidence.quote, e.relevance) for e in items
    ]


def test_what_answers_is_numbered_best_first_and_ties_stand_by_document() -> None:
    # by the weights of the test: the share of iron, ease and gout in the sentence or its title
    found = a_chooser().choose(EASE, hits_of(ZINC, IRON, BOTH), library=held(ZINC, IRON, BOTH))
    assert told(found.selected) == [
        ("E1", "pmid:1", "We gave iron to ease gout pain.", 1.0),
        ("E2", "pmid:2", "Iron has eased gout.", 1.0),
        ("E3", "pmid:3", "Gout was not seen to ease with zinc.", pytest.approx(2 / 3, abs=1e-6)),
        # not an answer by itself, but near enough to stand beside what is one
        ("E4", "pmid:2", "Pain was rare in adults.", pytest.approx(1 / 3, abs=1e-6)),
    ]
    assert (found.nearest, found.retrieved, found.threshold) == ((), 3, 0.6)


def test_below_the_threshold_nothing_is_selected() -> None:
    chooser = replace(a_chooser(a_selector(threshold=0.99)), frequency_of=lambda _: 1)
    found = chooser.choose(EASE, hits_of(ZINC), library=held(ZINC))
    assert found.selected == ()
    assert told(found.nearest) == [
        ("N1", "pmid:3", "Gout was not seen to ease with zinc.", pytest.approx(2 / 3, abs=1e-6))
    ]


def test_the_order_of_hits_of_one_score_makes_no_difference() -> None:
    hits = [replace(hit, score=1.0, lexical=1.0) for hit in hits_of(ZINC, IRON, BOTH)]
    library = held(ZINC, IRON, BOTH)
    first = a_chooser().choose(EASE, hits, library=library)
    assert all(
        a_chooser().choose(EASE, order, library=library) == first for order in permutations(hits)
    )


def test_a_retracted_source_answers_nothing_by_itself() -> None:
    chooser = replace(a_chooser(), frequency_of=lambda _: 1)
    hits, library = hits_of(IRON), held(IRON, retracted=["pmid:2"])
    alone = chooser.choose(EASE, hits, library=library)
    assert (alone.selected, alone.nearest, alone.top_score) == ((), (), None)
    # beside what answers it is kept for the gate that withholds it by name
    beside = chooser.choose(
        EASE, hits_of(IRON, BOTH), library=held(IRON, BOTH, retracted=["pmid:2"])
    )
    assert [(e.document.doc_id, e.standing.status) for e in beside.selected[:2]] == [
        ("pmid:1", Status.CURRENT),
        ("pmid:2", Status.RETRACTED),
    ]


def test_a_document_that_is_gone_is_skipped() -> None:
    found = a_chooser().choose(EASE, hits_of(ZINC, IRON), library=held(IRON))
    assert {item.document.doc_id for item in found.selected} == {"pmid:2"}


def test_the_document_that_was_asked_this_very_question_answers_it_first() -> None:
    leaflet = replace(
        document("url:gout", "Most adults get better. They sleep well again.", title="On iron"),
        question="Is gout eased by iron?",
        kind=Kind.PATIENT_INFORMATION,
    )
    other = replace(leaflet, doc_id="url:other", question="What is gout?")
    hits = hits_of(BOTH, other, leaflet)
    found = a_chooser().choose(EASE, hits, library=held(BOTH, other, leaflet))
    first, second, *_ = found.selected
    assert first.answers_it
    assert told([first]) == [
        ("E1", "url:gout", "Most adults get better. They sleep well again.", 1.0)
    ]
    assert (second.document.doc_id, second.answers_it) == ("pmid:1", False)
    # its other sentences do not stand beside it
    assert [i.document.doc_id for i in found.selected].count("url:gout") == 1


def test_what_was_left_out_is_counted_by_its_reason() -> None:
    library = held(document("pmid:4", "Asthma attacks were rare. Asthma eased.", title="Asthma"))
    hits = hits_of(*(doc for doc, _ in library.documents.values()))
    found = a_chooser().choose(EASE, hits, library=library)
    assert found.vetoed == (("it is about another disease", 1), ("it is no whole sentence", 1))
    assert (found.selected, found.nearest) == ((), ())


def test_where_the_library_never_names_what_is_asked_about_nothing_answers() -> None:
    found = chosen(
        0.9, 0.2, library=shelf(*TEXTS[:2]), query="Does zinc clear warts in lobomycosis?"
    )
    assert found.selected == ()
    assert [item.relevance for item in found.nearest] == [0.0, 0.0]
