"""The word lists of the gates, read once from `data/words.toml` and `data/antonyms.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from curbside.errors import DataError
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings
from curbside.text.tokens import stem

_PACKAGE = "curbside.verify.data"
_FUNCTION = ("free", "droppable", "auxiliary", "same")
_KEPT = ("quantifier", "modal", "condition", "choice")
# British and American spellings meet in one; each is a rule on folded words of five letters or more
_SPELLINGS = (
    (re.compile(r"is(?=(?:e|es|ed|ing|ation|ations|er|ers)$)"), "iz"),
    (re.compile(r"(?<=[a-z])our(?=(?:s|ed|ing|able|al|ally)?$)"), "or"),
    (re.compile(r"(?<=[a-z])ae|^ae"), "e"),
    (re.compile(r"oe(?=[a-z])"), "e"),
    (re.compile(r"(?<=[aeiou]l)l(?=(?:ed|ing)$)"), ""),
    (re.compile(r"tre(?=s?$)"), "ter"),
)
_SPELT_MIN = 5


@cache
def kept_words() -> dict[str, str]:
    """Function words that a claim must share with its quote, with their kind."""
    table = {}
    for row in _rows()["kept"]:
        if row["kind"] not in _KEPT:
            raise DataError(f"words.toml: expected a kind of {_KEPT}, found {row['kind']!r}")
        table.update(dict.fromkeys(strings(row, "texts"), str(row["kind"])))
    return table


@cache
def link_words() -> frozenset[str]:
    """Prepositions that belong to the value they stand before."""
    return _all("link")


@cache
def filler_stems() -> frozenset[str]:
    """Stems of words that a restatement may add."""
    return frozenset(stem(word) for word in _all("filler"))


@cache
def inside_pattern() -> re.Pattern[str]:
    """Words that say something of the value inside which they stand, in folded text; the "more" of
    "more than 2" and "2 or more" is a comparison, which the value carries."""
    return re.compile(rf"(?<!\bor )(?<!\band ){_whole_words(_all('inside')).pattern}(?!\sthan\b)")


@cache
def equal_wordings() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern over folded text for every wording of a class, and wording -> class name."""
    names: dict[str, str] = {}
    for row in _rows()["same"]:
        texts = strings(row, "texts")
        for text in texts:
            if text in names:
                raise DataError(f"words.toml: {text!r} stands in two classes")
            names[text] = texts[0]
    return _whole_words(names), names


@cache
def frame_pattern() -> re.Pattern[str]:
    """Openings of a sentence that only announce what follows, with the comma after them."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    for row in _rows()["frame"]:
        texts[bool(row["needs_comma"])] += strings(row, "texts")
    free, bound = (
        "|".join(_spaced(text) for text in _longest_first(texts[needs])) for needs in (False, True)
    )
    return re.compile(rf"(?:(?:{free})(?![\w-]),?|(?:{bound}),)\s*")


@cache
def qualifier_pattern() -> re.Pattern[str]:
    """Words that open a statement of whom, when or under what condition."""
    return _whole_words(_all("qualifier"))


@cache
def anaphor_pattern() -> re.Pattern[str]:
    """Words that lean on another clause."""
    return _whole_words(_all("anaphor"))


@cache
def _functions() -> dict[str, tuple[str, str]]:
    """A function word -> its kind, and the first word of its class."""
    table = {}
    for row in _rows()["function"]:
        if row["kind"] not in _FUNCTION:
            raise DataError(f"words.toml: expected a kind of {_FUNCTION}, found {row['kind']!r}")
        texts = strings(row, "texts")
        table.update(dict.fromkeys(texts, (str(row["kind"]), texts[0])))
    return table


def function_difference(
    mine: Sequence[str], theirs: Sequence[str], *, is_whole: bool
) -> str | None:
    """The first function word in which a claim differs from its quote; None where none matters.

    Args:
        mine: those of the claim between two of its terms, in order.
        theirs: those of the quote between the same two.
        is_whole: whether the quote has nothing else between them. Where something was left out
            there, its function words went with it, and the claim's must be among the rest.
    """
    table = _functions()

    def of(words: Sequence[str], *kinds: str) -> list[str]:
        told = ((word, *table.get(word, ("", word))) for word in words)
        return [name for _, kind, name in told if kind in kinds]

    # an auxiliary may come or go, and not become another
    if is_whole:
        tenses = (of(mine, "auxiliary"), of(theirs, "auxiliary"))
        if all(tenses) and tenses[0] != tenses[1]:
            return " ".join(tenses[0])
        orders = (of(mine, "auxiliary", "", "same"), of(theirs, "auxiliary", "", "same"))
        if all(tenses) and sorted(orders[0]) == sorted(orders[1]) and orders[0] != orders[1]:
            return " ".join(orders[0])
    said = of(mine, "", "same", "droppable")
    held = of(theirs, "", "same", "droppable")
    at = 0
    for word in said:
        if word not in held[at:]:
            return word
        at = held.index(word, at) + 1
    if is_whole:
        rest = of(theirs, "", "same")
        missing = [word for word in rest if rest.count(word) > said.count(word)]
        return missing[0] if missing else None
    return None


@cache
def _sides() -> dict[str, frozenset[tuple[int, int]]]:
    rows = load_rules(_PACKAGE, "antonyms.toml", tables={"pair": Columns(("one", "other"))})
    sides: dict[str, set[tuple[int, int]]] = {}
    for number, row in enumerate(rows["pair"]):
        for side, key in enumerate(("one", "other")):
            for word in strings(row, key):
                sides.setdefault(word, set()).add((number, side))
    return {word: frozenset(places) for word, places in sides.items()}


def are_opposites(one: str, other: str) -> bool:
    """Whether two folded words are opposites by the table, or by a prefix ("abnormal")."""
    mine, theirs = _sides().get(one, frozenset()), _sides().get(other, frozenset())
    if any((number, 1 - side) in theirs for number, side in mine):
        return True
    short, long = sorted((one, other), key=len)
    return any(long == prefix + short for prefix in ("un", "in", "im", "non", "ab", "a", "ir"))


def spelt(word: str) -> str:
    """A folded word in one spelling of the two ("haemorrhage" and "hemorrhage" meet)."""
    if len(word) >= _SPELT_MIN:
        for pattern, to in _SPELLINGS:
            word = pattern.sub(to, word)
    return word


@cache
def _rows() -> dict[str, tuple[Row, ...]]:
    texts = Columns(("texts",))
    return load_rules(
        _PACKAGE,
        "words.toml",
        tables={
            "kept": Columns(("kind", "texts")),
            "link": texts,
            "same": texts,
            "filler": texts,
            "inside": texts,
            "frame": Columns(("needs_comma", "texts")),
            "qualifier": texts,
            "anaphor": texts,
            "function": Columns(("kind", "texts")),
        },
    )


def _all(table: str) -> frozenset[str]:
    return frozenset(fold(text) for row in _rows()[table] for text in strings(row, "texts"))


def _whole_words(texts: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(_spaced(text) for text in _longest_first(texts))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])")


def _spaced(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))
