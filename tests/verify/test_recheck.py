"""A stored answer, verified again: whatever was changed is reported."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_reference, an_abstention, an_answer
from curbside.records import (
    Answer,
    Lane,
    LaneOfClaims,
    Section,
    SectionOfClaims,
    Standing,
    Status,
)
from curbside.verify.drawn import _decimals
from curbside.verify.recheck import Failure, recheck
from shelf import Shelf, a_document, quoted, shelf


def shelf_of(answer: Answer) -> Shelf:
    """A library in which an answer's evidence stands where it says."""
    standings = {reference.doc_id: reference.standing for reference in answer.references}
    texts: dict[str, str] = {}
    sections: dict[str, list[Section]] = {}
    for item in answer.evidence:
        text = texts.get(item.doc_id, "").ljust(item.span.end)
        texts[item.doc_id] = text[: item.span.start] + item.quote + text[item.span.end :]
        sections.setdefault(item.doc_id, []).append(Section(item.section, item.span, item.locator))
    revisions = {item.doc_id: item.revision for item in answer.evidence}
    return Shelf(
        {
            doc_id: (
                replace(
                    a_document(text, doc_id=doc_id, revision=revisions[doc_id]),
                    sections=tuple(sections[doc_id]),
                ),
                standings.get(doc_id, Standing(Status.UNKNOWN)),
            )
            for doc_id, text in texts.items()
        }
    )


ANSWER = replace(
    an_answer(),
    # the builder's second claim source says another thing; here every claim is its quote alone
    claims=tuple(replace(claim, cites=claim.cites[:1]) for claim in an_answer().claims),
)
SHELF = shelf_of(ANSWER)


def with_evidence(evidence_id: str, **changes: object) -> Answer:
    return replace(
        ANSWER,
        evidence=tuple(
            replace(item, **changes) if item.evidence_id == evidence_id else item
            for item in ANSWER.evidence
        ),
    )


def with_claim(claim_id: str, **changes: object) -> Answer:
    return replace(
        ANSWER,
        claims=tuple(
            replace(claim, **changes) if claim.claim_id == claim_id else claim
            for claim in ANSWER.claims
        ),
    )


def test_an_answer_that_holds_has_no_failure() -> None:
    assert recheck(ANSWER, library=SHELF) == ()


def test_an_abstention_holds() -> None:
    answer = an_abstention()
    assert recheck(answer, library=shelf_of(answer)) == ()


def test_a_claim_in_which_a_value_was_changed_is_reported() -> None:
    text = "Of 120 adults who stopped allopurinol, 16% had a flare within 12 months."
    failures = recheck(with_claim("C4", text=text, is_quoted=False), library=SHELF)
    assert failures == (
        Failure("claim C4", "quantities", "says '16%' where the source says '61%'"),
    )


def test_a_quotation_that_is_none_is_reported() -> None:
    text = "Of 120 adults who stopped allopurinol, 61% had a flare within 12 months"
    told = "shown as a quotation, and is none of its quotes word for word"
    failures = recheck(with_claim("C4", text=text), library=SHELF)
    assert failures == (Failure("claim C4", "quote", told),)


def test_a_new_revision_is_reported_for_the_evidence_and_its_claim() -> None:
    document, standing = SHELF.documents["pmid:90000002"]
    moved = Shelf({**SHELF.documents, "pmid:90000002": (replace(document, revision="2"), standing)})
    told = "quotes revision 1 of pmid:90000002; the library holds 2"
    assert recheck(ANSWER, library=moved) == (
        Failure("evidence E3", "quote", told),
        Failure("evidence E9", "quote", told),
        Failure("evidence E12", "quote", told),
        Failure("claim C7", "quote", f"E3: {told}"),
    )


def test_a_figure_of_a_table_that_no_cited_passage_holds_is_reported() -> None:
    matrix, studies = ANSWER.tables
    head, people, window = studies.rows[0]
    changed = replace(studies, rows=((head, replace(people, text="121"), window), studies.rows[1]))
    assert recheck(replace(ANSWER, tables=(matrix, changed)), library=SHELF) == (
        Failure(
            "table studies, row 'Amadi T 2019'",
            "quantities",
            "121 of '121' is in no cited passage",
        ),
    )
    short = replace(studies, rows=((head, people),))
    assert recheck(replace(ANSWER, tables=(short,)), library=SHELF) == (
        Failure("table studies, row 'Amadi T 2019'", "consistency", "expected 3 cells, found 2"),
    )


def test_a_wrong_locator_is_reported() -> None:
    failures = recheck(with_evidence("E6", locator="section 9.9"), library=SHELF)
    told = "no section 'RECOMMENDATIONS' (section 9.9) of guideline:invented-2012 holds it"
    assert failures == (Failure("evidence E6", "quote", told),)


def test_a_finding_whose_words_do_not_stand_there_is_reported() -> None:
    rate = next(item for item in ANSWER.evidence if item.evidence_id == "E1")
    finding = rate.findings[0]
    assert finding.outcome is not None
    wrong = replace(finding, outcome=replace(finding.outcome, text="death"))
    failures = recheck(with_evidence("E1", findings=(wrong,)), library=SHELF)
    told = "'death' of the finding on 'allopurinol' is not there"
    assert failures == (Failure("evidence E1", "quote", told),)


def test_a_retraction_since_is_reported_for_the_claim_and_the_reference() -> None:
    document, _ = SHELF.documents["pmid:90000001"]
    since = Standing(Status.RETRACTED, ("pmid:90000010",), "2026-11-20")
    library = Shelf({**SHELF.documents, "pmid:90000001": (document, since)})
    told = "pmid:90000001 is retracted (by pmid:90000010)"
    assert recheck(ANSWER, library=library) == (
        Failure("claim C4", "standing", told),
        Failure("claim C5", "standing", told),
        Failure("reference 1", "standing", "pmid:90000001 is retracted"),
    )


def test_a_standing_that_changed_is_reported() -> None:
    document, _ = SHELF.documents["digest:invented-2024"]
    since = Standing(Status.SUPERSEDED, ("digest:invented-2026",))
    library = Shelf({**SHELF.documents, "digest:invented-2024": (document, since)})
    told = "digest:invented-2024 is now superseded; the answer says current"
    assert recheck(ANSWER, library=library) == (Failure("reference 3", "standing", told),)


def test_a_document_that_is_gone_is_reported_everywhere() -> None:
    library = Shelf({k: v for k, v in SHELF.documents.items() if k != "digest:castel-2021"})
    told = "digest:castel-2021 is not in the library"
    assert recheck(ANSWER, library=library) == (
        Failure("evidence E7", "quote", told),
        Failure("evidence E8", "quote", told),
        Failure("evidence E10", "quote", told),
        Failure("evidence E11", "quote", told),
        Failure("claim C6", "quote", f"E7: {told}"),
        Failure("claim C6", "standing", told),
        Failure("reference 5", "standing", told),
    )


def test_references_are_numbered_from_one_without_a_gap() -> None:
    references = tuple(replace(r, number=r.number + 1) for r in ANSWER.references)
    failures = recheck(replace(ANSWER, references=references), library=SHELF)
    told = "expected 1 to 5, found [2, 3, 4, 5, 6]"
    assert failures == (Failure("references", "numbering", told),)


def test_a_reference_that_nothing_cites_is_reported() -> None:
    extra = a_reference(6, "pmid:90000077")
    library = Shelf(
        {
            **SHELF.documents,
            "pmid:90000077": (a_document("Zinc.", doc_id="pmid:90000077"), extra.standing),
        }
    )
    answer = replace(ANSWER, references=(*ANSWER.references, extra))
    assert recheck(answer, library=library) == (
        Failure("reference 6", "citation", "nothing cites it"),
    )


def test_a_cited_source_without_a_reference_is_reported() -> None:
    answer = replace(ANSWER, references=ANSWER.references[:4])
    told = "digest:castel-2021 is cited and is no reference"
    failures = recheck(answer, library=SHELF)
    assert set(failures) == {
        Failure("claim C6", "citation", told),
        Failure("factor a diet rich in purines", "citation", told),
        Failure("factor age", "citation", told),
        Failure("conflict age", "citation", told),
        Failure("table factors", "citation", told),
        Failure("figure rates-1", "citation", told),
        Failure("figure icons", "citation", told),
        Failure("figure timeline", "citation", told),
    }


def test_an_id_that_leads_nowhere_is_reported_for_factors_and_conflicts() -> None:
    factor = replace(ANSWER.factors[0], supporting=("E77",))
    side = replace(ANSWER.conflicts[0].sides[0], cites=("E78",))
    conflict = replace(ANSWER.conflicts[0], sides=(side, ANSWER.conflicts[0].sides[1]))
    answer = replace(ANSWER, factors=(factor, *ANSWER.factors[1:]), conflicts=(conflict,))
    assert recheck(answer, library=SHELF) == (
        Failure(
            "factor higher serum urate at stopping", "citation", "cites E77, not in the evidence"
        ),
        Failure("conflict age", "citation", "cites E78, not in the evidence"),
    )


def test_a_factor_in_two_lists_is_reported() -> None:
    twice = replace(ANSWER.factors[3], name="Age")
    answer = replace(ANSWER, factors=(*ANSWER.factors, twice))
    assert recheck(answer, library=SHELF) == (
        Failure("factor age", "consistency", "stands in two lists"),
    )


def test_a_claim_that_is_shown_and_does_not_exist_is_reported() -> None:
    answer = replace(ANSWER, bottom_line=("C4", "C99"))
    assert recheck(answer, library=SHELF) == (
        Failure("claim C99", "citation", "is shown and does not exist"),
    )


def test_a_claim_in_another_lane_is_reported() -> None:
    moved = LaneOfClaims(Lane.LABEL, (SectionOfClaims("Dose", ("C4",)),))
    answer = replace(ANSWER, lanes=(*ANSWER.lanes[:2], moved))
    assert recheck(answer, library=SHELF) == (
        Failure("claim C4", "consistency", "stands in the lane label, not its own"),
    )


SENTENCES = st.lists(
    st.text(alphabet="abc de.,%0123456789", min_size=3, max_size=30), min_size=1, max_size=4
)


@given(SENTENCES, st.data())
def test_one_changed_character_of_a_quote_or_under_it_is_reported(
    sentences: list[str], data: st.DataObject
) -> None:
    library = shelf("|".join(sentences))
    document, standing = library.documents["pmid:1"]
    quote = data.draw(st.sampled_from(sentences))
    evidence = quoted(quote, of=library)
    answer = an_abstention(
        evidence=(evidence,),
        references=(a_reference(1, "pmid:1", standing=standing),),
        closest=("E1",),
    )
    assert recheck(answer, library=library) == ()
    at = data.draw(st.integers(0, len(quote) - 1))
    where = "evidence E1"
    forged = replace(evidence, quote=changed(quote, at))
    failures = recheck(replace(answer, evidence=(forged,)), library=library)
    assert [failure.where for failure in failures] == [where]
    rewritten = replace(document, text=changed(document.text, evidence.span.start + at))
    failures = recheck(answer, library=Shelf({"pmid:1": (rewritten, standing)}))
    assert [failure.where for failure in failures] == [where]


def test_closest_evidence_that_is_not_there_or_that_was_retracted_is_reported() -> None:
    library = shelf("Zinc did not clear warts.")
    document, standing = library.documents["pmid:1"]
    answer = an_abstention(
        evidence=(quoted("Zinc did not clear warts.", of=library),),
        references=(a_reference(1, "pmid:1", standing=standing),),
        closest=("E1", "E7"),
    )
    told = [(f.where, f.reason) for f in recheck(answer, library=library)]
    assert told == [("closest evidence", "cites E7, not in the evidence")]
    gone = Shelf({"pmid:1": (document, Standing(Status.RETRACTED))})
    told = [(f.where, f.reason) for f in recheck(replace(answer, closest=("E1",)), library=gone)]
    assert told == [("reference 1", "pmid:1 is retracted")]


def changed(text: str, at: int) -> str:
    return text[:at] + "#" + text[at + 1 :]


def _drawn_otherwise(figure_id: str, **changes: Any) -> Answer:
    """The answer with the first mark of one figure changed."""
    figures = []
    for figure in ANSWER.figures:
        if figure.figure_id == figure_id:
            first, *rest = figure.series
            changed = replace(first, data=(replace(first.data[0], **changes), *first.data[1:]))
            figures.append(replace(figure, series=(changed, *rest)))
        else:
            figures.append(figure)
    return replace(ANSWER, figures=tuple(figures))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": 62.0}, "62 is in no cited passage"),
        ({"low": 51.5, "high": 70.0}, "51.5, 70 is in no cited passage"),
    ],
)
def test_a_mark_of_a_picture_that_no_cited_passage_holds_is_reported(
    changes: dict[str, float], reason: str
) -> None:
    assert recheck(_drawn_otherwise("rates-1", **changes), library=SHELF) == (
        Failure("figure rates-1, 'within 12 months'", "quantities", reason),
    )


def test_a_source_drawn_at_another_year_is_reported() -> None:
    label = "[4] Invented College of Rheumatology 2012 (superseded)"
    assert recheck(_drawn_otherwise("timeline", x=2013.0), library=SHELF) == (
        Failure(f"figure timeline, {label!r}", "consistency", "2013 is not the year of its source"),
    )


def test_a_mark_that_cites_what_does_not_exist_is_reported() -> None:
    assert recheck(_drawn_otherwise("icons", cites=("E11", "E99")), library=SHELF) == (
        Failure("figure icons", "citation", "cites E99, not in the evidence"),
    )


@pytest.mark.parametrize("printed", ["1·8", "1.8"])
def test_a_number_of_a_picture_may_be_printed_with_a_raised_point(printed: str) -> None:
    assert _decimals(f"OR {printed} in 1,249 adults") == [1.8, 1249.0]
