"""Whether every kind of reader reads the same, and how hard it is to read: counted over pages.

The counters are the measure's own, and plainer than the reader gate: one that used the gate's rules
would find what the gate finds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from curbside.pipeline import read_as
from curbside.records import Answer, Reader, Vocabulary
from curbside.text.hundreds import HUNDRED

_NUMBER: Final = re.compile(r"\d+(?:[.,·]\d+)*(?:\s?%)?")
_DENIAL: Final = re.compile(
    r"\b(?:no|not|never|none|nor|neither|without|cannot|unlikely|fail(?:s|ed|ure)?|lack(?:s|ed|ing)?|"
    r"absen\w+|except|un(?:able|changed))\b|n['’]t\b|\bnon-",
    re.IGNORECASE,
)
_MODALITY: Final = re.compile(
    r"\b(?:may|might|could|can|should|must|would|possib\w+|probab\w+ly|perhaps|suggest\w*|appear\w*|"
    r"seem\w*|likely|unclear|recommend\w*|advis\w+|consider\w*|need\w*|requir\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Counts over all pages and readers. `readings` are pages times readers; `reworded` claims
    that patients read in other words than they are printed in, of `claims`."""

    pages: int
    readings: int
    claims: int
    reworded: int
    missing_claims: int
    changed_citations: int
    changed_numbers: int
    changed_denials: int
    changed_doubts_or_demands: int
    folded: int
    grade: float | None
    grade_without_names: float | None
    grade_as_printed: float | None


def measure_levels(pages: Sequence[Answer], *, vocabulary: Vocabulary) -> LevelFigures:
    """Draw every page for every reader and count what differs from its claims.

    Grades are medians over the pages that have claims: those of patients, and those of the claims
    as they are printed; None where no page has any.
    """
    wrong: Counter[str] = Counter()
    claims = reworded = folded = 0
    plain, nameless, printed = list[float](), list[float](), list[float]()
    for page in pages:
        for reader in Reader:
            reading = read_as(page, reader, vocabulary=vocabulary).reading
            # `read_as` always sets it
            assert reading is not None  # noqa: S101
            worded = {wording.claim_id: wording for wording in reading.wordings}
            if reading.wordings:
                wrong["claims"] += len({c.claim_id for c in page.claims} ^ worded.keys())
            for claim in page.claims if reading.wordings else ():
                wording = worded[claim.claim_id]
                wrong["citations"] += wording.cites != claim.cites
                wrong.update(differences(claim.text, wording.parts))
                claims += 1
                reworded += wording.parts != (claim.text,)
                folded += wording.is_folded
            grades = (reading.grade.flesch_kincaid, reading.grade_without_names.flesch_kincaid)
            if reader is Reader.PATIENT:
                plain += [g for g in grades[:1] if g is not None]
                nameless += [g for g in grades[1:] if g is not None]
            elif reader is Reader.CLINICIAN:
                printed += [g for g in grades[:1] if g is not None]
    return LevelFigures(
        pages=len(pages),
        readings=len(pages) * len(Reader),
        claims=claims,
        reworded=reworded,
        missing_claims=wrong["claims"],
        changed_citations=wrong["citations"],
        changed_numbers=wrong["numbers"],
        changed_denials=wrong["denials"],
        changed_doubts_or_demands=wrong["modality"],
        folded=folded,
        grade=_median(plain),
        grade_without_names=_median(nameless),
        grade_as_printed=_median(printed),
    )


def differences(text: str, parts: Sequence[str]) -> Counter[str]:
    """How many numbers, denials and words of doubt or demand differ between a claim and the
    sentences that say it; "Out of 100" counts where it says a number that no percentage is."""
    said = " ".join(part for part in parts if not part.startswith(HUNDRED))
    again = " ".join(part.removeprefix(HUNDRED) for part in parts if part.startswith(HUNDRED))
    percentages = Counter(re.findall(r"(\d+)\s?%", text))
    invented = Counter(re.findall(r"\d+", again)) - percentages
    return Counter(
        numbers=_apart(_NUMBER, text, said) + invented.total(),
        denials=_apart(_DENIAL, text, said),
        modality=_apart(_MODALITY, text, said),
    )


def _apart(pattern: re.Pattern[str], one: str, other: str) -> int:
    a, b = (Counter(word.lower() for word in pattern.findall(text)) for text in (one, other))
    return ((a - b) + (b - a)).total()


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None
