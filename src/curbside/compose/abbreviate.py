"""What the abbreviations of a claim stand for, told beside the claim that uses them first.

The quote stays word for word: an expansion is ours, so it stands in the claim's remark, where the
page marks whatever is not the source's own words, and never inside the quotation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from curbside.errors import DataError
from curbside.records import Claim, Question, Vocabulary
from curbside.text.abbreviations import (
    find_abbreviations,
    find_short_forms,
    is_spelt_by,
    meaning_of,
)
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings

Meanings = tuple[tuple[str, str | None], ...]
"""Short forms with what each stands for; None where nothing that may be asked says it."""


def meanings_of(
    text: str, document_text: str, *, question: Question, vocabulary: Vocabulary
) -> Meanings:
    """The short forms of `text` that it does not define itself, with what they stand for.

    Asked in turn: the document that the text is from, the wordings of the question and of the
    vocabulary, the glossary of data/abbreviations.toml. Another document is never asked: it may
    mean another thing by the same letters. What nothing explains and the question itself uses is
    left out: who asked knows it.
    """
    own = {pair.short.text for pair in find_abbreviations(text)}
    asked = find_short_forms(question.text)
    told = (
        (form, _meaning(form, document_text, question, vocabulary))
        for form in find_short_forms(text)
        if form not in own and form not in _read_as_words()
    )
    return tuple((form, long) for form, long in told if long is not None or form not in asked)


def introduce(
    claims: Sequence[Claim], meanings: Mapping[str, Meanings], *, first: Sequence[str]
) -> tuple[Claim, ...]:
    """The claims, each with a remark that expands what a reader meets there for the first time.

    Args:
        claims: in page order.
        meanings: of each claim, by its id.
        first: ids of the claims that stand before all others (the bottom line).
    """
    by_id = {claim.claim_id: claim for claim in claims}
    told: set[str] = set()
    for claim_id in dict.fromkeys([*(c for c in first if c in by_id), *by_id]):
        claim = by_id[claim_id]
        told |= {pair.short.text for pair in find_abbreviations(claim.text)}
        fresh = [
            (short, long)
            for short, long in meanings.get(claim_id, ())
            if long is not None and short not in told
        ]
        if fresh:
            told |= {short for short, _ in fresh}
            spelt = "; ".join(f"{short}: {long}" for short, long in fresh)
            remark = f"{claim.remark.rstrip('.')}. {spelt}" if claim.remark else spelt
            by_id[claim_id] = replace(claim, remark=remark)
    return tuple(by_id.values())


def _meaning(
    form: str, document_text: str, question: Question, vocabulary: Vocabulary
) -> str | None:
    printed = meaning_of(form, document_text)
    if printed is not None:
        return " ".join(printed.split())
    folded = fold(form)
    for terms in (
        *((concept.name, *concept.terms) for concept in question.concepts),
        *((entry.name, *entry.terms) for entry in vocabulary.entries),
    ):
        if any(fold(term) == folded for term in terms):
            spelt = next((term for term in terms if is_spelt_by(form, term)), None)
            if spelt is not None:
                return spelt
    return _glossary().get(form)


@cache
def _glossary() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in _rules()["group"]:
        for form in strings(row, "forms"):
            short, separator, long = form.partition(": ")
            if not separator or short in found:
                raise DataError(f"abbreviations.toml: expected 'SHORT: long' once, found {form!r}")
            found[short] = long
    return found


@cache
def _read_as_words() -> frozenset[str]:
    return frozenset(form for row in _rules()["plain"] for form in strings(row, "forms"))


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    columns = Columns(("name", "forms"))
    return load_rules(
        "curbside.compose.data", "abbreviations.toml", tables={"group": columns, "plain": columns}
    )
