"""Any record to JSON and back: what comes back is the same, and what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curbside.codec.records import decode, dumps, encode, loads
from curbside.errors import CodecError
from curbside.records import (
    Answer,
    Claim,
    Concept,
    Conflict,
    Direction,
    Document,
    Effect,
    Evidence,
    Factor,
    Finding,
    Hit,
    Lane,
    LaneOfClaims,
    Mention,
    NotFound,
    Passage,
    Provenance,
    Question,
    QuestionKind,
    Reference,
    Role,
    Span,
    Standing,
    Verdict,
    Vocabulary,
)
from library_builders import document

RECORDS = (
    Document, Standing, Passage, Question, Hit, Finding, Evidence, Claim, Verdict, Conflict,
    Factor, Reference, LaneOfClaims, NotFound, Provenance, Vocabulary,
)  # fmt: skip

QUESTION = Question("why?", "Why?", "why", QuestionKind.CAUSE, (), "why")
ANSWER = Answer(
    question=QUESTION,
    evidence_checked_to="2026-01-31",
    bottom_line=("C1",),
    lanes=(LaneOfClaims(Lane.LABEL, (), "no label here"),),
    claims=(Claim("C1", "Aspirin lowers fever.", Lane.RESEARCH, "Fever", ("E1",)),),
    withheld=(),
    evidence=(),
    verdicts=(),
    references=(),
    factors=(),
    conflicts=(),
    not_found=(),
    abstained=None,
    provenance=Provenance("0.1", "abc", 1, 1, (), (), (("k", "10"),), "2026-01-31"),
)


@pytest.fixture(autouse=True, scope="module")
def _only_values_that_records_may_hold() -> None:
    pairs = st.tuples(st.integers(0, 10**6), st.integers(1, 10**6))
    st.register_type_strategy(Span, pairs.map(lambda pair: Span(pair[0], pair[0] + pair[1])))
    st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def test_a_document_of_before_reads_and_one_without_what_came_later_is_written_as_before() -> None:
    plain = document()
    data = encode(plain)
    assert isinstance(data, dict)
    # the fields of the first release; a library holds the hash of every record in this form
    assert list(data) == [
        *("doc_id", "title", "text", "kind", "sections", "source", "revision", "study", "digest"),
        *("language", "published", "revised", "version", "jurisdiction", "retrieved_at"),
    ]
    assert decode(Document, data) == plain
    asked = replace(plain, question="Is it rare?")
    assert encode(asked) == {**data, "question": "Is it rare?"}
    assert decode(Document, {**data, "question": "Is it rare?"}) == asked


@pytest.mark.parametrize("cls", RECORDS)
def test_a_record_comes_back_as_it_went(cls: type) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.from_type(cls))
    def comes_back(record: object) -> None:
        assert loads(cls, dumps(record)) == record
        assert decode(cls, json.loads(json.dumps(encode(record)))) == record
        assert dumps(loads(cls, dumps(record))) == dumps(record)

    comes_back()


def test_a_whole_answer_comes_back_as_it_went() -> None:
    assert loads(Answer, dumps(ANSWER)) == ANSWER


@dataclass(frozen=True)
class Sample:
    """One field of every shape that a record may have."""

    direction: Direction
    factor: Mention | None
    p: float | None
    pairs: tuple[tuple[str, int], ...]
    is_hedged: bool = False


def test_every_field_is_written_by_name_enums_as_their_values_and_none_as_null() -> None:
    sample = Sample(Direction.RAISES, Mention("age", Span(0, 3)), None, (("n", 2),))
    assert encode(sample) == {
        "direction": "raises",
        "factor": {"text": "age", "span": {"start": 0, "end": 3}},
        "p": None,
        "pairs": [["n", 2]],
        "is_hedged": False,
    }


def _changed(at: str, value: object) -> object:
    """The answer as JSON with one value replaced; `at` is a dotted path, digits are indexes."""
    data = json.loads(json.dumps(encode(ANSWER)))
    target = data
    *steps, last = (int(step) if step.isdigit() else step for step in at.split("."))
    for step in steps:
        target = target[step]
    target[last] = value
    return data


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (
            "claims.0.cites",
            "E1",
            "answer.claims[0].cites: expected an array, found 'E1'",
        ),
        (
            "claims.0.cites",
            ["E1", 2],
            "answer.claims[0].cites[1]: expected a string, found 2",
        ),
        (
            "lanes.0.lane",
            "opinion",
            "answer.lanes[0].lane: expected one of guideline, research, label,"
            " patient-information, found 'opinion'",
        ),
        (
            "claims.0.is_quoted",
            1,
            "answer.claims[0].is_quoted: expected true or false, found 1",
        ),
        (
            "provenance.documents",
            True,
            "answer.provenance.documents: expected a whole number, found True",
        ),
        (
            "provenance.options.0",
            ["k"],
            "answer.provenance.options[0]: expected an array of 2, found 1",
        ),
        ("question", None, "answer.question: expected an object, found None"),
        (
            "claims.0.certain",
            1,
            (
                "answer.claims[0]: unknown key 'certain'; the keys are claim_id, text, lane,"
                " heading, cites, is_quoted, remark"
            ),
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_path(at: str, value: object, message: str) -> None:
    with pytest.raises(CodecError) as raised:
        decode(Answer, _changed(at, value))
    assert str(raised.value) == message


def test_a_field_that_came_later_is_left_out_at_its_default() -> None:
    old = {
        "role": "condition", "name": "gout", "surface": "Gout", "terms": ["gout"],
        "is_required": True, "brand": None,
    }  # fmt: skip
    concept = Concept(Role.CONDITION, "gout", "Gout", ("gout",))
    assert (encode(concept), decode(Concept, old)) == (old, concept)
    known = replace(concept, ui="C05.550.114.423.410", tree_numbers=("C05.550.114.423.410",))
    new = {**old, "ui": "C05.550.114.423.410", "tree_numbers": ["C05.550.114.423.410"]}
    assert (encode(known), decode(Concept, new)) == (new, known)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(CodecError) as raised:
        decode(Span, {"start": 1})
    assert str(raised.value) == "span.end: missing; the keys are start, end"


def test_a_record_keeps_its_own_rules_when_it_is_read() -> None:
    with pytest.raises(CodecError) as raised:
        decode(Mention, {"text": "x", "span": {"start": 4, "end": 4}})
    assert str(raised.value) == "mention.span: empty or reversed span: [4, 4)"


def test_a_whole_number_is_read_as_a_number() -> None:
    rest = dict.fromkeys(("low", "high", "p", "unit", "level"))
    effect = {"measure": "OR", "point": 2, **rest}
    assert repr(decode(Effect, effect).point) == "2.0"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_a_number_that_no_float_holds_is_refused(number: float) -> None:
    rest = dict.fromkeys(("measure", "low", "high", "p", "unit", "level"))
    effect = {"point": number, **rest}
    with pytest.raises(CodecError, match=r"^effect\.point: expected a number"):
        decode(Effect, effect)


def test_a_number_that_is_not_finite_is_never_written() -> None:
    with pytest.raises(CodecError) as raised:
        encode(Effect("OR", float("nan")))
    assert str(raised.value) == "effect.point: expected a finite number, found nan"


def test_half_a_surrogate_pair_is_never_written() -> None:
    with pytest.raises(CodecError, match=r"^document: expected text; 'utf-8' codec"):
        dumps(replace(document(), title="\ud800"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "span: expected JSON; Expecting property name enclosed in double quotes"),
        (b"[" * 100_000, "span: expected JSON; maximum recursion depth exceeded"),
        (b"\xff", "span: expected JSON; 'utf-8' codec can't decode byte 0xff"),
        (b"[]", "span: expected the keys record, version and data, found []"),
        (
            b'{"record":"Mention","version":1,"data":{}}',
            "expected a Span, found a 'Mention'",
        ),
        (
            b'{"record":"Span","version":2,"data":{}}',
            "span: expected format version 1, found 2",
        ),
    ],
)
def test_text_that_dumps_did_not_write_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(CodecError) as raised:
        loads(Span, text)
    assert str(raised.value).startswith(message)


def test_a_type_without_an_agreed_json_form_is_refused_before_any_data() -> None:
    @dataclass(frozen=True)
    class Loose:
        words: set[str]

    with pytest.raises(CodecError) as raised:
        decode(Loose, {"words": []})
    assert str(raised.value) == "no JSON form is agreed for the type set[str]"
