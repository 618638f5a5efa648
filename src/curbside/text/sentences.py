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

from curbside.errors import DataError
from curbside.records import Span
from curbside.text.rules import Columns, load_rules, strings

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

_LINE_BREAK = re.compile(r"[^\S\n]*\n\s*")
_LIST_ITEM = re.compile(r"(?:[-*•–·▪◦●■]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_LABEL = re.compile(r"[A-Z][A-Za-z/&,' -]{2,60}:\s|[A-Z][A-Z/&, -]{3,60}(?:$|\n)")
_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*(?:\[[\d,\s–-]+\]|\d{1,3}(?:[,–-]\d{1,3})*)?$")
_HEADING_MAX = 60

# "was known.3,4 The", "was known.[3] The": the mark belongs to the sentence that it marks
_MARK = r"(?:\s?\[\d[\d,;\s–-]*\]|\(\d[\d,;\s–-]*\)|\d{1,3}(?:\s?[,–-]\s?\d{1,3})*)"
# patterns start with the stop itself and look back from there: three times as fast as a search
# that looks behind every character
_STOP = re.compile(
    rf"[.!?](?:(?<=[a-z)\]%\"”].)[\"”’)]?{_MARK}(?=\s+[A-Z\"“(])|(?:[\"'”’)\]]|\s[)\]])*(?=\s))\s+"
)
# "of it.The next", "of it.CONCLUSIONS: The next": the space was lost between two sentences
_LOST_SPACE = re.compile(
    r"[.!?](?:(?=[A-Z][a-z]*\s[a-z])(?:(?<=[a-z]{2}.)|(?<=[a-z\d%]\).))"
    r"|(?=[A-Z][A-Z /&]{4,40}:\s))"
)
_BEFORE = re.compile(r"(?<![\w.])((?:et |ad )?[^\W\d_]+(?:\.[^\W\d_]+)*)$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[]*([A-Za-z]+)")
# "p53", "mRNA" and "α-SMA" open a sentence as a capital does
_NEXT_CAPITAL = re.compile(r"[\"'“‘(\[]*(?:[A-Z]|[a-zα-ω]{1,6}-?[A-Z\d])")
_NEXT_LOWER = re.compile(r"[\"'“‘(\[]*[a-z]{2,}(?![\w-]*[A-Z0-9])(?!-[A-Z])|\([pPn]\s?[<=>]")
_NEXT_NUMBER = re.compile(r"[#(]?(?:[A-Za-z]{0,7}\d|[IVXLC]+\b)")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)]?")
_UNIT = re.compile(r"\d\s?[a-zA-Zµ/]{1,7}$")
# "A and B.", "CheA-P."
_SECOND_LETTER = re.compile(r"(?:\b[A-Z] (?:and|or|vs\.?|versus) |\w-)[A-Z]$")
_LETTERED = re.compile(r"([\w]+)[\s-][A-Z]$")
_TAIL = 40
_PLAIN_MIN = 4
_WAYS = frozenset({"never", "number", "starter"})


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
    start = 0
    for cut in (*_cuts(block), len(block)):
        piece = block[start:cut]
        stripped = piece.strip()
        # a lone "4." is the number of what follows, a lone ")." the end of what precedes
        if not stripped or (cut < len(block) and _ENUMERATOR.fullmatch(stripped)):
            continue
        lead = start + len(piece) - len(piece.lstrip())
        yield Span(offset + lead, offset + lead + len(stripped))
        start = cut


def _cuts(block: str) -> list[int]:
    """Where the sentences after the first start: nupunkt's word unless a rule of ours is sure."""
    proposed = {start for start, _ in _tokenizer().span_tokenize(block)}
    cuts = {match.end() for match in _LOST_SPACE.finditer(block)}
    for stop in _STOP.finditer(block):
        ends = _ends_sentence(block, stop)
        if ends or (ends is None and stop.end() in proposed):
            cuts.add(stop.end())
    return sorted(cuts)


def _ends_sentence(block: str, stop: re.Match[str]) -> bool | None:
    """Whether a sentence ends at this stop; None where only nupunkt's statistics can tell."""
    after = stop.end()
    if block[after : after + 1] in {*")]}”,;:", ""} or _NEXT_LOWER.match(block, after):
        return False
    if any(char.isdigit() for char in stop[0]):
        return not _is_abbreviation(block, stop.start())
    if stop[0][0] != ".":
        return None
    word = _BEFORE.search(block, max(0, stop.start() - _TAIL), stop.start())
    return _ends_after(block, word, stop) if word else None


def _ends_after(block: str, word: re.Match[str], stop: re.Match[str]) -> bool | None:
    """The rules that look at the word before the stop and at the word after it."""
    rules = _rules()
    form = word[1].lower()
    following = _NEXT_WORD.match(block, stop.end())
    is_starter = following is not None and following[1].lower() in rules.starters
    how = _how_it_ends(word[1])
    if how == "never":
        return False
    if how == "number" and _NEXT_NUMBER.match(block, stop.end()):
        return False
    if is_starter:
        return True
    is_unit = _UNIT.search(block, max(0, stop.start() - _TAIL), stop.start()) is not None
    if not _NEXT_CAPITAL.match(block, stop.end()):
        return False if how == "starter" and not is_unit else None
    if is_unit:
        return True
    if how == "starter":
        return False
    if len(form) == 1 and word[1].isupper():
        return _names_a_thing(block, stop.start())
    return True if how == "number" or _is_plain(word[1]) else None


def _names_a_thing(block: str, end: int) -> bool:
    """Whether the single capital before `end` is a label ("group B") and no initial."""
    before = block[max(0, end - _TAIL) : end]
    lettered = _LETTERED.search(before)
    return _SECOND_LETTER.search(before) is not None or (
        lettered is not None and lettered[1].lower() in _rules().lettered
    )


def _is_plain(word: str) -> bool:
    """Whether no abbreviation looks like this: a word of four letters, or an acronym."""
    return (word.islower() and len(word) >= _PLAIN_MIN and "." not in word) or (
        word.isupper() and len(word) > 1 and "." not in word
    )


def _is_abbreviation(block: str, end: int) -> bool:
    word = _BEFORE.search(block, max(0, end - _TAIL), end)
    return word is not None and _how_it_ends(word[1]) is not None


def _how_it_ends(word: str) -> str | None:
    """The rule for an abbreviation as printed: "Ms" is a title, "ms" a unit, "MS" an acronym."""
    ends = _rules().ends
    how = ends.get(word) or ends.get(word.lower())
    return None if how == "starter" and len(word) > 1 and word.isupper() else how


@dataclass(frozen=True, slots=True)
class _Rules:
    """`ends` says for each abbreviation how its dot may end a sentence."""

    ends: dict[str, str]
    starters: frozenset[str]
    lettered: frozenset[str]


@cache
def _rules() -> _Rules:
    rows = load_rules(
        "curbside.text.data",
        "sentence_abbreviations.toml",
        tables={
            "abbreviation": Columns(("kind", "ends", "forms")),
            "starter": Columns(("kind", "words")),
            "lettered": Columns(("kind", "words")),
        },
    )
    unknown = {str(row["ends"]) for row in rows["abbreviation"]} - _WAYS
    if unknown:
        raise DataError(f"sentence_abbreviations.toml: ends is one of {sorted(_WAYS)}: {unknown}")
    ends = {
        form: str(row["ends"]) for row in rows["abbreviation"] for form in strings(row, "forms")
    }
    starters, lettered = (
        frozenset(word for row in rows[table] for word in strings(row, "words"))
        for table in ("starter", "lettered")
    )
    return _Rules(ends, starters, lettered)


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    # here, not above: 80 ms that a process pays only when it splits something
    from nupunkt import load_default_model

    return load_default_model()
