"""Claims with one thing changed, and claims reworded without changing any, from real sentences.

A verifier must block every changed claim and pass every unchanged one. The changes are made by
patterns of their own and share nothing with the gates that are measured by them.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from curbside.records import Claim, Label, Lane
from curbside.verify.gates import comparing_gates


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A claim with one thing of `kind` changed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Rewording:
    """A claim that says what its sentence says, or a part of it, in `kind` of other form."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class KindFigure:
    """Of `n` claims of a kind, how many a gate blocked."""

    kind: str
    n: int
    blocked: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures a kind, in alphabetical order; `passed` are the changed claims that no gate
    blocked and `refused` the unchanged ones that one did, each with its sentence."""

    perturbed: tuple[KindFigure, ...]
    untouched: tuple[KindFigure, ...]
    passed: tuple[tuple[Perturbation, str], ...]
    refused: tuple[tuple[Rewording, str], ...]

    @property
    def block_rate(self) -> float:
        """Share of changed claims blocked; 0 where there were none."""
        return _rate(self.perturbed)

    @property
    def refusal_rate(self) -> float:
        """Share of unchanged claims blocked; 0 where there were none."""
        return _rate(self.untouched)


_Edit = tuple[int, int, str]
_NUMBER = r"(?<![\w.·-])\d+(?:[.,·]\d+)*(?![\w]|[.·,]\d)"
_UNITS = (
    ("months", "years"), ("month", "year"), ("weeks", "days"), ("days", "weeks"),
    ("years", "months"), ("year", "month"), ("week", "month"), ("hours", "days"),
    ("mg", "g"), ("kg", "g"), ("g", "mg"), ("µg", "mg"), ("μg", "mg"), ("ml", "l"), ("mL", "L"),
    ("mmol", "mol"), ("mm", "cm"), ("cm", "mm"), ("minutes", "hours"), ("min", "hours"),
    ("km", "m"), ("IU", "mg"), ("U/L", "g/L"),
)  # fmt: skip
_COMPARATORS = (
    ("<", ">"), (">", "<"), ("≤", "≥"), ("≥", "≤"), ("at least", "at most"),
    ("at most", "at least"), ("above", "below"), ("below", "above"), ("more than", "less than"),
    ("less than", "more than"), ("up to", "at least"), ("greater than", "less than"),
)  # fmt: skip
_DIRECTIONS = (
    ("more", "fewer"), ("fewer", "more"), ("less", "more"), ("higher", "lower"),
    ("lower", "higher"), ("raised", "reduced"), ("increased", "decreased"),
    ("decreased", "increased"), ("reduced", "increased"), ("increase", "decrease"),
    ("decrease", "increase"), ("reduction", "increase"), ("improved", "worsened"),
    ("greater", "smaller"), ("longer", "shorter"), ("shorter", "longer"), ("older", "younger"),
    ("younger", "older"), ("before", "after"), ("after", "before"), ("better", "worse"),
    ("increases", "decreases"), ("decreases", "increases"), ("reduces", "increases"),
    ("promotes", "inhibits"), ("inhibits", "promotes"), ("inhibited", "enhanced"),
    ("enhanced", "inhibited"), ("relapsed", "stayed in remission"), ("earlier", "later"),
    ("positive", "negative"), ("negative", "positive"), ("activation", "inhibition"),
    ("stayed in remission", "relapsed"), ("positively", "inversely"),
)  # fmt: skip
_MODALITIES = (
    ("may", "should"), ("might", "will"), ("could be", "should be"), ("can", "must"),
    ("could", "will"), ("suggest", "show"), ("suggests", "shows"), ("suggested", "showed"),
    ("suggesting", "showing"), ("should", "must"), ("should be considered", "is required"),
    ("appears to be", "is"), ("appear to be", "are"), ("likely", "certain"),
    ("possible", "proven"), ("consider", "require"), ("potential", "proven"), ("may be", "is"),
    ("indicate", "prove"), ("seems", "is shown"), ("recommended", "required"),
)  # fmt: skip
_SWAPPED_QUALIFIERS = (
    ("children", "adults"), ("adults", "children"), ("women", "men"), ("men", "women"),
    ("type 1", "type 2"), ("type 2", "type 1"), ("at withdrawal", "at diagnosis"),
    ("at baseline", "at follow-up"), ("at admission", "at discharge"), ("a single", "repeated"),
    ("one", "several"), ("chronic", "acute"), ("acute", "chronic"), ("severe", "mild"),
    ("mild", "severe"), ("first", "last"), ("early", "late"), ("late", "early"),
    ("elderly", "young"), ("some", "all"), ("most", "all"), ("many", "all"), ("mice", "patients"),
    ("rats", "humans"), ("female", "male"), ("in vitro", "in vivo"), ("adult", "paediatric"),
    ("diagnosis", "withdrawal"), ("non-cirrhotic", "cirrhotic"), ("several", "all"),
    ("randomised", "observational"), ("randomized", "observational"),
)  # fmt: skip
_DROPPED_QUALIFIERS = re.compile(
    r"(?<=\s)(?:severe|mild|chronic|acute|selected|elderly|pregnant|non-cirrhotic|early|late|"
    r"advanced|newly diagnosed|long-term|short-term|some|untreated|type [12]|female|male|adult|"
    r"older|younger|human|primary|secondary|first|healthy|only|moderate)\s(?=[a-z])"
    r"|\s(?:in|among|after|before|during|at|with|without|within|under|for) (?!it\b|them\b)"
    r"(?:[A-Za-z][\w-]*(?: (?:the|a|and|with|of|or|to))? ?){1,4}(?=[.;,]|$)"
)
_NO_ARMS = frozenset({"the", "a", "an", "those", "that", "in", "with", "of", "group"})
_AUXILIARY = re.compile(r"\b(?:was|were|is|are|did|does|has|have|had|may|can|could|should|will)\b")
_NEGATED = re.compile(
    r"\b(?:(?:did|does|do|was|were|is|are|had|has|have|can|could|may|should) )not "
)
_NO = re.compile(r"\b(?:no|without)\b(?! more| less| later| longer| higher| lower)")
_ARMS = re.compile(
    r"(?P<one>[A-Za-z][\w-]+) (?P<mid>versus|vs\.?|compared (?:with|to)) (?P<two>[A-Za-z][\w-]+)"
    r"(?=[\s,.;)])"
)
_THAN_ARMS = re.compile(
    r"(?<=\sin )(?P<one>[A-Za-z][\w-]+) (?P<mid>than(?: in)?) (?P<two>[A-Za-z][\w-]+)(?=[\s,.;)])"
)


def perturbations(claim_text: str, *, seed: int) -> tuple[Perturbation, ...]:
    """The claim with one thing changed, once for every kind that it has something of.

    Kinds: digit, unit, sign, negation, direction, arm, modality, qualifier. Where a kind has
    several places, `seed` and the text choose one, the same on any machine. Empty for a text
    that holds none.

    >>> [p.text for p in perturbations("Pain fell.", seed=1)]
    []
    """
    made = []
    for kind, edits in _KINDS:
        options = sorted(set(edits(claim_text)))
        chosen = random.Random(f"{seed}:{kind}:{claim_text}")  # noqa: S311 - choice, not secrecy
        chosen.shuffle(options)
        texts = (claim_text[:a] + new + claim_text[b:] for a, b, new in options)
        text = next((t for t in texts if t != claim_text), None)
        if text is not None:
            made.append(Perturbation(kind, text))
    return tuple(made)


def rewordings(claim_text: str) -> tuple[Rewording, ...]:
    """The claim as it stands, cut to a clause, and in other forms that say the same.

    Kinds: verbatim, trimmed, percent, years, versus, people, bracket.
    """
    made = [Rewording("verbatim", claim_text)]
    made += [Rewording("trimmed", text) for text in _trimmed(claim_text)]
    made += [Rewording("bracket", text) for text in _unbracketed(claim_text)]
    for kind, pattern, new in _FORMS:
        text = re.sub(pattern, new, claim_text)
        if text != claim_text:
            made.append(Rewording(kind, text))
    return tuple(made)


def measure(sentences: Iterable[str], *, seed: int) -> Figures:
    """Hold one perturbation and every rewording of each sentence against the sentence.

    The perturbation of a sentence is of the kind seen least so far, so that rare kinds count.
    A claim is blocked where any of the gates quantities, polarity and scope does not support it;
    the gate that compares a quotation word for word takes no part.
    """
    changed: Counter[str] = Counter()
    blocked: Counter[str] = Counter()
    same: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    slipped: list[tuple[Perturbation, str]] = []
    barred: list[tuple[Rewording, str]] = []
    for sentence in sentences:
        options = perturbations(sentence, seed=seed)
        if options:
            chosen = min(options, key=lambda p: (changed[p.kind], p.kind))
            changed[chosen.kind] += 1
            if _is_blocked(chosen.text, sentence):
                blocked[chosen.kind] += 1
            else:
                slipped.append((chosen, sentence))
        for rewording in rewordings(sentence):
            same[rewording.kind] += 1
            if _is_blocked(rewording.text, sentence):
                refused[rewording.kind] += 1
                barred.append((rewording, sentence))
    return Figures(
        tuple(KindFigure(kind, changed[kind], blocked[kind]) for kind in sorted(changed)),
        tuple(KindFigure(kind, same[kind], refused[kind]) for kind in sorted(same)),
        tuple(slipped),
        tuple(barred),
    )


def _is_blocked(text: str, quote: str) -> bool:
    claim = Claim("C1", text, Lane.RESEARCH, "", ("E1",))
    return any(v.label is not Label.SUPPORT for v in comparing_gates(claim, [quote]))


def _rate(figures: Sequence[KindFigure]) -> float:
    n = sum(figure.n for figure in figures)
    return sum(figure.blocked for figure in figures) / n if n else 0.0


def _digit(text: str) -> Iterator[_Edit]:
    for match in re.finditer(_NUMBER, text):
        for at in range(match.start(), match.end()):
            if text[at].isdigit():
                new = str((int(text[at]) + 3) % 10)
                if at > match.start() or new != "0":
                    yield at, at + 1, new


def _unit(text: str) -> Iterator[_Edit]:
    for old, new in _UNITS:
        for match in re.finditer(rf"(?<=\d)(?P<gap>[\s-]?){old}(?![\w/])", text):
            yield match.end("gap"), match.end(), new
    for match in re.finditer(r"(?<=\d)\s?%", text):
        yield match.start(), match.end(), " mg"


def _swaps(pairs: Iterable[tuple[str, str]]) -> Callable[[str], Iterator[_Edit]]:
    table = [
        (re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])" if old[0].isalpha() else old), new)
        for old, new in pairs
    ]

    def edits(text: str) -> Iterator[_Edit]:
        for pattern, new in table:
            for match in pattern.finditer(text):
                yield match.start(), match.end(), new

    return edits


def _sign(text: str) -> Iterator[_Edit]:
    for start, end, new in _swaps(_COMPARATORS)(text):
        # a comparator stands before a value; "more than aspirin" is a direction
        if re.match(r"\s*[\d.]|\s+(?:half|two|three|four|five|six|ten|twice)\b", text[end:]):
            yield start, end, new


def _negation(text: str) -> Iterator[_Edit]:
    for match in _NEGATED.finditer(text):
        yield match.end() - 4, match.end(), ""
    for match in _NO.finditer(text):
        yield match.start(), match.end(), "with" if match[0] == "without" else "a"
    for match in _AUXILIARY.finditer(text):
        if not re.match(r"\s+(?:not|no)\b", text[match.end() :]):
            yield match.end(), match.end(), " not"


def _arm(text: str) -> Iterator[_Edit]:
    numbers = [
        match
        for match in re.finditer(rf"{_NUMBER}\s?%|{_NUMBER}", text)
        if not re.match(r"\s*%?\s*(?:CI|confidence)", text[match.end() :])
    ]
    for one, two in pairwise(numbers):
        between = text[one.end() : two.start()]
        # two values of one thing ("range 1 to 3", "12 (40%)") are not two arms
        if one[0] == two[0] or not re.search(r"[a-z]{3,}", between) or len(between) > 90:
            continue
        yield one.start(), two.end(), two[0] + between + one[0]
    for match in (*_ARMS.finditer(text), *_THAN_ARMS.finditer(text)):
        first, second = match["one"], match["two"]
        if first.lower() != second.lower() and not {first, second} & _NO_ARMS:
            yield match.start(), match.end(), f"{second} {match['mid']} {first}"


def _qualifier(text: str) -> Iterator[_Edit]:
    for match in _DROPPED_QUALIFIERS.finditer(text):
        yield match.start(), match.end(), ""
    yield from _swaps(_SWAPPED_QUALIFIERS)(text)


_KINDS: tuple[tuple[str, Callable[[str], Iterable[_Edit]]], ...] = (
    ("digit", _digit),
    ("unit", _unit),
    ("sign", _sign),
    ("negation", _negation),
    ("direction", _swaps(_DIRECTIONS)),
    ("arm", _arm),
    ("modality", _swaps(_MODALITIES)),
    ("qualifier", _qualifier),
)


def _years(match: re.Match[str]) -> str:
    months = int(match[1])
    if months % 12:
        return match[0]
    return f"{months // 12} year{'s' if months > 12 else ''}"


_FORMS: tuple[tuple[str, str, str | Callable[[re.Match[str]], str]], ...] = (
    ("percent", r"(?<=\d)\s?%(?! ?(?:CI|confidence)|\w)", " percent"),
    ("years", r"(?<!to )(?<!and )(?<!or )(?<![-–,.\d])\b(\d+) months\b", _years),
    ("versus", r"\bversus\b", "vs"),
    ("people", r"\bpatients with\b", "people with"),
    ("connective", r"^(?:However|Moreover|Furthermore|In addition|In conclusion|Overall), ", ""),
)
_LAST_CLAUSE = re.compile(r";\s[^;]+$|,\s(?:whereas|while)\s[^;]+$")
_LEANING = re.compile(
    r"\b(?:not|no|nor|without|but|only|may|might|could|can|should|suggest\w*|this|these|it|they|"
    r"their|its|both|respectively|difference\w*|if|when|unless|such|those|likely|appear\w*|"
    r"cannot|never|neither|failed?|unlikely|un\w+|possibl\w+|potential\w*|recommend\w*|need\w*|"
    r"consider\w*|had to|must|would|lack\w*|same|which|former|latter|except|until|absence)\b",
    re.IGNORECASE,
)


def _trimmed(text: str) -> Iterator[str]:
    """The text without its last clause, where that clause takes nothing back and limits
    nothing."""
    match = _LAST_CLAUSE.search(text)
    if match and not re.search(r"[()\[\]:]", match[0]) and not _LEANING.search(match[0]):
        kept = text[: match.start()]
        if kept.count("(") == kept.count(")") and re.search(
            r"\b(?:was|were|is|are|had|has|have|\w+ed)\b", kept
        ):
            yield kept + "."


def _unbracketed(text: str) -> Iterator[str]:
    """The text without a bracket that holds figures only."""
    match = re.search(r"\s\((?:p|P|n|OR|HR|RR|95% CI|CI)\s?[=<>]?\s?[\d.][^()a-z]*\)", text)
    if match:
        yield text[: match.start()] + text[match.end() :]
