"""Words and numbers of a text with their spans, their stems, and which of them carry content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import Stemmer

from curbside.records import Span
from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules, strings

# a number keeps its thousands and decimals ("1,000", "0.5", "0·5", ".05"); a word keeps its
# apostrophe and its combining accents; hyphens and slashes separate
_TOKEN = re.compile(
    # a word is tried before a number, as most tokens are words
    r"[^\W\d_][^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*(?:['’][^\W\d_]+)?"
    r"|\d{1,3}(?:,\d{3})+(?:[.·]\d+)?(?!\d)"
    r"|\d+[.·]\d+"
    r"|(?<![\w.·])[.·]\d+"
    r"|\d[^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*(?:['’][^\W\d_]+)?"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number: `text` stands at `span`; `stem` is what it is matched by."""

    text: str
    span: Span
    stem: str


def tokenize(text: str) -> tuple[Token, ...]:
    """The words and numbers of `text` in order; a hyphenated compound gives its parts.

    >>> [token.text for token in tokenize("6-MP (0.5 mg/kg)")]
    ['6', 'MP', '0.5', 'mg', 'kg']
    """
    return tuple(
        Token(match[0], Span(*match.span()), stem(match[0])) for match in _TOKEN.finditer(text)
    )


def words_of(text: str) -> list[str]:
    """What `tokenize` finds, as printed and without place and stem: a few times as quick."""
    found: list[str] = _TOKEN.findall(text)
    return found


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English Snowball stem of a word, lower case; a number is its own stem."""
    stemmed: str = _stemmer().stemWord(fold(word))
    return stemmed


@lru_cache(maxsize=16384)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of every word of `text` that is not a stop word, in order, repeats kept."""
    return stems_of(words_of(text))


def stems_of(words: Iterable[str]) -> tuple[str, ...]:
    """The stems of every word that is not a stop word, in order, repeats kept."""
    return tuple(stem(word) for word in words if not is_stopword(word))


def stems_and_words(text: str) -> tuple[list[str], set[str]]:
    """`content_stems` of a long text, and its words of letters alone, folded, each once.

    >>> stems, words = stems_and_words("The 5 Patients' flares")
    >>> stems, sorted(words)
    (['5', 'patient', 'flare'], ['flares', 'patients', 'the'])
    """
    # no token holds white space, and what stands between is mostly known from other texts
    pieces = list(map(_of_piece, text.split()))
    stems = [stem for of_piece, _ in pieces for stem in of_piece]
    words = {word for _, of_piece in pieces for word in of_piece}
    return stems, words


@lru_cache(maxsize=131_072)
def _of_piece(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = words_of(piece)
    folded = (fold(word) for word in words)
    return stems_of(words), tuple(word for word in folded if word.isalpha())


@lru_cache(maxsize=65536)
def is_stopword(word: str) -> bool:
    """Whether a word carries no content. Negations do carry it: "no" and "not" never are.

    A word in capitals that also is a clinical acronym ("ALL", "WHO") is no stop word.
    """
    words, acronyms = _stopwords()
    return fold(word) in words and word not in acronyms


@cache
def _stopwords() -> tuple[frozenset[str], frozenset[str]]:
    rows = load_rules(
        "curbside.text.data",
        "stopwords.toml",
        tables={"group": Columns(("name", "words")), "acronym": Columns(("text", "means"))},
    )
    words = frozenset(word for row in rows["group"] for word in strings(row, "words"))
    return words, frozenset(str(row["text"]) for row in rows["acronym"])


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
