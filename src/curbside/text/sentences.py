"""Where sentences start and end in biomedical prose.

`nupunkt` (Punkt, trained on general English) proposes the boundaries inside each block of text;
rules of ours join what it cut after an abbreviation or inside a bracket and cut what it joined
at a reference mark, after a letter that names a thing ("vitamin D. The …") or at a line break
that ends a heading or starts a list item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from curbside.records import Span
from curbside.text.rules import Columns, load_rules, strings

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")
_LIST_ITEM = re.compile(r"(?:[-*•–·▪◦●■]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_LABEL = re.compile(r"[A-Z][A-Za-z/&,' -]{2,60}:\s|[A-Z][A-Z/&, -]{3,60}(?:$|\n)")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*(?:\[[\d,\s–-]+\]|\d{1,3}(?:[,–-]\d{1,3})*)?$")
_HEADING_MAX = 60

# "was known.3,4 The", "was known.[3] The", "was known.(3) The": the mark belongs to what it marks
_MARK = r"(?:\[\d[\d,;\s–-]*\]|\(\d[\d,;\s–-]*\)|\d{1,3}(?:\s?[,–-]\s?\d{1,3})*)"
_GLUED_MARK = re.compile(rf"(?<=[a-z)\]%\"”])[.!?][\"”’)]?{_MARK}(?=\s+[A-Z\"“(])")
_LEADING_MARK = re.compile(r"\[\d[\d,;\s–-]*\](?=\s+\S)")
# "vitamin D. The": one capital and a word that starts a sentence
_LETTER_END = re.compile(r"(?<=[\w)] [A-Z])\.(?=\s+([A-Z][a-z]*)\b)")
# "of it.The next": the space was lost between two sentences
_LOST_SPACE = re.compile(
    r"(?<=[a-z]{2}[.!?])(?=([A-Z][a-z]*) [a-z])|(?<=[a-z]{2}\)\.)(?=[A-Z][a-z]+ )"
)
_ABBREVIATION = re.compile(r"(?<![\w.])((?:et |ad )?[A-Za-z]+(?:\.[A-Za-z]+)*)\.[)\]]?\s*$")
_INITIAL = re.compile(r"(?<![\w.])([A-Z])\.\s*$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[]*([A-Za-z]+)")
_NUMBER = re.compile(r"[#(]?(?:\d|[IVXLC]+\b|[A-Z]?\d)")
_LOWER_WORD = re.compile(r"[\"'“‘(\[]*[a-z]{2,}(?![\w-]*[A-Z0-9])")
_PLAIN_P = re.compile(r"(?:<|>|=|≤|≥)\s*$")


def split_sentences(text: str) -> tuple[Span, ...]:
    """The sentences of `text`: sorted, disjoint spans without surrounding white space.

    Every character that is not white space lies in exactly one span. A blank line, a list item
    and a line that is a heading are boundaries of their own. Empty for empty or blank text.

    >>> text = "Given i.v. in E. coli sepsis vs. placebo.3 It helped."
    >>> [span.of(text) for span in split_sentences(text)]
    ['Given i.v. in E. coli sepsis vs. placebo.3', 'It helped.']
    """
    return tuple(
        span for start, end in _blocks(text) for span in _split_block(text[start:end], start)
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between the line breaks that are boundaries for certain."""
    start = 0
    for match in _LINE_BREAK.finditer(text):
        if _is_hard(text, start, match):
            yield start, match.start()
            start = match.end()
    yield start, len(text)


def _is_hard(text: str, start: int, gap: re.Match[str]) -> bool:
    if gap[0].count("\n") > 1 or _LIST_ITEM.match(text, gap.end()):
        return True
    line = text[max(start, text.rfind("\n", start, gap.start()) + 1) : gap.start()]
    if _ENDS.search(line) or _LABEL.match(text, gap.end()):
        return True
    # a short line without a stop before a capital: a heading, not wrapped prose
    opens_block = len(line.strip()) == len(text[start : gap.start()].strip())
    return opens_block and len(line) <= _HEADING_MAX and text[gap.end() : gap.end() + 1].isupper()


def _split_block(block: str, offset: int) -> Iterator[Span]:
    cuts = {end for end in _proposed(block) if not _joins(block, end)} | set(_missed(block))
    start = 0
    for cut in (*sorted(cuts), len(block)):
        piece = block[start:cut]
        stripped = piece.strip()
        if stripped:
            lead = start + len(piece) - len(piece.lstrip())
            yield Span(offset + lead, offset + lead + len(stripped))
        start = cut


def _proposed(block: str) -> Iterator[int]:
    """nupunkt's boundaries, a reference mark counted to the sentence before it."""
    for _, end in _tokenizer().span_tokenize(block):
        mark = _LEADING_MARK.match(block, end)
        yield mark.end() if mark else end


def _joins(block: str, end: int) -> bool:
    """Whether the text goes on over a proposed boundary."""
    before = block[max(0, end - 40) : end]
    following = _NEXT_WORD.match(block, end)
    word = following[1].lower() if following else ""
    rules = _rules()
    if _LOWER_WORD.match(block, end) and before.rstrip().endswith("."):
        return True
    if _INITIAL.search(before):
        return word not in rules.starters
    match = _ABBREVIATION.search(before)
    if not match:
        return False
    how = rules.ends.get(match[1].lower())
    if how == "never":
        return True
    if how == "starter":
        return word not in rules.starters
    return how == "number" and bool(_NUMBER.match(block, end))


def _missed(block: str) -> Iterator[int]:
    """Boundaries that nupunkt does not see."""
    rules = _rules()
    for match in _GLUED_MARK.finditer(block):
        if not _is_abbreviation(block[: match.start() + 1][-40:]):
            yield match.end()
    for match in _LETTER_END.finditer(block):
        if match[1].lower() in rules.starters:
            yield match.end()
    for match in _LOST_SPACE.finditer(block):
        yield match.start()


def _is_abbreviation(before: str) -> bool:
    match = _ABBREVIATION.search(before)
    return match is not None and match[1].lower() in _rules().ends


@dataclass(frozen=True, slots=True)
class _Rules:
    """`ends` says for each abbreviation how its dot may end a sentence."""

    ends: dict[str, str]
    starters: frozenset[str]


@cache
def _rules() -> _Rules:
    rows = load_rules(
        "curbside.text.data",
        "sentence_abbreviations.toml",
        tables={
            "abbreviation": Columns(("kind", "ends", "forms")),
            "starter": Columns(("kind", "words")),
        },
    )
    ends = {
        form: str(row["ends"]) for row in rows["abbreviation"] for form in strings(row, "forms")
    }
    return _Rules(
        ends, frozenset(word for row in rows["starter"] for word in strings(row, "words"))
    )


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    # here, not above: 80 ms that a process pays only when it splits something
    from nupunkt import load_default_model

    return load_default_model()
