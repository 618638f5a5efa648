"""The words that ship with the package: outcomes, processes, groups, conditions, question words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from curbside.records import QuestionKind, Role
from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules, strings

_PACKAGE = "curbside.retrieve.data"
_WORD = Columns(("name", "terms"), ("opposite", "asked_as", "also", "joins"))
_WORDS = Columns(("words",))
_SHORT_PART = 4  # letters


@dataclass(frozen=True, slots=True)
class Word:
    """A concept of the package's own lists.

    `terms` ask for it and mention it, `asked_as` only ask, `also` only mention; `opposite` as in
    a vocabulary. `joins` says that a word before it narrows it ("hip" fracture).
    """

    role: Role
    name: str
    terms: tuple[str, ...]
    asked_as: tuple[str, ...]
    also: tuple[str, ...]
    opposite: str | None
    joins: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """How the title of a question of one kind is worded; `words` are those it stands for."""

    kind: QuestionKind
    title: str
    words: frozenset[str]

    @property
    def slots(self) -> tuple[str, ...]:
        """The roles whose concepts the title names, by their values."""
        return tuple(re.findall(r"\{(\w+)\}", self.title))


@cache
def words() -> tuple[Word, ...]:
    """Outcomes, processes, groups and conditions."""
    return (
        *_words("outcomes.toml", "outcome", Role.OUTCOME),
        *_words("processes.toml", "process", Role.PROCESS),
        *_words("populations.toml", "population", Role.POPULATION),
        *_words("conditions.toml", "condition", Role.CONDITION),
    )


@cache
def question_words() -> frozenset[str]:
    """Words that ask, and name no concept; lower case."""
    return _listed("question_words.toml", "words")


@cache
def general_words() -> frozenset[str]:
    """Words that go with any subject and name none alone; lower case."""
    return _listed("general_words.toml", "words")


@cache
def leading_words() -> frozenset[str]:
    """Words that may open a concept and are none alone ("type" 2 diabetes)."""
    return _listed("question_words.toml", "leading")


@cache
def trailing_words() -> frozenset[str]:
    """Words that may close a concept and are none alone (nephrotic "syndrome")."""
    return _listed("question_words.toml", "trailing")


@cache
def turning_words() -> frozenset[str]:
    """Words that turn what is asked, so that a question with one goes to no page by itself."""
    return _listed("question_words.toml", "turning")


@cache
def lookalikes() -> frozenset[str]:
    """Real clinical words that are a letter or two from another."""
    return _listed("spellings.toml", "lookalikes")


@cache
def opposite_beginnings() -> tuple[tuple[str, str], ...]:
    """Pairs of word beginnings that turn a word's sense ("hyper", "hypo")."""
    return _pairs("opposites")


@cache
def is_condition_word(word: str) -> bool:
    """Whether a lower-case word names or heads a condition, by its ending or as it stands."""
    return word in _listed("conditions.toml", "heads") or word.endswith(
        tuple(sorted(_listed("conditions.toml", "endings")))
    )


@lru_cache(maxsize=16384)
def spellings(wording: str) -> tuple[str, ...]:
    """A folded wording, and the British or American spelling of it where that differs.

    >>> spellings("postpartum haemorrhage")
    ('postpartum haemorrhage', 'postpartum hemorrhage')
    """
    to_us, to_uk = _spelling_patterns()
    us, uk = _spelling_maps()
    american = to_us.sub(lambda match: us[match.group()], wording)
    british = to_uk.sub(lambda match: uk.get(match.group(), match.group()), wording)
    return tuple(dict.fromkeys((wording, american, british)))


@cache
def _spelling_maps() -> tuple[dict[str, str], dict[str, str]]:
    return dict(_pairs("spelling")), {us: uk for uk, us in _pairs("spelling")}


@cache
def _spelling_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    pairs = sorted(_pairs("spelling"), key=lambda pair: (-len(pair[0]), pair))
    # a short part at the start of a word only: "hem" inside "chemotherapy" is no "haem"
    american = (us if len(us) > _SHORT_PART else rf"\b{us}" for _, us in pairs)
    british = "|".join(uk for uk, _ in pairs)
    # a part that is British already comes first, as "oesoph" holds "esoph"
    return re.compile(british), re.compile("|".join((british, *american)))


def kind_cues() -> Iterator[tuple[QuestionKind, re.Pattern[str]]]:
    """How each kind of question is worded, in the order in which they are tried; compiled as far as
    they are."""
    for row in _rules("question_kinds.toml")["kind"]:
        yield QuestionKind(str(row["name"])), _cue_pattern(strings(row, "cues"))


@cache
def _cue_pattern(cues: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(cues)})")


@cache
def frames() -> tuple[Frame, ...]:
    """The frames of titles, in the order in which they are tried."""
    rules = load_rules(
        _PACKAGE, "frames.toml", tables={"frame": Columns(("kind", "title", "words"))}
    )
    return tuple(
        Frame(QuestionKind(str(row["kind"])), str(row["title"]), frozenset(strings(row, "words")))
        for row in rules["frame"]
    )


def _words(name: str, table: str, role: Role) -> tuple[Word, ...]:
    return tuple(_word(row, role) for row in _rules(name)[table])


def _word(row: Row, role: Role) -> Word:
    def listed(key: str) -> tuple[str, ...]:
        return strings(row, key) if key in row else ()

    return Word(
        role=role,
        name=str(row["name"]),
        terms=listed("terms"),
        asked_as=listed("asked_as"),
        also=listed("also"),
        opposite=str(row["opposite"]) if "opposite" in row else None,
        joins=bool(row.get("joins", False)),
    )


_TABLES = {
    "outcomes.toml": {"outcome": _WORD},
    "question_kinds.toml": {"kind": Columns(("name", "cues"))},
    "processes.toml": {"process": _WORD},
    "populations.toml": {"population": _WORD},
    "question_words.toml": dict.fromkeys(("words", "leading", "trailing", "turning"), _WORDS),
    "general_words.toml": {"words": _WORDS},
    "conditions.toml": {"condition": _WORD, "heads": _WORDS, "endings": _WORDS},
    "spellings.toml": {
        "spelling": Columns(("pairs",)),
        "opposites": Columns(("pairs",)),
        "lookalikes": _WORDS,
    },
}


@cache
def _rules(name: str) -> dict[str, tuple[Row, ...]]:
    return load_rules(_PACKAGE, name, tables=_TABLES[name])


@cache
def _listed(name: str, table: str) -> frozenset[str]:
    return frozenset(fold(word) for row in _rules(name)[table] for word in strings(row, "words"))


@cache
def _pairs(table: str) -> tuple[tuple[str, str], ...]:
    rows = _rules("spellings.toml")[table]
    split = (pair.partition("=") for row in rows for pair in strings(row, "pairs"))
    return tuple((first, second) for first, _, second in split)
