"""Recommendations of a guideline as units: number, text, strength and certainty as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from curbside.records import Document, Kind, Recommendation, Section, Span
from curbside.text.rules import Columns, load_rules
from curbside.text.sentences import split_sentences

_LONGEST: Final = 1_200
_TITLE: Final = "TITLE"
# "CONCLUSIONS AND RECOMMENDATION The panel recommends …"
_RUN_IN: Final = re.compile(r"(?:[A-Z]{3,}:? +)(?:[A-Z]{2,}:? +)*(?=[A-Z][a-z])")
_TRAILING: Final = re.compile(
    r"\s*(?:\((?:Figure|Table|Box|Fig\.)[^()]*\)|\[\d{4}(?:, amended \d{4})?\])*[.]?"
)


def with_recommendations(document: Document) -> Document:
    """A guideline with each of its recommendations as a section of its own; others as they are.

    A recommendation is a sentence that recommends and bears a grade in brackets or the issuer's
    number. What another body recommends, and what a grade means, is none. The section spans the
    statement with its grade; its locator is its number, or its rank in the document, before the
    place where it stands ("Recommendation 2, page 3, Monitoring").
    """
    if document.kind is not Kind.GUIDELINE:
        return document
    found = list(_found(document))
    if not found:
        return document
    units = []
    for rank, (section, span, printed) in enumerate(found, start=1):
        name = f"Recommendation {printed.number or rank}"
        place = f"{name}, {section.locator}" if section.locator else name
        units.append(Section(name, span, place, recommendation=printed))
    sections = sorted((*document.sections, *units), key=lambda s: (s.span.start, -s.span.end))
    return replace(document, sections=tuple(sections))


def _found(document: Document) -> Iterator[tuple[Section, Span, Recommendation]]:
    for section in document.sections:
        if section.label == _TITLE or section.recommendation is not None:
            continue
        text = section.span.of(document.text)
        for paragraph in re.finditer(r"\S(?:.*\S)?", text):
            start = section.span.start + paragraph.start()
            for span, printed in recommendations_in(paragraph[0]):
                yield section, span.shift(start), printed


def recommendations_in(paragraph: str) -> Iterator[tuple[Span, Recommendation]]:
    """The recommendations of one paragraph, in order.

    >>> [(s.of(t), r) for t in ["We suggest rest (1B)."] for s, r in recommendations_in(t)]
    [('We suggest rest (1B).', Recommendation(number=None, strength='1', certainty='B'))]
    """
    sentences = list(split_sentences(paragraph))
    at = 0
    while at < len(sentences):
        span = sentences[at]
        # "… visit. (A recommendation)" is one statement with its grade
        following = sentences[at + 1].of(paragraph) if at + 1 < len(sentences) else ""
        taken = 1
        if following and _is_grade_alone(following):
            span = Span(span.start, sentences[at + 1].end)
            taken = 2
        # "Recommendation 3." may be taken for a sentence of its own
        if at + taken < len(sentences) and re.fullmatch(
            r"(?:Recommendation|Statement)\s+\d[\w.]*[.:]", span.of(paragraph)
        ):
            span = Span(span.start, sentences[at + taken].end)
            taken += 1
            following = sentences[at + taken].of(paragraph) if at + taken < len(sentences) else ""
            if following and _is_grade_alone(following):
                span = Span(span.start, sentences[at + taken].end)
                taken += 1
        if run_in := _RUN_IN.match(span.of(paragraph)):
            span = Span(span.start + run_in.end(), span.end)
        printed = _printed(span.of(paragraph))
        if printed is not None and span.end - span.start <= _LONGEST:
            yield span, printed
        at += taken


def _is_grade_alone(sentence: str) -> bool:
    grade = _grade(sentence)
    return (
        grade is not None
        and not sentence[: grade.start()].strip()
        and bool(_TRAILING.fullmatch(sentence, grade.end()))
    )


def _printed(sentence: str) -> Recommendation | None:
    number = _number(sentence)
    grade = _grade(sentence)
    statement = sentence[number.end() :] if number else sentence
    if number is None and grade is None:
        return None
    if not _wording().search(statement) or _other().search(statement):
        return None
    said = grade.groupdict() if grade else {}
    return Recommendation(
        number["number"] if number else None, said.get("strength"), said.get("certainty")
    )


def _grade(sentence: str) -> re.Match[str] | None:
    found = [match for pattern in _patterns("grade") if (match := pattern.search(sentence))]
    return min(found, key=lambda match: match.start()) if found else None


def _number(sentence: str) -> re.Match[str] | None:
    return next((m for pattern in _patterns("number") if (m := pattern.match(sentence))), None)


def _wording() -> re.Pattern[str]:
    return _patterns("wording")[0]


def _other() -> re.Pattern[str]:
    return _patterns("other")[0]


@cache
def _patterns(table: str) -> tuple[re.Pattern[str], ...]:
    columns = Columns(("pattern",))
    rules = load_rules(
        "curbside.ingest.data",
        "recommendations.toml",
        tables={"grade": columns, "number": columns, "wording": columns, "other": columns},
    )
    # a grade is printed in many cases, a wording at the start of a sentence in capitals
    flags = re.IGNORECASE if table in ("grade", "other") else 0
    return tuple(re.compile(str(row["pattern"]), flags) for row in rules[table])
