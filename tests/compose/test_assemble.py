"""Claims and verdicts to the page: what stands, what is withheld, what is owned up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from builders import a_claim, a_provenance, a_question
from curbside.compose.assemble import assemble
from curbside.compose.draft import Draft
from curbside.compose.placed import Placed
from curbside.records import (
    Abstention,
    Answer,
    Claim,
    Conflict,
    ConflictSide,
    Factor,
    FactorVerdict,
    Kind,
    Label,
    Lane,
    LaneOfClaims,
    NotFound,
    Outcome,
    QuestionKind,
    SectionOfClaims,
    Selected,
    Selection,
    Standing,
    Status,
    Verdict,
)
from shelf import a_document, quoted, shelf

TEXTS = ("Iron eased gout.", "Zinc did not.", "Copper may.")
FLARE = Outcome("flare", ("flare",))
SEARCHED = "words: 1204 passages; meaning: 1204 passages"


def items(*texts: str, prefix: str = "E") -> tuple[Selected, ...]:
    """One document for each text, "pmid:1" …, with evidence E1 … of it."""
    held = shelf(*texts)
    return tuple(
        Selected(
            quoted(text, of=held, doc_id=f"pmid:{n}", evidence_id=f"{prefix}{n}"),
            a_document(text, doc_id=f"pmid:{n}"),
            Standing(Status.UNKNOWN),
            0.5,
            (),
        )
        for n, text in enumerate(texts, 1)
    )


def placed(claim: Claim, aspect: str = "findings") -> Placed:
    return Placed(claim, 1, aspect, 0.5, "pmid:1", frozenset(), frozenset())


def said(number: int, *, lane: Lane = Lane.RESEARCH, heading: str = "What was found") -> Claim:
    return a_claim(
        f"C{number}", text=TEXTS[number - 1], lane=lane, heading=heading, cites=(f"E{number}",)
    )


def drafted(*claims: Claim, **parts: object) -> Draft:
    whole = Draft(tuple(map(placed, claims)), (), (), (), tuple(["findings"] * bool(claims)), {})
    return replace(whole, **parts)  # type: ignore[arg-type]  # the fields of a draft


def page(
    draft: Draft,
    *,
    selected: Sequence[Selected] = (),
    failed: Sequence[str] = (),
    kind: QuestionKind = QuestionKind.GENERAL,
    **selection: object,
) -> Answer:
    found = Selection(tuple(selected or items(*TEXTS)), (), 3)
    verdicts = [
        Verdict(
            p.claim.claim_id,
            Label.CONTRADICT if p.claim.claim_id in failed else Label.SUPPORT,
            "polarity",
            None,
            "",
        )
        for p in draft.placed
    ]
    return assemble(
        a_question(kind=kind, concepts=a_question().concepts[:1]),
        replace(found, **selection),  # type: ignore[arg-type]  # the fields of a selection
        draft,
        verdicts,
        outcome=FLARE,
        provenance=a_provenance(),
        evidence_checked_to="2026-01-31",
    )


def test_patient_information_has_a_lane_only_where_some_is_said() -> None:
    made = page(drafted(said(1, lane=Lane.PATIENT), said(2)))
    assert [each.lane for each in made.lanes] == list(Lane)
    assert made.lanes[-1] == LaneOfClaims(
        Lane.PATIENT, (SectionOfClaims("What was found", ("C1",)),)
    )
    assert [each.lane for each in page(drafted(said(2))).lanes] == list(Lane)[:-1]


def test_references_are_numbered_in_the_order_in_which_a_reader_meets_them() -> None:
    draft = drafted(said(1), said(2, lane=Lane.GUIDELINE), said(3), bottom_line=("C3",))
    made = page(draft)
    assert made.bottom_line == ("C3",)
    assert [(r.number, r.doc_id) for r in made.references] == [
        (1, "pmid:3"),
        (2, "pmid:2"),
        (3, "pmid:1"),
    ]
    assert [e.evidence_id for e in made.evidence] == ["E3", "E2", "E1"]


def test_a_claim_stands_under_its_heading_in_its_lane_and_an_empty_lane_says_why() -> None:
    made = page(drafted(said(1), said(2, heading="Safety"), said(3)))
    guideline, research, label = made.lanes
    assert [(s.heading, s.claims) for s in research.sections] == [
        ("What was found", ("C1", "C3")),
        ("Safety", ("C2",)),
    ]
    assert research.absent_reason is None
    assert guideline.absent_reason == (
        f"No guideline in this library covers the question (searched: {SEARCHED})."
    )
    assert label.sections == ()


def test_a_claim_that_failed_a_gate_is_withheld_with_all_that_rests_on_it() -> None:
    draft = drafted(
        said(1),
        said(2),
        bottom_line=("C2", "C1"),
        factors=(
            Factor("iron", FactorVerdict.LIMITED, ("E1",), ("E2",), "one source"),
            Factor("zinc", FactorVerdict.LIMITED, ("E2",), (), "one source"),
        ),
        conflicts=(
            Conflict("rates", (ConflictSide("one", ("E1",)), ConflictSide("other", ("E2",))), ()),
        ),
    )
    made = page(draft, failed=("C2",))
    assert made.bottom_line == ("C1",)
    assert [c.claim_id for c in made.claims] == ["C1"]
    assert [c.claim_id for c in made.withheld] == ["C2"]
    assert [(f.name, f.supporting, f.opposing) for f in made.factors] == [("iron", ("E1",), ())]
    assert made.conflicts == ()
    # the passage stays for the ledger, and its source is no reference
    assert [e.evidence_id for e in made.evidence] == ["E1", "E2"]
    assert [r.doc_id for r in made.references] == ["pmid:1"]
    assert len(made.verdicts) == 2


def test_not_knowing_is_typed() -> None:
    nothing = drafted()
    empty = Selection((), (), 0)

    def abstention(draft: Draft, found: Selection, failed: Sequence[str] = ()) -> object:
        return page(
            draft,
            failed=failed,
            **{f: getattr(found, f) for f in ("nearest", "retrieved")},
            selected=found.selected,
        ).abstained

    assert abstention(nothing, empty) is Abstention.NOTHING_RETRIEVED
    whole = Selection(items(*TEXTS), (), 3)
    assert abstention(nothing, whole) is Abstention.NOTHING_RELEVANT
    assert abstention(drafted(said(1)), whole, ("C1",)) is Abstention.NOTHING_SUPPORTED
    assert abstention(drafted(said(1)), whole) is None


def test_an_empty_page_names_the_question_what_was_searched_and_the_closest() -> None:
    near = items("Tin is a metal.", prefix="N")
    made = page(drafted(), nearest=near)
    assert made.not_found == (NotFound(a_question().title, Abstention.NOTHING_RELEVANT, SEARCHED),)
    assert made.closest == ("N1",)
    assert [e.evidence_id for e in made.evidence] == ["N1"]


def test_the_closest_stand_best_first_numbered_as_cited_and_never_retracted() -> None:
    near = items(*(f"Tin is metal {n}." for n in range(1, 8)), prefix="N")
    near = (replace(near[0], standing=Standing(Status.RETRACTED)), near[2], near[1], *near[3:])
    made = page(drafted(), nearest=near, top_score=0.31)
    assert made.closest == ("N3", "N2", "N4", "N5", "N6")
    assert [(r.number, r.doc_id) for r in made.references] == [
        *((1, "pmid:3"), (2, "pmid:2"), (3, "pmid:4"), (4, "pmid:5"), (5, "pmid:6")),
    ]
    assert (made.abstained, made.top_score) == (Abstention.NOTHING_RELEVANT, 0.31)
    assert (made.tables, made.figures, made.bottom_line) == ((), (), ())


def test_what_failed_a_gate_is_not_offered_as_closest_evidence() -> None:
    made = page(drafted(said(1), said(2)), failed=("C1", "C2"), nearest=items(*TEXTS))
    assert made.abstained is Abstention.NOTHING_SUPPORTED
    assert made.closest == ("E3",)


def test_of_two_passages_of_which_one_holds_the_other_the_better_is_closest() -> None:
    held = shelf("Tin is light. It is soft.")
    document = a_document("Tin is light. It is soft.")
    near = tuple(
        Selected(
            quoted(quote, of=held, evidence_id=name), document, Standing(Status.UNKNOWN), 0, ()
        )
        for name, quote in (("N1", "It is soft."), ("N2", document.text), ("N3", "Tin is light."))
    )
    assert page(drafted(), nearest=near).closest == ("N1", "N3")


def test_a_page_with_an_answer_has_no_closest_evidence_and_keeps_its_best_score() -> None:
    made = page(drafted(said(1)), nearest=items(*TEXTS), top_score=0.9)
    assert (made.closest, made.top_score) == ((), 0.9)
    assert [e.evidence_id for e in made.evidence] == ["E1"]


def test_groups_that_no_claim_speaks_of_are_owned_up_to_in_one_line() -> None:
    draft = drafted(said(1), aspects=("findings", "special-children"))
    made = page(draft, kind=QuestionKind.TREATMENT)
    assert [part.part for part in made.not_found] == [
        "Special groups: pregnancy and breast-feeding; older people; kidney or liver impairment"
    ]
    assert page(draft, kind=QuestionKind.MONITORING).not_found[0].part == (
        "Which tests or visits, and how often"
    )


def test_an_abbreviation_is_expanded_in_the_bottom_line_first() -> None:
    draft = drafted(
        said(1),
        said(2),
        bottom_line=("C2",),
        meanings={
            "C1": (("BMI", "body mass index"),),
            "C2": (("BMI", "body mass index"),),
        },
    )
    assert [c.remark for c in page(draft).claims] == [None, "BMI: body mass index"]


def test_a_guideline_is_its_own_kind_of_reference() -> None:
    (first, *rest) = items(*TEXTS)
    guide = replace(first, document=replace(first.document, kind=Kind.GUIDELINE))
    made = page(drafted(said(1, lane=Lane.GUIDELINE)), selected=(guide, *rest))
    assert [r.kind for r in made.references] == [Kind.GUIDELINE]
