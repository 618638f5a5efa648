"""The names of diseases and drugs that a text holds: MeSH headings and medicines, each one thing.

The names are package data (see `data/names.toml`). A name and a text meet on the hash of their
key, made for all runs of one to eight words at once; the package's own lists come first, and say
which name and brand are shown and which drugs make a class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curbside.errors import DataError
from curbside.records import Role, Span
from curbside.retrieve.drugs import abbreviations, classes_of, drug_classes, drugs
from curbside.retrieve.keys import GAP, PIECE, key_of, singular
from curbside.retrieve.lexicon import spellings, words
from curbside.text.normalise import fold, slugify

Kind: TypeAlias = Literal["disease", "finding", "drug", "class"]
"""A finding is a sign, symptom or process that many diseases have; a class is one of drugs."""

CAPITALS, BRAND, ONE, SEVERAL, FINAL_S = 1, 2, 4, 8, 16
"""What is known of a key: it counts in capitals only, it is a brand, it is listed as one word, as
several, its last letter is an s that is no plural."""

_KINDS: dict[str, Kind] = {"disease": "disease", "finding": "finding", "drug": "drug"}
_PACKAGE = "curbside.retrieve.data"
_LONGEST = 8  # words of a name
_JOINED = 8  # letters of a name that may be written as other words than listed
_TERMS = 12
_BASE = 0x9E3779B97F4A7C15
_MIX_1, _MIX_2 = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_ALL = (1 << 64) - 1
_SIEVE_BITS = 21

_Words: TypeAlias = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class NamedConcept:
    """A disease, finding, drug or class of drugs.

    `ui` tells it from others: a heading's first MeSH tree number, a drug's DrugBank or MedlinePlus
    number, else "own:" and its name. `name` is shown, `terms` are
    its other names, best first; `brands` are brand names; `tree_numbers` are places in MeSH.
    """

    ui: str
    kind: Kind
    name: str
    terms: tuple[str, ...] = ()
    tree_numbers: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameMention:
    """A concept and where the text names it, by a brand or not."""

    concept: NamedConcept
    span: Span
    is_brand: bool = False


def find_names(text: str) -> tuple[NameMention, ...]:
    """The names in `text`: the longest at each place, left to right, none inside another.

    A short name counts in capitals only ("MS", "ALL"), and "auto-immune" is "autoimmune".

    >>> [(m.span.of(text), m.concept.name) for text in ["Rhinocort in hay fever"]
    ...     for m in find_names(text)]
    [('Rhinocort', 'budesonide'), ('hay fever', 'seasonal allergic rhinitis')]
    """
    found = []
    end = 0
    for mention in names_at(text):
        if mention.span.start >= end:
            found.append(mention)
            end = mention.span.end
    return tuple(found)


def names_at(text: str) -> tuple[NameMention, ...]:
    """The longest name that starts at each word of `text`, in order; they may overlap."""
    folded = fold(text)
    pieces = [match.span() for match in PIECE.finditer(folded)]
    if not pieces:
        return ()
    longest: dict[int, NameMention] = {}
    for first, last, found in _names().within(folded, pieces):
        start, end = pieces[first][0], pieces[last][1]
        # sizes come in rising order, so a later one is longer
        if _is_meant(found.flags, text[start:end], last - first + 1):
            longest[first] = NameMention(found.concept, Span(start, end), bool(found.flags & BRAND))
    return tuple(longest[first] for first in sorted(longest))


def concept_of(name: str) -> NamedConcept | None:
    """What a name means in whatever letters it is written; None where it is not known.

    >>> [concept_of(brand).name for brand in ("Imuran", "keytruda")]
    ['azathioprine', 'pembrolizumab']
    """
    found = _names().get(key_of(fold(name)))
    return found.concept if found else None


def is_broader(a: NamedConcept, b: NamedConcept) -> bool:
    """Whether `a` stands above `b`: a heading of it in the MeSH tree, or a class that holds it."""
    if a.kind == "class":
        return a.name in _classes(b)
    if a.ui == b.ui or "drug" in (a.kind, b.kind):
        return False
    return any(
        below.startswith(f"{above}.") for above in a.tree_numbers for below in b.tree_numbers
    )


def related(a: NamedConcept, b: NamedConcept) -> bool:
    """Whether one is the other or stands above it."""
    return a.ui == b.ui or is_broader(a, b) or is_broader(b, a)


def same_thing_terms(concept: NamedConcept, *, most: int = _TERMS) -> tuple[str, ...]:
    """Names to look for when `concept` is asked about, lower case, best first, at most `most`."""
    terms = (fold(term) for term in (concept.name, *concept.terms))
    return tuple(dict.fromkeys(terms))[:most]


def is_word_of_names(word: str) -> bool:
    """Whether a lower-case word is part of a name ("sjogren"): then it is not misspelt."""
    return word in _words_of_names()


def hash_of_key(key: str) -> int:
    """The hash of a key, 64 bits; that of a joined text follows from those of its parts.

    h(a + b) = h(a) * base ** len(b) + h(b), so all runs of words are hashed in a few operations
    on arrays. The result is mixed, as its low bits alone would meet too often.
    """
    value = _part(key)[0]
    value = (value ^ (value >> 30)) * _MIX_1 & _ALL
    value = (value ^ (value >> 27)) * _MIX_2 & _ALL
    return value ^ (value >> 31)


@dataclass(frozen=True, slots=True)
class _Hit:
    concept: NamedConcept
    flags: int


class _Names:
    """All names, made ready once."""

    def __init__(self, hashes: _Words, rows: NDArray[np.int32], flags: bytes, text: str) -> None:
        self._hashes, self._rows, self._flags = hashes, rows, flags
        self._lines = text.splitlines()
        self._concept = lru_cache(maxsize=4096)(self._concept_of_row)
        self.own: dict[int, _Hit] = {}
        self.row_to_own: dict[int, NamedConcept] = {}
        for key, concept, of_key, rows_of in _own(self):
            self.own.setdefault(hash_of_key(key), _Hit(concept, of_key))
            for row in rows_of:
                self.row_to_own.setdefault(row, concept)
        self._concept.cache_clear()
        self._sieve = np.zeros(1 << _SIEVE_BITS, dtype=np.bool_)
        self._sieve[hashes >> np.uint64(64 - _SIEVE_BITS)] = True
        mine = np.array(sorted(self.own), dtype=np.uint64)
        self._sieve[mine >> np.uint64(64 - _SIEVE_BITS)] = True

    def within(
        self, folded: str, pieces: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int, _Hit]]:
        """First and last piece of every run that is a name; shorter runs first."""
        parts = [_part_of_piece(folded[start:end]) for start, end in pieces]
        plain = np.array([h for h, _ in parts], dtype=np.uint64)
        # a piece that follows another brings the marks between them
        after = [
            part if (gap := folded[a[1] : b[0]]) == " " else _after(GAP.sub("", gap), part)
            for (a, b), part in zip(pairwise(pieces), parts[1:], strict=True)
        ]
        tail = np.array([h for h, _ in after], dtype=np.uint64)
        power = np.array([p for _, p in after], dtype=np.uint64)
        run = plain
        for size in range(1, min(_LONGEST, len(pieces)) + 1):
            if size > 1:
                run = run[:-1] * power[size - 2 :] + tail[size - 2 :]
            mixed = _mixed(run)
            maybe = np.flatnonzero(self._sieve[mixed >> np.uint64(64 - _SIEVE_BITS)])
            values = mixed[maybe]
            rows = np.minimum(self._hashes.searchsorted(values), len(self._hashes) - 1)
            is_held = self._hashes[rows] == values
            for first, value, at, held in zip(
                maybe.tolist(), values.tolist(), rows.tolist(), is_held.tolist(), strict=True
            ):
                hit = self.own.get(value) or (self._hit_at(at) if held else None)
                if hit is not None:
                    yield first, first + size - 1, hit

    def get(self, key: str) -> _Hit | None:
        value = hash_of_key(key)
        at = self._at(value)
        return self.own.get(value) or (None if at is None else self._hit_at(at))

    def row_of(self, key: str) -> int | None:
        """The row of the data alone that a key names."""
        at = self._at(hash_of_key(key))
        return None if at is None else int(self._rows[at])

    def data_of_row(self, row: int) -> NamedConcept:
        return self._concept_of_row(row)

    def _hit_at(self, at: int) -> _Hit:
        return _Hit(self._concept(int(self._rows[at])), self._flags[at])

    def _at(self, value: int) -> int | None:
        at = int(self._hashes.searchsorted(np.uint64(value)))
        return at if at < len(self._hashes) and int(self._hashes[at]) == value else None

    def _concept_of_row(self, row: int) -> NamedConcept:
        if row in self.row_to_own:
            return self.row_to_own[row]
        ui, kind, name, trees, terms, brands = self._lines[row].split("\t")
        if kind not in _KINDS:
            raise DataError(f"names.concepts.zst, line {row + 1}: unknown kind {kind!r}")
        return NamedConcept(ui, _KINDS[kind], name, _split(terms), _split(trees), _split(brands))


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|")) if joined else ()


def _own(names: _Names) -> Iterator[tuple[str, NamedConcept, int, tuple[int, ...]]]:
    """Keys of the package's own lists: key, concept, flags, rows of the data that are the same."""
    short: dict[str, list[str]] = {}
    for abbreviation in abbreviations():
        short.setdefault(abbreviation.means, []).append(abbreviation.text)
    capitals = {a.text for a in abbreviations() if a.is_capitals_only}
    for drug in drugs():
        name, mine = drug.names[0], short.get(drug.names[0], [])
        rows = _rows(names, drug.names) or _rows(names, drug.brands[:1])
        concept = _merged(names, "drug", name, (*drug.names[1:], *mine), rows, drug.brands)
        for wording in (*drug.names, *mine):
            yield from _keyed(wording, concept, rows, CAPITALS * (wording in capitals))
        for wording in drug.brands:
            yield from _keyed(wording, concept, rows, BRAND)
    for group in drug_classes():
        mine = short.get(group.name, [])
        concept = NamedConcept(f"own:{slugify(group.name)}", "class", group.name, group.terms)
        for wording in (group.name, *group.terms, *mine):
            yield from _keyed(wording, concept, (), CAPITALS * (wording in capitals))
    for word in words():
        if word.role is Role.CONDITION:
            rows = _rows(names, (word.name, *word.terms))[:1]
            concept = _merged(names, "disease", word.name, word.terms, rows)
            for wording in dict.fromkeys((word.name, *word.terms)):
                yield from _keyed(wording, concept, rows, 0)


def _rows(names: _Names, wordings: Iterable[str]) -> tuple[int, ...]:
    found = (names.row_of(key_of(fold(wording))) for wording in wordings)
    return tuple(dict.fromkeys(row for row in found if row is not None))


def _merged(
    names: _Names,
    kind: Kind,
    name: str,
    terms: Sequence[str],
    rows: Sequence[int],
    brands: Sequence[str] = (),
) -> NamedConcept:
    own = NamedConcept(f"own:{slugify(name)}", kind, name)
    data = [names.data_of_row(row) for row in rows]
    first = data[0] if data else own
    listed = (*terms, *(t for d in data for t in (d.name, *d.terms)))
    held = (*brands, *(b for d in data for b in d.brands))
    return replace(
        first,
        name=name,
        terms=tuple(t for t in _once(listed) if fold(t) != fold(name)),
        brands=_once(held),
    )


def _once(wordings: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for wording in wordings:
        seen.setdefault(fold(wording), wording)
    return tuple(seen.values())


def _keyed(
    wording: str, concept: NamedConcept, rows: tuple[int, ...], flags: int
) -> Iterator[tuple[str, NamedConcept, int, tuple[int, ...]]]:
    size = ONE if len(PIECE.findall(fold(wording))) == 1 else SEVERAL
    for spelling in spellings(fold(wording)):
        yield key_of(spelling), concept, flags | size, rows


def _classes(concept: NamedConcept) -> frozenset[str]:
    return classes_of(concept.name) if concept.kind == "drug" else frozenset()


def _is_meant(flags: int, surface: str, size: int) -> bool:
    if flags & CAPITALS and not surface.isupper():
        return False
    if flags & FINAL_S and surface[-1] not in "sS":
        return False
    return bool(flags & (ONE if size == 1 else SEVERAL)) or len(surface) >= _JOINED


def _mixed(hashes: _Words) -> _Words:
    """Splitmix64's last step: every bit of the result depends on every bit of the hash."""
    mixed = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(_MIX_1)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX_2)
    return mixed ^ (mixed >> np.uint64(31))


def _part(text: str) -> tuple[int, int]:
    """Hash of a text before mixing, and the base to the power of its length."""
    value, power = 0, 1
    for char in text:
        value = (value * _BASE + ord(char)) & _ALL
        power = power * _BASE & _ALL
    return value, power


@lru_cache(maxsize=65536)
def _part_of_piece(piece: str) -> tuple[int, int]:
    return _part(singular(piece))


def _after(marks: str, part: tuple[int, int]) -> tuple[int, int]:
    value, power = _part(marks)
    return (value * part[1] + part[0]) & _ALL, power * part[1] & _ALL


@cache
def _names() -> _Names:
    keys = _unpacked("names.keys.zst")
    count = len(keys) // 13
    return _Names(
        np.frombuffer(keys, dtype="<u8", count=count),
        np.frombuffer(keys, dtype="<i4", count=count, offset=8 * count),
        keys[12 * count :],
        _unpacked("names.concepts.zst").decode("utf-8"),
    )


@cache
def _words_of_names() -> frozenset[str]:
    return frozenset(PIECE.findall(fold(_unpacked("names.concepts.zst").decode("utf-8"))))


def _unpacked(name: str) -> bytes:
    # not at import: a command that reads no text needs no names
    import zstandard

    packed = files(_PACKAGE).joinpath(name).read_bytes()
    try:
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise DataError(f"{name}: expected a zstd frame; {error}") from error
