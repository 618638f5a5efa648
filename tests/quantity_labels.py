"""The hand-labelled sentences of `text/labelled_quantities.jsonl` as records.

Each line is one sentence, where it comes from (data set and record), whether the grammar may be
tuned to it, and every quantity in it, labelled before the grammar was run on it. Values are in
canonical units; what a label leaves out is None. Every digit of a sentence is under a label.
"""

from __future__ import annotations

import json
from pathlib import Path

from curbside.records import Span
from curbside.text.quantities import Quantity, QuantityKind
from evals.quantities import LabelledSentence

LABELS = Path(__file__).parent / "text" / "labelled_quantities.jsonl"


def labelled_sentences(split: str) -> tuple[LabelledSentence, ...]:
    """The sentences of a split, "tuning" or "held-out"."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    return tuple(
        LabelledSentence(row["sentence"], tuple(map(_quantity, row["quantities"])))
        for row in rows
        if row["split"] == split
    )


def _quantity(label: dict[str, object]) -> Quantity:
    values = {key: value for key, value in label.items() if key not in ("kind", "text", "start")}
    start, text = label["start"], label["text"]
    assert isinstance(start, int)
    assert isinstance(text, str)
    span = Span(start, start + len(text))
    return Quantity(QuantityKind(label["kind"]), text, span, **values)  # type: ignore[arg-type]  # JSON
