"""Passages are found by their words, and what a user types is never an operator."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.errors import BusyError, LibraryError
from curbside.index.lexical import LexicalIndex, Stored, embedded_text, indexed_passages
from curbside.index.passages import split_passages
from curbside.records import Concept, Document, Hit, Passage, Role, Span
from curbside.text.tokens import content_stems
from index_builders import document, question

GOUT = document("pmid:1", "Colchicine prevents flares.", title="Gout in adults")
WARTS = document("pmid:2", "Zinc did not clear warts.", title="Warts in children")
ASTHMA = document("pmid:3", "Inhaled steroids prevent attacks.", title="Asthma")
SHELF = (GOUT, WARTS, ASTHMA)


def indexed(*documents: Document, folder: Path | None = None) -> LexicalIndex:
    index = LexicalIndex(folder)
    for doc in documents:
        index.put(doc.doc_id, indexed_passages(doc))
    index.commit()
    return index


SHELF_INDEX = indexed(*SHELF)


def found(index: LexicalIndex, query: str, *concepts: Concept) -> list[str]:
    return [hit.passage.doc_id for hit in index.search(question(query, *concepts), k=10)]


def bm25(n: int, holding: int, length: float, mean: float, times: int = 1) -> float:
    """The formula by hand: k1 = 1.2, b = 0.75."""
    idf = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
    return idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / mean))


def test_a_hit_holds_its_whole_passage_and_its_bm25_score() -> None:
    (hit,) = indexed(*SHELF).search(question("zinc"), k=5)
    text = "Zinc did not clear warts."
    assert hit.passage == Passage(
        "pmid:2@r1#0-25", "pmid:2", Span(0, 25), "ABSTRACT", text, "Warts in children"
    )
    assert hit.run == "bm25"
    # a field is title, section and text; tantivy keeps lengths below 40 as they are
    lengths = [
        len(content_stems(f"{doc.title} ABSTRACT {doc.text}")) for doc in (WARTS, GOUT, ASTHMA)
    ]
    assert hit.score == pytest.approx(bm25(3, 1, lengths[0], sum(lengths) / 3), rel=1e-5)


def test_words_are_matched_by_their_stem_in_text_and_title() -> None:
    index = indexed(*SHELF)
    assert found(index, "preventing a flare") == ["pmid:1", "pmid:3"]
    assert found(index, "wart in a child") == ["pmid:2"]
    assert found(index, "psoriasis") == []
    assert found(index, "what is the") == []


def test_a_shorter_list_is_the_head_of_a_longer_one() -> None:
    index = indexed(*SHELF)
    asked = question("prevent flares")
    assert index.search(asked, k=1) == index.search(asked, k=2)[:1]
    assert index.search(asked, k=0) == []


def test_equal_scores_stand_by_passage_id() -> None:
    twins = [document(f"pmid:{n}", "Zinc cleared warts.") for n in (3, 1, 2)]
    assert found(indexed(*twins), "zinc") == ["pmid:1", "pmid:2", "pmid:3"]


def test_a_concept_is_found_by_any_of_its_wordings() -> None:
    drug = Concept(Role.INTERVENTION, "colchicine", "Colcrys", ("colchicine", "colcrys"))
    assert found(indexed(*SHELF), "Colcrys", drug) == ["pmid:1"]


def test_the_words_of_the_question_count_singly_whatever_concept_they_are_of() -> None:
    index = indexed(*SHELF)
    concept = Concept(Role.INTERVENTION, "inhaled zinc", "inhaled zinc", ("inhaled zinc",))
    hits = index.search(question("inhaled zinc", concept), k=10)
    assert [hit.passage.doc_id for hit in hits] == ["pmid:3", "pmid:2"]
    assert hits == index.search(question("inhaled zinc"), k=10)


def test_another_wording_of_several_words_needs_them_all() -> None:
    def brand(wording: str) -> Concept:
        return Concept(Role.INTERVENTION, "Pulmicort", "Pulmicort", (wording,))

    index = indexed(*SHELF)
    assert found(index, "Pulmicort", brand("inhaled zinc")) == []
    assert found(index, "Pulmicort", brand("inhaled steroids")) == ["pmid:3"]


def test_other_wordings_of_a_concept_add_three_tenths_of_about_one() -> None:
    many = document("pmid:8", "Relapse, recurrence, reactivation and flare were rare.")
    one = document("pmid:9", "Relapse was rare: relapse after a year was rare as well.")
    others = [document(f"pmid:1{n}", f"Unrelated text number {n}.") for n in range(6)]
    index = indexed(many, one, *others)
    concept = Concept(
        Role.OUTCOME, "relapse", "relapse", ("relapse", "recurrence", "reactivation", "flare")
    )
    hits = {h.passage.doc_id: h.score for h in index.search(question("relapse", concept), k=9)}
    lengths = [
        len(content_stems(f"{doc.title} ABSTRACT {doc.text}")) for doc in (many, one, *others)
    ]
    mean = sum(lengths) / 8
    asked = [bm25(8, 2, lengths[0], mean), bm25(8, 2, lengths[1], mean, times=2)]
    # each of the three other wordings stands in one passage of eight: the best of them counts
    # whole and the others a tenth, never their sum, and all that three tenths
    other = bm25(8, 1, lengths[0], mean)
    assert hits == {
        "pmid:8": pytest.approx(asked[0] + 0.3 * (other + 0.1 * 2 * other), rel=1e-5),
        "pmid:9": pytest.approx(asked[1], rel=1e-5),
    }


def test_a_word_that_a_concept_covers_is_not_counted_again() -> None:
    index = indexed(*SHELF)
    concept = Concept(Role.INTERVENTION, "colchicine", "Colcrys", ("colchicine",))
    (once,) = index.search(question("colchicine"), k=5)
    (asked,) = index.search(question("colchicine (Colcrys)", concept), k=5)
    assert asked == once


@pytest.mark.parametrize(
    "typed",
    [
        "zinc AND NOT warts", "zinc OR -warts", "+zinc -warts", "zinc*", "title:zinc", "zinc^9",
        "zinc~2", '"zinc gout"', "(zinc", "zinc)", "[zinc TO gout]", "{zinc}", "zinc\\", "/zinc/",
        "doc_id:pmid:2 zinc", "zinc && !warts || zinc?", "IN [zinc]", ">zinc", "zinc\x00",
    ],
)  # fmt: skip
def test_operators_are_words_or_nothing(typed: str) -> None:
    # warts are never left out, wildcards and fields never looked up
    expected = {"pmid:2", "pmid:1"} if "gout" in typed else {"pmid:2"}
    assert set(found(SHELF_INDEX, typed)) == expected


@given(st.text(max_size=40))
def test_no_text_is_an_error(typed: str) -> None:
    concept = Concept(Role.OTHER, typed, typed, (typed,))
    for hit in SHELF_INDEX.search(question(typed, concept), k=5):
        assert isinstance(hit, Hit)


def test_a_removed_document_is_found_until_the_change_is_committed() -> None:
    index = indexed(*SHELF)
    index.remove("pmid:2")
    assert found(index, "zinc") == ["pmid:2"]
    index.commit()
    assert found(index, "zinc") == []
    assert index.passages() == 2


def test_words_are_counted_by_the_passages_that_hold_them() -> None:
    index = indexed(GOUT, document("pmid:4", "Flares hurt: FLARES, in 12 of 40.", "Gout flares."))
    assert index.document_frequency("flares") == 3
    assert index.document_frequency("Flares") == 3
    assert index.document_frequency("flare") == 0
    frequencies = index.word_frequencies()
    assert dict(frequencies) == {
        "colchicine": 1, "flares": 3, "gout": 1, "hurt": 1, "in": 1, "of": 1, "prevents": 1,
    }  # fmt: skip
    assert len(frequencies) == 7
    assert "flares" in frequencies
    assert "absent" not in frequencies
    assert frequencies.get("hurt") == 1


def test_passages_are_found_by_the_key_of_their_text() -> None:
    index = indexed(*SHELF)
    keys = {stored.passage.doc_id: stored.key for stored in index.stored()}
    pairs = index.with_keys([keys["pmid:2"], keys["pmid:1"], "absent"])
    assert [(key, passage.doc_id) for key, passage in pairs] == [
        (keys["pmid:1"], "pmid:1"),
        (keys["pmid:2"], "pmid:2"),
    ]
    assert index.count_keys([keys["pmid:2"], "absent"]) == 1
    assert index.with_keys([]) == []


def test_a_key_that_several_passages_share_finds_them_all() -> None:
    alike = [document(f"pmid:{n}", "Zinc did not clear warts.", title="Warts") for n in (2, 3)]
    index = indexed(*alike, GOUT)
    key = next(item.key for item in index.stored() if item.passage.doc_id == "pmid:2")
    found = [passage.doc_id for _, passage in index.with_keys([key])]
    assert found == ["pmid:2", "pmid:3"]


def test_what_is_embedded_is_the_passage_after_its_title() -> None:
    assert embedded_text("Gout in adults.", "Urate fell.") == "Gout in adults. Urate fell."
    assert embedded_text("", "Urate fell.") == "Urate fell."
    (stored,) = indexed(GOUT).stored()
    assert stored == Stored(
        split_passages(GOUT)[0], stored.key, "Gout in adults. Colchicine prevents flares."
    )


def test_two_writers_at_a_time_are_refused(tmp_path: Path) -> None:
    first = indexed(GOUT, folder=tmp_path)
    first.remove("pmid:1")
    with pytest.raises(BusyError, match="being written to by another process"):
        LexicalIndex(tmp_path).remove("pmid:1")
    first.commit()


def test_a_document_that_is_not_there_is_removed_without_a_trace(tmp_path: Path) -> None:
    index = indexed(GOUT, folder=tmp_path)
    before = index.opstamp()
    index.remove("pmid:2")
    index.commit()
    assert (index.opstamp(), index.dead()) == (before, 0)


def test_what_was_removed_weighs_until_it_is_merged_away(tmp_path: Path) -> None:
    index = indexed(GOUT, WARTS, folder=tmp_path)
    index.remove("pmid:1")
    index.commit()
    assert (index.passages(), index.dead()) == (1, 1)


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")
    with pytest.raises(LibraryError, match="curbside library rebuild"):
        LexicalIndex(tmp_path)
