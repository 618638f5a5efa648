"""The question sets: made by this code from the shared data and from the lists beside it.

The lists hold our own questions, and the ids of others'; no text of another is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from evals.items import Half, QuestionSet
from evals.sets.clinicians import clinicians
from evals.sets.experts import experts
from evals.sets.founding import founding, founding_bundled
from evals.sets.patients import patients
from evals.sets.unanswerable import unanswerable
from evals.sets.within import within

Maker: TypeAlias = Callable[[Path | None, Half, int | None], QuestionSet | None]
"""(shared data, half, at most so many questions of a group) to a set; None where what it is made
of is absent."""

SETS: Final[Mapping[str, Maker]] = {
    "experts": experts,
    "patients": patients,
    "clinicians": clinicians,
    "unanswerable": unanswerable,
    "within": within,
    "founding": founding,
    "founding-bundled": founding_bundled,
}
