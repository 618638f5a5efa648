"""Whom a page is drawn for, in words: the line that asks, the grades, the words explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

QUESTION: Final = "Which best describes you?"
TITLES: Final[Mapping[str, str]] = {
    "patient": "Patient or carer",
    "student": "Student",
    "clinician": "Clinician",
    "specialist": "Specialist",
}


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """One kind of reader; `name` is what `--as` takes."""

    name: str
    title: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A word with its meaning; `says` names the plain words that the page uses for it."""

    term: str
    meaning: str
    source: str
    says: str | None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What a page says about its reader. `folded` are the parts that stand behind a fold."""

    choices: tuple[ReaderChoice, ...]
    how: str
    grade: str | None
    questions: tuple[str, ...]
    words: tuple[Explained, ...]
    folded: frozenset[str]

    @property
    def asked(self) -> str:
        """The choices on one line, the current one in brackets."""
        told = (f"[{c.title}]" if c.is_current else c.title for c in self.choices)
        return f"{QUESTION} {' | '.join(told)}"


def reading_view(reading: Mapping[str, Any] | None) -> ReadingView | None:
    """The reading of an answer object in words; None where it was drawn for no one yet."""
    if reading is None:
        return None
    current = reading["reader"]
    others = [name for name in TITLES if name != current]
    return ReadingView(
        choices=tuple(ReaderChoice(n, title, n == current) for n, title in TITLES.items()),
        how=(
            f"Choosing is optional. The same claims for another reader: --as"
            f" {', '.join(others[:-1])} or {others[-1]}."
        ),
        grade=_grades(reading["grade"], reading["grade_without_names"]),
        questions=tuple(reading["questions"]),
        words=tuple(
            Explained(e["term"], e["meaning"], e["source"], e["plain"])
            for e in reading["explanations"]
        ),
        folded=frozenset(reading["folded"]),
    )


def explained_at(reading: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    """What is explained at each claim, by its id."""
    found: dict[str, tuple[str, ...]] = {}
    for item in reading["explanations"] if reading else ():
        if item["claim_id"] is not None:
            told = found.get(item["claim_id"], ())
            found[item["claim_id"]] = (
                *told,
                word_line(item["term"], item["meaning"], item["plain"]),
            )
    return found


def word_line(term: str, meaning: str, says: str | None) -> str:
    """ "cohort (here: group): a group of people who are followed over time"."""
    here = f" (here: {says})" if says and says != meaning else ""
    return f"{term}{here}: {meaning}"


def lines_of(words: Sequence[Explained]) -> tuple[str, ...]:
    """Each word with its meaning and who explains it so, on a line."""
    return tuple(f"{word_line(w.term, w.meaning, w.says)} ({w.source})" for w in words)


def _grades(grade: Mapping[str, Any], without: Mapping[str, Any]) -> str | None:
    if grade["flesch_kincaid"] is None:
        return None
    line = (
        "Reading grade of the claims, in US school years: Flesch-Kincaid"
        f" {grade['flesch_kincaid']}, SMOG {grade['smog']}"
    )
    if without["flesch_kincaid"] is None:
        return f"{line}."
    return (
        f"{line}; without the names of drugs and diseases {without['flesch_kincaid']} and"
        f" {without['smog']}."
    )
