"""The hash that is signed moves with everything a reader is shown, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from builders import an_answer
from curbside.articles import SourceNow
from curbside.records import (
    Answer,
    Grade,
    Reader,
    Reading,
    Span,
    Standing,
    Status,
    Wording,
)
from curbside.review.content import claim_hashes, content_hash, restated


def _claim(answer: Answer, **changes) -> Answer:
    return replace(answer, claims=(replace(answer.claims[0], **changes), *answer.claims[1:]))


def _evidence(answer: Answer, **changes) -> Answer:
    first, *others = answer.evidence
    return replace(answer, evidence=(replace(first, **changes), *others))


def _reference(answer: Answer, **changes) -> Answer:
    first, *others = answer.references
    return replace(answer, references=(replace(first, **changes), *others))


SHOWN: dict[str, Callable[[Answer], Answer]] = {
    "a word": lambda a: _claim(a, text=a.claims[0].text + " indeed"),
    "a remark": lambda a: _claim(a, remark="9 sources"),
    "a cite": lambda a: _claim(a, cites=(a.evidence[-1].evidence_id,)),
    "a heading": lambda a: _claim(a, heading="Elsewhere"),
    "a quote": lambda a: _evidence(a, quote=a.evidence[0].quote + "."),
    "a span": lambda a: _evidence(a, span=Span(1, 2)),
    "a revision": lambda a: _evidence(a, revision="r9"),
    "a certainty": lambda a: _evidence(a, certainty=None, strength="strong"),
    "a standing": lambda a: _reference(a, standing=Standing(Status.RETRACTED)),
    "by what": lambda a: _reference(a, standing=Standing(Status.UNKNOWN, by=("pmid:9",))),
    "a title": lambda a: _reference(a, title="Another"),
    "the bottom line": lambda a: replace(a, bottom_line=a.bottom_line[1:]),
    "a lane": lambda a: replace(a, lanes=a.lanes[:-1]),
    "a table": lambda a: replace(a, tables=()),
    "a factor": lambda a: replace(a, factors=a.factors[:-1]),
    "a conflict": lambda a: replace(a, conflicts=()),
    "what was not found": lambda a: replace(a, not_found=()),
    "what is closest": lambda a: replace(a, closest=(a.evidence[0].evidence_id,)),
}


@pytest.mark.parametrize("what", SHOWN)
def test_what_is_shown_moves_the_hash(what: str) -> None:
    changed = SHOWN[what](an_answer())
    assert changed != an_answer()
    assert content_hash(changed) != content_hash(an_answer())


def test_when_and_how_it_was_made_does_not_move_the_hash() -> None:
    page = an_answer()
    later = replace(
        page,
        evidence_checked_to="2030-01-01",
        provenance=replace(page.provenance, at="2030-01-01T00:00:00Z", library="other"),
        next_questions=("And then?",),
        related=(),
        withheld=(),
        verdicts=(),
        top_score=0.5,
    )
    later = _reference(
        later, standing=replace(page.references[0].standing, checked_at="2030-01-01")
    )
    assert content_hash(later) == content_hash(page)


def test_the_words_of_one_kind_of_reader_are_another_text() -> None:
    """The claims as they stand, for whomever, are not."""
    page = replace(an_answer(), reading=None)
    grade = Grade(None, None, 0, 0)
    reading = Reading(Reader.CLINICIAN, (), (), (), (), grade, grade)
    assert content_hash(replace(page, reading=reading)) == content_hash(page)
    worded = replace(reading, wordings=(Wording("C1", ("E1",), ("In plain words.",)),))
    assert content_hash(replace(page, reading=worded)) != content_hash(page)


def test_a_claim_keeps_its_hash_under_another_id_and_not_under_another_standing() -> None:
    page = an_answer()
    first = page.claims[0]
    before = claim_hashes(page)[first.claim_id]
    assert claim_hashes(_claim(page, claim_id="C99"))["C99"] == before
    doc_id = next(e.doc_id for e in page.evidence if e.evidence_id == first.cites[0])
    cited = replace(
        page,
        references=tuple(
            replace(r, standing=Standing(Status.CONCERN)) if r.doc_id == doc_id else r
            for r in page.references
        ),
    )
    assert claim_hashes(cited)[first.claim_id] != before


def test_a_page_restated_says_how_its_sources_stand_now() -> None:
    page = an_answer()
    first, *others = page.references
    gone = Standing(Status.UNKNOWN, by=("not in the library",))
    now = {first.doc_id: SourceNow("r1", Standing(Status.RETRACTED, by=("pmid:9",)))}
    found = restated(page, now)
    assert [r.standing for r in found.references] == [
        Standing(Status.RETRACTED, by=("pmid:9",)),
        *(gone for _ in others),
    ]
    assert replace(found, references=page.references) == page
