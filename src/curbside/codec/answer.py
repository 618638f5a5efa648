"""An answer as the published JSON object and back; `answer.schema.json` describes every field.

What a reader needs and the record does not hold (reference numbers beside a claim, the banner)
is derived here, in one place, so that every form drawn from the object says the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from typing import Final, TypeVar

from curbside.articles import UNREVIEWED, Review, banner_of
from curbside.codec.records import Json, decode, encode
from curbside.errors import CodecError
from curbside.records import (
    Answer,
    Claim,
    Evidence,
    Factor,
    Lane,
    LaneOfClaims,
    Provenance,
    Reader,
    Reference,
    Source,
    Verdict,
)

SCHEMA_ID: Final = "https://curbside.invalid/schema/answer/1"
"""Names the form; the number goes up when a reader of the old form would be misled."""

DISCLAIMER: Final = (
    "For health professionals. This page gathers what named sources say; it does not replace"
    " professional judgement or the full sources, and it gives no orders for the treatment of an"
    " individual."
)

_DISCLAIMERS: Final[Mapping[Reader, str]] = {
    Reader.PATIENT: (
        "For patients and carers, as information. This page gathers what named sources say; it does"
        " not replace the advice of your doctor, and it gives no orders for your treatment. Start,"
        " change or stop no medicine because of it."
    ),
    Reader.STUDENT: DISCLAIMER.replace(
        "For health professionals.", "For students and health professionals."
    ),
}

_LANE_TITLES: Final[Mapping[Lane, str]] = {
    Lane.GUIDELINE: "From the Guidelines",
    Lane.RESEARCH: "From the Research",
    Lane.LABEL: "From the Drug Label",
    Lane.PATIENT: "From Patient Information",
}
_UNDERSTANDING_KEYS: Final = ("kind", "query", "as_of", "concepts", "follows")
_LANE_KEYS: Final = ("lane", "title", "sections", "absent_reason")
_CLAIM_KEYS: Final = (
    *("text", "lane", "heading", "cites", "evidence", "verdicts", "is_quoted", "remark"),
)
_EVIDENCE_KEYS: Final = (
    *("doc_id", "revision", "quote", "start", "end", "section", "locator", "zone", "design"),
    *("certainty", "strength", "findings", "is_digest"),
)
_FACTOR_KEYS: Final = ("factor", "verdict", "direction", "supporting", "opposing", "reason")
_SOURCE_KEYS: Final = tuple(field.name for field in fields(Source))
_REFERENCE_KEYS: Final = (
    *("number", "doc_id", "type", "title", "title_is_description", *_SOURCE_KEYS, "standing"),
    *("digest", "via", "verification", "notes"),
)
_PAGE_KEYS: Final = (
    *("schema", "question", "title", "slug", "readings", "understanding", "status"),
    *("evidence_checked_to", "abstained", "bottom_line", "lanes", "claims", "withheld", "judged"),
    *("evidence", "references", "factors", "conflicts", "not_found", "tables", "figures"),
    *("next_questions", "related", "reading"),
    *("disclaimer", "provenance"),
)
_ADDED_KEYS: Final = ("closest", "top_score")
"""Left out at their defaults, as records do (`records.ADDED`)."""
_PROVENANCE_KEYS: Final = tuple(field.name for field in fields(Provenance))
_SHOWN_CHARACTERS: Final = 80

_T = TypeVar("_T")


def disclaimer_of(reader: Reader | None) -> str:
    """What a page says it is not, for the reader it is drawn for."""
    return _DISCLAIMERS.get(reader, DISCLAIMER) if reader else DISCLAIMER


def answer_schema() -> dict[str, Json]:
    """The JSON Schema (2020-12) of what `answer_to_json` returns."""
    text = files("curbside.codec").joinpath("answer.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Json] = json.loads(text)
    return schema


def answer_to_json(answer: Answer, *, review: Review = UNREVIEWED) -> dict[str, Json]:
    """Return the published form of `answer`; `answer_from_json` gives the same answer back.

    Args:
        answer: the page.
        review: where it stands in review; a page that no desk has was not reviewed by a person.

    Raises:
        CodecError: two claims, two pieces of evidence or two options share a name; a claim cites
            evidence that the answer does not hold; a verdict is of no claim of the answer, or the
            verdicts of one claim do not stand together.
    """
    evidence = _by_id(((e.evidence_id, e) for e in answer.evidence), "evidence")
    _by_id(((c.claim_id, c) for c in (*answer.claims, *answer.withheld)), "claim")
    options = _by_id(answer.provenance.options, "option")
    references = {reference.doc_id: reference for reference in answer.references}
    verdicts = _verdicts_by_claim(answer)
    question = answer.question
    return {
        "schema": SCHEMA_ID,
        "question": question.text,
        "title": question.title,
        "slug": question.slug,
        "readings": list(question.readings),
        "understanding": {
            key: value for key, value in _encoded(question).items() if key in _UNDERSTANDING_KEYS
        },
        "status": _review_to_json(review),
        "evidence_checked_to": answer.evidence_checked_to,
        "abstained": answer.abstained.value if answer.abstained else None,
        "bottom_line": list(answer.bottom_line),
        "lanes": [_lane_to_json(lane) for lane in answer.lanes],
        "claims": {
            claim.claim_id: _claim_to_json(claim, verdicts, evidence, references)
            for claim in answer.claims
        },
        "withheld": {
            claim.claim_id: _claim_to_json(claim, verdicts, evidence, references)
            for claim in answer.withheld
        },
        "judged": list(verdicts),
        "evidence": {
            evidence_id: _evidence_to_json(item, references)
            for evidence_id, item in evidence.items()
        },
        "references": [reference_to_json(reference) for reference in answer.references],
        "factors": [_factor_to_json(factor) for factor in answer.factors],
        "conflicts": [encode(conflict) for conflict in answer.conflicts],
        "not_found": [encode(part) for part in answer.not_found],
        **_added(answer),
        "tables": [encode(table) for table in answer.tables],
        "figures": [encode(figure) for figure in answer.figures],
        "next_questions": list(answer.next_questions),
        "related": list(answer.related),
        "reading": encode(answer.reading) if answer.reading else None,
        "disclaimer": disclaimer_of(answer.reading.reader if answer.reading else None),
        "provenance": {**_encoded(answer.provenance), "options": dict(options)},
    }


def answer_from_json(data: object) -> Answer:
    """Return the answer that the published form `data` (parsed JSON) describes.

    What the form derives (the banner, reference numbers beside a claim) is not read back;
    `alterations` says whether it still agrees with the rest.

    Raises:
        CodecError: `data` do not describe an answer; the text names the place and what was
            expected there.
    """
    page = _object(data, "answer", _PAGE_KEYS, _ADDED_KEYS)
    if page["schema"] != SCHEMA_ID:
        raise CodecError(f"answer.schema: expected {SCHEMA_ID!r}, found {page['schema']!r}")
    understanding = _object(page["understanding"], "answer.understanding", _UNDERSTANDING_KEYS)
    provenance = _object(page["provenance"], "answer.provenance", _PROVENANCE_KEYS)
    options = _object(provenance["options"], "answer.provenance.options")
    added = {key: page[key] for key in _ADDED_KEYS if key in page}
    claims = _claims_from_json(page, "claims")
    withheld = _claims_from_json(page, "withheld")
    return decode(
        Answer,
        {
            "question": {
                "text": page["question"],
                "title": page["title"],
                "slug": page["slug"],
                "readings": page["readings"],
                **understanding,
            },
            "evidence_checked_to": page["evidence_checked_to"],
            "bottom_line": page["bottom_line"],
            "lanes": [_lane_from_json(*item) for item in _items(page, "lanes")],
            "claims": [claim for claim, _ in claims.values()],
            "withheld": [claim for claim, _ in withheld.values()],
            "evidence": [
                _evidence_from_json(evidence_id, item)
                for evidence_id, item in _object(page["evidence"], "answer.evidence").items()
            ],
            "verdicts": _verdicts_from_json(page, {**claims, **withheld}),
            "references": [_reference_from_json(*item) for item in _items(page, "references")],
            "factors": [_factor_from_json(*item) for item in _items(page, "factors")],
            "conflicts": page["conflicts"],
            "not_found": page["not_found"],
            "tables": page["tables"],
            "figures": page["figures"],
            "next_questions": page["next_questions"],
            "related": page["related"],
            "reading": page["reading"],
            "abstained": page["abstained"],
            "provenance": {**provenance, "options": [list(pair) for pair in options.items()]},
        }
        | added,
    )


def alterations(data: object, answer: Answer, *, review: Review = UNREVIEWED) -> tuple[str, ...]:
    """Every place where `data` is not what `answer_to_json` writes of the answer and where it
    stands in review, in page order.

    With `answer` read from `data` these are the derived fields that were changed: a banner taken
    away, a number beside a claim that leads to another source.

    Raises:
        CodecError: see `answer_to_json`.
    """
    return tuple(_differences(data, answer_to_json(answer, review=review), "answer"))


def _by_id(pairs: Iterable[tuple[str, _T]], noun: str) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for key, value in pairs:
        if key in found:
            raise CodecError(f"expected each {noun} once, found {key!r} twice")
        found[key] = value
    return found


def _encoded(record: object) -> dict[str, Json]:
    data = encode(record)
    # `encode` returns an object for a record
    assert isinstance(data, dict)  # noqa: S101
    return data


def _added(answer: Answer) -> dict[str, Json]:
    added: dict[str, Json] = {}
    if answer.closest:
        added["closest"] = list(answer.closest)
    if answer.top_score is not None:
        added["top_score"] = answer.top_score
    return added


def _verdicts_by_claim(answer: Answer) -> dict[str, list[Verdict]]:
    """The verdicts of each claim, in the order in which the claims were judged."""
    known = {claim.claim_id for claim in (*answer.claims, *answer.withheld)}
    found: dict[str, list[Verdict]] = {}
    last = None
    for verdict in answer.verdicts:
        if verdict.claim_id not in known:
            raise CodecError(f"expected a claim of this answer, found {verdict.claim_id!r} judged")
        if verdict.claim_id != last and verdict.claim_id in found:
            raise CodecError(f"expected the verdicts of {verdict.claim_id!r} to stand together")
        last = verdict.claim_id
        found.setdefault(last, []).append(verdict)
    return found


def _review_to_json(review: Review) -> Json:
    return {
        "state": review.state.value,
        "banner": banner_of(review.state),
        "version": review.version,
        "updated_at": review.updated_at,
        "due": review.due,
        "notice": review.notice,
        "signatures": [
            {
                "name": signature.name,
                "credentials": signature.credentials,
                "meaning": signature.meaning,
                "at": signature.at,
                "content": signature.content,
                "disclosure": encode(signature.disclosure),
            }
            for signature in review.signatures
        ],
    }


def _lane_to_json(lane: LaneOfClaims) -> Json:
    encoded = _encoded(lane)
    return {"lane": encoded.pop("lane"), "title": _LANE_TITLES[lane.lane], **encoded}


def _lane_from_json(data: object, at: str) -> dict[str, object]:
    lane = _object(data, at, _LANE_KEYS)
    del lane["title"]
    return lane


def _claim_to_json(
    claim: Claim,
    verdicts: Mapping[str, Sequence[Verdict]],
    evidence: Mapping[str, Evidence],
    references: Mapping[str, Reference],
) -> Json:
    unknown = [e for e in claim.cites if e not in evidence]
    if unknown:
        raise CodecError(f"{claim.claim_id}: cites {', '.join(unknown)}, not in the answer")
    sources = dict.fromkeys(evidence[e].doc_id for e in claim.cites)
    return {
        "text": claim.text,
        "lane": claim.lane.value,
        "heading": claim.heading,
        # a withheld claim's source need not be among the references, which list what is shown
        "cites": [references[doc_id].number for doc_id in sources if doc_id in references],
        "evidence": list(claim.cites),
        "verdicts": [
            {
                "gate": verdict.gate,
                "label": verdict.label.value,
                "reason": verdict.reason,
                "score": verdict.score,
            }
            for verdict in verdicts.get(claim.claim_id, ())
        ],
        "is_quoted": claim.is_quoted,
        "remark": claim.remark,
    }


def _claims_from_json(
    page: Mapping[str, object], group: str
) -> dict[str, tuple[dict[str, object], list[object]]]:
    """Each claim of a group as `decode` reads it, with its verdicts apart."""
    found = {}
    for claim_id, data in _object(page[group], f"answer.{group}").items():
        at = f"answer.{group}.{claim_id}"
        claim = _object(data, at, _CLAIM_KEYS)
        verdicts = _list(claim.pop("verdicts"), f"{at}.verdicts")
        cites = claim.pop("evidence")
        found[claim_id] = ({**claim, "claim_id": claim_id, "cites": cites}, verdicts)
    return found


def _verdicts_from_json(
    page: Mapping[str, object],
    claims: Mapping[str, tuple[dict[str, object], list[object]]],
) -> list[dict[str, object]]:
    judged = _list(page["judged"], "answer.judged")
    expected = {claim_id for claim_id, (_, verdicts) in claims.items() if verdicts}
    if len(judged) != len(expected) or set(map(str, judged)) != expected:
        raise CodecError("answer.judged: expected each claim that has verdicts, once")
    return [
        {**_object(verdict, f"answer verdict of {claim_id}"), "claim_id": claim_id}
        for claim_id in map(str, judged)
        for verdict in claims[claim_id][1]
    ]


def _evidence_to_json(evidence: Evidence, references: Mapping[str, Reference]) -> Json:
    reference = references.get(evidence.doc_id)
    return {
        "doc_id": evidence.doc_id,
        "revision": evidence.revision,
        "quote": evidence.quote,
        "start": evidence.span.start,
        "end": evidence.span.end,
        "section": evidence.section,
        "locator": evidence.locator,
        "zone": evidence.zone,
        "design": evidence.design,
        "certainty": evidence.certainty.value if evidence.certainty else None,
        "strength": evidence.strength,
        "findings": [encode(finding) for finding in evidence.findings],
        "is_digest": reference.is_digest if reference else None,
    }


def _evidence_from_json(evidence_id: str, data: object) -> dict[str, object]:
    item = _object(data, f"answer.evidence.{evidence_id}", _EVIDENCE_KEYS)
    del item["is_digest"]
    span = {"start": item.pop("start"), "end": item.pop("end")}
    return {**item, "evidence_id": evidence_id, "span": span}


def reference_to_json(reference: Reference) -> dict[str, Json]:
    """A source as the published form has it."""
    data = _encoded(reference)
    source = _encoded(reference.source)
    data |= source | {"type": reference.kind.value, "digest": reference.is_digest}
    return {key: data[key] for key in _REFERENCE_KEYS}


def _reference_from_json(data: object, at: str) -> dict[str, object]:
    item = _object(data, at, _REFERENCE_KEYS)
    source = {key: item.pop(key) for key in _SOURCE_KEYS}
    kind, is_digest = item.pop("type"), item.pop("digest")
    return {**item, "kind": kind, "is_digest": is_digest, "source": source}


def _factor_to_json(factor: Factor) -> Json:
    data = _encoded(factor)
    data["factor"] = data["name"]
    return {key: data[key] for key in _FACTOR_KEYS}


def _factor_from_json(data: object, at: str) -> dict[str, object]:
    factor = _object(data, at, _FACTOR_KEYS)
    name = factor.pop("factor")
    return {**factor, "name": name}


def _object(
    data: object, at: str, keys: Sequence[str] = (), optional: Sequence[str] = ()
) -> dict[str, object]:
    """A copy of an object; with `keys`, one that has these keys, may have those that are
    `optional`, and has no others."""
    if not isinstance(data, dict):
        raise CodecError(f"{at}: expected an object, found {type(data).__name__}")
    if keys and data.keys() - set(optional) != set(keys):
        missing = sorted(set(keys) - data.keys())
        unknown = sorted(data.keys() - {*keys, *optional})
        told = [f"missing {', '.join(missing)}"] if missing else []
        told += [f"unknown {', '.join(unknown)}"] if unknown else []
        raise CodecError(f"{at}: {'; '.join(told)}; the keys are {', '.join(keys)}")
    return dict(data)


def _list(data: object, at: str) -> list[object]:
    if not isinstance(data, list):
        raise CodecError(f"{at}: expected an array, found {type(data).__name__}")
    return data


def _items(page: Mapping[str, object], key: str) -> Iterator[tuple[object, str]]:
    """Each item of an array of the page, with its place."""
    for number, item in enumerate(_list(page[key], f"answer.{key}")):
        yield item, f"answer.{key}[{number}]"


def _differences(data: object, expected: object, at: str) -> Iterator[str]:
    if isinstance(data, dict) and isinstance(expected, dict) and data.keys() == expected.keys():
        for key in expected:
            yield from _differences(data[key], expected[key], f"{at}.{key}")
    elif isinstance(data, list) and isinstance(expected, list) and len(data) == len(expected):
        for number, (one, other) in enumerate(zip(data, expected, strict=True)):
            yield from _differences(one, other, f"{at}[{number}]")
    elif data != expected:
        yield f"{at}: expected {_shown(expected)}, found {_shown(data)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
