"""Misspelt words: the nearest known word, where there is exactly one worth taking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from curbside.records import Span, Vocabulary
from curbside.retrieve.drugs import drug_classes, drugs
from curbside.retrieve.keys import singular
from curbside.retrieve.lexicon import (
    general_words,
    leading_words,
    lookalikes,
    opposite_beginnings,
    question_words,
    trailing_words,
    turning_words,
    words,
)
from curbside.retrieve.vocabulary import is_word_of_names
from curbside.text.normalise import fold
from curbside.text.tokens import Token, is_stopword, tokenize, words_of

_SHORTEST, _MIDDLE, _LONG = 5, 7, 8  # letters
_USUAL = 3  # passages


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text with its misspelt words corrected, and where each piece stood before.

    `moves` are (span now, span before) of the corrected words, in order; `notes` tell a person.
    """

    text: str
    moves: tuple[tuple[Span, Span], ...]
    notes: tuple[str, ...]

    def before(self, span: Span) -> Span:
        """Where a span of the corrected text stood in the text as typed."""
        return Span(self._point(span.start, is_end=False), self._point(span.end, is_end=True))

    def _point(self, point: int, *, is_end: bool) -> int:
        shift = 0
        for now, then in self.moves:
            if now.start < point < now.end or (is_end and point == now.end):
                return then.end if is_end else then.start
            if now.start == point and not is_end:
                return then.start
            if now.end <= point:
                shift = then.end - now.end
        return point + shift


class _Index:
    """Words by first letter and length."""

    def __init__(self, known: Iterable[str]) -> None:
        self._words: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(known):
            if len(word) >= _SHORTEST:
                self._words[word[0], len(word)].append(word)

    def within(self, word: str, most: int) -> list[str]:
        """The words at the least distance from one, at most `most` edits."""
        found: dict[str, int] = {}
        # a changed first letter is rarely a slip and makes other words of short ones; an
        # exchange of the first two letters is one
        for first in dict.fromkeys(word[:2]):
            for length in range(len(word) - most, len(word) + most + 1):
                near = process.extract(
                    word,
                    self._words.get((first, length), ()),
                    scorer=DamerauLevenshtein.distance,
                    score_cutoff=most,
                    limit=None,
                )
                for candidate, distance, _ in near:
                    is_exchanged = first != word[0] and candidate[1] == word[0]
                    if (first == word[0] or is_exchanged) and not _turns(word, candidate):
                        found[candidate] = int(distance)
        least = min(found.values(), default=0)
        return [candidate for candidate, distance in found.items() if distance == least]


class _LargeIndex:
    """The words of a library, some hundred thousand, by what one edit leaves as it was.

    One edit in a word of seven letters or more spares its first three letters or its last three.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._words: dict[tuple[str, str, int], list[str]] = defaultdict(list)
        for word in sorted(known):
            if len(word) >= _MIDDLE - 1:
                for key in _ends(word, len(word)):
                    self._words[key].append(word)

    def within(self, word: str) -> list[str]:
        """The words one edit away that begin with the same letter."""
        near = {
            candidate: None
            for length in range(len(word) - 1, len(word) + 2)
            for key in _ends(word, length)
            for candidate in self._words.get(key, ())
        }
        return [
            candidate
            for candidate in near
            if DamerauLevenshtein.distance(word, candidate, score_cutoff=1) == 1
            and not _turns(word, candidate)
        ]


def _ends(word: str, length: int) -> tuple[tuple[str, str, int], ...]:
    return (word[:3], "", length), (word[0], word[-3:], length)


class Known:
    """The words a typed word may be read as.

    Concept words (a topic's vocabulary, drug names) come first, then the package's own words,
    then the library's usual ones. Built once for a library: a library may hold a million words.
    """

    def __init__(self, vocabulary: Vocabulary, frequencies: Mapping[str, int]) -> None:
        self.frequencies = frequencies
        self.drug_of = {
            # "acid", "oral": a short part of a name is no name
            part: drug.names[0]
            for drug in drugs()
            for part in _parts((*drug.names, *drug.brands))
            if len(part) >= _SHORTEST
        }
        self.shown = {
            fold(brand): brand for drug in drugs() for brand in drug.brands if brand.isalpha()
        }
        topics = _parts(
            wording
            for entry in vocabulary.entries
            for wording in (entry.name, *entry.terms, *entry.asked_as)
        )
        self.concepts = frozenset((*topics, *self.drug_of))
        own = _parts(w for word in words() for w in (*word.terms, *word.asked_as))
        classes = _parts(w for group in drug_classes() for w in (group.name, *group.terms))
        asking = (
            *question_words(),
            *general_words(),
            *leading_words(),
            *trailing_words(),
            *turning_words(),
        )
        self.own = frozenset((*own, *classes)) - self.concepts
        self.asking = frozenset(asking)

    def holds(self, word: str) -> bool:
        """Whether a word is known as it stands, its singular or a real word that looks like one."""
        return any(
            known in self.concepts
            or known in self.own
            or known in self.asking
            or known in self.frequencies
            or known in lookalikes()
            for known in (word, singular(word))
        ) or is_word_of_names(word)

    @cached_property
    def by_beginning(self) -> dict[str, _Index]:
        """The words of each rank, to be looked up by their first letter and length."""
        return {
            "concepts": _Index(self.concepts),
            # two edits make a brand name of a common word ("preparing", "Premarin")
            "long names": _Index(self.concepts - self.shown.keys()),
            "own": _Index(self.own),
            "asking": _Index(self.asking),
        }

    @cached_property
    def usual(self) -> _LargeIndex:
        """The words that enough passages of the library hold."""
        return _LargeIndex(w for w, n in self.frequencies.items() if n >= _USUAL)


def correct_words(text: str, known: Known) -> Spelt:
    """Correct the misspelt words of a text.

    Words in capitals stay (a name is not misspelt because we do not know it), and so does a word
    equally near to two drugs: a drug is never guessed. Both are told in the notes where it
    matters.
    """
    pieces: list[str] = []
    notes: list[str] = []
    moves: list[tuple[Span, Span]] = []
    end = length = 0
    for token in tokenize(text):
        choice = _choice(token, known)
        if not choice:
            continue
        if len(choice) > 1:
            either = " or ".join(choice)
            notes.append(f"left “{token.text}” as it is: it may mean {either}")
            continue
        meant = known.shown.get(choice[0], choice[0])
        pieces += [text[end : token.span.start], meant]
        length += token.span.start - end
        moves.append((Span(length, length + len(meant)), token.span))
        length += len(meant)
        end = token.span.end
        notes.append(f"read “{token.text}” as “{meant}”")
    return Spelt("".join([*pieces, text[end:]]), tuple(moves), tuple(notes))


def _choice(token: Token, known: Known) -> tuple[str, ...]:
    word = fold(token.text)
    if len(word) < _SHORTEST or not word.isalpha() or not word.isascii():
        return ()
    if token.text.isupper() or is_stopword(token.text) or known.holds(word):
        return ()
    return nearest(word, known)


def nearest(word: str, known: Known) -> tuple[str, ...]:
    """The known word that a misspelt one stands for.

    Args:
        word: lower case, five letters or more, not known itself.
        known: what it may be read as.

    Returns:
        The nearest concept word, else the nearest outcome, process or condition (from six letters
        on), within one edit (two from eight letters on; an exchange of neighbours is one), the
        first in the alphabet where several are as near; else the question word, else the most
        frequent word of the library, that is one edit from a word of seven letters or more:
        without a dictionary, a wider net turns rare words into common ones ("media" into
        "median"). Empty where nothing is near. Two names or more where they are different
        drugs and equally near, for a person to choose.
    """
    index = known.by_beginning
    for most in (1, 2) if len(word) >= _LONG else (1,):
        best = index["concepts" if most == 1 else "long names"].within(word, most)
        meant = {known.drug_of.get(w, "") for w in best}
        if len(meant) > 1 and "" not in meant:
            return tuple(sorted(meant))
        if best:
            return (min(best),)
        best = index["own"].within(word, most) if len(word) > _SHORTEST else []
        if best:
            return (min(best),)
        if most == 1 and len(word) >= _MIDDLE:
            best = index["asking"].within(word, most)
            if best:
                return (min(best),)
            best = [w for w in known.usual.within(word) if not _is_inflected(word, w)]
            if best:
                return (min(best, key=lambda w: (-known.frequencies[w], w)),)
    return ()


def _is_inflected(word: str, candidate: str) -> bool:
    """Whether two words differ in their ending alone (transported, transporter)."""
    shorter = min(len(word), len(candidate))
    return word[: shorter - 1] == candidate[: shorter - 1]


def _turns(word: str, candidate: str) -> bool:
    """Whether two words differ in a beginning that turns the sense (hypotension, hypertension)."""
    return any(
        word.startswith(one) and candidate.startswith(other)
        for pair in opposite_beginnings()
        for one, other in (pair, pair[::-1])
        if not word.startswith(other) or not candidate.startswith(one)
    )


def _parts(wordings: Iterable[str]) -> set[str]:
    return {fold(word) for wording in wordings for word in words_of(wording) if word.isalpha()}
