"""What a sentence denies, doubts, demands, and in which direction it says something moves.

Method: NegEx (Chapman 2001) and ConText (Harkema 2009): a cue rules the words up to the end of
its clause. Every wording, and how far it reaches, stands in `data/negation.toml`,
`data/hedges.toml` and `data/directions.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache, lru_cache

from curbside.errors import DataError
from curbside.records import Span
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings

_PACKAGE = "curbside.text.data"
_REACHES = ("clause", "phrase", "before", "whole", "itself")
_LIST_COMMA = re.compile(
    # ", or …", ", and …", or items of at most four words up to an "or" / "and" / "nor"
    r",\s*(?:(?:and|or|nor)\s+\S+\s*(?:[,.;]|$)|(?:[\w/%-]+\s+){0,3}[\w/%-]+\s*"
    r"(?:,\s*(?:[\w/%-]+\s+){0,3}[\w/%-]+\s*)*,?\s+(?:and|or|nor)\s)"
)
_COMMA = re.compile(r",(?!\d)")
_AND_CLAUSE = re.compile(r",?\s+(?:and|or)\s+(?!nor\b)")
_CLAUSE_AHEAD = re.compile(r"[^,;:()]*")
_NEXT_WORD = re.compile(r"\s*\S+")
_RELATIVE = re.compile(r"\b(?:who|whom|that|which|whose)\s+(?:[\w-]+\s+){0,3}$")


class CueKind(StrEnum):
    """What a cue does to the words in its scope."""

    NEGATION = "negation"
    HEDGE = "hedge"
    OBLIGATION = "obligation"


class Strength(IntEnum):
    """How much a sentence commits itself to, weakest first: the order is by value.

    POSSIBLE   may, might, can, could, unclear
    SUGGESTED  suggest, appears, consider, is reasonable
    ASSERTED   plain indicative: it says what is or was
    ADVISED    should, recommend, advise
    REQUIRED   must, is required, contraindicated

    ASSERTED stands between, as what was seen is more than a guess, and yet is no advice: a
    restatement may go down this order and never up ("was stopped" does not say "should be
    stopped", "may help" does not say "helps").
    """

    POSSIBLE = 1
    SUGGESTED = 2
    ASSERTED = 3
    ADVISED = 4
    REQUIRED = 5


@dataclass(frozen=True, slots=True)
class Cue:
    """A wording that denies, doubts or demands: `text` stands at `span` of the sentence.

    `scope` holds the words it rules, the cue itself included and the full stop left out.
    """

    kind: CueKind
    text: str
    span: Span
    scope: Span


@dataclass(frozen=True, slots=True)
class DirectionCue:
    """A word of change or comparison: `sense` is +1 more, -1 less, 0 no difference."""

    text: str
    span: Span
    sense: int


def find_cues(sentence: str) -> tuple[Cue, ...]:
    """Every cue of one sentence, in order of place; spans and scopes point into `sentence`.

    Wordings that look like a cue and are none ("not only", "no more than") are skipped. Empty
    where the sentence denies, doubts and demands nothing.

    >>> [(cue.kind.value, cue.scope.of("No rash, but fever may occur."))
    ...  for cue in find_cues("No rash, but fever may occur.")]
    [('negation', 'No rash'), ('hedge', 'may occur')]
    """
    return _find_cues(sentence)


def is_negated(sentence: str, span: Span) -> bool:
    """Whether the words at `span` stand in the scope of a negation of the sentence."""
    return any(
        cue.kind is CueKind.NEGATION and cue.scope.start <= span.start < cue.scope.end
        for cue in _find_cues(sentence)
    )


def strength_of(sentence: str) -> Strength:
    """How much the sentence commits itself to (see `Strength`); ASSERTED without any cue.

    What a sentence asks for outweighs how sure it is: with several demands the strongest
    counts, else with several doubts the weakest ("may cause harm and should be avoided" is
    ADVISED, "may suggest" is POSSIBLE). A denied demand ("should not") is as strong as the
    demand; "is not required" demands nothing.
    """
    found = [(row.kind, row.strength) for row, _ in _modality().finditer(fold(sentence), sentence)]
    demands = [strength for kind, strength in found if kind is CueKind.OBLIGATION]
    doubts = [strength for kind, strength in found if kind is CueKind.HEDGE]
    if demands:
        return max(demands)
    return min(doubts, default=Strength.ASSERTED)


def direction_cues(sentence: str) -> tuple[DirectionCue, ...]:
    """Words that say something is more, less or the same, in order of place.

    A word of change that the sentence denies ("did not increase") has sense 0. Bounds ("more
    than 3 weeks") and names ("lower limb") are skipped.
    """
    cues = []
    for row, match in _directions().finditer(fold(sentence), sentence):
        span = Span(*match.span())
        sense = 0 if row.sense and is_negated(sentence, span) else row.sense
        cues.append(DirectionCue(span.of(sentence), span, sense))
    return tuple(cues)


@lru_cache(maxsize=16384)
def _find_cues(sentence: str) -> tuple[Cue, ...]:
    folded = fold(sentence)
    cues = []
    for rules in (_negation(), _modality()):
        for row, match in rules.finditer(folded, sentence):
            span = Span(*match.span())
            scope = _scope(folded, span, row.reach)
            if row.kind is not None:
                cues.append(Cue(row.kind, span.of(sentence), span, scope))
    return tuple(sorted(cues, key=lambda cue: (cue.span, cue.kind)))


def _scope(folded: str, cue: Span, reach: str) -> Span:
    start, end = cue.start, cue.end
    if reach in ("before", "whole"):
        start = _clause_start(folded, cue.start)
    if reach in ("clause", "whole"):
        end = _clause_end(folded, cue.end, in_relative=bool(_RELATIVE.search(folded[: cue.start])))
    elif reach == "phrase":
        end = _phrase_end(folded, cue.end)
    while folded[end - 1].isspace() or folded[end - 1] in ",.!?":
        end -= 1
    return Span(start, max(end, cue.end))


def _clause_end(folded: str, start: int, *, in_relative: bool) -> int:
    """The first terminator after `start`, an "and" that opens a new clause, or the end.

    In a relative clause ("patients who did not relapse had …") the verb of the main clause ends
    it too: the second finite verb, as the first belongs to the cue.
    """
    stops = [match.start() for match in _terminator().finditer(folded, start)]
    stops += [
        match.start()
        for match in _AND_CLAUSE.finditer(folded, start)
        if _opens_clause(folded, match.end())
    ]
    if in_relative:
        stops += [
            match.start() for match in _verb().finditer(folded, _next_word_end(folded, start))
        ]
    return min(stops, default=len(folded))


def _phrase_end(folded: str, start: int) -> int:
    stops = [match.start() for match in _terminator().finditer(folded, start)]
    stops += [match.start() for match in _verb().finditer(folded, start)]
    stops += [
        match.start()
        for match in _COMMA.finditer(folded, start)
        if not _LIST_COMMA.match(folded, match.start())
    ]
    return min(stops, default=len(folded))


def _clause_start(folded: str, end: int) -> int:
    """The end of the last terminator, or of the last comma that is not of a list, before `end`."""
    starts = [match.end() for match in _terminator().finditer(folded, 0, end)]
    starts += [
        match.end()
        for match in _COMMA.finditer(folded, 0, end)
        if not _LIST_COMMA.match(folded, match.start(), end)
    ]
    start = max(starts, default=0)
    while start < end and folded[start].isspace():
        start += 1
    return start


def _next_word_end(folded: str, start: int) -> int:
    match = _NEXT_WORD.match(folded, start)
    return match.end() if match else start


def _opens_clause(folded: str, start: int) -> bool:
    """Whether words after "and" hold a subject and then a finite verb before any relative."""
    ahead = _CLAUSE_AHEAD.match(folded, start)
    words = re.split(r"\b(?:who|which|that|whom|when|if)\b", ahead[0])[0] if ahead else ""
    verb = _verb().search(words)
    return verb is not None and verb.start() > 0


@dataclass(frozen=True, slots=True)
class _CueRule:
    """What a file says of one wording; `kind` None marks a wording that is no cue."""

    kind: CueKind | None
    reach: str = "itself"
    strength: Strength = Strength.ASSERTED
    is_name_in_capitals: bool = False
    sense: int = 0


_NO_CUE = _CueRule(None)
_WORD = re.compile(r"(?<![\w-])[a-z]+(?:'[a-z]+)?")


@dataclass(frozen=True, slots=True)
class _Wordings:
    """The wordings of a file by their first word, the longest first."""

    by_word: Mapping[str, tuple[tuple[str, _CueRule], ...]]

    def finditer(self, folded: str, printed: str) -> Iterator[tuple[_CueRule, re.Match[str]]]:
        """Cues from left to right; of two that overlap the first, then the longest wording."""
        free = 0
        for word in _WORD.finditer(folded):
            if word.start() < free:
                continue
            for wording, rule in self.by_word.get(word[0], ()):
                match = _pattern(wording).match(folded, word.start())
                # "in May 2010": a capital inside the sentence makes it a name
                if match and not (
                    rule.is_name_in_capitals and match.start() and printed[match.start()].isupper()
                ):
                    free = match.end()
                    if rule.kind is not None:
                        yield rule, match
                    break


def _wordings(pairs: Iterable[tuple[str, _CueRule]]) -> _Wordings:
    by_word: dict[str, list[tuple[str, _CueRule]]] = {}
    for text, rule in sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])):
        first = _WORD.match(text)
        if first is None:
            raise DataError(f"a cue starts with a word in lower case, not {text!r}")
        by_word.setdefault(first[0], []).append((text, rule))
    return _Wordings({word: tuple(rules) for word, rules in by_word.items()})


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """A wording as a pattern: "~" is at most one adverb, "#" the start of a number. Made when a
    text first has its first word: of hundreds of wordings a page meets some twenty."""
    pieces = []
    for piece in text.split():
        if piece == "~":
            pieces.append(r"(?:\s+[a-z]+ly)?")
        elif piece == "#":
            pieces.append(r"\s+(?=[\d.])")
        else:
            pieces.append(rf"\s+{re.escape(piece)}(?![\w-])")
    return re.compile("".join(pieces).removeprefix(r"\s+"))


def _reach(row: Row) -> str:
    reach = str(row["reach"])
    if reach not in _REACHES:
        raise DataError(f"expected a reach of {_REACHES}, found {reach!r}")
    return reach


@cache
def _negation_rows() -> dict[str, tuple[Row, ...]]:
    return load_rules(
        _PACKAGE,
        "negation.toml",
        tables={
            "cue": Columns(("reach", "texts")),
            "pseudo": Columns(("why", "texts")),
            "terminator": Columns(("why", "texts")),
            "verb": Columns(("why", "texts")),
        },
    )


@cache
def _negation() -> _Wordings:
    rows = _negation_rows()
    return _wordings(
        [
            *(
                (text, _CueRule(CueKind.NEGATION, _reach(row)))
                for row in rows["cue"]
                for text in strings(row, "texts")
            ),
            *((text, _NO_CUE) for row in rows["pseudo"] for text in strings(row, "texts")),
        ]
    )


@cache
def _modality() -> _Wordings:
    rows = load_rules(
        _PACKAGE,
        "hedges.toml",
        tables={
            "cue": Columns(("kind", "strength", "reach", "texts"), ("is_name_in_capitals",)),
            "pseudo": Columns(("why", "texts")),
        },
    )
    return _wordings(
        [
            *((text, _modality_rule(row)) for row in rows["cue"] for text in strings(row, "texts")),
            *((text, _NO_CUE) for row in rows["pseudo"] for text in strings(row, "texts")),
        ]
    )


def _modality_rule(row: Row) -> _CueRule:
    try:
        kind, strength = CueKind(str(row["kind"])), Strength[str(row["strength"]).upper()]
    except (ValueError, KeyError) as error:
        raise DataError(f"hedges.toml: expected a known kind and strength; {error}") from error
    return _CueRule(
        kind, _reach(row), strength, is_name_in_capitals=bool(row.get("is_name_in_capitals"))
    )


@cache
def _directions() -> _Wordings:
    rows = load_rules(
        _PACKAGE,
        "directions.toml",
        tables={"word": Columns(("sense", "texts")), "pseudo": Columns(("why", "texts"))},
    )
    return _wordings(
        [
            *(
                (text, _CueRule(CueKind.NEGATION, sense=_sense(row)))
                for row in rows["word"]
                for text in strings(row, "texts")
            ),
            *((text, _NO_CUE) for row in rows["pseudo"] for text in strings(row, "texts")),
        ]
    )


def _sense(row: Row) -> int:
    sense = row["sense"]
    if not isinstance(sense, int) or sense not in (-1, 0, 1):
        raise DataError(f"directions.toml: expected a sense of -1, 0 or 1, found {sense!r}")
    return sense


@cache
def _terminator() -> re.Pattern[str]:
    texts = [text for row in _negation_rows()["terminator"] for text in strings(row, "texts")]
    return re.compile(rf"[;:]|(?:{_alternation(texts)})(?!\w)")


@cache
def _verb() -> re.Pattern[str]:
    texts = [text for row in _negation_rows()["verb"] for text in strings(row, "texts")]
    return re.compile(rf"(?:{_alternation(texts)})(?![\w-])")


def _alternation(texts: Iterable[str]) -> str:
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    return "|".join(
        ("" if text.startswith(",") else r"(?<![\w-])") + r"\s+".join(map(re.escape, text.split()))
        for text in ordered
    )
