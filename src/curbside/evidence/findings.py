"""Findings: which factor a sentence links with which outcome, and in which direction.

The grammar is a data file of sentence shapes (`data/findings.toml`). It knows no disease, no
factor and no outcome: the outcome and the wordings of concepts come with the question and from
the vocabularies of the library's topics.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from curbside.evidence.estimates import with_estimates
from curbside.records import (
    Direction,
    Finding,
    Mention,
    Outcome,
    Role,
    Span,
    Vocabulary,
    VocabularyEntry,
)
from curbside.text.mentions import OPPOSITE, OUTCOME, mask_outcome, term_pattern
from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules
from curbside.text.tokens import content_stems

_PACKAGE = "curbside.evidence.data"
_PEOPLE = (
    r"(?:patients?|those|people|children|participants|subjects|cases|women|men|adults|infants)"
)
# who or which part of the study, before the statement itself: "In 131 patients withdrawn from X, "
_POPULATION = re.compile(
    r"^(?:in|among|of|across|for)\b[^,;]{2,160}?(?:\([^)]*\)[^,;]{0,80}?)?,\s+", re.ASCII
)
_LABEL = re.compile(
    r"(?:(?:MAIN |METHODS AND )?RESULTS?|FINDINGS|INTERPRETATION|CONCLUSIONS?)\b:?\s+(?=[A-Z\d])"
)
# "in multivariable analyses", "in contrast": how it was found or told, and not in whom
_NO_PEOPLE = re.compile(
    r"(?:in|among|of|across|for|on)\s(?:[\w-]+\s){0,3}?(?:analys[ei]s|models?|regressions?|"
    r"adjustments?|contrast|addition|conclusion|summary|comparison|total|general|particular|fact|"
    r"turn|part|short|example|instance)\b"
)
# what belongs to a figure and to no factor: "CI = 1.8 to 11.5)", "P = 0.01), but BMI", "25%"
_STATISTIC = re.compile(
    r"\b(?:p|ci|or|hr|rr|r|n|t|f)\s?[=<>≤≥]|\b(?:ci|confidence interval)\b|^[\W\d_]*$"
)
_JOINED = re.compile(r"(?:but|yet)\s(?=\w)")
# what opens a clause beside the statement: "As compared with women in whom …"
_BESIDE = re.compile(
    r"^(?:[a-z]{4,12}\s)?(?:(?:as\s)?compared|after adjust\w+|adjust\w+ for|based on|according|"
    r"when|while|although|whereas|since)\b"
)
_REPORTING = re.compile(
    r"^[^;:]{0,160}?\b(?:held|found|find|finds|showed|shows|show|shown|reported|reports|suggested|"
    r"suggests|suggest|demonstrate|demonstrates|indicate|indicating|concluded|concludes|demonstrated|indicated|indicates|revealed|reveals|states|"
    r"stated|observed|confirmed|identified|noted) that\s+(?!no\b)"
)
_ADVERB_LEAD = re.compile(
    r"^(?:(?:however|moreover|furthermore|in addition|additionally|overall|similarly|in contrast|"
    r"also|finally|interestingly|notably|importantly|conversely),\s+|(?:in|on|by) (?:a |the )?"
    r"(?:multivariate|multivariable|univariate|univariable|adjusted|logistic|cox|regression)"
    r"[\w\s-]{0,40},\s+|(?:having|the presence of|presence of)\s+)"
)
_NOT_SIGNIFICANT = re.compile(
    r"\b(?:not (?:statistically )?significant|did not reach (?:statistical )?significance|"
    r"non-?significant|no significant difference|\bn\.?s\.)"
)
_P_VALUE = re.compile(r"\bp\s*(?:-\s*value\s*)?([=<>≤≥]|of|was)\s*(0?[.·]\d+|1(?:\.0+)?)\b")
_ANAPHORA = re.compile(
    r"^(?:it|they|this|these|those|that|there|which|he|she|we|the (?:two |three |\w+ )?groups?|"
    r"(?:(?:these|those|both|two) )?groups?|both|neither|none|either|a|an|the)$"
)
# a factor is a phrase: one with a verb of its own is a clause that was cut wrongly
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|been|which|who|has|have|had|did|does|may|might|could|can|would|will|"
    r"whether|if|that|we|it|they|include|includes|exert|identified|demonstrated|revealed|showed)\b"
)
# what is denied, asked or only supposed before the verb is not found
_DENIED = re.compile(
    r"\b(?:did|does|do|was|were|is|are|has|have|had|could|can|would) not\b|"
    r"\bno (?:\w+ )?evidence\b|\bwhether\b|\bfailed to\b|\bneither\b|\bhypothes\w+|"
    r"\bto (?:determine|evaluate|assess|test)\b"
)
# "a mortality reduction", "recurrence-free": the word behind the outcome turns it
_TURNED = re.compile(r"\s?-?free\b|\s(?:reductions?|decreases?|declines?|prevention|benefits?)\b")
_QUALIFIER = re.compile(
    r"(?:on|in|at|from|for|compared|relative|before|after|during|within|among|between|by|to|of|as|than)\b"
)
# what a wording does to the thing it qualifies: +1 more of it, -1 less or none of it
_MORE = re.compile(
    r"\b(?:higher|raised|elevated|abnormal|increased|increasing|high|longer|long|older|greater|"
    r"persistent|persisting|prolonged|severe|advanced|larger|slow|slower|late|later|any|more)\b"
)
_LESS = re.compile(
    r"\b(?:lower|low|normal|normali[sz]ed|decreased|reduced|shorter|short|younger|young|less|"
    r"fewer|smaller|mild|rapid|fast|faster|early|earlier)\b"
)
_ABSENT = re.compile(
    r"\b(?:no|not|without|absence|absent|lack|failure|failed|inconsistently|never|incomplete)\b"
)
_MAX_LENGTH = 700  # code points: a longer "sentence" is a table or a list, not a statement


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    pattern: re.Pattern[str]
    direction: str
    is_blanket: bool
    is_hedged: bool
    needs_outcome: bool


def find_findings(
    sentence: str,
    *,
    outcome: Outcome,
    vocabulary: Vocabulary,
    is_review: bool = False,
    n: int | None = None,
) -> tuple[Finding, ...]:
    """What `sentence` says about factors of `outcome`.

    Args:
        sentence: one sentence; spans in the result point into it.
        outcome: what the factors should raise or lower.
        vocabulary: brings wordings of one factor together; may be empty.
        is_review: whether the source speaks of many studies (a review or a guideline).
        n: people studied, where the source says so outside the sentence.

    Returns:
        One finding a factor, in order of the sentence; empty where no shape fits. A list of
        factors gives one finding each. The same concept is named once per sentence.
    """
    return _find_findings(sentence, outcome, vocabulary, is_review, n)


@lru_cache(maxsize=16384)
def _find_findings(
    sentence: str, outcome: Outcome, vocabulary: Vocabulary, is_review: bool, n: int | None
) -> tuple[Finding, ...]:
    folded = fold(sentence)
    if len(folded) > _MAX_LENGTH:
        return ()
    said = term_pattern((*outcome.terms, *outcome.opposite_terms)).search(folded)
    if not said and not re.search(r"\bno (?:[\w-]+ ){0,4}outcomes? ", folded):
        return ()
    population, start = _opening(sentence, folded)
    found: dict[str, Finding] = {}
    masked = mask_outcome(folded, outcome.terms, outcome.opposite_terms)
    for clause in _clauses(folded, start):
        for shape in _shapes():
            match = shape.pattern.search(masked[clause.start : clause.end])
            if not match:
                continue
            if shape.needs_outcome and not said:
                continue
            read = _read(shape, match, clause.start, sentence, folded, outcome, vocabulary)
            for finding in read:
                found.setdefault(
                    finding.concept,
                    _with_context(finding, sentence, population, said, is_review, n),
                )
            if read and not shape.needs_outcome:
                break
    return with_estimates(sentence, tuple(found.values()))


def _with_context(
    finding: Finding,
    sentence: str,
    population: Span | None,
    said: re.Match[str] | None,
    is_review: bool,
    n: int | None,
) -> Finding:
    outcome = Span(*said.span()) if said else None
    return Finding(
        concept=finding.concept,
        direction=finding.direction,
        factor=finding.factor,
        outcome=_mention(sentence, outcome),
        population=_mention(sentence, population),
        n=n,
        is_hedged=finding.is_hedged,
        is_review=is_review,
        sense=finding.sense,
    )


def _mention(sentence: str, span: Span | None) -> Mention | None:
    return Mention(span.of(sentence), span) if span else None


def _opening(sentence: str, folded: str) -> tuple[Span | None, int]:
    """The population phrase that opens the sentence, and where the statement begins; a label of
    the abstract before it is no part of either."""
    label = _LABEL.match(sentence)
    begin = label.end() if label else 0
    match = _POPULATION.match(folded[begin:])
    if not match:
        return None, begin
    phrase = match[0].rstrip(" ,")
    is_people = not _NO_PEOPLE.match(phrase)
    return (Span(begin, begin + len(phrase)) if is_people else None), begin + match.end()


def _clauses(folded: str, start: int) -> tuple[Span, ...]:
    """The statement itself, and each part of it after a semicolon."""
    spans = []
    end = len(folded.rstrip())
    at = start
    for part in re.split(r"(;\s+)", folded[start:end]):
        if part.strip() and not part.startswith(";"):
            spans.append(Span(_statement_start(folded, at, at + len(part)), at + len(part)))
        at += len(part)
    return tuple(spans)


def _statement_start(folded: str, start: int, end: int) -> int:
    """Step over "we found that", "however," and the like, at most three of them."""
    for _ in range(3):
        rest = folded[start:end]
        match = _REPORTING.match(rest) or _ADVERB_LEAD.match(rest)
        if not match or match.end() >= len(rest):
            break
        start += match.end()
    return start


def _read(
    shape: _Shape,
    match: re.Match[str],
    offset: int,
    sentence: str,
    folded: str,
    outcome: Outcome,
    vocabulary: Vocabulary,
) -> tuple[Finding, ...]:
    direction = _direction(shape, match)
    if direction is None:
        return ()
    if re.search(r"\bbecause\b", folded[offset : offset + _end_of_factor(match)]):
        return ()
    if direction in (Direction.RAISES, Direction.LOWERS) and _is_denied(match, folded, offset):
        return ()
    if shape.is_blanket:
        return (Finding(concept="", direction=Direction.NONE),)
    tail = folded[offset + match.end() :]
    if re.search(r"\bbecause\b", folded[offset : offset + _end_of_factor(match)]):
        return ()
    if direction in (Direction.RAISES, Direction.LOWERS) and _is_insignificant(
        folded[offset + match.start() :], tail
    ):
        direction = Direction.NONE
    findings = []
    whole = Span(offset + match.start("f"), offset + match.end("f"))
    members = _split_list(folded, whole, keep=_terms_in(folded, whole, vocabulary))
    # "normal X, Y and Z" says normal of all three
    is_all_normal = bool(members) and members[0].of(folded).startswith("normal ")
    for each in members:
        joined = _JOINED.match(each.of(folded))
        span = Span(each.start + joined.end(), each.end) if joined else each
        words = span.of(folded)
        concept, sense = name_concept(words, vocabulary)
        if is_all_normal and not _MORE.search(words) and not _LESS.search(words):
            sense = -sense
        # the outcome is not a factor of itself, and a bare pronoun names none
        if (
            not concept
            or _ANAPHORA.match(words)
            or not _is_phrase(words)
            or _CLAUSE.search(words)
            or term_pattern(outcome.terms).fullmatch(words)
        ):
            continue
        mention = Mention(span.of(sentence), span)
        findings.append(
            Finding(concept, direction, factor=mention, is_hedged=shape.is_hedged, sense=sense)
        )
    return tuple(findings)


def _is_phrase(words: str) -> bool:
    """Whether words name something, and are no piece of a bracket or of a statistic."""
    is_whole = words.count("(") == words.count(")") and words.count("[") == words.count("]")
    return is_whole and not (_STATISTIC.search(words) or _BESIDE.match(words))


def _is_denied(match: re.Match[str], folded: str, offset: int) -> bool:
    if _TURNED.match(folded, offset + match.end()):
        return True
    return bool(_DENIED.search(folded, offset, offset + _end_of_factor(match)))


def _end_of_factor(match: re.Match[str]) -> int:
    return match.end("f") if "f" in match.re.groupindex else match.end()


def _direction(shape: _Shape, match: re.Match[str]) -> Direction | None:
    if shape.direction != "compare":
        return Direction(shape.direction)
    with_outcome, without = float(match["a"]), float(match["b"])
    if with_outcome == without:
        return Direction.NONE
    return Direction.RAISES if with_outcome > without else Direction.LOWERS


def _is_insignificant(said: str, tail: str) -> bool:
    if _NOT_SIGNIFICANT.search(said):
        return True
    p = _P_VALUE.search(tail) or _P_VALUE.search(said)
    if not p:
        return False
    value = float(p[2].replace("·", "."))
    return value > 0.05 if p[1] in "=≤ofwas" else p[1] in ">≥" and value >= 0.05


def _terms_in(folded: str, span: Span, vocabulary: Vocabulary) -> tuple[Span, ...]:
    """Where whole terms of the vocabulary stand: "early and late starters" is no list of two."""
    return tuple(
        Span(*match.span()).shift(span.start)
        for _, pattern in _factor_patterns(vocabulary)
        for match in pattern.finditer(span.of(folded))
    )


def _split_list(folded: str, span: Span, *, keep: Sequence[Span] = ()) -> tuple[Span, ...]:
    """The members of "a, b (x and y) and c", without parentheses and leading articles; what
    stands in `keep` is not cut."""
    cuts = [span.start]
    depth = 0
    for match in re.finditer(r"[()]|,\s+(?:and |or )?|\s+(?:and|or)\s+", span.of(folded)):
        mark = match.group()
        if mark in "()":
            depth += 1 if mark == "(" else -1
        elif depth == 0 and not any(k.start < span.start + match.start() < k.end for k in keep):
            cuts += [span.start + match.start(), span.start + match.end()]
    cuts.append(span.end)
    members = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        trimmed = _trim(folded, start, end)
        if trimmed:
            members.append(trimmed)
    return tuple(members)


def _trim(folded: str, start: int, end: int) -> Span | None:
    words = folded[start:end]
    lead = re.match(
        r"\s*(?:(?:the|a|an|having|both|either|only|also|that|with|as well as|followed by|"
        r"including|such as|namely)\s+)*",
        words,
    )
    start += lead.end() if lead else 0
    words = re.sub(r"\s*\([^()]*\)?\s*$", "", folded[start:end]).rstrip(" .,:")
    # "inflammation, on a biopsy before surgery": a phrase of place or time is no factor
    if not words or _QUALIFIER.match(words):
        return None
    return Span(start, start + len(words))


def name_concept(words: str, vocabulary: Vocabulary) -> tuple[str, int]:
    """The name under which a factor's wordings come together, and the sense of this wording.

    Args:
        words: a factor as a sentence words it, folded ("no identifiable trigger").
        vocabulary: entries in a factor's role are tried first, the longest term wins.

    Returns:
        The entry's name, else the stems of the wording less its qualifiers, sorted; the sense is
        -1 where the wording says less or none of it ("normal", "younger", "absence of"), else 1.
        An entry's `opposite` turns the sense. Empty where nothing but qualifiers is left.
    """
    entry, span = _entry_of(words, vocabulary)
    # a term that has an opposite says its sense itself: "normal tissue" is not less of it
    qualifiers = words[: span[0]] + words[span[1] :] if entry and entry.opposite else words
    sense = -1 if len(_ABSENT.findall(qualifiers)) % 2 else 1
    if _LESS.search(qualifiers) and not _MORE.search(qualifiers):
        sense = -sense
    if entry is None:
        bare = _ABSENT.sub(" ", _LESS.sub(" ", _MORE.sub(" ", re.sub(r"\([^)]*\)", " ", words))))
        return " ".join(sorted(set(content_stems(bare)))), sense
    if entry.opposite:
        return entry.opposite, -sense
    return entry.name, sense


def _entry_of(words: str, vocabulary: Vocabulary) -> tuple[VocabularyEntry | None, tuple[int, int]]:
    best: tuple[int, int] | None = None
    chosen, span = None, (0, 0)
    for entry, pattern in _factor_patterns(vocabulary):
        for match in pattern.finditer(words):
            # the longest wording; of two as long, the one that stands later is the head
            key = (match.end() - match.start(), match.start())
            if best is None or key > best:
                best, chosen, span = key, entry, match.span()
    return chosen, span


@lru_cache(maxsize=64)
def _factor_patterns(
    vocabulary: Vocabulary,
) -> tuple[tuple[VocabularyEntry, re.Pattern[str]], ...]:
    return tuple(
        (entry, term_pattern(entry.terms))
        for entry in vocabulary.entries
        if entry.role is Role.FACTOR
    )


@cache
def _shapes() -> tuple[_Shape, ...]:
    """The grammar, for text in which the outcome is masked."""
    outcome = rf"(?:{OUTCOME}+)"
    with_outcome = (
        rf"(?:(?:later |subsequent |the |multiple |single )*"
        rf"(?:{_PEOPLE} (?:who|with|that|having) (?:[\w-]+ ){{0,2}}?)?{outcome})"
    )
    without = (
        rf"(?:(?:the )?(?:{_PEOPLE} (?:who|with|that|having|in) (?:[\w-]+ ){{0,2}}?)?"
        rf"(?:{OPPOSITE}+|did not (?:\w+ )?{outcome}|no {outcome}|without {outcome}))"
    )
    slots = {
        "{OUTG}": with_outcome,
        "{OPPG}": without,
        "{OUT}": outcome,
        "{OPP}": rf"(?:{OPPOSITE}+)",
        "{F}": r"(?P<f>[^;:]{2,240}?)",
        "{G}": r"(?:,? ?\([^)]{1,80}\))?",
    }
    shapes = []
    for name, pattern, direction, blanket, hedged, needs_outcome in _rows():
        for slot, words in slots.items():
            pattern = pattern.replace(slot, words)
        shapes.append(_Shape(name, re.compile(pattern), direction, blanket, hedged, needs_outcome))
    return tuple(shapes)


@cache
def _rows() -> Sequence[tuple[str, str, str, bool, bool, bool]]:
    rules = load_rules(
        _PACKAGE,
        "findings.toml",
        tables={
            "pattern": Columns(
                required=("name", "pattern", "direction", "example"),
                optional=("is_blanket", "is_hedged", "needs_outcome"),
            )
        },
    )
    return tuple(
        (
            str(row["name"]),
            str(row["pattern"]),
            str(row["direction"]),
            bool(row.get("is_blanket", False)),
            bool(row.get("is_hedged", False)),
            bool(row.get("needs_outcome", False)),
        )
        for row in rules["pattern"]
    )
