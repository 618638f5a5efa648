"""One answer read by four kinds of reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import an_abstention, an_answer
from curbside.compose.readers import read_for
from curbside.records import Answer, Claim, Lane, Reader, Reading, Wording
from curbside.text.plain import glossary, lexicon_of
from curbside.verify.reader_equality import wording_faults
from evals.reader_levels import differences

LEXICON = lexicon_of(glossary())


def read(answer: Answer, reader: Reader, *, names: tuple[str, ...] = ()) -> Reading:
    def holds(claim: Claim, wording: Wording) -> bool:
        return not wording_faults(claim, wording, lexicon=LEXICON)

    return read_for(answer, reader, lexicon=LEXICON, names=names, holds=holds)


def saying(*texts: str, lane: Lane = Lane.RESEARCH) -> Answer:
    """The invented page with claims of these texts in one lane."""
    page = an_answer()
    base = page.claims[-1]
    claims = tuple(
        replace(base, claim_id=f"T{n}", text=text, lane=lane, is_quoted=False)
        for n, text in enumerate(texts)
    )
    lanes = tuple(
        replace(
            each,
            sections=(
                (replace(page.lanes[0].sections[0], claims=tuple(c.claim_id for c in claims)),)
                if each.lane is lane
                else ()
            ),
        )
        for each in page.lanes
    )
    return replace(page, claims=claims, lanes=lanes, bottom_line=())


def parts(reading: Reading) -> list[tuple[str, ...]]:
    return [wording.parts for wording in reading.wordings]


def test_only_patients_have_words_of_their_own() -> None:
    page = an_answer()
    assert {r: bool(read(page, r).wordings) for r in Reader} == {
        Reader.PATIENT: True,
        Reader.STUDENT: False,
        Reader.CLINICIAN: False,
        Reader.SPECIALIST: False,
    }


def test_a_patient_reads_every_claim_with_its_citations_in_order() -> None:
    page = an_answer()
    worded = [(w.claim_id, w.cites) for w in read(page, Reader.PATIENT).wordings]
    assert worded == [(c.claim_id, c.cites) for c in page.claims]


def test_whom_a_page_was_drawn_for_before_does_not_matter() -> None:
    page = an_answer()
    again = replace(page, reading=read(page, Reader.PATIENT))
    for reader in Reader:
        assert read(again, reader) == read(page, reader)


def test_long_words_and_sentences_become_short_ones() -> None:
    page = saying("In a cohort of 9 patients, renal pain was associated with gout (71% versus 9%).")
    assert parts(read(page, Reader.PATIENT)) == [
        (
            "This is about a group of 9 patients.",
            "Kidney pain was linked with gout.",
            "The figures: 71% versus 9%.",
            "Out of 100: 71 and 9.",
        )
    ]


def test_no_part_of_a_longer_name_is_swapped() -> None:
    page = saying("The cohort had renal cell cancer and renal pain.")
    (said,) = parts(read(page, Reader.PATIENT, names=("renal cell cancer",)))
    assert said == ("The group had renal cell cancer and kidney pain.",)


def test_what_the_judge_refuses_is_left_as_it_is() -> None:
    page = saying("In a cohort of 9 patients, renal pain was rare in men; it was common in women.")
    (claim,) = page.claims

    def only_as_it_stands(claim: Claim, wording: Wording) -> bool:
        return wording.parts == (claim.text,)

    reading = read_for(page, Reader.PATIENT, lexicon=LEXICON, names=(), holds=only_as_it_stands)
    assert parts(reading) == [(claim.text,)]

    def without_kidneys(claim: Claim, wording: Wording) -> bool:
        return "idney" not in " ".join(wording.parts)

    reading = read_for(page, Reader.PATIENT, lexicon=LEXICON, names=(), holds=without_kidneys)
    assert parts(reading) == [
        (
            "This is about a group of 9 patients.",
            "Renal pain was rare in men.",
            "It was common in women.",
        )
    ]


@pytest.mark.parametrize(
    ("text", "lane", "is_folded"),
    [
        ("Treatment should be stopped slowly.", Lane.RESEARCH, True),
        ("Take 50 mg daily.", Lane.LABEL, True),
        ("The usual dose is 50 mg daily.", Lane.GUIDELINE, True),
        ("The usual dose is 50 mg daily.", Lane.PATIENT, True),
        ("In one study 12 patients on 50 mg daily stayed well.", Lane.RESEARCH, False),
        ("The label was updated in 2019.", Lane.LABEL, False),
        ("Pain was more common in men.", Lane.GUIDELINE, False),
    ],
)
def test_what_tells_doctors_how_to_treat_is_folded_and_said_to_be_no_advice(
    text: str, lane: Lane, is_folded: bool
) -> None:
    reading = read(saying(text, lane=lane), Reader.PATIENT)
    (wording,) = reading.wordings
    assert wording.is_folded is is_folded
    assert (wording.note is not None) is is_folded
    asked = [q for q in reading.questions if q.startswith("Which dose")]
    assert bool(asked) is is_folded


def test_words_are_explained_once_where_they_come_first_and_kinds_of_source_last() -> None:
    page = saying("One cohort relapsed.", "Another cohort had a median of 3 attacks.")
    told = [(e.term, e.claim_id) for e in read(page, Reader.STUDENT).explanations]
    words = [pair for pair in told if pair[1] is not None]
    assert words == [("cohort", "T0"), ("relapse", "T0"), ("median", "T1")]
    kinds = [term for term, claim_id in told if claim_id is None]
    # the title asks for predictors
    assert set(kinds) == {
        "predict",
        *({r.kind.value.replace("-", " ") for r in page.references} - {"article"}),
    }
    assert told == [*words, *((kind, None) for kind in kinds)]
    assert read(page, Reader.CLINICIAN).explanations == ()


def test_an_explanation_names_the_plain_words_that_stand_there() -> None:
    page = saying("The cohort relapsed.")
    plain = {e.term: e.plain for e in read(page, Reader.PATIENT).explanations if e.claim_id}
    assert plain == {"cohort": "group", "relapse": None}
    printed = {e.term: e.plain for e in read(page, Reader.STUDENT).explanations if e.claim_id}
    assert printed == {"cohort": None, "relapse": None}


def test_grades_are_of_what_the_reader_reads() -> None:
    page = saying("In a cohort of 9 patients, renal discomfort was associated with hypertension.")
    plain, printed = read(page, Reader.PATIENT).grade, read(page, Reader.CLINICIAN).grade
    assert (plain.sentences, printed.sentences) == (2, 1)
    assert plain.flesch_kincaid is not None
    assert printed.flesch_kincaid is not None
    assert plain.flesch_kincaid < printed.flesch_kincaid
    nameless = read(page, Reader.CLINICIAN, names=("hypertension",)).grade_without_names
    assert nameless.words == printed.words - 1


PIECES = (
    *("In a cohort of 9 patients", "Of 28 men", "After withdrawal", "renal pain fell in 20 (71%)"),
    *("pain may rise", "no relapse was seen", "the drug should be stopped", "59% relapsed"),
    *(", ", "; ", ": ", " and ", ", but ", ", so ", " because ", ", with a median of 3 years"),
    *(" (12% versus 13%, p = 0.6)", " over 5 years", ", a rate that did not differ", "not", " 1.5"),
    *("The guideline says that ", "associated with", " mg/kg ", ".", "  ", "“", "é"),
)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_whatever_a_claim_says_its_wording_says_the_same(text: str) -> None:
    assume(text.strip())
    (wording,) = read(saying(text), Reader.PATIENT).wordings
    claim = saying(text).claims[0]
    assert wording_faults(claim, wording, lexicon=LEXICON) == ()
    assert differences(text, wording.parts) == Counter()


def test_a_page_without_an_answer_has_nothing_to_read_or_ask() -> None:
    reading = read(an_abstention(), Reader.PATIENT)
    assert reading.wordings == ()
    assert reading.grade.flesch_kincaid is None
    assert all(not q.startswith("Which dose") for q in reading.questions)
