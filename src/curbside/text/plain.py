"""Plain words for the words of a trade: swaps, explanations, and the sentences of our own that may
stand around them.

A swap puts plain words in the place of a wording and changes nothing else: it is refused when the
data are loaded if it adds, drops or turns a number, a denial, a doubt, a demand, a direction or a
word for how much or how often. A phrase in the place of a word stands only where that word stands
alone: "hip fracture" is no "hip broken bone".
The general glossary is data/glossary.toml; a topic brings its own words with its vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from curbside.errors import DataError
from curbside.records import PlainTerm, Span, Vocabulary
from curbside.text.alternation import any_of
from curbside.text.normalise import fold
from curbside.text.polarity import direction_cues, find_cues
from curbside.text.quantities import find_quantities
from curbside.text.rules import Columns, Row, load_rules, strings
from curbside.text.tokens import is_stopword

_SWAP: Final = " => "
_VOWEL: Final = re.compile(r"[aeio]|u(?!ni|se|su)|hour|honest")
_WORD_BEFORE: Final = re.compile(r"([^\W_]+(?:['’-][^\W_]+)*)\s+$")
_WORD_AFTER: Final = re.compile(r"\s+([^\W_]+(?:['’-][^\W_]+)*)")


@dataclass(frozen=True, slots=True)
class Frame:
    """Words of ours that may open a sentence. `where` says at what kind of place, `opens` which
    words of the source call for it; `stands_for` are those whose place it takes, "" for none."""

    where: str
    text: str
    opens: tuple[str, ...]
    stands_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Terms ready to be found; build it with `lexicon_of`. Two are the same if they are one.

    `swaps` maps a folded wording to its plain words, `words` what calls for an explanation to its
    term: folded, or as printed where it is an abbreviation ("OR" is no "or").
    """

    swaps: Mapping[str, str]
    swap_pattern: re.Pattern[str]
    words: Mapping[str, PlainTerm]
    word_pattern: re.Pattern[str]
    abbreviation_pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Swap:
    """A place of a text and the words that take it."""

    span: Span
    plain: str


@lru_cache(maxsize=8)
def lexicon_for(vocabulary: Vocabulary) -> Lexicon:
    """The words of the topics and the general glossary as one; a topic's own come first."""
    return lexicon_of((*vocabulary.plain, *glossary()))


def lexicon_of(terms: Sequence[PlainTerm]) -> Lexicon:
    """The terms as one lexicon; of two swaps of one wording the first counts.

    Raises:
        DataError: a swap says something else (see the module), or its plain words hold a wording
            that is swapped itself.
    """
    return _lexicon_of(tuple(terms))


@lru_cache(maxsize=8)
def _lexicon_of(terms: tuple[PlainTerm, ...]) -> Lexicon:
    swaps: dict[str, str] = {}
    words: dict[str, PlainTerm] = {}
    for term in terms:
        for wording, plain in term.swaps:
            if fault := swap_fault(wording, plain):
                raise DataError(f"plain words of {term.name!r}: {wording!r} => {plain!r}: {fault}")
            swaps.setdefault(fold(wording), plain)
        for word in term.words:
            words.setdefault(word if word.isupper() else fold(word), term)
    pattern = whole_words(swaps)
    for wording, plain in swaps.items():
        if found := pattern.search(fold(plain)):
            raise DataError(f"plain words {wording!r} => {plain!r}: {found[0]!r} is swapped itself")
    return Lexicon(
        swaps=swaps,
        swap_pattern=pattern,
        words=words,
        word_pattern=whole_words(word for word in words if not word.isupper()),
        abbreviation_pattern=whole_words(word for word in words if word.isupper()),
    )


def swap_fault(wording: str, plain: str) -> str | None:
    """Why plain words do not say what a wording says; None where nothing speaks against it."""
    if [q.text for q in find_quantities(wording)] != [q.text for q in find_quantities(plain)]:
        return "the numbers differ"
    if [c.kind for c in find_cues(wording)] != [c.kind for c in find_cues(plain)]:
        return "one of them denies, doubts or demands and the other does not"
    if [c.sense for c in direction_cues(wording)] != [c.sense for c in direction_cues(plain)]:
        return "the directions differ"
    if _extents(wording) != _extents(plain):
        return "one of them says how much or how often and the other does not"
    return None


def _extents(text: str) -> list[str]:
    return [word for word in fold(text).split() if word in _swap_words("extent")]


def find_swaps(text: str, lexicon: Lexicon) -> tuple[Swap, ...]:
    """Where plain words may stand, left to right; of two that overlap the longer.

    A capital inside the text makes a name of a word ("Lancet Oncology"), which stays; so does a
    word that is part of a compound where a phrase would take its place.
    """
    folded = fold(text)
    found = (
        Swap(Span(*match.span()), lexicon.swaps[" ".join(match[0].split())])
        for match in lexicon.swap_pattern.finditer(folded)
        if match[0][0] == text[match.start()] or not text[: match.start()].strip()
    )
    return tuple(swap for swap in found if _fits(swap, folded))


def _fits(swap: Swap, folded: str) -> bool:
    """Whether plain words can stand where they would: a phrase has no noun or adjective beside it
    that belonged to the word whose place it takes."""
    first, *rest = swap.span.of(folded).split()
    last = rest[-1] if rest else first
    words = len(rest) + 1
    is_phrase = len(swap.plain.split()) > words or (
        swap.plain.endswith("ing") and not last.endswith("ing")
    )
    if not is_phrase:
        return True
    before = _WORD_BEFORE.search(folded[: swap.span.start])
    after = _WORD_AFTER.match(folded, swap.span.end)
    return (before is None or is_stopword(first) or _is_apart(before[1])) and (
        after is None or is_stopword(last) or _is_apart(after[1])
    )


def _is_apart(word: str) -> bool:
    return is_stopword(word) or word in _swap_words("apart")


def put(text: str, swaps: Iterable[Swap]) -> str:
    """The text with the swaps in place; "a" and "an" follow the word that comes after them."""
    pieces, at = [], 0
    for swap in swaps:
        before = text[at : swap.span.start]
        plain = swap.plain
        if not text[: swap.span.start].strip() or text[swap.span.start].isupper():
            plain = plain[0].upper() + plain[1:]
        pieces += [_with_article(before, plain), plain]
        at = swap.span.end
    return "".join((*pieces, text[at:]))


def find_terms(text: str, lexicon: Lexicon) -> tuple[PlainTerm, ...]:
    """The terms that a text uses, in order of place, each once; of two that overlap the longer."""
    found = [
        (match.start(), " ".join(match[0].split()))
        for pattern, words in (
            (lexicon.word_pattern, fold(text)),
            (lexicon.abbreviation_pattern, text),
        )
        for match in pattern.finditer(words)
    ]
    return tuple(dict.fromkeys(lexicon.words[word] for _, word in sorted(found)))


@cache
def glossary() -> tuple[PlainTerm, ...]:
    """The general glossary, in file order."""
    return plain_terms("curbside.text.data", "glossary.toml")


def plain_terms(package: str, name: str) -> tuple[PlainTerm, ...]:
    """The terms of a file of plain words. Raises DataError."""
    rows = load_rules(
        package, name, tables={"term": Columns(("name", "meaning"), ("words", "swaps", "source"))}
    )["term"]
    return tuple(_term(row, name) for row in rows)


@cache
def frames() -> tuple[Frame, ...]:
    """The openings of data/frames.toml, in file order.

    Raises:
        DataError: an opening counts, denies, doubts, demands or compares.
    """
    rows = load_rules(
        "curbside.text.data",
        "frames.toml",
        tables={"frame": Columns(("where", "text", "opens", "stands_for"))},
    )["frame"]
    found = tuple(
        Frame(
            str(row["where"]), str(row["text"]), strings(row, "opens"), strings(row, "stands_for")
        )
        for row in rows
    )
    for frame in found:
        if fault := swap_fault("", frame.text):
            raise DataError(f"frames.toml: {frame.text!r}: {fault}")
    return found


@cache
def _swap_words(name: str) -> frozenset[str]:
    rows = load_rules(
        "curbside.text.data", "swaps.toml", tables={"rule": Columns(("name", "words"))}
    )["rule"]
    return frozenset(word for row in rows if row["name"] == name for word in strings(row, "words"))


def _term(row: Row, name: str) -> PlainTerm:
    swaps = []
    for written in strings(row, "swaps") if "swaps" in row else ():
        wording, separator, plain = written.partition(_SWAP)
        if not separator or not plain.strip():
            raise DataError(f"{name}: expected 'wording => plain words', found {written!r}")
        swaps.append((wording, plain))
    return PlainTerm(
        name=str(row["name"]),
        meaning=str(row["meaning"]),
        words=strings(row, "words") if "words" in row else (str(row["name"]),),
        swaps=tuple(swaps),
        source=str(row.get("source", "Curbside glossary")),
    )


def _with_article(before: str, plain: str) -> str:
    """ "an" before a vowel, "a" before any other letter, where `before` ends in either."""
    match = re.search(r"(?<![\w-])([Aa])n? $", before)
    if match is None:
        return before
    article = f"{match[1]}n " if _VOWEL.match(fold(plain)) else f"{match[1]} "
    return before[: match.start()] + article


def whole_words(texts: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the texts as whole words, the longest first; for nothing without any."""
    spelt = any_of((" ".join(text.split()) for text in texts), gap=r"\s+")
    return re.compile(rf"(?<![\w-])(?:{spelt})(?![\w-])")
