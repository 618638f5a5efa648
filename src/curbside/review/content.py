"""What a signature stands under: one hash over all that a reader is shown of a page.

Left out is what changes without the page saying anything else: when it was made, what was
searched how, the day a standing was last looked up, what each gate said and refused, the
questions offered next. The rest is there: every claim with its quotes and their places, every
table, every source with its standing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from curbside.articles import SourceNow
from curbside.codec.records import Json, encode
from curbside.records import Answer, Claim, Evidence, Reference, Standing, Status

_PAGE: Final = b"curbside-page/1\n"
_CLAIM: Final = b"curbside-claim/1\n"
_NOT_SHOWN: Final = frozenset(
    {
        *("evidence_checked_to", "provenance", "verdicts", "withheld"),
        *("next_questions", "related", "reading", "top_score"),
    }
)
"""The fields of an answer that a signature is not on. Whatever else an answer has is signed; of
`reading` its wordings are."""


def canonical_json(data: Json) -> str:
    """JSON with sorted keys and nothing between: the same data, the same text."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def content_hash(answer: Answer) -> str:
    """The sha256, in hex, of what a page shows, the standing of its sources included."""
    data = _object(answer)
    shown = {key: value for key, value in data.items() if key not in _NOT_SHOWN}
    shown |= {
        "question": [answer.question.title, answer.question.slug],
        "references": [_reference(reference) for reference in answer.references],
        # a page whose claims are put in plainer words is another text than the one with the claims
        "wordings": [encode(each) for each in answer.reading.wordings] if answer.reading else [],
    }
    return sha256(_PAGE + canonical_json(shown).encode()).hexdigest()


def claim_hashes(answer: Answer) -> dict[str, str]:
    """By claim_id the sha256, in hex, of each claim: its words, its place, what it cites with
    the quotes and the standing of their sources. The claim_id is not in it, so that a claim that
    comes again in another version keeps what was decided of it."""
    evidence = {item.evidence_id: item for item in answer.evidence}
    references = {reference.doc_id: reference for reference in answer.references}
    return {
        claim.claim_id: sha256(
            _CLAIM + canonical_json(_claim(claim, evidence, references)).encode()
        ).hexdigest()
        for claim in answer.claims
    }


NOT_HERE: Final = SourceNow(None, Standing(Status.UNKNOWN, by=("not in the library",)))
"""How a source stands that is not in the library (any more)."""


def restated(answer: Answer, now: Mapping[str, SourceNow]) -> Answer:
    """The page with its sources as they stand now, by doc_id; NOT_HERE for one that is missing."""
    return replace(
        answer,
        references=tuple(
            replace(reference, standing=now.get(reference.doc_id, NOT_HERE).standing)
            for reference in answer.references
        ),
    )


def _claim(
    claim: Claim, evidence: Mapping[str, Evidence], references: Mapping[str, Reference]
) -> Json:
    cited = [evidence[each] for each in claim.cites if each in evidence]
    return {
        "text": claim.text,
        "lane": claim.lane.value,
        "heading": claim.heading,
        "is_quoted": claim.is_quoted,
        "remark": claim.remark,
        "cites": [
            {
                **_place(item),
                "standing": _standing(references[item.doc_id].standing)
                if item.doc_id in references
                else None,
            }
            for item in cited
        ],
    }


def _place(item: Evidence) -> dict[str, Json]:
    return {
        "doc_id": item.doc_id,
        "revision": item.revision,
        "start": item.span.start,
        "end": item.span.end,
        "quote": item.quote,
        "locator": item.locator,
        "certainty": item.certainty.value if item.certainty else None,
        "strength": item.strength,
        "design": item.design,
    }


def _reference(reference: Reference) -> Json:
    return _object(reference) | {"standing": _standing(reference.standing)}


def _object(record: object) -> dict[str, Json]:
    data = encode(record)
    # `encode` returns an object for a record
    assert isinstance(data, dict)  # noqa: S101
    return data


def _standing(standing: Standing) -> Json:
    return {"status": standing.status.value, "by": list(standing.by)}
