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
    best_spelt,
    find_abbreviations,
    find_short_forms,
    meaning_of,
)
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings
from curbside.text.tokens import content_stems

Meanings = tuple[tuple[str, str | None], ...]
"""Short forms with what each stands for; None where nothing that may be asked says it."""


def wordings_of(question: Question, vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """Every wording of the question's concepts and of the vocabulary, folded, with all wordings of
    what goes by it."""
    found: dict[str, tuple[str, ...]] = {}
    for terms in (
        *((concept.name, *concept.terms) for concept in question.concepts),
        *((entry.name, *entry.terms) for entry in vocabulary.entries),
    ):
        for key in dict.fromkeys(map(fold, terms)):
            found[key] = (*found.get(key, ()), *terms)
    return found


def meanings_of(
    text: str, document_text: str, *, asked: str, wordings: Mapping[str, tuple[str, ...]]
) -> Meanings:
    """The short forms of `text` that it does not define itself, with what they stand for.

    Looked up in turn: the document that the text is from, `wordings`, the glossary of
    data/abbreviations.toml. Another document is never asked: it may mean another thing by the same
    letters. What nothing explains and the question (`asked`) itself uses is left out: who asked
    knows it.
    """
    own = {pair.short.text for pair in find_abbreviations(text)}
    known = find_short_forms(asked)
    told = (
        (form, _meaning(form, document_text, wordings))
        for form in find_short_forms(text)
        if form not in own and form not in _read_as_words()
    )
    return tuple((form, long) for form, long in told if long is not None or form not in known)


def introduce(
    claims: Sequence[Claim], meanings: Mapping[str, Meanings], *, first: Sequence[str]
) -> tuple[Claim, ...]:
    """The claims, each with a remark that expands what a reader meets there for the first time, or
    what this source means another thing by.

    Args:
        claims: in page order.
        meanings: of each claim, by its id.
        first: ids of the claims that stand before all others (the bottom line).
    """
    by_id = {claim.claim_id: claim for claim in claims}
    told: dict[str, str] = {}
    for claim_id in dict.fromkeys([*(c for c in first if c in by_id), *by_id]):
        claim = by_id[claim_id]
        for pair in find_abbreviations(claim.text):
            told[pair.short.text] = pair.long.text
        fresh = [
            (short, long)
            for short, long in meanings.get(claim_id, ())
            if long is not None and not _means(told.get(short), long)
        ]
        if fresh:
            told |= dict(fresh)
            spelt = "; ".join(f"{short}: {long}" for short, long in fresh)
            remark = f"{claim.remark.rstrip('.')}. {spelt}" if claim.remark else spelt
            by_id[claim_id] = replace(claim, remark=remark)
    return tuple(by_id.values())


def _means(told: str | None, long: str) -> bool:
    """Whether a reader who was told this takes the abbreviation as `long` does: the same words,
    endings and spelling aside."""
    return told is not None and (
        fold(told) == fold(long) or bool(set(content_stems(told)) & set(content_stems(long)))
    )


def _meaning(form: str, document_text: str, wordings: Mapping[str, tuple[str, ...]]) -> str | None:
    printed = meaning_of(form, document_text)
    if printed is not None:
        return " ".join(printed.split())
    return best_spelt(form, wordings.get(fold(form), ())) or _glossary().get(form)


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
