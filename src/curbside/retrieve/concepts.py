"""What a text is about: known wordings first, then the words that ask nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from curbside.records import Role, Span
from curbside.retrieve.lexicon import (
    is_condition_word,
    leading_words,
    question_words,
    spellings,
    trailing_words,
    turning_words,
)
from curbside.retrieve.wordings import Found, Meaning, Table, find_wordings
from curbside.text.normalise import fold
from curbside.text.tokens import Token, is_stopword, tokenize

_CLOSE = re.compile(r"[\s-]*")
# "CDK4/6", "SLA/LP": a stroke joins what has no space around it
_TIED = re.compile(r"[\s-]*|/")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏ]")


@dataclass(frozen=True, slots=True)
class _Run:
    """Words beside each other that are no known wording."""

    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        return Span(self.tokens[0].span.start, self.tokens[-1].span.end)


def find_concepts(text: str, table: Table) -> list[Found]:
    """The concepts of `text` in order of appearance, each with where it stands.

    A run of words beside a general condition or outcome narrows it: "portal hypertension" is a
    condition of its own, not hypertension; "hip fracture" not any fracture. Words in other
    scripts, which no library here holds, are none.
    """
    known = find_wordings(text, table)
    runs = _runs(text, known)
    narrowed, used = _narrow(text, known, runs)
    rest = [Found(run.span, _chunk(run, text)) for run in runs if run not in used]
    return sorted((*narrowed, *rest), key=lambda found: found.span)


def _runs(text: str, known: list[Found]) -> list[_Run]:
    taken = bytearray(len(text))
    for found in known:
        taken[found.span.start : found.span.end] = b"\1" * (found.span.end - found.span.start)
    runs: list[list[Token]] = [[]]
    end = 0
    for token in tokenize(text):
        is_free = not any(taken[token.span.start : token.span.end])
        if not is_free or not _TIED.fullmatch(text[end : token.span.start]):
            runs.append([])
        if is_free and _belongs(token, text, runs[-1]):
            runs[-1].append(token)
        elif runs[-1]:
            runs.append([])
        end = token.span.end
    trimmed = (_trim(run) for run in runs)
    return [_Run(tuple(run)) for run in trimmed if any(_is_content(token) for token in run)]


def _belongs(token: Token, text: str, run: list[Token]) -> bool:
    word = fold(token.text)
    if _is_content(token) or word in leading_words() or word in trailing_words():
        return True
    # "hepatitis E", "type 2 …", "omega-3": a letter or number belongs to the word before it
    is_short = len(word) == 1 and (token.text.isupper() or word.isdigit())
    return (
        bool(run)
        and is_short
        and _CLOSE.fullmatch(text[run[-1].span.end : token.span.start]) is not None
    )


def _is_content(token: Token) -> bool:
    word = fold(token.text)
    if len(word) < 2 or not _LATIN.search(word) or is_stopword(token.text):
        return False
    if word in leading_words() or word in trailing_words():
        return False
    is_acronym = token.text.isupper() and len(word) <= 5
    asks = word in question_words() or word in turning_words()
    return not asks or (is_acronym and word not in question_words())


def _trim(run: list[Token]) -> list[Token]:
    first, last = 0, len(run)
    while first < last and not _is_content(run[first]) and not _opens(run, first):
        first += 1
    while last > first and fold(run[last - 1].text) in leading_words():
        last -= 1
    return run[first:last]


def _opens(run: list[Token], at: int) -> bool:
    return fold(run[at].text) in leading_words() and at + 1 < len(run)


def _narrow(text: str, known: list[Found], runs: list[_Run]) -> tuple[list[Found], list[_Run]]:
    narrowed, used = [], []
    for found in known:
        changed = found
        if found.meaning.is_general and _may_be_narrowed(found.meaning):
            for run in runs:
                if run in used or not _narrows(text, run, found):
                    continue
                changed = _joined(text, run, changed)
                used.append(run)
        narrowed.append(changed)
    return narrowed, used


def _may_be_narrowed(meaning: Meaning) -> bool:
    return meaning.joins or meaning.role is Role.CONDITION


def _narrows(text: str, run: _Run, found: Found) -> bool:
    is_before = run.span.end <= found.span.start
    between = (
        text[run.span.end : found.span.start]
        if is_before
        else text[found.span.end : run.span.start]
    )
    if not _CLOSE.fullmatch(between):
        return False
    if found.meaning.role is Role.CONDITION:
        # MeSH has the narrower headings: what follows a name ("inherited") is no part of it
        return is_before or found.meaning.is_listed
    # "melanoma mortality" is two concepts, "hip fracture" one
    return is_before and not any(is_condition_word(fold(token.text)) for token in run.tokens)


def _joined(text: str, run: _Run, found: Found) -> Found:
    words = fold(run.span.of(text))
    meaning = found.meaning
    if run.span.end <= found.span.start:
        span = Span(run.span.start, found.span.end)
        wordings = [f"{words} {term}" for term in meaning.terms]
    else:
        span = Span(found.span.start, run.span.end)
        wordings = [f"{term} {words}" for term in meaning.terms]
    name = fold(span.of(text))
    terms = tuple(dict.fromkeys(s for w in (name, *wordings) for s in spellings(w)))
    return Found(span, replace(meaning, name=name, terms=terms))


def _chunk(run: _Run, text: str) -> Meaning:
    name = fold(run.span.of(text))
    is_condition = any(is_condition_word(fold(token.text)) for token in run.tokens)
    role = Role.CONDITION if is_condition else Role.OTHER
    return Meaning(role, name, spellings(name), run.span.of(text))
