from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builders import (
    a_claim,
    a_provenance,
    an_abstention,
    an_answer,
    an_evidence,
    with_a_leaflet,
)
from curbside.articles import Disclosure, Interest, Review, Signature, State, banner_of
from curbside.codec.answer import (
    DISCLAIMER,
    SCHEMA_ID,
    alterations,
    answer_from_json,
    answer_schema,
    answer_to_json,
)
from curbside.errors import CodecError
from curbside.records import (
    Answer,
    Claim,
    Conflict,
    Evidence,
    Factor,
    Label,
    LaneOfClaims,
    NotFound,
    Provenance,
    Question,
    Reference,
    Span,
    Verdict,
)


def through_text(answer: Answer) -> Any:
    return json.loads(json.dumps(answer_to_json(answer)))


@pytest.mark.parametrize("answer", [an_answer(), an_abstention()], ids=["whole", "abstained"])
def test_an_answer_comes_back_whole_and_fits_the_published_schema(answer: Answer) -> None:
    data = through_text(answer)
    assert answer_from_json(data) == answer
    assert alterations(data, answer) == ()
    Draft202012Validator.check_schema(answer_schema())
    assert [e.message for e in Draft202012Validator(answer_schema()).iter_errors(data)] == []


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Answers whose claims cite their own evidence; everything else is as it comes."""
    evidence = draw(st.lists(st.from_type(Evidence), max_size=3, unique_by=lambda e: e.evidence_id))
    ids = [e.evidence_id for e in evidence]
    cites = st.lists(st.sampled_from(ids), max_size=3).map(tuple) if ids else st.just(())
    claims = draw(
        st.lists(
            st.builds(lambda claim, cites: replace(claim, cites=cites), st.from_type(Claim), cites),
            max_size=4,
            unique_by=lambda claim: claim.claim_id,
        )
    )
    cut = draw(st.integers(0, len(claims)))
    verdicts = [
        replace(verdict, claim_id=claim.claim_id)
        for claim in draw(st.permutations(claims))
        for verdict in draw(st.lists(st.from_type(Verdict), max_size=2))
    ]
    provenance = draw(st.from_type(Provenance))
    return Answer(
        question=draw(st.from_type(Question)),
        evidence_checked_to=draw(st.text()),
        bottom_line=draw(st.lists(st.text(), max_size=2).map(tuple)),
        lanes=draw(st.lists(st.from_type(LaneOfClaims), max_size=2).map(tuple)),
        claims=tuple(claims[:cut]),
        withheld=tuple(claims[cut:]),
        evidence=tuple(evidence),
        verdicts=tuple(verdicts),
        references=draw(st.lists(st.from_type(Reference), max_size=2).map(tuple)),
        factors=draw(st.lists(st.from_type(Factor), max_size=2).map(tuple)),
        conflicts=draw(st.lists(st.from_type(Conflict), max_size=2).map(tuple)),
        not_found=draw(st.lists(st.from_type(NotFound), max_size=2).map(tuple)),
        abstained=None,
        provenance=replace(provenance, options=tuple(dict(provenance.options).items())),
        closest=draw(st.lists(st.text(), max_size=2).map(tuple)),
        top_score=draw(st.none() | st.floats(0, 1)),
    )


# what a record may hold and JSON can say; the same for every test of the process
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    Span, st.builds(lambda at, size: Span(at, at + size), st.integers(0, 99), st.integers(1, 99))
)


@given(answers())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_any_answer_comes_back_as_it_went(answer: Answer) -> None:
    data = through_text(answer)
    assert answer_from_json(data) == answer
    assert alterations(data, answer) == ()


def test_the_top_of_the_form_is_in_the_order_in_which_a_reader_wants_it() -> None:
    assert list(answer_to_json(an_answer())) == [
        *("schema", "question", "title", "slug", "readings", "understanding", "status"),
        *("evidence_checked_to", "abstained", "bottom_line", "lanes", "claims", "withheld"),
        *("judged", "evidence", "references", "factors", "conflicts", "not_found"),
        *("tables", "figures", "next_questions", "related", "reading", "disclaimer", "provenance"),
    ]


def test_what_came_later_is_left_out_at_its_default_and_stands_where_it_is_set() -> None:
    data: Any = answer_to_json(an_abstention())
    assert list(data)[list(data).index("not_found") + 1 :][:2] == ["closest", "top_score"]
    assert (data["closest"], data["top_score"]) == (["E1", "E2"], 0.21)
    assert answer_from_json(answer_to_json(an_answer())).closest == ()
    assert not {"closest", "top_score"} & answer_to_json(an_answer()).keys()


@pytest.mark.parametrize("changed", [{"closest": []}, {"top_score": 1.5}, {"top_score": None}])
def test_the_schema_refuses_what_an_answer_never_writes(changed: dict[str, Any]) -> None:
    data = {**through_text(an_abstention()), **changed}
    assert list(Draft202012Validator(answer_schema()).iter_errors(data)) != []


def test_a_claim_carries_reference_numbers_evidence_and_every_verdict() -> None:
    data: Any = answer_to_json(an_answer())
    assert data["claims"]["C5"] == {
        "text": "Serum urate above 7 mg/dL at stopping was associated with flare"
        " (OR 2.4, 95% CI 1.3 to 4.4; p = 0.004).",
        "lane": "research",
        "heading": "Factors linked with flare in consistent reports",
        "cites": [1, 2],
        "evidence": ["E2", "E3"],
        "verdicts": [
            {
                "gate": "quote",
                "label": "SUPPORT",
                "reason": "the words stand there",
                "score": None,
            }
        ],
        "is_quoted": True,
        "remark": "2 sources say this",
    }
    assert [v["label"] for v in data["withheld"]["C8"]["verdicts"]] == [
        "SUPPORT",
        "NOT_ENOUGH_INFO",
    ]


def test_status_lanes_and_disclaimer_say_what_every_form_must_show() -> None:
    data: Any = answer_to_json(an_answer())
    assert data["schema"] == SCHEMA_ID
    assert data["status"] == {
        "state": "Submitted",
        "banner": "This page has not been reviewed by a person yet. Exercise caution, and open the"
        " passages before you rely on it.",
        "version": None,
        "updated_at": None,
        "due": None,
        "notice": None,
        "signatures": [],
    }
    assert data["disclaimer"] == DISCLAIMER
    assert [(lane["lane"], lane["title"]) for lane in data["lanes"]] == [
        ("guideline", "From the Guidelines"),
        ("research", "From the Research"),
        ("label", "From the Drug Label"),
    ]


def test_patient_information_is_a_lane_of_the_published_form() -> None:
    page = with_a_leaflet(an_answer())
    data = answer_to_json(page)
    Draft202012Validator(answer_schema()).validate(data)
    assert [(lane["lane"], lane["title"]) for lane in data["lanes"]][3:] == [
        ("patient-information", "From Patient Information")
    ]
    assert answer_from_json(data) == page


@pytest.mark.parametrize("state", State)
def test_a_page_bears_a_caution_exactly_while_it_is_not_approved(state: State) -> None:
    data = answer_to_json(an_answer(), review=Review(state=state))
    Draft202012Validator(answer_schema()).validate(data)
    assert (data["status"]["banner"] is None) is (state is State.APPROVED)
    assert data["status"]["banner"] == banner_of(state)


def test_a_signed_page_says_who_signed_what() -> None:
    stated = Disclosure("2026-05-01", (Interest("lectures", ("Zyloprim",)),))
    signature = Signature(
        "a", 2, "f" * 64, "p1", "Ann Lee", "MD", "I approve it", "2026-06-01", stated
    )
    review = Review(State.APPROVED, 2, "2026-05-30", "2027-06-01", None, (signature,))
    data = answer_to_json(an_answer(), review=review)
    Draft202012Validator(answer_schema()).validate(data)
    assert data["status"]["signatures"] == [
        {
            "name": "Ann Lee",
            "credentials": "MD",
            "meaning": "I approve it",
            "at": "2026-06-01",
            "content": "f" * 64,
            "disclosure": {
                "at": "2026-05-01",
                "interests": [{"what": "lectures", "topics": ["Zyloprim"]}],
            },
        }
    ]
    answer = answer_from_json(data)
    assert alterations(data, answer, review=review) == ()
    assert alterations(data, answer) != ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"claims": (a_claim("C1"), a_claim("C1"))}, "each claim once, found 'C1' twice"),
        (
            {"claims": (*an_answer().claims, a_claim("C9", cites=("E99",)))},
            "C9: cites E99, not in the answer",
        ),
        ({"evidence": (an_evidence(), an_evidence())}, "each evidence once, found 'E1' twice"),
        (
            {"verdicts": (Verdict("C77", Label.SUPPORT, "quote", ""),)},
            "a claim of this answer, found 'C77' judged",
        ),
        (
            {"verdicts": tuple(Verdict(c, Label.SUPPORT, "quote", "") for c in ("C1", "C2", "C1"))},
            "verdicts of 'C1' to stand together",
        ),
        (
            {"provenance": a_provenance(options=(("k", "1"), ("k", "2")))},
            "each option once, found 'k' twice",
        ),
    ],
)
def test_an_answer_that_breaks_its_promises_is_not_written(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CodecError, match=reason):
        answer_to_json(an_answer(**changes))


def set_at(data: Any, path: list[Any], value: Any) -> Any:
    changed = deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["schema"], "other/2", "answer.schema: expected"),
        (["extra"], 1, "answer: unknown extra; the keys are schema, question"),
        (["claims", "C1", "text"], 5, r"answer.claims\[0\].text: expected a string"),
        (["claims"], [], "answer.claims: expected an object, found list"),
        (["lanes"], {}, "answer.lanes: expected an array, found dict"),
        (["evidence", "E1", "end"], 0, "empty or reversed span"),
        (["judged"], ["C1"], "answer.judged: expected each claim that has verdicts, once"),
        (["judged"], None, "answer.judged: expected an array"),
        (["references", 0, "type"], "blog", "expected one of guideline"),
    ],
)
def test_what_is_not_an_answer_is_refused_with_its_place(
    path: list[Any], value: Any, reason: str
) -> None:
    with pytest.raises(CodecError, match=reason):
        answer_from_json(set_at(through_text(an_answer()), path, value))


@pytest.mark.parametrize("data", [None, 3, [], "answer", {}])
def test_what_is_no_page_at_all_is_refused(data: object) -> None:
    with pytest.raises(CodecError, match=r"^answer: "):
        answer_from_json(data)


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (["status", "banner"], "Approved.", 'answer.status.banner: expected "This page has not'),
        (["claims", "C1", "cites"], [1], "answer.claims.C1.cites[0]: expected 3, found 1"),
        (["lanes", 0, "title"], "Truth", 'answer.lanes[0].title: expected "From the Guidelines"'),
        (["disclaimer"], "", "answer.disclaimer: expected"),
        (["evidence", "E7", "is_digest"], False, "answer.evidence.E7.is_digest: expected true"),
        (["status", "by"], "me", "answer.status: expected"),
    ],
)
def test_a_changed_derived_field_is_named(path: list[Any], value: Any, found: str) -> None:
    data = set_at(through_text(an_answer()), path, value)
    (told,) = alterations(data, answer_from_json(data))
    assert told.startswith(found)
