"""One answer for four kinds of reader: the same claims with the same citations, in words and in an
order for each. No claim comes or goes; what cannot be said plainly and equally stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from curbside.compose.split import split_sentence
from curbside.errors import DataError
from curbside.records import (
    Answer,
    Claim,
    Explanation,
    Grade,
    Kind,
    Lane,
    PlainTerm,
    Reader,
    Reading,
    Span,
    Wording,
)
from curbside.text.hundreds import hundred_sentence, hundreds_of
from curbside.text.normalise import fold
from curbside.text.plain import Lexicon, Swap, find_swaps, find_terms, put, whole_words
from curbside.text.polarity import CueKind, find_cues
from curbside.text.quantities import QuantityKind, find_quantities
from curbside.text.readability import readability
from curbside.text.rules import Columns, Row, load_rules, strings
from curbside.text.sentences import split_sentences

Holds = Callable[[Claim, Wording], bool]
"""Whether a wording says what its claim says."""

OURS: Final = "Curbside"
_DOSES: Final = frozenset({QuantityKind.DOSE, QuantityKind.FREQUENCY})
_ADVISING: Final = frozenset(Lane) - {Lane.RESEARCH}


@dataclass(frozen=True, slots=True)
class _Level:
    """What data/readers.toml says of one reader."""

    is_plain: bool
    explains: bool
    folded: tuple[str, ...]


def needs_plain_words(reader: Reader) -> bool:
    """Whether a reader is given other words than those printed, or an explanation of them."""
    level = _levels()[reader]
    return level.is_plain or level.explains


def read_for(
    answer: Answer, reader: Reader, *, lexicon: Lexicon, names: Collection[str], holds: Holds
) -> Reading:
    """How one kind of reader reads an answer; only its claims count, whoever it was drawn for.

    Args:
        answer: the page.
        reader: whom it is for.
        lexicon: plain words that may stand, and terms that may be explained.
        names: names of drugs and diseases, folded: the second grade leaves them out, and no swap
            changes a part of one.
        holds: the judge of every wording. A cut or a swap that it refuses is not made; it must
            accept the claim as it stands.

    Returns:
        Wordings of all claims where the reader has words of their own, explanations at the first
        use in page order, the questions that the page gives reason to ask, and its grades.
    """
    level = _levels()[reader]
    is_name = whole_words(names)
    wordings = (
        tuple(_wording(claim, lexicon, holds, is_name) for claim in answer.claims)
        if level.is_plain
        else ()
    )
    sentences = [
        sentence
        for parts in (
            [wording.parts for wording in wordings]
            or [_sentences(claim.text) for claim in answer.claims]
        )
        for sentence in parts
    ]
    return Reading(
        reader=reader,
        wordings=wordings,
        explanations=tuple(_explanations(answer, wordings, lexicon)) if level.explains else (),
        questions=tuple(_questions(answer, wordings)) if level.is_plain else (),
        folded=level.folded,
        grade=_grade(sentences, ()),
        grade_without_names=_grade(sentences, names),
    )


def _wording(claim: Claim, lexicon: Lexicon, holds: Holds, is_name: re.Pattern[str]) -> Wording:
    is_dosing = _is_dosing(claim)

    def worded(parts: tuple[str, ...]) -> Wording:
        note = _note("dosing") if is_dosing else None
        return Wording(claim.claim_id, claim.cites, parts, note=note, is_folded=is_dosing)

    def hold(parts: tuple[str, ...]) -> bool:
        return holds(claim, worded(parts))

    sentences = _sentences(claim.text)
    short = tuple(part for sentence in sentences for part in split_sentence(sentence))
    base = next((parts for parts in (short, sentences) if hold(parts)), (claim.text,))
    swaps = tuple(_outside_names(part, lexicon, is_name) for part in base)
    plain = _swapped(base, swaps, hold)
    again = hundreds_of(claim.text)
    if again and hold((*plain, hundred_sentence(again))):
        plain = (*plain, hundred_sentence(again))
    return worded(plain)


def _outside_names(text: str, lexicon: Lexicon, is_name: re.Pattern[str]) -> tuple[Swap, ...]:
    """Swaps that change no part of a longer name ("renal" in the name of a disease)."""
    names = [Span(*match.span()) for match in is_name.finditer(fold(text))]
    return tuple(
        swap
        for swap in find_swaps(text, lexicon)
        if not any(name.contains(swap.span) and name != swap.span for name in names)
    )


def _swapped(
    parts: tuple[str, ...],
    swaps: Sequence[Sequence[Swap]],
    hold: Callable[[tuple[str, ...]], bool],
) -> tuple[str, ...]:
    """The parts with plain words: all that may stand, else one after the other what holds."""
    whole = tuple(put(part, mine) for part, mine in zip(parts, swaps, strict=True))
    if whole == parts or hold(whole):
        return whole
    for at, part in enumerate(parts):
        kept: list[Swap] = []
        for swap in swaps[at]:
            tried = (*parts[:at], put(part, [*kept, swap]), *parts[at + 1 :])
            if hold(tried):
                kept.append(swap)
        parts = (*parts[:at], put(part, kept), *parts[at + 1 :])
    return parts


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(span.of(text).strip() for span in split_sentences(text)) or (text,)


def _is_dosing(claim: Claim) -> bool:
    """Whether a claim tells how to treat: a demand about a treatment, or a dose that a guideline,
    a label or a leaflet prints."""
    has_dose = any(quantity.kind in _DOSES for quantity in find_quantities(claim.text))
    demands = any(cue.kind is CueKind.OBLIGATION for cue in find_cues(claim.text))
    about_treatment = bool(_dosing_words().search(fold(claim.text)))
    return (demands and (has_dose or about_treatment)) or (has_dose and claim.lane in _ADVISING)


def _explanations(
    answer: Answer, wordings: Sequence[Wording], lexicon: Lexicon
) -> Iterator[Explanation]:
    """Each word once, where a claim uses it first; then those of the title and the headings, and
    the kinds of the sources."""
    worded = {wording.claim_id: wording.parts for wording in wordings}
    by_id = {claim.claim_id: claim for claim in answer.claims}
    placed = (c for lane in answer.lanes for section in lane.sections for c in section.claims)
    told: set[str] = set()
    for claim_id in dict.fromkeys((*answer.bottom_line, *placed)):
        for term in find_terms(by_id[claim_id].text, lexicon):
            if term.name not in told:
                told.add(term.name)
                plain = _plain_of(term, by_id[claim_id].text, worded.get(claim_id, ()))
                yield Explanation(term.name, term.meaning, term.source, plain, claim_id)
    headings = (section.heading for lane in answer.lanes for section in lane.sections)
    for term in find_terms("; ".join((answer.question.title, *headings)), lexicon):
        if term.name not in told:
            yield Explanation(term.name, term.meaning, term.source)
    kinds = {reference.kind for reference in answer.references}
    for row in _rules()["kind"]:
        if Kind(str(row["name"])) in kinds:
            name = str(row["name"]).replace("-", " ")
            yield Explanation(name, str(row["meaning"]), OURS)


def _plain_of(term: PlainTerm, text: str, parts: Sequence[str]) -> str | None:
    """The plain words that stand in the place of the term in the wording of a text, if any do; of
    several the shortest."""
    was, said = fold(text), fold(" ".join(parts))
    standing = [
        plain
        for wording, plain in term.swaps
        if whole_words([wording]).search(was)
        and whole_words([fold(plain)]).search(said)
        and not whole_words([fold(plain)]).search(was)
    ]
    return min(standing, key=len, default=None)


def _questions(answer: Answer, wordings: Sequence[Wording]) -> Iterator[str]:
    held = {
        "always": bool(answer.claims),
        "dosing": any(wording.is_folded for wording in wordings),
        "conflicts": bool(answer.conflicts),
        "factors": bool(answer.factors),
        "not_found": bool(answer.not_found),
    }
    for row in _rules()["question"]:
        if held[str(row["when"])]:
            yield str(row["text"])


def _grade(sentences: Sequence[str], names: Collection[str]) -> Grade:
    counted = readability(sentences, names=names)
    return Grade(
        _rounded(counted.flesch_kincaid), _rounded(counted.smog), counted.sentences, counted.words
    )


def _rounded(grade: float | None) -> float | None:
    return None if grade is None else round(grade, 1)


@cache
def _levels() -> dict[Reader, _Level]:
    found = {
        Reader(str(row["name"])): _Level(
            row["words"] == "plain", bool(row["explains"]), strings(row, "folded")
        )
        for row in _rules()["reader"]
    }
    if found.keys() != set(Reader):
        raise DataError(f"readers.toml: expected each of {', '.join(Reader)} once")
    return found


def _note(when: str) -> str:
    return next(str(row["text"]) for row in _rules()["note"] if row["when"] == when)


@cache
def _dosing_words() -> re.Pattern[str]:
    words = sorted(word for row in _rules()["dosing"] for word in strings(row, "words"))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])")


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        "curbside.compose.data",
        "readers.toml",
        tables={
            "reader": Columns(("name", "words", "explains", "folded")),
            "question": Columns(("when", "text")),
            "dosing": Columns(("why", "words")),
            "note": Columns(("when", "text")),
            "kind": Columns(("name", "meaning")),
        },
    )
